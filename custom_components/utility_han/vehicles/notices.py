"""Repair notices about charging: whose a session was, what is billed otherwise, what the utility does not take."""

from collections.abc import Collection

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..const import DOMAIN
from ..hub.notices import async_withdraw
from ..procedures import BillableRecord, LedgerEntry, RecordState
from .document import kilowatt_hours, local_time
from .store import Charging

WHOSE_SESSION = "whose_session"
_BILLED_OTHERWISE = "billed_otherwise"
_SESSION_REFUSED = "session_refused"
_UNBOUND = "session_unbound"
_ALL = (WHOSE_SESSION, _BILLED_OTHERWISE, _SESSION_REFUSED, _UNBOUND)


@callback
def async_update(hass: HomeAssistant, entry: ConfigEntry, charging: Charging) -> None:
    """Raise the notices that hold now and withdraw the others."""
    wanted: set[str] = set()
    for each in charging.ledger.entries.values():
        said = placeholders(charging, each)
        if each.session.vehicle is None and not each.session.decided:
            wanted.add(_raise(hass, entry, WHOSE_SESSION, each.session.id, said, fixable=True))
        if each.settled and each.unbound_wh and each.session.vehicle is not None and not each.accepted:
            wanted.add(_raise(hass, entry, _UNBOUND, each.session.id, said, fixable=True))
        for record in each.records:
            if (about := _about(record)) is not None:
                key, more = about
                wanted.add(_raise(hass, entry, key, record.session.session_id, said | more))
    _withdraw(hass, entry, but=wanted)


def _about(record: BillableRecord) -> tuple[str, dict[str, str]] | None:
    if record.billed is not None and record.billed_otherwise:
        return _BILLED_OTHERWISE, {
            "measured": kilowatt_hours(record.session.energy_wh),
            "billed": kilowatt_hours(record.billed.energy_wh),
        }
    if record.state is RecordState.REFUSED:
        return _SESSION_REFUSED, {"reason": record.reason.value.replace("_", " ") if record.reason else "–"}
    return None


def placeholders(charging: Charging, entry: LedgerEntry) -> dict[str, str]:
    """Return what a person is told of a session: vehicle, kWh, start and end."""
    vehicle = charging.vehicles.get(entry.session.vehicle or "")
    return {
        "vehicle": vehicle.title if vehicle else "–",
        "energy": kilowatt_hours(entry.energy_wh),
        "unbound": kilowatt_hours(entry.unbound_wh),
        "started": local_time(entry.session.started_at),
        "ended": local_time(entry.ended_at),
    }


def _raise(
    hass: HomeAssistant,
    entry: ConfigEntry,
    key: str,
    about: str,
    placeholders: dict[str, str],
    *,
    fixable: bool = False,
) -> str:
    issue_id = f"{key}_{entry.entry_id}_{about}"
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        data={"entry_id": entry.entry_id, "session_id": about, "key": key},
        is_fixable=fixable,
        severity=ir.IssueSeverity.WARNING,
        translation_key=key,
        translation_placeholders={"title": entry.title, **placeholders},
    )
    return issue_id


@callback
def async_clear(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Withdraw every notice, for a hub that is unloaded or removed."""
    _withdraw(hass, entry, but=())


def _withdraw(hass: HomeAssistant, entry: ConfigEntry, *, but: Collection[str]) -> None:
    async_withdraw(hass, tuple(f"{key}_{entry.entry_id}_" for key in _ALL), but=but)
