"""Which sensors say what devices and the premise use: those of the device of the linked entity, and of the meter.

Where there is more than one that may be meant, it is the one that a person put into the Energy dashboard, else the one
whose name is most like that of the linked entity (a strip has a sensor for each outlet); where that leaves two, none.
"""

from collections.abc import Collection
from itertools import takewhile

from homeassistant.components.sensor import ATTR_STATE_CLASS, SensorDeviceClass, SensorStateClass
from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, split_entity_id

from ..devices.energy_dashboard import async_consumers, async_grids
from ..devices.linked_entity import sensors_beside
from ..hub.subject import registered_id

_COUNTERS = (SensorStateClass.TOTAL_INCREASING, SensorStateClass.TOTAL)
_OF_METER = {SensorDeviceClass.ENERGY: "energy_summation_delivered", SensorDeviceClass.POWER: "power"}
_OF_GRID = {SensorDeviceClass.ENERGY: "stat_energy_from", SensorDeviceClass.POWER: "stat_rate"}


async def async_sensor_of_device(hass: HomeAssistant, entity_id: str, what: SensorDeviceClass) -> str | None:
    """Return the sensor that measures what the load of a linked entity does, None where none is known to."""
    found = {sensor for _, sensor in sensors_beside(hass, entity_id, [what])}
    if what is SensorDeviceClass.ENERGY:
        found = {sensor for sensor in found if _counts(hass, sensor)}
    chosen = found & {str(each.get("stat_consumption")) for each in await async_consumers(hass)}
    return _likest(entity_id, chosen or found)


async def async_sensor_of_premise(hass: HomeAssistant, entry: ConfigEntry, what: SensorDeviceClass) -> str | None:
    """Return the sensor that measures what the premise takes from the grid: the meter's, else the dashboard's."""
    if what not in _OF_METER:
        return None
    if (own := registered_id(hass, SENSOR_DOMAIN, entry.entry_id, _OF_METER[what])) is not None:
        return own
    grids = await async_grids(hass)
    found = [sensor for grid in grids if (sensor := grid.get(_OF_GRID[what]))]
    return str(found[0]) if len(grids) == len(found) == 1 else None


def _counts(hass: HomeAssistant, sensor: str) -> bool:
    state = hass.states.get(sensor)
    return state is not None and state.attributes.get(ATTR_STATE_CLASS) in _COUNTERS


def _likest(entity_id: str, sensors: Collection[str]) -> str | None:
    if len(sensors) < 2:
        return next(iter(sensors), None)
    name = split_entity_id(entity_id)[1]
    alike = {sensor: _alike(name, split_entity_id(sensor)[1]) for sensor in sensors}
    best = [sensor for sensor, length in alike.items() if length == max(alike.values())]
    return best[0] if len(best) == 1 else None


def _alike(one: str, other: str) -> int:
    """Return with how many letters both begin."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
