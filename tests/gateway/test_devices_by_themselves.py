"""A gateway that knows every device by its certificate alone, as GridAPPS-D's server in Go does.

It takes the LFDI of an EndDevice that is POSTed from the certificate, lists a client's own entry only, and refuses
what is below another one (``docs/enddevice-access.md`` of ``ieee-2030_5-server-go``).
"""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from aio2030dot5 import sfdi_from_lfdi

from custom_components.utility_han.esi import ControlStatus
from custom_components.utility_han.gateway.errors import GatewayError, Reason
from custom_components.utility_han.gateway.ieee2030_5.client import Ieee2030_5Gateway
from custom_components.utility_han.gateway.ieee2030_5.connection import Connection, ConnectionSession
from custom_components.utility_han.gateway.ieee2030_5.end_devices import EndDevices
from custom_components.utility_han.gateway.ieee2030_5.identity import Identity, create_identity
from custom_components.utility_han.gateway.model import ListedDevice, VehiclePowerStatus
from tests.conftest import GatewayFactory, SimulatedGateway
from tests.gateway.conftest import Connect, lend

WATER_HEATER = 1 << 3
PIN = 123455
VEHICLE = VehiclePowerStatus(
    7_360.0, 22_500.0, 11_000.0, timedelta(hours=2), None, 40.0, None, datetime(2026, 11, 24, tzinfo=UTC)
)


@pytest.fixture
async def gateway(make_gateway: GatewayFactory) -> SimulatedGateway:
    """A gateway that goes by certificates alone."""
    return await make_gateway(registration="both", own_only=True)


@pytest.fixture(scope="module")
def device() -> Identity:
    """The identity that Home Assistant made for a device."""
    return create_identity()


async def entries(gateway: SimulatedGateway) -> list[str]:
    return list((await gateway.describe())["registered"])


@pytest.mark.use_case("IP-6")
async def test_entry_of_ours_is_not_taken_for_a_devices(
    client: Ieee2030_5Gateway, gateway: SimulatedGateway, identity: Identity, device: Identity
) -> None:
    """A device that has its certificate itself has to announce itself."""
    with pytest.raises(GatewayError) as refused:
        await client.announce(WATER_HEATER, device.lfdi)
    assert refused.value.reason is Reason.REGISTRATION_REFUSED
    assert "another device" in refused.value.detail
    assert await entries(gateway) == [identity.lfdi]


@pytest.mark.use_case("IP-6", "IP-9")
async def test_device_announces_itself_where_it_is_not_taken_from_us(
    client: Ieee2030_5Gateway, gateway: SimulatedGateway, identity: Identity, device: Identity
) -> None:
    await lend(client, device, alone=False)
    before = await client.listed_devices()
    assert [each.lfdi for each in before or ()] == [identity.lfdi]
    href = await client.announce(WATER_HEATER, device.lfdi)
    assert await client.announce(WATER_HEATER, device.lfdi) == href
    assert await entries(gateway) == [identity.lfdi, device.lfdi]
    listed = {each.lfdi: each.href for each in await client.listed_devices() or ()}
    assert listed[device.lfdi] == href
    assert await client.registration_pin(href) == PIN
    await client.self_report(href)

    await gateway.enroll(device.lfdi)
    programs = await client.device_programs(href)
    assert [each.description for each in programs] == ["Peak Saver"]
    await gateway.publish(duration=600)
    (control,) = await client.controls(programs)
    assert control.status is ControlStatus.ACTIVE

    await client.withdraw(href, device.lfdi)
    assert await entries(gateway) == [identity.lfdi]
    assert [each.lfdi for each in await client.listed_devices() or ()] == [identity.lfdi]


