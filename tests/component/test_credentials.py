"""Credentials that a utility gives out by letter: what it has to know is said where they are typed."""

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.core_config import async_process_ha_core_config
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.utility_han.const import DOMAIN


@pytest.mark.use_case("UR-5")
async def test_address_that_people_come_back_by_is_named_for_the_utility(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    assert await async_setup_component(hass, DOMAIN, {})
    assert await async_setup_component(hass, "application_credentials", {})
    client = await hass_ws_client(hass)

    async def named() -> str:
        await client.send_json_auto_id({"type": "application_credentials/config"})
        told = (await client.receive_json())["result"]["integrations"][DOMAIN]
        return str(told["description_placeholders"]["redirect"])

    hass.config.api = None
    assert await named() == "/auth/external/callback"
    await async_process_ha_core_config(hass, {"external_url": "https://home.example.com"})
    assert await named() == "https://home.example.com/auth/external/callback"
    hass.config.components.add("my")
    assert await named() == "https://my.home-assistant.io/redirect/oauth"
