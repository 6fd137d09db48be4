"""Repair notice of devices: those that the utility registered beforehand and nobody has taken over yet."""

from collections.abc import Sequence

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..const import DOMAIN
from ..utility import Registration

_PRE_REGISTERED = "pre_registered"


@callback
def async_update(hass: HomeAssistant, entry: ConfigEntry, waiting: Sequence[Registration]) -> None:
    """Say which devices are ``waiting`` to be taken over, and no longer once none is."""
    issue_id = f"{_PRE_REGISTERED}_{entry.entry_id}"
    if not waiting:
        ir.async_delete_issue(hass, DOMAIN, issue_id)
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        is_fixable=False,
        severity=ir.IssueSeverity.WARNING,
        translation_key=_PRE_REGISTERED,
        translation_placeholders={
            "title": entry.title,
            "devices": ", ".join(device.name or device.lfdi for device in waiting),
        },
    )
