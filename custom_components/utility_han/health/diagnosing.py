"""Runs diagnoses of a hub, keeps what they found, and tells the utility."""

from collections.abc import AsyncGenerator
from uuid import uuid4

from homeassistant.core import Context
from homeassistant.util import dt as dt_util

from ..const import CONF_GATEWAY_LFDI
from ..gateway import Gateway
from ..hub.allowed import May, async_allowed
from ..procedures import Diagnosis, HealthReason, Outcome, Step, StepResult, Verdict, diagnose
from ..utility import CaseStatus, Feature, Report, UtilityError
from ..vehicles.manager import VehicleManager
from .care import async_note_diagnosis
from .cases import ABOUT
from .manager import HealthManager
from .subjects import Watched
from .texts import words

_OF_REGISTRATION = frozenset(
    {HealthReason.REGISTRATION_LOST, HealthReason.REGISTRATION_SUSPENDED, HealthReason.NOT_IDENTIFIED}
)
"""What is evident of a registration once it is known how it stands."""


async def async_diagnose(health: HealthManager, watched: Watched, *, report: bool = True) -> Diagnosis:
    """Diagnose a subject, keep the result, and have the utility know of it, where there is something to know."""
    found = Diagnosis()
    async for _ in async_diagnosis_steps(health, watched, found, report=report):
        pass
    return found


async def async_diagnose_for(
    health: HealthManager, watched: Watched, context: Context | None, *, report: bool = True
) -> Diagnosis:
    """Diagnose for whoever is behind a context: the utility is told of it where they may open cases."""
    report = report and await async_allowed(health.hass, context, May.CASES, [health.entry])
    return await async_diagnose(health, watched, report=report)


async def async_diagnosis_steps(
    health: HealthManager, watched: Watched, found: Diagnosis, *, report: bool = True
) -> AsyncGenerator[StepResult]:
    """The same, telling each step."""
    hub = health.hub
    condition = health.condition(watched.key)
    subject = health.subjects.to_diagnose(watched, condition)
    async with health.diagnosing:
        async for result in diagnose(gateway_of(health, watched), health.account.utility, subject, found):
            yield result
    if watched.device is not None:
        listed = [result.evidence.get("listed") for result in found.results if result.step is Step.RD_6]
        watched.device.listed = listed[0] if listed else watched.device.listed
        if found.verdict is Verdict.NOTHING_WRONG:
            watched.device.missed_control = None
    await _async_take_standing(health, watched, found)
    async_note_diagnosis(health, watched, found)
    told = {"at": dt_util.utcnow().isoformat(), "repair": condition.repair, "case_closed": False}
    condition.diagnosis, condition.repair, condition.tested = found.to_dict() | told, None, found.tested
    if hub.coordinator.contact.reason is not None and _answers(found, Step.DM_3):
        # It is back: what hangs on it need not wait for the next poll, which may be far away.
        await hub.coordinator.async_refresh()
        health.async_believe(health.subjects.gateway)
    if (vtn := health.account.vtn) is not None and vtn.reason is not None and _answers(found, Step.RD_3):
        await vtn.async_refresh()
        health.async_believe(health.subjects.gateway)
    health.async_believe(watched)
    hub.coordinator.async_update_listeners()
    if report:
        result = await _async_report(health, watched, found)
        found.results.append(result)
        yield result
        told["case_closed"] = result.evidence.get("status") == CaseStatus.CLOSED
        condition.diagnosis = found.to_dict() | told
    await health.conditions.async_save()
    watched.async_tell()


async def _async_take_standing(health: HealthManager, watched: Watched, found: Diagnosis) -> None:
    """Have what the utility was seen to say of registration or bindings known to whoever keeps them."""
    news = set(found.reasons) - health.condition(watched.key).health.believed.keys()
    if (record := health.subjects.record(watched)) is not None and news & _OF_REGISTRATION:
        await health.registrar.async_take_standing(record)
    if HealthReason.BINDING_LOST in news:
        health.hub.manager(VehicleManager).delivery.async_look()


def gateway_of(health: HealthManager, watched: Watched) -> Gateway | None:
    """Return the gateway that a subject is on, None for one that the utility alone knows."""
    by_utility = watched.device is not None and watched.device.by_utility
    return health.hub.gateway if health.hub.has_meter and not by_utility else None


def _answers(found: Diagnosis, step: Step) -> bool:
    """Whether a check found nothing against who it asked."""
    return any(result.step is step and result.outcome is Outcome.DONE for result in found.results)


async def _async_report(health: HealthManager, watched: Watched, found: Diagnosis) -> StepResult:
    """RD-2, RD-9, RD-11, DM-6: open a case for what is wrong, add to the one that is open, close it when it holds."""
    utility, condition = health.account.utility, health.condition(watched.key)
    well = found.verdict is Verdict.NOTHING_WRONG
    if not utility.offers(Feature.CASES) or (well and condition.case is None):
        return StepResult(Step.RD_2, Outcome.NOT_OFFERED)
    try:
        case_id = await async_open_case(health, watched, found.reason)
        case = await utility.add_report(case_id, report_of(found), f"report-{uuid4().hex}")
        if well:
            case = await utility.close_case(case_id)
    except UtilityError as err:
        return StepResult(Step.RD_2, Outcome.FAILED, err.reason, {"detail": err.detail})
    health.async_take_case(case)
    return StepResult(Step.RD_2, Outcome.DONE, evidence={"case": case.id, "status": case.status.value})


async def async_open_case(health: HealthManager, watched: Watched, problem: str | None) -> str:
    """Report a problem, a code or a person's words; return the id of its case: the open one, if any (RD-1, RD-2)."""
    utility, premise_id = health.account.utility, health.account.premise_id
    known = health.condition(watched.key).case
    if known is not None and (await utility.case(known["id"])).status is not CaseStatus.CLOSED:
        return known["id"]
    about: dict[str, str] = {}
    record = health.subjects.record(watched)
    if record is not None and record.run.registration_id is not None:
        about["registration_id"] = record.run.registration_id
    if watched.vehicle is not None and (current := watched.vehicle.run.current(dt_util.utcnow())) is not None:
        about["binding_id"] = health.hub.manager(VehicleManager).billers.utility.told(current.id)
    code = problem if isinstance(problem, HealthReason | Verdict) else None
    told = f"{watched.title}: {words(health.hass, code) if code or problem is None else problem}"[:500]
    lfdi = health.entry.data.get(CONF_GATEWAY_LFDI, "")
    case = await utility.open_case(premise_id or "", lfdi, about, told, f"case-{uuid4().hex}")
    health.async_take_case(case, {name: code.value for name, kind in ABOUT.items() if isinstance(code, kind)})
    return case.id


def report_of(found: Diagnosis) -> Report:
    """Return what the utility is told of a diagnosis: each step with its evidence."""
    evidence = {
        result.step.value: {"outcome": result.outcome.value, **result.evidence}
        for result in found.results
        if result.step is not Step.RD_7  # what the home's own entities say stays at home
    }
    return Report("diagnosis", found.verdict.value, found.reason and found.reason.value, evidence)
