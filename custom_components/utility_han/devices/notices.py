"""Repair notices of devices: of those to be taken over, and of those that are another identity's for the gateway."""

from collections.abc import Sequence

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ..hub.notices import async_tell
from ..hub.telling.texts import plain
from ..utility import Registration


@callback
def async_update(hass: HomeAssistant, entry: ConfigEntry, waiting: Sequence[Registration]) -> None:
    """Say which devices are ``waiting`` to be taken over, and no longer once none is."""
    _tell_devices(hass, entry, "pre_registered", [device.name or device.lfdi for device in waiting])


@callback
def async_tell_left_behind(hass: HomeAssistant, entry: ConfigEntry, titles: Sequence[str]) -> None:
    """Say which devices the gateway keeps as a former identity's, and no longer once there is none."""
    _tell_devices(hass, entry, "left_behind", titles)


def _tell_devices(hass: HomeAssistant, entry: ConfigEntry, key: str, devices: Sequence[str]) -> None:
    async_tell(hass, entry, key, {"devices": ", ".join(map(plain, devices))}, wanted=bool(devices))
