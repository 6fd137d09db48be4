"""What must outlive a removal, or comes before there is a hub, and has no place in a config entry.

One private file for the whole integration: drafts of flows that were not finished, commissioning runs, what a flow
discovered for the entry it makes, identities kept when a gateway was removed, and which blueprints were written. It
holds private keys.
"""

from collections.abc import Mapping
from typing import Any, Literal, override

from homeassistant.const import CONF_HOST
from homeassistant.core import HomeAssistant

from ...const import CONF_IDENTITY
from ...procedures import CommissioningRun, UnreadableRecordError, read_value
from ..reach.transport import Transport, transport_of
from .storage import Kept

type Section = Literal["drafts", "runs", "links", "identities", "blueprints"]


class HanStore(Kept):
    """Sections of JSON-safe records, each by the SFDI of the gateway it is about, or the name of the blueprint."""

    what = "all_hubs"
    suffix = ""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Nothing is known before it is read."""
        super().__init__(hass, entry_id)
        self._data: dict[Section, dict[str, Any]] = {}

    @override
    def restore(self, data: dict[str, Any]) -> None:
        self._data = {
            "drafts": self.read_records(data, "drafts", _draft),
            "runs": self.read_records(data, "runs", _run),
            "links": self.read_records(data, "links", _record),
            "identities": self.read_records(data, "identities", _identity),
            "blueprints": self.read_records(data, "blueprints", _record),
        }

    @override
    def snapshot(self) -> dict[str, Any]:
        return {section: records for section, records in self._data.items() if records}

    def all(self, section: Section) -> Mapping[str, Any]:
        """Return every record of ``section``."""
        return self._data.get(section, {})

    def get(self, section: Section, sfdi: str) -> dict[str, Any] | None:
        """Return one record."""
        return self._data.get(section, {}).get(sfdi)

    def run(self, sfdi: str) -> CommissioningRun | None:
        """Return how far commissioning has come."""
        kept = self.get("runs", sfdi)
        return CommissioningRun.from_dict(kept) if kept is not None else None

    async def async_put(self, section: Section, sfdi: str, record: Mapping[str, Any]) -> None:
        """Write a record; on disk when this returns."""
        self._data.setdefault(section, {})[sfdi] = dict(record)
        await self.async_save()

    async def async_drop(self, section: Section, sfdi: str) -> None:
        """Forget a record, if there is one."""
        if self._data.get(section, {}).pop(sfdi, None) is not None:
            await self.async_save()


def _record(data: Any) -> dict[str, Any]:
    record: dict[str, Any] = read_value(dict[str, Any], data, "record")
    return record


def _draft(data: Any) -> dict[str, Any]:
    draft = _record(data)
    try:
        usable = CONF_HOST in draft or transport_of(draft) is not Transport.IP
    except ValueError as err:
        raise UnreadableRecordError("draft", "reached in no way that is known") from err
    if not usable:
        raise UnreadableRecordError("draft.host", "missing")
    return draft


def _run(data: Any) -> dict[str, Any]:
    CommissioningRun.from_dict(data)
    return _record(data)


def _identity(data: Any) -> dict[str, Any]:
    kept = _record(data)
    read_value(str, kept.get("title"), "identity.title")
    read_value(dict[str, Any], kept.get(CONF_IDENTITY), "identity")
    return kept
