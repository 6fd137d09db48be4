"""The same load controls given to ``sep2_client`` and to Home Assistant's client and rules: what both make of them.

``script/interop-controls`` builds the former and names it in ``SEP2_CLIENT``; this file is collected there only. Both
are devices of one gateway, which has what each answered. The crate's ``Schedule`` decides for itself, and Home
Assistant's part is its ``ControlRules`` over its gateway client, with an appliance that does what is in force.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from custom_components.utility_han.esi import ResponseStatus as R
from custom_components.utility_han.gateway.ieee2030_5.client import Ieee2030_5Gateway
from custom_components.utility_han.gateway.ieee2030_5.identity import create_identity
from custom_components.utility_han.procedures.load_control.deciding import ControlledDevice, ControlRules
from custom_components.utility_han.procedures.load_control.effects import Effect
from tests.conftest import PACING, TIMEOUTS, GatewayFactory, SimulatedGateway
from tests.helpers.sep2_client import Sep2Client, sep2_client, whole_mrid
from tests.interop.conftest import Stranger

pytestmark = [pytest.mark.interop, pytest.mark.timeout(300)]

WATER_HEATER, EVSE = 1 << 3, 1 << 17
PEAK, VEHICLES = 1, 2
"""The gateway's programs, of primacy 2 and 1."""
LATER = 3600
_PATIENCE = 60
RECEIVED, STARTED, COMPLETED = int(R.RECEIVED), int(R.STARTED), int(R.COMPLETED)
OPTED_OUT, CANCELLED, SUPERSEDED = int(R.OPTED_OUT), int(R.CANCELLED), int(R.SUPERSEDED)
ABORTED, EXPIRED = int(R.SUPERSEDED_BY_OTHER_PROGRAM), int(R.REJECTED_EXPIRED)
WITHOUT = int(R.COMPLETED_WITHOUT_PARTICIPATION)
WHOLE = [RECEIVED, STARTED, COMPLETED]


@dataclass
class OurDevice:
    """A device of Home Assistant's, as its rules and its gateway client see it; it does whatever is in force."""

    client: Ieee2030_5Gateway
    lfdi: str
    rules: ControlRules = field(default_factory=ControlRules)
    outs: set[str] = field(default_factory=set)

    async def look(self) -> None:
        """Read what is assigned, let the rules decide, and answer."""
        programs = await self.client.own_programs()
        controls = await self.client.controls(programs)
        hrefs = frozenset(each.href for each in programs)
        now = datetime.now(UTC)
        removal = {href for href in hrefs if self.client.removal_cancels(href)}
        effects = self.rules.take(controls, removal, [ControlledDevice(self.lfdi, WATER_HEATER, hrefs, True)], now)
        effects += self._opted_out(now)
        record = self.rules.active(self.lfdi)
        if record is not None and record.in_force:
            effects += self.rules.acted(self.lfdi, record.control.id, {"duty_cycle": 50}, now)
        for each in effects:
            if each.response is not None:
                await self.client.respond(each.response)

    def _opted_out(self, now: datetime) -> list[Effect]:
        active = self.rules.active(self.lfdi)
        if active is None or active.control.id not in self.outs:
            return []
        return self.rules.opt_out(self.lfdi, active.control.id, now)


