"""What homes used without their vehicles: the meter's hours, less what all vehicles of the hub charged."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from ...const import DOMAIN
from ...documents.green_button import Premise, Remainder, without_vehicles
from ...reports.hourly import async_hours
from ...reports.sensors import async_sensor_of_premise
from ..manager import VehicleManager
from .charges import Held, all_vehicles, async_take
from .span import Asked


async def async_remainders(hass: HomeAssistant, vehicles: Iterable[Held], asked: Asked, title: str) -> list[Remainder]:
    """Return what was used beside vehicles at each hub that any of these belong to; ``title`` says what it is."""
    entries = {held.entry.entry_id: held.entry for held in vehicles}
    return [await _remainder(hass, entry, asked, title) for entry in entries.values()]


async def _remainder(hass: HomeAssistant, entry: ConfigEntry, asked: Asked, title: str) -> Remainder:
    now = dt_util.utcnow()
    sensor = await async_sensor_of_premise(hass, entry, SensorDeviceClass.ENERGY)
    hours = await async_hours(hass, sensor, asked.since, min(asked.until, now))
    if not hours:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="no_meter_statistics",
            translation_placeholders={"title": entry.title},
        )
    all_here = [held for held in all_vehicles(hass) if held.entry is entry]
    manager: VehicleManager = entry.runtime_data.manager(VehicleManager)
    # A vehicle may be plugged in for weeks: what it charged in the time that is asked for is in a session of before.
    begun = manager.charging.ledger.begun_before(asked.since)
    charges = (await async_take(all_here, begun, asked.until, None)).charges
    intervals = [(dt_util.utc_from_timestamp(start), timedelta(seconds=length), wh) for start, length, wh in hours]
    read_at = intervals[-1][0] + intervals[-1][1]
    unknown = list(_unknown_times(manager, now))
    premise = Premise(
        _premise_id(entry, all_here), f"{entry.title}: {title}", hass.config.time_zone, intervals, read_at
    )
    span = (asked.since, asked.until)
    return await hass.async_add_executor_job(without_vehicles, premise, charges, span, unknown)


def _unknown_times(manager: VehicleManager, now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield when vehicles charged what is no charge yet: it lasts, is asked about, or has no price.

    What the home used beside it is not known, and is not what the meter says.
    """
    for entry in manager.charging.ledger.attention.values():
        if not entry.settled or any(record.cost is None for record in entry.records):
            yield entry.session.started_at, entry.ended_at
    for point in manager.charging.points.values():
        for session in (*point.closed, *point.open):
            yield session.started_at, session.ended_at or max(now, session.marks[-1].at)


def _premise_id(entry: ConfigEntry, vehicles: Iterable[Held]) -> str:
    """Return the premise that vehicles are bound to here last; the hub's own id where none is."""
    bound = [binding for held in vehicles for binding in held.record.run.bindings.values()]
    latest: datetime | None = max((binding.valid_from for binding in bound), default=None)
    return next((each.premise_id for each in bound if each.valid_from == latest), entry.entry_id)
