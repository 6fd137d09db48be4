"""Clients of simulated gateways, without Home Assistant."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from custom_components.utility_han.gateway.ieee2030_5.client import Ieee2030_5Gateway
from custom_components.utility_han.gateway.ieee2030_5.identity import Identity, create_identity
from custom_components.utility_han.gateway.zigbee.client import EzspGateway
from tests.conftest import PACING, TIMEOUTS, SimulatedGateway
from tests.helpers.zigbee import joined

type Connect = Callable[..., Awaitable[Ieee2030_5Gateway]]


@pytest.fixture(scope="session")
def identity() -> Identity:
    """One client identity for all tests; making one takes a while."""
    return create_identity()


async def lend(client: Ieee2030_5Gateway, device: Identity, *, alone: bool, href: str | None = None) -> None:
    """Have a device speak with its certificate."""

    async def load() -> Identity:
        return device

    await client.give_voice(device.lfdi, load, alone=alone, href=href)


@pytest.fixture
def connect(identity: Identity) -> Connect:
    """Return a maker of clients."""

    async def connect(
        gateway: SimulatedGateway, *, expected_lfdi: str | None = None, accepted_before: bool = False
    ) -> Ieee2030_5Gateway:
        return await Ieee2030_5Gateway.create(
            gateway.host,
            gateway.port,
            identity,
            expected_lfdi=expected_lfdi,
            accepted_before=accepted_before,
            pacing=PACING,
            timeouts=TIMEOUTS,
        )

    return connect


@pytest.fixture
async def client(gateway: SimulatedGateway, connect: Connect, identity: Identity) -> Ieee2030_5Gateway:
    """A client that the gateway has on its list."""
    await gateway.register(identity.lfdi)
    return await connect(gateway)


@pytest.fixture
async def link(gateway: SimulatedGateway) -> AsyncIterator[EzspGateway]:
    """A client whose radio has joined the gateway's Zigbee network."""
    async with joined(gateway) as link:
        yield link
