"""Reads resources and lists over an open session."""

from collections.abc import Callable, Sequence
from typing import Any

from .connection import ConnectionSession
from .resources import parse

_PAGE = 25


class Reader:
    """Resources of IEEE 2030.5 as py20305's models."""

    def __init__(self, session: ConnectionSession) -> None:
        self._session = session

    async def get[T](self, href: str, model: type[T]) -> T:
        """Return the resource at ``href``."""
        return parse(await self._session.get(href), model, href)

    async def pages[T](self, href: str, model: type[T], items: Callable[[T], Sequence[Any]]) -> list[Any]:
        """Return the entries of every page of the list at ``href`` (IEEE 2030.5-2018, query parameters s and l)."""
        found: list[Any] = []
        while True:
            separator = "&" if "?" in href else "?"
            page = await self.get(f"{href}{separator}s={len(found)}&l={_PAGE}", model)
            got = items(page)
            found.extend(got)
            if not got or len(found) >= page.all:  # type: ignore[attr-defined]
                return found


def first_of(href: str) -> str:
    """Return the address of a list's first entry alone (query parameters s and l)."""
    return f"{href}{'&' if '?' in href else '?'}s=0&l=1"
