"""What a room keeps of its subentries, and what Home Assistant has of them, brought together after a start."""

from datetime import datetime
from types import MappingProxyType
from typing import Any, Protocol

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback


class KeptSubentry(Protocol):
    """A record of what a subentry shows."""

    title: str
    data: dict[str, Any]
    """The subentry's data."""
    subentry_id: str | None
    """None until it is shown."""
    shown_at: datetime | None
    """When the entry was changed that first had the subentry; None where an older version kept it."""


@callback
def async_add_subentry(
    hass: HomeAssistant, entry: ConfigEntry, kind: str, unique_id: str, record: KeptSubentry
) -> None:
    """Add the subentry of a record, where a flow was cut off before it could, or a power cut lost it."""
    subentry = ConfigSubentry(
        data=MappingProxyType(dict(record.data)), subentry_type=kind, title=record.title, unique_id=unique_id
    )
    hass.config_entries.async_add_subentry(entry, subentry)
    record.subentry_id, record.shown_at = subentry.subentry_id, entry.modified_at


@callback
def async_align(hass: HomeAssistant, entry: ConfigEntry, subentry: ConfigSubentry, record: KeptSubentry) -> None:
    """Have a record and its subentry say the same.

    The name is a person's, in Home Assistant. Dialogs write the data to the record first, and to the subentry once
    they come to their end.
    """
    if record.subentry_id != subentry.subentry_id:
        record.subentry_id, record.shown_at = subentry.subentry_id, entry.modified_at
    record.title = subentry.title
    hass.config_entries.async_update_subentry(entry, subentry, data=MappingProxyType(dict(record.data)))


def was_never_written(record: KeptSubentry, entry_written: datetime) -> bool:
    """Whether a subentry is missing because of a power cut, and was not removed.

    Home Assistant writes its entries a second after they change, and a record is on disk at once: an entry that was
    last changed before it had the subentry was never written with it.
    """
    return record.shown_at is not None and entry_written < record.shown_at
