"""Brings the vehicles that are kept and the subentries that show them together."""

from collections.abc import Mapping
from datetime import datetime

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.util import dt as dt_util

from ..const import CONF_UTILITY, DOMAIN, SUBENTRY_VEHICLE
from ..hub.subentries import async_add_subentry, async_align, was_never_written
from ..procedures import VehicleRun, make_of
from .chargers.sources import CONF_ENERGY
from .store import Charging, VehicleRecord

_REMOVED = "other"
"""Why the bindings of a vehicle end whose subentry was removed, as the utility's API calls it."""


@callback
def async_adopt_vehicles(hass: HomeAssistant, entry: ConfigEntry, charging: Charging, written: datetime) -> None:
    """Bring records and subentries together after a start; ``written`` is when the entry was changed last before it.

    A vehicle whose flow was cut off while binding gets its subentry now, as does one whose subentry was lost in a
    power cut. Of one whose subentry was removed, the bindings are ended; what it has charged is still billed, and its
    history is kept. One whose record was lost is known again from what its subentry says;
    the utility tells the rest (``Delivery``).
    """
    now = dt_util.utcnow()
    by_vin = {subentry.unique_id: subentry for subentry in entry.get_subentries_of_type(SUBENTRY_VEHICLE)}
    for record in _bring_again(charging, by_vin):
        if (shown := by_vin.get(record.run.vin)) is not None:
            async_align(hass, entry, shown, record)
        elif record.subentry_id is not None and not was_never_written(record, written):
            _end(record, now)
        elif record.key not in charging.claimed:
            async_add_subentry(hass, entry, SUBENTRY_VEHICLE, record.run.vin, record)
    known = {record.run.vin for record in charging.vehicles.values() if not record.removed}
    for vin, subentry in by_vin.items():
        if vin is not None and vin not in known:
            record = _known_again(hass, entry, subentry, vin, charging.lost_key(vin))
            charging.vehicles[record.key] = record
    for record in charging.vehicles.values():
        record.note_use(record.data[CONF_ENERGY] if record.subentry_id is not None else None, now)


def _bring_again(charging: Charging, shown: Mapping[str | None, ConfigSubentry]) -> list[VehicleRecord]:
    """Return the vehicles that are not removed; one whose removal was lost in a power cut is not.

    What the utility was told of it by then is so, and the vehicle is known again without it.
    """
    there = [record for record in charging.vehicles.values() if not record.removed]
    known = {record.run.vin for record in there}
    for record in charging.vehicles.values():
        run = record.run
        if record.removed and run.ending is not None and run.vin in shown and run.vin not in known:
            record.removed = False
            run.ending = None if run.ending["reason"] == _REMOVED else run.ending
            there.append(record)
    return there


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


def _end(record: VehicleRecord, now: datetime) -> None:
    record.removed, record.subentry_id = True, None
    record.run.wanted = None
    record.run.ending = end_of_removed(record.run.ending, now)


def end_of_removed(ending: dict[str, str] | None, now: datetime) -> dict[str, str]:
    """Return how the bindings of a vehicle end that is removed, as a run keeps it.

    An ``ending`` that nobody was told of yet stays where it comes sooner.
    """
    if ending is not None and datetime.fromisoformat(ending["valid_until"]) <= now:
        return ending
    return {"valid_until": now.isoformat(), "reason": _REMOVED}
