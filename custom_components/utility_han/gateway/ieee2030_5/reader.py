"""Reads resources and lists over an open session."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from pydantic import BaseModel

from ..errors import GatewayError, Reason
from .connection import ConnectionSession
from .resources import is_of_2023, parse, preferred_rate

PAGE = 25
_MOST = 10_000
"""Entries of one list, which a server could go on with for ever."""


class Reader:
    """Resources of IEEE 2030.5 as py20305's models."""

    def __init__(self, session: ConnectionSession) -> None:
        self.session = session
        self.poll_rates: dict[type, timedelta] = {}
        """How often resources of a type want to be read (pollRate), of those read that say so."""
        self.of_2023 = False
        """Whether what was read last is of IEEE 2030.5-2023, or later."""

    async def get[T](self, href: str, model: type[T]) -> T:
        """Return the resource at ``href``."""
        found = parse(await self.session.get(href), model, href)
        self.of_2023 = is_of_2023(found)
        if isinstance(found, BaseModel) and "poll_rate" in found.model_fields_set:
            self.poll_rates[model] = preferred_rate(found.poll_rate)  # type: ignore[attr-defined]
        return found

    async def pages[T](self, href: str, model: type[T], items: Callable[[T], Sequence[Any]]) -> list[Any]:
        """Return the entries of every page of the list at ``href`` (IEEE 2030.5-2018, query parameters s and l)."""
        found: list[Any] = []
        while True:
            page = await self.get(page_of(href, len(found), PAGE), model)
            got = items(page)
            found.extend(got)
            if len(found) > _MOST:
                raise GatewayError(Reason.TOO_LARGE, f"{href} has more than {_MOST} entries")
            if not got or len(found) >= page.all:  # type: ignore[attr-defined]
                return found

    async def first[T](
        self, href: str, model: type[T], items: Callable[[T], Sequence[Any]], most: int
    ) -> tuple[list[Any], int]:
        """Return the first entries of the list at ``href``, ``most`` at most, and how many were left.

        How many there are says ``all`` of the list (sep.xsd, ``List``: the total number of items).
        """
        found: list[Any] = []
        while True:
            page = await self.get(page_of(href, len(found), min(PAGE, most - len(found))), model)
            got = items(page)
            found.extend(got)
            total = page.all  # type: ignore[attr-defined]
            if not got or len(found) >= min(total, most):
                return found[:most], max(total - most, 0)


def page_of(href: str, start: int, limit: int) -> str:
    """Return the address of so many entries of a list (query parameters s and l)."""
    return f"{href}{'&' if '?' in href else '?'}s={start}&l={limit}"
