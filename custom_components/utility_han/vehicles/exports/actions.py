"""Actions that give what was charged, as a document or a list, under which bindings; and read in that of elsewhere."""

from base64 import b64encode
from collections.abc import Callable, Coroutine, Iterable, Mapping
from typing import Any

import probatio
from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util

from ...const import DOMAIN
from ...hub.allowed import async_register_action
from ...hub.bounds import moment
from ...hub.targets import find_subject
from ...hub.telling.person import Person
from ..manager import VehicleManager
from ..payers import PayerError
from .charges import Held, Payers, all_vehicles, async_take, bindings_of, payers_named
from .download import charging_url
from .files import async_write
from .importing import Source, async_import
from .span import END, MONTH, START, YEAR, Asked, SpanError
from .wanted import OCPI, Format, Wanted, async_load

ATTR_CONTENT = "content"
ATTR_FORCE = "force"
ATTR_FORMAT = "format"
ATTR_LANGUAGE = "language"
ATTR_PATH = "path"
ATTR_PAYER = "payer"
ATTR_VERSION = "version"

_TEXT = probatio.All(cv.string, str.strip, probatio.Length(min=1, max=200))
_FILE = probatio.All(cv.string, probatio.Length(min=1, max=1000))
_WHICH = {
    probatio.Optional(ATTR_DEVICE_ID): probatio.All(cv.ensure_list, [cv.string]),
    probatio.Optional(ATTR_PAYER): _TEXT,
}
_WHEN = {
    probatio.Optional(MONTH): cv.string,
    probatio.Optional(YEAR): probatio.All(probatio.Coerce(int), probatio.Range(min=2000, max=2999)),
    probatio.Optional(START): moment,
    probatio.Optional(END): moment,
}
_HOW = {
    probatio.Required(ATTR_FORMAT): probatio.Coerce(Format),
    probatio.Optional(ATTR_LANGUAGE): cv.language,
    probatio.Optional(ATTR_VERSION, default=OCPI[0]): probatio.In(OCPI),
    probatio.Optional(ATTR_PATH): _FILE,
}
_RECORDS = {
    probatio.Required(ATTR_DEVICE_ID): cv.string,
    # What a template makes of JSON, or another action has returned, is data already.
    probatio.Exclusive(ATTR_CONTENT, "records"): probatio.Any(str, list, dict),
    probatio.Exclusive(ATTR_PATH, "records"): _FILE,
    probatio.Optional(ATTR_FORCE, default=False): cv.boolean,
}


async def _export_sessions(call: ServiceCall) -> ServiceResponse:
    path = call.data.get(ATTR_PATH)
    if path is None and not call.return_response:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="nowhere_to_export")
    hass = call.hass
    person = await Person.async_find(hass, call.context.user_id, call.data.get(ATTR_LANGUAGE))
    data = call.data
    vehicles = _vehicles(call)
    wanted = Wanted(data[ATTR_FORMAT], vehicles, _asked(call), _payers(call, vehicles), person, data[ATTR_VERSION])
    await async_load(hass)
    from .exporting import async_export  # noqa: PLC0415 - see async_load

    document = await async_export(hass, wanted)
    answer: dict[str, Any] = {
        "name": document.name,
        "content_type": document.content_type,
        "statements": document.statements,
        "elsewhere": document.elsewhere,
        "url": charging_url(hass, wanted, sent=True),
    }
    if document.remainders:
        answer["homes"] = [
            {
                "home": each.premise.title,
                "energy_kwh": round(sum(rest.wh for rest in each.intervals) / 1000, 3),
                "hours_below_zero": len(each.negative),
                "charged_without_meter_kwh": round(each.uncovered_wh / 1000, 3),
            }
            for each in document.remainders
        ]
    if path is not None:
        answer["path"] = await async_write(hass, document, path)
    elif document.is_text:
        answer["content"] = document.data.decode("utf-8-sig")
    else:
        answer["content_base64"] = b64encode(document.data).decode()
    return answer


async def _get_sessions(call: ServiceCall) -> ServiceResponse:
    asked = _asked(call)
    vehicles = _vehicles(call)
    taken = await async_take(vehicles, asked.since, asked.until, _payers(call, vehicles))
    await async_load(call.hass)
    from .session_rows import elsewhere_rows, session_rows, statement_rows  # noqa: PLC0415 - see async_load

    rows: list[Any] = await call.hass.async_add_executor_job(session_rows, taken)
    added_up: list[Any] = await call.hass.async_add_executor_job(statement_rows, taken, asked, dt_util.utcnow())
    beside: list[Any] = await call.hass.async_add_executor_job(elsewhere_rows, taken, asked, dt_util.utcnow())
    return {"sessions": rows, "statements": added_up, "elsewhere": beside}


async def _get_bindings(call: ServiceCall) -> ServiceResponse:
    vehicles = _vehicles(call)
    found = bindings_of(vehicles, _payers(call, vehicles))
    await async_load(call.hass)
    from .session_rows import binding_row  # noqa: PLC0415 - see async_load

    return {"bindings": [binding_row(*each) for each in sorted(found, key=lambda each: each[1].valid_from)]}


async def _import_sessions(call: ServiceCall) -> ServiceResponse:
    path, content = call.data.get(ATTR_PATH), call.data.get(ATTR_CONTENT)
    if path is None and content is None:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="no_records_named")
    (held,) = _held(call.hass, [call.data[ATTR_DEVICE_ID]])
    return await async_import(call.hass, held.manager, held.record, Source(path, content), force=call.data[ATTR_FORCE])


def _vehicles(call: ServiceCall) -> tuple[Held, ...]:
    if (devices := call.data.get(ATTR_DEVICE_ID)) is None:
        return tuple(all_vehicles(call.hass))
    return _held(call.hass, devices)


def _payers(call: ServiceCall, vehicles: Iterable[Held]) -> Payers:
    try:
        return payers_named(call.data.get(ATTR_PAYER), vehicles, all_vehicles(call.hass))
    except PayerError as err:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key=err.reason,
            translation_placeholders={"payer": err.asked, "payers": err.known},
        ) from err


def _held(hass: HomeAssistant, devices: Iterable[str]) -> tuple[Held, ...]:
    found = []
    for device_id in devices:
        hub, vehicle = find_subject(hass, device_id, lambda hub: hub.manager(VehicleManager).subjects, "not_a_vehicle")
        found.append(Held(hub.manager(VehicleManager), vehicle.record, hub.entry))
    return tuple(found)


def _asked(call: ServiceCall) -> Asked:
    try:
        return Asked.of(call.data, dt_util.utcnow())
    except SpanError as err:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key=err.reason) from err


type _Do = Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse]]

_ACTIONS: dict[str, tuple[_Do, Iterable[Mapping[Any, Any]], SupportsResponse]] = {
    "export_sessions": (_export_sessions, (_WHICH, _WHEN, _HOW), SupportsResponse.OPTIONAL),
    "import_sessions": (_import_sessions, (_RECORDS,), SupportsResponse.OPTIONAL),
    "get_sessions": (_get_sessions, (_WHICH, _WHEN), SupportsResponse.ONLY),
    "get_bindings": (_get_bindings, (_WHICH,), SupportsResponse.ONLY),
}


@callback
def async_register_export_actions(hass: HomeAssistant) -> None:
    """Register every action, whether a hub is loaded or not."""
    for name, (do, fields, response) in _ACTIONS.items():
        schema = {key: value for each in fields for key, value in each.items()}
        async_register_action(hass, name, do, probatio.Schema(schema), response)
