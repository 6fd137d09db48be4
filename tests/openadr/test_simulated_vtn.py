"""The simulated VTN with openadr3-client in both roles, and bare where that client asks no such thing."""

import asyncio
import secrets
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
import requests
from aiohttp import web
from openadr3_client.oadr310._vtn.interfaces.filters import PaginationFilter, TargetFilter
from openadr3_client.oadr310.models.event.event import EventUpdate, NewEvent
from openadr3_client.oadr310.models.program.program import NewProgram
from openadr3_client.oadr310.models.report.report import NewReport
from openadr3_client.oadr310.models.resource.resource import NewResourceVenRequest
from openadr3_client.oadr310.models.ven.ven import NewVenVenRequest, VenUpdateBlRequest

from simulator.vtn.certificate import make_certificate, server_context
from tests.helpers.simulated_vtn import SimulatedVtn
from tests.openadr.under_test import Vtn, session_of

NOW = datetime.now(UTC).replace(microsecond=0)


def unique(name: str) -> str:
    """A name that no other test uses: they share a VTN."""
    return f"{name}-{secrets.token_hex(4)}"


def priced(program: str, *prices: float, start: datetime = NOW, targets: tuple[str, ...] = ()) -> NewEvent:
    return NewEvent.model_validate(
        {
            "programID": program,
            "eventName": unique("prices"),
            "targets": targets or None,
            "payloadDescriptors": [{"payloadType": "PRICE", "units": "KWH", "currency": "USD"}],
            "intervalPeriod": {"start": start, "duration": timedelta(hours=1)},
            "intervals": [
                {"id": number, "payloads": [{"type": "PRICE", "values": [price]}]}
                for number, price in enumerate(prices)
            ],
        }
    )


def charger(ven_id: str) -> NewResourceVenRequest:
    attributes = [{"type": "MAX_POWER_CONSUMPTION", "values": [11.0]}]
    return NewResourceVenRequest.model_validate({"resourceName": "charger", "venID": ven_id, "attributes": attributes})


def ready(event_id: str) -> NewReport:
    interval = {"id": 0, "payloads": [{"type": "OPERATING_STATE", "values": ["NORMAL"]}]}
    resources = [{"resourceName": "charger", "intervals": [interval]}]
    return NewReport.model_validate(
        {"eventID": event_id, "clientName": "home", "reportName": unique("ready"), "resources": resources}
    )


async def refused(status: int, call: Any, *arguments: Any) -> None:
    with pytest.raises(requests.HTTPError) as caught:
        await asyncio.to_thread(call, *arguments)
    response = caught.value.response
    assert response is not None
    assert response.status_code == status, response.text
    assert response.json()["status"] == status


@pytest.mark.use_case("UR-3", "UR-7", "UR-8", "UR-9", "UR-10", "UR-13")
async def test_business_and_ven_from_program_to_report(vtn: Vtn) -> None:
    business, ven = await vtn.as_business(lambda client: client), await vtn.as_ven(lambda client: client)
    target = unique("group")
    program = await asyncio.to_thread(
        business.programs.create_program, NewProgram(program_name=unique("tou"), targets=(target,))
    )
    event = await asyncio.to_thread(business.events.create_event, priced(program.id, 0.1, 0.2, targets=(target,)))
    asked = TargetFilter(targets=[target])

    made = await asyncio.to_thread(ven.vens.create_ven, NewVenVenRequest(ven_name=unique("home")))
    assert (made.client_id, made.targets or ()) == (vtn.ven.client_id, ())
    resource = await asyncio.to_thread(ven.resources.create_resource, charger(made.id))
    assert [(each.type, each.values) for each in resource.attributes or ()] == [("MAX_POWER_CONSUMPTION", (11.0,))]

    # What is targeted stays unseen until the utility grants the target.
    assert await asyncio.to_thread(ven.events.get_events, asked, None, None) == ()
    await refused(404, ven.events.get_event_by_id, event.id)
    granted = VenUpdateBlRequest.model_validate(
        {"venName": made.ven_name, "clientID": made.client_id, "targets": (target, "other")}
    )
    await asyncio.to_thread(business.vens.update_ven_by_id, made.id, granted)
    assert [each.id for each in await asyncio.to_thread(ven.programs.get_programs, asked, None)] == [program.id]
    (seen,) = await asyncio.to_thread(ven.events.get_events, asked, None, program.id)
    assert [each.payloads[0].values for each in seen.intervals or ()] == [(0.1,), (0.2,)]

    report = await asyncio.to_thread(ven.reports.create_report, ready(event.id))
    (read,) = await asyncio.to_thread(business.reports.get_reports, None, program.id, event.id, None)
    assert (read.id, read.client_id) == (report.id, vtn.ven.client_id)
    assert read.resources[0].intervals[0].payloads[0].values == ("NORMAL",)

    changed = EventUpdate.model_validate({"programID": program.id, "priority": 1, "targets": (target,)})
    updated = await asyncio.to_thread(business.events.update_event_by_id, event.id, changed)
    assert (updated.priority, updated.created_date_time) == (1, event.created_date_time)
    await asyncio.to_thread(ven.reports.delete_report_by_id, report.id)
    await asyncio.to_thread(business.events.delete_event_by_id, event.id)
    assert await asyncio.to_thread(ven.events.get_events, asked, None, None) == ()
    await asyncio.to_thread(ven.resources.delete_resource_by_id, resource.id)
    await asyncio.to_thread(ven.vens.delete_ven_by_id, made.id)
    for read_by_id, identifier in (
        (business.resources.get_resource_by_id, resource.id),
        (business.vens.get_ven_by_id, made.id),
    ):
        await refused(404, read_by_id, identifier)


