"""Repair notices about charging: whose a session was, what is billed otherwise, what the utility does not take."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..procedures.charging.ledger import BillableRecord, LedgerEntry, RecordState
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
    prefixes = tuple(f"{key}_{entry.entry_id}_" for key in _ALL)
    for domain, issue_id in list(ir.async_get(hass).issues):
        if domain == DOMAIN and issue_id.startswith(prefixes) and issue_id not in wanted:
            ir.async_delete_issue(hass, DOMAIN, issue_id)


def _about(record: BillableRecord) -> tuple[str, dict[str, str]] | None:
    if (difference := record.difference) is not None and difference.billed_wh is not None:
        return _BILLED_OTHERWISE, {
            "measured": _kwh(difference.measured_wh),
            "billed": _kwh(difference.billed_wh),
        }
    if record.state is RecordState.REFUSED:
        return _SESSION_REFUSED, {"reason": record.reason.value.replace("_", " ") if record.reason else "–"}
    return None


def placeholders(charging: Charging, entry: LedgerEntry) -> dict[str, str]:
    """Return what a person is told of a session: vehicle, kWh, start and end."""
    vehicle = charging.vehicles.get(entry.session.vehicle or "")
    started = dt_util.as_local(entry.session.started_at)
    return {
        "vehicle": vehicle.title if vehicle else "–",
        "energy": _kwh(entry.energy_wh),
        "unbound": _kwh(entry.unbound_wh),
        "started": f"{started:%Y-%m-%d %H:%M}",
        "ended": f"{dt_util.as_local(entry.ended_at):%Y-%m-%d %H:%M}",
    }


def _kwh(energy: int) -> str:
    return f"{energy / 1000:.3f}"


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
    prefixes = tuple(f"{key}_{entry.entry_id}_" for key in _ALL)
    for domain, issue_id in list(ir.async_get(hass).issues):
        if domain == DOMAIN and issue_id.startswith(prefixes):
            ir.async_delete_issue(hass, DOMAIN, issue_id)
