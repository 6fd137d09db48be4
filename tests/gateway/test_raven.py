"""What a stick says wrongly, says of other meters, or never ends."""

import json
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest

from custom_components.utility_han.esi import EventResponse, ResponseStatus
from custom_components.utility_han.gateway.errors import GatewayError, Reason
from custom_components.utility_han.gateway.zigbee import raven, raven_fragments
from custom_components.utility_han.gateway.zigbee.raven import RavenGateway
from custom_components.utility_han.gateway.zigbee.raven_device import RavenDevice
from custom_components.utility_han.gateway.zigbee.raven_meters import StickMeter
from tests.helpers.faults import fault_of_ours
from tests.helpers.stick import JOINED, METER, OTHER, UNKNOWN, fragment, meter_list, plugged_in, two_meters

DEMAND = JOINED["get_instantaneous_demand"]


@pytest.mark.use_case("IP-8")
async def test_element_that_is_told_twice_counts_as_told_last() -> None:
    twice = DEMAND.replace("<Demand>", "<Demand>0x000001</Demand><Demand>")
    async with plugged_in({"get_instantaneous_demand": twice}) as script:
        gateway = RavenGateway(script.url, None)
        assert (await gateway.read(["power"])).values == {"power": 5944}
        await gateway.close()


@pytest.mark.use_case("IP-8")
@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("get_network_info", JOINED["get_network_info"].replace("Connected", "Pondering")),
        ("get_network_info", JOINED["get_network_info"].replace("FEDCBA9876543210", "the meter")),
        ("get_network_info", "<Warning><Text>Busy</Text></Warning>"),
    ],
    ids=["unknown state", "no address", "another warning"],
)
async def test_what_makes_no_sense_is_an_error_with_its_reason(command: str, said: str) -> None:
    async with plugged_in({command: said}) as script:
        gateway = RavenGateway(script.url, None)
        with pytest.raises(GatewayError) as caught:
            await gateway.identify()
        assert caught.value.reason is Reason.MALFORMED
        await gateway.close()


@pytest.mark.use_case("IP-8")
@pytest.mark.parametrize("kind", [AttributeError, TypeError, KeyError])
async def test_fault_of_our_own_is_neither_nonsense_of_the_stick_nor_a_stick_that_is_gone(
    kind: type[Exception],
) -> None:
    async with plugged_in({}) as script:
        gateway = RavenGateway(script.url, None)
        with patch.object(raven_fragments, "tidied", fault_of_ours(kind)), pytest.raises(kind):
            await gateway.identify()
        await gateway.close()


@pytest.mark.use_case("IP-8")
async def test_number_without_end_is_no_power() -> None:
    endless = DEMAND.replace("0x001738", "0x" + "7" * 4000)
    async with plugged_in({"get_instantaneous_demand": endless}) as script:
        gateway = RavenGateway(script.url, None)
        with pytest.raises(GatewayError) as caught:
            await gateway.read(["power"])
        assert caught.value.reason is Reason.MALFORMED
        await gateway.close()


@pytest.mark.use_case("IP-8")
async def test_times_and_words_that_say_nothing_are_left_out() -> None:
    said = {
        "get_time": fragment("TimeCluster", "<UTCTime>0xffffffff</UTCTime><LocalTime>later</LocalTime>"),
        "get_device_info": JOINED["get_device_info"].replace("20220101a0000042", "00000000"),
    }
    async with plugged_in(said) as script:
        gateway = RavenGateway(script.url, None)
        assert (await gateway.read([], include_clock=True)).clock_offset is None
        assert (await gateway.configuration()).info.software_version == "1.21g"
        await gateway.close()


async def test_fragment_without_content_is_no_lost_line() -> None:
    async with plugged_in({"get_current_summation_delivered": "<CurrentSummationDelivered/>"}) as script:
        gateway = RavenGateway(script.url, None)
        read = await gateway.read(["energy_summation_delivered"])
        assert read.failed == {"energy_summation_delivered"}
        assert gateway.statistics()["opened"] == 1
        await gateway.close()


async def test_message_without_a_time_is_as_old_as_it_was_heard_first() -> None:
    """It was as new with each poll, so that it never came to its end."""
    said = {"get_message": fragment("MessageCluster", "<Id>0x02468ACE</Id><Text>Hello</Text>")}
    async with plugged_in(said) as script:
        gateway = RavenGateway(script.url, None)
        (first,), (second,) = await gateway.messages(), await gateway.messages()
        await gateway.close()
        again = RavenGateway(script.url, None)
        again.restore(json.loads(json.dumps(gateway.snapshot())))
        (third,) = await again.messages()
        assert first.start == second.start == third.start
        assert first.end == third.end
        await again.close()


@pytest.mark.use_case("IP-8")
@pytest.mark.parametrize("time", ["", "<TimeStamp>0x00000001</TimeStamp>", "<TimeStamp>0xffffffff</TimeStamp>"])
async def test_reading_is_one_of_when_it_was_read_whatever_time_it_names(time: str) -> None:
    """The stick is told to ask the meter anew (Refresh), so what it says is of now."""
    summation = "<SummationDelivered>0x1321a5f</SummationDelivered><Divisor>0x3e8</Divisor>"
    said = {"get_current_summation_delivered": fragment("CurrentSummationDelivered", time + summation)}
    async with plugged_in(said) as script:
        gateway = RavenGateway(script.url, None)
        before = datetime.now(UTC)
        read = await gateway.read(["energy_summation_delivered"])
        assert read.values == {"energy_summation_delivered": 0x1321A5F}
        assert before <= read.at <= datetime.now(UTC)
        await gateway.close()


