"""Codes of ESPI (NAESB REQ.21, espi.xsd 4.0.20231213) that are written or understood, by their names there."""

from enum import IntEnum

ATOM = "http://www.w3.org/2005/Atom"
ESPI = "http://naesb.org/espi"
COST_DIGITS = 5
"""IntervalReading.cost and the amounts of UsageSummary are "in hundred-thousandths of the currency"."""

CURRENCIES = {
    "AUD": 36,
    "CAD": 124,
    "CHF": 756,
    "CNY": 156,
    "DKK": 208,
    "EUR": 978,
    "GBP": 826,
    "INR": 356,
    "JPY": 392,
    "NOK": 578,
    "RUB": 643,
    "SEK": 752,
    "USD": 840,
}
"""Those that Currency names; another one is 0 there, "other"."""


class ServiceKind(IntEnum):
    """ServiceKind: what a UsagePoint is of."""

    ELECTRICITY = 0
    GAS = 1
    WATER = 2
    TIME = 3
    HEAT = 4
    REFUSE = 5
    SEWERAGE = 6
    RATES = 7
    TV_LICENCE = 8
    INTERNET = 9


class Accumulation(IntEnum):
    """AccumulationKind: whether a value is what was used in the interval, or what a counter showed."""

    NONE = 0
    BULK_QUANTITY = 1
    CONTINUOUS_CUMULATIVE = 2
    CUMULATIVE = 3
    DELTA_DATA = 4
    INDICATING = 6
    SUMMATION = 9
    TIME_DELAY = 10
    INSTANTANEOUS = 12
    LATCHING_QUANTITY = 13
    BOUNDED_QUANTITY = 14


class Commodity(IntEnum):
    """CommodityKind, those of electricity."""

    ELECTRICITY_SECONDARY = 1
    ELECTRICITY_PRIMARY = 2
    ELECTRICITY_TRANSMISSION = 26


class Flow(IntEnum):
    """FlowDirectionKind: "forward" is delivered, "reverse" received, and its values are "always a positive value"."""

    NONE = 0
    FORWARD = 1
    NET = 4
    REVERSE = 19
    TOTAL = 20


class Measurement(IntEnum):
    """MeasurementKind."""

    ENERGY = 12


class Unit(IntEnum):
    """UnitSymbolKind, that of energy."""

    WH = 72


class MeasuringPeriod(IntEnum):
    """TimeAttributeKind."""

    NONE = 0
    FIFTEEN_MINUTES = 2
    TWENTY_FOUR_HOURS = 4
    THIRTY_MINUTES = 5
    FIVE_MINUTES = 6
    SIXTY_MINUTES = 7


class Quality(IntEnum):
    """QualityOfReading."""

    VALID = 0
    MANUALLY_EDITED = 7
    ESTIMATED_BY_REFERENCE_DAY = 8
    ESTIMATED_BY_INTERPOLATION = 9
    QUESTIONABLE = 10
    DERIVED = 11
    PROJECTED = 12
    MIXED = 13
    RAW = 14
    NORMALIZED_FOR_WEATHER = 15
    OTHER = 16
    VALIDATED = 17
    VERIFIED = 18


ESTIMATES = frozenset(
    {Quality.ESTIMATED_BY_REFERENCE_DAY, Quality.ESTIMATED_BY_INTERPOLATION, Quality.PROJECTED, Quality.MIXED}
)
"""Those of which at least a part was not measured."""

ROLE_PEV = "0004"
"""UsagePoint.roleFlags: "Bit 3 - isPEV", of bits 1 to 16."""
