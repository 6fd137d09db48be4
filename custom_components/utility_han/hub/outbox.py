"""Answers that the gateway has not taken yet; kept over restarts, sent until they are taken."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from ..const import LOGGER
from ..esi import ControlResponse, EventResponse
from ..gateway import ABOUT_RESOURCE, Gateway, GatewayError, Reason
from .rounds import Rounds

_KEPT = timedelta(days=7)
_BATCH = 20


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
        gateway: Gateway,
        now: Callable[[], datetime],
        rounds: Rounds,
        save: Callable[[], Awaitable[None]],
        delivered: Callable[[str], None] = lambda _lfdi: None,
        refused: Callable[[str], None] = lambda _lfdi: None,
    ) -> None:
        """Send what waits, and what comes about meanwhile, in batches, each over a connection of its own.

        ``save`` keeps what is left after each; ``delivered`` is told the LFDI of each answer that was taken,
        ``refused`` of each that is not taken from us. What the gateway does not take now stays: a device may be
        announced anew. Never raises for what the gateway does.
        """
        going_on = True
        while going_on and self._waiting:
            going_on = await self._send_batch(gateway, now(), _Told(delivered, refused), rounds)
            await save()

    async def _send_batch(self, gateway: Gateway, now: datetime, told: _Told, rounds: Rounds) -> bool:
        """Send the first of what waits; return whether it is worth going on with the rest."""
        batch = self._waiting[:_BATCH]
        try:
            async with gateway.session():
                for response in batch:
                    with rounds.round("answering event", response.subject):  # one that fails holds up no other
                        await self._send(gateway, response, now, told)
        except GatewayError as err:
            LOGGER.debug("%d answers wait: %s", len(self._waiting), err)
            return False
        stayed: list[Answer] = [each for each in batch if each in self._waiting]
        self._waiting = self._waiting[len(stayed) :] + stayed  # they stand in nobody's way
        return len(stayed) < len(batch)

    async def _send(self, gateway: Gateway, response: Answer, now: datetime, told: _Told) -> None:
        try:
            await gateway.respond(response)
        except GatewayError as err:
            if err.reason is Reason.NOT_ALLOWED:
                told.refused(response.lfdi)
            if err.reason is not Reason.NOT_FOUND and now - response.at < _KEPT:
                if err.reason not in ABOUT_RESOURCE:
                    raise  # there is no use in trying the next
                return
            LOGGER.warning(
                "The gateway takes no answer %s to event %s: %s", response.status.name, response.subject, err
            )
        else:
            told.delivered(response.lfdi)
        self._waiting.remove(response)

    def to_list(self) -> list[dict[str, Any]]:
        """Return what waits, JSON-safe."""
        return [asdict(each) | {"status": int(each.status), "at": each.at.isoformat()} for each in self._waiting]
