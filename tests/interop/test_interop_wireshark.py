"""What meter and client say to each other over Zigbee Smart Energy, taken apart by Wireshark.

Both sides here have the fields of the commands from tables of ours, by zigpy's types, as zigpy has none of them. What
the client makes of a frame, what the utility wanted said and what Wireshark reads in it have to be one.
``script/interop-zigbee`` names the program in ``TSHARK``; this file is collected there only.

Wireshark (4.0) shows three fields otherwise than it names them: a load adjustment below zero as "Not Used", an
effective time under some of its bits, and the end of fast polling from 1970 on. Their numbers are compared, or none.
"""

import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from bellows.ezsp import EZSP
from zigpy.zcl.foundation import Direction, ZCLHeader

from custom_components.utility_han.esi import ControlResponse, ControlStatus, EventResponse, Priority, ResponseStatus
from custom_components.utility_han.gateway.zigbee.client import EzspGateway
from custom_components.utility_han.gateway.zigbee.clusters import Drlc
from custom_components.utility_han.gateway.zigbee.event_status import EventStatus
from custom_components.utility_han.gateway.zigbee.load_control import category_of
from custom_components.utility_han.gateway.zigbee.radio import Radio
from simulator.zigbee import zcl
from simulator.zigbee.air import SMART_ENERGY
from tests.conftest import STANDARD, GatewayFactory, SimulatedGateway
from tests.helpers import wireshark, zigbee
from tests.helpers.states import eventually
from tests.helpers.wireshark import Seen, Sent

TSHARK = os.environ["TSHARK"]
pytestmark = [pytest.mark.interop, pytest.mark.timeout(300)]


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[Sent]:
    """Every message of Smart Energy that passes bellows, either way."""
    found: list[Sent] = []
    take, send = EZSP.handle_callback, Radio.send

    def handle_callback(ezsp: EZSP, name: str, arguments: list[Any]) -> None:
        if name == "incomingMessageHandler" and arguments[1].profileId == SMART_ENERGY:
            found.append(Sent(int(arguments[1].clusterId), bytes(arguments[-1]), to_client=True))
        take(ezsp, name, arguments)

    async def send_frame(
        radio: Radio, profile: int, cluster: int, endpoint: int, destination: int, payload: bytes, *, secured: bool
    ) -> None:
        if profile == SMART_ENERGY:
            found.append(Sent(cluster, payload, to_client=False))
        await send(radio, profile, cluster, endpoint, destination, payload, secured=secured)

    monkeypatch.setattr(EZSP, "handle_callback", handle_callback)
    monkeypatch.setattr(Radio, "send", send_frame)
    return found


@pytest.fixture
async def gateway(make_gateway: GatewayFactory) -> SimulatedGateway:
    """A meter whose network radios with certificates of Smart Energy join."""
    return await make_gateway(**STANDARD, zigbee=True, certified=True)


@pytest.fixture
async def link(gateway: SimulatedGateway, heard: list[Sent]) -> AsyncIterator[EzspGateway]:
    """A client whose radio has joined the meter's network."""
    async with zigbee.joined(gateway) as link:
        yield link


def looked_at(heard: list[Sent], folder: Path) -> list[Seen]:
    """Return what Wireshark makes of all that was heard, every frame and code of which it has to know."""
    seen = wireshark.look(TSHARK, folder, heard)
    assert not [(each.sent, each.command) for each in seen if each.malformed or not each.command]
    strange = [
        (each.command, found.said)
        for each in seen
        for fields in each.fields.values()
        for found in fields
        if any(word in found.said for word in ("Unknown", "Reserved for future"))
    ]
    assert not strange
    return seen


def named(seen: list[Seen], command: str) -> list[Seen]:
    """Return the frames of a command."""
    return [each for each in seen if each.command == command]


def moment(shown: str) -> datetime:
    """Return a moment as Wireshark writes it, by Zigbee's epoch."""
    return datetime.strptime(shown.removesuffix(" UTC").partition(".")[0], "%b %d, %Y %H:%M:%S").replace(tzinfo=UTC)


