"""Faults in answers of the utility's API, and of others that are served by the same library."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.typedefs import Middleware

from simulator.utility.faults import ApiFaults

type _Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def with_faults(faults: ApiFaults, limited: Callable[[], web.Response], base: str = "") -> Middleware:
    """A middleware that lets the faults that are on happen to requests.

    ``limited`` makes the answer to those who ask too often; paths of faults begin at ``base``.
    """

    @web.middleware
    async def spoil(request: web.Request, handler: _Handler) -> web.StreamResponse:
        path = request.path.removeprefix(base)
        if slow := faults.take("slow", path):
            await asyncio.sleep(slow["seconds"])
        if limit := faults.take("rate_limit", path):
            response = limited()
            response.headers["Retry-After"] = str(limit["retry_after"])
            return response
        if error := faults.take("http_error", path):
            return web.Response(status=error["status"], text="<html>error</html>", content_type="text/html")
        if huge := faults.take("huge_answer", path):
            return await _stream(request, huge["bytes"])
        answer = await handler(request)
        if faults.take("lost_answer", path):
            return _cut_off(request, answer)
        if faults.take("half_answer", path) and isinstance(answer, web.Response) and isinstance(answer.body, bytes):
            half = web.StreamResponse(status=answer.status, headers={"Content-Type": answer.content_type})
            half.content_length = len(answer.body)
            await half.prepare(request)
            await half.write(answer.body[: len(answer.body) // 2])
            return _cut_off(request, half)
        return answer

    return spoil


async def _stream(request: web.Request, size: int) -> web.StreamResponse:
    """A list of JSON that does not end before ``size`` bytes."""
    answer = web.StreamResponse(headers={"Content-Type": "application/json"})
    await answer.prepare(request)
    await answer.write(b"[")
    chunk = b"{}," * 20_000
    for _ in range(size // len(chunk) + 1):
        await answer.write(chunk)
    await answer.write(b"{}]")
    return answer


def _cut_off(request: web.Request, response: web.StreamResponse) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.close()
    return response
