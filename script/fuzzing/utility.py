"""The utility's API, with answers of docs/utility-api.yaml that are right to begin with."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, cast
from unittest.mock import patch

import aiohttp
import yaml
from yarl import URL

from custom_components.utility_han.procedures.charging.tariff import tier_at
from custom_components.utility_han.utility.errors import UtilityError
from custom_components.utility_han.utility.han_api.client import HanApi
from custom_components.utility_han.utility.model import Registration
from custom_components.utility_han.utility.rate_model import RateProgram
from custom_components.utility_han.utility.service_model import Report
from custom_components.utility_han.utility.vehicle_model import (
    BindingRequest,
    ChargingSession,
    SessionPart,
)

_FILE = Path(__file__).parents[2] / "docs" / "utility-api.yaml"
_METHODS = ("get", "put", "post", "delete")
_NOW = datetime(2026, 11, 24, tzinfo=UTC)
_KEY = "0123456789abcdef"
_LFDI = "AB" * 20
_REPORT = Report("diagnosis", "nothing_wrong")
_PART = SessionPart("flat", _NOW, _NOW, 1, "measured")
_SESSION = ChargingSession("s", "b", _NOW, _NOW, 1, "measured", {"kind": "evse", "id": "1"}, (_PART,))
_BINDING = BindingRequest("v", "p", {"name": "Garage"}, "ev", "1", _NOW, "vehicle_owner", _NOW)
# Where a pattern of the document says more than a type does.
_OF_PATTERN = {
    "^[A-HJ-NPR-Z0-9]{17}$": "1M8GDM9AXKP042788", "^[0-9]{4}-(0[1-9]|1[0-2])$": "2026-11", "^[A-Z]{3}$": "USD",
    "^-?[0-9]{1,9}([.][0-9]{1,6})?$": "0.25", "^([01][0-9]|2[0-3]):[0-5][0-9]$": "07:00", "^[0-9A-F]{40}$": _LFDI,
}  # fmt: skip
_OF_NAME = {"time_zone": "America/Denver", "body": {"programs": [{"description": "Peak"}]}, "kind": "configuration"}

CALLS: Mapping[str, Callable[[HanApi], Awaitable[Any]]] = {
    "listAccounts": lambda api: api.accounts(),
    "listCompatibleDevices": lambda api: api.compatible_devices("thermostat"),
    "listPrograms": lambda api: api.programs("p"),
    "requestCommissioning": lambda api: api.request_commissioning("p", _LFDI, _LFDI, "thermostat", None, _KEY),
    "getCommissioningRequest": lambda api: api.commissioning_request("c"),
    "requestRegistration": lambda api: api.request_registration("p", _LFDI, _KEY),
    "listRegistrations": lambda api: api.registrations("p", _LFDI),
    "openRegistration": lambda api: api.open_registration("r", "p", _LFDI, "thermostat", _LFDI, "m", _KEY),
    "getRegistration": lambda api: api.registration("r"),
    "closeRegistration": lambda api: api.close_registration("r", _KEY),
    "takeOverRegistration": lambda api: api.take_over("r", _KEY),
    "discoverDevice": lambda api: api.discover_device("r"),
    "identifyDevice": lambda api: api.identify("r", "AT00", "123455"),
    "setPrograms": lambda api: api.set_programs("r", []),
    "linkDevice": lambda api: api.link("r"),
    "acknowledgeMessages": lambda api: api.acknowledge("r", ["m"], ready=True),
    "listVehicles": lambda api: api.vehicles(),
    "addVehicle": lambda api: api.add_vehicle("1M8GDM9AXKP042788", "V", "One", None, None, _KEY),
    "listRatePrograms": lambda api: api.rate_programs("p"),
    "listBindings": lambda api: api.bindings("p"),
    "bindVehicle": lambda api: api.bind_vehicle(_BINDING, _KEY),
    "getBinding": lambda api: api.binding("b"),
    "endBinding": lambda api: api.end_binding("b", _NOW, "sold", _KEY),
    "confirmSession": lambda api: api.confirm_session("b", "s", _NOW),
    "recordSession": lambda api: api.record_session(_SESSION, _KEY),
    "listBillingRecords": lambda api: api.billing_records(premise_id="p"),
    "listBills": lambda api: api.bills("2026-11"),
    "listCases": lambda api: api.cases("p"),
    "openCase": lambda api: api.open_case("p", _LFDI, {}, "it hums", _KEY),
    "getCase": lambda api: api.case("c"),
    "addReport": lambda api: api.add_report("c", _REPORT, _KEY),
    "closeCase": lambda api: api.close_case("c"),
    "listAppointmentSlots": lambda api: api.appointment_slots("p"),
    "bookAppointment": lambda api: api.book_appointment("c", "s"),
    "cancelAppointment": lambda api: api.cancel_appointment("c"),
    "checkReachability": lambda api: api.check_reachability("r"),
    "sendTestSignal": lambda api: api.send_test_signal("r", _KEY),
    "getTestSignal": lambda api: api.test_signal("t"),
    "listDiagnosticsRequests": lambda api: api.diagnostics_requests("p"),
    "answerDiagnosticsRequest": lambda api: api.answer_diagnostics_request("d", allowed=True),
    "returnDiagnosis": lambda api: api.return_diagnosis("d", _REPORT),
    "listEvents": lambda api: api.events(None, 0),
}
"""Every operation of the API whose answer is read, by the document's name for it."""


