"""A Home Assistant that lives as long as a benchmark, with switches that devices can be."""

import asyncio
import socket
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiohttp import ThreadedResolver
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import DATA_RESOLVER
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import async_test_home_assistant


@asynccontextmanager
async def home_with_switches(count: int) -> AsyncIterator[HomeAssistant]:
    """Yield it, with ``input_boolean.load_0`` and so on, which are on."""
    with tempfile.TemporaryDirectory() as folder:
        async with async_test_home_assistant(config_dir=folder) as hass:
            hass.data.pop(DATA_CUSTOM_COMPONENTS)  # the test instance finds no custom integrations by itself
            # Home Assistant's own listens to the network of the machine, and only once in a process.
            hass.data[DATA_RESOLVER] = ThreadedResolver()
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                port = probe.getsockname()[1]
            http = {"server_host": ["127.0.0.1"], "server_port": port}
            assert await async_setup_component(hass, "http", {"http": http})
            await hass.config.async_update(internal_url=f"http://127.0.0.1:{port}")
            switches = {f"load_{number}": {"initial": True} for number in range(count)}
            assert await async_setup_component(hass, "input_boolean", {"input_boolean": switches})
            yield hass
            await hass.async_stop(force=True)


def switched(hass: HomeAssistant, count: int, state: str) -> bool:
    """Whether all of its switches are ``on`` or ``off``."""
    return all(hass.states.is_state(f"input_boolean.load_{number}", state) for number in range(count))


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what tells nobody when it comes true."""
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.001)
