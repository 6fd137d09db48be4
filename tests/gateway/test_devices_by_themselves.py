"""A gateway that knows every device by its certificate alone, as GridAPPS-D's server in Go does.

It takes the LFDI of an EndDevice that is POSTed from the certificate, lists a client's own entry only, and refuses
what is below another one (``docs/enddevice-access.md`` of ``ieee-2030_5-server-go``).
"""

import pytest

from custom_components.utility_han.esi import ControlStatus
from custom_components.utility_han.gateway.errors import GatewayError, Reason
from custom_components.utility_han.gateway.ieee2030_5.client import Ieee2030_5Gateway
from custom_components.utility_han.gateway.ieee2030_5.identity import Identity, create_identity
from tests.conftest import GatewayFactory, SimulatedGateway
from tests.gateway.conftest import Connect

WATER_HEATER = 1 << 3
PIN = 123455


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
    await client.give_voice(device, alone=False)
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
    await client.give_voice(device, alone=False)
    href = await client.announce(WATER_HEATER, device.lfdi)
    await gateway.enroll(device.lfdi)

    again = await connect(gateway)
    with pytest.raises(GatewayError):
        await again.device_programs(href)
    await again.give_voice(device, alone=False)
    assert device.lfdi in [each.lfdi for each in await again.listed_devices() or ()]
    assert len(await again.device_programs(href)) == 1
    await again.withdraw(href, device.lfdi)

    third = await connect(gateway)
    await third.give_voice(device, alone=False)
    href = await third.announce(WATER_HEATER, device.lfdi)
    fourth = await connect(gateway)
    await fourth.give_voice(device, alone=False)
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
        await client.give_voice(each, alone=False)
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
    await client.give_voice(device, alone=False)
    its = client._speakers._own[device.lfdi]._transport
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
