"""The utility's rules on charging sessions and what is billed, as they are on the wire."""

import json
from typing import Any

import pytest

from tests.helpers.utility import SimulatedUtility
from tests.helpers.utility_api import Api, api_of, session_of

pytestmark = pytest.mark.use_case("UR-EV")

SESSIONS = "/charging-sessions"


@pytest.fixture
async def api(utility: SimulatedUtility) -> Api:
    return await api_of(utility)


@pytest.fixture
async def binding(api: Api) -> dict[str, Any]:
    return await api.bind(await api.add_vehicle())


def meter(start: int, end: int) -> dict[str, Any]:
    return {"kind": "submeter", "id": "EUMD-1", "start_wh": start, "end_wh": end}


async def test_energy_of_each_tier_at_its_price(api: Api, binding: dict[str, Any]) -> None:
    parts = (("off_peak", 1_001), ("peak", 2_000), ("off_peak", 16))
    record = await api.post(SESSIONS, session_of(binding, *parts))
    assert record["lines"] == [
        # 1.017 kWh at 0.09 are 0.09153
        {"tier": "off_peak", "energy_wh": 1_017, "price": "0.09", "amount": "0.0915"},
        {"tier": "peak", "energy_wh": 2_000, "price": "0.36", "amount": "0.7200"},
    ]
    assert (record["amount"], record["currency"], record["energy_wh"]) == ("0.8115", "USD", 3_017)
    assert record["payer"] == binding["payer"]
    assert ("billing_record.updated", record["id"]) in await api.told()


@pytest.mark.parametrize(("energy", "amount"), [(5, "0.0005"), (15, "0.0014"), (25, "0.0023"), (0, "0.0000")])
async def test_half_a_unit_is_rounded_up(api: Api, binding: dict[str, Any], energy: int, amount: str) -> None:
    assert (await api.post(SESSIONS, session_of(binding, ("off_peak", energy))))["amount"] == amount


@pytest.mark.parametrize(
    ("hour", "month"),
    [(5, "2026-05"), (6, "2026-06")],  # midnight in Denver is at 6 UTC
)
async def test_month_is_the_premises(api: Api, binding: dict[str, Any], hour: int, month: str) -> None:
    record = await api.post(SESSIONS, session_of(binding, ("off_peak", 1_000), hour=hour))
    assert record["month"] == month
    assert (await api.get("/billing-records", month=month))["records"] == [record]
    assert (await api.get("/billing-records", month="2026-12"))["records"] == []


async def test_same_session_told_otherwise_is_the_same(api: Api, binding: dict[str, Any]) -> None:
    told = session_of(binding, ("off_peak", 1_000))
    record = await api.post(SESSIONS, told)
    assert record["started_at"] == told["started_at"]
    elsewhere = told | {"started_at": "2026-05-31T19:00:00.000-06:00"}
    assert await api.post(SESSIONS, elsewhere) == record
    as_floats = json.dumps(told).replace("1000", "1.0e3")
    assert "1.0e3" in as_floats
    assert await api.post(SESSIONS, as_floats) == record
    assert await api.refused(SESSIONS, told | {"quality": "estimated"}) == (409, "session-differs")
    # Also when the binding is over.
    await api.post(f"/bindings/{binding['id']}/end", {"valid_until": told["ended_at"], "reason": "sold"})
    assert await api.post(SESSIONS, told) == record
    assert (await api.get("/billing-records"))["records"] == [record]


async def test_number_that_is_an_integer_in_another_spelling(api: Api, binding: dict[str, Any]) -> None:
    told = json.dumps(session_of(binding, ("off_peak", 2_000))).replace("2000", "2000.0")
    assert (await api.post(SESSIONS, told))["lines"][0]["energy_wh"] == 2_000
    assert await api.refused(SESSIONS, told.replace("2000.0", "2000.5")) == (400, "invalid-request")
    assert await api.refused(SESSIONS, told.replace("2000.0", "1e999")) == (400, "invalid-request")


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"energy_wh": 3_001}, "session-inconsistent"),
        ({"ended_at": "2026-06-01T04:00:00Z"}, "session-inconsistent"),
        ({"started_at": "2026-06-01T00:30:00Z"}, "session-inconsistent"),
        ({"ended_at": "2026-06-01T01:00:00Z"}, "session-inconsistent"),
        ({"ended_at": "2026-05-01T00:00:00Z"}, "session-inconsistent"),
        ({"meter": meter(1_000, 4_002)}, "session-inconsistent"),
        ({"meter": meter(4_000, 1_000)}, "session-inconsistent"),
        ({"meter": meter(1_000, 4_001)}, None),
        ({"meter": meter(1_000, 9_000), "quality": "estimated"}, None),
        ({"meter": {"kind": "vehicle", "id": "x", "end_wh": 9}}, None),
        ({"started_at": "2026-05-31T23:59:59Z"}, "session-outside-binding"),
        ({"ended_at": "2026-07-01T00:00:00Z"}, "session-outside-binding"),
        ({"parts": []}, "invalid-request"),
        ({"energy_wh": -1}, "invalid-request"),
        ({"binding_id": "bind-0"}, "not-found"),
    ],
)
async def test_figures_that_contradict_each_other(api: Api, changed: dict[str, Any], problem: str | None) -> None:
    binding = await api.bind(await api.add_vehicle(), valid_until="2026-06-10T00:00:00Z")
    told = session_of(binding, ("off_peak", 1_000), ("peak", 2_000)) | changed
    if problem is None:
        await api.post(SESSIONS, told)
    else:
        assert (await api.refused(SESSIONS, told))[1] == problem


