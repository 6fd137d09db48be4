"""docs/utility-api.yaml in both directions: the server keeps to it, and so does our client."""

import asyncio
import os
import re
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from yarl import URL

from custom_components.utility_han.utility.errors import UtilityError
from custom_components.utility_han.utility.han_api.client import HanApi
from custom_components.utility_han.utility.han_api.discovery import discover_utility
from custom_components.utility_han.utility.model import AuthorizationServer
from custom_components.utility_han.utility.service_model import Report
from custom_components.utility_han.utility.vehicle_model import BindingRequest, ChargingSession, SessionPart
from simulator.utility.api.schema import operations
from tests.conftest import SimulatedGateway
from tests.helpers.utility import SimulatedUtility

ROOT = Path(__file__).parent.parent.parent
DOCUMENT = ROOT / "docs" / "utility-api.yaml"
CERTIFY = ROOT / "script" / "certify"


@pytest.mark.timeout(300)
@pytest.mark.use_case("UR-4", "UR-6", "UR-8", "UR-9", "UR-10", "UR-13", "SC-1", "UR-EV")
async def test_server_keeps_to_the_document(utility: SimulatedUtility, gateway: SimulatedGateway) -> None:
    await utility.attach(gateway.lfdi)
    await utility.client()
    await utility.set(answer_seconds=0.1)  # the device that is made up here answers nobody
    # With something to tell, long polls need not be waited for.
    await utility.pre_register("CD" * 20, f"AT{gateway.free_serial[-8:]}", "Hall", gateway_lfdi=gateway.lfdi)
    process = await asyncio.create_subprocess_exec(
        CERTIFY, utility.api_base, "--max-examples", "8", "--seed", "1", "--no-color",
        env=os.environ | {"UTILITY_TOKEN": utility.token["access_token"]},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()[-6000:]


class Recorder:
    """A session that keeps what is sent through it."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session
        self.sent: list[tuple[str, URL, dict[str, str], Any]] = []

    def request(self, method: str, url: str, **options: Any) -> Any:
        """Send a request and keep it."""
        full = URL(url).with_query(options["params"] or {})
        self.sent.append((method, full, options["headers"], options["json"]))
        return self._session.request(method, url, **options)


@pytest.mark.use_case("UR-1", "UR-4", "UR-5", "SC-1", "UR-EV", "RD-2", "RD-10", "RD-10a")
async def test_client_keeps_to_the_document(utility: SimulatedUtility, gateway: SimulatedGateway) -> None:
    await utility.attach(gateway.lfdi)
    await utility.client()
    await utility.set(answer_seconds=0.1)  # nobody is there who could answer

    async def token() -> str:
        return str(utility.token["access_token"])

    recorder = Recorder(utility.session)
    client = HanApi(recorder, utility.api_base, token)  # type: ignore[arg-type]
    lfdi, premise, key = "AB" * 20, utility.premise_id, "0123456789abcdef-"
    await client.accounts()
    await client.verify_premise(premise, gateway.lfdi)
    await client.compatible_devices("thermostat")
    await client.programs(premise)
    request = await client.request_commissioning(premise, gateway.lfdi, lfdi, "thermostat", gateway.pin, f"{key}c")
    await client.commissioning_request(request.id)
    wanted = await client.request_registration(premise, gateway.lfdi, f"{key}r")
    model, kind = "acme-t100", "thermostat"
    opened = await client.open_registration(wanted, premise, gateway.lfdi, kind, lfdi, model, f"{key}o", "Hall")
    await client.registrations(premise, gateway.lfdi)
    await client.registration(opened.id)
    consent = {
        "program_id": "peak-saver",
        "terms_version": "2026-01",
        "consented_at": "2026-11-24T00:00:00+00:00",
    }
    now = datetime(2026, 11, 24, tzinfo=UTC)
    wanted_binding = BindingRequest(
        "veh-1", premise, {"name": "Garage"}, "ev-flat", "2026-01", now, "vehicle_owner", now, now, "bind-0"
    )
    part = SessionPart("flat", now, now, 1, "measured")
    meter = {"kind": "submeter", "id": "EUMD-1", "start_wh": 1, "end_wh": 2}
    session = ChargingSession("session-1", "bind-1", now, now, 1, "measured", meter, (part,))
    # What these answer is tested elsewhere; here it is what they ask.
    for asked in (
        client.take_over(opened.id, f"{key}t"),
        client.discover_device(opened.id),
        client.identify(opened.id, "AT00000000", gateway.pin),
        client.set_programs(opened.id, [consent]),
        client.link(opened.id),
        client.acknowledge(opened.id, ["msg-1"], ready=True),
        client.events(None, 0),
        client.events("1", 1),
        client.close_registration(opened.id, f"{key}x"),
        client.vehicles(),
        client.add_vehicle("WVWZZZ1JZXW000031", "Volkswagen", "ID.3", 58_000, "0123456789", f"{key}v"),
        client.rate_programs(premise),
        client.bindings(premise),
        client.bind_vehicle(wanted_binding, f"{key}b"),
        client.binding("bind-1"),
        client.end_binding("bind-1", now, "sold", f"{key}e"),
        client.confirm_session("bind-1", "session-1", now),
        client.record_session(session, f"{key}s"),
        client.billing_records(vehicle_id="veh-1", premise_id=premise, month="2026-11"),
        client.bills("2026-11"),
        client.cases(premise),
        client.open_case(premise, gateway.lfdi, {"registration_id": opened.id}, "it hums", f"{key}k"),
        client.case("case-1"),
        client.add_report("case-1", Report("diagnosis", "faulty_device", "no_answer", {"RD-10": {}}), f"{key}p"),
        client.close_case("case-1"),
        client.appointment_slots(premise),
        client.book_appointment("case-1", "slot-1"),
        client.cancel_appointment("case-1"),
        client.check_reachability(opened.id),
        client.send_test_signal(opened.id, f"{key}g"),
        client.test_signal("sig-1"),
        client.diagnostics_requests(premise),
        client.answer_diagnostics_request("diag-1", allowed=True),
        client.return_diagnosis("diag-1", Report("diagnosis", "nothing_wrong")),
    ):
        with suppress(UtilityError):
            await asked

    covered = set()
    for method, url, headers, body in recorder.sent:
        path = url.path.removeprefix("/api/v1")
        (operation,) = [
            each
            for each in operations()
            if each.method == method and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", each.path), path)
        ]
        covered.add(operation.id)
        operation.check("query", dict(url.query))
        operation.check("header", headers)
        if operation.body is not None:
            operation.check_body(body)
        else:
            assert body is None
    assert covered == {operation.id for operation in operations()} - {"discover"}


@pytest.mark.use_case("UR-5")
async def test_utility_is_found_from_one_url(utility: SimulatedUtility) -> None:
    found = await discover_utility(utility.session, URL(utility.url))
    assert found.api_base == utility.api_base
    assert found.server.token == f"{utility.url}/oauth/token"
    assert found.name == "Simulated Power & Light"


@pytest.mark.parametrize(
    "endpoint", ["authorization_endpoint", "token_endpoint", "registration_endpoint", "revocation_endpoint"]
)
@pytest.mark.parametrize("odd", ["https://[2001:db8::1]@", "https://[::1"])
def test_endpoint_that_is_no_url_is_not_understood(endpoint: str, odd: str) -> None:
    """Found: of the first yarl raises an ``IndexError``."""
    told = dict.fromkeys(("issuer", "authorization_endpoint", "token_endpoint"), "https://utility.example")
    assert AuthorizationServer.from_json(told).token == "https://utility.example"
    with pytest.raises(ValueError, match="URL"):
        AuthorizationServer.from_json(told | {endpoint: odd})
