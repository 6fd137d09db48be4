"""What is kept of reports over restarts: those that were not given yet, and how devices stood."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, override

from homeassistant.core import HomeAssistant

from ..hub.kept.storage import KeptForOne
from ..procedures import plain, read_record
from ..utility import WantedReport
from .standings import Standings, read_standings

_MOST_WAITING = 500
_WAIT = timedelta(days=7)
"""Nobody wants a report any more that could not be given for so long."""
_REMEMBERED = 1000
_TOO_LATE, _TOO_MANY = "too_late", "too_many"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A report that was not given yet."""

    wanted: WantedReport
    since: datetime
    first: bool = False
    """Whether nobody can have given it before."""


class KeptReports(KeptForOne):
    """The reports of one hub."""

    what = "reports"
    suffix = "reports"
    vital = False

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """No report was looked for before it is read."""
        super().__init__(hass, entry_id)
        self.since: datetime | None = None
        """When it was last looked what is due."""
        self.waiting: dict[str, Waiting] = {}
        """By name, in the order in which they came."""
        self.lately: list[str] = []
        """The names of those that were given or refused last: after a restart they are due once more."""
        self.standings = Standings()
        self.given = 0
        self.refused: Counter[str] = Counter()
        """How many were not given, by why."""

    @override
    def restore(self, data: dict[str, Any]) -> None:
        self.since = self.read_value(data, "since", datetime | None)
        self.waiting = self.read_records(data, "waiting", _waiting)
        self.whose = self.read_value(data, "ven", str | None, None)
        self.lately = self.read_value(data, "lately", list[str], [])
        looked_since = self.read_value(data, "standing_since", datetime | None)
        self.standings.restore(looked_since, self.read_records(data, "standings", read_standings))
        self.given = self.read_value(data, "given", int, 0)
        self.refused = Counter(self.read_value(data, "refused", dict[str, int], {}))

    @override
    def snapshot(self) -> dict[str, Any]:
        return {
            "since": plain(self.since),
            "waiting": {name: plain(asdict(waiting)) for name, waiting in self.waiting.items()},
            "ven": self.whose,
            "lately": self.lately,
            **self.standings.to_dict(),
            "given": self.given,
            "refused": dict(self.refused),
        }

    @override
    def begin_anew(self) -> None:
        """What another VTN asked for is not told to this one."""
        self.waiting, self.lately, self.since = {}, [], None

    def add(self, wanted: WantedReport, now: datetime, *, first: bool) -> None:
        """Keep a report until it was given, unless it was; no more than so many at once."""
        if wanted.name in self.waiting or wanted.name in self.lately:
            return
        self.waiting[wanted.name] = Waiting(wanted, now, first)
        for name in list(self.waiting)[:-_MOST_WAITING]:
            self.drop(name, _TOO_MANY)

    def tried(self, names: Iterable[str]) -> None:
        """Take note that reports are about to be given, which may succeed without anybody hearing of it."""
        for name in names:
            self.waiting[name] = replace(self.waiting[name], first=False)

    def drop_late(self, now: datetime) -> None:
        """Keep those no longer that nobody took for long."""
        for name in [name for name, each in self.waiting.items() if now - each.since > _WAIT]:
            self.drop(name, _TOO_LATE)

    def drop(self, name: str, why: str | None = None) -> None:
        """Keep a report no longer: it was given, or there is a reason ``why`` it never will be."""
        if self.waiting.pop(name, None) is None:
            return  # there were too many, while it was given
        self.lately = [*self.lately, name][-_REMEMBERED:]
        if why is None:
            self.given += 1
        else:
            self.refused[why] += 1


def _waiting(data: Any) -> Waiting:
    return read_record(Waiting, data)