@pytest.mark.parametrize("what", ["gap", "overlap", "unknown tier", "backwards"])
async def test_parts_that_are_not_the_session(api: Api, binding: dict[str, Any], what: str) -> None:
    told = session_of(binding, ("off_peak", 1_000), ("peak", 2_000), ("off_peak", 500))
    if what == "gap":
        told["parts"][1]["started_at"] = "2026-06-01T02:00:01Z"
    elif what == "overlap":
        told["parts"][1]["started_at"] = "2026-06-01T01:59:59Z"
    elif what == "backwards":
        told["parts"].reverse()
    else:
        told["parts"][0]["tier"] = "night"
    assert await api.refused(SESSIONS, told) == (422, "session-inconsistent")


async def test_sessions_may_touch(api: Api, binding: dict[str, Any]) -> None:
    await api.post(SESSIONS, session_of(binding, ("off_peak", 1_000), hour=2))
    for hour in (1, 3):
        await api.post(SESSIONS, session_of(binding, ("off_peak", 1_000), hour=hour))
    across = session_of(binding, ("off_peak", 1_000), ("off_peak", 1_000), hour=3)
    assert await api.refused(SESSIONS, across) == (409, "session-overlaps")


async def test_session_that_ends_with_the_binding(api: Api) -> None:
    binding = await api.bind(await api.add_vehicle(), valid_until="2026-06-01T02:00:00Z")
    assert binding["status"] == "ended"
    await api.post(SESSIONS, session_of(binding, ("off_peak", 1_000)))
    after = session_of(binding, ("off_peak", 1_000), hour=2)
    assert await api.refused(SESSIONS, after) == (409, "session-outside-binding")


async def test_refused_binding_bills_nothing(utility: SimulatedUtility, api: Api) -> None:
    await utility.set(approval="manual")
    binding = await api.bind(await api.add_vehicle())
    told = session_of(binding, ("off_peak", 1_000))
    for _ in ("pending", "refused"):
        assert await api.refused(SESSIONS, told) == (409, "binding-not-in-force")
        if _ == "pending":
            await utility.decide_vehicle("bindings", binding["id"], "refuse")


async def test_replacing_and_ending_leave_what_was_billed(api: Api, binding: dict[str, Any]) -> None:
    record = await api.post(SESSIONS, session_of(binding, ("off_peak", 1_000)))
    early = {"valid_until": "2026-06-01T01:59:59Z", "reason": "sold"}
    assert await api.refused(f"/bindings/{binding['id']}/end", early) == (409, "sessions-after-end")
    vehicle = {"id": binding["vehicle_id"]}
    other = api.binding(vehicle, valid_from="2026-06-01T01:30:00Z", replaces=binding["id"])
    assert await api.refused("/bindings", other) == (409, "sessions-after-end")
    assert (await api.get(f"/bindings/{binding['id']}"))["valid_until"] is None
    await api.post("/bindings", other | {"valid_from": record["ended_at"]})
    assert (await api.get("/billing-records"))["records"] == [record]


async def test_approval_leaves_what_was_billed_meanwhile(
    utility: SimulatedUtility, api: Api, binding: dict[str, Any]
) -> None:
    await utility.set(approval="manual")
    vehicle = {"id": binding["vehicle_id"]}
    second = await api.bind(vehicle, valid_from="2026-06-01T01:30:00Z", replaces=binding["id"])
    await api.post(SESSIONS, session_of(binding, ("off_peak", 1_000)))
    async with utility.session.post(f"{utility.control}/utility/bindings/{second['id']}/approve", json={}) as response:
        assert response.status == 409
    assert (await api.get(f"/bindings/{second['id']}"))["status"] == "pending"
    assert (await api.get(f"/bindings/{binding['id']}"))["valid_until"] is None


