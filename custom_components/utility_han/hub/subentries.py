"""Subentries that a room adds by itself, where a flow was cut off before it could."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback


@callback
def async_add_subentry(
    hass: HomeAssistant, entry: ConfigEntry, kind: str, title: str, unique_id: str, data: Mapping[str, Any]
) -> str:
    """Add a subentry of a ``kind``, and return its id."""
    subentry = ConfigSubentry(data=MappingProxyType(dict(data)), subentry_type=kind, title=title, unique_id=unique_id)
    hass.config_entries.async_add_subentry(entry, subentry)
    return subentry.subentry_id
