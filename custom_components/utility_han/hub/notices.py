"""Repair notices: what a person should see to, raised when it persists and withdrawn when it is over."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..gateway.errors import Reason
from .transport import place_of

if TYPE_CHECKING:
    from .coordinator import GatewayCoordinator

SILENT_FOR = timedelta(hours=6)  # meters in the field pause for hours
EXPIRES_WITHIN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class _Notice:
    key: str
    wanted: Callable[[GatewayCoordinator], bool]
    severity: ir.IssueSeverity = ir.IssueSeverity.WARNING


def _persists(*reasons: Reason) -> Callable[[GatewayCoordinator], bool]:
    return lambda coordinator: coordinator.reason in reasons and coordinator.persists


def _silent(coordinator: GatewayCoordinator) -> bool:
    return coordinator.silent_for(dt_util.utcnow()) > SILENT_FOR


def _expires(coordinator: GatewayCoordinator) -> bool:
    identity = coordinator.config_entry.runtime_data.identity
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
    _Notice("clock_off", lambda coordinator: coordinator.reason is Reason.CLOCK_OFF),
    _Notice("certificate_expiring", _expires),
    _Notice("wrong_pin", lambda coordinator: coordinator.reason is Reason.WRONG_PIN, ir.IssueSeverity.ERROR),
    _Notice("radio_gone", _persists(Reason.RADIO_GONE), ir.IssueSeverity.ERROR),
    _Notice("left_network", lambda coordinator: coordinator.reason is Reason.LEFT_NETWORK, ir.IssueSeverity.ERROR),
    _Notice(
        "wrong_install_code",
        lambda coordinator: coordinator.reason is Reason.WRONG_INSTALL_CODE,
        ir.IssueSeverity.ERROR,
    ),
    _Notice("not_authorized", lambda coordinator: coordinator.reason is Reason.NOT_AUTHORIZED),
    _Notice(
        "registration_refused",
        _persists(Reason.REGISTRATION_REFUSED, Reason.NOT_LISTED),
        ir.IssueSeverity.ERROR,
    ),
)


def _issue_id(notice: _Notice, coordinator: GatewayCoordinator) -> str:
    return f"{notice.key}_{coordinator.config_entry.entry_id}"


@callback
def async_update(hass: HomeAssistant, coordinator: GatewayCoordinator) -> None:
    """Raise the notices that hold now and withdraw the others."""
    entry = coordinator.config_entry
    offset, identity = coordinator.data.clock_offset, entry.runtime_data.identity
    for notice in _NOTICES:
        if not notice.wanted(coordinator):
            ir.async_delete_issue(hass, DOMAIN, _issue_id(notice, coordinator))
            continue
        ir.async_create_issue(
            hass,
            DOMAIN,
            _issue_id(notice, coordinator),
            is_fixable=False,
            severity=notice.severity,
            translation_key=notice.key,
            translation_placeholders={
                "title": entry.title,
                "host": place_of(entry.data),
                "minutes": str(round(offset.total_seconds() / 60)) if offset else "?",
                "expires": f"{identity.not_after:%Y-%m-%d}" if identity is not None else "–",
            },
        )


@callback
def async_clear(hass: HomeAssistant, coordinator: GatewayCoordinator) -> None:
    """Withdraw every notice, for a gateway that is unloaded or removed."""
    for notice in _NOTICES:
        ir.async_delete_issue(hass, DOMAIN, _issue_id(notice, coordinator))


@callback
def async_withdraw(hass: HomeAssistant, prefixes: tuple[str, ...], *, but: Collection[str] = ()) -> None:
    """Withdraw the notices whose ids begin with one of ``prefixes``, ``but`` those."""
    for domain, issue_id in list(ir.async_get(hass).issues):
        if domain == DOMAIN and issue_id.startswith(prefixes) and issue_id not in but:
            ir.async_delete_issue(hass, DOMAIN, issue_id)