@pytest.mark.use_case("IP-6", "IP-7", "IP-8")
async def test_a_radio_with_a_certificate_joins(
    link: EzspGateway, gateway: SimulatedGateway, heard: list[Sent], tmp_path: Path
) -> None:
    assert (await link.identify()).accepts_us
    seen = looked_at(heard, tmp_path)
    steps = ["Initiate Key Establishment", "Ephemeral Data", "Confirm Key Data"]
    commands = [each.command for each in seen if each.sent.cluster == zigbee.KEY_ESTABLISHMENT]
    assert [each.removesuffix(" Request").removesuffix(" Response") for each in commands] == [
        each for step in steps for each in (step, step)
    ]
    of_client, of_meter = (each for each in seen if each.command.startswith(steps[0]))
    for each in (of_client, of_meter):
        assert "CBKE K163" in each["ke.attr.suite"].said
    subject = of_client["ke.cert.subject"].show.replace(":", "").upper()
    assert subject == gateway.radio()["eui64"]
    assert of_client["ke.cert.issuer"].show == of_meter["ke.cert.issuer"].show


@pytest.mark.use_case("IP-7", "IP-10")
async def test_registers_and_intervals_are_what_the_meter_said(
    link: EzspGateway, heard: list[Sent], tmp_path: Path
) -> None:
    read = await link.read([each.key for each in link.known_registers()])
    intervals = await link.intervals("delivered", datetime.now(UTC) - timedelta(hours=3))
    seen = looked_at(heard, tmp_path)
    told: dict[str, str] = {}
    for each in named(seen, "Read Attributes Response"):
        names = [found.said.removeprefix("Attribute: ").rpartition(" (")[0] for found in each.all("met.attr_id")]
        states = [found.show for found in each.all("zbee_zcl.attr.status")]
        there = [name for name, status in zip(names, states, strict=False) if status == "0x00"]
        values = [found.show for found in each.values if names]
        told |= dict(zip(there, values, strict=True))
    assert told["Unit of Measure"] == "0", "kWh"
    size = Fraction(int(told["Multiplier"]), int(told["Divisor"])) * 1000
    for key, attribute in {
        "energy_summation_delivered": "Current Summation Delivered",
        "energy_summation_received": "Current Summation Received",
        "energy_summation_delivered_tier_2": "Current Tier 2 Summation Delivered",
        "power": "Instantaneous Demand",
    }.items():
        assert read.values[key] == pytest.approx(float(int(told[attribute]) * size)), attribute

    profile = named(seen, "Get Profile Response")[-1]
    assert profile["met.get_profile_response.profile_interval_period"].show == "3", "15 minutes"
    energies = [float(int(each.show) * size) for each in profile.all("met.get_profile_response.intervals")]
    end = moment(profile["met.get_profile_response.end_time"].show)
    newest_first = intervals[::-1]
    assert newest_first, "it has counted for hours"
    ends = [end - number * timedelta(minutes=15) for number in range(len(intervals))]
    assert [each.end for each in newest_first] == ends
    assert [each.energy for each in newest_first] == pytest.approx(energies[: len(intervals)])


@pytest.mark.use_case("IP-8")
async def test_prices_are_what_the_meter_said(link: EzspGateway, heard: list[Sent], tmp_path: Path) -> None:
    prices = await link.prices()
    assert prices is not None
    told = {}
    for each in named(looked_at(heard, tmp_path), "Publish Price"):
        digits, tier = (int(each[f"price.{name}"].show, 0) for name in ("trailing_digit", "tier"))
        begin = moment(each["price.start_time"].show)
        length = timedelta(minutes=int(each["price.duration_in_minutes"].show))
        told[begin] = (begin + length, tier, int(each["price.price"].show) / 10**digits)
        assert int(each["price.currency"].show, 0) == 840, "ISO 4217: USD"
        assert each["price.unit_of_measure"].show == "0x00", "kWh"
    assert prices.currency == "USD"
    assert len(told) > 1, "it tells of hours to come"
    assert told == {each.start: (each.end, each.tier, pytest.approx(each.per_kwh)) for each in prices.prices}