@dataclass
class Pair:
    """Both devices, and the gateway that asks them."""

    gateway: SimulatedGateway
    crate: Sep2Client
    ours: OurDevice

    async def ask(self, program: int = PEAK, **more: Any) -> dict[str, Any]:
        """Publish a control that both can follow."""
        wanted = {"device_category": WATER_HEATER, "duty_cycle": 50, "mrid": whole_mrid()}
        return await self.gateway.publish(program=program, **wanted | more)

    async def ask_soon(self, program: int = PEAK, **more: Any) -> dict[str, Any]:
        """Publish a control that begins soon, and have both see it before; on a machine that has much to do, later."""
        for start_in in (3, 6, 12, 24):
            control = await self.ask(program, start_in=start_in, **more)
            await self.look()
            if time.time() < control["start"]:
                return control
        pytest.fail("neither saw a control before it began")

    async def look(self) -> None:
        """Have both read what there is now."""
        await self.crate.look()
        await self.ours.look()

    async def answers(self, control: dict[str, Any]) -> tuple[list[int], list[int]]:
        """Return what the crate and what Home Assistant answered to a control, in order."""
        told = [each for each in await self.gateway.responses() if each["mrid"] == control["mrid"]]
        assert {each["lfdi"] for each in told} <= {self.crate.lfdi, self.ours.lfdi}
        said = [
            [each["status"] for each in told if each["lfdi"] == lfdi] for lfdi in (self.crate.lfdi, self.ours.lfdi)
        ]
        return said[0], said[1]

    async def until(self, control: dict[str, Any], is_so: Callable[[list[int], list[int]], bool]) -> None:
        """Look until the answers to a control are such."""
        end = time.monotonic() + _PATIENCE
        while not is_so(*await self.answers(control)):
            assert time.monotonic() < end, await self.answers(control)
            await asyncio.sleep(0.2)
            await self.look()

    async def ended(self, control: dict[str, Any], *statuses: int) -> tuple[list[int], list[int]]:
        """Look until both answered a control with one of these; all that they answered."""
        await self.until(control, lambda crate, ours: bool({*statuses} & {*crate} and {*statuses} & {*ours}))
        await self.look()
        return await self.answers(control)

    async def another_second(self) -> None:
        """Let the gateway's time go on, so that what is published next is newer (``creationTime``)."""
        await asyncio.sleep(1.05)


@pytest.fixture
async def pair(make_gateway: GatewayFactory, stranger: Stranger) -> AsyncIterator[Pair]:
    """Both, enrolled in both programs."""
    gateway = await make_gateway(named=True)
    identity = await asyncio.to_thread(create_identity)
    for lfdi in (stranger.lfdi, identity.lfdi):
        await gateway.register(lfdi)
        await gateway.enroll(lfdi, PEAK)
        await gateway.enroll(lfdi, VEHICLES)
    client = await Ieee2030_5Gateway.create(gateway.host, gateway.port, identity, pacing=PACING, timeouts=TIMEOUTS)
    async with sep2_client(gateway, stranger.folder, WATER_HEATER) as crate:
        assert crate.lfdi == stranger.lfdi
        yield Pair(gateway, crate, OurDevice(client, identity.lfdi))


@pytest.mark.use_case("UR-P")
async def test_from_schedule_to_completion(pair: Pair) -> None:
    control = await pair.ask_soon(duration=2)
    assert await pair.ended(control, COMPLETED) == (WHOLE, WHOLE)


@pytest.mark.use_case("UR-P")
async def test_cancelled_before(pair: Pair) -> None:
    control = await pair.ask(start_in=LATER)
    await pair.look()
    await pair.gateway.cancel(control["number"])
    assert await pair.ended(control, CANCELLED) == ([RECEIVED, CANCELLED],) * 2


@pytest.mark.use_case("UR-P")
@pytest.mark.parametrize("randomized", [False, True])
async def test_cancelled_while_it_lasts(pair: Pair, randomized: bool) -> None:
    control = await pair.ask_soon(duration=LATER, randomize_duration=-1)
    await pair.ended(control, STARTED)
    await pair.gateway.cancel(control["number"], randomized=randomized)
    assert await pair.ended(control, CANCELLED) == ([RECEIVED, STARTED, CANCELLED],) * 2


@pytest.mark.use_case("UR-P")
async def test_newer_of_the_same_program_takes_its_place(pair: Pair) -> None:
    first = await pair.ask_soon(duration=LATER)
    await pair.ended(first, STARTED)
    second = await pair.ask_soon(duration=2)
    assert await pair.ended(first, SUPERSEDED) == ([RECEIVED, STARTED, SUPERSEDED],) * 2
    assert await pair.ended(second, COMPLETED) == (WHOLE, WHOLE)


@pytest.mark.use_case("UR-P")
async def test_program_that_goes_before_takes_its_place(pair: Pair) -> None:
    of_many = await pair.ask_soon(duration=LATER)
    await pair.ended(of_many, STARTED)
    of_vehicles = await pair.ask_soon(VEHICLES, duration=2)
    assert await pair.ended(of_many, ABORTED) == ([RECEIVED, STARTED, ABORTED],) * 2
    assert await pair.ended(of_vehicles, COMPLETED) == (WHOLE, WHOLE)


