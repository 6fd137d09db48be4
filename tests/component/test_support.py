"""What helps to help: diagnostics without secrets, and system health."""

import json
import re

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import get_system_health_info
from pytest_homeassistant_custom_component.components.diagnostics import get_diagnostics_for_config_entry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.utility_han.const import DOMAIN
from custom_components.utility_han.diagnostics import async_get_config_entry_diagnostics
from tests.component.conftest import Commission
from tests.conftest import SimulatedGateway


async def test_diagnostics_tell_everything_but_secrets(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    gateway: SimulatedGateway,
    commission: Commission,
) -> None:
    entry = await commission(gateway)
    assert await async_setup_component(hass, "diagnostics", {})
    diagnostics = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    text = json.dumps(diagnostics)
    identity = entry.runtime_data.identity
    secrets = (
        "PRIVATE KEY",
        "BEGIN CERTIFICATE",
        identity.lfdi,
        identity.sfdi,
        gateway.lfdi,
        gateway.sfdi,
        entry.data["premise"]["name"],
        gateway.pin,
    )
    # As words of their own: a figure that holds the digits of one is not it.
    told = [secret for secret in secrets if re.search(rf"(?<![\d.]){re.escape(secret)}(?!\d)", text)]
    assert told == []
    assert diagnostics["state"] == "commissioned"
    assert diagnostics["connection"]["connections"] > 0
    assert [each["step"] for each in diagnostics["commissioning"]][:2] == ["IP-1", "IP-2"]


async def test_diagnostics_name_no_device_of_a_former_identity(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    entry, device = await commission(gateway), "3E4F45AB31EDFE5B67E343E5E4562E31984E23E5"
    former = {"identity": entry.data["identity"], "href": None, "devices": [device]}
    hass.config_entries.async_update_entry(entry, data={**entry.data, "former": [former]})
    assert device not in json.dumps(await async_get_config_entry_diagnostics(hass, entry), default=str)


async def test_system_health_counts_gateways(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    await commission(gateway)
    assert await async_setup_component(hass, "system_health", {})
    await hass.async_block_till_done()
    info = await get_system_health_info(hass, DOMAIN)
    assert (info["gateways"], info["reached"]) == (1, 1)
    assert "aio2030dot5 0.4.0" in info["libraries"]
