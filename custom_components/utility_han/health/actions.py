"""Actions on the health of a gateway, a device or a vehicle: diagnose, repair, survey, report a problem."""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import probatio
from homeassistant.const import ATTR_DEVICE_ID, ATTR_ENTITY_ID
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv

from ..const import DOMAIN, LOGGER
from ..hub.allowed import async_register_action
from ..hub.hub import Hub
from ..hub.targets import find_subject
from ..hub.telling.phone import Button, owner_of
from ..hub.telling.wording import Said, Wording, async_say
from ..hub.telling.words import Sheet
from ..load_control.actions import ATTR_CONTROL
from ..procedures import Outcome, Repair, from_best
from ..utility import UtilityError
from .coverage import LONGEST_NAME, async_measure_place, async_report_coverage, signal_beside
from .diagnosing import async_diagnose_for, async_open_case, gateway_of
from .manager import HealthManager
from .messages import ABOUT, about_diagnosis, about_repair
from .repairing import async_repair
from .subjects import Watched

ATTR_ABOUT = "about"
ATTR_PHONE = "phone"
ATTR_PLACE = "place"
ATTR_REPAIR = "repair"
ATTR_REPORT = "report"
ATTR_SUMMARY = "summary"

type _Action = Callable[[HealthManager, Watched, ServiceCall], Coroutine[Any, Any, dict[str, Any]]]


async def _diagnose(health: HealthManager, watched: Watched, call: ServiceCall) -> dict[str, Any]:
    found = await async_diagnose_for(health, watched, call.context, report=call.data[ATTR_REPORT])
    return found.to_dict() | await _in_words(health, about_diagnosis(watched, found, await _wording(health)))


async def _repair(health: HealthManager, watched: Watched, call: ServiceCall) -> dict[str, Any]:
    chosen = call.data.get(ATTR_REPAIR)
    answer = await async_repair(health, watched, Repair(chosen) if chosen else None)
    return dict(answer) | await _in_words(health, about_repair(watched, answer, await _wording(health)))


async def _get_message(health: HealthManager, watched: Watched, call: ServiceCall) -> dict[str, Any]:
    wording = await _wording(health)
    if (said := ABOUT[call.data[ATTR_ABOUT]](health, watched, wording, call.data.get(ATTR_CONTROL))) is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="nothing_to_say",
            translation_placeholders={"device": watched.title},
        )
    buttons = {button.value: wording.word(Sheet.BUTTON, button) for button in Button}
    # A button is pressed by an event that every phone can send: whose it was is who sent that.
    phone = call.data.get(ATTR_PHONE)
    owner = {"owner": owner_of(call.hass, phone)} if phone is not None else {}
    return await _in_words(health, said) | {"buttons": buttons} | owner


async def _wording(health: HealthManager) -> Wording:
    return await Wording.async_of(health.hass)


async def _in_words(health: HealthManager, said: Said) -> dict[str, Any]:
    title, message = await async_say(health.hass, health.entry, said)
    return {"title": title, "message": message}


async def _report_problem(health: HealthManager, watched: Watched, call: ServiceCall) -> dict[str, Any]:
    try:
        await async_open_case(health, watched, call.data[ATTR_SUMMARY])
    except UtilityError as err:
        LOGGER.warning("%s: the utility took no report of a problem: %s", watched.title, err.detail)
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="not_reported",
            translation_placeholders={"device": watched.title},
        ) from err
    return {}


async def _get_coverage(health: HealthManager, watched: Watched, call: ServiceCall) -> dict[str, Any]:
    _check_surveyed(health, watched)
    places = from_best(health.condition(watched.key).survey)
    return {"places": [place.to_dict() for place in places], "signal": signal_beside(call.hass, watched)}


async def _measure_coverage(health: HealthManager, watched: Watched, call: ServiceCall) -> dict[str, Any]:
    _check_surveyed(health, watched)
    sensor = call.data.get(ATTR_ENTITY_ID) or signal_beside(call.hass, watched)
    await async_measure_place(health, watched, call.data[ATTR_PLACE], sensor)
    return await _get_coverage(health, watched, call)


async def _report_coverage(health: HealthManager, watched: Watched, call: ServiceCall) -> dict[str, Any]:
    result = await async_report_coverage(health, watched)
    if result.outcome is not Outcome.DONE:
        untold = "coverage_not_offered" if result.outcome is Outcome.NOT_OFFERED else "not_reported"
        raise HomeAssistantError(
            translation_domain=DOMAIN, translation_key=untold, translation_placeholders={"device": watched.title}
        )
    return await _get_coverage(health, watched, call)


def _check_surveyed(health: HealthManager, watched: Watched) -> None:
    """``ServiceValidationError`` for what is on no gateway: there is no way whose coverage could be measured."""
    if watched.device is None or gateway_of(health, watched) is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="not_surveyed",
            translation_placeholders={"device": watched.title},
        )


_ACTIONS: dict[str, tuple[_Action, dict[Any, Any], SupportsResponse]] = {
    "diagnose": (_diagnose, {probatio.Optional(ATTR_REPORT, default=True): cv.boolean}, SupportsResponse.OPTIONAL),
    "repair": (
        _repair,
        {probatio.Optional(ATTR_REPAIR): probatio.In([repair.value for repair in Repair])},
        SupportsResponse.OPTIONAL,
    ),
    "get_message": (
        _get_message,
        {
            probatio.Required(ATTR_ABOUT): probatio.In(list(ABOUT)),
            probatio.Optional(ATTR_CONTROL): probatio.All(cv.string, probatio.Upper),
            probatio.Optional(ATTR_PHONE): cv.string,
        },
        SupportsResponse.ONLY,
    ),
    "get_coverage": (_get_coverage, {}, SupportsResponse.ONLY),
    "measure_coverage": (
        _measure_coverage,
        {
            probatio.Required(ATTR_PLACE): probatio.All(
                cv.string, str.strip, probatio.Length(min=1, max=LONGEST_NAME)
            ),
            probatio.Optional(ATTR_ENTITY_ID): cv.entity_id,
        },
        SupportsResponse.OPTIONAL,
    ),
    "report_coverage": (_report_coverage, {}, SupportsResponse.OPTIONAL),
    "report_problem": (
        _report_problem,
        {probatio.Required(ATTR_SUMMARY): probatio.All(cv.string, str.strip, probatio.Length(min=1, max=400))},
        SupportsResponse.OPTIONAL,
    ),
}


@callback
def async_register_health_actions(hass: HomeAssistant) -> None:
    """Register every action, whether a hub is loaded or not."""
    for name, (action, fields, response) in _ACTIONS.items():
        schema = probatio.Schema({probatio.Required(ATTR_DEVICE_ID): cv.string, **fields})
        async_register_action(hass, name, _handler(hass, action), schema, response)


def _handler(hass: HomeAssistant, action: _Action) -> Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse]]:
    async def handle(call: ServiceCall) -> ServiceResponse:
        hub, watched = find_subject(hass, call.data[ATTR_DEVICE_ID], all_watched, "not_ours")
        health = hub.manager(HealthManager)
        answer = await action(health, watched, call)
        case = health.condition(watched.key).case
        return {"device": watched.title, "case": case and case["id"], **answer}

    return handle


def all_watched(hub: Hub) -> Sequence[Watched]:
    """Return what an action on health may be about."""
    return hub.manager(HealthManager).subjects.all
