"""Programs, controls and what devices answer, on the wire and at the control endpoint."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from aio2030dot5.identity import Identity, generate_identity
from py20305.models import sep
from py20305.xml import from_xml

from simulator.fleet.fleet import Fleet
from simulator.gateway.load_controls import EventStatus
from simulator.gateway.parameters import BadParameterError
from simulator.gateway.settings import read_settings
from simulator.gateway.state import GatewayState
from simulator.gateway.store import GatewayStore
from simulator.gateway.wire import render, typed
from tests.simulator.documents import end_device, response

if TYPE_CHECKING:
    from tests.simulator.conftest import Control, Http, OpenHttp

type Json = dict[str, Any]


class Bench:
    """A gateway with one registered client."""

    def __init__(self, control: Control, http: Http, path: str) -> None:
        self.control, self.http, self.path = control, http, path

    async def publish(self, **said: Any) -> Json:
        made: Json = await self.control.call("POST", f"{self.path}/controls", said, status=201)
        return made

    async def get[T](self, path: str, model: type[T]) -> T:
        status, body, _ = await self.http.call("GET", path)
        assert status == 200, path
        return from_xml(body, model)

    async def statuses(self, program: int = 1, where: str = "edc") -> dict[str, int]:
        """currentStatus by the last part of href, in the order of the list."""
        listed = await self.get(f"/dr/{program}/{where}?l=25", sep.EndDeviceControlList)
        return {
            (each.href or "").rpartition("/")[2]: each.event_status.current_status
            for each in listed.end_device_control
        }


@pytest.fixture
async def bench(control: Control, open_http: OpenHttp, client: Identity) -> Bench:
    gateway = await control.gateway()
    path = f"/gateways/{gateway['id']}"
    await control.call("POST", f"{path}/registrations", {"lfdi": client.lfdi})
    return Bench(control, await open_http(gateway, client), path)


async def test_programs_and_enrolment(bench: Bench, client: Identity) -> None:
    programs = await bench.get("/dr?l=9", sep.DemandResponseProgramList)
    named = [(each.description, each.primacy.value) for each in programs.demand_response_program]
    assert named == [("EV Smart Charge", 1), ("Peak Saver", 2)]
    assert programs.subscribable == 1
    capability = await bench.get("/dcap", sep.DeviceCapability)
    assert capability.demand_response_program_list_link is not None
    assert capability.demand_response_program_list_link.all == 2
    made = await bench.control.call(
        "POST", f"{bench.path}/programs", {"description": "Winter", "primacy": 3}, status=201
    )
    assert made == {"number": 3, "description": "Winter", "primacy": 3, "enrolled": []}

    device = f"devices/{client.lfdi.lower()}"
    assert (await bench.get("/edev/1/fsa?l=9", sep.FunctionSetAssignmentsList)).all == 1
    shown = await bench.control.call("PUT", f"{bench.path}/programs/3/{device}")
    assert shown["enrolled"] == [client.lfdi]
    assigned = (await bench.get("/edev/1/fsa?l=9", sep.FunctionSetAssignmentsList)).function_set_assignments[1]
    assert (assigned.description, assigned.href) == ("Winter", "/edev/1/fsa/4")
    assert assigned.response_set_list_link is not None
    assert assigned.demand_response_program_list_link is not None
    listed = await bench.get(assigned.demand_response_program_list_link.href, sep.DemandResponseProgramList)
    assert [each.href for each in listed.demand_response_program] == ["/dr/3"]
    assert (await bench.http.call("GET", "/edev/1/fsa/1/dr"))[0] == 404
    assert (await bench.http.call("GET", "/edev/1/fsa/2"))[0] == 404
    await bench.control.call("DELETE", f"{bench.path}/programs/3/{device}")
    assert (await bench.get("/edev/1/fsa?l=9", sep.FunctionSetAssignmentsList)).all == 1

    await bench.control.call("PUT", f"{bench.path}/programs/1/{device}")
    await bench.control.call("DELETE", f"{bench.path}/registrations/{client.lfdi}")
    listed = await bench.control.call("GET", f"{bench.path}/programs")
    assert [each["enrolled"] for each in listed] == [[], [], []]


async def test_a_control_as_it_was_ordered(bench: Bench) -> None:
    now = int(time.time())
    made = await bench.publish(
        start_in=600, duration=900, randomize_start=-60, randomize_duration=120, device_category=0x2000,
        mandatory=True, duty_cycle=40, cooling_offset=15, heating_offset=10, load_adjustment=5000,
        cooling_setpoint=2600, heating_setpoint=1700, appliance_load_reduction=1, override_duration=300,
        mrid="0123456789abcdef0123456789abcdef",
    )  # fmt: skip
    assert (made["number"], made["mrid"], made["status"]) == (1, "0123456789ABCDEF0123456789ABCDEF", 0)
    control = await bench.get("/dr/1/edc/1", sep.EndDeviceControl)
    assert (control.reply_to, control.response_required) == ("/rsps/1/rsp", b"\x03")
    assert control.m_rid.value.hex().upper() == made["mrid"]
    assert now + 600 <= control.interval.start.value <= now + 602
    assert control.interval.duration == 900
    assert (control.randomize_start and control.randomize_start.value) == -60
    assert (control.randomize_duration and control.randomize_duration.value) == 120
    assert control.device_category.value == b"\x00\x00\x20\x00"
    assert control.dr_program_mandatory
    assert control.duty_cycle is not None
    assert control.duty_cycle.normal_value == 40
    assert control.offset is not None
    assert (control.offset.cooling_offset, control.offset.heating_offset) == (15, 10)
    assert control.offset.load_adjustment_percentage_offset is not None
    assert control.offset.load_adjustment_percentage_offset.value == 5000
    assert control.set_point is not None
    assert (control.set_point.cooling_setpoint, control.set_point.heating_setpoint) == (2600, 1700)
    assert control.appliance_load_reduction is not None
    assert control.appliance_load_reduction.type_value.value == 1
    assert control.override_duration == 300
    bare = await bench.publish(program=2)
    control = await bench.get(f"/dr/2/edc/{bare['number']}", sep.EndDeviceControl)
    assert (control.duty_cycle, control.offset, control.set_point) == (None, None, None)
    assert control.device_category.value == b"\x03\xff\xff\xff", "no bit that is reserved"
    assert (await bench.http.call("GET", "/dr/1/edc/2"))[0] == 404
    assert (await bench.http.call("GET", "/dr/9/edc"))[0] == 404


async def test_status_follows_time_and_the_utility(bench: Bench) -> None:
    await bench.publish(start_in=5000, duration=60)
    await bench.publish(start_in=-60, duration=600)
    await bench.publish(start_in=-600, duration=60)
    await bench.publish(start_in=30, duration=10, randomize_start=-60, device_category=1)
    await bench.publish(program=2, start_in=-3 * 86400, duration=60)
    # By start; what is over keeps the status it had and is in the active list no more.
    assert await bench.statuses() == {"3": 1, "2": 1, "4": 1, "1": 0}
    assert await bench.statuses(where="actedc") == {"2": 1, "4": 1}
    assert await bench.statuses(2) == {"5": 1}
    cancelled = await bench.control.call("POST", f"{bench.path}/controls/1/cancel")
    assert cancelled["status"] == 2
    await bench.control.call("POST", f"{bench.path}/controls/2/cancel", {"randomized": True})
    assert await bench.statuses() == {"3": 1, "2": 3, "4": 1, "1": 2}
    assert await bench.statuses(where="actedc") == {"4": 1}
    shown = await bench.control.call("GET", f"{bench.path}/controls")
    assert [each["status"] for each in shown] == [2, 3, 1, 1, 1]


async def test_what_is_over_for_a_day_is_not_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = GatewayState("1", read_settings({}))
    events, now = gateway.demand_response, time.time()
    control = events.publish(1, duration=60)
    for later, listed, active in ((59, 1, 1), (61, 1, 0), (86459, 1, 0), (86461, 0, 0)):
        monkeypatch.setattr(time, "time", lambda later=later: now + later)
        assert (len(events.listed(1)), len(events.active(1))) == (listed, active), later
        assert events.standing(control).status is EventStatus.ACTIVE
    events.publish(1)
    assert [each.number for each in events.controls] == [2]


async def test_supersession(monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = GatewayState("1", read_settings({}))
    events, now = gateway.demand_response, time.time()
    first = events.publish(1, duration=1000, device_category=0b11)
    part = events.publish(1, start_in=100, duration=100, device_category=0b01)
    assert events.standing(first).potentially_superseded_at is not None
    assert events.standing(part).potentially_superseded_at is None
    other = events.publish(2, start_in=2000, duration=10)
    lower = events.publish(1, start_in=2005, duration=10)
    assert events.standing(lower).potentially_superseded_at is not None
    assert events.standing(other).potentially_superseded_at is None
    elsewhere = events.publish(1, start_in=500, device_category=0b100)
    whole = events.publish(1, start_in=500, duration=10, device_category=0b11)
    called_off = events.publish(1, start_in=300, duration=10, device_category=0b11)
    events.cancel(called_off.number)

    def statuses() -> list[EventStatus]:
        return [events.standing(each).status for each in (first, part, whole, elsewhere)]

    assert statuses() == [EventStatus.ACTIVE, EventStatus.SCHEDULED, EventStatus.SCHEDULED, EventStatus.SCHEDULED]
    monkeypatch.setattr(time, "time", lambda: now + 150)
    assert statuses() == [EventStatus.ACTIVE, EventStatus.ACTIVE, EventStatus.SCHEDULED, EventStatus.SCHEDULED]
    monkeypatch.setattr(time, "time", lambda: now + 505)
    assert statuses() == [EventStatus.SUPERSEDED, EventStatus.ACTIVE, EventStatus.ACTIVE, EventStatus.ACTIVE]
    assert events.standing(first).since == whole.start


async def test_what_xml_cannot_carry(bench: Bench) -> None:
    for said, reason in (
        ({"duty_cycle": 256}, "duty_cycle must be between 0 and 255"),
        ({"randomize_start": 2**15}, "randomize_start must be between"),
        ({"device_category": 2**32}, "device_category must be between"),
        ({"mrid": "12"}, "32 hex digits"),
        ({"mrid": "x" * 32}, "mrid: "),
        ({"colour": "red"}, "unknown: colour; known: program, start"),
        ([], "expected a JSON object"),
    ):
        error = await bench.control.call("POST", f"{bench.path}/controls", said, status=400)
        assert reason in error["error"], said
    for method, path, data, status in (
        ("POST", "controls", {"program": 3}, 404),
        ("POST", "controls/1/cancel", None, 404),
        ("POST", "controls/x/cancel", None, 400),
        ("PUT", f"programs/9/devices/{'AB' * 20}", None, 404),
        ("PUT", "programs/1/devices/12", None, 400),
        ("POST", "programs", {"description": "x" * 33}, 400),
    ):
        await bench.control.call(method, f"{bench.path}/{path}", data, status=status)
    with pytest.raises(BadParameterError):
        GatewayState("1", read_settings({})).demand_response.add_program("x\ny")


async def test_responses(bench: Bench, client: Identity, stranger: Identity) -> None:
    control = await bench.publish(duty_cycle=50)
    again = await bench.publish(mrid=control["mrid"])
    assert again["mrid"] == control["mrid"]
    document = response(control["mrid"], client.lfdi, 1)
    status, _, headers = await bench.http.call("POST", "/rsps/1/rsp", document)
    assert (status, headers["Location"]) == (201, "/rsps/1/rsp/1")
    status, _, headers = await bench.http.call("POST", "/rsps/1/rsp", document)
    assert (status, headers["Location"]) == (201, "/rsps/1/rsp/1")
    extras = {"duty_cycle": 50, "cooling_offset": 5, "cooling_setpoint": -10, "load_adjustment": 20}
    document = response(control["mrid"], client.lfdi, 2, **extras)
    assert (await bench.http.call("POST", "/rsps/1/rsp", document))[2]["Location"] == "/rsps/1/rsp/2"
    stored = await bench.get("/rsps/1/rsp/2", sep.DrResponse)
    assert stored.duty_cycle is not None
    assert (stored.status, stored.duty_cycle.normal_value) == (2, 50)
    listed = await bench.get("/rsps/1/rsp?l=9", sep.ResponseList)
    assert [isinstance(each, sep.DrResponse1) for each in listed.response] == [False, True]
    assert (await bench.http.call("GET", "/rsps/1/rsp/3"))[0] == 404

    device = generate_identity()
    for subject, lfdi, expected in (
        ("00" * 16, client.lfdi, 404),
        (control["mrid"], stranger.lfdi, 403),
        (control["mrid"], device.lfdi, 403),
    ):
        assert (await bench.http.call("POST", "/rsps/1/rsp", response(subject, lfdi, 1)))[0] == expected
    assert (await bench.http.call("POST", "/rsps/1/rsp", b"<x/>"))[0] == 400
    assert (await bench.http.call("POST", "/edev", end_device(device.lfdi, device.sfdi)))[0] == 201
    await bench.control.call("PUT", f"{bench.path}/programs/1/devices/{stranger.lfdi}")
    document = response(control["mrid"], stranger.lfdi, 3)
    assert (await bench.http.call("POST", "/rsps/1/rsp", document))[0] == 403, "enrolled, and another's all the same"
    document = response(control["mrid"], device.lfdi, 3)
    assert (await bench.http.call("POST", "/rsps/1/rsp", document))[0] == 201

    shown = await bench.control.call("GET", f"{bench.path}/responses")
    assert [(each["lfdi"], each["status"], each["count"]) for each in shown] == [
        (client.lfdi, 1, 2), (client.lfdi, 2, 1), (device.lfdi, 3, 1),
    ]  # fmt: skip
    assert (shown[1]["mrid"], shown[1]["extras"], shown[1]["created"]) == (control["mrid"], extras, 1_700_000_000)
    await bench.control.call("DELETE", f"{bench.path}/responses", status=204)
    assert await bench.control.call("GET", f"{bench.path}/responses") == []


async def test_only_who_speaks_for_a_device_answers_for_it(
    control: Control, open_http: OpenHttp, client: Identity, stranger: Identity
) -> None:
    """Response.endDeviceLFDI (sep.xsd) is that of the device providing the response."""
    gateway = await control.gateway()
    path, device = f"/gateways/{gateway['id']}", generate_identity()
    for lfdi in (client.lfdi, stranger.lfdi):
        await control.call("POST", f"{path}/registrations", {"lfdi": lfdi})
    home, other = await open_http(gateway, client), await open_http(gateway, stranger)
    assert (await home.call("POST", "/edev", end_device(device.lfdi, device.sfdi)))[0] == 201
    await control.call("PUT", f"{path}/programs/1/devices/{device.lfdi}")
    event = await control.call("POST", f"{path}/controls", {"program": 1})
    for http, lfdi, status in (
        (other, device.lfdi, 403), (other, client.lfdi, 403), (home, device.lfdi, 201), (other, stranger.lfdi, 201),
    ):  # fmt: skip
        said = {"end_device_lfdi": bytes.fromhex(lfdi), "status": 1, "subject": typed(bytes.fromhex(event["mrid"]))}
        assert (await http.call("POST", "/rsps/1/rsp", render("DrResponse", said)))[0] == status
        for kind in ("TextResponse", "PriceResponse", "FlowReservationResponseResponse"):
            assert (await http.call("POST", "/rsps/2/rsp", render(kind, said)))[0] == status
    assert (await home.call("POST", "/rsps/2/rsp", render("DrResponse", said)))[0] == 400
    assert (await home.call("POST", "/rsps/2/rsp", b"no XML"))[0] == 400
    told = await control.call("GET", f"{path}/event_responses")
    assert [(each["kind"], each["lfdi"]) for each in told[:3]] == [
        (kind, device.lfdi) for kind in ("TextResponse", "PriceResponse", "FlowReservationResponseResponse")
    ]
    _, body, _ = await home.call("GET", "/rsps/2/rsp?l=9")
    assert [type(each).__name__ for each in from_xml(body, sep.ResponseList).response] == [
        "TextResponse", "PriceResponse", "FlowReservationResponseResponse",
    ]  # fmt: skip


async def test_riva_has_none_of_it(control: Control, open_http: OpenHttp, client: Identity) -> None:
    gateway = await control.gateway(personality="riva", bad_signature_rate=0)
    path = f"/gateways/{gateway['id']}"
    await control.call("POST", f"{path}/registrations", {"lfdi": client.lfdi})
    assert await control.call("GET", f"{path}/programs") == []
    http = await open_http(gateway, client)
    _, body, _ = await http.call("GET", "/dcap")
    assert b"DemandResponse" not in body
    assert b"ResponseSet" not in body
    for where in ("/dr", "/dr/1", "/rsps", "/rsps/1/rsp", "/edev/1/sub", "/edev/1/fsa/2/dr"):
        assert (await http.call("GET", where))[0] == 404


async def test_kept_over_restarts(tmp_path: Path, fleet: Fleet) -> None:
    settings = read_settings({})
    gateway = await fleet.add(settings, GatewayStore(tmp_path))
    events = gateway.state.demand_response
    events.enroll("AB" * 20, 2)
    control = await gateway.publish_control(1, duty_cycle=50, mrid="AB" * 16)
    events.respond(control.subject, "AB" * 20, 1, 5, "AB" * 20, {"duty_cycle": 50})
    gateway.state.subscriptions.add("AB" * 20, 1, resource="/dr", uri="http://x/", base="", level="+S1", limit=1)
    await gateway.state.changed()
    kept = (await fleet.add(settings, GatewayStore(tmp_path))).state
    assert kept.demand_response.to_dict() == events.to_dict()
    assert kept.subscriptions.to_dict() == gateway.state.subscriptions.to_dict()
    assert kept.demand_response.publish(1).number == 2

    old = gateway.state.to_dict()
    del old["demand_response"], old["subscriptions"]
    kept.load(old)
    fresh = GatewayState("2", settings)
    fresh.load(old)
    assert [program.description for program in fresh.demand_response.programs] == ["Peak Saver", "EV Smart Charge"]


async def test_one_writes_at_a_time_and_the_last_state_is_kept(
    tmp_path: Path, fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = GatewayStore(tmp_path)
    gateway = (await fleet.add(read_settings({}), store)).state
    write, meeting, met = store._write, threading.Barrier(2), []

    def writing(text: str) -> None:
        with suppress(threading.BrokenBarrierError):
            meeting.wait(0.2)
            met.append(text)
        write(text)

    monkeypatch.setattr(store, "_write", writing)
    cut_off = asyncio.ensure_future(gateway.changed())
    await asyncio.sleep(0)
    cut_off.cancel()
    gateway.demand_response.enroll("AB" * 20, 1)
    others = asyncio.gather(gateway.changed(), gateway.changed())
    gateway.demand_response.enroll("AB" * 20, 2)
    await others
    assert not met
    kept = GatewayState("2", read_settings({}))
    kept.load(json.loads((tmp_path / "gateway.json").read_text()))
    assert [program.number for program in kept.demand_response.enrolments("AB" * 20)] == [1, 2]


async def test_a_client_adds_devices(
    control: Control, open_http: OpenHttp, client: Identity, stranger: Identity
) -> None:
    gateway = await control.gateway(pin="123455")
    http, other = await open_http(gateway, client), await open_http(gateway, stranger)
    device = generate_identity()
    document = end_device(device.lfdi, device.sfdi)
    # Who is not registered cannot register others.
    assert (await http.call("POST", "/edev", document))[0] == 403
    assert (await http.call("POST", "/edev", end_device(client.lfdi, client.sfdi)))[0] == 201
    for _ in range(2):
        status, _, headers = await http.call("POST", "/edev", document)
        assert (status, headers["Location"]) == (201, "/edev/2")
    assert (await http.call("POST", "/edev", end_device(None, device.sfdi)))[0] == 400
    assert (await http.call("POST", "/edev", end_device(device.lfdi, client.sfdi)))[0] == 400
    _, body, _ = await http.call("GET", "/edev/2/rg")
    assert from_xml(body, sep.Registration).p_in.value == 123455
    assert control.installed(gateway).state.registrations.accepted(device.lfdi)

    assert (await other.call("POST", "/edev", end_device(stranger.lfdi, stranger.sfdi)))[0] == 201
    assert (await other.call("GET", "/edev/2"))[0] == 200
    assert (await other.call("GET", "/edev/2/fsa"))[0] == 200
    assert (await other.call("GET", "/edev/2/rg"))[0] == 403
    for method in ("PUT", "DELETE"):
        assert (await other.call(method, "/edev/2", document))[0] == 403
    assert (await other.call("POST", "/edev", document))[0] == 403
    assert (await http.call("POST", "/edev", end_device(stranger.lfdi, stranger.sfdi)))[0] == 403

    assert (await http.call("PUT", "/edev/2", document))[0] == 204
    assert (await http.call("PUT", "/edev/2", end_device(client.lfdi, client.sfdi)))[0] == 403
    await control.call("PUT", f"/gateways/{gateway['id']}/programs/1/devices/{device.lfdi}")
    assert (await http.call("DELETE", "/edev/2"))[0] == 204
    assert (await http.call("GET", "/edev/2"))[0] == 404
    programs = await control.call("GET", f"/gateways/{gateway['id']}/programs")
    assert programs[0]["enrolled"] == []


async def test_added_devices_wait_for_the_utility(control: Control, open_http: OpenHttp, client: Identity) -> None:
    gateway = await control.gateway(accept_after_seconds=60)
    path = f"/gateways/{gateway['id']}"
    await control.call("POST", f"{path}/registrations", {"lfdi": client.lfdi})
    http = await open_http(gateway, client)
    device = generate_identity()
    assert (await http.call("POST", "/edev", end_device(device.lfdi, device.sfdi)))[0] == 201
    assert (await control.call("GET", path))["pending"] == [device.lfdi]
    gateway = await control.gateway(registration="out-of-band")
    await control.call("POST", f"/gateways/{gateway['id']}/registrations", {"lfdi": client.lfdi})
    http = await open_http(gateway, client)
    assert (await http.call("POST", "/edev", end_device(device.lfdi, device.sfdi)))[0] == 403
