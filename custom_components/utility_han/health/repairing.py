"""Runs repairs of a hub: what needs no person is done, what needs one is begun."""

import asyncio
from collections.abc import AsyncGenerator, Collection, Mapping
from functools import partial
from typing import Any

from homeassistant.config_entries import OperationNotAllowed
from homeassistant.const import CONF_ENTITY_ID
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from ..const import CONF_ACCOUNT_REFUSED, CONF_ADDED_BY_US, CONF_COMMISSION_AGAIN, LOGGER
from ..devices import notices
from ..devices.store import Record
from ..gateway import Listed, Reason
from ..procedures import OF_DEVICE, DeviceMethod, Outcome, Repair, Step, StepResult, Tools, Verdict, repair_device
from ..utility import Feature, UtilityReason
from .care import async_note_repair
from .coverage import async_report_coverage
from .diagnosing import async_diagnose
from .manager import HealthManager
from .subjects import Watched

_AFTER_RELOAD = 3.0
"""Seconds in which what was loaded anew has its entities again."""
_NOTHING_DONE = (Outcome.RUNNING, Outcome.NOT_OFFERED)


async def async_repair(health: HealthManager, watched: Watched, repair: Repair | None = None) -> Mapping[str, Any]:
    """Repair a subject, by what its diagnosis says unless told what to do, and diagnose it again.

    Returns ``repair`` (what was done), ``fixed``, and what the diagnosis afterwards says, as ``Diagnosis.to_dict``.
    """
    found = await async_diagnose(health, watched)
    chosen = repair or found.next
    steps: list[StepResult] = []
    if chosen is not None:
        steps = [result async for result in async_repair_steps(health, watched, chosen)]
        if done := [result for result in steps if result.outcome is not Outcome.RUNNING]:
            LOGGER.debug("%s: %s: %s", watched.title, chosen, [result.outcome for result in done])
            found = await async_diagnose(health, watched)
    return {
        **found.to_dict(),
        "repair": chosen and chosen.value,
        "fixed": found.verdict is Verdict.NOTHING_WRONG,
        "repair_steps": [result.to_dict() for result in steps if result.outcome is not Outcome.RUNNING],
    }


async def async_repair_steps(health: HealthManager, watched: Watched, repair: Repair) -> AsyncGenerator[StepResult]:
    """Do what of a repair needs no person; where a person is needed, that is begun and waits for them.

    The diagnosis that comes next tells whether that repaired it.
    """
    async_note_repair(health, watched, repair)
    async for result in _async_steps(health, watched, repair):
        if result.outcome not in _NOTHING_DONE:
            health.condition(watched.key).repair = repair
        yield result


async def _async_steps(health: HealthManager, watched: Watched, repair: Repair) -> AsyncGenerator[StepResult]:
    coordinator = health.hub.coordinator
    record = health.subjects.record(watched)
    if repair in OF_DEVICE and record is not None:
        async for result in repair_device(repair, tools_for(health, record)):
            yield result
    elif repair is Repair.RESYNCHRONISE:
        await coordinator.async_resynchronise()
        reason = coordinator.contact.reason
        yield StepResult(Step.DM_6, Outcome.FAILED if reason else Outcome.DONE, reason)
    elif repair in (Repair.COMMISSION_AGAIN, Repair.RENEW_CERTIFICATE):
        if coordinator.contact.reason is not Reason.WRONG_GATEWAY:
            # That another meter is the right one is said by reconfiguring.
            health.entry.async_start_reauth(health.hass, data={CONF_COMMISSION_AGAIN: True})
        yield StepResult(Step.RD_8, Outcome.WAITING, coordinator.contact.reason)
    elif repair is Repair.SIGN_IN:
        health.entry.async_start_reauth(health.hass, data={CONF_ACCOUNT_REFUSED: True})
        yield StepResult(Step.RD_3, Outcome.WAITING, UtilityReason.UNAUTHORIZED)
    elif repair is Repair.IMPROVE_COVERAGE:
        yield await async_report_coverage(health, watched)
    elif repair is Repair.CHECK_DEVICE and watched.device is not None and watched.device.control is not None:
        yield await _async_reload(health.hass, watched.device.control[CONF_ENTITY_ID])


async def async_announce_anew(health: HealthManager, lfdis: Collection[str]) -> Collection[str]:
    """Announce devices that a former identity had announced, and have them enrolled again, as a repair would.

    Returns those that the gateway still lists as the former's, of which a person is told where they cannot speak for
    themselves; ``GatewayError`` where it cannot be asked.
    """
    listed = Listed((await health.hub.gateway.listed_devices() or ()) if lfdis else ())
    records = health.registrar.registrations.records
    kept = [lfdi for lfdi in lfdis if listed.get(lfdi) is not None and lfdi in records]
    silent = [records[lfdi].title for lfdi in kept if not records[lfdi].can_speak]
    notices.async_tell_left_behind(health.hass, health.entry, silent)
    for lfdi in lfdis:
        if (record := records.get(lfdi)) is not None and lfdi not in kept:
            results = [result async for result in repair_device(Repair.RE_ANNOUNCE, tools_for(health, record))]
            LOGGER.debug("%s: announced anew: %s", record.title, [each.outcome for each in results])
    return kept


def tools_for(health: HealthManager, record: Record) -> Tools:
    """Return what a repair of a device works with."""
    registrar, utility = health.registrar, health.account.utility
    method = DeviceMethod.REQUEST if utility.offers(Feature.COMMISSIONING) else DeviceMethod.PORTAL
    if record.data.get(CONF_ADDED_BY_US):
        method = DeviceMethod.IN_BAND
    take_pass = partial(registrar.async_pass, record)
    return Tools(registrar.gateway_of(record), utility, record.run, method, registrar.async_save, take_pass)


async def _async_reload(hass: HomeAssistant, entity_id: str) -> StepResult:
    """DM-6: load the integration of the linked entity anew, as a person would."""
    known = er.async_get(hass).async_get(entity_id)
    if known is None or known.config_entry_id is None:
        return StepResult(Step.DM_6, Outcome.NOT_OFFERED, evidence={"entity": entity_id})
    try:
        loaded = await hass.config_entries.async_reload(known.config_entry_id)
    except OperationNotAllowed:  # it could not be unloaded before, and only a restart helps
        loaded = False
    await asyncio.sleep(_AFTER_RELOAD)
    return StepResult(Step.DM_6, Outcome.DONE if loaded else Outcome.FAILED, evidence={"entity": entity_id})
