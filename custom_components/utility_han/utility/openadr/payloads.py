"""What is done with each payload type of an event: the one table of them.

The types and their meaning are those of ``event-interval-payloads.schema.yaml`` (OpenADR 3.1.1, enumerations), the
units those of ``units.schema.yaml``. Types beyond are a program's own, and are left out with a note.
"""

from dataclasses import dataclass
from enum import StrEnum

from ...esi import Priority


class Treatment(StrEnum):
    """What becomes of a payload."""

    ACTED_ON = "acted_on"
    SHOWN = "shown"
    UNSUPPORTED = "unsupported"


class Becomes(StrEnum):
    """In what form it is told to the home."""

    CONTROL = "control"
    """A load control of the devices that are meant."""
    PREMISE_LIMIT = "premise_limit"
    """A load control of the premise as a whole."""
    PRICE = "price"
    PRICE_RECEIVED = "price_received"
    MESSAGE = "message"
    SIGNAL = "signal"
    """A value over time that is shown, and that automations may follow."""
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Kind:
    """How a payload type is treated; ``why`` says why no more is done of it."""

    becomes: Becomes
    why: str | None = None
    splits: bool = True
    """Whether several values are so many parts of the interval (user guide 7.3, "multi-valued payloads")."""
    priority: Priority = Priority.NORMAL
    """Of the message that it becomes."""

    @property
    def treatment(self) -> Treatment:
        """What becomes of it."""
        if self.becomes is Becomes.NOTHING:
            return Treatment.UNSUPPORTED
        return Treatment.SHOWN if self.becomes is Becomes.SIGNAL else Treatment.ACTED_ON


_CONTROL = Kind(Becomes.CONTROL)
_BOOKED = Kind(Becomes.SIGNAL, "capacity is subscribed and reserved with the utility by people")
_CTA_2045 = Kind(Becomes.NOTHING, "is passed through to a CTA-2045 module, and there is none")
_CRITICAL = Kind(Becomes.MESSAGE, priority=Priority.CRITICAL)
_HIGH = Kind(Becomes.MESSAGE, priority=Priority.HIGH)

KINDS: dict[str, Kind] = {
    "SIMPLE": _CONTROL,
    "PRICE": Kind(Becomes.PRICE),
    "PRICE_ALTERNATE": Kind(Becomes.SIGNAL, "is of a second form of energy, which the program alone defines"),
    "CHARGE_STATE_SETPOINT": Kind(Becomes.CONTROL, "charges up to it, and takes nothing out of a vehicle again"),
    "DISPATCH_SETPOINT": _CONTROL,
    "DISPATCH_SETPOINT_RELATIVE": Kind(
        Becomes.SIGNAL, "is relative to consumption that is not said, in a direction that is not said either"
    ),
    "DISPATCH_INSTRUCTION": Kind(
        Becomes.SIGNAL, "its words are agreed between program and people", splits=False
    ),
    "CONTROL_SETPOINT": Kind(Becomes.CONTROL, "only temperatures say by their unit what is to be set"),
    "CONTROL_LEVEL_OFFSET": _CONTROL,
    "CONTROL_LEVEL_OFFSET_PERCENT": Kind(
        Becomes.CONTROL, "its text contradicts itself about the sign: a person has to say which it is"
    ),
    "EXPORT_PRICE": Kind(Becomes.PRICE_RECEIVED),
    "GHG": Kind(Becomes.SIGNAL, "is there to be followed by automations"),
    "CURVE": Kind(Becomes.NOTHING, "sets up inverters, and Home Assistant has no entity for curves", splits=False),
    "OLS": Kind(Becomes.SIGNAL, "is a share of a usage that is not said", splits=False),
    "IMPORT_CAPACITY_SUBSCRIPTION": _BOOKED,
    "IMPORT_CAPACITY_RESERVATION": _BOOKED,
    "IMPORT_CAPACITY_RESERVATION_FEE": _BOOKED,
    "IMPORT_CAPACITY_AVAILABLE": _BOOKED,
    "IMPORT_CAPACITY_AVAILABLE_PRICE": _BOOKED,
    "EXPORT_CAPACITY_SUBSCRIPTION": _BOOKED,
    "EXPORT_CAPACITY_RESERVATION": _BOOKED,
    "EXPORT_CAPACITY_RESERVATION_FEE": _BOOKED,
    "EXPORT_CAPACITY_AVAILABLE": _BOOKED,
    "EXPORT_CAPACITY_AVAILABLE_PRICE": _BOOKED,
    "IMPORT_CAPACITY_LIMIT": Kind(Becomes.PREMISE_LIMIT),
    "EXPORT_CAPACITY_LIMIT": Kind(Becomes.SIGNAL, "no load control limits what is generated; automations may"),
    "ALERT_GRID_EMERGENCY": _CRITICAL,
    "ALERT_BLACK_START": _CRITICAL,
    "ALERT_POSSIBLE_OUTAGE": _HIGH,
    "ALERT_FLEX_ALERT": _HIGH,
    "ALERT_FIRE": _CRITICAL,
    "ALERT_FREEZING": _HIGH,
    "ALERT_WIND": _HIGH,
    "ALERT_TSUNAMI": _CRITICAL,
    "ALERT_AIR_QUALITY": Kind(Becomes.MESSAGE),
    "ALERT_OTHER": Kind(Becomes.MESSAGE),
    "CTA2045_REBOOT": _CTA_2045,
    "CTA2045_SET_OVERRIDE_STATUS": _CTA_2045,
}  # fmt: skip

UNITS = frozenset(
    {"KWH", "THERMS", "GHG", "VOLTS", "AMPS", "CELSIUS", "FAHRENHEIT", "PERCENT", "KW", "KVAH", "KVARH", "KVA", "KVAR"}
)
"""units.schema.yaml; there is no watt among them."""
