"""Chargers that vehicles of several hubs use: each hub would bill what is charged there."""

from collections.abc import Iterator

from homeassistant.config_entries import SIGNAL_CONFIG_ENTRY_CHANGED, ConfigEntry, ConfigEntryChange, ConfigSubentry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from ...const import DOMAIN, SUBENTRY_VEHICLE
from ...hub.naming import name_of
from ...hub.notices import async_withdraw
from ...hub.telling.texts import plain
from .sources import CONF_ENERGY

_KEY = "charger_shared"


@callback
def vehicles_elsewhere(
    hass: HomeAssistant, entry: ConfigEntry, energy_id: str
) -> Iterator[tuple[ConfigEntry, ConfigSubentry]]:
    """Yield the vehicles that use a charger and are another hub's, each with that hub; a disabled one has none."""
    for hub in hass.config_entries.async_entries(DOMAIN, include_disabled=False):
        if hub.entry_id != entry.entry_id:
            for vehicle in hub.get_subentries_of_type(SUBENTRY_VEHICLE):
                if vehicle.data.get(CONF_ENERGY) == energy_id:
                    yield hub, vehicle


@callback
def async_follow(hass: HomeAssistant, entry: ConfigEntry) -> CALLBACK_TYPE:
    """Tell of the vehicles of a hub that share a charger with an older hub's, as both hubs are until this is ended.

    Dialogs refuse that; homes are told that had it before, or brought it back with a backup.
    """

    @callback
    def look(_change: ConfigEntryChange | None = None, which: ConfigEntry | None = None) -> None:
        if which is None or which.domain == DOMAIN:
            _update(hass, entry)

    look()
    return async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, look)


@callback
def _update(hass: HomeAssistant, entry: ConfigEntry) -> None:
    wanted = set()
    for vehicle in entry.get_subentries_of_type(SUBENTRY_VEHICLE):
        for hub, other in vehicles_elsewhere(hass, entry, vehicle.data.get(CONF_ENERGY, "")):
            if (hub.created_at, hub.entry_id) > (entry.created_at, entry.entry_id):
                continue  # that one tells it
            issue_id = f"{_KEY}_{entry.entry_id}_{vehicle.subentry_id}_{other.subentry_id}"
            wanted.add(issue_id)
            ir.async_create_issue(
                hass,
                DOMAIN,
                issue_id,
                is_fixable=False,
                severity=ir.IssueSeverity.ERROR,
                translation_key=_KEY,
                translation_placeholders={
                    "vehicle": plain(vehicle.title),
                    "title": plain(entry.title),
                    "other": plain(other.title),
                    "elsewhere": plain(hub.title),
                    "charger": plain(name_of(hass, vehicle.data[CONF_ENERGY])),
                },
            )
    async_withdraw(hass, (f"{_KEY}_{entry.entry_id}_",), but=wanted)
