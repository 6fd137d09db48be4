"""What of an entity a control may change, by its domain: how it is read, and the actions that change it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf
from typing import Any

from homeassistant.components.climate import (
    ATTR_HVAC_MODE,
    ATTR_PRESET_MODE,
    ATTR_TARGET_TEMP_HIGH,
    ATTR_TARGET_TEMP_LOW,
    SERVICE_SET_PRESET_MODE,
    HVACMode,
)
from homeassistant.components.climate import SERVICE_SET_HVAC_MODE as CLIMATE_SET_MODE
from homeassistant.components.climate import SERVICE_SET_TEMPERATURE as CLIMATE_SET_TEMPERATURE
from homeassistant.components.water_heater import ATTR_OPERATION_LIST, ATTR_OPERATION_MODE
from homeassistant.components.water_heater import SERVICE_SET_OPERATION_MODE as HEATER_SET_MODE
from homeassistant.components.water_heater import SERVICE_SET_TEMPERATURE as HEATER_SET_TEMPERATURE
from homeassistant.const import ATTR_TEMPERATURE, SERVICE_TURN_OFF, SERVICE_TURN_ON, STATE_OFF, STATE_ON
from homeassistant.core import State

type Setting = str | float | None
type Settings = dict[str, Setting]
"""The settings of an entity by name; JSON-safe. Temperatures are in Home Assistant's unit."""

STATE = "state"
MODE = "mode"
PRESET = "preset"
VALUE = "value"

_TOLERANCE = 0.05
_TEMPERATURE_STEP = 0.5
_TEMPERATURES = (ATTR_TEMPERATURE, ATTR_TARGET_TEMP_HIGH, ATTR_TARGET_TEMP_LOW)


@dataclass(frozen=True, slots=True)
class Call:
    """An action of the entity's domain."""

    action: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Domain:
    """How entities of a domain are read and changed."""

    read: Callable[[State], Settings]
    calls: Callable[[State, Settings, Settings], list[Call]]
    """The actions for what changes, given the state and all settings as they shall be."""
    off: Callable[[State], Settings]
    """The settings that make it use the least."""


def number(value: object) -> float | None:
    """Return an attribute that should be a number, None where it is none."""
    return float(value) if isinstance(value, int | float) else None


def range_of(state: State | None) -> tuple[float, float]:
    """Return the lowest and the highest value of an entity that is a number; without bounds where it says none."""
    attributes = state.attributes if state is not None else {}
    lowest, highest = number(attributes.get("min")), number(attributes.get("max"))
    return -inf if lowest is None else lowest, inf if highest is None else highest


def temperature_step(state: State) -> float:
    """Return what an entity rounds temperatures to, the usual half degree where it does not say."""
    return number(state.attributes.get("target_temp_step")) or _TEMPERATURE_STEP


def same(state: State, one: Setting, other: Setting) -> bool:
    """Whether two values of a setting are as good as equal: devices round to their steps."""
    if isinstance(one, float | int) and isinstance(other, float | int):
        step = number(state.attributes.get("step")) or 0.0
        if ATTR_TEMPERATURE in state.attributes or ATTR_TARGET_TEMP_HIGH in state.attributes:
            step = temperature_step(state)
        return abs(one - other) <= max(step / 2, _TOLERANCE)
    return one == other


def _read_toggle(state: State) -> Settings:
    return {STATE: state.state}


def _toggle_calls(_state: State, change: Settings, _settings: Settings) -> list[Call]:
    return [Call(SERVICE_TURN_ON if change[STATE] == STATE_ON else SERVICE_TURN_OFF, {})] if STATE in change else []


def _read_temperatures(state: State) -> Settings:
    found: Settings = {name: number(state.attributes.get(name)) for name in _TEMPERATURES}
    preset = state.attributes.get(ATTR_PRESET_MODE)
    return {MODE: state.state, **found, PRESET: str(preset) if preset else None}


def _temperature_data(change: Settings, settings: Settings) -> dict[str, Any]:
    if change.keys() & {ATTR_TARGET_TEMP_HIGH, ATTR_TARGET_TEMP_LOW}:
        return {name: settings[name] for name in (ATTR_TARGET_TEMP_HIGH, ATTR_TARGET_TEMP_LOW)}
    return {ATTR_TEMPERATURE: change[ATTR_TEMPERATURE]} if change.get(ATTR_TEMPERATURE) is not None else {}


def _climate_calls(_state: State, change: Settings, settings: Settings) -> list[Call]:
    calls = [Call(CLIMATE_SET_MODE, {ATTR_HVAC_MODE: change[MODE]})] if MODE in change else []
    if data := _temperature_data(change, settings):
        calls.append(Call(CLIMATE_SET_TEMPERATURE, data))
    if change.get(PRESET) is not None:
        # Last: a temperature turns a schedule into a hold, and the preset turns it back.
        calls.append(Call(SERVICE_SET_PRESET_MODE, {ATTR_PRESET_MODE: change[PRESET]}))
    return calls


def _water_heater_calls(state: State, change: Settings, _settings: Settings) -> list[Call]:
    calls: list[Call] = []
    if MODE in change:
        if change[MODE] == STATE_OFF and STATE_OFF not in (state.attributes.get(ATTR_OPERATION_LIST) or ()):
            calls.append(Call(SERVICE_TURN_OFF, {}))
        else:
            calls.append(Call(HEATER_SET_MODE, {ATTR_OPERATION_MODE: change[MODE]}))
    if change.get(ATTR_TEMPERATURE) is not None:
        calls.append(Call(HEATER_SET_TEMPERATURE, {ATTR_TEMPERATURE: change[ATTR_TEMPERATURE]}))
    return calls


def _read_number(state: State) -> Settings:
    return {VALUE: float(state.state)}


def _number_calls(_state: State, change: Settings, _settings: Settings) -> list[Call]:
    return [Call("set_value", {VALUE: change[VALUE]})] if VALUE in change else []


def _number_off(state: State) -> Settings:
    """Below nothing is to give: a battery whose power goes from -5 to 5 kW would be emptied at 5 kW by its lowest."""
    lowest, highest = range_of(state)
    return {VALUE: min(max(0.0, lowest), highest)}


_TOGGLE = Domain(_read_toggle, _toggle_calls, lambda _: {STATE: STATE_OFF})
_NUMBER = Domain(_read_number, _number_calls, _number_off)

DOMAINS: dict[str, Domain] = {
    "switch": _TOGGLE,
    "input_boolean": _TOGGLE,
    "fan": _TOGGLE,
    "light": _TOGGLE,
    "climate": Domain(_read_temperatures, _climate_calls, lambda _: {MODE: HVACMode.OFF.value}),
    "water_heater": Domain(_read_temperatures, _water_heater_calls, lambda _: {MODE: STATE_OFF}),
    "number": _NUMBER,
    "input_number": _NUMBER,
}
