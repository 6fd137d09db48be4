"""What the premise of vehicles took from the grid, so that it can be told without them."""

from collections.abc import Collection
from datetime import datetime, timedelta

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..documents.green_button import Premise
from ..reports.hourly import async_hours
from ..reports.sensors import async_sensor_of_premise
from .charges import Held


async def async_premise(
    hass: HomeAssistant, vehicles: Collection[Held], since: datetime, until: datetime
) -> Premise | None:
    """Return the hours of the premise's meter, as Home Assistant's statistics have them.

    None where there are none, and where the vehicles are not all at one premise.
    """
    found = {(held.entry.entry_id, held.record.run.premise_id): held.entry for held in vehicles}
    if len(found) != 1:
        return None
    (((_, premise_id), entry),) = found.items()
    sensor = await async_sensor_of_premise(hass, entry, SensorDeviceClass.ENERGY)
    if not (hours := await async_hours(hass, sensor, since, until)):
        return None
    intervals = [
        (dt_util.utc_from_timestamp(start), timedelta(seconds=length), energy) for start, length, energy in hours
    ]
    return Premise(premise_id, entry.title, hass.config.time_zone, intervals, dt_util.utcnow())
