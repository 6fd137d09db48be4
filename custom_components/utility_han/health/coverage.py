"""Coverage surveys of a hub: measured, kept with what was carried, and told to the utility."""

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import CONF_ENTITY_ID
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..devices.linked_entity import number_of, sensors_beside
from ..gateway import GatewayError, SignalQuality
from ..procedures import ROUNDS, HealthReason, Measurement, Outcome, Place, Step, StepResult, Verdict, from_best
from ..utility import Feature, Report, UtilityError
from .diagnosing import async_open_case
from .manager import HealthManager
from .subjects import Watched

LONGEST_NAME = 64
"""Characters of a place's name."""
_MOST_PLACES = 50
"""Of a survey: of more, those that were measured first are forgotten."""


@callback
def signal_beside(hass: HomeAssistant, watched: Watched) -> str | None:
    """Return the sensor that tells the signal of a device's own radio, None where there is none."""
    if watched.device is None or (control := watched.device.control) is None:
        return None
    beside = sensors_beside(hass, control[CONF_ENTITY_ID], [SensorDeviceClass.SIGNAL_STRENGTH])
    return next((entity_id for _, entity_id in beside), None)


async def async_measure_round(
    health: HealthManager, watched: Watched, measurement: Measurement, sensor: str | None
) -> None:
    """Look once at both ways; the place is kept with the last round. ``sensor`` tells what is received there (dBm)."""
    try:
        way = await health.hub.gateway.measure_signal()
    except GatewayError:
        way = None
    measurement.add(way, number_of(health.hass.states.get(sensor)) if sensor else None)
    if measurement.rounds == ROUNDS:
        await _async_keep_place(health, watched, measurement.place(dt_util.utcnow()))


async def async_measure_place(health: HealthManager, watched: Watched, name: str, sensor: str | None) -> None:
    """DM-4b: measure how the coverage is at a place, and keep it."""
    measurement = Measurement(name[:LONGEST_NAME], carried=sensor is not None)
    for _ in range(ROUNDS):
        await async_measure_round(health, watched, measurement, sensor)


async def _async_keep_place(health: HealthManager, watched: Watched, place: Place) -> None:
    """Keep a place with what was carried there; one that was measured before is replaced."""
    condition = health.condition(watched.key)
    others = [other for other in condition.survey if other.name != place.name]
    condition.survey = [*others, place][-_MOST_PLACES:]
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
        case_id = await async_open_case(health, watched, Verdict.NETWORK_COVERAGE)
        key = f"coverage-{case_id}-{survey[-1].at.timestamp():.0f}"
        case = await utility.add_report(case_id, report, key)
    except UtilityError as err:
        return StepResult(Step.DM_5, Outcome.FAILED, err.reason, {"detail": err.detail})
    health.async_take_case(case)
    return StepResult(Step.DM_5, Outcome.DONE, evidence={"case": case.id, "places": len(places)})
