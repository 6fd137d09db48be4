"""What is told in reports, by payload type and unit (report-payloads.schema.yaml, units.schema.yaml of OpenADR 3.1.1).

Everything comes from Home Assistant's recorder and from what became of controls; what neither knows is None. Of an
interval that ends as it begins it is told how things are now.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from homeassistant.const import ATTR_TEMPERATURE, ATTR_UNIT_OF_MEASUREMENT, STATE_UNAVAILABLE
from homeassistant.core import State

from ..devices.settings import DOMAINS, VALUE, number
from ..esi import ResponseStatus
from ..load_control.running import is_running
from ..procedures import Number, RecordedValues, baseline, difference
from ..utility import Estimated, OperatingState, ReportInterval, ReportValue, operating_state
from .recorded import READINGS, state_at
from .standings import Standing

_HOUR = timedelta(hours=1)
_PEAK = "PEAK"
_NUMBERS = ("number", "input_number")


@dataclass(frozen=True, slots=True)
class Storage:
    """What is known of the storage of a vehicle at a device; ``there`` says whether it was plugged in at a time."""

    level: Sequence[State] = ()
    there: Callable[[datetime], bool | None] = lambda _: None
    capacity: float | None = None
    """kWh."""
    max_power: float | None = None
    """kW."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a device, or of the premise, around the intervals of a report."""

    unit: str | None
    reading: str | None
    temperature_unit: str
    """Home Assistant's."""
    zone: tzinfo
    energy: RecordedValues = field(default_factory=RecordedValues)
    """In kWh."""
    power: RecordedValues = field(default_factory=RecordedValues)
    """In kW."""
    read: RecordedValues = field(default_factory=RecordedValues)
    """Of the sensor that a READING in ``unit`` is of."""
    now: float | None = None
    """What it shows now."""
    drawn: float | None = None
    """The kW that are drawn now."""
    states: Sequence[State] = ()
    """Those of the linked entity, the present one last."""
    standing: Callable[[datetime], list[Standing] | None] = lambda _: None
    controlled: Callable[[datetime, datetime], bool] = lambda _since, _until: False
    storage: Storage | None = None


type _Value = Callable[[Known, ReportInterval], ReportValue | None]


@dataclass(frozen=True, slots=True)
class ReportKind:
    """How a payload type is told."""

    value: _Value
    over_time: bool = False
    """Whether it is of an interval, and not of the moment in which that ends."""
    before: bool = False
    """Whether the weeks before are looked at."""
    sensors: frozenset[str] = frozenset()
    """The statistics that it takes, by their names in ``Known``."""
    entity: bool = False
    """Whether it takes the states of the linked entity."""
    storage: bool = False
    """Whether it is of what a device charges."""


def _used(known: Known, start: datetime, end: datetime) -> Number:
    counted = known.energy.counted(start, end)
    return None if counted is None or _plain(counted) < 0 else counted


def _drawn(known: Known, start: datetime, end: datetime) -> Number:
    """Return the mean power by what measures power, unless that counts what is given back, else by the energy."""
    lowest = known.power.lowest(start, end)
    if lowest is not None and lowest >= 0 and (mean := known.power.mean(start, end)) is not None:
        return mean
    return _per_hour(_used(known, start, end), end - start)


def _per_hour(energy: Number, length: timedelta) -> Number:
    if energy is None:
        return None
    power = round(_plain(energy) / (length / _HOUR), 6)
    return Estimated(power) if isinstance(energy, Estimated) else power


def _usage(known: Known, interval: ReportInterval) -> Number:
    return _used(known, interval.start, interval.end)


def _demand(known: Known, interval: ReportInterval) -> Number:
    if known.reading != _PEAK:
        return _drawn(known, interval.start, interval.end)
    peak = known.power.peak(interval.start, interval.end)
    return None if peak is None or _plain(peak) < 0 else peak


def _baseline(known: Known, interval: ReportInterval) -> Number:
    measured = _used if known.unit == "KWH" else _drawn
    return baseline(
        interval.start,
        interval.end,
        lambda start, end: measured(known, start, end),
        known.controlled,
        known.zone,
    )


def _delta(known: Known, interval: ReportInterval) -> Number:
    return difference(_usage(known, interval), _baseline(known, interval))


def _counter(known: Known, interval: ReportInterval) -> Number:
    return known.now if _is_now(interval) else known.read.shown(interval.end)


def _measured(known: Known, interval: ReportInterval) -> Number:
    """Return a reading of a moment of which statistics have the mean of five minutes only."""
    if _is_now(interval):
        return known.now
    about = known.read.about(interval.end)
    return Estimated(about) if about is not None else None


