"""The ports that radios are at: who uses one, and what is there, before it is opened."""

import os
from collections.abc import Sequence
from urllib.parse import urlsplit

from homeassistant.components import usb
from homeassistant.core import HomeAssistant

_STICK_IDS = frozenset({("0403", "8A28"), ("04B4", "0003")})
"""USB ids of certified sticks: RAVEn and EMU-2."""


async def async_user_of(hass: HomeAssistant, path: str) -> str | None:
    """Return who uses a port already (Home Assistant keeps account of them), None where nobody does."""
    consumers = await usb.async_get_serial_port_consumers(hass, await usb.async_scan_serial_ports(hass))
    names = await hass.async_add_executor_job(_names_of, path, list(consumers))
    return next((consumer.title for name in names for consumer in consumers[name] if consumer.active), None)


async def async_is_port(hass: HomeAssistant, path: str) -> bool:
    """Whether a port is there, or its address is one over the network."""
    if "://" not in path:
        return await hass.async_add_executor_job(os.path.exists, path)
    try:
        parts = urlsplit(path)
        return bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False


async def async_is_stick(hass: HomeAssistant, path: str) -> bool:
    """Whether a certified stick is at a port, by its USB ids."""
    sticks = [
        port.device
        for port in await usb.async_scan_serial_ports(hass)
        if isinstance(port, usb.USBDevice) and (port.vid, port.pid) in _STICK_IDS
    ]
    return bool(await hass.async_add_executor_job(_names_of, path, sticks))


def _names_of(path: str, ports: Sequence[str]) -> list[str]:
    """Return those of ``ports`` that are the one at ``path``: links by id go to the same device."""
    return [port for port in ports if os.path.realpath(port) == os.path.realpath(path)]
