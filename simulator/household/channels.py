"""What the meter measures, as its MeterReadings say it (codes of ReadingType, IEEE 2030.5-2018 clause 10.6).

Numbers and kinds of 1 to 9 and 17 to 22 are those of Itron's agent 3.2.50, so that software which knows its paths
by heart (xcel_itron2mqtt does) reads here what it reads there. From 10 to 16 that agent has net, received and
delivered intervals of Wh, VAh and VARh; here 10 and 11 are those of Wh, and 12 is a voltage, which it has not.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass

from simulator.household.household import TIERS
from simulator.household.meter import INTERVAL, Meter

DELIVERED, RECEIVED = 1, 19
_WATT, _WATT_HOUR, _VA_HOUR, _VAR_HOUR, _VOLT, _POWER_FACTOR = 38, 72, 71, 73, 29, 65
_DEMAND, _ENERGY, _POWER = 8, 12, 37
_DELTA, SUMMATION, _INDICATING, _INSTANTANEOUS = 4, 9, 6, 12
_PHASES = {"A": 128, "B": 64, "C": 32}


class Shape(enum.Enum):
    """How a channel's readings are laid out."""

    INSTANT = enum.auto()  # one Reading, no sets
    REGISTER = enum.auto()  # one Reading, and the same in one ReadingSet
    TIERS = enum.auto()  # one ReadingSet with a Reading per tier, tier 0 being the total
    INTERVALS = enum.auto()  # a ReadingSet for each twelve hours


@dataclass(frozen=True, slots=True)
class Channel:
    """A MeterReading. ``value`` takes the meter, a Unix time (an interval's start) and a tier; None: no value."""

    number: int
    description: str
    shape: Shape
    uom: int
    value: Callable[[Meter, float, int], int | None]
    flow: int = 0
    kind: int = 0
    accumulation: int = 0
    qualifier: int = 0
    phase: int = 0
    multiplier: int = 0

    @property
    def tiers(self) -> tuple[int, ...]:
        """The tiers with a Reading each."""
        return (0, *TIERS) if self.shape is Shape.TIERS else (0,)

    @property
    def interval_length(self) -> int | None:
        """Seconds, for interval data."""
        return INTERVAL if self.shape is Shape.INTERVALS else None


def _summation(flow: str, share: float = 1.0) -> Callable[[Meter, float, int], int]:
    return lambda meter, time, tier: int(meter.summation(flow, time, tier) * share)


def _interval(flow: str) -> Callable[[Meter, float, int], int]:
    return lambda meter, time, _tier: meter.interval(flow, int(time))


def _peak(flow: str) -> Callable[[Meter, float, int], int]:
    return lambda meter, _time, _tier: meter.household.peak_demand(flow)


def _register(
    number: int, description: str, uom: int, flow: int, value: Callable[[Meter, float, int], int],
    shape: Shape = Shape.REGISTER,
) -> Channel:  # fmt: skip
    return Channel(number, description, shape, uom, value, flow, _ENERGY, SUMMATION)


def _power_factor(number: int, description: str, thousandths: int | None, phase: str | None = None) -> Channel:
    return Channel(
        number, description, Shape.INSTANT, _POWER_FACTOR, lambda _meter, _time, _tier: thousandths,
        accumulation=_INSTANTANEOUS, phase=_PHASES[phase] if phase else 0, multiplier=-3,
    )  # fmt: skip


CHANNELS = {
    channel.number: channel
    for channel in (
        # Said to flow to the customer, yet signed: so it is in the field.
        Channel(
            1, "Instantaneous Demand", Shape.INSTANT, _WATT, lambda meter, time, _tier: meter.power(time),
            DELIVERED, _POWER, _INSTANTANEOUS,
        ),
        _register(2, "Current Summation Received", _WATT_HOUR, RECEIVED, _summation("received")),
        _register(3, "Current Summation Delivered", _WATT_HOUR, DELIVERED, _summation("delivered")),
        _register(4, "VAh Summation Received", _VA_HOUR, RECEIVED, _summation("received", 1.02)),
        _register(5, "VAh Summation Delivered", _VA_HOUR, DELIVERED, _summation("delivered", 1.05)),
        _register(6, "VARh Summation Received", _VAR_HOUR, RECEIVED, _summation("received", 0.2)),
        _register(7, "VARh Summation Delivered", _VAR_HOUR, DELIVERED, _summation("delivered", 0.32)),
        _register(
            8, "Current ToU Summation Received", _WATT_HOUR, RECEIVED, _summation("received"), Shape.TIERS
        ),
        _register(
            9, "Current ToU Summation Delivered", _WATT_HOUR, DELIVERED, _summation("delivered"), Shape.TIERS
        ),
        Channel(
            10, "WH Received (Interval)", Shape.INTERVALS, _WATT_HOUR, _interval("received"),
            RECEIVED, _ENERGY, _DELTA,
        ),
        Channel(
            11, "WH Delivered (Interval)", Shape.INTERVALS, _WATT_HOUR, _interval("delivered"),
            DELIVERED, _ENERGY, _DELTA,
        ),
        Channel(
            12, "RMS Voltage, Phase A", Shape.INSTANT, _VOLT,
            lambda meter, time, _tier: 2402 - meter.power(time) // 400,
            accumulation=_INSTANTANEOUS, phase=_PHASES["A"], multiplier=-1,
        ),
        Channel(
            17, "Maximum Demand Received", Shape.REGISTER, _WATT, _peak("received"),
            RECEIVED, _DEMAND, _INDICATING, qualifier=8,
        ),
        Channel(
            18, "Maximum Demand Delivered", Shape.REGISTER, _WATT, _peak("delivered"),
            DELIVERED, _DEMAND, _INDICATING, qualifier=8,
        ),
        _power_factor(19, "Power Factor", 952),
        _power_factor(20, "Power Factor, Phase A", 961, "A"),
        _power_factor(21, "Power Factor, Phase B", 943, "B"),
        # An unused phase: meters in the field answer with a Reading that holds no value, which sep.xsd allows.
        _power_factor(22, "Power Factor, Phase C", None, "C"),
    )
}  # fmt: skip