def _set_point(known: Known, interval: ReportInterval) -> ReportValue | None:
    """Return what the entity was set to, whoever set it: "current control setpoint of a resource"."""
    state = state_at(known.states, interval.end)
    quantity = READINGS.get(known.unit or "")
    if state is None or quantity is None or state.state == STATE_UNAVAILABLE:
        return None
    if state.domain in _NUMBERS:
        value, unit = _number_of(state), state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
    else:
        value, unit = number(state.attributes.get(ATTR_TEMPERATURE)), known.temperature_unit
    if value is None or unit not in quantity.converter.VALID_UNITS:
        return None
    return round(quantity.converter.convert(value, unit, quantity.unit), 3)


def _number_of(state: State) -> float | None:
    try:
        value = DOMAINS[state.domain].read(state)[VALUE]
    except ValueError:
        return None
    return value if isinstance(value, float) else None


def _operating_state(known: Known, interval: ReportInterval) -> ReportValue | None:
    """Return one of the states of the enumeration: "not addressable by VEN" is an ERROR."""
    state, standing = state_at(known.states, interval.end), known.standing(interval.end)
    if state is None or standing is None:
        return None
    if state.state == STATE_UNAVAILABLE:
        return OperatingState.ERROR.value
    drawn = known.drawn if _is_now(interval) else known.power.about(interval.end)
    running = is_running(drawn, state)
    held = standing[0] if standing else None
    heightened = held is not None and held.more
    return operating_state(held.status if held else None, running=running, heightened=heightened).value


def _level(known: Known, interval: ReportInterval) -> int | None:
    """Return the level of SIMPLE "that a VEN resource is operating at": 0 is normal operation."""
    if (standing := known.standing(interval.end)) is None:
        return None
    followed = [each.level for each in standing if each.status is not ResponseStatus.OPTED_OUT]
    return next((level for level in followed if level is not None), 0)


def _charge_level(known: Known, interval: ReportInterval) -> float | None:
    """Return how full the vehicle's battery is, as a share (units.schema.yaml, PERCENT); of one that is there only."""
    if known.storage is None or not known.storage.there(interval.end):
        return None
    state = state_at(known.storage.level, interval.end)
    try:
        level = float(state.state) if state is not None else -1.0
    except ValueError:
        return None
    return round(level / 100, 4) if 0 <= level <= 100 else None


def _of_storage(name: str) -> _Value:
    def value(known: Known, interval: ReportInterval) -> float | None:
        storage = known.storage
        there = storage is not None and storage.there(interval.end)
        found: float | None = getattr(storage, name) if there else None
        return found

    return value


def _is_now(interval: ReportInterval) -> bool:
    return interval.start == interval.end


def _plain(value: float | Estimated) -> float:
    return value.value if isinstance(value, Estimated) else value


_ENERGY, _POWER, _READ = frozenset({"energy"}), frozenset({"power"}), frozenset({"read"})
_READING = ReportKind(_measured, sensors=_READ)
_SET_POINT = ReportKind(_set_point, entity=True)
_BASELINE = ReportKind(_baseline, over_time=True, before=True, sensors=_ENERGY | _POWER)
KINDS: dict[tuple[str, str | None], ReportKind] = {
    ("USAGE", "KWH"): ReportKind(_usage, over_time=True, sensors=_ENERGY),
    ("DEMAND", "KW"): ReportKind(_demand, over_time=True, sensors=_ENERGY | _POWER),
    ("BASELINE", "KWH"): _BASELINE,
    ("BASELINE", "KW"): _BASELINE,
    ("DELTA_USAGE", "KWH"): ReportKind(_delta, over_time=True, before=True, sensors=_ENERGY),
    ("READING", "KWH"): ReportKind(_counter, sensors=_READ),
    **{("READING", unit): _READING for unit in READINGS if unit != "KWH"},
    **{("SETPOINT", unit): _SET_POINT for unit in READINGS if unit != "KWH"},
    ("OPERATING_STATE", None): ReportKind(_operating_state, entity=True, sensors=_POWER),
    ("SIMPLE_LEVEL", None): ReportKind(_level),
    ("STORAGE_CHARGE_LEVEL", "PERCENT"): ReportKind(_charge_level, storage=True),
    ("STORAGE_USABLE_CAPACITY", "KWH"): ReportKind(_of_storage("capacity"), storage=True),
    ("STORAGE_MAX_CHARGE_POWER", "KW"): ReportKind(_of_storage("max_power"), storage=True),
}
"""By payload type and unit; what has no unit is told whatever unit is named."""


def kind_of(what: str, unit: str | None) -> ReportKind | None:
    """Return how a payload type is told in a unit, None where it is not."""
    return KINDS.get((what, unit)) or KINDS.get((what, None))


def told(kind: ReportKind, known: Known, intervals: Sequence[ReportInterval]) -> list[ReportValue | None]:
    """Return what is told of each interval."""
    return [kind.value(known, interval) for interval in intervals]
