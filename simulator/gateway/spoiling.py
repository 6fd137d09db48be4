"""Faults in answers: what replaces an answer, and what becomes of one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from simulator.gateway.faults import ActiveFaults
from simulator.gateway.http import Answer, Delivery, Handler, Request
from simulator.gateway.spoilt import Spoiler

_LEVELS = 9
_BOMB = (
    '<?xml version="1.0"?>\n<!DOCTYPE bomb [<!ENTITY e0 "2030.5 ">'
    + "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(_LEVELS))
    + f']>\n<DeviceCapability xmlns="urn:ieee:std:2030.5:ns"><TimeLink href="&e{_LEVELS};"/>&e{_LEVELS};'
    "</DeviceCapability>"
).encode()
_PAGE = b"<!doctype html>\n<html><head><title>Router</title></head><body><h1>Please sign in</h1></body></html>\n"

# Instead of an answer, so that a request with such a fault has no effect. The order is that of precedence.
_REPLACEMENTS: dict[str, Callable[[dict[str, Any]], Answer]] = {
    "silence": lambda _fault: Answer(delivery=Delivery.SILENT),
    "http_error": lambda fault: Answer(fault["status"], b"as asked for\n", "text/plain"),
    "not_2030_5": lambda _fault: Answer(body=_PAGE, content_type="text/html"),
    "entity_expansion": lambda _fault: Answer(body=_BOMB),
    "oversized_xml": lambda fault: Answer(filler=fault["bytes"], declared=fault["declared"]),
}


def _cut(answer: Answer) -> None:
    answer.body = answer.body[: len(answer.body) * 2 // 3]


def _deliver(delivery: Delivery) -> Callable[[Answer], None]:
    def change(answer: Answer) -> None:
        answer.delivery = delivery

    return change


_CHANGES: dict[str, Callable[[Answer], None]] = {
    "malformed_xml": _cut,
    "reset": _deliver(Delivery.RESET),
    "half_answer": _deliver(Delivery.HALF),
}


def with_faults(faults: ActiveFaults, handler: Handler) -> Callable[[Request], Awaitable[Answer]]:
    """``handler`` as it behaves while faults are on."""
    spoiler = Spoiler(faults)

    async def answer(request: Request) -> Answer:
        if slow := faults.take("slow", request.path):
            await asyncio.sleep(slow["seconds"])
        for name, replacement in _REPLACEMENTS.items():
            if fault := faults.take(name, request.path):
                return replacement(fault)
        result = await handler(request)
        result.body = spoiler.text(request.path, result.body)
        for name, change in _CHANGES.items():
            if faults.take(name, request.path):
                change(result)
        return result

    return answer
