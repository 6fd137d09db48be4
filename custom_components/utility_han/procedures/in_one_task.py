"""Steps that one task takes, whoever asks for the next result: a gateway's session is of the task that opened it."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from typing import Any

from .step import StepResult

type Tell = Callable[[StepResult], None]


async def in_one_task(take: Callable[[Tell], Coroutine[Any, Any, None]]) -> AsyncGenerator[StepResult]:
    """Yield the results that ``take`` tells, as they come; it ends with whoever asks for them, who has its errors."""
    results: asyncio.Queue[StepResult | None] = asyncio.Queue()
    taking = asyncio.create_task(take(results.put_nowait))
    taking.add_done_callback(lambda _: results.put_nowait(None))
    try:
        while (result := await results.get()) is not None:
            yield result
        await taking
    finally:
        taking.cancel()
        await asyncio.wait([taking])
