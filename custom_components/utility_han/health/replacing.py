"""Puts another device in the place of one that is broken (DM-5a): only what identifies it changes.

Entities, area, name, history and automations hang on the subentry, which stays. What the utility and the gateway knew
of the old device is withdrawn before anything new is registered; cut off anywhere, it can be done again.
"""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from aio2030dot5.identity import sfdi_from_lfdi
from homeassistant.const import CONF_ENTITY_ID

from ..const import CONF_CONTROL, CONF_IDENTITY, CONF_LFDI, CONF_SERIAL, CONF_SFDI
from ..devices.manager import by_utility
from ..devices.store import Record
from ..devices.voice import async_give_voice
from ..gateway import GatewayError, create_identity, invented_lfdi
from ..procedures import Outcome, RegistrationRun, Step, StepResult, close_registration, commission_again
from ..utility import Feature, UtilityError
from .manager import HealthManager
from .repairing import tools_for
from .subjects import Watched


@dataclass(frozen=True, slots=True)
class Replacement:
    """What is known of the new device; without an LFDI Home Assistant speaks for it under a new identity."""

    lfdi: str | None
    serial: str | None
    key: str | None
    entity_id: str | None = None


async def async_replace(health: HealthManager, watched: Watched, new: Replacement) -> StepResult:
    """Withdraw the old device, have the gateway list the new one, and register it when the hub is loaded anew.

    The result of DM-5; ``FAILED`` where the utility cannot be told that the old one is gone.
    """
    hass, entry = health.hass, health.entry
    record = health.subjects.record(watched)
    if record is None or watched.subentry_id is None:
        return StepResult(Step.DM_5, Outcome.NOT_OFFERED)
    registrar, utility = health.registrar, health.account.utility
    try:
        if utility.offers(Feature.REGISTRATION):
            await close_registration(utility, record.run)
    except UtilityError as err:
        return StepResult(Step.DM_5, Outcome.FAILED, err.reason, {"detail": err.detail}, Step.DM_5)
    await registrar.async_take_off_list(record)
    data, lfdi = await _data_of(health, record, new)
    old = record.run
    registrar.registrations.records.pop(old.lfdi)
    record.data = data
    record.run = RegistrationRun(
        lfdi=lfdi,
        kind=old.kind,
        model_id=old.model_id,
        premise_id=old.premise_id,
        gateway_lfdi=old.gateway_lfdi,
        serial=new.serial or (old.serial if new.lfdi is None else None),
        key=new.key,
        consents=old.consents,
    )
    registrar.registrations.records[lfdi] = record
    await registrar.registrations.async_save()
    # Nobody registers it before the gateway lists it: the utility would not find it there.
    registrar.registrations.claimed.add(lfdi)
    try:
        listed = await _list(health, record)
    finally:
        registrar.registrations.claimed.discard(lfdi)
    subentry = entry.subentries[watched.subentry_id]
    hass.config_entries.async_update_subentry(entry, subentry, data=MappingProxyType(data), unique_id=lfdi)
    return StepResult(Step.DM_5, Outcome.DONE, listed.reason, {"listed": listed.outcome.value})


async def _data_of(health: HealthManager, record: Record, new: Replacement) -> tuple[dict[str, Any], str]:
    """Return the subentry's data for the new device, and its LFDI."""
    data: dict[str, Any] = {**record.data, CONF_SERIAL: new.serial or record.data.get(CONF_SERIAL)}
    data.pop(CONF_IDENTITY, None)
    taken = {str(subentry.unique_id) for subentry in health.entry.subentries.values()}
    unused = invented_lfdi(taken) if by_utility(record) else health.hub.gateway.unused_lfdi(taken)
    lfdi = new.lfdi or unused
    if lfdi is None:
        identity = await health.hass.async_add_executor_job(create_identity)
        data[CONF_IDENTITY] = identity.to_dict()
        lfdi = identity.lfdi
    if new.entity_id is not None and data.get(CONF_CONTROL):
        data[CONF_CONTROL] = {**data[CONF_CONTROL], CONF_ENTITY_ID: new.entity_id}
    return data | {CONF_LFDI: lfdi, CONF_SFDI: sfdi_from_lfdi(lfdi)}, lfdi


async def _list(health: HealthManager, record: Record) -> StepResult:
    """Have the gateway list the new device; where that has to wait, its health says so and it is repaired later."""
    try:
        tools = tools_for(health, record)
        await async_give_voice(health.hass, health.hub.gateway, record)
        result = await commission_again(tools)
        if tools.gateway is not None and record.run.key is None and record.run.href is not None:
            pin = await tools.gateway.registration_pin(record.run.href)
            record.run.key = f"{pin:06}" if pin is not None else None
            await tools.save(record.run)
    except (GatewayError, UtilityError) as err:
        return StepResult(Step.RD_8, Outcome.FAILED, err.reason, {"detail": err.detail}, Step.RD_8)
    return result
