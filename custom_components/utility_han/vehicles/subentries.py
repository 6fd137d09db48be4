"""Brings the vehicles that are kept and the subentries that show them together."""

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.util import dt as dt_util

from ..const import CONF_UTILITY, DOMAIN, SUBENTRY_VEHICLE
from ..hub.subentries import async_add_subentry
from ..procedures import VehicleRun, make_of
from .store import Charging, VehicleRecord


@callback
def async_adopt_vehicles(hass: HomeAssistant, entry: ConfigEntry, charging: Charging) -> None:
    """Bring records and subentries together after a start.

    A vehicle whose flow was cut off while binding gets its subentry now. Of one whose subentry was removed, the
    bindings are ended; what it has charged is still billed, and its history is kept. One whose record was lost is
    known again from what its subentry says; the utility tells the rest (``Delivery``).
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
            record.subentry_id = async_add_subentry(
                hass, entry, SUBENTRY_VEHICLE, record.title, record.run.vin, record.data
            )
    known = {record.run.vin for record in charging.vehicles.values() if not record.removed}
    for vin, subentry in by_vin.items():
        if vin is not None and vin not in known:
            record = _known_again(hass, entry, subentry, vin, charging.lost_key(vin))
            charging.vehicles[record.key] = record


def _known_again(
    hass: HomeAssistant, entry: ConfigEntry, subentry: ConfigSubentry, vin: str, key: str | None
) -> VehicleRecord:
    identifier = (DOMAIN, subentry.subentry_id)
    device = dr.async_get(hass).async_get_device_by_identifier(identifier, entry.entry_id)
    run = VehicleRun(
        vin=vin,
        make=(device.manufacturer if device else None) or make_of(vin) or "",
        model=(device.model if device else None) or "",
        premise_id=(entry.data.get(CONF_UTILITY) or {}).get("premise_id", ""),
    )
    run.id = key or run.id
    return VehicleRecord(run, subentry.title, dict(subentry.data), subentry.subentry_id)


def _end(record: VehicleRecord) -> None:
    record.removed, record.subentry_id = True, None
    record.run.wanted = None
    if record.run.ending is None:
        record.run.ending = {"valid_until": dt_util.utcnow().isoformat(), "reason": "other"}
