"""``sep2_client``, a Rust crate that none of us wrote, reads everything that the simulator serves, and what we send.

``script/interop-controls`` builds it and names it in ``SEP2_CLIENT``; this file is collected there only. It comes in
over its own TLS, and reads strictly: what it has no type or value for it refuses. What it read it writes again, which
has to be what was served, element for element; so it took units, multipliers and directions as they are.
"""

import asyncio
import http.client
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from custom_components.utility_han.esi import ControlResponse, EventKind, EventResponse, Priority, ResponseStatus
from custom_components.utility_han.gateway.ieee2030_5.client import Ieee2030_5Gateway
from custom_components.utility_han.gateway.ieee2030_5.identity import create_identity
from tests.conftest import PACING, TIMEOUTS, GatewayFactory, SimulatedGateway
from tests.gateway.test_gateway_vehicle import NOW, REQUEST, STATUS
from tests.helpers.documents import name_of
from tests.helpers.sep2_client import Sep2Client, sep2_client, whole_mrid
from tests.interop.conftest import Stranger, context_of
from tests.simulator.documents import flow_request, power_status, subscription

pytestmark = [pytest.mark.interop, pytest.mark.timeout(300)]

WATER_HEATER = 1 << 3
EVERYTHING: dict[str, Any] = {
    "start_in": 600, "randomize_start": -60, "randomize_duration": 120, "device_category": WATER_HEATER,
    "mandatory": True, "load_shift_forward": True, "duty_cycle": 50, "cooling_offset": 5, "heating_offset": 7,
    "load_adjustment": 4000, "cooling_setpoint": 2650, "heating_setpoint": -100, "appliance_load_reduction": 1,
    "target_type": 2, "target_value": 1500, "override_duration": 300,
}  # fmt: skip
_LINKS = re.compile(r'href="([^"]+)"')
_ENOUGH = re.compile(r"/mr/1[01]/rs/([3-9]|\d\d)|/rs/\d+/r/([2-9]|\d\d)")
"""Of the thousands of intervals some will do."""
_DIGITS = ("localID", "mRID", "subject")
"""The crate writes these without the zeros that they begin with, or with 0x before."""

type Ask = Callable[..., Awaitable[bytes]]


@pytest.fixture
async def gateway(make_gateway: GatewayFactory, stranger: Stranger) -> SimulatedGateway:
    """A gateway that has something of everything, for a stranger in both programs."""
    gateway = await make_gateway(named=True)
    await gateway.register(stranger.lfdi, pin="111115")
    for program in (1, 2):
        await gateway.enroll(stranger.lfdi, program)
    await gateway.publish(program=1, mrid=whole_mrid(), **EVERYTHING)
    await gateway.publish(program=2, mrid=whole_mrid(), start_in=-5, device_category=WATER_HEATER, duty_cycle=0)
    cancelled = await gateway.publish(program=2, mrid=whole_mrid(), start_in=60, device_category=1)
    await gateway.cancel(cancelled["number"], randomized=True)
    await gateway.send("Grüße: Strom wird knapp", priority=3, response_required=4)
    await gateway.log_event(code=1, details="power failed")
    return gateway


async def our_client(gateway: SimulatedGateway) -> Ieee2030_5Gateway:
    """Return Home Assistant's client of a gateway, which knows it."""
    identity = await asyncio.to_thread(create_identity)
    await gateway.register(identity.lfdi)
    return await Ieee2030_5Gateway.create(gateway.host, gateway.port, identity, pacing=PACING, timeouts=TIMEOUTS)


@pytest.fixture
async def crate(gateway: SimulatedGateway, stranger: Stranger) -> AsyncIterator[Sep2Client]:
    """The crate's client, let in by the gateway."""
    async with sep2_client(gateway, stranger.folder, WATER_HEATER) as crate:
        yield crate


