"""Load control over Zigbee: events pushed, cancelled, refused and reported, in Smart Energy's own codes."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from zigpy import types as t
from zigpy.zcl.foundation import GeneralCommand

from custom_components.utility_han.esi import ControlResponse, ControlStatus, ResponseStatus
from custom_components.utility_han.gateway.zigbee import event_status, load_control
from custom_components.utility_han.gateway.zigbee.client import EzspGateway
from simulator.zigbee import zcl
from tests.conftest import SimulatedGateway
from tests.helpers import zigbee
from tests.helpers.states import PATIENCE, eventually
from tests.helpers.zigbee import opened

NOT_USED = {"cooling_setpoint": -0x8000, "heating_setpoint": -0x8000, "load_adjustment": -0x80, "duty_cycle": 0xFF}
FULL = {"cooling_setpoint": 2600, "heating_setpoint": -150, "load_adjustment": -10, "duty_cycle": 40}
"""What an event may ask for, apart from offsets."""


@pytest.fixture
def transport() -> str:
    return "ezsp"


async def reports(gateway: SimulatedGateway, number: int = 1) -> list[dict[str, Any]]:
    """The reports on events as the meter heard them, once there are so many."""
    network = await eventually(gateway.network, lambda network: len(network["reports"]) >= number)
    return list(network["reports"])


async def pushed(link: EzspGateway, gateway: SimulatedGateway, payload: bytes, *, endpoint: int = 2) -> None:
    """Have the meter tell of an event, and wait until it was taken."""
    told = asyncio.Event()
    link.watch(told.set)
    await gateway.frame(zigbee.DRLC, payload, destination=endpoint, secured=True)
    await asyncio.wait_for(told.wait(), PATIENCE)


@pytest.mark.use_case("UR-P")
async def test_event_is_pushed_cancelled_and_reported(link: EzspGateway, gateway: SimulatedGateway) -> None:
    told = asyncio.Event()
    link.watch(told.set)
    lfdi = link.unused_lfdi([])
    assert lfdi is not None
    href = await link.announce(16, lfdi)
    assert await link.device_programs(href) == []
    network = await eventually(gateway.network, lambda network: lfdi in network["device_classes"])  # the meter asks
    assert network["device_classes"] == {lfdi: 0b1000}, "pool pumps, spas and hot tubs"
    await gateway.enroll(lfdi, 2)
    programs = await eventually(partial(link.device_programs, href))  # the meter writes the group
    assert [program.href for program in programs] == ["drlc/2"]

    made = await gateway.publish(program=2, duration=3600, load_adjustment=3000, mandatory=True)
    await asyncio.wait_for(told.wait(), PATIENCE)
    (control,) = await link.controls(programs)
    assert (control.status, control.mandatory, control.load_adjustment) == (ControlStatus.ACTIVE, True, 70.0)
    assert control.duration == timedelta(hours=1)
    await link.respond(ControlResponse(control.id, lfdi, ResponseStatus.STARTED, datetime.now(UTC), href))
    (answer,) = await gateway.responses()
    assert (answer["lfdi"], answer["status"], answer["mrid"]) == (lfdi, 2, made["mrid"])

    told.clear()
    await gateway.cancel(made["number"])
    await asyncio.wait_for(told.wait(), PATIENCE)
    assert [each.status for each in await link.controls(programs)] == [ControlStatus.CANCELLED]


async def test_event_that_was_called_off_while_nobody_heard_is_noticed(
    link: EzspGateway, gateway: SimulatedGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load_control, "_REFRESH_SECONDS", 0.0)
    lfdi = link.unused_lfdi([])
    assert lfdi is not None
    href = await link.announce(16, lfdi)
    await gateway.enroll(lfdi, 1)
    programs = await eventually(partial(link.device_programs, href))
    made = await gateway.publish(program=1)
    assert [each.status for each in await link.controls(programs)] == [ControlStatus.ACTIVE]
    await gateway.fault("silence")
    await gateway.cancel(made["number"])
    await gateway.mend()
    assert [each.status for each in await link.controls(programs)] == [ControlStatus.CANCELLED]


@pytest.mark.use_case("UR-P")
@pytest.mark.parametrize(
    ("status", "code"),
    [
        *((status, int(status)) for status in ResponseStatus if status <= 10),
        (ResponseStatus.SUPERSEDED_BY_OTHER_PROGRAM, 0x07),
        (ResponseStatus.REJECTED_INVALID, 0xFE),
        (ResponseStatus.REJECTED_EXPIRED, 0xFB),
        (ResponseStatus.REJECTED_PARAMETER, 0xFE),
    ],
    ids=lambda value: value.name.lower() if isinstance(value, ResponseStatus) else f"{value:02X}",
)
async def test_answers_have_the_codes_of_smart_energy(
    link: EzspGateway, gateway: SimulatedGateway, status: ResponseStatus, code: int
) -> None:
    """Case L10: 2030.5's 252 to 254 never travel over Zigbee (NXP's ``teSE_DRLCEventStatus``)."""
    lfdi, program = await zigbee.enrolled(link, gateway)
    asked = {"cooling_setpoint": 2600, "heating_setpoint": -150, "load_adjustment": 1000, "duty_cycle": 40}
    made = await gateway.publish(program=2, mandatory=True, randomize_duration=60, cooling_offset=20, **asked)
    await zigbee.until(lambda: link._load_controls._events)
    at = datetime.now(UTC)
    applied = {"cooling_setpoint": 26.0, "heating_setpoint": -1.5, "load_adjustment": 90.0, "duty_cycle": 40.0}
    carried_out = code in (2, 3, 8, 9)
    said = applied if carried_out else {}
    await link.respond(ControlResponse(f"{made['number']:08X}", lfdi, status, at, program.href, said))

    (report,) = await reports(gateway)
    assert report == {
        "event_id": made["number"],
        "status": code,
        "time": int(at.timestamp()) - zcl.EPOCH,
        "criticality": 7,
        "event_control": 2,
        "signature_type": 0,
        "endpoint": 2,
        **(FULL if carried_out else NOT_USED),
    }
    (answer,) = await gateway.responses()
    assert (answer["mrid"], answer["lfdi"], answer["status"]) == (made["mrid"], lfdi, code)


async def test_event_that_is_not_known_any_more_is_answered_all_the_same(
    link: EzspGateway, gateway: SimulatedGateway
) -> None:
    lfdi, program = await zigbee.enrolled(link, gateway)
    made = await gateway.publish(program=2)
    await zigbee.until(lambda: link._load_controls._events)
    link._load_controls._events.clear()
    response = ControlResponse(
        f"{made['number']:08X}", lfdi, ResponseStatus.COMPLETED, datetime.now(UTC), program.href
    )
    await link.respond(response)
    (report,) = await reports(gateway)
    assert (report["status"], report["criticality"], report["event_control"]) == (3, 1, 0)
    assert {name: report[name] for name in NOT_USED} == NOT_USED, "nobody knows what was applied"


def test_what_was_applied_is_said_where_it_is_known() -> None:
    applied = event_status.Applied(duty_cycle=60)
    fields = event_status.report(1, event_status.EventStatus.COMPLETED, datetime.now(UTC), None, applied)
    assert (fields["duty_cycle_applied"], fields["load_adjustment_applied"]) == (60, -0x80)


@pytest.mark.parametrize(
    ("status", "other"),
    [
        (0xF9, {"effective": 2**32 - 1}),
        (0xF9, {"effective": zigbee.seconds(timedelta(hours=3))}),
        (0xF8, {"number": 0x52}),
        (0xFD, {"number": 0x53}),
    ],
    ids=["no time", "after the end", "other devices", "no such event"],
)
async def test_cancel_command_that_fits_no_event_is_refused(
    link: EzspGateway, gateway: SimulatedGateway, status: int, other: dict[str, int]
) -> None:
    """NXP's ``DRLC.c`` and Silicon Labs' ``load-control-event-table.c``."""
    _, program = await zigbee.enrolled(link, gateway)
    assert await link.controls([program]) == []
    await pushed(link, gateway, zigbee.event())
    await pushed(link, gateway, zigbee.event(0x52, device_class=zigbee.WATER_HEATER))
    await gateway.frame(zigbee.DRLC, zigbee.cancel(**other), destination=2, secured=True)
    (report,) = await reports(gateway)
    number = other.get("number", 0x51)
    assert (report["event_id"], report["status"], report["endpoint"]) == (number, status, 2)
    assert report["criticality"] == (1 if status == 0xFD else 3)
    controls = await link.controls([program])
    assert {each.status for each in controls} == {ControlStatus.ACTIVE}, "and nothing ends"


async def test_cancel_command_for_others_is_none_of_ours(link: EzspGateway, gateway: SimulatedGateway) -> None:
    _, program = await zigbee.enrolled(link, gateway)
    await link.controls([program])
    for other in ({"group": 3}, {"device_class": zigbee.WATER_HEATER}):
        await gateway.frame(zigbee.DRLC, zigbee.cancel(0x53, **other), destination=2, secured=True)
    await gateway.frame(zigbee.DRLC, zigbee.cancel(0x53), destination=3, secured=True)
    await gateway.frame(zigbee.DRLC, zigbee.cancel(0x54), destination=2, secured=True)
    (report,) = await reports(gateway)
    assert (report["event_id"], report["status"]) == (0x54, 0xFD)


async def test_events_are_cancelled_at_their_time_and_all_at_once(
    link: EzspGateway, gateway: SimulatedGateway
) -> None:
    _, program = await zigbee.enrolled(link, gateway)
    await link.controls([program])
    await gateway.frame(zigbee.DRLC, zcl.command(9, 0x02, t.uint8_t(0)), destination=2, secured=True)
    (report,) = await reports(gateway)
    assert (report["event_id"], report["status"]) == (0, 0xF8), "there is none"

    await pushed(link, gateway, zigbee.event())
    await pushed(link, gateway, zigbee.cancel(effective=zigbee.seconds(timedelta(minutes=30))))
    (control,) = await link.controls([program])
    assert control.status is ControlStatus.ACTIVE
    await pushed(link, gateway, zigbee.event(0x52, start=zigbee.seconds(timedelta(days=1))))
    await pushed(link, gateway, zcl.command(9, 0x02, t.uint8_t(1)))
    later = {each.id: each.status for each in await link.controls([program])}
    assert later["00000052"] is ControlStatus.CANCELLED_RANDOMIZED
    assert len(await reports(gateway)) == 1


async def test_cancel_command_before_events_are_asked_for_is_no_mistake(
    link: EzspGateway, gateway: SimulatedGateway
) -> None:
    await zigbee.enrolled(link, gateway)
    await pushed(link, gateway, zigbee.cancel())  # has the hub read at once
    assert (await gateway.network())["reports"] == []


@pytest.mark.parametrize(
    ("status", "other"),
    [
        (0xFE, {"duration": 1441}),
        (0xFE, {"start": 2**32 - 1}),
        (0xFB, {"start": zigbee.seconds(timedelta(hours=-4))}),
    ],
    ids=["too long", "no time", "long over"],
)
async def test_event_that_cannot_be_is_refused_once(
    link: EzspGateway, gateway: SimulatedGateway, status: int, other: dict[str, int]
) -> None:
    _, program = await zigbee.enrolled(link, gateway)
    for _repeat in range(2):
        await gateway.frame(zigbee.DRLC, zigbee.event(**other), destination=2, secured=True)
    (report,) = await reports(gateway)
    assert (report["event_id"], report["status"], report["criticality"]) == (0x51, status, 3)
    assert {name: report[name] for name in NOT_USED} == NOT_USED
    assert await link.controls([program]) == []
    assert len(await reports(gateway)) == 1


async def test_writing_what_cannot_be_is_refused(link: EzspGateway, gateway: SimulatedGateway) -> None:
    """Randomization is at most 60 minutes (Exegin's ``zcl.drlc.c``); the device class is ours to say."""
    _, program = await zigbee.enrolled(link, gateway)
    client = link._load_controls._clients[2]
    values = {0x0001: t.uint8_t(5), 0x0002: t.uint8_t(61), 0x0003: t.uint16_t(0), 0x0099: t.uint8_t(1)}
    write = zigbee.attributes(GeneralCommand.Write_Attributes, values)
    await gateway.frame(zigbee.DRLC, write, destination=2, secured=True)
    await zigbee.until(lambda: client.start_minutes == 5)
    assert (client.stop_minutes, client.device_class, client.group) == (30, zigbee.POOL_PUMP, program.primacy)


@pytest.mark.use_case("UR-P")
async def test_event_that_begins_now_has_begun_when_it_is_heard_again_after_a_restart(
    link: EzspGateway, gateway: SimulatedGateway
) -> None:
    """A meter may list what it was told as it was told, with a StartTime of 0: it must not last its time anew."""
    _, program = await zigbee.enrolled(link, gateway)
    await pushed(link, gateway, zigbee.event())
    (before,) = await link.controls([program])
    kept = json.loads(json.dumps(link.snapshot()))
    await link.close()

    again = opened(gateway, known=True)
    again.restore(kept)
    await again.controls([program])
    await pushed(again, gateway, zigbee.event())
    (after,) = await again.controls([program])
    assert (after.id, after.start, after.end) == (before.id, before.start, before.end)
    later = json.loads(json.dumps(again.snapshot()))
    assert later["begun"] == kept["begun"] != {}, "and so after one more"
    await again.close()


@pytest.mark.use_case("UR-P")
async def test_event_that_is_heard_before_the_clock_is_read_again_goes_by_what_it_was(
    link: EzspGateway, gateway: SimulatedGateway
) -> None:
    """A meter four hours behind asks for something now: by our clock, that would be over."""
    _, program = await zigbee.enrolled(link, gateway)
    await gateway.fault("wrong_clock", seconds=-4 * 3600)
    await link.read([], include_clock=True)
    kept = json.loads(json.dumps(link.snapshot()))
    await link.close()

    again = opened(gateway, known=True)
    again.restore(kept)
    await again.controls([program])
    await pushed(again, gateway, zigbee.event(start=zigbee.seconds(timedelta(hours=-4))))
    (control,) = await again.controls([program])
    assert control.status is ControlStatus.ACTIVE
    await again.close()