async def test_vens_do_not_see_what_is_not_theirs(vtn: Vtn) -> None:
    first = await vtn.as_ven(lambda client: client)
    second = await asyncio.to_thread(vtn.ven_client, await vtn.new_client("ven"))
    made = await asyncio.to_thread(first.vens.create_ven, NewVenVenRequest(ven_name=unique("first")))
    await asyncio.to_thread(second.vens.create_ven, NewVenVenRequest(ven_name=unique("second")))
    await refused(404, second.vens.get_ven_by_id, made.id)
    await refused(404, second.vens.delete_ven_by_id, made.id)
    assert await asyncio.to_thread(second.vens.get_vens, made.ven_name, None, None) == ()
    with suppress(requests.HTTPError):  # it is refused, or is a device of who asks
        await asyncio.to_thread(second.resources.create_resource, charger(made.id))
    assert await vtn.request("GET", f"/resources?venID={made.id}") == []
    await refused(409, second.vens.create_ven, NewVenVenRequest(ven_name=made.ven_name))
    await asyncio.to_thread(first.resources.create_resource, charger(made.id))
    await refused(409, first.resources.create_resource, charger(made.id))


@pytest.mark.simulator_only("whether targets have to be in the query is a setting")
async def test_targets_are_hidden_and_have_to_be_named(simulated_vtn: SimulatedVtn) -> None:
    business, credentials = await simulated_vtn.business(), await simulated_vtn.client()
    token = (await simulated_vtn.token(credentials))["access_token"]
    mine, other = unique("mine"), unique("other")
    program = await asyncio.to_thread(business.programs.create_program, NewProgram(program_name=unique("both")))
    event = await asyncio.to_thread(business.events.create_event, priced(program.id, 0.1, targets=(mine, other)))
    body = {"objectType": "VEN_VEN_REQUEST", "venName": unique("home"), "targets": [mine]}
    status, ven = await simulated_vtn.ask("POST", "/vens", token, json=body)
    assert (status, ven["targets"]) == (201, []), "a VEN cannot grant itself anything"
    await simulated_vtn.call("PATCH", f"/vens/{ven['id']}", targets=[mine])

    async def seen(**query: Any) -> list[dict[str, Any]]:
        status, events = await simulated_vtn.ask("GET", "/events", token, params={"programID": program.id, **query})
        assert status == 200, events
        return list(events)

    assert [each["targets"] for each in await seen(targets=mine)] == [[mine]], "others' targets are hidden"
    assert await seen() == []
    assert await seen(targets=other) == []
    assert (await simulated_vtn.ask("GET", f"/events/{event.id}", token))[1]["targets"] == [mine]
    await simulated_vtn.call("PATCH", targets_in_query="optional")
    assert [each["id"] for each in await seen()] == [event.id]


