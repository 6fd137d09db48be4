"""Answers that who asked has not taken yet; kept over restarts, sent until they are taken."""

from collections.abc import Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import Enum, auto
from logging import DEBUG, WARNING
from typing import Any, Protocol

from ...const import LOGGER
from ...esi import ControlResponse, EventResponse
from ...gateway import ABOUT_RESOURCE, GatewayError, Reason
from ...utility import PASSING, UtilityError, UtilityReason
from .rounds import Rounds

_KEPT = timedelta(days=7)
"""How long one is sent again that is not taken, by somebody who is there."""
_BATCH = 20


class Taker[Answer](Protocol):
    """Who takes answers: a gateway, or the utility itself."""

    def session(self) -> AbstractAsyncContextManager[None]:
        """Keep one connection for all answers given inside."""

    async def respond(self, response: Answer, /) -> None:
        """Take one; ``GatewayError`` or ``UtilityError``."""


class _Fate(Enum):
    """What becomes of an answer that was not taken."""

    DROPPED = auto()
    """There is nothing any more that it would be an answer to."""
    NOT_OURS = auto()
    """It is not taken from us, and stays."""
    STAYS = auto()
    """It is not taken now; others may be."""
    ALL_STAY = auto()
    """There is no use in trying the next."""


_BY_REASON: dict[Reason | UtilityReason, _Fate] = {
    Reason.NOT_FOUND: _Fate.DROPPED,
    Reason.NOT_ALLOWED: _Fate.NOT_OURS,
    UtilityReason.UNKNOWN_TO_UTILITY: _Fate.DROPPED,
}


def _fate(err: GatewayError | UtilityError) -> _Fate:
    if (fate := _BY_REASON.get(err.reason)) is not None:
        return fate
    waited_out = err.reason in PASSING if isinstance(err, UtilityError) else err.reason not in ABOUT_RESOURCE
    return _Fate.ALL_STAY if waited_out else _Fate.STAYS


@dataclass(frozen=True, slots=True)
class _Told:
    """Who is told, by the LFDI of the device, what became of an answer."""

    delivered: Callable[[str], None]
    refused: Callable[[str], None]


class Outbox[Answer: (ControlResponse, EventResponse)]:
    """Answers in the order in which they came about."""

    def __init__(self, waiting: Iterable[Answer] = ()) -> None:
        """``waiting`` were left from before."""
        self._waiting: list[Answer] = list(waiting)

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, response: Answer) -> None:
        """Keep an answer until it was taken."""
        self._waiting.append(response)

    async def async_send(
        self,
        taker: Taker[Answer],
        now: Callable[[], datetime],
        rounds: Rounds,
        save: Callable[[], Awaitable[None]],
        delivered: Callable[[str], None] = lambda _lfdi: None,
        refused: Callable[[str], None] = lambda _lfdi: None,
    ) -> None:
        """Send what waits, and what comes about meanwhile, in batches, each over a connection of its own.

        ``save`` keeps what is left after each; ``delivered`` is told the LFDI of each answer that was taken,
        ``refused`` of each that is not taken from us. What is not taken now stays: a device may be announced anew.
        Never raises for what the taker does.
        """
        going_on = True
        while going_on and self._waiting:
            going_on = await self._send_batch(taker, now(), _Told(delivered, refused), rounds)
            await save()

    async def _send_batch(self, taker: Taker[Answer], now: datetime, told: _Told, rounds: Rounds) -> bool:
        """Send the first of what waits; return whether it is worth going on with the rest."""
        batch = self._waiting[:_BATCH]
        try:
            async with taker.session():
                for response in batch:
                    with rounds.round("answering event", response.subject):  # one that fails holds up no other
                        await self._send(taker, response, now, told)
        except (GatewayError, UtilityError) as err:
            LOGGER.debug("%d answers wait: %s", len(self._waiting), err)
            return False
        stayed: list[Answer] = [each for each in batch if each in self._waiting]
        self._waiting = self._waiting[len(stayed) :] + stayed  # they stand in nobody's way
        return len(stayed) < len(batch)

    async def _send(self, taker: Taker[Answer], response: Answer, now: datetime, told: _Told) -> None:
        try:
            await taker.respond(response)
        except (GatewayError, UtilityError) as err:
            if (fate := _fate(err)) is _Fate.ALL_STAY:
                raise  # whatever our clock says, which may be years ahead until it is set
            if fate is _Fate.NOT_OURS:
                told.refused(response.lfdi)
            if fate is not _Fate.DROPPED and now - response.at < _KEPT:
                return
            # A utility's event is over when it is deleted: then there is nobody to be told that.
            utility = isinstance(err, UtilityError)
            LOGGER.log(
                DEBUG if utility and fate is _Fate.DROPPED else WARNING,
                "The %s takes no answer %s to event %s: %s",
                "utility" if utility else "gateway",
                response.status.name,
                response.subject,
                err,
            )
        else:
            told.delivered(response.lfdi)
        self._waiting.remove(response)

    def to_list(self) -> list[dict[str, Any]]:
        """Return what waits, JSON-safe."""
        return [_kept(each) for each in self._waiting]


def _kept(answer: ControlResponse | EventResponse) -> dict[str, Any]:
    # Thousands wait where hundreds of devices answer, and all are written after each batch: nothing is copied deeply.
    values = {field.name: getattr(answer, field.name) for field in fields(answer)}
    return values | {"status": int(answer.status), "at": answer.at.isoformat()}
