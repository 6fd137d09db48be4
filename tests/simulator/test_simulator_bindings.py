"""The utility's rules on vehicles and bindings, as they are on the wire."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.helpers.utility import SimulatedUtility
from tests.helpers.utility_api import START, Api, api_of, some_vin

pytestmark = pytest.mark.use_case("SC-1")

JUNE_3, JUNE_5, JUNE_10 = (f"2026-06-{day}T00:00:00Z" for day in ("03", "05", "10"))
FUTURE = (datetime.now(UTC) + timedelta(days=400)).strftime("%Y-%m-%dT00:00:00Z")
LATER = (datetime.now(UTC) + timedelta(days=500)).strftime("%Y-%m-%dT00:00:00Z")


@pytest.fixture
async def api(utility: SimulatedUtility) -> Api:
    return await api_of(utility)


async def rate_program(utility: SimulatedUtility, identifier: str) -> dict[str, Any]:
    return next(each for each in await utility.vehicles("rate-programs") if each["id"] == identifier)


async def test_discovery_tells_of_vehicles(utility: SimulatedUtility) -> None:
    async with utility.session.get(f"{utility.url}/.well-known/utility-han") as response:
        assert "vehicles" in (await response.json())["features"]


@pytest.mark.parametrize(
    ("vin", "right"),
    [
        ("11111111111111111", True),
        ("1M8GDM9AXKP042788", True),  # 49 CFR 565's own, with an X
        ("1M8GDM9A1KP042788", False),
        ("5YJSA1E26HF000337", False),
        ("WVWZZZ1J0XW000042", True),  # not North American: no check digit
        ("1M8GDM9AXKP04278", False),
        ("1m8gdm9axkp042788", False),
        ("1M8GDM9AXKPO42788", False),
    ],
)
async def test_vin(utility: SimulatedUtility, api: Api, vin: str, *, right: bool) -> None:
    status, body = await api.call("POST", "/vehicles", {"vin": vin, "make": "Any", "model": "One"})
    assert (status == 201) is right, body
    if not right:
        assert body["type"].rpartition(":")[2] == ("invalid-vin" if len(vin) == 17 and vin.isupper() and "O" not in vin
                                                   else "invalid-request")  # fmt: skip
        address = f"{utility.control}/utility/vehicles"
        wrong = {"user": utility.user, "vin": vin, "make": "Any", "model": "One"}
        async with utility.session.post(address, json=wrong) as response:
            assert 400 <= response.status < 500


async def test_vehicles_that_the_utility_knows_are_there_to_choose(utility: SimulatedUtility, api: Api) -> None:
    known = await utility.add_vehicle(some_vin(), "Nord", "Two", battery_wh=77_000)
    (shown,) = (await api.get("/vehicles"))["vehicles"]
    assert (shown["id"], shown["make"], shown["battery_wh"], shown["guest"]) == (known["id"], "Nord", 77_000, False)


async def test_guest_is_one_to_the_host_only(utility: SimulatedUtility, api: Api) -> None:
    owner = await utility.neighbour()
    theirs = await api_of(owner)
    # Nobody knows the vehicle: it is added to the account that the guest named.
    visiting = await api.add_vehicle(guest_account=owner.number)
    (shown,) = (await theirs.get("/vehicles"))["vehicles"]
    assert (shown["id"], shown["guest"], visiting["guest"]) == (visiting["id"], False, True)
    assert visiting["owner"] == shown["owner"] == {key: owner.account[key] for key in ("number", "holder")}
    assert (await theirs.add_vehicle(visiting["vin"]))["id"] == visiting["id"]
    assert [each["id"] for each in (await api.get("/vehicles"))["vehicles"]] == [visiting["id"]]


async def test_no_answer_tells_an_account_number(utility: SimulatedUtility, api: Api) -> None:
    owner = await utility.neighbour()
    theirs = await api_of(owner)
    binding = await api.bind(await api.add_vehicle(guest_account=owner.number))
    answers = [
        await each.get(path, **query)
        for each in (api, theirs)
        for path, query in (
            ("/accounts", {}),
            ("/vehicles", {}),
            ("/bindings", {"premise_id": each.premise_id}),
            (f"/bindings/{binding['id']}", {}),
            ("/events", {}),
        )
    ]
    assert owner.number not in json.dumps(answers)
    assert utility.number not in json.dumps(answers)


async def test_vehicle_of_somebody_else_is_none(utility: SimulatedUtility, api: Api) -> None:
    stranger = await utility.neighbour()
    theirs = await stranger.add_vehicle(some_vin())
    assert (await api.get("/vehicles"))["vehicles"] == []
    assert await api.refused("/bindings", api.binding(theirs)) == (404, "not-found")
    own = await api.add_vehicle()
    elsewhere = api.binding(own, premise_id=stranger.premise_id)
    assert await api.refused("/bindings", elsewhere) == (404, "not-found")


async def test_suspended_account_binds_nothing(utility: SimulatedUtility, api: Api) -> None:
    vehicle = await api.add_vehicle()
    await utility.suspend_account()
    assert await api.refused("/bindings", api.binding(vehicle)) == (403, "account-suspended")


async def test_programs_show_whether_the_premise_can_take_part(utility: SimulatedUtility, api: Api) -> None:
    await utility.set_rate_program("ev-flat", closed_premises=[api.premise_id])
    try:
        programs = (await api.get("/rate-programs", premise_id=api.premise_id))["programs"]
        assert {each["id"]: each["open"] for each in programs} == {
            "ev-tou": True,
            "ev-flat": False,
            "ev-night": True,
            "ev-pilot": False,
        }
        assert "closed_premises" not in programs[0]
        assert ("program.updated", "ev-flat") in await api.told()
    finally:
        await utility.set_rate_program("ev-flat", closed_premises=[])


async def test_new_terms_are_consented_to(utility: SimulatedUtility, api: Api) -> None:
    vehicle = await api.add_vehicle()
    await utility.set_rate_program("ev-flat", terms_version="2026-07")
    try:
        wanted = api.binding(vehicle, program_id="ev-flat")
        assert await api.refused("/bindings", wanted) == (409, "terms-changed")
        assert (await api.bind(vehicle, program_id="ev-flat", terms_version="2026-07"))["terms_version"] == "2026-07"
    finally:
        await utility.set_rate_program("ev-flat", terms_version="2026-01")


@pytest.mark.parametrize(
    "change",
    [
        {"time_zone": "Mars/Olympus"},
        {"time_zone": 7},
        {"tiers": []},
        {"tiers": [{"id": "flat", "name": "Flat", "price": 0.15}]},
        {"tiers": [{"id": "flat", "name": "Flat", "price": "1e-9"}]},
        {"tiers": [{"id": "flat", "name": "Flat", "price": "1"}] * 2},
        {"periods": [{"tier": "none", "days": [1], "start": "10:00", "end": "11:00"}]},
        {"periods": [{"tier": "flat", "days": [1], "start": "25:00", "end": "11:00"}]},
        {"default_tier": "none"},
        {"closed_premises": "all"},
        {"terms_version": 1},
        {"name": "Another"},
    ],
)
async def test_program_that_nobody_can_be_billed_by_is_not_made(
    utility: SimulatedUtility, change: dict[str, Any]
) -> None:
    before = await rate_program(utility, "ev-flat")
    async with utility.session.patch(f"{utility.control}/utility/rate-programs/ev-flat", json=change) as response:
        assert response.status == 400, await response.text()
    assert await rate_program(utility, "ev-flat") == before


@pytest.mark.parametrize("bill_to", ["premise_account", "vehicle_owner"])
async def test_payer_of_a_guest(utility: SimulatedUtility, api: Api, bill_to: str) -> None:
    owner = await utility.neighbour()
    binding = await api.bind(await api.add_vehicle(guest_account=owner.number), bill_to=bill_to)
    payer = utility if bill_to == "premise_account" else owner
    assert binding["payer"] == {key: payer.account[key] for key in ("number", "holder")}
    assert binding["guest"]


async def test_host_and_owner_are_told_of_every_change(utility: SimulatedUtility, api: Api) -> None:
    owner = await utility.neighbour()
    theirs = await api_of(owner)
    binding = await api.bind(await api.add_vehicle(guest_account=owner.number))
    end = {"valid_until": FUTURE, "reason": "other"}
    ended = await api.post(f"/bindings/{binding['id']}/end", end)
    assert (binding["version"], ended["version"], ended["status"]) == (1, 2, "in_force")
    for each in (api, theirs):
        assert (await each.told()).count(("binding.updated", binding["id"])) == 2
        assert await each.get(f"/bindings/{binding['id']}") == ended
    # The owner looks on; the binding is the host's to end.
    assert await theirs.refused(f"/bindings/{binding['id']}/end", end) == (404, "not-found")


@pytest.mark.parametrize(
    ("valid_from", "valid_until", "free"),
    [
        ("2026-05-01T00:00:00Z", JUNE_5, True),
        ("2026-05-01T00:00:00Z", "2026-06-05T00:00:00.001Z", False),
        (JUNE_10, None, True),
        ("2026-06-09T18:00:00-06:00", None, True),  # the same moment, told elsewhere
        ("2026-06-10T00:00:00+01:00", None, False),
        ("2026-06-06T00:00:00Z", "2026-06-07T00:00:00Z", False),
        ("2026-05-01T00:00:00Z", None, False),
    ],
)
async def test_periods_are_half_open(api: Api, valid_from: str, valid_until: str | None, *, free: bool) -> None:
    vehicle = await api.add_vehicle()
    first = await api.bind(vehicle, valid_from=JUNE_5, valid_until=JUNE_10)
    wanted = api.binding(vehicle, valid_from=valid_from) | ({"valid_until": valid_until} if valid_until else {})
    status, body = await api.call("POST", "/bindings", wanted)
    assert status == (201 if free else 409), body
    if not free:
        assert [each["id"] for each in body["bindings"]] == [first["id"]]


async def test_what_waits_is_in_the_way_and_what_was_refused_is_not(utility: SimulatedUtility, api: Api) -> None:
    vehicle = await api.add_vehicle()
    await utility.set(approval="manual")
    waits = await api.bind(vehicle)
    assert await api.refused("/bindings", api.binding(vehicle)) == (409, "binding-overlap")
    await utility.decide_vehicle("bindings", waits["id"], "refuse", detail="no meter")
    assert (await api.bind(vehicle))["status"] == "pending"


async def test_binding_that_never_began_is_not_in_the_way(api: Api) -> None:
    vehicle = await api.add_vehicle()
    planned = await api.bind(vehicle, valid_from=FUTURE)
    ended = await api.post(f"/bindings/{planned['id']}/end", {"valid_until": FUTURE, "reason": "changed"})
    assert ended["status"] == "ended"
    assert (await api.bind(vehicle))["status"] == "in_force"


async def test_end_may_be_told_twice_and_moved_as_long_as_nothing_is_there(api: Api) -> None:
    vehicle = await api.add_vehicle()
    first = await api.bind(vehicle)
    path = f"/bindings/{first['id']}/end"
    once = await api.post(path, {"valid_until": JUNE_5, "reason": "sold"})
    assert (once["status"], once["valid_until"], once["reason"]) == ("ended", JUNE_5, "sold")
    again = await api.post(path, {"valid_until": "2026-06-04T18:00:00-06:00", "reason": "other"})
    assert again == once
    second = await api.bind(vehicle, valid_from=JUNE_10)
    assert (await api.post(path, {"valid_until": JUNE_10, "reason": "sold"}))["version"] == 3
    status, body = await api.call("POST", path, {"valid_until": LATER, "reason": "sold"})
    assert (status, [each["id"] for each in body["bindings"]]) == (409, [second["id"]])
    assert await api.refused(path, {"valid_until": "2026-05-01T00:00:00Z", "reason": "sold"}) == (
        400,
        "invalid-request",
    )


async def test_replaced_binding_holds_until_the_other_begins(api: Api) -> None:
    vehicle = await api.add_vehicle()
    first = await api.bind(vehicle)
    second = await api.bind(vehicle, valid_from=FUTURE, replaces=first["id"])
    now = await api.get(f"/bindings/{first['id']}")
    assert (now["status"], now["valid_until"], now["version"]) == ("in_force", FUTURE, 2)
    assert (second["status"], second["replaces"]) == ("in_force", first["id"])


@pytest.mark.parametrize(("decision", "until"), [("approve", JUNE_5), ("refuse", None)])
async def test_decision_on_what_replaces(
    utility: SimulatedUtility, api: Api, decision: str, until: str | None
) -> None:
    vehicle = await api.add_vehicle()
    first = await api.bind(vehicle)
    await utility.set(approval="manual")
    second = await api.bind(vehicle, valid_from=JUNE_5, replaces=first["id"])
    assert (await api.get(f"/bindings/{first['id']}"))["valid_until"] is None
    await utility.decide_vehicle("bindings", second["id"], decision, detail="because")
    assert (await api.get(f"/bindings/{first['id']}"))["valid_until"] == until
    assert (await api.get(f"/bindings/{second['id']}"))["reason"] == "because"


async def test_replacing_what_cannot_be_replaced(utility: SimulatedUtility, api: Api) -> None:
    vehicle, another = await api.add_vehicle(), await api.add_vehicle()
    others = await api.bind(another)
    assert await api.refused("/bindings", api.binding(vehicle, replaces=others["id"])) == (404, "not-found")
    assert await api.refused("/bindings", api.binding(vehicle, replaces="bind-0")) == (404, "not-found")
    await utility.set(approval="manual")
    refused = await api.bind(vehicle)
    await utility.decide_vehicle("bindings", refused["id"], "refuse")
    again = api.binding(vehicle, replaces=refused["id"])
    assert await api.refused("/bindings", again) == (409, "binding-not-in-force")
    end = {"valid_until": JUNE_10, "reason": "sold"}
    assert await api.refused(f"/bindings/{refused['id']}/end", end) == (409, "binding-not-in-force")


async def test_representative_ends_what_is_in_force_only(utility: SimulatedUtility, api: Api) -> None:
    vehicle = await api.add_vehicle()
    over = await api.bind(vehicle, valid_until=JUNE_5)
    holds = await api.bind(vehicle, valid_from=JUNE_5)
    await utility.decide_vehicle("bindings", holds["id"], "end", detail="moved out")
    assert (await api.get(f"/bindings/{holds['id']}"))["reason"] == "moved out"
    for identifier, decision in ((over["id"], "end"), (holds["id"], "approve")):
        address = f"{utility.control}/utility/bindings/{identifier}/{decision}"
        async with utility.session.post(address, json={}) as response:
            assert response.status == 409
    assert (await api.get(f"/bindings/{over['id']}"))["valid_until"] == JUNE_5


@pytest.mark.parametrize(
    ("valid_from", "kept"),
    [
        ("2026-06-01t00:00:00z", START),
        ("2026-05-31T18:00:00-06:00", START),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
        ("2026-06-01T00:00:00.1234567Z", "2026-06-01T00:00:00.123456Z"),
        ("0000-01-01T00:00:00Z", None),
        ("0001-01-01T00:00:00+23:59", None),
        ("9999-12-31T23:59:59-23:59", None),
        ("2026-06-01T00:00:00", None),
    ],
)
async def test_times_of_every_shape(api: Api, valid_from: str, kept: str | None) -> None:
    wanted = api.binding(await api.add_vehicle(), valid_from=valid_from)
    if kept is None:
        assert await api.refused("/bindings", wanted) == (400, "invalid-request")
    else:
        assert (await api.post("/bindings", wanted))["valid_from"] == kept
