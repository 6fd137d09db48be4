"""With what a vehicle charges at most: by itself, its charger, and the limit that is in force."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT, STATE_OFF, UnitOfElectricCurrent, UnitOfPower
from homeassistant.core import HomeAssistant, State
from homeassistant.util.unit_conversion import PowerConverter

from ...devices.device import HanDevice
from ...devices.linked_entity import number_of, states_beside
from ...devices.settings import range_of
from .power import phases_for, watts_at
from .sources import CONF_MAX_POWER, CONF_VEHICLE_POWER

_NUMBERS = ("number", "input_number")


def greatest_power(data: Mapping[str, Any]) -> float:
    """Return with what a vehicle can charge at most, W, by its subentry's ``data``.

    sep.xsd, PEVInfo.maxForwardPower: "the lower of the vehicle or EVSE physical power limitations. It is not based on
    economic considerations."
    """
    charger: float = data[CONF_MAX_POWER]
    return 1000 * min(charger, data.get(CONF_VEHICLE_POWER) or charger)


@dataclass(frozen=True, slots=True)
class Limit:
    """With what a vehicle can charge now."""

    watts: float
    until: datetime | None = None
    """When a load control ends that keeps it so low; None where nobody knows of an end."""


def limit_now(
    hass: HomeAssistant, data: Mapping[str, Any], station: HanDevice | None, in_force_until: datetime | None
) -> Limit:
    """Return the limit that the ``station`` of a vehicle is at now, whoever set it.

    ``in_force_until`` is when the load control ends that is in force for the station; None where none is.
    """
    most = greatest_power(data)
    state = hass.states.get(station.control["entity_id"]) if station is not None and station.control else None
    if state is None:
        return Limit(most)
    if state.domain in _NUMBERS:
        watts = _watts(hass, state, 1000 * data[CONF_MAX_POWER])
        return Limit(most if watts is None else min(max(watts, 0.0), most), in_force_until)
    # What is off without a load control waits for the time that is planned.
    is_off = in_force_until is not None and state.state == STATE_OFF
    return Limit(0.0 if is_off else most, in_force_until)


def _watts(hass: HomeAssistant, limit: State, unlimited: float) -> float | None:
    """Return what a charger gives that is limited to a number, W, and else ``unlimited``; None if it is not known."""
    value, unit = number_of(limit), limit.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
    if value is None:
        return None
    if unit == UnitOfElectricCurrent.AMPERE:
        phases = phases_for(unlimited, range_of(limit)[1])
        return watts_at(value, states_beside(hass, limit), hass.config.country, phases)
    return PowerConverter.convert(value, unit, UnitOfPower.WATT) if unit in PowerConverter.VALID_UNITS else None


def charged_until(departure: datetime, now: datetime, most: float, limit: Limit) -> float:
    """Return what can be charged from now on until the departure, Wh: as it is limited now, later with ``most``, W."""
    ends = departure if limit.until is None else min(max(limit.until, now), departure)
    limited, free = ends - now, departure - ends
    return (limit.watts * limited.total_seconds() + most * free.total_seconds()) / 3600
