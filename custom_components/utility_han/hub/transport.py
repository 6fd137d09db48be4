"""The ways of reaching a gateway, and what a hub's data says of its own."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from homeassistant.const import CONF_DEVICE, CONF_HOST, CONF_PORT

from ..const import CONF_TRANSPORT


class Transport(StrEnum):
    """How a gateway is reached; the kinds of radio are those of ``gateway.zigbee.probe``."""

    IP = "ieee2030_5"
    EZSP = "ezsp"
    RAVEN = "raven"


def transport_of(data: Mapping[str, Any]) -> Transport:
    """Return how the gateway of an entry, flow or draft is reached; those over IP need not say."""
    return Transport(data.get(CONF_TRANSPORT, Transport.IP))


def place_of(data: Mapping[str, Any]) -> str:
    """Return where the gateway is found: an address, or the port of the radio."""
    if transport_of(data) is Transport.IP:
        return f"{data[CONF_HOST]}:{data[CONF_PORT]}"
    return str(data[CONF_DEVICE])
