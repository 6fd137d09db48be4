"""The IEEE 2030.5 client against the running simulator: reads, writes, pinning, what goes wrong."""

import asyncio
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from unittest.mock import patch

import pytest
from aio2030dot5.transport import Batch, MeterTransport, _TlsConnection

from custom_components.utility_han.esi import in_force
from custom_components.utility_han.gateway.errors import ABOUT_RESOURCE, GatewayError, Reason
from custom_components.utility_han.gateway.ieee2030_5 import client as client_module
from custom_components.utility_han.gateway.ieee2030_5 import end_devices
from custom_components.utility_han.gateway.ieee2030_5.client import Ieee2030_5Gateway
from custom_components.utility_han.gateway.ieee2030_5.identity import Identity
from tests.conftest import GatewayFactory, SimulatedGateway
from tests.gateway.conftest import Connect

EMS = 1 << 14
RIVA = {"personality": "riva", "registration": "out-of-band", "bad_signature_rate": 0}


@pytest.mark.use_case("IP-6", "IP-9")
async def test_announcing_twice_lists_us_once(gateway: SimulatedGateway, connect: Connect, identity: Identity) -> None:
    client = await connect(gateway)
    assert await client.announce(EMS) == await client.announce(EMS)
    devices = await client.listed_devices()
    assert devices is not None
    assert [device.lfdi for device in devices] == [identity.lfdi]
    posts = [request for request in (await gateway.log())["requests"] if request["method"] == "POST"]
    assert len(posts) == 1


@pytest.mark.use_case("IP-6")
async def test_lost_answer_to_the_announcement_does_no_harm(
    gateway: SimulatedGateway, connect: Connect, identity: Identity
) -> None:
    client = await connect(gateway)
    await client.listed_devices()
    await gateway.fault("half_answer", path="/edev", count=2)
    for _ in range(2):
        with pytest.raises(GatewayError) as caught:
            await client.announce(EMS)
        assert caught.value.reason is Reason.GATEWAY_SILENT
    assert await client.announce(EMS)
    assert (await gateway.describe())["registered"] == [identity.lfdi]


async def test_withdrawing_is_safe_to_repeat(gateway: SimulatedGateway, connect: Connect) -> None:
    client = await connect(gateway)
    href = await client.announce(EMS)
    await client.withdraw(href, client.client_lfdi)
    await client.announce(EMS)
    assert (await gateway.describe())["registered"]


async def test_list_that_is_kept_from_us_is_none_and_one_that_fails_is_an_error(
    gateway: SimulatedGateway, connect: Connect
) -> None:
    """Some meters know clients by their certificates alone; a device that is not on a list is taken for gone."""
    client = await connect(gateway, accepted_before=True)
    await client.announce(EMS)
    await gateway.fault("http_error", status=403, path="/edev")
    assert await client.listed_devices() is None
    await gateway.fault("http_error", status=500, path="/edev")
    with pytest.raises(GatewayError):
        await client.listed_devices()


@pytest.mark.use_case("IP-7")
async def test_entry_without_a_registration_tells_no_pin(gateway: SimulatedGateway, connect: Connect) -> None:
    client = await connect(gateway)
    href = await client.announce(EMS)
    assert await client.registration_pin(href) == int(gateway.pin)
    await gateway.fault("http_error", status=404, path=f"{href}/rg")
    assert await client.registration_pin(href) is None


async def test_entry_of_ours_that_is_gone_is_looked_for_in_the_list(
    gateway: SimulatedGateway, connect: Connect, identity: Identity
) -> None:
    """Its address may be another device's, or nobody's, by the next time."""
    client = await connect(gateway)
    await client.announce(EMS)
    await gateway.enroll(identity.lfdi)
    assert len(await client.own_programs()) == 1
    await gateway.withdraw(identity.lfdi)
    assert await client.own_programs() == []
    await client.announce(EMS)
    await gateway.enroll(identity.lfdi)
    assert len(await client.own_programs()) == 1


@pytest.mark.use_case("IP-7")
async def test_pinned_gateway_is_the_only_one_spoken_to(gateway: SimulatedGateway, connect: Connect) -> None:
    client = await connect(gateway, expected_lfdi="AB" * 20)
    with pytest.raises(GatewayError) as caught:
        await client.configuration()
    assert caught.value.reason is Reason.WRONG_GATEWAY
    assert (await gateway.log())["requests"] == []
    assert (await client.identify()).lfdi == gateway.lfdi