@pytest.mark.use_case("IP-9")
async def test_device_is_found_by_its_own_certificate_after_a_restart(
    client: Ieee2030_5Gateway, connect: Connect, gateway: SimulatedGateway, device: Identity
) -> None:
    await lend(client, device, alone=False)
    href = await client.announce(WATER_HEATER, device.lfdi)
    await gateway.enroll(device.lfdi)

    again = await connect(gateway)
    with pytest.raises(GatewayError):
        await again.device_programs(href)
    await lend(again, device, alone=False)
    assert device.lfdi in [each.lfdi for each in await again.listed_devices() or ()]
    assert len(await again.device_programs(href)) == 1
    await again.withdraw(href, device.lfdi)

    third = await connect(gateway)
    await lend(third, device, alone=False)
    href = await third.announce(WATER_HEATER, device.lfdi)
    fourth = await connect(gateway)
    await lend(fourth, device, alone=False)
    await fourth.withdraw(href, device.lfdi)  # the first that is said of it
    assert device.lfdi not in await entries(gateway)


@pytest.mark.use_case("IP-9")
async def test_of_many_devices_a_few_look_for_their_entries_each_time(
    client: Ieee2030_5Gateway, gateway: SimulatedGateway
) -> None:
    """Each needs a connection of its own, between which a meter needs pauses."""
    devices = [create_identity() for _ in range(5)]
    for each in devices:
        await gateway.register(each.lfdi)
        await lend(client, each, alone=False)
    seen = []
    for _ in range(3):
        before = client.statistics()["connections"]
        listed = {each.lfdi for each in await client.listed_devices() or ()}
        assert client.statistics()["connections"] == before + 1
        seen.append(sum(each.lfdi in listed for each in devices))
    assert seen == [3, 5, 5]
    await gateway.withdraw(devices[0].lfdi)
    await client.listed_devices()
    listed = {each.lfdi for each in await client.listed_devices() or ()}
    assert [each.lfdi in listed for each in devices] == [False, True, True, True, True]


async def test_device_that_is_not_answered_now_keeps_nobody_else_from_being_listed(
    client: Ieee2030_5Gateway, gateway: SimulatedGateway, identity: Identity, device: Identity
) -> None:
    await gateway.register(device.lfdi)
    await lend(client, device, alone=False)
    its = (await client._speakers._connection_of(device.lfdi))._transport
    assert its._ctx.get_ciphers() == client._connection._transport._ctx.get_ciphers()
    port, its.port = its.port, 9
    assert len(await client.listed_devices() or ()) == 1, "ours was answered, the device's was not"
    its.port = port
    assert len(await client.listed_devices() or ()) == 2
    its.port = 9
    assert len(await client.listed_devices() or ()) == 2, "as it was found last"


async def test_entry_that_is_another_devices_by_now_is_not_withdrawn(
    make_gateway: GatewayFactory, connect: Connect, identity: Identity, device: Identity
) -> None:
    gateway = await make_gateway(registration="both")
    await gateway.register(identity.lfdi)
    client = await connect(gateway)
    (own,) = [each.href for each in await client.listed_devices() or ()]
    await client.withdraw(own, device.lfdi)
    assert await entries(gateway) == [identity.lfdi]
    await client.withdraw(own, identity.lfdi)
    assert await entries(gateway) == []
    await client.withdraw(own, identity.lfdi)  # gone already is as good


async def seen_by_list(client: Ieee2030_5Gateway) -> set[str | None]:
    return {each.lfdi for each in await client.listed_devices() or ()}


type Trouble = Callable[[str, Mapping[str, int]], AbstractContextManager[list[Connection]]]


@pytest.fixture
def trouble(gateway: SimulatedGateway) -> Trouble:
    """The gateway has a fault at its list from when a device itself begins to speak; yields who spoke."""
    aside = ConnectionSession.aside

    @contextmanager
    def troubled(fault: str, parameters: Mapping[str, int]) -> Iterator[list[Connection]]:
        spoke: list[Connection] = []
        where = {} if fault == "wrong_certificate" else {"path": "/edev"}

        @asynccontextmanager
        async def beginning(session: ConnectionSession, other: Connection) -> AsyncIterator[ConnectionSession]:
            spoke.append(other)
            await gateway.fault(fault, **where, **parameters)
            async with aside(session, other) as theirs:
                yield theirs

        with patch.object(ConnectionSession, "aside", beginning):
            yield spoke

    return troubled


