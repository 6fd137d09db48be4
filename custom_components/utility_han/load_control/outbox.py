"""Answers that the gateway has not taken yet; kept over restarts, sent until they are taken."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from ..const import LOGGER
from ..esi import ControlResponse
from ..gateway import ABOUT_RESOURCE, Gateway, GatewayError, Reason

_KEPT = timedelta(days=7)


class Outbox:
    """Answers in the order in which they came about."""

    def __init__(self, waiting: Iterable[ControlResponse] = ()) -> None:
        """``waiting`` were left from before."""
        self._waiting = list(waiting)

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, response: ControlResponse) -> None:
        """Keep an answer until it was taken."""
        self._waiting.append(response)

    async def async_send(self, gateway: Gateway, now: datetime, delivered: Callable[[str], None]) -> None:
        """Send what waits, over one connection; ``delivered`` is told the LFDI of each answer that was taken.

        What the gateway does not take now stays. Never raises for what the gateway does.
        """
        try:
            async with gateway.session():
                for response in list(self._waiting):
                    await self._send(gateway, response, now, delivered)
        except GatewayError as err:
            LOGGER.debug("%d answers to controls wait: %s", len(self._waiting), err)

    async def _send(
        self, gateway: Gateway, response: ControlResponse, now: datetime, delivered: Callable[[str], None]
    ) -> None:
        try:
            await gateway.respond(response)
        except GatewayError as err:
            if err.reason is not Reason.NOT_FOUND and now - response.at < _KEPT:
                if err.reason not in ABOUT_RESOURCE:
                    raise  # there is no use in trying the next
                return
            LOGGER.warning(
                "The gateway takes no answer %s to control %s: %s", response.status.name, response.control, err
            )
        else:
            delivered(response.lfdi)
        self._waiting.remove(response)

    def to_list(self) -> list[dict[str, Any]]:
        """Return what waits, JSON-safe."""
        return [
            {
                "control": each.control,
                "lfdi": each.lfdi,
                "status": int(each.status),
                "at": each.at.isoformat(),
                "reply_to": each.reply_to,
            }
            for each in self._waiting
        ]
