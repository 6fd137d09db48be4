"""What an entity was really brought to for a control, in the terms of what was asked: what the utility is told."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from homeassistant.components.climate import ATTR_TARGET_TEMP_HIGH, ATTR_TARGET_TEMP_LOW
from homeassistant.const import ATTR_TEMPERATURE, ATTR_UNIT_OF_MEASUREMENT, UnitOfTemperature
from homeassistant.util.unit_conversion import TemperatureConverter, TemperatureDeltaConverter

from ..procedures import asked, asks_nothing
from .responses import RESPONSES, WATTS, Situation, basis_of, set_points
from .settings import DOMAINS, MODE, VALUE, Settings

_WHOLE = 100.0
_SIGNS = {"cooling": 1, "heating": -1}


@dataclass(frozen=True, slots=True)
class _Done:
    """An entity under a control: how it would be without us, what is asked, and how it is."""

    situation: Situation
    now: Settings

    def share(self) -> float | None:
        """Return the percent that is left of what a limit would let through."""
        if not isinstance(limit := self.now.get(VALUE), float):
            off = DOMAINS[self.situation.domain].off(self.situation.state)
            return 0.0 if off.items() <= self.now.items() else _WHOLE
        return _WHOLE * limit / basis if (basis := basis_of(self.situation)) else None

    def watts(self) -> float | None:
        """Return the limit in watts."""
        limit = self.now.get(VALUE)
        unit = WATTS.get(self.situation.state.attributes.get(ATTR_UNIT_OF_MEASUREMENT, ""))
        return limit * unit if isinstance(limit, float) and unit else None

    def temperature(self, of: str) -> tuple[float, float] | None:
        """Return the set point ``of`` cooling or heating in °C, as it is and would be; None where it is not in use."""
        situation = self.situation
        if MODE not in situation.settings or situation.config["response"] == "off":
            return None
        for name in (ATTR_TEMPERATURE, ATTR_TARGET_TEMP_HIGH, ATTR_TARGET_TEMP_LOW):
            now, before = self.now.get(name), situation.settings.get(name)
            if set_points(situation).get(name) == of and isinstance(now, float) and isinstance(before, float):
                return now, before
        return None


def _percent(done: _Done, asks: float) -> float | None:
    """Return a share of the load; a switch is on for the share that is asked, which its response sees to."""
    if done.situation.config["response"] == "duty_cycle":
        return min(asks, _WHOLE)
    return done.share()


def _offset(of: str) -> Callable[[_Done, float], float | None]:
    def moved(done: _Done, _asks: float) -> float | None:
        if (found := done.temperature(of)) is None:
            return None
        delta = TemperatureDeltaConverter.convert(found[0] - found[1], done.situation.unit, UnitOfTemperature.CELSIUS)
        return _SIGNS[of] * delta

    return moved


def _set_point(of: str) -> Callable[[_Done, float], float | None]:
    def held(done: _Done, _asks: float) -> float | None:
        if (found := done.temperature(of)) is None:
            return None
        return TemperatureConverter.convert(found[0], done.situation.unit, UnitOfTemperature.CELSIUS)

    return held


_APPLIED: dict[str, Callable[[_Done, float], float | None]] = {
    "duty_cycle": _percent,
    "load_adjustment": _percent,
    "cooling_offset": _offset("cooling"),
    "heating_offset": _offset("heating"),
    "cooling_setpoint": _set_point("cooling"),
    "heating_setpoint": _set_point("heating"),
    "target_reduction": lambda done, _asks: done.watts(),
    "appliance_load_reduction": lambda _done, asks: asks,
}
"""By the names of ``ASKS``."""
_OTHERWISE = {
    "off": ("load_adjustment",),
    "limit": ("load_adjustment",),
    "offset": ("cooling_offset", "heating_offset"),
    "setpoint": ("cooling_offset", "heating_offset"),
}
"""What a response is told as where it did what it can, whatever was asked."""


def applied_of(situation: Situation, now: Settings) -> dict[str, float]:
    """Return what of a control was applied, by the names of ``ASKS``: the entity is as in ``now``.

    An element that is not present "has not been used by the end device" (sep.xsd, ``DutyCycle`` and ``SetPoint``), so
    what was asked and could not be used is left out; values are those after limits and rounding of the device.
    """
    asks = asked(situation.control)
    if asks_nothing(situation.control):
        return asks
    response, done = situation.config["response"], _Done(situation, now)
    used = RESPONSES[response].uses(asks)

    def told(names: Iterable[str]) -> dict[str, float]:
        found = {name: _APPLIED[name](done, asks.get(name, 0.0)) for name in names}
        return {name: value for name, value in found.items() if value is not None}

    return told(name for name in asks if used is None or name in used) or told(_OTHERWISE.get(response, ()))
