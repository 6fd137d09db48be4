"""What there is to find now about a gateway, a device or a vehicle, without asking anybody."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import CONF_ENTITY_ID, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from ..devices.device import HanDevice
from ..devices.linked_entity import measured
from ..devices.store import Record
from ..gateway import AWAY, WEAK_LQI, DeviceState, Identity, Reason
from ..hub.notices import EXPIRES_WITHIN, SILENT_FOR
from ..hub.poll.coordinator import GatewayCoordinator
from ..procedures import (
    CAUSES,
    WEAK_DBM,
    Finding,
    Health,
    HealthReason,
    HealthState,
    Local,
    Verdict,
    finding,
    meaning,
    registration_failure,
)
from ..utility import PASSING, Stage, UtilityReason
from ..vehicles.store import VehicleRecord

_DEAD_AFTER = timedelta(hours=24)
_WEAK_SHARE = 0.5
_MISSED_WITHIN = timedelta(hours=24)

# An account that is suspended keeps no device from its gateway.
_OF_THE_WAY = frozenset(
    reason
    for reason, cause in CAUSES.items()
    if cause.verdict in (Verdict.GATEWAY_DOWN, Verdict.COMMISSIONING_PROBLEM)
)
_UNHEARD = frozenset({HealthReason.UTILITY_UNREACHABLE, HealthReason.PERMISSION_LOST})
"""Behind which nothing of the utility is heard."""
_AT_ONCE = frozenset({Reason.CLOCK_OFF, Reason.NO_LONGER_REGISTERED, Reason.READINGS_DOUBTED})
"""What a gateway says that answers well."""
_DOWN = HealthState.FAILING.rank
_MEASURED = {
    SensorDeviceClass.SIGNAL_STRENGTH: (WEAK_DBM, HealthReason.WEAK_SIGNAL),  # dBm
    SensorDeviceClass.BATTERY: (10.0, HealthReason.BATTERY_LOW),  # percent
}


def gateway_findings(
    coordinator: GatewayCoordinator,
    identity: Identity | None,
    utility: UtilityReason | None,
    now: datetime,
    *,
    suspended: bool,
) -> Iterator[Finding]:
    """Yield what is not well with the gateway, the way to it, and the utility's account.

    ``utility`` is why the utility cannot be spoken with, ``suspended`` whether it has suspended the account.
    """
    if identity is not None:
        expires = identity.not_after
        if expires <= now:
            yield finding(HealthReason.CERTIFICATE_EXPIRED)
        elif expires - now < EXPIRES_WITHIN:
            yield finding(HealthReason.CERTIFICATE_EXPIRING)
    if coordinator.state is DeviceState.COMMISSIONED:
        yield from _link_findings(coordinator, now)
    if coordinator.rounds.failing or coordinator.gateway.statistics().get("failing"):
        yield finding(HealthReason.BACKGROUND_FAILING)
    meant = meaning(utility) if utility is not None else None
    if meant in (HealthReason.PERMISSION_LOST, HealthReason.UTILITY_REFUSES):
        yield finding(meant)
    elif utility in PASSING:
        # Without a gateway nothing else of the hub works.
        state = HealthState.MARGINAL if coordinator.has_gateway else HealthState.FAILING
        yield Finding(HealthReason.UTILITY_UNREACHABLE, state)
    if suspended:
        yield finding(HealthReason.ACCOUNT_SUSPENDED)


def _link_findings(coordinator: GatewayCoordinator, now: datetime) -> Iterator[Finding]:
    contact = coordinator.contact
    reason = contact.reason
    if reason in AWAY:
        if (silent := contact.silent_for(now)) > SILENT_FOR:
            yield Finding(meaning(reason), HealthState.FAILED if silent > _DEAD_AFTER else HealthState.FAILING)
    elif reason in _AT_ONCE or (reason is not None and contact.persists):
        yield finding(meaning(reason))
    if any(part.failure is not None and part.failure.reason is Reason.UNEXPECTED for part in coordinator.parts):
        yield finding(HealthReason.UNEXPECTED)
    lqi = coordinator.gateway.statistics().get("lqi")
    if contact.missed_share >= _WEAK_SHARE or (lqi is not None and lqi < WEAK_LQI):
        yield finding(HealthReason.WEAK_LINK)


def device_findings(
    hass: HomeAssistant, device: HanDevice, record: Record | None, gateway: Health, now: datetime
) -> Iterator[Finding]:
    """Yield what is not well with a device; ``gateway`` is the health of the hub that it is on."""
    if device.orphaned:
        yield finding(HealthReason.REGISTRATION_LOST)
    elif device.by_utility:
        if _UNHEARD & gateway.believed.keys():
            yield finding(HealthReason.UTILITY_UNREACHABLE)
    elif any(reason in _OF_THE_WAY and state.rank >= _DOWN for reason, state in gateway.believed.items()):
        yield finding(HealthReason.GATEWAY_DOWN)
    elif device.listed is False:
        yield finding(HealthReason.NOT_LISTED)
    elif not device.enabled:
        yield finding(HealthReason.REGISTRATION_SUSPENDED)
    if record is not None:
        yield from _registration_findings(record)
    if not device.spoken_for:
        yield finding(HealthReason.NOT_SPOKEN_FOR)
    if device.missed_control is not None and now - device.missed_control < _MISSED_WITHIN:
        yield finding(HealthReason.CONTROL_MISSED)
    for reason in local_device(hass, device).reasons:
        yield finding(reason)


def _registration_findings(record: Record) -> Iterator[Finding]:
    run, failure = record.run, registration_failure(record.run)
    if run.stage in (Stage.CLOSED, Stage.REFUSED) or run.device_state is DeviceState.REMOVED:
        yield finding(HealthReason.REGISTRATION_LOST)
    elif run.unidentified is not None:
        yield finding(HealthReason.NOT_IDENTIFIED)
    elif run.stage == Stage.SUSPENDED:
        yield finding(HealthReason.REGISTRATION_SUSPENDED)
    elif run.device_state is DeviceState.ENROLLED and run.stage == Stage.AWAITING_APPROVAL:
        yield finding(HealthReason.PROGRAMS_DIFFER)
    elif run.device_state is DeviceState.ENROLLED and not run.dr_programs:
        yield finding(HealthReason.NOT_ASSIGNED)
    elif failure is not None:
        yield finding(failure)


def local_device(hass: HomeAssistant, device: HanDevice) -> Local:
    """Return what Home Assistant itself sees of a device, where it is an entity here."""
    if device.control is None:
        return Local()
    entity_id = device.control[CONF_ENTITY_ID]
    seen = local_entities(hass, [entity_id])
    reasons, evidence = list(seen.reasons), dict(seen.evidence)
    for what, value in measured(hass, entity_id, _MEASURED).items():
        least, reason = _MEASURED[what]
        evidence[what.value] = value
        if value < least:
            reasons.append(reason)
    return Local(tuple(reasons), evidence)


def local_entities(hass: HomeAssistant, entity_ids: Sequence[str]) -> Local:
    """Return what Home Assistant sees of some entities: whether they are there and available."""
    reasons: list[HealthReason] = []
    evidence: dict[str, Any] = {}
    for entity_id in entity_ids:
        state = hass.states.get(entity_id)
        evidence[entity_id] = state.state if state is not None else None
        if state is None and er.async_get(hass).async_get(entity_id) is None:
            # While Home Assistant starts, what is not there yet may still come.
            if hass.is_running:
                reasons.append(HealthReason.ENTITY_MISSING)
        elif state is None or state.state == STATE_UNAVAILABLE:
            reasons.append(HealthReason.ENTITY_UNAVAILABLE)
    return Local(tuple(reasons), evidence)


def vehicle_findings(
    hass: HomeAssistant, record: VehicleRecord, entities: Sequence[str], delivery: UtilityReason | None, now: datetime
) -> Iterator[Finding]:
    """Yield what is not well with a vehicle's charging and billing; ``delivery`` is why nothing is delivered."""
    for reason in local_entities(hass, entities).reasons:
        yield finding(reason)
    binding = record.run.current(now)
    if record.run.wanted is None and binding is not None and record.run.is_lost(binding):
        yield finding(HealthReason.BINDING_LOST)
    if delivery is not None:
        yield finding(HealthReason.SESSIONS_UNDELIVERED)
