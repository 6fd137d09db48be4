"""The ports that radios are at: who uses one, and what is there, before it is opened."""

import os
from collections.abc import Sequence
from urllib.parse import urlsplit

from homeassistant.components import usb
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import CONF_DEVICE
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.exceptions import ConfigEntryNotReady

from ...const import DOMAIN

_STICK_IDS = frozenset({("0403", "8A28"), ("04B4", "0003")})
"""USB ids of certified sticks: RAVEn and EMU-2."""


async def async_user_of(hass: HomeAssistant, path: str) -> str | None:
    """Return who uses a port already (Home Assistant keeps account of them), None where nobody does."""
    return next((consumer.title for consumer in await _async_consumers(hass, path) if consumer.active), None)


async def async_wait_for_port(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Have a hub set up later whose radio's port is somebody else's: whoever opens it resets the radio there.

    ``ConfigEntryNotReady``, which Home Assistant tries again by itself.
    """
    if (user := await async_before(hass, entry)) is not None:
        raise ConfigEntryNotReady(
            translation_domain=DOMAIN,
            translation_key="port_in_use",
            translation_placeholders={"title": entry.title, "port": entry.data[CONF_DEVICE], "user": user},
        )


async def async_before(hass: HomeAssistant, entry: ConfigEntry) -> str | None:
    """Return who goes before a hub at the port of its radio, None where nobody does."""
    consumers = await _async_consumers(hass, entry.data[CONF_DEVICE])
    return next((consumer.title for consumer in consumers if _goes_first(hass, entry, consumer)), None)


def _goes_first(hass: HomeAssistant, entry: ConfigEntry, consumer: usb.SerialPortConsumer) -> bool:
    """Whether a port is another's than ``entry``'s: Home Assistant's account, with what it starts later than us.

    A hub that is to be tried again has opened nothing: two that waited for each other would wait for ever.
    """
    other = hass.config_entries.async_get_entry(consumer.config_entry_id or "")
    if other is None:
        return consumer.active
    if other.domain == entry.domain:
        return consumer.active and other is not entry and other.state is not ConfigEntryState.SETUP_RETRY
    starts = hass.state is not CoreState.running and other.disabled_by is None
    return consumer.active or (starts and other.state is ConfigEntryState.NOT_LOADED)


async def _async_consumers(hass: HomeAssistant, path: str) -> list[usb.SerialPortConsumer]:
    """Return who has a port in their configuration, by whatever name, and the hub itself where it is that."""
    consumers = await usb.async_get_serial_port_consumers(hass, await usb.async_scan_serial_ports(hass))
    names = await hass.async_add_executor_job(_names_of, path, list(consumers))
    return [consumer for name in names for consumer in consumers[name]]


async def async_is_same(hass: HomeAssistant, path: str, other: str) -> bool:
    """Whether two names are of one port."""
    return bool(await hass.async_add_executor_job(_names_of, path, [other]))


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
