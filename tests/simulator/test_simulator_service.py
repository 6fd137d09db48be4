"""The utility's service desk, rule by rule: cases, appointments, test signals and remote diagnosis."""

from functools import partial
from typing import Any
from uuid import uuid4

import aiohttp
import pytest
from aio2030dot5 import generate_identity
from aio2030dot5.transport import async_build_ssl_context

from custom_components.utility_han.utility.errors import UtilityError, UtilityReason
from custom_components.utility_han.utility.han_api.client import HanApi
from custom_components.utility_han.utility.model import Stage
from custom_components.utility_han.utility.service_model import CaseStatus, Report
from simulator.gateway.wire import render, typed
from tests.conftest import SimulatedGateway
from tests.helpers.states import eventually
from tests.helpers.utility import SimulatedUtility

WRONG = Report("diagnosis", "faulty_device", "no_answer")
WELL = Report("diagnosis", "nothing_wrong")


def key() -> str:
    """An idempotency key."""
    return f"key-{uuid4().hex}"


@pytest.fixture
async def client(utility: SimulatedUtility, gateway: SimulatedGateway) -> HanApi:
    """A customer whose premise has the gateway."""
    await utility.attach(gateway.lfdi)
    return await utility.client()


@pytest.mark.use_case("RD-2", "DM-6")
async def test_case_is_closed_only_when_a_diagnosis_found_nothing_wrong(
    client: HanApi, utility: SimulatedUtility, gateway: SimulatedGateway
) -> None:
    case = await client.open_case(utility.premise_id, gateway.lfdi, {}, "no readings", key())
    assert (await client.open_case(utility.premise_id, gateway.lfdi, {}, "still none", key())).id == case.id
    for report in (None, Report("diagnosis", None), WRONG):
        if report is not None:
            await client.add_report(case.id, report, key())
        with pytest.raises(UtilityError) as caught:
            await client.close_case(case.id)
        assert caught.value.reason is UtilityReason.CASE_NOT_RESOLVED
    await client.add_report(case.id, WELL, key())
    assert (await client.close_case(case.id)).status is CaseStatus.CLOSED
    assert (await client.close_case(case.id)).status is CaseStatus.CLOSED
    with pytest.raises(UtilityError) as caught:
        await client.add_report(case.id, WRONG, key())
    assert caught.value.reason is UtilityReason.CASE_CLOSED
    assert (await client.open_case(utility.premise_id, gateway.lfdi, {}, "again", key())).id != case.id


@pytest.mark.use_case("RD-10a", "RD-12b")
async def test_slot_is_for_one_case_and_can_be_given_back(
    client: HanApi, utility: SimulatedUtility, gateway: SimulatedGateway
) -> None:
    case = await client.open_case(utility.premise_id, gateway.lfdi, {}, "no readings", key())
    first, second, *_ = await client.appointment_slots(utility.premise_id)
    booked = await client.book_appointment(case.id, first.id)
    assert (booked.status, booked.appointment) == (CaseStatus.SCHEDULED, first)
    assert first not in await client.appointment_slots(utility.premise_id)
    assert (await client.book_appointment(case.id, second.id)).appointment == second
    assert first in await client.appointment_slots(utility.premise_id)
    neighbour = await utility.neighbour()
    other = await neighbour.client()
    await neighbour.attach(gateway.lfdi)
    theirs = await other.open_case(neighbour.premise_id, gateway.lfdi, {}, "dark", key())
    with pytest.raises(UtilityError) as caught:
        await other.book_appointment(theirs.id, second.id)
    assert caught.value.reason is UtilityReason.SLOT_TAKEN
    assert (await client.cancel_appointment(case.id)).status is CaseStatus.OPEN
    assert second in await client.appointment_slots(utility.premise_id)
    with pytest.raises(UtilityError) as caught:
        await other.case(case.id)
    assert caught.value.reason is UtilityReason.UNKNOWN_TO_UTILITY


@pytest.mark.use_case("RD-1")
async def test_customer_with_a_suspended_account_is_helped(
    client: HanApi, utility: SimulatedUtility, gateway: SimulatedGateway
) -> None:
    await utility.suspend_account()
    case = await client.open_case(utility.premise_id, gateway.lfdi, {}, "suspended", key())
    assert case.status is CaseStatus.OPEN
    with pytest.raises(UtilityError) as caught:
        await client.request_registration(utility.premise_id, gateway.lfdi, key())
    assert caught.value.reason is UtilityReason.ACCOUNT_SUSPENDED


