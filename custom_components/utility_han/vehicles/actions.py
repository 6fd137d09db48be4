"""Actions on vehicles: document the binding, say whose a session was, plan charging, keep what a charger signed."""

from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from typing import Any

import probatio
from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..hub.allowed import async_register_action
from ..hub.bounds import moment
from ..hub.hub import Hub
from ..hub.targets import find_subject
from ..hub.telling.person import Person
from ..procedures import SignedValueError
from .chargers.sources import CONF_ENERGY
from .document import async_binding_document, binding_record
from .manager import VehicleManager
from .planning.departing import unfit_departure
from .store import VehicleRecord
from .vehicle import VehicleSubject

ATTR_DEPARTURE = "departure"
ATTR_ENERGY = "energy"
ATTR_SESSION = "session"
ATTR_VALUE = "value"


@dataclass(frozen=True, slots=True)
class _Action:
    do: Callable[[VehicleManager, VehicleRecord, ServiceCall], Coroutine[Any, Any, ServiceResponse]]
    fields: dict[Any, Any]
    response: SupportsResponse = SupportsResponse.NONE


async def _binding_record(manager: VehicleManager, record: VehicleRecord, call: ServiceCall) -> ServiceResponse:
    person = await Person.async_find(call.hass, call.context.user_id)
    return {
        **binding_record(manager.charging, record),
        "document": await async_binding_document(call.hass, manager.charging, record, person),
        "url": manager.document_url(record, person),
    }


async def _assign_session(manager: VehicleManager, record: VehicleRecord, call: ServiceCall) -> ServiceResponse:
    session_id = call.data[ATTR_SESSION]
    try:
        await manager.async_assign(session_id, record.key)
    except KeyError as err:
        raise _invalid("unknown_session", session=session_id) from err
    except ValueError as err:
        raise _invalid("session_settled", session=session_id) from err
    return None


async def _plan_charging(manager: VehicleManager, record: VehicleRecord, call: ServiceCall) -> ServiceResponse:
    departure = call.data[ATTR_DEPARTURE]
    if departure.tzinfo is None:
        departure = departure.replace(tzinfo=dt_util.get_default_time_zone())
    if (unfit := unfit_departure(departure)) is not None:
        raise _invalid(unfit)
    await manager.planning.async_plan(record, dt_util.as_utc(departure), call.data[ATTR_ENERGY] * 1000)
    manager.async_tell()
    return None


async def _add_signed_value(manager: VehicleManager, record: VehicleRecord, call: ServiceCall) -> ServiceResponse:
    try:
        return {"session": await manager.signed.async_add(record.data[CONF_ENERGY], call.data[ATTR_VALUE])}
    except SignedValueError as err:
        raise _invalid(err.reason, vehicle=record.title, told=err.why) from err


_ACTIONS = {
    "binding_record": _Action(_binding_record, {}, SupportsResponse.ONLY),
    "assign_session": _Action(_assign_session, {probatio.Required(ATTR_SESSION): cv.string}),
    "add_signed_meter_value": _Action(
        _add_signed_value,
        {probatio.Required(ATTR_VALUE): probatio.All(cv.string, probatio.Length(min=1, max=10_000))},
        SupportsResponse.OPTIONAL,
    ),
    "plan_charging": _Action(
        _plan_charging,
        {
            probatio.Required(ATTR_DEPARTURE): moment,
            probatio.Required(ATTR_ENERGY): probatio.All(probatio.Coerce(float), probatio.Range(min=0.1, max=500)),
        },
    ),
}


@callback
def async_register_vehicle_actions(hass: HomeAssistant) -> None:
    """Register every action, whether a hub is loaded or not."""
    for name, action in _ACTIONS.items():
        schema = probatio.Schema({probatio.Required(ATTR_DEVICE_ID): cv.string, **action.fields})
        async_register_action(hass, name, _handler(hass, action), schema, action.response)


def _handler(hass: HomeAssistant, action: _Action) -> Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse]]:
    async def handle(call: ServiceCall) -> ServiceResponse:
        hub, vehicle = find_subject(hass, call.data[ATTR_DEVICE_ID], _vehicles, "not_a_vehicle")
        return await action.do(hub.manager(VehicleManager), vehicle.record, call)

    return handle


def _vehicles(hub: Hub) -> Iterable[VehicleSubject]:
    return hub.manager(VehicleManager).subjects


def _invalid(key: str, **placeholders: str) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders=placeholders
    )
