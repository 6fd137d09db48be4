"""Whose clock it is: a gateway's is off, and what it tells and is told keeps its meaning."""

from datetime import UTC, datetime, timedelta
from unittest.mock import AsyncMock, Mock

import pytest

from custom_components.utility_han.esi import EventKind, EventResponse, Message, Priority, ResponseStatus, in_force
from custom_components.utility_han.gateway.clock import GatewayClock
from custom_components.utility_han.gateway.ieee2030_5.client import Ieee2030_5Gateway
from custom_components.utility_han.gateway.zigbee.messaging import Messages
from custom_components.utility_han.gateway.zigbee.times import utc_time
from tests.conftest import SimulatedGateway
from tests.gateway.test_gateway_vehicle import EVSE, LFDI, REQUEST, STATUS

_HOUR = timedelta(hours=1)
_SLACK = timedelta(seconds=30)
_AT = datetime(2026, 11, 24, 18, tzinfo=UTC)


@pytest.mark.parametrize(
    ("read", "used"),
    [
        pytest.param([-3.4], 0, id="they agree"),
        pytest.param([60.0], 0, id="to a minute"),
        pytest.param([None], 0, id="it has none"),
        pytest.param([432.6], 433, id="it is ahead"),
        pytest.param([-7200.2], -7200, id="it is behind"),
        pytest.param([432.6, 434.1, 470.0, 380.0], 433, id="it drifts"),
        pytest.param([432.6, 500.0], 500, id="it was set"),
        pytest.param([432.6, None], 433, id="it was not read this time"),
        pytest.param([432.6, 2.0], 0, id="it was set right"),
        pytest.param([-30.0 * 365 * 86_400], 0, id="it was never set"),
        pytest.param([432.6, 1e9], 0, id="it lost its time"),
    ],
)
def test_clock_moves_what_it_is_off_by(read: list[float | None], used: int) -> None:
    clock = GatewayClock()
    for each in read:
        clock.take(None if each is None else timedelta(seconds=each))
    assert clock.theirs(_AT) == _AT + timedelta(seconds=used)
    assert clock.ours(_AT) == _AT - timedelta(seconds=used)
    last = next((each for each in reversed(read) if each is not None), 0.0)
    assert abs(clock.told_now() - datetime.now(UTC) - timedelta(seconds=last)) < _SLACK, "however wrong"
    after_restart = GatewayClock()
    after_restart.load(clock.to_dict())
    offsets = [each for each in read if each is not None]
    for each_clock in (clock, after_restart):
        at = each_clock.told(_AT)
        assert (at is None) is (not offsets), "it never told its time"
        assert at is None or abs(at - _AT - timedelta(seconds=offsets[-1])) <= timedelta(seconds=1)
    message = Message("1", "Peak", Priority.LOW, None, _AT, _AT + _HOUR)
    (told,) = clock.on_ours([message])
    assert (told.start, told.end) == (clock.ours(_AT), clock.ours(_AT + _HOUR))


@pytest.mark.parametrize("kept", ["soon", None, float("nan"), 1e12, -1e300])
async def test_what_was_kept_of_a_clock_and_comes_to_no_time_is_asked_anew(
    client: Ieee2030_5Gateway, kept: object
) -> None:
    """A hub could not be loaded with it, and not with the next start either."""
    client.restore({"clock_ahead": kept})
    assert "clock_ahead" not in client.snapshot()


@pytest.mark.parametrize("hours", [3, -3])
async def test_price_and_message_in_force_are_what_the_gateway_says_is(
    client: Ieee2030_5Gateway, gateway: SimulatedGateway, hours: int
) -> None:
    """EventStatus is by the server's clock (sep.xsd): what it says is active is so now."""
    await gateway.fault("wrong_clock", seconds=hours * 3600)
    await gateway.send("Peak today")
    await client.read([], include_clock=True)
    prices = await client.prices()
    assert prices is not None
    now = datetime.now(UTC)
    assert prices.prices[0].start <= now + _SLACK
    assert in_force(prices.prices, now + _SLACK) is not None, "what it told has begun"
    (message,) = [each for each in await client.messages() if each.text == "Peak today"]
    assert abs(message.start - now) < _SLACK


@pytest.mark.parametrize("metering", ["no_metering", None])
@pytest.mark.parametrize("missing", ["no_time", "no_assigned_time"])
async def test_clock_is_that_of_what_assigns_the_events_or_else_of_the_server(
    client: Ieee2030_5Gateway, gateway: SimulatedGateway, missing: str, metering: str | None
) -> None:
    """The time of events is that of "the time server indicated by the FunctionSetAssignment" (Response, sep.xsd)."""
    await client.announce(EVSE)
    await gateway.fault(missing)
    await gateway.fault("wrong_clock", seconds=7200)
    if metering is not None:
        await gateway.fault(metering)
    read = await client.read([], include_clock=True)
    configuration = await client.configuration()
    for offset in (read.clock_offset, configuration.clock_offset):
        assert offset is not None
        assert abs(offset - 2 * _HOUR) < _SLACK


@pytest.mark.use_case("UR-EV")
async def test_reservation_is_asked_for_on_the_gateways_clock_and_told_on_ours(
    client: Ieee2030_5Gateway, gateway: SimulatedGateway
) -> None:
    device = await client.announce(EVSE, LFDI)
    await gateway.fault("wrong_clock", seconds=7200)
    await client.configuration()
    await client.publish_vehicle(device, STATUS)
    told = await gateway.power_status(LFDI)
    assert told is not None
    assert STATUS.charge_needed_at is not None
    assert told["pev"]["needed_at"] == pytest.approx((STATUS.charge_needed_at + 2 * _HOUR).timestamp(), abs=2)
    await client.request_reservation(device, REQUEST)
    (asked,) = await gateway.reservations()
    assert asked["start"] == pytest.approx((REQUEST.start + 2 * _HOUR).timestamp(), abs=2)
    (found,) = await client.reservations(device)
    assert abs(found.start - REQUEST.start) < _SLACK


async def test_clock_that_its_own_walker_finds_is_asked_for_once(
    client: Ieee2030_5Gateway, gateway: SimulatedGateway
) -> None:
    await gateway.clear_log()
    await client.discover_registers()
    asked = [each["path"] for each in (await gateway.log())["requests"]]
    assert asked.count("/tm") == 1, asked


@pytest.mark.parametrize("ahead", [None, 7200.0, -7200.0])
async def test_person_acknowledges_a_zigbee_message_when_it_is_by_the_meters_clock(ahead: float | None) -> None:
    """Where it never told its own there is no other than ours, and the field cannot be left out."""
    messenger, clock = Mock(tell=AsyncMock()), GatewayClock()
    clock.take(None if ahead is None else timedelta(seconds=ahead))
    answer = EventResponse(EventKind.TEXT, "02", LFDI, ResponseStatus.ACKNOWLEDGED, _AT, "")
    await Messages(messenger, clock).confirm(answer)
    said = messenger.tell.await_args.kwargs
    assert (said["message_id"], said["confirmation_time"]) == (2, utc_time(_AT + timedelta(seconds=ahead or 0)))
