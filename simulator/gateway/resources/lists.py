"""Lists and their pages (IEEE 2030.5-2018 clause 4.6.3, the query parameters s, l and a)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from simulator.gateway.http import Answer, Request
from simulator.gateway.resources.routing import RequestError
from simulator.gateway.state import GatewayState
from simulator.gateway.wire import Fields, render


def _number(request: Request, name: str, default: int) -> int:
    text = request.query.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < 12):
        raise RequestError(400, f"query parameter {name} is not a number")
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
    polled: bool = False,
    subscribable: bool | None = None,
) -> Answer:
    """A page of list ``name`` with ``entries`` under ``member``; without l it has one entry, as the standard says.

    ``time_of`` (Unix time) makes the parameter a (after) work; ``polled`` lists tell their pollRate, and those that
    have the attribute whether they are ``subscribable``.
    """
    start, limit = _number(request, "s", 0), _number(request, "l", 1)
    if time_of is not None and (after := _number(request, "a", 0)):
        entries = [entry for entry in entries if time_of(entry) > after]
    page = entries[start : start + min(limit, gateway.settings.personality.page_limit)]
    fields: Fields = {"href": request.path, "all": len(entries), "results": len(page)}
    if polled:
        fields["poll_rate"] = gateway.settings.poll_rate
    if subscribable is not None:
        fields["subscribable"] = int(subscribable)
    return Answer(body=render(name, {**fields, member: [describe(entry) for entry in page]}))


class _Numbered(Protocol):
    @property
    def number(self) -> int: ...


def with_number[T: _Numbered](entries: Iterable[T], number: int, what: str) -> T:
    """The entry that bears a number of its own, or a 404 that says ``what`` there is not."""
    for entry in entries:
        if entry.number == number:
            return entry
    raise RequestError(404, f"no such {what}")


def numbered[T](entries: Sequence[T], number: int) -> T:
    """Entry ``number``, counted from 1, or a 404."""
    if number > len(entries):
        raise RequestError(404, "no such resource")
    return entries[number - 1]
