"""An hour of one meter in steady state over each transport: our CPU time, and messages on the way.

The hour's polls are made one after the other: what they cost does not depend on the breaks between them.
"""

import time
from collections.abc import Callable
from typing import Any

from aio2030dot5 import Timeouts, generate_identity

from bench.pacing import NO_PAUSES
from bench.simulated import permit, simulated_gateway
from custom_components.utility_han.gateway.ieee2030_5.client import Ieee2030_5Gateway
from custom_components.utility_han.gateway.protocol import Gateway
from custom_components.utility_han.gateway.zigbee import waiting
from custom_components.utility_han.gateway.zigbee.client import EzspGateway
from custom_components.utility_han.gateway.zigbee.radio import Radio
from custom_components.utility_han.gateway.zigbee.raven import RavenGateway

_POLLS = 120
"""In an hour, every 30 s."""
_CLOCK_EVERY, _LITTLE_EVERY = 30, 10
"""Polls between readings of the clock (15 min), and of messages and devices (5 min)."""
_HOUR = 3600


async def measure() -> dict[str, Any]:
    """Return CPU seconds and messages per hour for each transport, and CPU as a ratio to IP's."""
    waiting.QUIET_SECONDS = 0.05
    identity = generate_identity()
    async with simulated_gateway(identity.lfdi, zigbee=True, certified=True) as meter:
        radios = meter["zigbee"]["radios"]
        for radio in radios.values():
            await permit(meter, radio)
        ip = await Ieee2030_5Gateway.create(
            meter["host"],
            meter["port"],
            identity,
            expected_lfdi=meter["lfdi"],
            pacing=NO_PAUSES,
            timeouts=Timeouts(),
        )
        code = bytes.fromhex(radios["ezsp"]["install_code"])
        ezsp = EzspGateway(Radio(radios["ezsp"]["url"]), code, None)
        raven = RavenGateway(radios["raven"]["url"], None)
        counts: dict[str, tuple[Gateway, Callable[[], int]]] = {
            "ip": (ip, lambda: 2 * ip.statistics()["requests"]),
            "ezsp": (ezsp, lambda: ezsp.statistics()["sent"] + ezsp.statistics()["received"]),
            "raven": (raven, lambda: 2 * raven.statistics()["asked"]),
        }
        figures = {name: await _hour(gateway, count) for name, (gateway, count) in counts.items()}
    return {
        **figures,
        "ratio_ezsp": round(figures["ezsp"]["cpu_seconds"] / figures["ip"]["cpu_seconds"], 2),
        "ratio_raven": round(figures["raven"]["cpu_seconds"] / figures["ip"]["cpu_seconds"], 2),
    }


async def _hour(gateway: Gateway, count: Callable[[], int]) -> dict[str, Any]:
    assert (await gateway.identify()).accepts_us
    keys = [register.key for register in await gateway.discover_registers()]
    await gateway.configuration()
    sent, begun = count(), time.process_time()
    for poll in range(_POLLS):
        async with gateway.session():
            await gateway.read(keys, include_clock=poll % _CLOCK_EVERY == 0)
            await gateway.controls([])
            if poll == 0:
                await gateway.prices()
            if poll % _LITTLE_EVERY == 0:
                await gateway.messages()
                await gateway.listed_devices()
    cpu = time.process_time() - begun
    messages = count() - sent
    await gateway.close()
    return {
        "registers": len(keys),
        "cpu_seconds": round(cpu, 2),
        "cpu_share": round(cpu / _HOUR, 6),
        "messages_per_hour": messages,
    }