@pytest.fixture
def ask(gateway: SimulatedGateway, stranger: Stranger) -> Iterator[Ask]:
    """Ask the gateway as the crate does, for what it answers to the letter."""
    connection = http.client.HTTPSConnection(gateway.host, gateway.port, context=context_of(stranger))

    def blocking(path: str, method: str, document: bytes | None) -> bytes:
        kind = {"Accept": "application/sep+xml"} if document is None else {"Content-Type": "application/sep+xml"}
        connection.request(method, path, document, kind)
        answer = connection.getresponse()
        body = answer.read()
        assert answer.status in (200, 201, 204), (path, body)
        return body

    async def ask(path: str, method: str = "GET", document: bytes | None = None) -> bytes:
        return await asyncio.to_thread(blocking, path, method, document)

    yield ask
    connection.close()


def said(element: ET.Element, where: str = "") -> Iterator[tuple[str, str]]:
    """Yield all that a document says, in order: paths of elements and attributes, and their values."""
    name = element.tag.rpartition("}")[2]
    text = (element.text or "").strip()
    yield f"{where}/{name}", f"{int(text, 16):x}" if name in _DIGITS else text
    for attribute, value in sorted(element.attrib.items()):
        yield f"{where}/{name}@{attribute}", value
    for each in element:
        yield from said(each, f"{where}/{name}")


async def read_again(crate: Sep2Client, document: bytes, folder: Path) -> None:
    """Have a document read, and what is written of it compared."""
    file = folder / "document.xml"
    await asyncio.to_thread(file.write_bytes, document)
    written = await crate.parse(name_of(document), file)
    assert list(said(ET.fromstring(written))) == list(said(ET.fromstring(document)))  # noqa: S314


async def test_who_it_is(crate: Sep2Client, stranger: Stranger) -> None:
    assert (crate.lfdi, crate.sfdi) == (stranger.lfdi, stranger.sfdi)


async def test_everything_served_is_read_as_it_was_meant(crate: Sep2Client, ask: Ask, stranger: Stranger) -> None:
    await crate.look()  # which has it answer
    await ask("/edev/1/ps", "PUT", power_status())
    await ask("/edev/1/frq", "POST", flow_request(whole_mrid()))
    await ask("/edev/1/sub", "POST", subscription("/dr/1/edc", "http://127.0.0.1:9/"))
    roots: set[str] = set()
    seen = {"/dcap"}
    waiting = ["/dcap"]
    while waiting:
        path = waiting.pop()
        served = await ask(path)
        roots.add(name := name_of(served))
        await read_again(crate, served, stranger.folder)
        await crate.get(name, path)
        if name.endswith("List") and "?" not in path:
            waiting.append(f"{path}?s=0&l=20")
        found = {each for each in _LINKS.findall(served.decode()) if not _ENOUGH.search(each)} - seen
        seen |= found
        waiting += found
    assert roots >= {
        "ConsumptionTariffInterval", "ConsumptionTariffIntervalList", "DemandResponseProgram",
        "DemandResponseProgramList", "DeviceCapability", "DeviceInformation", "DeviceStatus", "EndDevice",
        "EndDeviceControl", "EndDeviceControlList", "EndDeviceList", "FlowReservationRequest",
        "FlowReservationRequestList", "FlowReservationResponse", "FlowReservationResponseList",
        "FunctionSetAssignments", "FunctionSetAssignmentsList", "LogEvent", "LogEventList", "MessagingProgram",
        "MessagingProgramList", "MeterReading", "MeterReadingList", "PowerStatus", "RateComponent",
        "RateComponentList", "Reading", "ReadingList", "ReadingSet", "ReadingSetList", "ReadingType",
        "Registration", "Response", "ResponseList", "ResponseSet", "ResponseSetList", "SelfDevice",
        "Subscription", "SubscriptionList", "TariffProfile", "TariffProfileList", "TextMessage",
        "TextMessageList", "Time", "TimeTariffInterval", "TimeTariffIntervalList", "UsagePoint",
        "UsagePointList",
    }  # fmt: skip


