"""Joining without a person: what to answer when the meter is reached by a radio, and what its utility does."""

from collections.abc import Mapping
from typing import Any

import aiohttp

from .simulator import Simulator


def answers(gateway: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return what to submit on each page of a radio, and what to choose in each menu."""
    radio = gateway["zigbee"]["radios"]["ezsp"]
    return {
        "user": {"next_step_id": "radio"},
        "radio": {"device": radio["url"]},
        "network": {"network": gateway["zigbee"]["eui64"], "name": "Demo home"},
        "install_code": {"install_code": radio["install_code"]},
        "join_portal": {},
    }


async def permit(simulator: Simulator) -> None:
    """Be the utility: tell the meter of the radio, as the portal was told."""
    radio = simulator.gateway["zigbee"]["radios"]["ezsp"]
    body = {"eui64": radio["eui64"], "install_code": radio["install_code"]}
    url = f"{simulator.control}/gateways/{simulator.gateway['id']}/zigbee/permitted"
    async with aiohttp.ClientSession() as session, session.post(url, json=body) as response:
        response.raise_for_status()
