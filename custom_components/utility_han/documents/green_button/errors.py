"""Why a file is not read."""

from enum import StrEnum


class Unreadable(StrEnum):
    """What is wrong with a file as a whole."""

    NOT_XML = "not_xml"
    DECLARES_TYPES = "declares_types"
    """It has a document type declaration, which no Green Button file has and XML bombs are made of."""
    NOT_GREEN_BUTTON = "not_green_button"
    """Its outermost element is not Atom's feed or entry."""
    TOO_DEEP = "too_deep"
    TOO_LARGE = "too_large"
    NO_ELECTRICITY = "no_electricity"
    """What it has is gas, water or something else, or no energy in Wh by interval."""


class GreenButtonError(Exception):
    """A file is not read; ``detail`` is for a person who looks for the place."""

    def __init__(self, reason: Unreadable, detail: str = "") -> None:
        super().__init__(f"{reason.value}: {detail}" if detail else reason.value)
        self.reason = reason
        self.detail = detail


class Skip(StrEnum):
    """Why a part of a file is left out."""

    ANOTHER_SERVICE = "another_service"
    """ServiceCategory is not electricity, or the commodity of the ReadingType is not."""
    ANOTHER_UNIT = "another_unit"
    """The uom is not Wh."""
    A_COUNTER = "a_counter"
    """AccumulationKind: what a counter showed, not what was used in an interval."""
    NO_READING_TYPE = "no_reading_type"
    """Nothing says what its readings are."""
    NO_METER_READING = "no_meter_reading"
    """Blocks that belong to no MeterReading."""
    NO_USAGE_POINT = "no_usage_point"
    """A MeterReading that belongs to no UsagePoint."""