@pytest.mark.use_case("UR-P")
async def test_listed_no_longer_is_not_cancelled(pair: Pair) -> None:
    """Clause 10.2.3.3 of 2018: clients "SHALL NOT assume the Event has been cancelled" where it was removed."""
    control = await pair.ask_soon(duration=4)
    await pair.ended(control, STARTED)
    await pair.gateway.unlist(control["number"])
    assert await pair.ended(control, COMPLETED, CANCELLED) == (WHOLE, WHOLE)


@pytest.mark.use_case("UR-P")
async def test_over_when_first_seen(pair: Pair) -> None:
    """It is answered that it was received, and that it had expired; the crate says so anew whenever it looks.

    RespondableResource.responseRequired (sep.xsd) asks for the former of whatever is received, clause 10.2.3.3 for the
    latter of an event that "SHALL be ignored" otherwise. EPRI's client says both as well.
    """
    control = await pair.ask(start_in=-100, duration=50)
    await pair.look()
    assert await pair.answers(control) == ([RECEIVED, EXPIRED],) * 2
    await pair.look()
    assert await pair.answers(control) == ([RECEIVED, EXPIRED] * 2, [RECEIVED, EXPIRED])


@pytest.mark.use_case("UR-P")
async def test_cancelled_when_first_seen(pair: Pair) -> None:
    control = await pair.ask(start_in=LATER)
    await pair.gateway.cancel(control["number"])
    await pair.look()
    assert await pair.answers(control) == ([RECEIVED, CANCELLED],) * 2


@pytest.mark.use_case("UR-P")
async def test_for_other_devices(pair: Pair) -> None:
    control = await pair.ask(start_in=LATER, device_category=EVSE)
    await pair.look()
    assert await pair.answers(control) == ([], [])
    assert pair.ours.rules.records(pair.ours.lfdi) == []


# Where they differ: the text speaks for what ours does, and the crate's answer is here so that a newer one is noticed.


@pytest.mark.use_case("UR-P")
async def test_what_is_known_to_be_overlapped_lasts_until_then(pair: Pair) -> None:
    """The crate drops the earlier event as soon as it hears of the newer one.

    sep.xsd (2018), EventStatus: "Servers SHALL mark an event as Superseded at the earliest Effective Start Time of the
    overlapping event"; sep.xsd (2023): it is active "even if the event is known to be overlapped". Clause 10.2.2.3 of
    2023: the client changes "the duration of the overlapped Event to end at the Effective Start Time" of the other.
    """
    first = await pair.ask(start_in=6, duration=8)
    await pair.another_second()
    second = await pair.ask(start=first["start"] + 3, duration=2)
    assert await pair.ended(first, SUPERSEDED) == ([RECEIVED, SUPERSEDED], [RECEIVED, STARTED, SUPERSEDED])
    assert await pair.ended(second, COMPLETED) == (WHOLE, WHOLE)


@pytest.mark.use_case("UR-P")
async def test_part_before_that_of_a_program_that_goes_before_is_carried_out(pair: Pair) -> None:
    """The same between programs, where no server marks anything as superseded."""
    of_many = await pair.ask(start_in=6, duration=8)
    of_vehicles = await pair.ask(VEHICLES, start=of_many["start"] + 3, duration=2)
    answers = await pair.ended(of_many, SUPERSEDED, ABORTED)
    assert answers == ([RECEIVED, SUPERSEDED], [RECEIVED, STARTED, ABORTED])
    assert await pair.ended(of_vehicles, COMPLETED) == (WHOLE, WHOLE)


