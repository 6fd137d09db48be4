"""Repair notices: what a person should see to, raised when it persists and withdrawn when it is over."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..gateway import Identity, Reason
from .poll.coordinator import GatewayCoordinator
from .reach.transport import place_of

SILENT_FOR = timedelta(hours=6)  # meters in the field pause for hours
EXPIRES_WITHIN = timedelta(days=30)


type _Wanted = Callable[[GatewayCoordinator, Identity | None], bool]


@dataclass(frozen=True, slots=True)
class _Notice:
    key: str
    wanted: _Wanted
    severity: ir.IssueSeverity = ir.IssueSeverity.WARNING


def _persists(*reasons: Reason) -> _Wanted:
    return lambda coordinator, _: coordinator.contact.reason in reasons and coordinator.contact.persists


def _at_once(reason: Reason) -> _Wanted:
    return lambda coordinator, _: coordinator.contact.reason is reason


def _silent(coordinator: GatewayCoordinator, _identity: Identity | None) -> bool:
    return coordinator.contact.silent_for(dt_util.utcnow()) > SILENT_FOR


def _expires(_coordinator: GatewayCoordinator, identity: Identity | None) -> bool:
    return identity is not None and identity.not_after - dt_util.utcnow() < EXPIRES_WITHIN


_NOTICES = (
    _Notice("wrong_gateway", _persists(Reason.WRONG_GATEWAY), ir.IssueSeverity.ERROR),
    _Notice("gateway_silent", _silent),
    _Notice(
        "not_understood",
        _persists(
            Reason.MALFORMED,
            Reason.TOO_LARGE,
            Reason.NOT_2030_5,
            Reason.HTTP_ERROR,
            Reason.NOT_FOUND,
            Reason.TLS_FAILED,
        ),
    ),
    _Notice("clock_off", _at_once(Reason.CLOCK_OFF)),
    _Notice("certificate_expiring", _expires),
    _Notice("wrong_pin", _at_once(Reason.WRONG_PIN), ir.IssueSeverity.ERROR),
    _Notice("radio_gone", _persists(Reason.RADIO_GONE), ir.IssueSeverity.ERROR),
    _Notice("left_network", _at_once(Reason.LEFT_NETWORK), ir.IssueSeverity.ERROR),
    _Notice(
        "wrong_install_code",
        _at_once(Reason.WRONG_INSTALL_CODE),
        ir.IssueSeverity.ERROR,
    ),
    _Notice("not_authorized", _at_once(Reason.NOT_AUTHORIZED)),
    _Notice(
        "registration_refused",
        _persists(Reason.REGISTRATION_REFUSED, Reason.NOT_LISTED),
        ir.IssueSeverity.ERROR,
    ),
)


@callback
def async_tell(
    hass: HomeAssistant,
    entry: ConfigEntry,
    key: str,
    said: Mapping[str, str] | None = None,
    *,
    wanted: bool,
    severity: ir.IssueSeverity = ir.IssueSeverity.WARNING,
) -> None:
    """Raise the notice ``key`` of a hub where it is ``wanted``, else withdraw it; ``said`` is put into its text."""
    issue_id = f"{key}_{entry.entry_id}"
    if not wanted:
        ir.async_delete_issue(hass, DOMAIN, issue_id)
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        is_fixable=False,
        severity=severity,
        translation_key=key,
        translation_placeholders={"title": entry.title, **(said or {})},
    )


@callback
def async_update(hass: HomeAssistant, coordinator: GatewayCoordinator, identity: Identity | None) -> None:
    """Raise the notices that hold now and withdraw the others."""
    entry = coordinator.config_entry
    offset = coordinator.data.clock_offset
    said = {
        "host": place_of(entry.data),
        "minutes": str(round(offset.total_seconds() / 60)) if offset else "?",
        "expires": f"{identity.not_after:%Y-%m-%d}" if identity is not None else "–",
    }
    for notice in _NOTICES:
        wanted = notice.wanted(coordinator, identity)
        async_tell(hass, entry, notice.key, said, wanted=wanted, severity=notice.severity)


@callback
def async_clear(hass: HomeAssistant, entry_id: str, *, removed: bool = False) -> None:
    """Withdraw what every room says of a hub that is unloaded: each notice names the entry, in its id or its data.

    What is told until a person has taken note of it goes only with a hub that is ``removed``.
    """
    for (domain, issue_id), issue in list(ir.async_get(hass).issues.items()):
        about = f"_{entry_id}" in issue_id or (issue.data or {}).get("entry_id") == entry_id
        if domain == DOMAIN and about and (removed or not issue.is_persistent):
            ir.async_delete_issue(hass, DOMAIN, issue_id)


@callback
def async_withdraw(hass: HomeAssistant, prefixes: tuple[str, ...], *, but: Collection[str] = ()) -> None:
    """Withdraw the notices whose ids begin with one of ``prefixes``, ``but`` those."""
    for domain, issue_id in list(ir.async_get(hass).issues):
        if domain == DOMAIN and issue_id.startswith(prefixes) and issue_id not in but:
            ir.async_delete_issue(hass, DOMAIN, issue_id)
