"""Repair notices of devices: of those to be taken over, and of those that are another identity's for the gateway."""

from collections.abc import Sequence

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..const import DOMAIN
from ..utility import Registration

_PRE_REGISTERED = "pre_registered"
_LEFT_BEHIND = "left_behind"


@callback
def async_update(hass: HomeAssistant, entry: ConfigEntry, waiting: Sequence[Registration]) -> None:
    """Say which devices are ``waiting`` to be taken over, and no longer once none is."""
    _tell(hass, entry, _PRE_REGISTERED, [device.name or device.lfdi for device in waiting])


@callback
def async_tell_left_behind(hass: HomeAssistant, entry: ConfigEntry, titles: Sequence[str]) -> None:
    """Say which devices the gateway keeps as a former identity's, and no longer once there is none."""
    _tell(hass, entry, _LEFT_BEHIND, titles)


def _tell(hass: HomeAssistant, entry: ConfigEntry, key: str, devices: Sequence[str]) -> None:
    issue_id = f"{key}_{entry.entry_id}"
    if not devices:
        ir.async_delete_issue(hass, DOMAIN, issue_id)
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        is_fixable=False,
        severity=ir.IssueSeverity.WARNING,
        translation_key=key,
        translation_placeholders={"title": entry.title, "devices": ", ".join(devices)},
    )
