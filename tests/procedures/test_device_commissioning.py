"""A device that Home Assistant announces: over one connection, and to be left at any moment (IP-6, IP-7, IP-9)."""

import asyncio

import pytest

from custom_components.utility_han.gateway.ieee2030_5.identity import create_identity
from custom_components.utility_han.procedures.device_commissioning import (
    DeviceCommissioning,
    DeviceMethod,
    commission_device,
)
from custom_components.utility_han.procedures.step import Outcome, Step
from custom_components.utility_han.utility.portal.portal import Portal
from tests.conftest import SimulatedGateway
from tests.procedures.test_commissioning_steps import connect


async def _save(run: DeviceCommissioning) -> None:
    """Nothing here is begun anew."""


def _announced(pin: str) -> DeviceCommissioning:
    return DeviceCommissioning(DeviceMethod.IN_BAND, "12345678F".ljust(40, "0"), "pool_pump", pin)


@pytest.mark.use_case("UR-2", "IP-6", "IP-7", "IP-9")
async def test_announcing_a_device_needs_one_connection(gateway: SimulatedGateway) -> None:
    identity = await asyncio.to_thread(create_identity)
    await gateway.register(identity.lfdi)
    client = await connect(gateway, identity)
    steps = commission_device(client, Portal(client.device_programs), _announced(gateway.pin), _save)
    results = [each async for each in steps if each.outcome is not Outcome.RUNNING]
    assert [(each.step, each.outcome) for each in results] == [
        (step, Outcome.DONE) for step in (Step.IP_6, Step.IP_7, Step.IP_9)
    ]
    assert client.statistics()["connections"] == 1


@pytest.mark.use_case("UR-2", "IP-6")
async def test_dialog_of_a_device_that_is_closed_in_between_lets_go_of_the_gateway(gateway: SimulatedGateway) -> None:
    identity = await asyncio.to_thread(create_identity)
    await gateway.register(identity.lfdi)
    client = await connect(gateway, identity)
    steps = commission_device(client, Portal(client.device_programs), _announced(gateway.pin), _save)
    await anext(steps)
    await steps.aclose()
    assert await client.listed_devices()  # which waits for a connection that is still open
