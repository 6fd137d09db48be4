"""Lists and their pages (IEEE 2030.5-2018 clause 4.6.3, the query parameters s, l and a)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from simulator.gateway.http import Answer, Request
from simulator.gateway.resources.routing import ProblemError
from simulator.gateway.state import GatewayState
from simulator.gateway.wire import Fields, render


def _number(request: Request, name: str, default: int) -> int:
    text = request.query.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < 12):
        raise ProblemError(400, f"query parameter {name} is not a number")
    return int(text)


def list_answer[T](
    gateway: GatewayState,
    request: Request,
    name: str,
    member: str,
    entries: Sequence[T],
    describe: Callable[[T], Fields],
    *,
    time_of: Callable[[T], int] | None = None,
    attributes: Fields | None = None,
) -> Answer:
    """A page of list ``name`` with ``entries`` under ``member``; without l it has one entry, as the standard says.

    ``time_of`` (Unix time) makes the parameter a (after) work.
    """
    start, limit = _number(request, "s", 0), _number(request, "l", 1)
    if time_of is not None and (after := _number(request, "a", 0)):
        entries = [entry for entry in entries if time_of(entry) > after]
    page = entries[start : start + min(limit, gateway.settings.personality.page_limit)]
    fields = {"href": request.path, "all": len(entries), "results": len(page), **(attributes or {})}
    return Answer(body=render(name, {**fields, member: [describe(entry) for entry in page]}))


def numbered[T](entries: Sequence[T], number: int) -> T:
    """Entry ``number``, counted from 1, or a 404."""
    if number > len(entries):
        raise ProblemError(404, "no such resource")
    return entries[number - 1]