async def test_record_keeps_the_price_as_it_was(utility: SimulatedUtility, api: Api) -> None:
    binding = await api.bind(await api.add_vehicle(), program_id="ev-flat")
    record = await api.post(SESSIONS, session_of(binding, ("flat", 1_000)))
    try:
        await utility.set_rate_program("ev-flat", tiers=[{"id": "flat", "name": "All day", "price": "0.50"}])
        assert (await api.get("/billing-records"))["records"] == [record]
        later = await api.post(SESSIONS, session_of(binding, ("flat", 1_000), hour=2))
        assert (record["amount"], later["amount"]) == ("0.1500", "0.5000")
        # Nor does a mistake of the utility's change the price.
        await utility.bill_otherwise(record["id"], 2_000)
        spoiled = (await api.get("/billing-records"))["records"][0]
        assert (spoiled["energy_wh"], spoiled["amount"]) == (2_000, "0.3000")
        assert (await api.told()).count(("billing_record.updated", record["id"])) == 2
    finally:
        await utility.set_rate_program("ev-flat", tiers=[{"id": "flat", "name": "All day", "price": "0.15"}])


@pytest.mark.parametrize("decision", ["confirm", "refuse"])
async def test_guests_session_waits_for_its_owner(utility: SimulatedUtility, api: Api, decision: str) -> None:
    owner = await utility.neighbour()
    await utility.set(session_confirmation="manual")
    binding = await api.bind(await api.add_vehicle(guest_account=owner.number))
    told = session_of(binding, ("off_peak", 1_000))
    question = {"session_id": told["session_id"], "started_at": told["started_at"]}
    path = f"/bindings/{binding['id']}/confirmations"
    assert await api.post(path, question) == {
        "session_id": told["session_id"],
        "status": "pending",
        "payer": binding["payer"],
    }
    assert await api.refused(SESSIONS, told) == (409, "session-not-confirmed")
    await utility.decide_vehicle("confirmations", told["session_id"], decision)
    assert ("confirmation.updated", told["session_id"]) in await api.told()
    assert (await api.post(path, question))["status"] == {"confirm": "confirmed", "refuse": "refused"}[decision]
    status, _ = await api.call("POST", SESSIONS, told)
    assert status == (201 if decision == "confirm" else 409)


async def test_own_session_needs_no_confirmation(utility: SimulatedUtility, api: Api, binding: dict[str, Any]) -> None:
    await utility.set(session_confirmation="manual")
    told = session_of(binding, ("off_peak", 1_000))
    question = {"session_id": told["session_id"], "started_at": told["started_at"]}
    assert (await api.post(f"/bindings/{binding['id']}/confirmations", question))["status"] == "confirmed"
    await api.post(SESSIONS, told)


async def test_bills_by_payer_vehicle_and_month(utility: SimulatedUtility, api: Api) -> None:
    owner = await utility.neighbour()
    theirs = await api_of(owner)
    own = await api.bind(await api.add_vehicle())
    guest = await api.bind(await api.add_vehicle(guest_account=owner.number))
    treated = await api.bind(await api.add_vehicle(guest_account=owner.number), bill_to="premise_account")
    records = {}
    for name, binding, hour in (
        ("may", own, 1), ("june", own, 7), ("more", own, 8), ("guest", guest, 7), ("treated", treated, 7)
    ):  # fmt: skip
        told = session_of(binding, ("peak", 1_001), hour=hour)
        await api.post(
            f"/bindings/{binding['id']}/confirmations", {key: told[key] for key in ("session_id", "started_at")}
        )
        records[name] = await api.post(SESSIONS, told)

    def shown(bills: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
        return [(each["vehicle_id"], each["month"], each["energy_wh"], each["amount"]) for each in bills]

    mine = (await api.get("/bills"))["bills"]
    assert shown(mine) == [
        (own["vehicle_id"], "2026-05", 1_001, "0.3604"),
        (own["vehicle_id"], "2026-06", 2_002, "0.7208"),
        (treated["vehicle_id"], "2026-06", 1_001, "0.3604"),
    ]
    assert mine[1]["record_ids"] == [records["june"]["id"], records["more"]["id"]]
    assert {each["account"]["number"] for each in mine} == {utility.account["number"]}
    assert (await api.get("/bills", month="2026-05"))["bills"] == mine[:1]
    assert shown((await theirs.get("/bills"))["bills"]) == [(guest["vehicle_id"], "2026-06", 1_001, "0.3604")]
    # Records are to be seen by both, and by nobody else.
    of_guests = [records["guest"], records["treated"]]
    assert (await theirs.get("/billing-records"))["records"] == of_guests
    assert (await api.get("/billing-records"))["records"] == list(records.values())
    wanted = {"vehicle_id": own["vehicle_id"], "premise_id": api.premise_id, "month": "2026-05"}
    assert (await api.get("/billing-records", **wanted))["records"] == [records["may"]]
    assert (await theirs.get("/billing-records", premise_id=theirs.premise_id))["records"] == []
    stranger = await api_of(await utility.neighbour())
    assert (await stranger.get("/billing-records"))["records"] == []
    assert len([each for each in await utility.vehicles("bills") if each["user"] == utility.user]) == 3
