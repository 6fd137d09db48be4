"""Commissioning is resumable: stopped anywhere, it goes on, and nothing is done twice (IP-6 to IP-11)."""

import asyncio
import re
from typing import Any
from unittest.mock import patch

import pytest
from aio2030dot5.transport import Response

from custom_components.utility_han.gateway.errors import GatewayError, Reason
from custom_components.utility_han.gateway.ieee2030_5.client import Ieee2030_5Gateway
from custom_components.utility_han.gateway.ieee2030_5.connection import ConnectionSession
from custom_components.utility_han.gateway.ieee2030_5.identity import Identity, create_identity
from custom_components.utility_han.procedures.commissioning import CommissioningRun, Method, commission, take_back
from custom_components.utility_han.procedures.step import Outcome, Step, StepResult
from tests.conftest import PACING, TIMEOUTS, GatewayFactory, SimulatedGateway

EMS = 1 << 14


class Disk:
    """Keeps the run as storage would: only what was saved outlives a restart."""

    saved: dict[str, Any]

    async def save(self, run: CommissioningRun) -> None:
        self.saved = run.to_dict()

    def load(self) -> CommissioningRun:
        return CommissioningRun.from_dict(self.saved)


async def connect(gateway: SimulatedGateway, identity: Identity) -> Ieee2030_5Gateway:
    return await Ieee2030_5Gateway.create(
        gateway.host, gateway.port, identity, expected_lfdi=gateway.lfdi, pacing=PACING, timeouts=TIMEOUTS
    )


async def take(client: Ieee2030_5Gateway, run: CommissioningRun, disk: Disk) -> list[StepResult]:
    return [r async for r in commission(client, run, disk.save) if r.outcome is not Outcome.RUNNING]


@pytest.mark.use_case("IP-6", "IP-7", "IP-8", "IP-9", "IP-10", "IP-11")
@pytest.mark.parametrize("stop_after", range(12))
async def test_restart_after_any_result(gateway: SimulatedGateway, stop_after: int) -> None:
    identity = await asyncio.to_thread(create_identity)
    disk = Disk()
    run = CommissioningRun(Method.IN_BAND, EMS, pin=int(gateway.pin))
    await disk.save(run)
    steps = commission(await connect(gateway, identity), run, disk.save)
    for _ in range(stop_after):
        await anext(steps)
    await steps.aclose()

    results = await take(await connect(gateway, identity), disk.load(), disk)
    assert [(r.step, r.outcome) for r in results] == [
        (step, Outcome.DONE) for step in (Step.IP_6, Step.IP_7, Step.IP_8, Step.IP_9, Step.IP_10, Step.IP_11)
    ]
    posts = [request for request in (await gateway.log())["requests"] if request["method"] == "POST"]
    assert len(posts) == 1
    assert disk.load().pin is None  # a secret that is no longer needed is no longer kept


@pytest.mark.use_case("IP-7", "IP-10")
async def test_registers_are_looked_for_again_where_the_utility_acted_meanwhile(make_gateway: GatewayFactory) -> None:
    meter = await make_gateway(registration="both")
    identity = await asyncio.to_thread(create_identity)
    run = CommissioningRun(Method.OUT_OF_BAND, EMS)

    async def save(run: CommissioningRun) -> None:
        if set(run.results) == {Step.IP_6, Step.IP_7}:
            await meter.register(identity.lfdi)

    results = [each async for each in commission(await connect(meter, identity), run, save)]
    assert results[-1].step is Step.IP_11
    assert run.found(Step.IP_7)["registers"] == 0
    assert run.found(Step.IP_10)["registers"] > 0


@pytest.mark.use_case("IP-7", "IP-8", "IP-9")
async def test_what_follows_the_announcement_needs_one_connection(gateway: SimulatedGateway) -> None:
    client = await connect(gateway, await asyncio.to_thread(create_identity))
    await take(client, CommissioningRun(Method.IN_BAND, EMS, pin=int(gateway.pin)), Disk())
    assert client.statistics()["connections"] == 1
    assert (await gateway.log())["concurrent_max"] == 1
    read = [each["path"] for each in (await gateway.log())["requests"] if each["method"] == "GET"]
    assert {path: read.count(path) for path in read if read.count(path) > 1} == {
        "/dcap": 2,  # what there is may be more once we are on the list
        "/edev": 2,  # and who is on it is seen by the list itself
    }


