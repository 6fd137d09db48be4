"""Dialogs put together parts of their texts: in the language of who reads them, whatever the home's is."""

from collections.abc import Iterator

import pytest
from aiohttp.test_utils import make_mocked_request
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.http import current_request

from tests.component.test_device_flow import DeviceFlow, hall, pool
from tests.conftest import SimulatedGateway
from tests.helpers import flows
from tests.helpers.utility import SimulatedUtility

__all__ = ["hall", "pool"]


@pytest.fixture(autouse=True)
def _browser() -> Iterator[None]:
    """A browser in German, in a home whose language is English."""
    request = make_mocked_request("POST", "/api/config/config_entries/flow", {"Accept-Language": "de-AT,en;q=0.5"})
    asking = current_request.set(request)
    yield
    current_request.reset(asking)


async def test_pages_of_commissioning_are_in_one_language(hass: HomeAssistant, gateway: SimulatedGateway) -> None:
    result = await flows.submit(hass, await flows.start(hass), {"host": gateway.host, "port": gateway.port})
    assert "Weg zum Gateway" in flows.placeholder(result, "way")
    result = await flows.by_pin(hass, await flows.walk(hass, result, "method"), gateway.pin)
    found = flows.placeholder(result, "found")
    assert [line for line in found.splitlines() if line.startswith("✓ **Verbindung gesichert")], found
    assert "Way to" not in found
    result = await flows.finish(hass, result)
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_pages_of_several_devices_are_in_one_language(
    hass: HomeAssistant, hub: ConfigEntry, utility: SimulatedUtility, pool: str, hall: str
) -> None:
    flow = await DeviceFlow(hass, hub).start()
    await flow.submit({"entities": [pool, hall]})
    assert "Abwechselnd ein- und ausschalten" in flow.said["devices"]
    await flow.submit(flow.suggested)
    await flow.submit({"programs": ["peak-saver"], "consent": False})
    assert "Bedingungen" in flow.said["wrong"]