async def test_everything_sent_is_read_as_it_was_meant(
    gateway: SimulatedGateway, crate: Sep2Client, stranger: Stranger
) -> None:
    """Home Assistant's own documents: what it announces, answers, asks and subscribes to."""
    ours = await our_client(gateway)
    lfdi = "3E4F45AB31EDFE5B67E343E5E4562E31984E23E5"
    href = await ours.announce(WATER_HEATER, lfdi)
    await gateway.enroll(lfdi)
    programs = await ours.device_programs(href)
    assert await ours.subscribe(programs, "http://127.0.0.1:9/api/webhook/abc")
    (control,) = await ours.controls(programs)
    assert control.reply_to is not None
    applied = {"duty_cycle": 50, "load_adjustment": 60, "cooling_setpoint": 26.5, "target_reduction": 1500}
    for status in ResponseStatus:
        answer = ControlResponse(control.id, lfdi, status, NOW, control.reply_to, applied=applied, overridden=60)
        await ours.respond(answer)
    for kind in EventKind:
        await ours.respond(EventResponse(kind, whole_mrid(), lfdi, ResponseStatus.RECEIVED, NOW, "/rsps/2/rsp"))
    assert await ours.publish_vehicle(href, STATUS)
    assert await ours.request_reservation(href, REQUEST) is not None
    sent = [each["body"].encode() for each in (await gateway.log())["requests"] if each["body"]]
    assert {name_of(body) for body in sent} == {
        "EndDevice", "Subscription", "DrResponse", "TextResponse", "PriceResponse", "FlowReservationResponseResponse",
        "PowerStatus", "FlowReservationRequest",
    }  # fmt: skip
    for body in sent:
        await read_again(crate, body, stranger.folder)


class Found(dict[str, str]):
    """What the crate read at a path: texts of elements by name, the first of each, and hrefs of links."""

    @classmethod
    async def at(cls, crate: Sep2Client, name: str, path: str) -> list[Found]:
        """Read a resource, or the entries of a list."""
        read = ET.fromstring(await crate.get(name, f"{path}?s=0&l=255" if name.endswith("List") else path))  # noqa: S314
        return [cls(each) for each in (read if name.endswith("List") else [read])]

    def __init__(self, element: ET.Element) -> None:
        inside = [(each.tag.rpartition("}")[2], each) for each in reversed(list(element.iter()))]
        super().__init__({name: each.get("href") or each.text or "" for name, each in inside})

    def number(self, name: str) -> int:
        """Return a number, 0 where there is none."""
        return int(self.get(name, "0"))


async def energies(crate: Sep2Client) -> dict[int, int]:
    """Return the whole energy in Wh that the crate reads, by flowDirection: uom 72, no tier, phase or interval."""
    (point,) = await Found.at(crate, "UsagePointList", "/upt")
    found = {}
    for meter in await Found.at(crate, "MeterReadingList", point["MeterReadingListLink"]):
        (kind,) = await Found.at(crate, "ReadingType", meter["ReadingTypeLink"])
        total = not any(kind.number(name) for name in ("intervalLength", "numberOfTouTiers", "phase"))
        if kind.number("uom") == 72 and total:
            (reading,) = await Found.at(crate, "Reading", meter["ReadingLink"])
            found[kind.number("flowDirection")] = reading.number("value") * 10 ** kind.number("powerOfTenMultiplier")
    return found


async def test_both_read_the_same_energy(gateway: SimulatedGateway, crate: Sep2Client) -> None:
    """FlowDirectionType (sep.xsd): 1 is delivered to the customer, 19 received from them."""
    names = {1: "energy_summation_delivered", 19: "energy_summation_received"}
    ours = await our_client(gateway)
    await ours.discover_registers()
    before = await ours.read(set(names.values()))
    read = await energies(crate)
    after = await ours.read(set(names.values()))
    assert read.keys() == names.keys()
    for direction, name in names.items():
        assert before.values[name] <= read[direction] <= after.values[name]


async def test_both_read_the_same_message(gateway: SimulatedGateway, crate: Sep2Client) -> None:
    (program,) = await Found.at(crate, "MessagingProgramList", "/msg")
    told = (await Found.at(crate, "TextMessageList", program["TextMessageListLink"]))[-1]
    message = (await (await our_client(gateway)).messages())[-1]
    assert (told["textMessage"], told["originator"]) == (message.text, message.originator)
    assert (told.number("priority"), message.priority) == (3, Priority.CRITICAL)
    assert timedelta(seconds=told.number("duration")) == message.end - message.start


