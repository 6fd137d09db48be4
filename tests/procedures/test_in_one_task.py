"""Steps that one task takes end with whoever asks for their results, and so do what they hold and their errors."""

import asyncio
from contextlib import aclosing, suppress
from datetime import UTC, datetime

import pytest

from custom_components.utility_han.procedures.in_one_task import Tell, in_one_task
from custom_components.utility_han.procedures.step import Outcome, Step, StepResult

pytestmark = pytest.mark.use_case("IP-6")

RESULT = StepResult(Step.IP_6, Outcome.RUNNING)


class Taking:
    """Steps of which the first tells something, and the second takes for ever."""

    def __init__(self) -> None:
        """Nothing was taken yet."""
        self.tasks: list[asyncio.Task[object] | None] = []
        self.let_go: datetime | None = None

    async def __call__(self, tell: Tell) -> None:
        """Take them."""
        self.tasks.append(asyncio.current_task())
        tell(RESULT)
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.01)  # as who closes a connection
            self.tasks.append(asyncio.current_task())
            self.let_go = datetime.now(UTC)


async def test_who_leaves_in_between_has_what_was_held_let_go() -> None:
    taking = Taking()
    async with asyncio.timeout(5), aclosing(in_one_task(taking)) as results:
        assert await anext(results) is RESULT
        assert taking.let_go is None
    assert taking.let_go is not None
    assert len(set(taking.tasks)) == 1
    assert taking.tasks[0] is not asyncio.current_task()


async def test_who_is_cancelled_while_they_wait_has_what_was_held_let_go() -> None:
    taking = Taking()

    async def ask() -> None:
        async with aclosing(in_one_task(taking)) as results:
            async for _ in results:
                pass

    asking = asyncio.create_task(ask())
    while not taking.tasks:  # noqa: ASYNC110 - it begins with the loop's next turns
        await asyncio.sleep(0)
    asking.cancel()
    with suppress(asyncio.CancelledError):
        await asking
    assert taking.let_go is not None


async def test_error_comes_after_what_was_told_before() -> None:
    async def fails(tell: Tell) -> None:
        tell(RESULT)
        tell(RESULT)
        raise ValueError("nobody thought of it")

    told: list[StepResult] = []

    async def ask() -> None:
        async with aclosing(in_one_task(fails)) as results:
            async for result in results:
                told.append(result)  # noqa: PERF401 - what comes before the error is to be kept

    with pytest.raises(ValueError, match="nobody thought of it"):
        await ask()
    assert told == [RESULT, RESULT]
