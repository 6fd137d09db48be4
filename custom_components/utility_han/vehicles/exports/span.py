"""The time that a document is about: a month, a year, or from one moment to another; in the home's time zone."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from homeassistant.util import dt as dt_util

_MONTH = re.compile(r"[12]\d{3}-(0[1-9]|1[0-2])")
_NEXT = timedelta(days=32)

MONTH, YEAR, START, END = "month", "year", "start", "end"


class SpanError(ValueError):
    """No time that there can be a document about; ``reason`` is the key of its text."""

    def __init__(self, reason: str) -> None:
        """``reason`` as in translations, under ``exceptions``."""
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Asked:
    """From when until when, both local; ``until`` is not in it."""

    since: datetime
    until: datetime

    @classmethod
    def month(cls, day: datetime) -> Self:
        """Return the month of a day."""
        first = day.replace(day=1, hour=0, minute=0, second=0, microsecond=0, fold=0)
        return cls(first, (first + _NEXT).replace(day=1))

    @classmethod
    def of(cls, told: Mapping[str, Any], now: datetime) -> Self:
        """Return what a person or a query says; the month before this one where it says nothing."""
        month, year, start, end = (told.get(name) for name in (MONTH, YEAR, START, END))
        if sum(each is not None for each in (month, year, start or end)) > 1:
            raise SpanError("one_time_only")
        local = dt_util.as_local(now)
        zone = local.tzinfo
        if month is not None:
            if not _MONTH.fullmatch(month):
                raise SpanError("no_month")
            return cls.month(datetime.strptime(month, "%Y-%m").replace(tzinfo=zone))
        if year is not None:
            return cls(datetime(year, 1, 1, tzinfo=zone), datetime(year + 1, 1, 1, tzinfo=zone))
        if start is None and end is None:
            return cls.month(cls.month(local).since - timedelta(days=1))
        if start is None or end is None:
            raise SpanError("two_ends")
        since, until = (_local(each, zone) for each in (start, end))
        if dt_util.as_utc(since) >= dt_util.as_utc(until):  # two of one zone are compared as clocks show them
            raise SpanError("ends_before_start")
        return cls(since, until)

    @property
    def name(self) -> str:
        """Return it as part of a file's name."""
        if self == self.month(self.since):
            return f"{self.since:%Y-%m}"
        if (self.since, self.until) == (self._year(0), self._year(1)):
            return f"{self.since:%Y}"
        return f"{self.since:%Y-%m-%d}-{self.until - timedelta(microseconds=1):%Y-%m-%d}"

    def _year(self, later: int) -> datetime:
        return self.month(self.since).since.replace(year=self.since.year + later, month=1)

    def to_query(self) -> dict[str, str]:
        """Return it for an address."""
        return {
            name: dt_util.as_utc(moment).strftime("%Y-%m-%dT%H:%M:%SZ")
            for name, moment in ((START, self.since), (END, self.until))
        }


def _local(moment: datetime, zone: Any) -> datetime:
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment.astimezone(zone)