@pytest.mark.use_case("IP-7")
async def test_pending_and_refused_are_told_apart(make_gateway: GatewayFactory, connect: Connect) -> None:
    meter = await make_gateway(**RIVA)
    for accepted_before, reason in ((False, Reason.PORTAL_PENDING), (True, Reason.CERTIFICATE_REFUSED)):
        client = await connect(meter, accepted_before=accepted_before)
        assert not (await client.identify()).accepts_us
        with pytest.raises(GatewayError) as caught:
            await client.discover_registers()
        assert caught.value.reason is reason


@pytest.mark.use_case("IP-8")
async def test_configuration_is_read_over_one_connection(gateway: SimulatedGateway, connect: Connect) -> None:
    client = await connect(gateway)
    await client.announce(EMS)
    await gateway.clear_log()
    configuration = await client.configuration()
    assert configuration.poll_interval == timedelta(seconds=30)
    assert {"time", "metering", "messaging", "end_device"} <= set(configuration.function_sets)
    assert [text.startswith("Devices are registered by") for text in configuration.instructions] == [True]
    assert configuration.rates["messaging"] == timedelta(seconds=30)
    assert configuration.info.software_version == "1.0.0"
    assert configuration.clock_offset is not None
    assert abs(configuration.clock_offset) < timedelta(seconds=3)
    assert (await gateway.log())["connections"] == 1


async def test_what_describes_the_gateway_is_read_once_a_connection_until_something_is_written(
    gateway: SimulatedGateway, connect: Connect
) -> None:
    client = await connect(gateway)
    href = await client.announce(EMS)
    await gateway.clear_log()

    async def asked() -> int:
        return sum(request["path"] == "/dcap" for request in (await gateway.log())["requests"])

    async with client.session():
        await client.configuration()
        await client.discover_registers()
        assert await client.listed_devices()
        assert await asked() == 1
        await client.withdraw(href, client.client_lfdi)
        assert await client.listed_devices() == []
        assert await asked() == 2
    await client.listed_devices()
    assert await asked() == 3


@pytest.mark.use_case("IP-8")
async def test_clock_is_read_where_it_says_the_time_alone(gateway: SimulatedGateway, connect: Connect) -> None:
    """Of what sep.xsd wants in a Time, GridAPPS-D's server leaves out quality and the beginning of summer time."""
    client = await connect(gateway)
    await client.announce(EMS)
    told = f'<Time xmlns="urn:ieee:std:2030.5:ns"><currentTime>{int(time.time()) - 600}</currentTime></Time>'
    async with client._connection.session() as session:
        with session.instead({"/tm": told.encode()}):
            configuration = await client.configuration()
    assert configuration.clock_offset is not None
    assert abs(configuration.clock_offset + timedelta(minutes=10)) < timedelta(seconds=3)


@pytest.mark.use_case("IP-8")
async def test_resource_that_is_broken_counts_as_not_offered(gateway: SimulatedGateway, connect: Connect) -> None:
    client = await connect(gateway)
    await client.announce(EMS)
    await gateway.fault("malformed_xml", path="/msg")
    await gateway.fault("http_error", path="/tm", status=500)
    configuration = await client.configuration()
    assert configuration.instructions == ()
    assert configuration.unavailable == ("messaging",)
    assert configuration.clock_offset is None