@pytest.mark.use_case("IP-9")
@pytest.mark.parametrize(
    ("fault", "parameters"),
    [("http_error", {"status": 500}), ("http_error", {"status": 503}), ("not_2030_5", {}), ("reset", {})],
    ids=["error", "busy", "web page", "cut off"],
)
async def test_trouble_while_a_device_looks_loses_neither_the_list_nor_what_it_found_before(
    client: Ieee2030_5Gateway,
    gateway: SimulatedGateway,
    identity: Identity,
    device: Identity,
    trouble: Trouble,
    fault: str,
    parameters: dict[str, int],
) -> None:
    await gateway.register(device.lfdi)
    await lend(client, device, alone=False)
    assert await seen_by_list(client) == {identity.lfdi, device.lfdi}
    assert await client.prove(device.lfdi)
    other = create_identity()
    await lend(client, other, alone=True)
    with trouble(fault, parameters) as spoke:
        assert await seen_by_list(client) == {identity.lfdi, device.lfdi}
    assert len(spoke) == 1, "a gateway that has trouble is left alone"
    await gateway.mend()
    await gateway.withdraw(device.lfdi)
    assert await seen_by_list(client) == {identity.lfdi}


@pytest.mark.use_case("IP-6")
@pytest.mark.parametrize(
    ("status", "reason"), [(503, Reason.GATEWAY_BUSY), (403, Reason.REGISTRATION_REFUSED)], ids=["busy", "refused"]
)
async def test_gateway_that_is_busy_for_the_device_itself_has_refused_nothing(
    client: Ieee2030_5Gateway,
    gateway: SimulatedGateway,
    device: Identity,
    trouble: Trouble,
    status: int,
    reason: Reason,
) -> None:
    """Where both are refused, it is said why we were."""
    await lend(client, device, alone=False)
    with trouble("http_error", {"status": status}), pytest.raises(GatewayError) as failed:
        await client.announce(WATER_HEATER, device.lfdi)
    assert failed.value.reason is reason
    await gateway.mend()
    await client.announce(WATER_HEATER, device.lfdi)
    assert device.lfdi in await entries(gateway)


@pytest.mark.use_case("IP-9", "UR-P", "UR-EV")
async def test_devices_are_heard_right_after_a_restart_where_they_were(
    client: Ieee2030_5Gateway, connect: Connect, gateway: SimulatedGateway, identity: Identity
) -> None:
    """Also those whose turn to look for their entries comes minutes later."""
    devices = [create_identity() for _ in range(5)]
    places = {}
    for each in devices:
        await lend(client, each, alone=False)
        places[each.lfdi] = await client.announce(WATER_HEATER, each.lfdi)
    await gateway.enroll(devices[-1].lfdi)

    again = await connect(gateway)
    for each in devices:
        await lend(again, each, alone=False, href=places[each.lfdi])
    last = places[devices[-1].lfdi]
    assert len(await again.device_programs(last)) == 1
    assert await again.publish_vehicle(last, VEHICLE)
    assert await again.registration_pin(last) == PIN
    assert await seen_by_list(again) == {identity.lfdi, *places}
    for each in devices:
        await gateway.withdraw(each.lfdi)
    for _ in range(2):
        await again.listed_devices()
    assert await seen_by_list(again) == {identity.lfdi}


