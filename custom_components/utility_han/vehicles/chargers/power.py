"""What a charger can give at most, as far as its entities and the plugs of the country say.

Too little would have what is charged asked about; so where something is not known, the greater is taken.
"""

import re
from collections.abc import Iterable, Sequence
from math import ceil, inf

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT, UnitOfElectricCurrent, UnitOfPower
from homeassistant.core import State
from homeassistant.util.unit_conversion import PowerConverter

TYPE_1 = frozenset({"CA", "JP", "KR", "MX", "TW", "US"})
"""Where homes charge by the connector of SAE J1772 (type 1 of IEC 62196-2), which is of one phase.

Type 2, which others have, is of up to three.
"""
_PHASES, _VOLTS, _VOLTS_SINGLE = 3, 230.0, 240.0
_ROUNDED = 0.1
"""Of a phase: what a charger gives is said in round numbers."""
_LEG = re.compile(r"(?:\bl|phase[ _]?l?)([123])\b|phase[ _]?([abc])\b")
_BY_LEG = frozenset({SensorDeviceClass.CURRENT, SensorDeviceClass.POWER, SensorDeviceClass.VOLTAGE})
_LEGS = {"a": "1", "b": "2", "c": "3"}


def power_of(states: Sequence[State], country: str | None) -> float | None:
    """Return what the charger of these entities can give, kW: its highest current limit on all phases it has.

    No less than it gives now; None where nothing is said of it.
    """
    limits = [
        float(limit)
        for state in states
        if state.domain == "number"
        and state.attributes.get(ATTR_UNIT_OF_MEASUREMENT) == UnitOfElectricCurrent.AMPERE
        and isinstance(limit := state.attributes.get("max"), int | float)
    ]
    if not limits:
        return None
    given = max(_values(states, SensorDeviceClass.POWER), default=0.0)
    return round(max(watts_at(max(limits), states, country), given) / 1000, 1)


def watts_at(amperes: float, states: Sequence[State], country: str | None, most_phases: int = _PHASES) -> float:
    """Return what a current is at the charger of these entities, W, on all phases it has: ``most_phases`` at most."""
    single = country in TYPE_1
    phases = phases_of(states) or (1 if single else most_phases)
    volts = max((each for each in _values(states, SensorDeviceClass.VOLTAGE) if 100 <= each <= 300), default=0.0)
    if single or not volts:
        # There each of the two conductors may be measured by itself, against neutral.
        volts = max(volts, _VOLTS_SINGLE if single else _VOLTS)
    return phases * amperes * volts


def phases_for(watts: float, amperes: float) -> int:
    """Return on how many phases a charger can be that gives so much at the highest current that it is limited to."""
    if not 0 < amperes < inf:
        return _PHASES
    return max(1, min(ceil(watts / (amperes * _VOLTS) - _ROUNDED), _PHASES))


def phases_of(states: Iterable[State]) -> int | None:
    """Return how many phases the entities speak of; one alone may be all that is shown of three."""
    legs = {
        _LEGS.get(leg, leg)
        for state in states
        if state.attributes.get("device_class") in _BY_LEG
        for found in _LEG.findall(f"{state.name} {state.object_id}".lower().replace("_", " "))
        for leg in found
        if leg
    }
    return len(legs) if len(legs) > 1 else None


def _values(states: Iterable[State], kind: SensorDeviceClass) -> Iterable[float]:
    """Yield what sensors of a kind measure, power in W."""
    for state in states:
        if state.attributes.get("device_class") != kind or not state.state.replace(".", "", 1).isdigit():
            continue
        value, unit = float(state.state), state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
        if kind is SensorDeviceClass.POWER and unit in PowerConverter.VALID_UNITS:
            value = PowerConverter.convert(value, unit, UnitOfPower.WATT)
        yield value
