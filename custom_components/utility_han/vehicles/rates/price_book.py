"""The prices that rate programs take from somewhere else, kept for as long as sessions are."""

from datetime import datetime, timedelta
from typing import Any, override

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ...hub.kept.storage import Kept
from ...hub.renaming import taken_over
from ...procedures import PriceCourse, PricePoints, UnreadableRecordError
from ...utility import RateProgram

_KEPT = timedelta(days=3 * 366)
_LATEST = 7200.0


def course_key(program: RateProgram) -> str:
    """Return what the course of a program's source is known by: what is told in other money is another one."""
    if program.source is None:
        raise ValueError("the program has its own prices")
    return "|".join((program.source.kind.value, program.source.entity_id or "", program.currency))


class PriceBook(Kept):
    """The courses of prices of one hub, by source and currency."""

    what = "prices"
    suffix = "prices"
    vital = False

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """There is nothing before it is read."""
        super().__init__(hass, entry_id)
        self.courses: dict[str, PricePoints] = {}
        self._changed = False

    @override
    def restore(self, data: dict[str, Any]) -> None:
        self.courses = self.read_records(data, "courses", _course)

    @override
    def snapshot(self) -> dict[str, Any]:
        return {"courses": {key: points.pack() for key, points in self.courses.items()}}

    def rename(self, before: str, after: str) -> None:
        """Take up that an entity has another id."""
        for kind, entity_id, currency in [key.split("|") for key in self.courses]:
            if entity_id == before:
                its = (f"{kind}|{each}|{currency}" for each in (before, after))
                self.courses = taken_over(self.courses, *its)

    def points(self, program: RateProgram) -> PricePoints:
        """Return the course of a program's source, to be told more, which is to be noted (:meth:`note`)."""
        return self.courses.setdefault(course_key(program), PricePoints())

    def course(self, program: RateProgram, start: datetime, end: datetime) -> PriceCourse:
        """Return the prices of a program's source between two times, as far as they are known."""
        return self.points(program).spans(start, end)

    def note(self) -> None:
        """Have what was told written when Home Assistant stops, if it was not before (:meth:`async_keep`)."""
        self._changed = True
        self.save_later(_LATEST)

    async def async_keep(self) -> None:
        """Write what has changed, without what is too old."""
        if not self._changed:
            return
        self._changed = False
        before = dt_util.utcnow() - _KEPT
        for points in self.courses.values():
            points.prune(before)
        try:
            await self.async_save()
        except Exception:
            self._changed = True  # it is on no disk yet
            raise


def _course(packed: Any) -> PricePoints:
    if not isinstance(packed, str):
        raise UnreadableRecordError("courses", "no prices")
    return PricePoints.unpack(packed)
