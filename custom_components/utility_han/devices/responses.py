"""How a linked entity responds to a control: one table, by the response that the person chose for the device."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from math import ceil, floor
from typing import Any

from homeassistant.components.climate import (
    ATTR_CURRENT_TEMPERATURE,
    ATTR_HVAC_ACTION,
    ATTR_TARGET_TEMP_HIGH,
    ATTR_TARGET_TEMP_LOW,
    HVACAction,
    HVACMode,
)
from homeassistant.const import ATTR_TEMPERATURE, ATTR_UNIT_OF_MEASUREMENT, UnitOfPower, UnitOfTemperature
from homeassistant.core import State
from homeassistant.util.unit_conversion import TemperatureConverter, TemperatureDeltaConverter

from ..esi import LoadControl
from ..procedures import asks_nothing, threshold_watts
from .settings import DOMAINS, VALUE, Settings, number, temperature_step

_PERIOD = timedelta(minutes=30)
_SHORTEST_PERIOD = timedelta(minutes=10)
_ROUNDING = 1e-6
"""What is a whole number of steps but for how floats are."""
CONF_IMPORTANCE = "importance"
DEFAULT_IMPORTANCE = 5
"""Of a ``control``: how important the device is, from 1 to 10, and what is taken where nobody said it."""
OF_LIMIT = "of_limit"
"""Set in a ``control`` where a percentage is one of the limit as it was, and not of what is drawn."""
WATTS = {UnitOfPower.WATT: 1.0, UnitOfPower.KILO_WATT: 1000.0}
"""How many watts the unit of a limit is."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What a response goes by: the entity as it is and would be without us, what is asked, and since when."""

    state: State
    settings: Settings
    control: LoadControl
    elapsed: timedelta
    config: Mapping[str, Any]
    unit: str
    """Home Assistant's unit of temperature."""
    drawn: float | None = None
    """What a load draws now without us, in the unit of its limit, where that is measured."""

    @property
    def domain(self) -> str:
        """The entity's domain."""
        return self.state.domain


@dataclass(frozen=True, slots=True)
class SettingsPlan:
    """The settings to be made now, and after how long from the control's start to look again, where that changes."""

    settings: Settings
    look_again: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """A way to respond.

    ``answers`` is what of a control it can use (names of ``ASKS``), None where anything makes it act; with the setting
    ``fallback`` it responds to anything by that.
    """

    domains: frozenset[str]
    answers: frozenset[str] | None
    plan: Callable[[Situation], SettingsPlan]
    fallback: str | None = None
    forward: bool = False
    """Whether it can have the entity use more (``loadShiftForward``)."""
    first: frozenset[str] = frozenset()
    """What of it is used alone where it is asked for."""

    def uses(self, asks: Collection[str]) -> frozenset[str] | None:
        """Return what it can use of what is asked for together; None: of anything."""
        return self.first if not self.first.isdisjoint(asks) else self.answers


def _off(situation: Situation) -> SettingsPlan:
    lowest = DOMAINS[situation.domain].off(situation.state)
    if (value := lowest.get(VALUE)) is None:
        return SettingsPlan(lowest)
    limit, before = number(situation.config.get("limit")), situation.settings[VALUE]
    wanted = [each for each in (value if limit is None else limit, before) if isinstance(each, float)]
    return SettingsPlan({VALUE: min(wanted)})  # what is lower already is not raised


def _percent(control: LoadControl) -> float | None:
    return control.duty_cycle if control.duty_cycle is not None else control.load_adjustment


def _duty_cycle(situation: Situation) -> SettingsPlan:
    """Off first, so that the load falls at once, then on for its share of each period.

    "The off state SHALL precede the on state", 3 minutes for each 10 percent (sep.xsd, ``DutyCycle``).
    """
    percent = _percent(situation.control)
    if percent is None or percent >= 100:
        return SettingsPlan({})
    period = max(_SHORTEST_PERIOD, min(_PERIOD, situation.control.duration))
    off = period * (1 - percent / 100)
    begun = situation.elapsed // period * period
    if situation.elapsed - begun < off:
        return SettingsPlan(_off(situation).settings, begun + off if percent else None)
    return SettingsPlan({}, begun + period)


