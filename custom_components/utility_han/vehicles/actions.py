"""Actions on vehicles: document the binding, say whose a session was, plan charging."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import probatio as vol
from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..hub.coordinator import UtilityHanConfigEntry
from ..hub.targets import find_target
from .store import VehicleRecord
from .words import async_binding_document, binding_record

ATTR_DEPARTURE = "departure"
ATTR_ENERGY = "energy"
ATTR_SESSION = "session"


@dataclass(frozen=True, slots=True)
class _Action:
    do: Callable[[UtilityHanConfigEntry, VehicleRecord, ServiceCall], Coroutine[Any, Any, ServiceResponse]]
    fields: dict[Any, Any]
    response: SupportsResponse = SupportsResponse.NONE


async def _binding_record(entry: UtilityHanConfigEntry, record: VehicleRecord, call: ServiceCall) -> ServiceResponse:
    charging = entry.runtime_data.charging
    return {
        **binding_record(charging.charging, record),
        "document": async_binding_document(call.hass, charging.charging, record),
        "url": charging.document_url(record),
    }


async def _assign_session(entry: UtilityHanConfigEntry, record: VehicleRecord, call: ServiceCall) -> ServiceResponse:
    session_id = call.data[ATTR_SESSION]
    try:
        await entry.runtime_data.charging.async_assign(session_id, record.key)
    except KeyError as err:
        raise _invalid("unknown_session", session=session_id) from err
    except ValueError as err:
        raise _invalid("session_settled", session=session_id) from err
    return None


async def _plan_charging(entry: UtilityHanConfigEntry, record: VehicleRecord, call: ServiceCall) -> ServiceResponse:
    departure = call.data[ATTR_DEPARTURE]
    if departure.tzinfo is None:
        departure = departure.replace(tzinfo=dt_util.get_default_time_zone())
    if departure <= dt_util.utcnow():
        raise _invalid("departure_is_over")
    planning = entry.runtime_data.charging.planning
    await planning.async_plan(record, dt_util.as_utc(departure), call.data[ATTR_ENERGY] * 1000)
    entry.runtime_data.charging.async_tell()
    return None


_ACTIONS = {
    "binding_record": _Action(_binding_record, {}, SupportsResponse.ONLY),
    "assign_session": _Action(_assign_session, {vol.Required(ATTR_SESSION): cv.string}),
    "plan_charging": _Action(
        _plan_charging,
        {
            vol.Required(ATTR_DEPARTURE): cv.datetime,
            vol.Required(ATTR_ENERGY): vol.All(vol.Coerce(float), vol.Range(min=0.1, max=500)),
        },
    ),
}


@callback
def async_register_vehicle_actions(hass: HomeAssistant) -> None:
    """Register every action, whether a hub is loaded or not."""
    for name, action in _ACTIONS.items():
        hass.services.async_register(
            DOMAIN,
            name,
            _handler(hass, action),
            schema=vol.Schema({vol.Required(ATTR_DEVICE_ID): cv.string, **action.fields}),
            supports_response=action.response,
        )


def _handler(hass: HomeAssistant, action: _Action) -> Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse]]:
    async def handle(call: ServiceCall) -> ServiceResponse:
        entry, record = find_target(
            hass, call.data[ATTR_DEVICE_ID], lambda hub: hub.charging.vehicles, "not_a_vehicle"
        )
        return await action.do(entry, record, call)

    return handle


def _invalid(key: str, **placeholders: str) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders=placeholders
    )
