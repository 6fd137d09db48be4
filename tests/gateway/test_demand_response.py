"""Demand response against the running simulator: programs, controls, answers, subscriptions."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from py20305.models import sep

from custom_components.utility_han.esi import (
    ControlResponse,
    ControlStatus,
    LoadControl,
    ResponseStatus,
    TargetReduction,
)
from custom_components.utility_han.gateway.errors import GatewayError, Reason
from custom_components.utility_han.gateway.ieee2030_5 import demand_response
from custom_components.utility_han.gateway.ieee2030_5.client import Ieee2030_5Gateway
from custom_components.utility_han.gateway.ieee2030_5.identity import Identity
from custom_components.utility_han.gateway.ieee2030_5.resources import is_of_2023, parse
from tests.conftest import SimulatedGateway

pytestmark = pytest.mark.use_case("UR-P")

LFDI = "3E4F45AB31EDFE5B67E343E5E4562E31984E23E5"
WATER_HEATER = 1 << 3
URI = "http://127.0.0.1:9/api/webhook/abc"


async def only(client: Ieee2030_5Gateway, href: str) -> LoadControl:
    (control,) = await client.controls(await client.device_programs(href))
    return control


async def test_device_is_announced_once(
    client: Ieee2030_5Gateway, gateway: SimulatedGateway, identity: Identity
) -> None:
    href = await client.announce(WATER_HEATER, LFDI)
    assert await client.announce(WATER_HEATER, LFDI) == href
    devices = await client.listed_devices()
    assert devices is not None
    assert {device.lfdi: device.href for device in devices}[LFDI] == href
    posts = [request for request in (await gateway.log())["requests"] if request["method"] == "POST"]
    assert len(posts) == 1


async def test_programs_are_those_assigned_each_once(client: Ieee2030_5Gateway, gateway: SimulatedGateway) -> None:
    href = await client.announce(WATER_HEATER, LFDI)
    assert await client.device_programs(href) == []
    await gateway.enroll(LFDI, 1)
    await gateway.enroll(LFDI, 2)
    programs = await client.device_programs(href)
    assert {(each.href, each.description, each.primacy) for each in programs} == {
        ("/dr/1", "Peak Saver", 2),
        ("/dr/2", "EV Smart Charge", 1),
    }
    assert all(each.subscribable and each.controls_href for each in programs)


async def test_program_that_many_devices_are_assigned_is_read_once_over_a_connection(
    client: Ieee2030_5Gateway, gateway: SimulatedGateway
) -> None:
    hrefs = [await client.announce(WATER_HEATER, f"{number}{LFDI[1:]}") for number in (1, 2, 3)]
    for number in (1, 2, 3):
        await gateway.enroll(f"{number}{LFDI[1:]}", 1)
    await gateway.clear_log()
    async with client.session():
        found = [await client.device_programs(href) for href in hrefs]
    assert {tuple(each.href for each in programs) for programs in found} == {("/dr/1",)}
    asked = [each["path"] for each in (await gateway.log())["requests"]]
    assert [path.partition("?")[0] for path in asked].count("/dr/1/edc") == 1
    await gateway.enroll(f"1{LFDI[1:]}", 2)
    assert len(await client.device_programs(hrefs[0])) == 2, "the next time they are read anew"


async def test_what_a_control_asks_for_in_our_units(client: Ieee2030_5Gateway, gateway: SimulatedGateway) -> None:
    href = await client.announce(WATER_HEATER, LFDI)
    await gateway.enroll(LFDI)
    made = await gateway.publish(
        program=1,
        start_in=600,
        duration=1800,
        randomize_start=-60,
        randomize_duration=120,
        device_category=WATER_HEATER,
        mandatory=True,
        duty_cycle=50,
        cooling_offset=15,
        heating_offset=20,
        load_adjustment=4000,
        cooling_setpoint=2650,
        heating_setpoint=1800,
        override_duration=300,
    )
    control = await only(client, href)
    assert control.id == made["mrid"]
    assert (control.program, control.primacy, control.device_category) == ("/dr/1", 2, WATER_HEATER)
    assert (control.status, control.mandatory) == (ControlStatus.SCHEDULED, True)
    assert control.start == datetime.fromtimestamp(made["start"], UTC)
    assert control.end - control.start == timedelta(minutes=30)
    assert control.randomize_start == timedelta(minutes=-1)
    assert control.randomize_duration == timedelta(minutes=2)
    assert (control.cooling_offset, control.heating_offset, control.load_adjustment) == (1.5, 2.0, 60.0)
    assert (control.cooling_setpoint, control.heating_setpoint, control.duty_cycle) == (26.5, 18.0, 50)
    assert control.override_duration == timedelta(minutes=5)
    assert control.response_required == 3


async def test_shift_forward_turns_offsets_round(client: Ieee2030_5Gateway, gateway: SimulatedGateway) -> None:
    """Offset (sep.xsd): each value is added where it is subtracted, and the other way, if loadShiftForward is true."""
    href = await client.announce(WATER_HEATER, LFDI)
    await gateway.enroll(LFDI)
    await gateway.publish(
        program=1, start_in=600, load_shift_forward=True, heating_offset=50, cooling_offset=10, load_adjustment=1000
    )
    control = await only(client, href)
    assert control.shift_forward
    assert (control.cooling_offset, control.heating_offset, control.load_adjustment) == (-1.0, -5.0, 110.0)


async def test_response_tells_what_was_applied(client: Ieee2030_5Gateway, gateway: SimulatedGateway) -> None:
    """DrResponse (sep.xsd) has the elements of the control, and AppliedTargetReduction in its own unit."""
    href = await client.announce(WATER_HEATER, LFDI)
    await gateway.enroll(LFDI)
    await gateway.publish(program=1, target_type=1, target_value=3, duration=3600)
    control = await only(client, href)
    assert control.target_reduction == TargetReduction(1, 3)
    assert control.reply_to is not None
    applied = {"load_adjustment": 90.0, "cooling_offset": 1.5, "heating_setpoint": 18.5, "duty_cycle": 50.0}
    await client.respond(
        ControlResponse(
            control.id,
            LFDI,
            ResponseStatus.PARTIALLY_COMPLETED_OPT_OUT,
            datetime.now(UTC),
            control.reply_to,
            applied | {"target_reduction": 3000.0, "appliance_load_reduction": 1},
            600.0,
        )
    )
    (answer,) = await gateway.responses()
    assert answer["extras"] == {
        "load_adjustment": 1000,
        "cooling_offset": 15,
        "heating_setpoint": 1850,
        "duty_cycle": 50,
        "appliance_load_reduction": 1,
        "target_type": 2,
        "target_value": 3000,
        "override_duration": 600,
    }


async def test_many_controls_come_in_pages(client: Ieee2030_5Gateway, gateway: SimulatedGateway) -> None:
    href = await client.announce(WATER_HEATER, LFDI)
    await gateway.enroll(LFDI)
    for hour in range(30):
        await gateway.publish(program=1, start_in=hour * 7200 + 60, duration=60)
    assert len(await client.controls(await client.device_programs(href))) == 30


async def test_no_more_controls_than_a_device_can_have_and_what_is_left_is_counted(
    client: Ieee2030_5Gateway, gateway: SimulatedGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """EndDeviceControlList (sep.xsd) is unbounded; its ``all`` says how many there are."""
    monkeypatch.setattr(demand_response, "MOST_CONTROLS", 27)
    href = await client.announce(WATER_HEATER, LFDI)
    await gateway.enroll(LFDI)
    made = [await gateway.publish(program=1, start_in=hour * 7200 + 60, duration=60) for hour in range(30)]
    programs = await client.device_programs(href)
    await gateway.clear_log()
    assert [each.id for each in await client.controls(programs)] == [each["mrid"] for each in made[:27]]
    assert client.controls_left("/dr/1") == 3
    assert len([each for each in (await gateway.log())["requests"] if "/edc" in each["path"]]) == 2
    for each in made[:5]:
        await gateway.cancel(each["number"])
    monkeypatch.setattr(demand_response, "MOST_CONTROLS", 30)
    await client.controls(programs)
    assert client.controls_left("/dr/1") == 0


@pytest.mark.parametrize(
    ("said", "of_2023"),
    [("", False), ("2.1", False), ("1.9", False), ("2.2", True), ("2.10", True), ("3.0", True), ("x", False)],
)
async def test_what_is_listed_no_longer_is_called_off_by_a_server_of_2023_alone(said: str, of_2023: bool) -> None:
    """IEEE 2030.5-2018, 10.2.3.3: it may be for want of room; 2023, 10.2.2.3: it is cancelled. sep.xsd: schemaVer."""
    version = f'schemaVer="{said}"' if said else ""
    bare = f'<EndDeviceControlList xmlns="urn:ieee:std:2030.5:ns" href="/c" all="0" results="0" {version}/>'
    assert is_of_2023(parse(bare.encode(), sep.EndDeviceControlList, "/c")) is of_2023


async def test_simulated_gateway_is_of_2018(client: Ieee2030_5Gateway, gateway: SimulatedGateway) -> None:
    href = await client.announce(WATER_HEATER, LFDI)
    await gateway.enroll(LFDI)
    made = [await gateway.publish(program=1) for _ in range(2)]
    programs = await client.device_programs(href)
    assert len(await client.controls(programs)) == 2
    await gateway.unlist(made[0]["number"])
    assert [each.id for each in await client.controls(programs)] == [made[1]["mrid"]]
    assert not client.removal_cancels(programs[0].href)


async def test_own_programs_are_those_of_our_own_entry(client: Ieee2030_5Gateway, gateway: SimulatedGateway) -> None:
    assert await client.own_programs() == []
    await gateway.enroll(client.client_lfdi, 2)
    assert [each.href for each in await client.own_programs()] == ["/dr/2"]


async def test_times_beyond_reason_do_not_break_the_list(client: Ieee2030_5Gateway, gateway: SimulatedGateway) -> None:
    href = await client.announce(WATER_HEATER, LFDI)
    await gateway.enroll(LFDI)
    await gateway.publish(program=1, start=2**40, duration=2**32 - 1)
    assert (await only(client, href)).start.year == 9000


async def in_two_programs(client: Ieee2030_5Gateway, gateway: SimulatedGateway) -> str:
    """A device in the first and in the second program; its href."""
    href = await client.announce(WATER_HEATER, LFDI)
    await gateway.enroll(LFDI, 1)
    await gateway.enroll(LFDI, 2)
    return href


async def test_program_that_cannot_be_read_does_not_lose_the_others(
    client: Ieee2030_5Gateway, gateway: SimulatedGateway
) -> None:
    href = await in_two_programs(client, gateway)
    await gateway.publish(program=1)
    await gateway.publish(program=2)
    programs = await client.device_programs(href)
    await gateway.fault("http_error", status=500, path="/dr/1/edc")
    assert [each.program for each in await client.controls(programs)] == ["/dr/2"]
    with pytest.raises(GatewayError) as caught:
        await client.controls([each for each in programs if each.href == "/dr/1"])
    assert caught.value.reason is Reason.HTTP_ERROR


async def test_program_whose_controls_cannot_be_read_takes_no_other_from_the_device(
    client: Ieee2030_5Gateway, gateway: SimulatedGateway
) -> None:
    href = await in_two_programs(client, gateway)
    made = await gateway.publish(program=2)
    await gateway.fault("http_error", status=500, path="/dr/1/edc")
    programs = await client.device_programs(href)
    assert {each.href: each.subscribable for each in programs} == {"/dr/1": False, "/dr/2": True}
    assert [each.id for each in await client.controls(programs)] == [made["mrid"]]


async def test_answer_arrives(client: Ieee2030_5Gateway, gateway: SimulatedGateway) -> None:
    href = await client.announce(WATER_HEATER, LFDI)
    await gateway.enroll(LFDI)
    await gateway.publish(program=1)
    control = await only(client, href)
    assert control.reply_to is not None
    at = datetime(2026, 11, 1, tzinfo=UTC)
    response = ControlResponse(control.id, LFDI, ResponseStatus.RECEIVED, at, control.reply_to)
    await client.respond(response)
    (kept,) = await gateway.responses()
    assert (kept["mrid"], kept["lfdi"], kept["status"]) == (control.id, LFDI, 1)
    assert kept["created"] == at.timestamp()


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (404, Reason.NOT_FOUND),
        (400, Reason.HTTP_ERROR),
        (500, Reason.HTTP_ERROR),
        (429, Reason.GATEWAY_BUSY),
        (503, Reason.GATEWAY_BUSY),
    ],
)
async def test_refused_answer_has_its_reason(
    client: Ieee2030_5Gateway, gateway: SimulatedGateway, status: int, reason: Reason
) -> None:
    await gateway.fault("http_error", status=status, path="/rsps")
    at = datetime(2026, 11, 1, tzinfo=UTC)
    with pytest.raises(GatewayError) as caught:
        await client.respond(ControlResponse("AB" * 16, LFDI, ResponseStatus.RECEIVED, at, "/rsps/1/rsp"))
    assert caught.value.reason is reason


async def test_nothing_is_posted_to_another_host_nor_smuggled(
    client: Ieee2030_5Gateway, gateway: SimulatedGateway
) -> None:
    at = datetime(2026, 11, 1, tzinfo=UTC)
    for reply_to in ("https://elsewhere.example/rsps/1/rsp", "/rsps/1/r sp\r\nX-Header: ü"):
        with pytest.raises(GatewayError) as caught:
            await client.respond(ControlResponse("AB" * 16, LFDI, ResponseStatus.RECEIVED, at, reply_to))
        assert caught.value.reason is Reason.NOT_FOUND
    paths = [request["path"] for request in (await gateway.log())["requests"]]
    assert paths == ["/rsps/1/rsp", "/rsps/1/rspX-Header:ü"]


async def test_subscribing_is_safe_to_repeat_and_follows_our_address(
    client: Ieee2030_5Gateway, gateway: SimulatedGateway
) -> None:
    href = await in_two_programs(client, gateway)
    programs = await client.device_programs(href)

    async def writes(uri: str) -> list[str]:
        await gateway.clear_log()
        assert await client.subscribe(programs, uri)
        requests = (await gateway.log())["requests"]
        return [request["method"] for request in requests if request["method"] != "GET"]

    assert await writes(URI) == ["POST", "POST"]
    assert await writes(URI) == []
    assert sorted(await writes(URI.replace("127.0.0.1", "127.0.0.2"))) == ["DELETE", "DELETE", "POST", "POST"]
    assert not await client.subscribe([], URI)


async def test_resource_that_is_named_with_the_gateways_host_is_subscribed_to_once(
    client: Ieee2030_5Gateway, gateway: SimulatedGateway
) -> None:
    """Links are of the type anyURI (sep.xsd), which may be absolute; a server lists subscriptions by its own words."""
    href = await client.announce(WATER_HEATER, LFDI)
    await gateway.enroll(LFDI, 1)
    programs = [
        replace(each, controls_href=f"https://gateway.example{each.controls_href}")
        for each in await client.device_programs(href)
    ]
    await gateway.clear_log()
    for _ in range(2):
        assert await client.subscribe(programs, URI)
    written = [request["method"] for request in (await gateway.log())["requests"] if request["method"] != "GET"]
    assert written == ["POST"]