def _limit(situation: Situation) -> SettingsPlan:
    """Keep to the share that is asked of what the device would draw, or below a threshold of power.

    What it would draw is what is measured beside it, where something is, and else its limit as it was. Where that is
    as low as a person lets it go, and more is asked for, nothing is planned: nothing could be done.
    """
    lowest = _off(situation).settings[VALUE]
    before = situation.settings[VALUE]
    if not isinstance(lowest, float) or not isinstance(before, float):
        return SettingsPlan({})
    percent, watts = _percent(situation.control), threshold_watts(situation.control)
    highest = number(situation.state.attributes.get("max"))
    if percent is not None and percent > 100:
        if before < 0:
            return SettingsPlan({})  # it gives, and has no share of a load that could be more
        wanted = _stepped(situation.state, before * percent / 100, up=True)
        return SettingsPlan({VALUE: wanted if highest is None else min(wanted, highest)})
    if percent is not None:
        wanted = basis_of(situation) * percent / 100
    elif (unit := WATTS.get(situation.state.attributes.get(ATTR_UNIT_OF_MEASUREMENT, ""))) and watts is not None:
        wanted = watts / unit
    else:
        wanted = lowest
    if wanted < before <= lowest and not situation.config.get(OF_LIMIT):
        return SettingsPlan({})
    return SettingsPlan({VALUE: min(before, max(lowest, _stepped(situation.state, wanted, up=False)))})


def basis_of(situation: Situation) -> float:
    """Return what a percentage of a limit is a percentage of: what is drawn now, or the limit where more is asked."""
    before, percent = situation.settings[VALUE], _percent(situation.control)
    limit = before if isinstance(before, float) else 0.0
    if situation.drawn is None or situation.config.get(OF_LIMIT) or (percent is not None and percent > 100):
        return limit
    return min(limit, situation.drawn)


def _stepped(state: State, wanted: float, *, up: bool) -> float:
    """Return a value that the entity takes, never less than what was asked for: rather less load, or rather more."""
    step = number(state.attributes.get("step")) or 0
    if not step:
        return wanted
    steps = wanted / step
    return round((ceil(steps - _ROUNDING) if up else floor(steps + _ROUNDING)) * step, 6)


def _offset(situation: Situation) -> SettingsPlan:
    """Move the set points away from comfort, or towards it where more load is asked for."""
    control, default = situation.control, number(situation.config.get("offset"))
    cooling, heating = control.cooling_offset, control.heating_offset
    if cooling is None and heating is None and default is not None:
        cooling = heating = -default if control.shift_forward else default

    def moved(current: float, by: float | None, sign: int) -> float:
        delta = TemperatureDeltaConverter.convert(by or 0, UnitOfTemperature.CELSIUS, situation.unit)
        return current + sign * delta

    return _temperatures(
        situation, lambda current: moved(current, cooling, 1), lambda current: moved(current, heating, -1)
    )


def _setpoint(situation: Situation) -> SettingsPlan:
    """Hold the set points asked for, unless what is set does more than that already; move them where none is asked."""
    control = situation.control
    if control.cooling_setpoint is None and control.heating_setpoint is None:
        return _offset(situation)
    warmer, colder = (min, max) if control.shift_forward else (max, min)

    def held(current: float, asked: float | None, better: Callable[[float, float], float]) -> float:
        if asked is None:
            return current
        return better(current, TemperatureConverter.convert(asked, UnitOfTemperature.CELSIUS, situation.unit))

    return _temperatures(
        situation,
        lambda current: held(current, control.cooling_setpoint, warmer),
        lambda current: held(current, control.heating_setpoint, colder),
    )


def _temperatures(
    situation: Situation, cooler: Callable[[float], float], heater: Callable[[float], float]
) -> SettingsPlan:
    """Change the set points that are in use now, within what the entity takes."""
    planned: Settings = {}
    for name, of in set_points(situation).items():
        if isinstance(current := situation.settings.get(name), float):
            wanted = cooler(current) if of == "cooling" else heater(current)
            planned[name] = current if wanted == current else _within(situation.state, current, wanted)
    return SettingsPlan(planned)


