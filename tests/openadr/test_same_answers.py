"""What a VEN relies on of any VTN, by openadr3.yaml of OpenADR 3.1.1 (its operations' responses), asked bare."""

import asyncio
import re
from datetime import datetime
from typing import Any

import pytest
import requests

from tests.openadr.under_test import Vtn, session_of

PROGRAM = {"programName": "Limits"}
INTERVALS = [{"id": 0, "payloads": [{"type": "SIMPLE", "values": [1]}]}]
VEN = {"objectType": "VEN_VEN_REQUEST", "venName": "home"}


def _parts(duration: str) -> list[list[str]]:
    """Return what an ISO 8601 duration has besides zeros, of days and of hours: "P9999Y0M0DT0H0M0S" is "P9999Y"."""
    halves = duration.partition("T")[::2]
    return [[part for part in re.findall(r"\d+[A-Z]", half) if int(part[:-1])] for half in halves]


async def _business(vtn: Vtn, method: str, path: str, json: Any = None) -> requests.Response:
    return await vtn.as_business(lambda client: session_of(client).request(method, vtn.url + path, json=json))


async def _ven(vtn: Vtn, method: str, path: str, json: Any = None) -> requests.Response:
    return await vtn.as_ven(lambda client: session_of(client).request(method, vtn.url + path, json=json))


async def _anybody(vtn: Vtn, method: str, path: str, **more: Any) -> requests.Response:
    return await asyncio.to_thread(requests.request, method, vtn.url + path, timeout=60, **more)


async def test_the_token_service_is_told_to_anybody(vtn: Vtn) -> None:
    told = await _anybody(vtn, "GET", "/auth/server")

    form = {"grant_type": "client_credentials"} | vars(vtn.ven)
    token = await asyncio.to_thread(requests.post, told.json()["tokenURL"], data=form, timeout=60)
    assert token.json()["token_type"].lower() == "bearer"
    assert token.json()["expires_in"] > 0


async def test_a_wrong_secret_gets_no_token(vtn: Vtn) -> None:
    """RFC 6749 section 5.2."""
    form = {"grant_type": "client_credentials", "client_id": vtn.ven.client_id, "client_secret": "another"}

    refused = await _anybody(vtn, "POST", "/auth/token", data=form)

    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize("token", ["", "Bearer another"])
async def test_nobody_enrolls_without_a_token(vtn: Vtn, token: str) -> None:
    headers = {"Authorization": token} if token else {}

    refused = await _anybody(vtn, "POST", "/vens", json=VEN, headers=headers)

    assert refused.status_code in {401, 403}


@pytest.mark.parametrize("kind", ["programs", "events", "vens", "resources", "reports"])
async def test_what_is_not_there_is_not_found(vtn: Vtn, kind: str) -> None:
    assert (await _ven(vtn, "GET", f"/{kind}/nothing")).status_code == 404


@pytest.mark.parametrize(
    ("path", "body"), [("/programs", PROGRAM), ("/vens", VEN | {"objectType": "BL_VEN_REQUEST", "clientID": "other"})]
)
async def test_a_name_is_given_once(vtn: Vtn, path: str, body: dict[str, Any]) -> None:
    first, second = [await _business(vtn, "POST", path, body) for _ in range(2)]

    assert (first.status_code, second.status_code) == (201, 409)


@pytest.mark.parametrize("body", [{}, {"programName": 5}, [], "text"])
async def test_what_is_no_program_is_refused(vtn: Vtn, body: Any) -> None:
    assert (await _business(vtn, "POST", "/programs", body)).status_code == 400


async def test_a_list_comes_in_pages(vtn: Vtn) -> None:
    made = {(await vtn.make_program(f"program {number}"))["id"] for number in range(5)}

    pages = [(await _ven(vtn, "GET", f"/programs?skip={skip}&limit=2")).json() for skip in (0, 2, 4, 6)]

    assert [len(page) for page in pages] == [2, 2, 1, 0]
    assert {program["id"] for page in pages for program in page} == made


async def test_a_page_holds_fifty_at_most(vtn: Vtn) -> None:
    assert (await _ven(vtn, "GET", "/programs?limit=51")).status_code == 400


async def test_a_ven_grants_itself_nothing(vtn: Vtn) -> None:
    program = await vtn.make_program("Limits")
    await vtn.make_event(program["id"], targets=["feeder-7"], intervals=INTERVALS)

    await _ven(vtn, "POST", "/vens", VEN | {"targets": ["feeder-7"]})

    assert (await _ven(vtn, "GET", "/events")).json() == []
    assert (await _ven(vtn, "GET", "/events?targets=feeder-7")).json() == []
    assert all(not ven.get("targets") for ven in await vtn.request("GET", "/vens"))