@pytest.mark.use_case("RD-5a")
async def test_result_is_taken_only_of_what_was_allowed(
    client: HanApi, utility: SimulatedUtility, gateway: SimulatedGateway
) -> None:
    case = await client.open_case(utility.premise_id, gateway.lfdi, {}, "no readings", key())
    asked = await utility.ask_diagnosis(case_id=case.id)
    with pytest.raises(UtilityError) as caught:
        await client.return_diagnosis(asked["id"], WRONG)
    assert caught.value.reason is UtilityReason.DIAGNOSIS_DENIED
    assert (await client.answer_diagnostics_request(asked["id"], allowed=True)).status == "allowed"
    assert (await client.answer_diagnostics_request(asked["id"], allowed=False)).status == "allowed"
    for _ in range(2):
        assert (await client.return_diagnosis(asked["id"], WRONG)).status == "done"
    (told,) = await utility.cases()
    assert [report["verdict"] for report in told["reports"]] == ["faulty_device"]
    assert await client.diagnostics_requests(utility.premise_id) == []


async def active(client: HanApi, utility: SimulatedUtility, gateway: SimulatedGateway, device: dict[str, Any]) -> str:
    """Register a device that speaks for itself, and enroll it; return the id of its registration."""
    premise, lfdi = utility.premise_id, device["lfdi"]
    request = await client.request_registration(premise, gateway.lfdi, key())
    opened = await client.open_registration(request, premise, gateway.lfdi, "thermostat", lfdi, "acme-t100", key())
    await client.discover_device(opened.id)
    await client.identify(opened.id, f"AT{int(lfdi[:7], 16) % 10**8:08}", device["pin"])
    consent = {
        "program_id": "peak-saver",
        "terms_version": "2026-01",
        "consented_at": "2026-11-24T00:00:00+00:00",
    }
    await client.set_programs(opened.id, [consent])
    await client.link(opened.id)
    stands = await eventually(
        partial(client.registration, opened.id), lambda found: found.stage is Stage.AWAITING_READINESS
    )
    await client.acknowledge(opened.id, [message.id for message in stands.unacknowledged], ready=True)
    return opened.id


@pytest.mark.use_case("RD-7", "RD-9", "RD-10", "DM-4a", "UR-10")
async def test_device_is_reached_if_it_answers_and_nobody_else_can_answer_for_it(
    client: HanApi, utility: SimulatedUtility, gateway: SimulatedGateway
) -> None:
    device = await gateway.bring_device()
    identifier = await active(client, utility, gateway, device)
    found = await client.check_reachability(identifier)
    assert (found.reachable, found.commissioned, found.detail) == (True, True, None)

    await gateway.set_device(device["lfdi"], answering=False)
    await utility.set(answer_seconds=0.5)
    found = await client.check_reachability(identifier)
    assert (found.reachable, found.commissioned, found.detail) == (False, True, "the device does not answer")

    signal = await client.send_test_signal(identifier, key())
    stranger = generate_identity()
    await gateway.register(stranger.lfdi)
    answer = render(
        "DrResponse",
        {
            "end_device_lfdi": bytes.fromhex(device["lfdi"]),
            "status": 1,
            "subject": typed(bytes.fromhex(signal.control)),
        },
    )
    connector = aiohttp.TCPConnector(ssl=await async_build_ssl_context(stranger))
    async with aiohttp.ClientSession(connector=connector) as session:
        url = f"https://{gateway.host}:{gateway.port}/rsps/1/rsp"
        async with session.post(url, data=answer, headers={"Content-Type": "application/sep+xml"}) as response:
            await response.read()
    assert (await client.test_signal(signal.id)).status == "sent"

    await gateway.set_device(device["lfdi"], answering=True)
    answered = await eventually(partial(client.test_signal, signal.id), lambda found: found.answers == (1, 2))
    assert answered.status == "answered"


@pytest.mark.use_case("RD-9")
async def test_device_that_can_be_sent_nothing_has_to_be_heard_of(
    client: HanApi, utility: SimulatedUtility, gateway: SimulatedGateway
) -> None:
    device = await gateway.bring_device()
    identifier = await active(client, utility, gateway, device)
    await gateway.publish(start_in=3000)  # it would supersede what the device could be asked
    assert (await client.check_reachability(identifier)).reachable
    await gateway.set_device(device["lfdi"], answering=False)
    await utility.set(answer_seconds=0.5)
    assert not (await client.check_reachability(identifier)).reachable
    await gateway.withdraw(device["lfdi"])
    found = await client.check_reachability(identifier)
    assert (found.reachable, found.commissioned) == (False, False)
