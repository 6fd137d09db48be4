"""Joining a meter's network: by an EZSP radio and by a certified stick, as people do it."""

import asyncio

import pytest
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant

from custom_components.utility_han.const import DOMAIN
from tests.component.conftest import Commission
from tests.conftest import GatewayFactory, SimulatedGateway
from tests.helpers import flows


@pytest.fixture
def transport() -> str:
    return "ezsp"


@pytest.mark.use_case("IP-1", "IP-2", "IP-3", "IP-4", "IP-5", "IP-6", "IP-7", "IP-8", "IP-9", "IP-10")
async def test_radio_joins_the_meters_network(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    entry = await commission(gateway)

    assert entry.state is ConfigEntryState.LOADED
    assert entry.unique_id == gateway.radio()["eui64"]
    assert entry.data["gateway_lfdi"] == gateway.lfdi
    truth = await gateway.readings()
    power = hass.states.get("sensor.elm_street_5_power")
    energy = hass.states.get("sensor.elm_street_5_energy_delivered")
    assert power is not None
    assert energy is not None
    assert float(power.state) == truth["power_w"]
    assert float(energy.state) == pytest.approx(truth["delivered_wh"] / 1000, abs=0.1)
    await hass.config_entries.async_unload(entry.entry_id)
