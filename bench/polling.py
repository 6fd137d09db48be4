"""One poll of a meter by the coordinator, beside others that read the same channels, in the same run.

Beside it are a bare aio2030dot5 (all channels over one connection), and a client that opens a connection for each
resource, as one without sessions does. ``reading`` is our poll without what Home Assistant does to show it, which is
what a bare client is like. The guard's part is timed on what the last poll read. All are lower quartiles, so that what
else a machine has to do counts for little, and without the pauses that meters need between requests, which all make:
``paced`` is with them, each poll as long after what came before that its first connection need not wait, as polls of a
home are.
"""

import asyncio
import gc
import logging
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast
from unittest.mock import patch

from aio2030dot5 import Channel, Meter, MeterProfile
from homeassistant.core import HomeAssistant
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_test_home_assistant

from bench.entry import meter_entry
from bench.pacing import at_pace
from bench.simulated import simulated_gateway
from custom_components.utility_han.gateway.ieee2030_5.connection import Pacing
from custom_components.utility_han.gateway.ieee2030_5.identity import create_identity
from custom_components.utility_han.hub.hub import UtilityHanConfigEntry
from custom_components.utility_han.hub.poll.coordinator import GatewayCoordinator

_ROUNDS = 200
_EACH_EVERY = 4
"""Rounds to one of the client with a connection for each resource, which takes long."""
_PACED_ROUNDS = 5
_SLOW = 0.02


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
    """Return ms, ratios, connections per poll and callbacks over 20 ms."""
    with at_pace(), tempfile.TemporaryDirectory() as folder:
        return await _measure(folder)


async def _measure(folder: str) -> dict[str, Any]:
    identity = await asyncio.to_thread(create_identity)
    async with (
        simulated_gateway(
            identity.lfdi, personality="riva", registration="out-of-band", bad_signature_rate=0
        ) as meter,
        async_test_home_assistant(config_dir=folder) as hass,
    ):
        hass.data.pop(DATA_CUSTOM_COMPONENTS)  # the test instance finds no custom integrations by itself
        entry = meter_entry(meter, identity)
        entry.add_to_hass(hass)
        coordinator, slow = await _watched_setup(hass, entry)
        bare, each = [
            await Meter.create(meter["host"], identity, meter["port"], min_connect_interval=0.0, request_spacing=0.0)
            for _ in range(2)
        ]
        profile = await bare.discover()
        channels = _shown(coordinator, profile)
        before = coordinator.gateway.statistics()
        with _timed_showing(coordinator) as shown:
            took = await _side_by_side(
                {
                    "ours": coordinator.async_refresh,
                    "reading": lambda: _reading(coordinator),
                    "bare": lambda: bare.read(profile, channels, partial=True),
                    "each": lambda: _one_by_one(each, profile, channels),
                },
                _ROUNDS,
            )
        after = coordinator.gateway.statistics()
        ours = 2 * _ROUNDS  # with and without what is shown
        guard = await _guard(coordinator)
        for meter_client in (bare, each, cast("Any", coordinator.gateway)._connection):
            meter_client._transport.request_spacing = Pacing().requests
            meter_client._transport.min_connect_interval = Pacing().connections
        paced = await _side_by_side(
            {
                "ours": coordinator.async_refresh,
                "bare": lambda: bare.read(profile, channels, partial=True),
                "each": lambda: _one_by_one(each, profile, channels),
            },
            _PACED_ROUNDS,
            apart=Pacing().connections,
        )
        await hass.config_entries.async_unload(entry.entry_id)
        await hass.async_stop(force=True)
    return {
        "polls": _ROUNDS,
        "channels": len(channels),
        **{f"{name}_ms": round(seconds * 1000, 2) for name, seconds in took.items()},
        "showing_ms": round(_lower_quartile(shown) * 1000, 2),
        "ratio": round(took["ours"] / took["bare"], 3),
        "ratio_reading": round(took["reading"] / took["bare"], 3),
        "ratio_paced": round(paced["ours"] / paced["bare"], 3),
        "at_most": 1.10,
        "ratio_to_connection_each": round(took["ours"] / took["each"], 3),
        "ratio_to_connection_each_paced": round(paced["ours"] / paced["each"], 3),
        "requests_per_poll": round((after["requests"] - before["requests"]) / ours, 1),
        "guard_us": round(guard * 1e6, 1),
        "guard_share": round(guard / took["ours"], 5),
        "connections_per_poll": (after["connections"] - before["connections"]) / ours,
        "resumed_share": (after["resumed_connections"] - before["resumed_connections"]) / ours,
        "callbacks_over_20_ms": len(slow),
        "slow": [text[:160] for text in slow[:5]],
    }


def _shown(coordinator: GatewayCoordinator, profile: MeterProfile) -> list[Channel]:
    """Return the channels that our poll reads: those of the registers that entities show."""
    keys = set(coordinator.async_contexts())
    return [c for c in profile.channels if c.key in keys or any(k.startswith(f"{c.key}_tier_") for k in keys)]


@contextmanager
def _timed_showing(coordinator: GatewayCoordinator) -> Iterator[list[float]]:
    """Have the seconds listed in which all who show something of a poll, or look at it, are told."""
    took: list[float] = []
    tell = coordinator.async_update_listeners

    def timed() -> None:
        start = time.perf_counter()
        tell()
        took.append(time.perf_counter() - start)

    with patch.object(coordinator, "async_update_listeners", timed):
        yield took


def _lower_quartile(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=4)[0]


async def _reading(coordinator: GatewayCoordinator) -> None:
    async with coordinator.gateway.session():
        await coordinator.meter.read(set(coordinator.async_contexts()), include_clock=False)


async def _one_by_one(meter: Meter, profile: MeterProfile, channels: list[Channel]) -> None:
    for channel in channels:
        await meter.read(profile, [channel], partial=True)


async def _side_by_side(
    clients: dict[str, Callable[[], Awaitable[object]]], rounds: int, apart: float = 0.0
) -> dict[str, float]:
    """Return the seconds of each client; who comes first changes with each round, and ``apart`` is before each."""
    took: dict[str, list[float]] = {name: [] for name in clients}
    gc.collect()
    gc.disable()
    for number in range(rounds):
        names = list(clients)
        first = number % len(names)
        for name in names[first:] + names[:first]:
            if name == "each" and rounds > _PACED_ROUNDS and number // len(names) % _EACH_EVERY:
                continue
            await asyncio.sleep(apart)
            start = time.perf_counter()
            await clients[name]()
            took[name].append(time.perf_counter() - start)
    gc.enable()
    return {name: _lower_quartile(seconds) for name, seconds in took.items()}


async def _guard(coordinator: GatewayCoordinator) -> float:
    """Return the seconds in which the home's own guard judges what its meter tells."""
    guard = coordinator.config_entry.runtime_data.link.guard
    told = await coordinator.meter.read(set(coordinator.async_contexts()), include_clock=False)
    registers = coordinator.meter.registers
    start = time.perf_counter()
    for _ in range(_ROUNDS):
        guard.accept(told, registers, dt_util.utcnow())
    return (time.perf_counter() - start) / _ROUNDS


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