async def test_time_of_a_message_is_the_meters() -> None:
    now = datetime.now(UTC)
    meter = int((now + timedelta(hours=2) - datetime(2000, 1, 1, tzinfo=UTC)).total_seconds())
    said = {
        "get_time": fragment("TimeCluster", f"<UTCTime>{meter:#010x}</UTCTime><LocalTime>{meter:#010x}</LocalTime>"),
        "get_message": fragment(
            "MessageCluster", f"<TimeStamp>{meter:#010x}</TimeStamp><Id>0x02468ACE</Id><Text>Hello</Text>"
        ),
    }
    async with plugged_in(said) as script:
        gateway = RavenGateway(script.url, None)
        await gateway.read([], include_clock=True)
        (told,) = await gateway.messages()
        assert abs(told.start - now) < timedelta(minutes=1)
        await gateway.close()


async def test_refusal_of_what_needs_no_answer_is_not_taken_for_the_next_answer() -> None:
    message = "<Id>0x02468ACE</Id><Text>Hello</Text><ConfirmationRequired>Y</ConfirmationRequired>"
    said = {"get_message": fragment("MessageCluster", message), "confirm_message": UNKNOWN}
    async with plugged_in(said) as script:
        gateway = RavenGateway(script.url, None)
        (told,) = await gateway.messages()
        assert told.answer is not None
        now = datetime.now(UTC)
        await gateway.respond(
            EventResponse(
                told.answer.kind,
                told.answer.subject,
                gateway.client_lfdi,
                ResponseStatus.ACKNOWLEDGED,
                now,
                told.answer.reply_to,
            )
        )
        assert (await gateway.read(["power"])).values == {"power": 5944}
        assert ("confirm_message", None) in script.asked
        await gateway.close()


async def test_stick_that_never_ends_a_fragment_fills_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raven, "_ANSWER_SECONDS", 60.0)  # it is refused for its length, not for the time it takes
    endless = "<InstantaneousDemand>" + "<Demand>0x01</Demand>" * 5000
    async with plugged_in({"get_instantaneous_demand": endless}) as script:
        gateway = RavenGateway(script.url, None)
        with pytest.raises(GatewayError) as caught:
            await gateway.read(["power"])
        assert caught.value.reason is Reason.RADIO_GONE
        await gateway.close()


async def test_fragments_are_let_go_of_once_they_are_read() -> None:
    async with plugged_in({}) as script:
        device = RavenDevice(script.url)
        await device.open()
        for _ in range(50):
            assert await device.get_instantaneous_demand() is not None
        assert device._writer is not None
        assert len(device._writer._protocol._root) == 0
        assert device._reader is not None
        assert device._reader._waiters.keys() == {None, "InstantaneousDemand"}
        await device.abort()


async def test_radio_that_rejoins_has_not_left() -> None:
    async with plugged_in({}) as script:
        gateway = RavenGateway(script.url, None)
        await gateway.discover_registers()
        script.said["get_network_info"] = JOINED["get_network_info"].replace("Connected", "Rejoining")
        with pytest.raises(GatewayError) as caught:
            await gateway.identify()
        assert caught.value.reason is Reason.NO_NETWORK
        await gateway.close()


@pytest.mark.use_case("IP-7", "IP-8")
async def test_meter_of_gas_beside_is_never_read() -> None:
    async with plugged_in(two_meters("gas")) as script:
        gateway = RavenGateway(script.url, None)
        await gateway.discover_registers()
        assert gateway.meters.electric == (StickMeter(METER, "House"),)
        assert (await gateway.read(["power"])).values == {"power": 5944}
        assert script.asked[-1] == ("get_instantaneous_demand", METER)
        await gateway.close()


@pytest.mark.use_case("IP-7", "IP-8")
async def test_of_several_meters_the_one_chosen_is_read_after_a_restart_too() -> None:
    async with plugged_in(two_meters()) as script:
        first = RavenGateway(script.url, None)
        await first.discover_registers()
        assert first.meters.electric == (StickMeter(OTHER, "Garage"), StickMeter(METER, "House"))
        assert (await first.read(["power"])).values == {"power": 100}
        kept = first.snapshot()
        await first.close()

        chosen = RavenGateway(script.url, None, METER)
        chosen.restore(kept)
        assert (await chosen.read(["power"])).values == {"power": 5944}
        await chosen.discover_registers()
        assert (await chosen.read(["power"])).values == {"power": 5944}
        script.said["get_meter_list"] = meter_list(OTHER)
        with pytest.raises(GatewayError) as caught:
            await chosen.discover_registers()
        assert caught.value.reason is Reason.NO_READINGS
        await chosen.close()


async def test_stick_with_one_meter_is_not_asked_by_name() -> None:
    async with plugged_in({}) as script:
        gateway = RavenGateway(script.url, None)
        await gateway.discover_registers()
        await gateway.read(["power"])
        assert script.asked[-1] == ("get_instantaneous_demand", None)
        await gateway.close()


async def test_what_was_kept_of_meters_and_is_damaged_is_asked_anew() -> None:
    async with plugged_in(two_meters()) as script:
        gateway = RavenGateway(script.url, None)
        await gateway.discover_registers()
        kept = gateway.snapshot()
        kept["meters"]["electric"] = [["no address", None]]
        anew = RavenGateway(script.url, None)
        anew.restore(kept)
        assert not anew.known_registers()
        await gateway.close()
        await anew.discover_registers()
        assert anew.meters.read == OTHER
        await anew.close()