async def test_what_a_device_is_granted_its_ven_sees(vtn: Vtn) -> None:
    """Definition, "VEN created object privacy": the union of the targets of the VEN and its resources."""
    program = await vtn.make_program("Limits")
    event = await vtn.make_event(program["id"], targets=["charger"], intervals=INTERVALS)
    ven = (await _ven(vtn, "POST", "/vens", VEN)).json()
    resource = {"objectType": "VEN_RESOURCE_REQUEST", "resourceName": "charger", "venID": ven["id"]}
    made = (await _ven(vtn, "POST", "/resources", resource)).json()

    granted = made | {"objectType": "BL_RESOURCE_REQUEST", "targets": ["charger"]}
    await vtn.request("PUT", f"/resources/{made['id']}", granted)

    assert [seen["id"] for seen in (await _ven(vtn, "GET", "/events?targets=charger")).json()] == [event["id"]]


async def test_a_device_belongs_to_a_ven_of_its_own_client(vtn: Vtn) -> None:
    resource = {"objectType": "VEN_RESOURCE_REQUEST", "resourceName": "charger"}
    other = {"objectType": "BL_VEN_REQUEST", "venName": "neighbour", "clientID": "neighbour"}
    neighbour = await vtn.request("POST", "/vens", other)

    for ven_id in ("nothing", neighbour["id"]):
        refused = await _ven(vtn, "POST", "/resources", resource | {"venID": ven_id})
        assert 400 <= refused.status_code < 500, ven_id
    assert await vtn.request("GET", "/resources") == []


@pytest.mark.parametrize(
    "period",
    [
        {"start": "0001-01-01T00:00:00Z", "duration": "PT0S"},  # ended
        {"start": "0001-01-01T00:00:00Z", "duration": "PT1H"},  # now
        {"start": "2030-01-01T00:00:00Z", "duration": "P9999Y"},  # for ever
        {"start": "2030-01-01T00:00:00Z", "duration": "PT1H", "randomizeStart": "PT5M"},
    ],
)
async def test_times_of_an_event_mean_what_was_sent(vtn: Vtn, period: dict[str, str]) -> None:
    """User guide, "Event intervals"; the values are those that openadr3.yaml gives a meaning."""
    program = await vtn.make_program("Limits")
    await vtn.make_event(program["id"], intervalPeriod=period, duration="P9999Y", intervals=INTERVALS)

    (event,) = (await _ven(vtn, "GET", "/events")).json()

    assert _parts(event["duration"]) == _parts("P9999Y")
    told = event["intervalPeriod"]
    assert datetime.fromisoformat(told["start"]) == datetime.fromisoformat(period["start"])
    for key in period.keys() - {"start"}:
        assert _parts(told[key]) == _parts(period[key])


@pytest.mark.parametrize("values", [[1], [0.5], [-1.0], ["text"], [True], [1, 2, 3], [{"x": 0.0, "y": 1.5}]])
async def test_values_of_an_event_arrive_as_they_were_sent(vtn: Vtn, values: list[Any]) -> None:
    program = await vtn.make_program("Limits")
    intervals = [{"id": 0, "payloads": [{"type": "SIMPLE", "values": values}]}]
    await vtn.make_event(program["id"], intervals=intervals)

    (event,) = (await _ven(vtn, "GET", "/events")).json()

    assert event["intervals"][0]["payloads"] == [{"type": "SIMPLE", "values": values}]


async def test_an_event_is_changed_and_taken_back(vtn: Vtn) -> None:
    program = await vtn.make_program("Limits")
    made = await vtn.make_event(program["id"], intervals=INTERVALS)
    await vtn.request("PUT", f"/events/{made['id']}", made | {"priority": 3})

    (changed,) = (await _ven(vtn, "GET", f"/events?programID={program['id']}")).json()
    assert changed["priority"] == 3
    assert changed["createdDateTime"] == made["createdDateTime"]
    assert changed["modificationDateTime"] > made["modificationDateTime"]

    await vtn.request("DELETE", f"/events/{made['id']}")
    assert (await _ven(vtn, "GET", f"/events/{made['id']}")).status_code == 404
    assert (await _ven(vtn, "GET", "/events")).json() == []


async def test_a_ven_deletes_nothing_of_the_utility(vtn: Vtn) -> None:
    program = await vtn.make_program("Limits")

    assert (await _ven(vtn, "DELETE", f"/programs/{program['id']}")).status_code == 403
    assert len(await vtn.request("GET", "/programs")) == 1
