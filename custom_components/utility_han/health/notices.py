"""Repair notices of health: what is not well and can be repaired, and what the utility asks to diagnose.

They are told by translation keys and names alone, so that each reader has them in their language; what is the matter,
in words, is said by the repair's own pages, which know who reads them.
"""

from collections.abc import Iterable

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..const import DOMAIN
from ..hub.notices import async_withdraw
from ..hub.telling.texts import plain
from ..procedures import Health, HealthReason, HealthState
from ..utility import DiagnosticsRequest
from .subjects import Watched

UNHEALTHY = "unhealthy"
DIAGNOSTICS_REQUESTED = "diagnostics_requested"
# Told of by the gateway's own notices, or by asking to sign in or to commission again.
_TOLD_OTHERWISE = frozenset(
    {
        HealthReason.GATEWAY_DOWN,
        HealthReason.GATEWAY_UNREACHABLE,
        HealthReason.GATEWAY_SILENT,
        HealthReason.GATEWAY_REFUSES,
        HealthReason.GATEWAY_REPLACED,
        HealthReason.GATEWAY_NOT_UNDERSTOOD,
        HealthReason.NOT_COMMISSIONED,
        HealthReason.CERTIFICATE_EXPIRED,
        HealthReason.CERTIFICATE_EXPIRING,
        HealthReason.CLOCK_OFF,
        HealthReason.PERMISSION_LOST,
        HealthReason.UTILITY_UNREACHABLE,
        HealthReason.CONTROL_MISSED,
    }
)


def _issue_id(key: str, about: str) -> str:
    """Return the id of a notice; subjects are known by the ids of entries and subentries, which no two hubs share."""
    return f"{key}_{about}"


@callback
def async_update(hass: HomeAssistant, entry: ConfigEntry, watched: Watched, health: Health) -> None:
    """Raise or withdraw the notice of one subject."""
    issue_id = _issue_id(UNHEALTHY, watched.key)
    if health.state is HealthState.OK or health.reason is None or health.reason in _TOLD_OTHERWISE:
        ir.async_delete_issue(hass, DOMAIN, issue_id)
        return
    severity = ir.IssueSeverity.WARNING if health.state is HealthState.MARGINAL else ir.IssueSeverity.ERROR
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        data={"entry_id": entry.entry_id, "subject": watched.key, "key": UNHEALTHY},
        is_fixable=True,
        severity=severity,
        translation_key=UNHEALTHY,
        translation_placeholders={"title": entry.title, "device": watched.title},
    )


@callback
def async_ask_permission(hass: HomeAssistant, entry: ConfigEntry, requests: Iterable[DiagnosticsRequest]) -> None:
    """Ask the person whether the utility may diagnose, and ask no longer about what is gone."""
    asked: set[str] = set()
    for request in requests:
        issue_id = _issue_id(DIAGNOSTICS_REQUESTED, f"{entry.entry_id}_{request.id}")
        asked.add(issue_id)
        ir.async_create_issue(
            hass,
            DOMAIN,
            issue_id,
            data={"entry_id": entry.entry_id, "request_id": request.id, "key": DIAGNOSTICS_REQUESTED},
            is_fixable=True,
            severity=ir.IssueSeverity.WARNING,
            translation_key=DIAGNOSTICS_REQUESTED,
            translation_placeholders={"title": entry.title, "note": plain(request.note)},
        )
    async_withdraw(hass, (_issue_id(DIAGNOSTICS_REQUESTED, entry.entry_id),), but=asked)
