"""Which handler answers which request."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, Concatenate

from simulator.gateway.http import Answer, Request
from simulator.gateway.state import GatewayState
from simulator.gateway.wire import CONTENT_TYPE, BadDocumentError, parse

_SERVED = {CONTENT_TYPE, "application/xml", "text/xml", "application/*", "text/*", "*/*"}
"""Media ranges (RFC 9110, 12.5.1) that XML is an answer to: plain XML's own are taken for sep+xml, EXI's is not."""


class RequestError(Exception):
    """A request that is answered with a status of 400 or above."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason

    def answer(self) -> Answer:
        """The answer that says so."""
        return Answer(self.status, f"{self.reason}\n".encode(), "text/plain")


def read_document(name: str, request: Request) -> Any:
    """The document that a client sent, or the problem with it."""
    try:
        return parse(name, request.body)
    except BadDocumentError as err:
        raise RequestError(400, str(err)) from err


@dataclass(frozen=True, slots=True)
class Route:
    """``path`` may have numbers in it: ``/edev/{number}``, given to the handler as integers.

    ``public``: also for clients that are not registered. ``when``: whether a gateway has the resource at all.
    """

    method: str
    path: str
    handler: Callable[Concatenate[GatewayState, Request, ...], Awaitable[Answer]]
    public: bool = False
    when: Callable[[GatewayState], bool] = lambda _gateway: True


def _accepts(ranges: str) -> bool:
    """Whether a client that sends Accept ``ranges`` takes what is served; one without Accept takes anything."""
    for each in filter(None, (part.strip().lower() for part in ranges.split(","))):
        kind, *parameters = (part.strip() for part in each.split(";"))
        refused = any(re.fullmatch(r"q=0(\.0*)?", parameter) for parameter in parameters)
        if kind in _SERVED and not refused:
            return True
    return not ranges.strip()


class Router:
    """Finds routes by path."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._routes: dict[str, tuple[re.Pattern[str], dict[str, Route]]] = {}
        for route in routes:
            pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[1-9][0-9]{0,8})", route.path))
            self._routes.setdefault(route.path, (pattern, {}))[1][route.method] = route

    async def answer(self, gateway: GatewayState, request: Request) -> Answer:
        """The answer to a request, problems included."""
        try:
            return await self._call(gateway, request)
        except RequestError as problem:
            return problem.answer()

    def _find(self, path: str) -> tuple[dict[str, Route], dict[str, int]]:
        for pattern, methods in self._routes.values():
            if found := pattern.fullmatch(path):
                return methods, {name: int(value) for name, value in found.groupdict().items()}
        raise RequestError(404, "no such resource")

    async def _call(self, gateway: GatewayState, request: Request) -> Answer:
        methods, numbers = self._find(request.path)
        reads = request.method in {"GET", "HEAD"}
        route = methods.get("GET" if reads else request.method)
        if not any(each.when(gateway) for each in methods.values()):
            raise RequestError(404, "no such resource")
        if route is None:
            answer = RequestError(405, "method not allowed").answer()
            answer.headers["Allow"] = ", ".join([*methods, "HEAD"] if "GET" in methods else methods)
            return answer
        if not route.public and not gateway.registrations.accepted(request.lfdi):
            raise RequestError(403, "this device is not registered")
        if reads and not _accepts(request.accept):
            raise RequestError(406, f"resources are served as {CONTENT_TYPE}")
        return await route.handler(gateway, request, **numbers)
