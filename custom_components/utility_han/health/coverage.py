"""Coverage surveys of a hub: kept with what was carried, and told to the utility."""

from typing import TYPE_CHECKING

from homeassistant.core import HomeAssistant

from ..gateway.model import SignalQuality
from ..procedures.health import HealthReason
from ..procedures.step import Outcome, Step, StepResult
from ..procedures.survey import Place, from_best
from ..procedures.verdict import Verdict
from ..utility.errors import UtilityError
from ..utility.service_model import Report
from .diagnosing import async_open_case
from .subjects import Watched
from .words import words

if TYPE_CHECKING:
    from ..hub.coordinator import UtilityHanConfigEntry


async def async_keep_place(entry: UtilityHanConfigEntry, watched: Watched, place: Place) -> None:
    """Keep a place with what was carried there; one that was measured before is replaced."""
    health = entry.runtime_data.health
    condition = health.condition(watched.key)
    condition.survey = [other for other in condition.survey if other.name != place.name] + [place]
    await health.conditions.async_save()
    health.async_tell(watched.key, None)


async def async_report_coverage(hass: HomeAssistant, entry: UtilityHanConfigEntry, watched: Watched) -> StepResult:
    """DM-5b: tell the utility what a survey found, with the case of what was carried; the same only once."""
    runtime = entry.runtime_data
    survey = runtime.health.condition(watched.key).survey
    if runtime.registrar.utility is None or not survey:
        return StepResult(Step.DM_5, Outcome.NOT_OFFERED)
    places = from_best(survey)
    poor = places[0].quality is not SignalQuality.GOOD
    report = Report(
        "coverage",
        Verdict.NETWORK_COVERAGE.value if poor else None,
        HealthReason.WEAK_SIGNAL.value if poor else None,
        {"places": [place.to_dict() for place in places]},
    )
    try:
        case_id = await async_open_case(hass, entry, watched, words(hass, Verdict.NETWORK_COVERAGE))
        key = f"coverage-{case_id}-{survey[-1].at.timestamp():.0f}"
        case = await runtime.registrar.linked_utility.add_report(case_id, report, key)
    except UtilityError as err:
        return StepResult(Step.DM_5, Outcome.FAILED, err.reason, {"detail": err.detail})
    runtime.health.async_take_case(case)
    return StepResult(Step.DM_5, Outcome.DONE, evidence={"case": case.id, "places": len(places)})
