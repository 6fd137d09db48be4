"""How a linked entity responds to a control: one table, by the response that the person chose for the device."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from homeassistant.components.climate import ATTR_TARGET_TEMP_HIGH, ATTR_TARGET_TEMP_LOW, HVACMode
from homeassistant.const import ATTR_TEMPERATURE, UnitOfTemperature
from homeassistant.core import State
from homeassistant.util.unit_conversion import TemperatureConverter, TemperatureDeltaConverter

from ..esi import LoadControl
from ..procedures import asks_nothing
from .settings import DOMAINS, VALUE, Settings, number, temperature_step

_PERIOD = timedelta(minutes=30)
_SHORTEST_PERIOD = timedelta(minutes=10)


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


def _off(situation: Situation) -> SettingsPlan:
    lowest = DOMAINS[situation.domain].off(situation.state)
    if VALUE in lowest and (limit := number(situation.config.get("limit"))) is not None:
        lowest = {VALUE: limit}
    return SettingsPlan(lowest)


def _percent(control: LoadControl) -> float | None:
    return control.duty_cycle if control.duty_cycle is not None else control.load_adjustment


def _duty_cycle(situation: Situation) -> SettingsPlan:
    """Off first, so that the load falls at once, then on for its share of each period."""
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
    lowest = _off(situation).settings[VALUE]
    before = situation.settings[VALUE]
    percent = situation.control.load_adjustment
    if percent is None:
        percent = situation.control.duty_cycle
    if not isinstance(lowest, float) or not isinstance(before, float):
        return SettingsPlan({})
    wanted = before * percent / 100 if percent is not None else lowest
    step = number(situation.state.attributes.get("step")) or 0
    if step:
        wanted = wanted // step * step  # rather less than asked than more
    return SettingsPlan({VALUE: min(before, max(lowest, wanted))})


def _offset(situation: Situation) -> SettingsPlan:
    control, default = situation.control, number(situation.config.get("offset"))
    cooling, heating = control.cooling_offset, control.heating_offset
    if cooling is None and heating is None:
        cooling = heating = default

    def moved(current: float, by: float | None, sign: int) -> float:
        delta = TemperatureDeltaConverter.convert(by or 0, UnitOfTemperature.CELSIUS, situation.unit)
        return current + sign * delta

    return _temperatures(
        situation, lambda current: moved(current, cooling, 1), lambda current: moved(current, heating, -1)
    )


def _setpoint(situation: Situation) -> SettingsPlan:
    """Hold the set points asked for, unless what is set saves more already."""
    control = situation.control

    def held(current: float, asked: float | None, better: Callable[[float, float], float]) -> float:
        if asked is None:
            return current
        return better(current, TemperatureConverter.convert(asked, UnitOfTemperature.CELSIUS, situation.unit))

    return _temperatures(
        situation,
        lambda current: held(current, control.cooling_setpoint, max),
        lambda current: held(current, control.heating_setpoint, min),
    )


def _temperatures(
    situation: Situation, cooler: Callable[[float], float], heater: Callable[[float], float]
) -> SettingsPlan:
    """Change the set points that are in use now, within what the entity takes."""
    settings, mode = situation.settings, situation.settings["mode"]
    by_setting: dict[str, Callable[[float], float]] = {}
    if situation.domain == "water_heater" or mode == HVACMode.HEAT:
        by_setting[ATTR_TEMPERATURE] = heater
    elif mode == HVACMode.COOL:
        by_setting[ATTR_TEMPERATURE] = cooler
    elif mode in (HVACMode.HEAT_COOL, HVACMode.AUTO):
        by_setting = {ATTR_TARGET_TEMP_HIGH: cooler, ATTR_TARGET_TEMP_LOW: heater}
    planned: Settings = {}
    for name, change in by_setting.items():
        if isinstance(current := settings.get(name), float) and (wanted := change(current)) != current:
            planned[name] = _within(situation.state, wanted)
    return SettingsPlan(planned)


def _within(state: State, wanted: float) -> float:
    step = temperature_step(state)
    rounded = round(round(wanted / step) * step, 2)
    lowest, highest = number(state.attributes.get("min_temp")), number(state.attributes.get("max_temp"))
    if lowest is not None:
        rounded = max(lowest, rounded)
    return min(highest, rounded) if highest is not None else rounded


_TOGGLES = frozenset({"switch", "input_boolean", "fan", "light"})
_THERMAL = frozenset({"climate", "water_heater"})
_NUMBERS = frozenset({"number", "input_number"})

RESPONSES: dict[str, Response] = {
    "off": Response(_TOGGLES | _THERMAL | _NUMBERS, None, _off),
    "duty_cycle": Response(_TOGGLES, frozenset({"duty_cycle", "load_adjustment"}), _duty_cycle),
    "offset": Response(_THERMAL, frozenset({"cooling_offset", "heating_offset"}), _offset, fallback="offset"),
    "setpoint": Response(_THERMAL, frozenset({"cooling_setpoint", "heating_setpoint"}), _setpoint),
    "limit": Response(_NUMBERS, frozenset({"load_adjustment", "duty_cycle"}), _limit, fallback="limit"),
}
"""By the value of ``response`` in a device's ``control``."""


def plan_of(response: str, situation: Situation) -> SettingsPlan:
    """Return what a response makes of the situation; a control that asks for nothing changes nothing."""
    return SettingsPlan({}) if asks_nothing(situation.control) else RESPONSES[response].plan(situation)


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
