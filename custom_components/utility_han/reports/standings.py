"""How devices stood with their controls at any time of the last weeks, for reports about that time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ..esi import LoadControl, ResponseStatus
from ..procedures import read_record

_KEPT = timedelta(days=31)
_MOST = 300
"""Of one device."""
_ANY = ""
"""The control that a standing opt-out is about."""
_FOLLOWING = frozenset({ResponseStatus.STARTED, ResponseStatus.OPTED_IN})
_FOREVER = timedelta(days=36500)


@dataclass(frozen=True, slots=True)
class Standing:
    """What became of a control at a time, and from when until when it lasts by what was asked."""

    at: datetime
    control: str
    status: ResponseStatus
    begins: datetime
    ends: datetime
    more: bool = False
    """Whether it asks for more consumption."""
    level: int | None = None
    """The level of SIMPLE that it asks for, if it does."""

    def holds(self, time: datetime) -> bool:
        """Whether it says how the device stands at a time, being the last that was known of its control."""
        if self.status is ResponseStatus.OPTED_OUT:
            return time < self.ends
        return self.status in _FOLLOWING and self.begins <= time < self.ends


class Standings:
    """What became of the controls of a hub's devices, as it came about."""

    def __init__(self) -> None:
        """Nothing is known of the time before somebody looks."""
        self._since: datetime | None = None
        self._of: dict[str, list[Standing]] = {}

    def begin(self, now: datetime) -> None:
        """Look from now on, unless that was begun before."""
        self._since = self._since or now

    def note(self, lfdi: str, control: LoadControl, status: ResponseStatus, begins: datetime, now: datetime) -> None:
        """Take note of what became of a control, which ``begins`` then on our clock."""
        ends = begins + control.duration
        self._add(lfdi, Standing(now, control.id, status, begins, ends, control.asks_for_more, control.level), now)

    def note_standing(self, lfdi: str, now: datetime, *, out: bool) -> None:
        """Take note of whether a device stays out of all controls."""
        before = next((each for each in reversed(self._of.get(lfdi, ())) if each.control == _ANY), None)
        if out != (before is not None and before.status is ResponseStatus.OPTED_OUT):
            status = ResponseStatus.OPTED_OUT if out else ResponseStatus.COMPLETED
            self._add(lfdi, Standing(now, _ANY, status, now, now + _FOREVER), now)

    def _add(self, lfdi: str, standing: Standing, now: datetime) -> None:
        kept = [each for each in self._of.get(lfdi, ()) if now - each.at < _KEPT or each.control == _ANY]
        self._of[lfdi] = [*kept, standing][-_MOST:]

    def at(self, lfdi: str, time: datetime) -> list[Standing] | None:
        """Return what held of a device at a time, what it followed first; None where nobody looked."""
        if self._since is None or time < self._since:
            return None
        last = {each.control: each for each in self._of.get(lfdi, ()) if each.at <= time}
        held = [each for each in last.values() if each.holds(time)]
        return sorted(held, key=lambda each: each.status is ResponseStatus.OPTED_OUT)

    def to_dict(self) -> dict[str, Any]:
        """Return it JSON-safe."""
        return {
            "standing_since": self._since.isoformat() if self._since else None,
            "standings": {lfdi: [_to_dict(each) for each in known] for lfdi, known in self._of.items()},
        }

    def restore(self, since: datetime | None, of: Mapping[str, list[Standing]]) -> None:
        """Take up what was read of what :meth:`to_dict` gave."""
        self._since, self._of = since, dict(of)


def _to_dict(standing: Standing) -> dict[str, Any]:
    return {
        "at": standing.at.isoformat(),
        "control": standing.control,
        "status": int(standing.status),
        "begins": standing.begins.isoformat(),
        "ends": standing.ends.isoformat(),
        "more": standing.more,
        "level": standing.level,
    }


def read_standings(data: Any) -> list[Standing]:
    """Take up what was kept of one device."""
    return [read_record(Standing, each) for each in data] if isinstance(data, list) else []
