"""Brings the vehicles that are kept and the subentries that show them together."""

from types import MappingProxyType

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..const import SUBENTRY_VEHICLE
from .store import Charging, VehicleRecord


@callback
def async_adopt_vehicles(hass: HomeAssistant, entry: ConfigEntry, charging: Charging) -> None:
    """Bring records and subentries together after a start.

    A vehicle whose flow was cut off while binding gets its subentry now. Of one whose subentry was removed, the
    bindings are ended; what it has charged is still billed, and its history is kept.
    """
    by_vin = {subentry.unique_id: subentry for subentry in entry.get_subentries_of_type(SUBENTRY_VEHICLE)}
    for record in charging.vehicles.values():
        if record.removed:
            continue
        if (shown := by_vin.get(record.run.vin)) is not None:
            record.subentry_id = shown.subentry_id
        elif record.subentry_id is not None:
            _end(record)
        elif record.key not in charging.claimed:
            subentry = ConfigSubentry(
                data=MappingProxyType(record.data),
                subentry_type=SUBENTRY_VEHICLE,
                title=record.title,
                unique_id=record.run.vin,
            )
            hass.config_entries.async_add_subentry(entry, subentry)
            record.subentry_id = subentry.subentry_id


def _end(record: VehicleRecord) -> None:
    record.removed, record.subentry_id = True, None
    record.run.wanted = None
    if record.run.ending is None:
        record.run.ending = {"valid_until": dt_util.utcnow().isoformat(), "reason": "other"}