@pytest.mark.use_case("IP-8", "UR-P")
async def test_a_message_is_shown_and_confirmed_as_both_mean_it(
    link: EzspGateway, gateway: SimulatedGateway, heard: list[Sent], tmp_path: Path
) -> None:
    await gateway.send("Peak today", priority=2)
    message = next(each for each in await link.messages() if each.text == "Peak today")
    assert message.answer is not None
    at = datetime.now(UTC).replace(microsecond=0)
    answer = message.answer
    status = ResponseStatus.ACKNOWLEDGED
    await link.respond(EventResponse(answer.kind, answer.subject, link.client_lfdi, status, at, answer.reply_to))
    await gateway.recall(2)
    await eventually(link.messages, lambda known: message.text not in [each.text for each in known])

    seen = looked_at(heard, tmp_path)
    shown = [each for each in named(seen, "Display Message") if each["msg.message"].show == message.text][-1]
    assert shown["msg.message.ctrl.importance"].said.endswith("Importance: High (0x2)")
    assert message.priority is Priority.HIGH
    assert shown["msg.message.ctrl.confirm"].said.endswith("Confirmation: Required")
    begin, minutes = shown["msg.message.start_time"].said, int(shown["msg.message.duration"].show)
    assert moment(begin.removeprefix("Start Time: ")) == message.start.replace(microsecond=0)
    assert message.end == message.start + timedelta(minutes=minutes)
    (confirmed,) = named(seen, "Message Confirmation")
    assert confirmed["msg.message.id"].show == shown["msg.message.id"].show
    assert moment(confirmed["msg.message.confirm_time"].show) == at
    cancelled = named(seen, "Cancel Message")
    assert [each["msg.message.id"].show for each in cancelled] == [shown["msg.message.id"].show]


@pytest.mark.use_case("UR-P", "UR-12")
async def test_a_load_control_is_what_the_utility_asked_for(
    link: EzspGateway, gateway: SimulatedGateway, heard: list[Sent], tmp_path: Path
) -> None:
    lfdi, program = await zigbee.enrolled(link, gateway)
    made = await gateway.publish(
        program=2, mandatory=True, duration=5400, cooling_offset=25, heating_setpoint=1800, load_adjustment=3000,
        duty_cycle=60, randomize_start=60,
    )  # fmt: skip
    await zigbee.until(lambda: link._load_controls._events)
    (control,) = await link.controls([program])
    at = datetime.now(UTC).replace(microsecond=0)
    done = {"heating_setpoint": 18.0, "load_adjustment": 90.0}
    await link.respond(ControlResponse(control.id, lfdi, ResponseStatus.STARTED, at, program.href, done))
    await gateway.cancel(made["number"])
    await eventually(lambda: link.controls([program]), lambda found: found[0].status is ControlStatus.CANCELLED)

    seen = looked_at(heard, tmp_path)
    event = named(seen, "Load Control Event")[0]
    shown = {name: event[f"drlc.{name}"].said.partition(": ")[2] for name in _OF_AN_EVENT}
    assert shown == {
        "utility_enrollment_group": "0x02",
        "duration_in_minutes": "90",
        "criticality_level": "Emergency (0x07)",
        "cooling_temperature_offset": "+2.50°C",
        "heating_temperature_offset": "Not Used",
        "cooling_temperature_set_point": "Not Used",
        "heating_temperature_set_point": "+18.00°C",
        "duty_cycle": "0x3c",
        "randomize_start_time": "Randomize Start time",
    }
    assert event["drlc.average_load_adjustment_percentage"].show == "-30"
    assert int(event["drlc.issuer_id"].show, 0) == int(control.id, 16)
    assert moment(event["drlc.start_time"].said.removeprefix("Start Time: ")) == control.start.replace(microsecond=0)
    assert (control.duration, control.mandatory) == (timedelta(minutes=90), True)
    assert (control.cooling_offset, control.heating_offset) == (2.5, None)
    assert (control.cooling_setpoint, control.heating_setpoint) == (None, 18.0)
    assert (control.load_adjustment, control.duty_cycle) == (70.0, 60)

    (report,) = named(seen, "Report Event Status")
    assert int(report["drlc.report_event.issuer_id"].show, 0) == int(control.id, 16)
    assert "Event started" in report["drlc.report_event.event_status"].said
    assert moment(report["drlc.report_event.event_status_time"].show) == at
    applied = {name: report[f"drlc.report_event.{name}_applied"] for name in _APPLIED}
    assert applied["criticality_level"].said.endswith("Emergency (0x07)")
    assert applied["cooling_temperature_set_point"].said.endswith("Not Used")
    assert applied["heating_temperature_set_point"].said.endswith("+18.00°C")
    assert applied["average_load_adjustment_percentage"].show == "-10"
    assert report["drlc.report_event.duty_cycle_applied"].show == "0xff", "it keeps to none"
    assert report["drlc.report_event.event_control"].show == event["drlc.event_control"].show == "0x01"
    assert "No Signature" in report["drlc.report_event.signature_type"].said

    (cancel,) = named(seen, "Cancel Load Control Event")
    assert cancel["drlc.issuer_id"].show == event["drlc.issuer_id"].show
    assert cancel["drlc.device_class"].show == event["drlc.device_class"].show


