"""Coverage surveys of a hub: kept with what was carried, and told to the utility."""

from ..gateway import SignalQuality
from ..procedures import HealthReason, Outcome, Place, Step, StepResult, Verdict, from_best
from ..utility import Feature, Report, UtilityError
from .diagnosing import async_open_case
from .manager import HealthManager
from .subjects import Watched
from .texts import words


async def async_keep_place(health: HealthManager, watched: Watched, place: Place) -> None:
    """Keep a place with what was carried there; one that was measured before is replaced."""
    condition = health.condition(watched.key)
    condition.survey = [other for other in condition.survey if other.name != place.name] + [place]
    await health.conditions.async_save()
    watched.async_tell()


async def async_report_coverage(health: HealthManager, watched: Watched) -> StepResult:
    """DM-5b: tell the utility what a survey found, with the case of what was carried; the same only once."""
    utility = health.account.utility
    survey = health.condition(watched.key).survey
    if not utility.offers(Feature.CASES) or not survey:
        return StepResult(Step.DM_5, Outcome.NOT_OFFERED)
    places = from_best(survey)
    poor = places[0].carried and places[0].quality is not SignalQuality.GOOD
    report = Report(
        "coverage",
        Verdict.NETWORK_COVERAGE.value if poor else None,
        HealthReason.WEAK_SIGNAL.value if poor else None,
        {"places": [place.to_dict() for place in places]},
    )
    try:
        case_id = await async_open_case(health, watched, words(health.hass, Verdict.NETWORK_COVERAGE))
        key = f"coverage-{case_id}-{survey[-1].at.timestamp():.0f}"
        case = await utility.add_report(case_id, report, key)
    except UtilityError as err:
        return StepResult(Step.DM_5, Outcome.FAILED, err.reason, {"detail": err.detail})
    health.async_take_case(case)
    return StepResult(Step.DM_5, Outcome.DONE, evidence={"case": case.id, "places": len(places)})
