"""Whether a device is who it says it is, as its gateway can tell (use case UR-10)."""

from __future__ import annotations

import time
from enum import Enum

from simulator.fleet.installed_gateway import InstalledGateway

_ALIVE_SECONDS = 900
"""How long a client that speaks for devices counts as there: the default pollRate of IEEE 2030.5."""


class Proof(Enum):
    """Who proved the identity of a device."""

    DEVICE = "the device itself"
    HOME = "the client that announced it"


async def authenticate(gateway: InstalledGateway, lfdi: str, seconds: float) -> Proof | None:
    """Wait up to ``seconds`` for an exchange that only the holder of a device's identity can make.

    - A device with a certificate of its own has to make a request over mutually authenticated TLS from now on.
    - For a device that another client announced, the announcer has to have named it, over TLS by the announcer's
      certificate, since the gateway lists it (announcing it is that, as is any request below its EndDevice and any
      Response with its endDeviceLFDI), and to have made some request in the last 15 minutes. That proves who
      speaks for the device, and nothing of the appliance behind.
    - A device on the Zigbee network is asked for an attribute, and has to answer from its own endpoint, secured with
      the link key, from now on.

    None where there was no such exchange: it is not listed, dead, out of reach, or somebody else's.
    """
    state = gateway.state
    begun = time.time()
    asked = gateway.zigbee is not None and gateway.zigbee.meter.ask(lfdi)

    def proof() -> Proof | None:
        last = state.contacts.last(lfdi)
        if last is None or not state.registrations.accepted(lfdi):
            return None
        if asked or last.client == lfdi:
            return Proof.DEVICE if last.at >= begun else None
        speaker = state.contacts.last(last.client)
        alive = speaker is not None and speaker.at >= begun - _ALIVE_SECONDS
        return Proof.HOME if alive else None

    await state.contacts.until(lambda: proof() is not None, seconds)
    return proof()