@pytest.mark.use_case("UR-P")
async def test_program_that_comes_after_never_begins(pair: Pair) -> None:
    """The crate has 14 only for what had begun, and 7 for the rest.

    The 2023 edition calls 7 "Superseded, Same Function Set Instance" and 14 "Superseded, Alternate Program", as
    GridAPPS-D's ``ieee-2030_5-server-go`` has its table 31: what tells them apart is whose the other event is.
    """
    of_vehicles = await pair.ask_soon(VEHICLES, duration=8)
    await pair.ended(of_vehicles, STARTED)
    of_many = await pair.ask_soon(duration=3)
    answers = await pair.ended(of_many, SUPERSEDED, ABORTED)
    assert answers == ([RECEIVED, SUPERSEDED], [RECEIVED, ABORTED])
    assert await pair.ended(of_vehicles, COMPLETED) == (WHOLE, WHOLE)


@pytest.mark.use_case("UR-P")
async def test_one_after_the_other_is_no_overlap(pair: Pair) -> None:
    """The crate counts an event that begins when another ends as one that takes its place.

    DateTimeInterval (sep.xsd) is a start and a duration: the second at which the one ends is not a part of it.
    """
    first = await pair.ask(start_in=6, duration=2)
    await pair.another_second()
    second = await pair.ask(start=first["start"] + 2, duration=2)
    assert await pair.ended(first, SUPERSEDED, COMPLETED) == ([RECEIVED, SUPERSEDED], WHOLE)
    assert await pair.ended(second, COMPLETED) == (WHOLE, WHOLE)


@pytest.mark.use_case("UR-P")
async def test_begun_when_first_seen(pair: Pair) -> None:
    """The crate neither tells its device of an event that is active when it comes, nor the server that it started.

    sep.xsd, EventStatus: an event whose start is not to come "SHALL start with a status of Active", and bit 1 of
    responseRequired asks for what becomes of it.
    """
    control = await pair.ask(start_in=-1, duration=8)
    assert await pair.ended(control, COMPLETED) == ([RECEIVED, COMPLETED], WHOLE)
    assert [each["status"] for each in pair.crate.decided] == ["Complete"]


@pytest.mark.use_case("UR-P")
@pytest.mark.parametrize(
    ("more", "length", "of_the_crate"),
    [({"randomize_start": 3}, (3, 3), (0, 0)), ({"randomize_duration": 3}, (3, 6), (0, 3))],
)
async def test_randomised(
    pair: Pair, more: dict[str, Any], length: tuple[int, int], of_the_crate: tuple[int, int]
) -> None:
    """The crate moves the start within randomizeDuration, and what randomizeStart draws is added to the end.

    sep.xsd, RandomizableEvent: randomizeStart is "to be applied to the associated interval start time",
    randomizeDuration "to the associated interval duration".
    """
    control = await pair.ask_soon(duration=3, **more)
    assert await pair.ended(control, COMPLETED) == (WHOLE, WHOLE)
    record = pair.ours.rules.record(pair.ours.lfdi, control["mrid"])
    assert record is not None
    assert 0 <= record.start.timestamp() - control["start"] <= more.get("randomize_start", 0)
    assert length[0] <= (record.end - record.start).total_seconds() <= length[1]
    begun = pair.crate.decided[0]
    assert of_the_crate[0] <= begun["start"] - control["start"] <= of_the_crate[1]


@pytest.mark.use_case("UR-P")
async def test_opting_out(pair: Pair) -> None:
    """The crate says that the event was completed although its device had opted out.

    Its documentation of ``EventCallback`` has such an event "marked as cancelled"; status 10 is an event that was
    "complete" with "no user participation" (``envoy_schema``, ``ResponseType``).
    """
    await pair.crate.stay_out(out=True)
    control = await pair.ask_soon(duration=2)
    pair.ours.outs.add(control["mrid"])
    await pair.until(control, lambda crate, ours: COMPLETED in crate and WITHOUT in ours)
    assert await pair.answers(control) == ([RECEIVED, OPTED_OUT, COMPLETED], [RECEIVED, OPTED_OUT, WITHOUT])


@pytest.mark.use_case("UR-P")
async def test_what_no_device_could_do(pair: Pair) -> None:
    """What an event asks for is its device's to judge: the crate hands on more than a whole duty cycle."""
    control = await pair.ask_soon(duration=2, duty_cycle=101)
    await pair.until(control, lambda crate, _: COMPLETED in crate)
    assert await pair.answers(control) == (WHOLE, [RECEIVED, int(R.REJECTED_PARAMETER)])