def set_points(situation: Situation) -> dict[str, str]:
    """Return the settings that are set points in use now, each with what it is of: ``cooling`` or ``heating``."""
    mode = situation.settings["mode"]
    if situation.domain == "water_heater" or mode == HVACMode.HEAT:
        return {ATTR_TEMPERATURE: "heating"}
    if mode == HVACMode.COOL:
        return {ATTR_TEMPERATURE: "cooling"}
    if mode not in (HVACMode.HEAT_COOL, HVACMode.AUTO):
        return {}
    if isinstance(situation.settings.get(ATTR_TARGET_TEMP_HIGH), float):
        return {ATTR_TARGET_TEMP_HIGH: "cooling", ATTR_TARGET_TEMP_LOW: "heating"}
    return {ATTR_TEMPERATURE: "cooling" if _cools(situation) else "heating"}


def _cools(situation: Situation) -> bool:
    """Whether a device with one set point for both cools: by what it does, else by whether it is too warm."""
    attributes = situation.state.attributes
    if (action := attributes.get(ATTR_HVAC_ACTION)) in (HVACAction.COOLING, HVACAction.HEATING):
        return bool(action == HVACAction.COOLING)
    is_there, wanted = number(attributes.get(ATTR_CURRENT_TEMPERATURE)), situation.settings.get(ATTR_TEMPERATURE)
    return is_there is not None and isinstance(wanted, float) and is_there > wanted


def _within(state: State, current: float, wanted: float) -> float:
    """Return what the entity takes of it: at its steps, moved at least as far as asked, and at its limits at most.

    "The device SHALL respond by setting the temperature at the limit" (sep.xsd, ``Offset`` and ``SetPoint``).
    """
    step = temperature_step(state)
    steps = wanted / step
    whole = ceil(steps - _ROUNDING) if wanted > current else floor(steps + _ROUNDING)
    rounded = round(whole * step, 2)
    lowest, highest = number(state.attributes.get("min_temp")), number(state.attributes.get("max_temp"))
    if lowest is not None:
        rounded = max(lowest, rounded)
    return min(highest, rounded) if highest is not None else rounded


TOGGLES = frozenset({"switch", "input_boolean", "fan", "light"})
THERMAL = frozenset({"climate", "water_heater"})
NUMBERS = frozenset({"number", "input_number"})

_SET_POINTS = frozenset({"cooling_setpoint", "heating_setpoint"})
_OFFSETS = frozenset({"cooling_offset", "heating_offset"})

RESPONSES: dict[str, Response] = {
    "off": Response(TOGGLES | THERMAL | NUMBERS, None, _off),
    "duty_cycle": Response(TOGGLES, frozenset({"duty_cycle", "load_adjustment"}), _duty_cycle),
    "offset": Response(THERMAL, _OFFSETS, _offset, "offset", forward=True),
    "setpoint": Response(THERMAL, _SET_POINTS | _OFFSETS, _setpoint, "offset", forward=True, first=_SET_POINTS),
    "limit": Response(
        NUMBERS, frozenset({"load_adjustment", "duty_cycle", "target_reduction"}), _limit, "limit", forward=True
    ),
}
"""By the value of ``response`` in a device's ``control``."""


def plan_of(response: str, situation: Situation) -> SettingsPlan:
    """Return what a response makes of the situation; a control that asks for nothing changes nothing."""
    return SettingsPlan({}) if asks_nothing(situation.control) else RESPONSES[response].plan(situation)


def goes_forward(config: Mapping[str, Any]) -> bool:
    """Return whether a device with this ``control`` can use more when it is asked to."""
    response = RESPONSES.get(config["response"])
    return response is not None and response.forward


def answers_of(config: Mapping[str, Any]) -> frozenset[str] | None:
    """Return what a device with this ``control`` can answer to; None: to anything."""
    response = RESPONSES.get(config["response"])
    if response is None or config["entity_id"].partition(".")[0] not in response.domains:
        return frozenset()
    if response.fallback is not None and config.get(response.fallback) is not None:
        return None
    return response.answers


def responses_of(entity_id: str) -> tuple[str, ...]:
    """Return the ways in which an entity can respond, the most considerate first; none where it cannot."""
    domain = entity_id.partition(".")[0]
    return tuple(name for name, response in reversed(RESPONSES.items()) if domain in response.domains)