_OF_AN_EVENT = (
    "utility_enrollment_group", "duration_in_minutes", "criticality_level", "cooling_temperature_offset",
    "heating_temperature_offset", "cooling_temperature_set_point", "heating_temperature_set_point", "duty_cycle",
    "randomize_start_time",
)  # fmt: skip
_APPLIED = (
    "criticality_level", "cooling_temperature_set_point", "heating_temperature_set_point",
    "average_load_adjustment_percentage",
)  # fmt: skip
_STATUSES = {
    EventStatus.RECEIVED: "Load Control Event command received",
    EventStatus.STARTED: "Event started",
    EventStatus.COMPLETED: "Event completed",
    EventStatus.OPTED_OUT: 'User has chosen to "Opt-Out"',
    EventStatus.OPTED_IN: 'User has chosen to "Opt-In"',
    EventStatus.CANCELLED: "The event has been cancelled",
    EventStatus.SUPERSEDED: "The event has been superseded",
    EventStatus.PARTIALLY_COMPLETED_OPT_OUT: 'Event partially completed with User "Opt-Out"',
    EventStatus.PARTIALLY_COMPLETED_OPT_IN: 'Event partially completed due to User "Opt-In"',
    EventStatus.COMPLETED_WITHOUT_PARTICIPATION: "Event completed, no User participation",
    EventStatus.INVALID_CANCEL: "Rejected - Invalid Cancel Command (Default)",
    EventStatus.INVALID_CANCEL_TIME: "Rejected - Invalid Cancel Command (Invalid Effective Time)",
    EventStatus.EXPIRED: "Rejected - Event was received after it had expired",
    EventStatus.INVALID_CANCEL_UNDEFINED: "Rejected - Invalid Cancel Command (Undefined Event)",
    EventStatus.REJECTED: "Load Control Event command Rejected",
}
_CLASSES = {
    "hvac_compressor_or_furnace": (0,),
    "strip_heaters_baseboard_heaters": (1, 2),
    "water_heater": (3,),
    "pool_pump_spa_jacuzzi": (4, 5, 6),
    "smart_appliances": (7,),
    "irrigation_pump": (8,),
    "managed_c_i_loads": (9,),
    "simple_misc_loads": (10, 13),
    "exterior_lighting": (11,),
    "interior_lighting": (12,),
    "electric_vehicle": (16, 17),
    "generation_systems": (21,),
}
"""Device classes as Wireshark names their bits, in their order, and DeviceCategoryType by the names of sep.xsd."""


def test_every_code_of_a_report_means_what_it_is_called(tmp_path: Path) -> None:
    command = Drlc.ServerCommandDefs.report_event_status
    head = ZCLHeader.cluster(1, command.id, direction=Direction.Client_to_Server).serialize()
    said = {each.name: 0 for each in command.schema.fields} | {"signature": bytes(42)}
    frames = [
        Sent(zigbee.DRLC, head + command.schema(**said | {"event_status": code}).serialize(), to_client=False)
        for code in _STATUSES
    ]
    assert set(_STATUSES) == set(EventStatus)
    for code, each in zip(_STATUSES, wireshark.look(TSHARK, tmp_path, frames), strict=True):
        assert not each.malformed
        told = each["drlc.report_event.event_status"].said.removeprefix("Event Status: ")
        begin_so = [name for name, text in _STATUSES.items() if told.startswith(text)]
        assert max(begin_so, key=lambda name: len(_STATUSES[name])) is code, "one name begins as another does"


def test_every_device_class_means_the_same_devices(tmp_path: Path) -> None:
    frames = [Sent(zigbee.DRLC, zigbee.event(device_class=1 << bit), to_client=True) for bit in range(len(_CLASSES))]
    seen = wireshark.look(TSHARK, tmp_path, frames)
    for bit, (name, categories) in enumerate(_CLASSES.items()):
        classes = {field for field in _CLASSES if seen[bit][f"drlc.device_class.{field}"].show == "1"}
        assert classes == {name}
        assert category_of(1 << bit) == sum(1 << category for category in categories)


def test_what_calls_off_all_events_is_known(tmp_path: Path) -> None:
    command = Drlc.ClientCommandDefs.cancel_all_load_control_events
    (seen,) = wireshark.look(
        TSHARK, tmp_path, [Sent(zigbee.DRLC, zcl.command(1, command.id, command.schema(1)), to_client=True)]
    )
    assert (seen.command, seen.malformed) == ("Cancel All Load Control Events", False)
    assert seen["drlc.cancel_control.event_in_process"].show == "1"