@pytest.mark.use_case("IP-6", "IP-7")
async def test_who_is_let_in_from_the_next_handshake_on_makes_another(gateway: SimulatedGateway) -> None:
    client = await connect(gateway, await asyncio.to_thread(create_identity))
    disk, run = Disk(), CommissioningRun(Method.IN_BAND, EMS, pin=int(gateway.pin))
    steps = commission(client, run, disk.save)
    await gateway.fault("http_error", status=403, path="/edev/1", count=2)
    results = [each async for each in steps if each.outcome is not Outcome.RUNNING]
    assert [(each.step, each.outcome) for each in results][-1] == (Step.IP_11, Outcome.DONE)
    assert client.statistics()["connections"] == 2
    assert run.found(Step.IP_7)["pin_fits"] is True
    assert len([each for each in (await gateway.log())["requests"] if each["method"] == "POST"]) == 1


@pytest.mark.use_case("IP-6", "IP-7")
async def test_who_announced_nothing_and_is_let_in_no_further_makes_no_other_connection(
    make_gateway: GatewayFactory,
) -> None:
    meter = await make_gateway(registration="both")
    identity = await asyncio.to_thread(create_identity)
    await meter.register(identity.lfdi)
    client = await connect(meter, identity)
    await meter.fault("http_error", status=403)
    results = await take(client, CommissioningRun(Method.OUT_OF_BAND, EMS), Disk())
    assert (results[-1].outcome, results[-1].reason) == (Outcome.WAITING, Reason.PORTAL_PENDING)
    assert client.statistics()["connections"] == 1


@pytest.mark.use_case("IP-6", "IP-7")
async def test_who_is_not_let_in_by_its_announcement_waits(gateway: SimulatedGateway) -> None:
    client = await connect(gateway, await asyncio.to_thread(create_identity))
    await gateway.fault("http_error", status=403, path="/edev/1")
    results = await take(client, CommissioningRun(Method.IN_BAND, EMS, pin=int(gateway.pin)), Disk())
    assert (results[-1].step, results[-1].outcome) == (Step.IP_7, Outcome.WAITING)


@pytest.mark.use_case("IP-7", "IP-10")
async def test_one_register_is_read_that_a_person_can_judge(gateway: SimulatedGateway) -> None:
    client = await connect(gateway, await asyncio.to_thread(create_identity))
    run = CommissioningRun(Method.IN_BAND, EMS, pin=int(gateway.pin))
    before = await gateway.readings()
    await take(client, run, Disk())
    reading, after = run.found(Step.IP_7)["reading"], await gateway.readings()
    assert (reading["register"], reading["unit"]) == ("power", "W")
    assert reading["value"] in {before["power_w"], after["power_w"]}

    (power,) = [
        each["path"] for each in (await gateway.log())["requests"] if re.fullmatch(r"/upt/\d+/mr/\d+/r", each["path"])
    ]
    await gateway.fault("http_error", status=500, path=power)
    await take(client, run, Disk())
    reading = run.found(Step.IP_7)["reading"]
    assert (reading["register"], reading["unit"]) == ("energy_summation_delivered", "Wh")

    await gateway.mend()
    with patch.object(client, "read", side_effect=GatewayError(Reason.GATEWAY_SILENT, "away")):
        results = await take(client, run, disk := Disk())
    assert results[-1].step is Step.IP_11, "one that cannot be read now is none"
    assert "reading" not in disk.load().found(Step.IP_7)

    await gateway.fault("http_error", status=500, path=power)
    await gateway.fault("http_error", status=500, path=power.rsplit("/", 2)[0])
    results = await take(client, run, Disk())
    assert results[-1].step is Step.IP_11
    assert "reading" not in run.found(Step.IP_7)


@pytest.mark.use_case("IP-7", "IP-8", "IP-9")
async def test_dialog_that_is_closed_in_between_lets_go_of_the_gateway(gateway: SimulatedGateway) -> None:
    client = await connect(gateway, await asyncio.to_thread(create_identity))
    steps = commission(client, CommissioningRun(Method.IN_BAND, EMS, pin=int(gateway.pin)), Disk().save)
    async for result in steps:
        if (result.step, result.outcome) == (Step.IP_8, Outcome.RUNNING):
            break
    await steps.aclose()
    assert await client.listed_devices()  # which waits for a connection that is still open


@pytest.mark.use_case("IP-6", "IP-7")
async def test_out_of_band_waits_then_goes_on(make_gateway: GatewayFactory) -> None:
    meter = await make_gateway(personality="riva", registration="out-of-band", bad_signature_rate=0)
    identity = await asyncio.to_thread(create_identity)
    disk, client = Disk(), await connect(meter, identity)
    run = CommissioningRun(Method.OUT_OF_BAND, EMS)
    (waiting,) = await take(client, run, disk)
    assert (waiting.step, waiting.outcome, waiting.reason) == (Step.IP_6, Outcome.WAITING, Reason.PORTAL_PENDING)
    await meter.register(identity.lfdi)
    results = await take(client, disk.load(), disk)
    outcomes = {result.step: result.outcome for result in results}
    assert outcomes[Step.IP_7] is Outcome.DONE
    assert outcomes[Step.IP_9] is Outcome.NOT_OFFERED  # such meters keep no list
    assert outcomes[Step.IP_11] is Outcome.NOT_OFFERED