@cache
def _document() -> Any:
    return yaml.safe_load(_FILE.read_text())


def _resolved(schema: Any) -> Any:
    while "$ref" in schema:
        found = _document()
        for step in schema["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        schema = found
    return schema


def _example(schema: Any, name: str = "") -> Any:
    """Return a value that a schema of the document takes, with every field there."""
    schema = _resolved(schema)
    if choices := schema.get("anyOf") or schema.get("oneOf"):
        return _example(choices[-1], name)
    if "enum" in schema:
        return _OF_NAME[name] if _OF_NAME.get(name) in schema["enum"] else schema["enum"][0]
    kinds = schema.get("type", "object")
    kind = kinds if isinstance(kinds, str) else kinds[0]
    if kind == "object":
        return {each: _example(of, each) for each, of in schema.get("properties", {}).items()} or _OF_NAME.get(
            name, {}
        )
    if kind == "array":
        return [_example(schema["items"], name)]
    if kind == "string":
        if schema.get("format") == "date-time":
            return "2026-11-24T12:00:00Z"
        return _OF_PATTERN.get(schema.get("pattern", ""), _OF_NAME.get(name, "flat"))
    return {"integer": schema.get("minimum", 1), "boolean": True}[kind]


@cache
def answers() -> Mapping[str, Any]:
    """Return an answer that is right for each operation."""
    found: dict[str, Any] = {}
    for methods in _document()["paths"].values():
        for method, operation in methods.items():
            if method in _METHODS:
                success = next(answer for status, answer in operation["responses"].items() if status < "300")
                content = _resolved(success)["content"]["application/json"]
                found[operation["operationId"]] = _example(content["schema"])
    return found


@cache
def problem() -> Any:
    """Return a problem document that is right, with everything in it."""
    return _example({"$ref": "#/components/schemas/Problem"})


@dataclass
class _Content:
    raw: bytes

    async def iter_chunked(self, size: int) -> AsyncIterator[bytes]:
        for at in range(0, len(self.raw), size):
            yield self.raw[at : at + size]


@dataclass
class Answering:
    """A session that answers every request alike."""

    raw: bytes
    status: int = 200
    headers: Mapping[str, str] | None = None

    @asynccontextmanager
    async def request(self, method: str, url: str, **_: Any) -> AsyncIterator[Any]:
        """Return the answer."""
        answer = type("Response", (), {})()
        answer.method, answer.url, answer.status = method, URL(url), self.status
        answer.headers, answer.content = self.headers or {}, _Content(self.raw)
        yield answer


async def ask(operation: str, answering: Answering) -> Any:
    """Return what our client makes of an answer; it may be a ``UtilityError``, which is raised."""

    async def token() -> str:
        return "token"

    async def no_rest(_seconds: float) -> None:
        return

    api = HanApi(cast("aiohttp.ClientSession", answering), "http://utility.invalid/api/v1", token)
    with patch("custom_components.utility_han.utility.asking.asyncio.sleep", no_rest):
        return await CALLS[operation](api)


def take(operation: str, raw: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> bool:
    """Let our client read an answer and use what it made of it; whether it made anything of it."""
    try:
        found = asyncio.run(ask(operation, Answering(raw, status, headers)))
    except UtilityError as err:
        str(err).encode()
        return False
    for each in found if isinstance(found, list) else [found]:
        if isinstance(each, Registration):
            sorted(each.promised)
        if isinstance(each, RateProgram):
            tier_at(each, _NOW)
        if hasattr(each, "to_json"):
            json.dumps(each.to_json()).encode()
    return True


def written(value: Any) -> bytes:
    """Return JSON as a careless server writes it: what is no number and no text among it."""
    return json.dumps(value).encode()