@pytest.mark.use_case("UR-EV")
async def test_device_that_is_listed_and_whose_resources_are_its_own_writes_them_itself(
    make_gateway: GatewayFactory, connect: Connect, identity: Identity, device: Identity
) -> None:
    """IEEE 2030.5-2018, 8.5.3: a write below an EndDevice is the device's, also where its entry is shown to others."""
    gateway = await make_gateway(registration="both")
    await gateway.register(identity.lfdi)
    await gateway.register(device.lfdi)
    client = await connect(gateway)
    listed = {each.lfdi: each.href for each in await client.listed_devices() or ()}
    with pytest.raises(GatewayError):
        await client.publish_vehicle(listed[device.lfdi], VEHICLE)
    await lend(client, device, alone=False, href="/edev/9")  # where it was before
    assert await client.publish_vehicle(listed[device.lfdi], VEHICLE)


async def test_device_whose_entry_has_no_address_of_its_own_does_not_speak_for_others(
    make_gateway: GatewayFactory,
    connect: Connect,
    identity: Identity,
    device: Identity,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Servers leave out an entry's href (sep.xsd, Resource): then it is where the list is."""
    gateway = await make_gateway(registration="both")
    await gateway.register(identity.lfdi)
    client = await connect(gateway)
    await lend(client, device, alone=True)
    own = (await client.listed_devices() or [])[0]

    async def listed() -> list[ListedDevice]:
        return [ListedDevice(device.lfdi, sfdi_from_lfdi(device.lfdi), "/edev"), own]

    monkeypatch.setattr(EndDevices, "listed", lambda _: listed())
    await client.listed_devices()
    assert await client.registration_pin(own.href) == PIN


@pytest.mark.use_case("IP-6", "UR-10")
async def test_device_that_announced_itself_is_asked_by_itself_from_then_on(
    client: Ieee2030_5Gateway, gateway: SimulatedGateway, device: Identity
) -> None:
    await lend(client, device, alone=False)
    assert not await client.prove(device.lfdi), "nobody knows yet that it has to"
    href = await client.announce(WATER_HEATER, device.lfdi)
    before = len((await gateway.log())["requests"])
    assert await client.registration_pin(href) == PIN
    assert await client.prove(device.lfdi)
    asked = (await gateway.log())["requests"][before:]
    assert {each["status"] for each in asked} == {200}, "what was refused once is not asked for as we are"


@pytest.mark.use_case("IP-9")
async def test_devices_that_are_heard_through_us_are_listed_no_longer_than_the_list_has_them(
    make_gateway: GatewayFactory, connect: Connect, identity: Identity
) -> None:
    gateway = await make_gateway(registration="both")
    await gateway.register(identity.lfdi)
    client = await connect(gateway)
    devices = [create_identity() for _ in range(5)]
    for each in devices:
        await lend(client, each, alone=False)
        await client.announce(WATER_HEATER, each.lfdi)
        assert not await client.prove(each.lfdi)
    assert len(await seen_by_list(client)) == 6
    for each in devices:
        await gateway.withdraw(each.lfdi)
    assert await seen_by_list(client) == {identity.lfdi}


@pytest.mark.use_case("IP-9")
@pytest.mark.parametrize("status", [401, 403, 404])
async def test_device_that_is_refused_its_entry_has_none(
    client: Ieee2030_5Gateway,
    gateway: SimulatedGateway,
    identity: Identity,
    device: Identity,
    trouble: Trouble,
    status: int,
) -> None:
    await gateway.register(device.lfdi)
    await lend(client, device, alone=False)
    assert await seen_by_list(client) == {identity.lfdi, device.lfdi}
    with trouble("http_error", {"status": status}):
        assert await seen_by_list(client) == {identity.lfdi}


@pytest.mark.use_case("IP-9")
async def test_other_device_that_answers_while_a_device_looks_is_told(
    connect: Connect, gateway: SimulatedGateway, identity: Identity, device: Identity, trouble: Trouble
) -> None:
    await gateway.register(identity.lfdi)
    client = await connect(gateway, expected_lfdi=gateway.lfdi)
    await lend(client, device, alone=False)
    with trouble("wrong_certificate", {}), pytest.raises(GatewayError) as failed:
        await client.listed_devices()
    assert failed.value.reason is Reason.WRONG_GATEWAY