@pytest.mark.use_case("IP-7")
async def test_another_pin_is_a_question_and_not_a_refusal(gateway: SimulatedGateway) -> None:
    identity = await asyncio.to_thread(create_identity)
    disk, client = Disk(), await connect(gateway, identity)
    run = CommissioningRun(Method.IN_BAND, EMS, pin=111115)
    results = await take(client, run, disk)
    assert results[-1].reason is Reason.WRONG_PIN
    assert "111115" not in str([result.to_dict() for result in results])
    assert (await gateway.describe())["registered"] == [identity.lfdi]  # until a person has answered

    run = disk.load()
    run.pin_accepted = True
    results = await take(client, run, disk)
    assert results[-1].step is Step.IP_11
    assert next(each for each in results if each.step is Step.IP_7).evidence["pin_fits"] is False
    assert disk.load().pin is None

    await take_back(client, run)
    assert (await gateway.describe())["registered"] == []


@pytest.mark.use_case("IP-9")
async def test_pin_that_the_utility_was_told_is_compared(gateway: SimulatedGateway) -> None:
    identity = await asyncio.to_thread(create_identity)
    for pin, fits in (("111115", True), (gateway.pin, False)):
        await gateway.register(identity.lfdi, pin=pin)
        disk = Disk()
        run = CommissioningRun(Method.OUT_OF_BAND, EMS, pin=111115)
        results = await take(await connect(gateway, identity), run, disk)
        assert results[-1].step is Step.IP_11
        assert next(each for each in results if each.step is Step.IP_9).evidence["pin_fits"] is fits
        assert disk.load().pin is None


@pytest.mark.use_case("IP-6")
async def test_gateway_that_takes_no_registration_says_so(make_gateway: GatewayFactory) -> None:
    meter = await make_gateway(personality="standard", registration="out-of-band")
    identity = await asyncio.to_thread(create_identity)
    run = CommissioningRun(Method.IN_BAND, EMS, pin=123455)
    results = await take(await connect(meter, identity), run, Disk())
    assert (results[-1].outcome, results[-1].reason) == (Outcome.FAILED, Reason.REGISTRATION_REFUSED)


@pytest.mark.use_case("IP-6")
async def test_entry_of_the_utility_is_not_ours_because_we_were_refused_one_before(gateway: SimulatedGateway) -> None:
    """It is the utility's to take off."""
    identity = await asyncio.to_thread(create_identity)
    client, disk, run = await connect(gateway, identity), Disk(), CommissioningRun(Method.IN_BAND, EMS)
    asked = ConnectionSession.send

    async def refused(session: ConnectionSession, method: str, path: str, body: bytes = b"") -> Response:
        await gateway.fault("http_error", status=403, path="/edev", count=1)
        return await asked(session, method, path, body)

    with patch.object(ConnectionSession, "send", refused):
        results = await take(client, run, disk)
    assert results[-1].reason is Reason.REGISTRATION_REFUSED
    await gateway.register(identity.lfdi)
    results = await take(client, disk.load(), disk)
    assert results[-1].step is Step.IP_11
    assert disk.load().added_as == ""
    await take_back(client, disk.load())
    assert (await gateway.describe())["registered"] == [identity.lfdi]


@pytest.mark.use_case("IP-8")
async def test_clock_far_off_is_told_but_stops_nothing(gateway: SimulatedGateway) -> None:
    await gateway.fault("wrong_clock", seconds=-7200)
    identity = await asyncio.to_thread(create_identity)
    run = CommissioningRun(Method.IN_BAND, EMS, pin=int(gateway.pin))
    results = {r.step: r for r in await take(await connect(gateway, identity), run, Disk())}
    assert results[Step.IP_8].reason is Reason.CLOCK_OFF
    assert results[Step.IP_8].evidence["clock_offset"] == pytest.approx(-7200, abs=5)
    assert results[Step.IP_10].outcome is Outcome.DONE


def test_result_is_the_same_after_storage() -> None:
    result = StepResult(Step.IP_7, Outcome.FAILED, Reason.WRONG_PIN, {"detail": "x"}, Step.IP_7)
    assert StepResult.from_dict(result.to_dict()) == result