@pytest.mark.simulator_only("scopes of its own choice, tokens that are taken back")
async def test_scopes_roles_and_tokens(simulated_vtn: SimulatedVtn) -> None:
    credentials = await simulated_vtn.client(scopes="read_targets read_ven_objects")
    said = await simulated_vtn.token(credentials, scope="read_targets write_vens")
    assert (said["scope"], said["token_type"]) == ("read_targets", "Bearer")
    token = said["access_token"]
    body = {"objectType": "VEN_VEN_REQUEST", "venName": unique("home")}
    assert (await simulated_vtn.ask("POST", "/vens", token, json=body))[0] == 403
    assert (await simulated_vtn.ask("POST", "/programs", token, json={"programName": "x"}))[0] == 403
    assert (await simulated_vtn.ask("GET", "/programs", token))[0] == 200
    assert (await simulated_vtn.ask("GET", "/programs"))[0] == 401
    await simulated_vtn.call("POST", "/revoke")
    assert (await simulated_vtn.ask("GET", "/programs", token))[0] == 401

    for form, status, error in (
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"client_id": ""}, 400, "invalid_request"),
        ({"scope": "write_programs"}, 400, "invalid_scope"),
    ):
        whole = {"grant_type": "client_credentials", "client_id": credentials["client_id"], "client_secret": "secret"}
        got, said = await simulated_vtn.ask("POST", "/auth/token", data=whole | form)
        assert (got, said["error"]) == (status, error)
    status, said = await simulated_vtn.ask("GET", "/auth/server")
    assert (status, said) == (200, {"tokenURL": f"{simulated_vtn.url}/auth/token"})

    body |= {"objectType": "BL_VEN_REQUEST", "clientID": "somebody"}
    token = (await simulated_vtn.token(await simulated_vtn.client()))["access_token"]
    assert (await simulated_vtn.ask("POST", "/vens", token, json=body))[0] == 403


@pytest.mark.simulator_only("public mode")
async def test_a_public_vtn_tells_prices_to_anybody(simulated_vtn: SimulatedVtn) -> None:
    business = await simulated_vtn.business()
    program = await asyncio.to_thread(business.programs.create_program, NewProgram(program_name=unique("public")))
    hidden = await asyncio.to_thread(business.events.create_event, priced(program.id, 0.3, targets=("somebody",)))
    event = await asyncio.to_thread(business.events.create_event, priced(program.id, 0.3))
    await simulated_vtn.call("PATCH", public=True)
    status, events = await simulated_vtn.ask("GET", "/events", params={"programID": program.id})
    assert (status, [each["id"] for each in events]) == (200, [event.id])
    assert (await simulated_vtn.ask("GET", f"/events/{hidden.id}"))[0] == 404
    assert (await simulated_vtn.ask("GET", "/vens"))[0] == 401


async def test_pages_and_names(vtn: Vtn) -> None:
    business = await vtn.as_business(lambda client: client)
    program = await asyncio.to_thread(business.programs.create_program, NewProgram(program_name=unique("pages")))
    await refused(409, business.programs.create_program, NewProgram(program_name=program.program_name))
    await refused(409, business.events.create_event, priced("nothing", 0.1))
    made = [await asyncio.to_thread(business.events.create_event, priced(program.id, 0.1)) for _ in range(3)]
    page = await asyncio.to_thread(business.events.get_events, None, PaginationFilter(skip=1, limit=1), program.id)
    assert [each.id for each in page] == [made[1].id]

    async def seen(query: str) -> requests.Response:
        url = f"{vtn.url}/events?programID={program.id}&{query}"
        return await vtn.as_ven(lambda client: session_of(client).get(url))

    for wrong in ("limit=51", "skip=-1"):
        assert (await seen(wrong)).status_code == 400, wrong


@pytest.mark.simulator_only("the query active")
async def test_what_has_transpired_is_left_out(simulated_vtn: SimulatedVtn) -> None:
    business = await simulated_vtn.business()
    program = await asyncio.to_thread(business.programs.create_program, NewProgram(program_name=unique("past")))
    made = [
        await asyncio.to_thread(business.events.create_event, priced(program.id, 0.1, start=start))
        for start in (NOW - timedelta(days=1), NOW, NOW + timedelta(days=1))
    ]
    token = (await simulated_vtn.token(await simulated_vtn.client()))["access_token"]
    query = {"programID": program.id, "active": "true"}
    _, events = await simulated_vtn.ask("GET", "/events", token, params=query)
    assert [each["id"] for each in events] == [each.id for each in made[1:]]
    ended = {"programID": program.id, "intervalPeriod": {"start": "0001-01-01T00:00:00Z", "duration": "PT0S"}}
    await simulated_vtn.call("PUT", f"/events/{made[1].id}", **ended)
    _, events = await simulated_vtn.ask("GET", "/events", token, params=query)
    assert [each["id"] for each in events] == [made[2].id]
    for wrong in ({"wanted": "x"}, {"active": "perhaps"}):
        assert (await simulated_vtn.ask("GET", "/events", token, params=wrong))[0] == 400


