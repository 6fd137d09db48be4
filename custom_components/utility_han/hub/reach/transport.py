"""The ways of reaching a gateway, and what a hub's data says of its own."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from homeassistant.const import CONF_DEVICE, CONF_HOST, CONF_PORT

from ...const import CONF_GATEWAY_SFDI, CONF_NETWORK, CONF_TRANSPORT, CONF_VTN


class Transport(StrEnum):
    """How a gateway is reached; the kinds of radio are those of ``gateway.zigbee.probe``."""

    IP = "ieee2030_5"
    EZSP = "ezsp"
    RAVEN = "raven"
    NONE = "none"
    """There is no gateway: the utility alone makes the hub."""


RADIOS = frozenset({Transport.EZSP, Transport.RAVEN})


def transport_of(data: Mapping[str, Any]) -> Transport:
    """Return how the gateway of an entry, flow or draft is reached; those over IP need not say, nor who has none."""
    none = CONF_VTN in data and CONF_GATEWAY_SFDI not in data
    return Transport(data.get(CONF_TRANSPORT, Transport.NONE if none else Transport.IP))


def place_of(data: Mapping[str, Any]) -> str:
    """Return where the gateway is found: an address, or the port of the radio; of a hub without one, its utility."""
    if transport_of(data) is Transport.IP:
        return f"{data[CONF_HOST]}:{data[CONF_PORT]}"
    return str(data[CONF_DEVICE] if transport_of(data) in RADIOS else data[CONF_VTN]["url"])


def gateway_name_of(data: Mapping[str, Any]) -> str:
    """Return what tells the gateway apart for people: its SFDI, the EUI64 of the meter, or the port of a stick."""
    if transport_of(data) is Transport.IP:
        return str(data[CONF_GATEWAY_SFDI])
    return str(data.get(CONF_NETWORK) or data[CONF_DEVICE])
