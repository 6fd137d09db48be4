"""What a utility answers, as JSON: read within bounds, and by the types that its API states.

Whatever is not so is an ``UnreadableRecordError``, a ``ValueError`` that names what could not be read and no value.
mashumaro, which some of Home Assistant's libraries bring, is no help here: it takes a number for a text, and a text
for a number, without a word.
"""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from math import isfinite
from typing import Any, Protocol, Self, cast

from ..esi.typed import UnreadableRecordError, read_value

_DEEPEST = 24
"""Levels of lists and objects in each other; what the API answers has seven, and a message for a device its own."""
_MOST_ENTRIES = 10_000
"""Of one list."""
_LONGEST_SAID = 1000
"""Characters of what somebody at the utility has to say: it is shown, kept and sent to phones."""
_LARGEST = 2**53
"""Numbers beyond it are not the same to all who read JSON (RFC 8259, 6), and none of the API's is."""
_MONEY = re.compile(r"-?[0-9]{1,9}(?:[.][0-9]{1,6})?")
_EARLIEST, _LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""Times beyond are taken for these: utilities write years like 9999 for "until further notice"."""


class Readable(Protocol):
    """Something that the API answers."""

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Take what the API answers; ``UnreadableRecordError`` where that is not as its document says."""


class Fields:
    """The fields of one JSON object, each taken by its type."""

    def __init__(self, data: Any, of: str) -> None:
        """``of`` names the object for whoever has to find out what is wrong with it."""
        if not isinstance(data, dict):
            raise UnreadableRecordError(of, "no object")
        self._data = data
        self._of = of

    def _where(self, name: str) -> str:
        return f"{self._of}.{name}"

    def take[T](self, name: str, kind: type[T]) -> T:
        """Return a field that has to be there."""
        return self.read(name, lambda data: cast("T", read_value(kind, data, self._where(name))))

    def maybe[T](self, name: str, kind: type[T]) -> T | None:
        """Return a field, None where it is null or not there."""
        return None if self._data.get(name) is None else self.take(name, kind)

    def said(self, name: str) -> str:
        """Return a text that is for people, as far as there is room for it; it has to be there."""
        return self.take(name, str)[:_LONGEST_SAID]

    def maybe_said(self, name: str) -> str | None:
        """Return a text that is for people, as far as there is room for it; None where it is null or not there."""
        return None if self._data.get(name) is None else self.said(name)

    def has(self, name: str) -> bool:
        """Whether a field is there, and not null."""
        return self._data.get(name) is not None

    def matching(self, name: str, pattern: re.Pattern[str]) -> str:
        """Return a text of a certain form."""
        if not pattern.fullmatch(text := self.take(name, str)):
            raise UnreadableRecordError(self._where(name), "of another form")
        return text

    def number(self, name: str, least: int, most: int) -> int:
        """Return a whole number within bounds."""
        if not least <= (number := self.take(name, int)) <= most:
            raise UnreadableRecordError(self._where(name), "out of bounds")
        return number

    def money(self, name: str) -> Decimal:
        """Return an amount of money."""
        return Decimal(self.matching(name, _MONEY))

    def time(self, name: str) -> datetime:
        """Return a time of RFC 3339."""
        time = self.take(name, datetime)
        if time.tzinfo is None:
            raise UnreadableRecordError(self._where(name), "without a time zone")
        try:
            return min(max(time.astimezone(UTC), _EARLIEST), _LATEST)
        except OverflowError:
            return _LATEST if time.year > _EARLIEST.year else _EARLIEST

    def maybe_time(self, name: str) -> datetime | None:
        """Return a time of RFC 3339, None where it is null or not there."""
        return None if self._data.get(name) is None else self.time(name)

    def inner(self, name: str) -> Fields:
        """Return the fields of an object in this one."""
        return self.read(name, lambda data: Fields(data, self._where(name)))

    def read[T](self, name: str, read: Callable[[Any], T]) -> T:
        """Return what ``read`` makes of a field that has to be there."""
        if name not in self._data:
            raise UnreadableRecordError(self._where(name), "missing")
        return read(self._data[name])

    def maybe_read[T](self, name: str, read: Callable[[Any], T]) -> T | None:
        """Return what ``read`` makes of a field, None where it is null or not there."""
        return None if self._data.get(name) is None else self.read(name, read)

    def maybe_inner(self, name: str) -> Fields | None:
        """Return the fields of an object in this one, None where it is null or not there."""
        return None if self._data.get(name) is None else self.inner(name)

    def each[T](self, name: str, read: Callable[[Any], T]) -> tuple[T, ...]:
        """Return the entries of a list of objects, read one by one."""
        entries: list[Any] = self.take(name, list[Any])
        if len(entries) > _MOST_ENTRIES:
            raise UnreadableRecordError(self._where(name), "too long")
        return tuple(read(entry) for entry in entries)

    def inners(self, name: str) -> tuple[Fields, ...]:
        """Return the fields of each object in a list."""
        return self.each(name, lambda entry: Fields(entry, self._where(name)))


def parse_json(raw: bytes, *, apart: bool = False) -> Any:
    """Return what ``raw`` says; ``ValueError`` where that is no JSON, or nothing that could be kept and sent on.

    Where the entries of a list are looked at ``apart``, the one that could not be kept is None, and costs no other.
    """
    try:
        data = json.loads(raw)
    except RecursionError:
        raise ValueError("lists and objects too deep in each other") from None
    if apart and isinstance(data, list):
        return [entry if _can_be_kept(entry) else None for entry in data]
    _look_through(data)
    return data


def _can_be_kept(data: Any) -> bool:
    try:
        _look_through(data)
    except ValueError:
        return False
    return True


def _look_through(data: Any) -> None:
    """Raise ``ValueError`` for what is too deep, too large a number, or no text that could be written anywhere."""
    level, depth = [data], 0
    while level:
        if (depth := depth + 1) > _DEEPEST:
            raise ValueError("lists and objects too deep in each other")
        following: list[Any] = []
        for value in level:
            if isinstance(value, str):
                value.encode()  # half a pair of surrogates, which JSON can say, is a UnicodeError, a ValueError
            elif isinstance(value, float) and not isfinite(value):
                raise ValueError("no number")
            elif isinstance(value, int) and abs(value) > _LARGEST:
                raise ValueError("too large a number")
            elif isinstance(value, list):
                following += value
            elif isinstance(value, dict):
                following += [*value, *value.values()]
        level = following
