"""What the demo prints is right for how the meter is reached and for what the utility offers."""

import json
import re
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest

from script.demo_home.welcome import welcome
from tests.conftest import GatewayFactory, SimulatedGateway

LFDI = "0123456789ABCDEF0123456789ABCDEF01234567"
VEN = {"client_id": "ven", "client_secret": "s", "role": "ven"}
VTN = {"url": "https://127.0.0.1:1/openadr3/3.1.0", "clients": [VEN]}


async def told(control: str, gateway: SimulatedGateway, utility: str = "han-api") -> str:
    """What is printed for a gateway."""
    described = await gateway.describe()
    running: Any = SimpleNamespace(control=control, utility="http://utility", gateway=described, vtn=VTN)
    return welcome("http://home", running, "http://phone", utility, tells=False)


async def run(text: str) -> list[int]:
    """Send what the printed commands send, with an LFDI in the place that is left for one; the statuses."""
    found = re.findall(r"curl --json '(.*)' (\S+)", text)
    assert found
    statuses = []
    async with aiohttp.ClientSession() as session:
        for body, url in found:
            async with session.post(url, json=json.loads(body.replace("…", LFDI))) as response:
                statuses.append(response.status)
    return statuses


@pytest.mark.parametrize("utility", ["han-api", "none"])
async def test_over_ip_the_printed_command_registers_who_asks(
    simulator_url: str, make_gateway: GatewayFactory, utility: str
) -> None:
    gateway = await make_gateway(registration="both")
    text = await told(simulator_url, gateway, utility)
    assert "The PIN is 123455." in text
    assert "discovered" in text
    assert await run(text) == [201]
    assert (await gateway.describe())["registered"] == [LFDI]


async def test_a_gateway_without_pin_names_none(simulator_url: str, make_gateway: GatewayFactory) -> None:
    gateway = await make_gateway(personality="riva")
    text = await told(simulator_url, gateway)
    assert "It takes no PIN." in text
    assert "123455" not in text
    assert await run(text) == [201]


@pytest.mark.parametrize("utility", ["han-api", "none"])
async def test_over_zigbee_the_printed_commands_let_the_radios_in(
    simulator_url: str, make_gateway: GatewayFactory, utility: str
) -> None:
    gateway = await make_gateway(zigbee=True)
    text = await told(simulator_url, gateway, utility)
    # No gateway keeps it over Zigbee, so that a device's page asks for it, where a device is registered at all.
    assert ("The PIN of your utility's letter is 123455." in text) is (utility == "han-api")
    assert "LFDI" not in text
    assert "With a Zigbee radio or stick" in text
    assert await run(text) == [200, 200]
    zigbee = (await gateway.describe())["zigbee"]
    assert zigbee["permitted"] == sorted(radio["eui64"] for radio in zigbee["radios"].values())


async def test_by_openadr_client_and_steps_are_named(simulator_url: str, gateway: SimulatedGateway) -> None:
    text = await told(simulator_url, gateway, "openadr")
    assert re.search(r"Client ID +ven\n +Secret +s\n", text)
    assert "No meter that I can read" in text
    assert "curl" not in text
