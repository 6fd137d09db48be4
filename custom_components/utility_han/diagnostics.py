"""What a person may hand to a stranger to have a problem looked at: everything but secrets and identities."""

from typing import Any

from aio2030dot5 import REDACT_KEYS
from homeassistant.components.diagnostics import async_redact_data
from homeassistant.core import HomeAssistant

from .const import (
    CONF_CONTROL,
    CONF_FORMER,
    CONF_GATEWAY_LFDI,
    CONF_GATEWAY_SFDI,
    CONF_IDENTITY,
    CONF_INSTALL_CODE,
    CONF_LFDI,
    CONF_NETWORK,
    CONF_PREMISE,
    CONF_SERIAL,
    CONF_SFDI,
)
from .devices.manager import Registrar
from .health.manager import HealthManager
from .hub.hub import UtilityHanConfigEntry
from .load_control.manager import LoadControlManager
from .reports.manager import ReportsManager
from .vehicles.chargers.sources import CONF_SIGNED
from .vehicles.manager import VehicleManager

_REDACTED = REDACT_KEYS | {
    CONF_FORMER,
    CONF_GATEWAY_LFDI,
    CONF_GATEWAY_SFDI,
    CONF_IDENTITY,
    CONF_INSTALL_CODE,
    CONF_NETWORK,
    CONF_PREMISE,
    CONF_LFDI,
    CONF_SERIAL,
    CONF_SFDI,
    CONF_SIGNED,
    "account",
    "account_id",
    "address",
    "client_id",
    "contract_id",
    "evse_id",
    "client_secret",
    "known_as",
    "ven_identity",
    "ven_name",
    "key",
    "pin",
    "premise_id",
    "token",
    "title",
    "unique_id",
    "instructions",
    "detail",
    "holder",
    "meter",
    "number",
    "payer",
    "vehicle_id",
    "vin",
    "eui64",
    "serial_number",
    "summary",
    "note",
}


async def async_get_config_entry_diagnostics(hass: HomeAssistant, entry: UtilityHanConfigEntry) -> dict[str, Any]:
    """Return the state of one gateway's link, redacted."""
    hub = entry.runtime_data
    coordinator, contact = hub.coordinator, hub.coordinator.contact
    controls = hub.manager(LoadControlManager)
    registrar, health, vehicles = hub.manager(Registrar), hub.manager(HealthManager), hub.manager(VehicleManager)
    offset, news = coordinator.data.clock_offset, registrar.account.news
    return async_redact_data(
        {
            "entry": {"data": dict(entry.data), "options": dict(entry.options), "version": entry.version},
            "identity": {"not_after": hub.identity.not_after.isoformat(), "problems": hub.identity.problems}
            if hub.identity is not None
            else None,
            "state": coordinator.state.value,
            "reason": contact.reason,
            "failures": contact.failures,
            "last_contact": contact.last_contact.isoformat() if contact.last_contact else None,
            "poll_interval": coordinator.update_interval.total_seconds() if coordinator.update_interval else None,
            "clock_offset": offset.total_seconds() if offset is not None else None,
            "clock_unread": coordinator.data.clock_unread,
            "values": coordinator.data.values,
            "commissioning": [step.to_dict() for step in coordinator.commissioning.steps],
            "connection": coordinator.gateway.statistics(),
            "gateway": coordinator.gateway.snapshot(),
            "utility": registrar.account.reason,
            "vtn": registrar.account.vtn.told() if registrar.account.vtn is not None else None,
            "told_by": {"way": news.way, "because": news.note} if news is not None else None,
            "failing": sorted(set(hub.rounds.failing.values())),
            "devices": [
                {
                    "kind": record.run.kind,
                    "model_id": record.run.model_id,
                    "state": record.run.state,
                    "stage": record.run.stage,
                    "attempt": record.run.attempt,
                    "steps": list(record.run.results.values()),
                    "control": record.data.get(CONF_CONTROL),
                }
                for record in registrar.registrations.records.values()
            ],
            "load_control": {
                "programs": len(controls.programs()),
                "controls_left": sum(controls.reader.left.values()),
            },
            "reports": hub.manager(ReportsManager).snapshot(),
            "health": [
                {"of": watched.key, **health.condition(watched.key).to_dict()} for watched in health.subjects.all
            ],
            "billing": vehicles.delivery.reason,
            "vehicles": [
                {
                    "guest": record.run.guest,
                    "data": record.data,
                    "bindings": [binding.to_json() for binding in record.run.bindings.values()],
                    "plan": record.plan.to_dict(),
                    "missing": vehicles.missing(record),
                }
                for record in vehicles.vehicles
            ],
            "charging_points": {name: point.to_dict() for name, point in vehicles.charging.points.items()},
            "sessions": [entry.to_dict() for entry in vehicles.charging.ledger.entries.values()][-20:],
        },
        _REDACTED,
    )