async def test_both_read_the_same_price(gateway: SimulatedGateway, crate: Sep2Client) -> None:
    """TariffProfile (sep.xsd) has the price's power of ten, the rate's ReadingType that of what it is the price of."""
    (profile,) = await Found.at(crate, "TariffProfileList", "/tp")
    (rate,) = await Found.at(crate, "RateComponentList", profile["RateComponentListLink"])
    (of,) = await Found.at(crate, "ReadingType", rate["ReadingTypeLink"])
    interval = (await Found.at(crate, "TimeTariffIntervalList", rate["TimeTariffIntervalListLink"]))[0]
    link = interval["ConsumptionTariffIntervalListLink"]
    (block,) = await Found.at(crate, "ConsumptionTariffIntervalList", link)
    power = profile.number("pricePowerOfTenMultiplier") - of.number("powerOfTenMultiplier") + 3
    prices = await (await our_client(gateway)).prices()
    assert prices is not None
    first = prices.prices[0]
    assert block.number("price") * 10**power == pytest.approx(first.per_kwh)
    assert interval.number("touTier") == first.tier
    assert timedelta(seconds=interval.number("duration")) == first.end - first.start


async def events_with_whole_mrids(make_gateway: GatewayFactory, lfdi: str) -> tuple[SimulatedGateway, dict[str, str]]:
    """Return a gateway with a message and prices that want answers, and of which kind they are, by their mRIDs.

    The simulator makes those of its own certificate; the crate cannot answer to one that begins with a zero.
    """
    while True:
        gateway = await make_gateway(named=True)
        await gateway.register(lfdi)
        await gateway.enroll(lfdi)
        await gateway.send("Strom wird knapp", duration=5, response_required=3)
        await gateway.set_prices(0.1, 0.2, 0.3, response_required=3)
        ours = await our_client(gateway)
        prices = await ours.prices()
        assert prices is not None
        wanted = [each.answer for each in await ours.messages() if each.answer is not None] + list(prices.answers)
        if not any(each.subject.startswith("0") for each in wanted):
            return gateway, {each.subject: each.kind.value for each in wanted}


async def test_messages_and_prices_are_answered_as_they_ask(make_gateway: GatewayFactory, stranger: Stranger) -> None:
    """Received is told of each, and by the crate also that a message is over: see ``docs/standards.md``."""
    gateway, wanted = await events_with_whole_mrids(make_gateway, stranger.lfdi)

    async def answers(status: int) -> dict[str, str]:
        told = [each for each in await gateway.event_responses() if each["status"] == status]
        assert {each["lfdi"] for each in told} <= {stranger.lfdi}
        return {each["mrid"]: each["kind"] for each in told}

    async with sep2_client(gateway, stranger.folder, WATER_HEATER) as crate:
        await crate.look()
        kinds = {"text": "TextResponse", "price": "PriceResponse"}
        assert set(wanted.values()) == kinds.keys()
        assert await answers(ResponseStatus.RECEIVED) == {mrid: kinds[kind] for mrid, kind in wanted.items()}
        end = time.monotonic() + 60
        while not (over := await answers(ResponseStatus.COMPLETED)):
            assert time.monotonic() < end
            await asyncio.sleep(0.2)
        assert over == {mrid: kinds[kind] for mrid, kind in wanted.items() if kind == "text"}


async def test_what_it_has_against_certificates(
    gateway: SimulatedGateway, crate: Sep2Client, stranger: Stranger
) -> None:
    """It names clause 6.11.8 of IEEE 2030.5-2018; its client connects without asking.

    Those of clients are ``aio2030dot5``'s, in the form that meters take: with BasicConstraints and an authority's key,
    for which the crate has no place. Those of the simulator have BasicConstraints, and name no hardware module.
    """
    shown = stranger.folder / "shown.pem"
    await asyncio.to_thread(shown.write_text, (await gateway.kept())["identity"]["certificate"])
    unexpected = "Unexpected extension or unparsed extension encountered."
    assert await crate.judge("client", stranger.cert) == unexpected
    assert await crate.judge("device", shown) == unexpected
    length = "BasicConstraints must be critical, cA must be true, and pathLen must be absent."
    assert await crate.judge("authority", stranger.folder / "gateway.pem") == length
