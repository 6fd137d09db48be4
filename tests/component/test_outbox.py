"""Answers wait until they are taken, and no longer than they mean something to who does not take them."""

from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from custom_components.utility_han.esi import EventKind, EventResponse, ResponseStatus
from custom_components.utility_han.gateway import GatewayError, Reason
from custom_components.utility_han.hub.background.outbox import Outbox
from custom_components.utility_han.utility import UtilityError, UtilityReason

pytestmark = pytest.mark.use_case("UR-P")

AT = datetime(2026, 11, 30, 12, tzinfo=UTC)
WEEK = timedelta(days=7)


class Taker:
    """Who takes nothing, and says why."""

    def __init__(self, why: GatewayError | UtilityError) -> None:
        """``why`` is for each answer."""
        self._why = why

    @asynccontextmanager
    async def session(self) -> AsyncIterator[None]:
        """Open a connection that holds."""
        yield

    async def respond(self, response: EventResponse) -> None:
        """Take one not."""
        raise self._why


class Rounds:
    """Rounds in which nothing happens that nobody thought of."""

    def round(self, _work: str, _about: str) -> AbstractContextManager[None]:
        """Do one."""
        return nullcontext()


@pytest.mark.parametrize(
    ("why", "later", "stays"),
    [
        (UtilityError(UtilityReason.UTILITY_UNREACHABLE, ""), 50 * WEEK, True),
        (GatewayError(Reason.GATEWAY_SILENT, ""), 50 * WEEK, True),
        (GatewayError(Reason.HTTP_ERROR, ""), WEEK - timedelta(seconds=1), True),
        (GatewayError(Reason.HTTP_ERROR, ""), WEEK, False),
        (GatewayError(Reason.NOT_ALLOWED, ""), WEEK - timedelta(seconds=1), True),
        (GatewayError(Reason.NOT_ALLOWED, ""), WEEK, False),
        (GatewayError(Reason.NOT_FOUND, ""), timedelta(0), False),
        (UtilityError(UtilityReason.UNKNOWN_TO_UTILITY, ""), timedelta(0), False),
    ],
)
async def test_answer_that_is_not_taken(why: GatewayError | UtilityError, later: timedelta, *, stays: bool) -> None:
    """Who is away is waited for; a machine without a clock of its own may be years ahead until it hears the time."""
    answer = EventResponse(EventKind.TEXT, "AB" * 16, "CD" * 20, ResponseStatus.RECEIVED, AT, "/rsp/1")
    outbox, refused, saved = Outbox([answer]), list[str](), list[int]()

    async def save() -> None:
        saved.append(len(outbox))

    rounds = cast("Any", Rounds())
    await outbox.async_send(Taker(why), lambda: AT + later, rounds, save, refused=refused.append)
    assert (len(outbox), saved) == (int(stays), [int(stays)])
    assert refused == ([answer.lfdi] if why.reason is Reason.NOT_ALLOWED else [])
