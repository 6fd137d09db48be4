"""The account of a home without its vehicles, kept over restarts."""

from datetime import datetime, timedelta
from typing import Any, override

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ...hub.background.pacing import is_time
from ...hub.kept.storage import Kept
from ...hub.renaming import taken_over
from ...procedures import HomeUse

_EVERY = timedelta(minutes=15)
"""All that is counted is counted by meter and chargers: what was not written is counted anew from them."""


class HomeBook(Kept):
    """The account of one hub's home."""

    what = "home_use"
    suffix = "home_use"
    vital = False

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """It begins with the first poll."""
        super().__init__(hass, entry_id)
        self.use = HomeUse()
        self._noted: datetime | None = None

    @override
    def restore(self, data: dict[str, Any]) -> None:
        self.use = self.read_records(data, "home", HomeUse.from_dict).get("use") or HomeUse()

    @override
    def snapshot(self) -> dict[str, Any]:
        return {"home": {"use": self.use.to_dict()}}

    def rename(self, before: str, after: str) -> None:
        """Take up that an entity has another id."""
        if (last := self.use.last) is not None:
            last.chargers = taken_over(last.chargers, before, after)

    def note(self) -> None:
        """Have it written now and then, and when Home Assistant stops."""
        if is_time(self._noted, _EVERY, now := dt_util.utcnow()):
            self._noted = now
            self.save_later(_EVERY.total_seconds())