class Callback:
    """A webhook of a VEN."""

    def __init__(self) -> None:
        self.told: asyncio.Queue[tuple[str, str, dict[str, Any]]] = asyncio.Queue()
        self.echo = True

    async def answer(self, request: web.Request) -> web.Response:
        if request.method == "GET":
            return web.Response(text=request.query["echo"] if self.echo else "hello")
        said = await request.json()
        await self.told.put((request.headers.get("Authorization", ""), said["operation"], said["object"]))
        return web.Response()


@pytest.mark.simulator_only("webhooks")
async def test_webhooks_are_challenged_and_told(simulated_vtn: SimulatedVtn) -> None:
    callback, app = Callback(), web.Application()
    app.router.add_route("*", "/told", callback.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=server_context(make_certificate())).start()
    url = f"https://127.0.0.1:{runner.addresses[0][1]}/told"
    try:
        business, credentials = await simulated_vtn.business(), await simulated_vtn.client()
        token = (await simulated_vtn.token(credentials))["access_token"]
        program = await asyncio.to_thread(business.programs.create_program, NewProgram(program_name=unique("told")))
        wanted: dict[str, Any] = {"objects": ["EVENT"], "operations": ["CREATE", "DELETE"], "bearerToken": "sesame"}
        body = {"clientName": "home", "programID": program.id, "objectOperations": [wanted | {"callbackUrl": url}]}
        plain = body | {"objectOperations": [wanted | {"callbackUrl": url.replace("https", "http")}]}
        assert (await simulated_vtn.ask("POST", "/subscriptions", token, json=plain))[0] == 400
        callback.echo = False
        assert (await simulated_vtn.ask("POST", "/subscriptions", token, json=body))[0] == 400
        callback.echo = True
        status, made = await simulated_vtn.ask("POST", "/subscriptions", token, json=body)
        assert (status, made["clientID"]) == (201, credentials["client_id"])

        hidden = await asyncio.to_thread(business.events.create_event, priced(program.id, 0.2, targets=("others",)))
        event = await asyncio.to_thread(business.events.create_event, priced(program.id, 0.1))
        await asyncio.to_thread(business.events.delete_event_by_id, hidden.id)
        await asyncio.to_thread(business.events.delete_event_by_id, event.id)
        told = [await asyncio.wait_for(callback.told.get(), 60) for _ in range(2)]
        assert [(each[0], each[1], each[2]["id"]) for each in told] == [
            ("Bearer sesame", "CREATE", event.id), ("Bearer sesame", "DELETE", event.id),
        ]  # fmt: skip
        assert (await simulated_vtn.ask("DELETE", f"/subscriptions/{made['id']}", token))[0] == 200
        assert await simulated_vtn.ask("GET", "/subscriptions", token) == (200, [])
    finally:
        await runner.cleanup()


@pytest.mark.simulator_only("faults")
async def test_faults_on_demand(simulated_vtn: SimulatedVtn) -> None:
    token = (await simulated_vtn.token(await simulated_vtn.client()))["access_token"]
    await simulated_vtn.call("PUT", "/faults/rate_limit", path="/programs", count=1, retry_after=7)
    status, said = await simulated_vtn.ask("GET", "/programs", token)
    assert (status, said["status"]) == (429, 429)
    await simulated_vtn.call("PUT", "/faults/lost_answer", path="/vens", count=1)
    body = {"objectType": "VEN_VEN_REQUEST", "venName": unique("lost")}
    with pytest.raises(aiohttp.ClientError):
        await simulated_vtn.ask("POST", "/vens", token, json=body)
    _, vens = await simulated_vtn.ask("GET", "/vens", token)
    assert [each["venName"] for each in vens] == [body["venName"]], "it was done, although nobody was told"
    await simulated_vtn.call("PUT", "/faults/huge_answer", path="/events", count=1, bytes=3_000_000)
    status, events = await simulated_vtn.ask("GET", "/events", token)
    assert status == 200
    assert len(events) >= 1_000_000
    assert (await simulated_vtn.call("GET", "/faults")) == {}
    assert {"method": "POST", "path": "/vens", "status": 201} in [
        {key: each[key] for key in ("method", "path", "status")} for each in await simulated_vtn.call("GET", "/log")
    ]