async def test_assignments_that_could_not_be_read_are_not_believed_to_be_none(
    gateway: SimulatedGateway, connect: Connect, identity: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is assigned to us goes before what the gateway has for everybody, which is another tariff maybe."""
    monkeypatch.setattr(end_devices, "_LOOKED_AGAIN_AFTER", -1.0, raising=False)
    await gateway.register(identity.lfdi)
    client = await connect(gateway)

    async def asked() -> int:
        await gateway.clear_log()
        await client.prices()
        return len([each for each in (await gateway.log())["requests"] if "/fsa" in each["path"]])

    await gateway.fault("http_error", status=503, path="/edev")
    assert await asked() == 0
    await gateway.mend()
    assert await asked() == 1
    assert await asked() == 0, "what was read is believed for a while"
    monkeypatch.setattr(end_devices, "_ASSIGNED_FOR", -1.0)
    await gateway.fault("http_error", status=503, path="/edev")
    await client.prices()
    (kept,) = client._end_devices._assigned
    assert kept.tariff_profile_list_link is not None


async def test_prices_cover_the_day_ahead_without_gaps(
    gateway: SimulatedGateway, connect: Connect, identity: Identity
) -> None:
    await gateway.register(identity.lfdi)
    client = await connect(gateway)
    schedule = await client.prices()
    assert schedule is not None
    assert schedule.currency == "USD"
    now = datetime.now(UTC)
    price = in_force(schedule.prices, now)
    assert price is not None
    assert price.tier == (await gateway.readings())["tier"]
    assert {p.tier: p.per_kwh for p in schedule.prices}.items() <= {1: 0.118, 2: 0.214, 3: 0.342}.items()
    assert all(later.start == earlier.end for earlier, later in pairwise(schedule.prices))
    assert schedule.prices[-1].end > now + timedelta(hours=24)
    await gateway.fault("malformed_xml", path="/tp/1/rc")
    with pytest.raises(GatewayError) as caught:  # what there is cannot be said to be nothing
        await client.prices()
    assert caught.value.reason is Reason.MALFORMED


@pytest.mark.parametrize("status", [401, 404, 500])
async def test_prices_and_messages_that_are_refused_are_not_said_to_be_none(
    gateway: SimulatedGateway, connect: Connect, identity: Identity, status: int
) -> None:
    await gateway.register(identity.lfdi)
    client = await connect(gateway, accepted_before=True)
    for asked, path in ((client.prices, "/tp"), (client.messages, "/msg")):
        await gateway.fault("http_error", status=status, path=path)
        with pytest.raises(GatewayError) as caught:
            await asked()
        assert caught.value.reason in ABOUT_RESOURCE, "it says nothing of us"
        await gateway.mend()
        await asked()


async def test_meter_without_a_tariff_has_no_prices(
    make_gateway: GatewayFactory, connect: Connect, identity: Identity
) -> None:
    meter = await make_gateway(**RIVA)
    await meter.register(identity.lfdi)
    assert await (await connect(meter)).prices() is None


@pytest.mark.parametrize("personality", ["standard", "riva"])
async def test_readings_are_the_truth(
    make_gateway: GatewayFactory, connect: Connect, identity: Identity, personality: str
) -> None:
    meter = await make_gateway(personality=personality, registration="out-of-band", bad_signature_rate=0)
    await meter.register(identity.lfdi)
    client = await connect(meter)
    registers = await client.discover_registers()
    keys = {register.key for register in registers}
    assert {"power", "energy_summation_delivered", "energy_summation_received"} <= keys
    assert {f"energy_tou_summation_delivered_tier_{tier}" for tier in (1, 2, 3)} <= keys
    before = await meter.readings()
    readings = await client.read(keys, include_clock=True)
    truth = await meter.readings()
    assert readings.values["energy_summation_delivered"] == pytest.approx(truth["delivered_wh"], abs=20)
    assert readings.values["energy_summation_received"] == pytest.approx(truth["received_wh"], abs=20)
    assert readings.values["power"] in {before["power_w"], truth["power_w"]}
    tiers = sum(readings.values[f"energy_tou_summation_delivered_tier_{tier}"] for tier in (1, 2, 3))
    assert tiers == pytest.approx(readings.values["energy_summation_delivered"], abs=5)


async def test_intervals_add_up_to_the_register(
    gateway: SimulatedGateway, connect: Connect, identity: Identity
) -> None:
    await gateway.register(identity.lfdi)
    client = await connect(gateway)
    since = datetime.now(UTC) - timedelta(hours=20)
    intervals = await client.intervals("delivered", since)
    assert 78 <= len(intervals) <= 81
    assert all(later.start == earlier.end for earlier, later in pairwise(intervals))
    assert all(interval.energy >= 0 for interval in intervals)


async def test_session_survives_idle_close_and_glitches(
    make_gateway: GatewayFactory, connect: Connect, identity: Identity
) -> None:
    meter = await make_gateway(**RIVA | {"idle_seconds": 0.2})
    await meter.register(identity.lfdi)
    client = await connect(meter)
    await client.discover_registers()
    await meter.fault("bad_signature", count=1)
    async with client.session():
        await client.read({"power"})
        await asyncio.sleep(0.4)
        await client.read({"power"})
    assert client.statistics()["bad_signature_retries"] == 1
    assert (await meter.log())["concurrent_max"] == 1


async def test_two_clients_never_connect_at_once(
    make_gateway: GatewayFactory, connect: Connect, identity: Identity
) -> None:
    meter = await make_gateway(**RIVA)
    await meter.register(identity.lfdi)
    clients = [await connect(meter) for _ in range(3)]
    await asyncio.gather(*(client.discover_registers() for client in clients))
    assert (await meter.log())["concurrent_max"] == 1


async def test_what_is_kept_over_a_restart_spares_the_walk(
    gateway: SimulatedGateway, connect: Connect, identity: Identity
) -> None:
    await gateway.register(identity.lfdi)
    first = await connect(gateway)
    await first.discover_registers()
    second = await connect(gateway)
    second.restore(first.snapshot())
    await gateway.clear_log()
    assert (await second.read({"power"})).values
    assert len((await gateway.log())["requests"]) == 1
    third = await connect(gateway)
    third.restore({"profile": {"version": 0}})
    assert third.known_registers() == ()


@pytest.mark.parametrize(
    ("fault", "parameters", "reason"),
    [
        ("silence", {}, Reason.GATEWAY_SILENT),
        ("refuse", {}, Reason.UNREACHABLE),
        ("slow", {"seconds": 30}, Reason.GATEWAY_SILENT),
        ("reset", {}, Reason.GATEWAY_SILENT),
        ("malformed_xml", {}, Reason.MALFORMED),
        ("entity_expansion", {}, Reason.MALFORMED),
        ("oversized_xml", {}, Reason.TOO_LARGE),
        ("oversized_xml", {"declared": False}, Reason.TOO_LARGE),
        ("http_error", {"status": 500}, Reason.HTTP_ERROR),
        ("http_error", {"status": 503}, Reason.GATEWAY_BUSY),
        ("http_error", {"status": 404}, Reason.NOT_2030_5),
        ("not_2030_5", {}, Reason.NOT_2030_5),
        ("half_answer", {}, Reason.GATEWAY_SILENT),
        ("bad_signature", {}, Reason.GATEWAY_SILENT),
    ],
)
async def test_every_fault_has_its_reason(
    gateway: SimulatedGateway,
    connect: Connect,
    identity: Identity,
    fault: str,
    parameters: dict[str, int],
    reason: Reason,
) -> None:
    await gateway.register(identity.lfdi)
    client = await connect(gateway)
    await client.discover_registers()
    await gateway.fault(fault, **parameters)
    with pytest.raises(GatewayError) as caught:
        await client.configuration()
    assert caught.value.reason is reason
    await gateway.mend()
    assert await client.configuration()


def test_what_we_use_below_aio2030dot5s_public_names_is_still_there() -> None:
    """The one seam that a new version of the library could move."""
    transport = MeterTransport("127.0.0.1", 1, None)  # type: ignore[arg-type]
    batch = Batch(transport)
    for name in ("_t", "_conn", "_last_request", "_deadline", "_shared", "_kill", "connect", "close"):
        assert hasattr(batch, name)
    for name in ("_recv_some", "read_response"):
        assert hasattr(_TlsConnection, name)


@pytest.mark.use_case("IP-4", "IP-10")
async def test_way_that_was_measured_minutes_ago_is_not_measured_again_unless_that_is_wanted(
    client: Ieee2030_5Gateway, gateway: SimulatedGateway
) -> None:
    first = await client.measure_signal(recent=True)
    assert await client.measure_signal(recent=True) is first
    second = await client.measure_signal()
    assert second is not first
    with patch.object(client_module, "_RECENT", 0.0):
        assert await client.measure_signal(recent=True) is not second
    await gateway.fault("refuse")
    with suppress(GatewayError):
        await client.measure_signal()
    await gateway.mend()
    assert (await client.measure_signal(recent=True)).latency_ms is not None, "what could not be measured is none"
