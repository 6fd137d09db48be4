"""Actions on the health of a gateway, a device or a vehicle: diagnose, repair, report a problem."""

from collections.abc import Callable, Coroutine
from typing import Any

import probatio as vol
from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv

from ..const import DOMAIN
from ..hub.coordinator import RuntimeData, UtilityHanConfigEntry
from ..hub.targets import find_target
from ..procedures.verdict import Repair
from ..utility.errors import UtilityError
from .diagnosing import async_diagnose, async_open_case
from .repairing import async_repair
from .subjects import Watched

ATTR_REPAIR = "repair"
ATTR_REPORT = "report"
ATTR_SUMMARY = "summary"

type _Action = Callable[
    [HomeAssistant, UtilityHanConfigEntry, Watched, ServiceCall], Coroutine[Any, Any, dict[str, Any]]
]


async def _diagnose(
    hass: HomeAssistant, entry: UtilityHanConfigEntry, watched: Watched, call: ServiceCall
) -> dict[str, Any]:
    found = await async_diagnose(hass, entry, watched, report=call.data[ATTR_REPORT])
    return found.to_dict()


async def _repair(
    hass: HomeAssistant, entry: UtilityHanConfigEntry, watched: Watched, call: ServiceCall
) -> dict[str, Any]:
    chosen = call.data.get(ATTR_REPAIR)
    return dict(await async_repair(hass, entry, watched, Repair(chosen) if chosen else None))


async def _report_problem(
    hass: HomeAssistant, entry: UtilityHanConfigEntry, watched: Watched, call: ServiceCall
) -> dict[str, Any]:
    try:
        await async_open_case(hass, entry, watched, call.data[ATTR_SUMMARY])
    except UtilityError as err:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="not_reported",
            translation_placeholders={"device": watched.title, "detail": err.detail},
        ) from err
    return {}


_ACTIONS: dict[str, tuple[_Action, dict[Any, Any], SupportsResponse]] = {
    "diagnose": (_diagnose, {vol.Optional(ATTR_REPORT, default=True): cv.boolean}, SupportsResponse.OPTIONAL),
    "repair": (
        _repair,
        {vol.Optional(ATTR_REPAIR): vol.In([repair.value for repair in Repair])},
        SupportsResponse.OPTIONAL,
    ),
    "report_problem": (
        _report_problem,
        {vol.Required(ATTR_SUMMARY): vol.All(cv.string, vol.Length(min=1, max=400))},
        SupportsResponse.OPTIONAL,
    ),
}


@callback
def async_register_health_actions(hass: HomeAssistant) -> None:
    """Register every action, whether a hub is loaded or not."""
    for name, (action, fields, response) in _ACTIONS.items():
        schema = vol.Schema({vol.Required(ATTR_DEVICE_ID): cv.string, **fields})
        hass.services.async_register(DOMAIN, name, _handler(hass, action), schema=schema, supports_response=response)


def _handler(hass: HomeAssistant, action: _Action) -> Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse]]:
    async def handle(call: ServiceCall) -> ServiceResponse:
        entry, watched = find_watched(hass, call.data[ATTR_DEVICE_ID])
        answer = await action(hass, entry, watched, call)
        case = entry.runtime_data.health.condition(watched.key).case
        return {"device": watched.title, "case": case and case["id"], **answer}

    return handle


def find_watched(hass: HomeAssistant, device_id: str) -> tuple[UtilityHanConfigEntry, Watched]:
    """Return what a device of the registry shows; ``ServiceValidationError`` where it is none of ours."""
    return find_target(hass, device_id, _watched, "not_ours", identify=lambda watched: watched.key)


def _watched(hub: RuntimeData) -> list[Watched]:
    return list(hub.health.subjects.all())
