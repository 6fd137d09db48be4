"""One poll of a meter by the coordinator, against a bare aio2030dot5 read of the same channels in the same run."""

import asyncio
import gc
import logging
import statistics
import tempfile
import time
from typing import Any

from aio2030dot5 import Meter
from homeassistant.core import HomeAssistant
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_test_home_assistant

from bench.simulated import simulated_gateway
from custom_components.utility_han.const import DOMAIN
from custom_components.utility_han.gateway.ieee2030_5.connection import Pacing
from custom_components.utility_han.gateway.ieee2030_5.identity import Identity, create_identity
from custom_components.utility_han.hub import link
from custom_components.utility_han.hub.coordinator import GatewayCoordinator
from custom_components.utility_han.hub.hub import UtilityHanConfigEntry

_POLLS = 200
_SLOW = 0.02
_RIVA = {"personality": "riva", "registration": "out-of-band", "bad_signature_rate": 0}


class _SlowCallbacks(logging.Handler):
    """Collects asyncio's warnings about callbacks that held the loop."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep what took long."""
        if "took" in (message := record.getMessage()):
            self.seen.append(message)


async def measure() -> dict[str, Any]:
    """Return medians in ms, their ratio, connections per poll and callbacks over 20 ms."""
    with tempfile.TemporaryDirectory() as folder:
        return await _measure(folder)


async def _measure(folder: str) -> dict[str, Any]:
    link.PACING = Pacing(connections=0.0, requests=0.0)
    identity = await asyncio.to_thread(create_identity)
    async with (
        simulated_gateway(
            identity.lfdi, personality="riva", registration="out-of-band", bad_signature_rate=0
        ) as meter,
        async_test_home_assistant(config_dir=folder) as hass,
    ):
        hass.data.pop(DATA_CUSTOM_COMPONENTS)  # the test instance finds no custom integrations by itself
        entry = _entry(meter, identity)
        entry.add_to_hass(hass)
        coordinator, slow = await _watched_setup(hass, entry)
        bare = await Meter.create(
            meter["host"], identity, meter["port"], min_connect_interval=0.0, request_spacing=0.0
        )
        profile = await bare.discover()
        keys = set(coordinator.async_contexts())
        channels = [c for c in profile.channels if c.key in keys or any(k.startswith(f"{c.key}_tier_") for k in keys)]
        before = coordinator.gateway.statistics()
        ours, theirs = [], []
        gc.disable()
        for _ in range(_POLLS):
            start = time.perf_counter()
            await bare.read(profile, channels, partial=True)
            between = time.perf_counter()
            await coordinator.async_refresh()
            ours.append(time.perf_counter() - between)
            theirs.append(between - start)
        gc.enable()
        after = coordinator.gateway.statistics()
        await hass.config_entries.async_unload(entry.entry_id)
        await hass.async_stop(force=True)
    mine, other = statistics.median(ours), statistics.median(theirs)
    return {
        "polls": _POLLS,
        "channels": len(channels),
        "ours_ms": round(mine * 1000, 2),
        "bare_ms": round(other * 1000, 2),
        "ratio": round(mine / other, 3),
        "at_most": 1.15,
        "connections_per_poll": (after["connections"] - before["connections"]) / _POLLS,
        "resumed_share": (after["resumed_connections"] - before["resumed_connections"]) / _POLLS,
        "callbacks_over_20_ms": len(slow),
        "slow": [text[:160] for text in slow[:5]],
    }


def _entry(meter: dict[str, Any], identity: Identity) -> MockConfigEntry:
    return MockConfigEntry(
        domain=DOMAIN,
        title="Meter",
        unique_id=meter["sfdi"],
        data={
            "host": meter["host"],
            "port": meter["port"],
            "dcap_path": meter["dcap"],
            "gateway_lfdi": meter["lfdi"],
            "gateway_sfdi": meter["sfdi"],
            "identity": identity.to_dict(),
            "kind": "energy_management_system",
            "premise": {"name": "Meter", "latitude": 0, "longitude": 0},
            "state": "commissioned",
        },
    )


async def _watched_setup(hass: HomeAssistant, entry: UtilityHanConfigEntry) -> tuple[GatewayCoordinator, list[str]]:
    """Set the integration up and poll a few times with asyncio's debug mode counting slow callbacks."""
    handler = _SlowCallbacks()
    logging.getLogger("asyncio").addHandler(handler)
    loop = asyncio.get_running_loop()
    loop.slow_callback_duration = _SLOW
    loop.set_debug(True)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    for _ in range(20):
        await entry.runtime_data.coordinator.async_refresh()
    loop.set_debug(False)
    return entry.runtime_data.coordinator, handler.seen
