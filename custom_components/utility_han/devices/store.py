"""What is known of the registrations of a hub's devices, kept over restarts.

One private file per hub: a record per device (by LFDI), what was typed into a flow that was not finished, and where
we are in the utility's events. It may hold PINs and the keys of devices that Home Assistant speaks for.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store

from ..hub.storage import HubFiles
from ..procedures import RegistrationRun

_VERSION = 1


@dataclass(slots=True)
class Record:
    """A device and how far its registration has come; ``subentry_id`` is None until the device is shown."""

    run: RegistrationRun
    title: str
    data: dict[str, Any]
    """The subentry's data."""
    subentry_id: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the record for storage."""
        return {
            "run": self.run.to_dict(),
            "title": self.title,
            "data": self.data,
            "subentry_id": self.subentry_id,
        }


@dataclass
class Registrations:
    """The records of one hub."""

    store: Store[dict[str, Any]]
    records: dict[str, Record] = field(default_factory=dict)
    draft: dict[str, Any] | None = None
    """What was typed into a flow that has not come to registering yet."""
    cursor: str | None = None
    claimed: set[str] = field(default_factory=set)
    """LFDIs of devices that a flow in progress registers; nobody else does then."""

    async def async_load(self) -> None:
        """Read the file, once."""
        data: Mapping[str, Any] = await self.store.async_load() or {}
        self.cursor = data.get("cursor")
        self.draft = data.get("draft")
        for lfdi, record in data.get("records", {}).items():
            self.records[lfdi] = Record(**{**record, "run": RegistrationRun.from_dict(record["run"])})

    async def async_save(self) -> None:
        """Write everything; on disk when this returns."""
        await self.store.async_save(self._snapshot())

    def save_later(self) -> None:
        """Write within a few seconds, for what can be found out again."""
        self.store.async_delay_save(self._snapshot, 5)

    def _snapshot(self) -> dict[str, Any]:
        return {
            "records": {lfdi: record.to_dict() for lfdi, record in self.records.items()},
            "draft": self.draft,
            "cursor": self.cursor,
        }


_FILES = HubFiles("registrations", _VERSION, Registrations)


async def async_get_registrations(hass: HomeAssistant, entry_id: str) -> Registrations:
    """Return the registrations of a hub, read on first use; the same for flows and for the hub."""
    return await _FILES.async_get(hass, entry_id)


async def async_remove_registrations(hass: HomeAssistant, entry_id: str) -> None:
    """Forget everything about a hub that was removed."""
    await _FILES.async_remove(hass, entry_id)
