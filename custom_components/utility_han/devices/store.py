"""What is known of the registrations of a hub's devices, kept over restarts.

One private file per hub: a record per device (by LFDI), what was typed into a flow that was not finished, and where
we are in the utility's events. It may hold PINs and the keys of devices that Home Assistant speaks for.
"""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers.json import json_bytes

from ..const import CONF_IDENTITY
from ..hub.kept.storage import KeptForOne
from ..hub.renaming import renamed
from ..procedures import RegistrationRun, read_record


@dataclass(slots=True)
class Record:
    """A device and how far its registration has come; ``subentry_id`` is None until the device is shown."""

    run: RegistrationRun
    title: str
    data: dict[str, Any]
    """The subentry's data."""
    subentry_id: str | None = None
    shown_at: datetime | None = None
    """As :class:`~..hub.subentries.KeptSubentry` says."""

    @property
    def can_speak(self) -> bool:
        """Whether its certificate is with Home Assistant, by which it can speak for itself."""
        return CONF_IDENTITY in self.data

    def to_dict(self) -> dict[str, Any]:
        """Return the record for storage."""
        return {
            "run": self.run.to_dict(),
            "title": self.title,
            "data": self.data,
            "subentry_id": self.subentry_id,
            "shown_at": self.shown_at.isoformat() if self.shown_at else None,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Record:
        """Take up what :meth:`to_dict` gave."""
        return read_record(cls, data)


class Registrations(KeptForOne):
    """The records of one hub."""

    what = "registrations"
    suffix = "registrations"

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """There is nothing before it is read."""
        super().__init__(hass, entry_id)
        self.records: dict[str, Record] = {}
        """By LFDI."""
        self.draft: dict[str, Any] | None = None
        """What was typed into a flow that has not come to registering yet."""
        self.cursor: str | None = None
        self.claimed: set[str] = set()
        """LFDIs of devices that a flow in progress registers; nobody else does then."""
        self._dialogs: dict[str, str] = {}
        """By entity: the dialog in progress that makes a device of it, by its id."""
        self._written: bytes | None = None
        """What is on disk for sure."""
        self._later = 0
        """Counts what is to be written by itself, and may be so after what is being written now."""
        self._saving = asyncio.Lock()

    @override
    def restore(self, data: dict[str, Any]) -> None:
        self.records = self.read_records(data, "records", Record.from_dict)
        self.draft = self.read_value(data, "draft", dict[str, Any] | None)
        self.cursor = self.read_value(data, "cursor", str | None)
        self.whose = self.read_value(data, "account", str | None, None)

    @override
    def snapshot(self) -> dict[str, Any]:
        return {
            "records": {lfdi: record.to_dict() for lfdi, record in self.records.items()},
            "draft": self.draft,
            "cursor": self.cursor,
            "account": self.whose,
        }

    @override
    def begin_anew(self) -> None:
        self.cursor = None  # the other's events have other numbers

    def take(self, entity_ids: Collection[str], flow_id: str) -> set[str]:
        """Have a dialog make devices of entities; return the others, by their ids, that had begun with one of them."""
        others = {self._dialogs[each] for each in entity_ids if each in self._dialogs} - {flow_id}
        self._dialogs |= dict.fromkeys(entity_ids, flow_id)
        return others

    def let_go(self, flow_id: str) -> None:
        """Forget a dialog that is over."""
        self._dialogs = {entity_id: dialog for entity_id, dialog in self._dialogs.items() if dialog != flow_id}

    def rename(self, before: str, after: str) -> None:
        """Take up that an entity has another id."""
        self.draft = renamed(self.draft, before, after)
        if (dialog := self._dialogs.pop(before, None)) is not None:
            self._dialogs[after] = dialog
        for record in self.records.values():
            record.data = renamed(record.data, before, after)

    @override
    async def async_save(self) -> None:
        """Write what has changed; on disk when this returns.

        A registration that waits for the utility is looked at each minute with all its steps, for months if need be.
        """
        async with self._saving:
            snapshot = self.snapshot()
            if (wanted := json_bytes(snapshot)) != self._written:
                self._written, later = None, self._later  # who is cancelled does not know what is on disk
                if await self.async_write(snapshot) and later == self._later:
                    self._written = wanted

    @override
    def save_later(self, seconds: float = 5) -> None:
        self._written = None
        self._later += 1
        super().save_later(seconds)
