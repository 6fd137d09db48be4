"""Asks a client of a gateway all that it can be asked, while what it is answered is spoilt."""

import asyncio
import traceback
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from custom_components.utility_han.gateway import Gateway, GatewayError

from .figures import Figures, quiet

type Question = Callable[[], Awaitable[object]]
type Spoil = Callable[[int], Awaitable[None]]
"""Has what is answered from now on spoilt in the way that belongs to a number."""
_OURS = "custom_components"


async def ask_all(
    client: Gateway, questions: Sequence[Question], spoil: Spoil, rounds: Callable[[int], bool]
) -> Figures:
    """Ask for as long as ``rounds`` says of the number of questions so far; what the client may raise is known.

    What ends in an error in a callback, or was caught and is shown as failing, is a finding as well.
    """
    figures = Figures()

    def unnoticed(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        trace = error.__traceback__ if error is not None else None
        while trace is not None:
            if _OURS in trace.tb_frame.f_code.co_filename:
                figures.finding = f"{context['message']}: {error!r}"[:2000]
            trace = trace.tb_next

    asyncio.get_running_loop().set_exception_handler(unnoticed)
    with quiet():
        while rounds(figures.inputs) and figures.finding is None:
            await spoil(figures.inputs)
            for question in questions:
                figures.inputs += 1
                try:
                    await question()
                except GatewayError:
                    pass
                except Exception as err:
                    figures.finding = "".join(traceback.format_exception(err, limit=-6))[-2000:]
                if failing := client.statistics().get("failing"):
                    figures.finding = f"failing: {failing}"
                if figures.finding is not None:
                    break
    return figures
