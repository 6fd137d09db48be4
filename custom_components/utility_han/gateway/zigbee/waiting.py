"""Waiting for what the meter answers to one question (Zigbee Cluster Library, 2.4 and 2.5.12)."""

import asyncio
from dataclasses import dataclass, field, replace
from typing import Any

from zigpy.zcl.foundation import FrameType, GeneralCommand, Status, ZCLHeader

from ..errors import GatewayError, Reason
from .radio import Incoming

ANSWER_SECONDS = 5.0
"""How long an answer is waited for."""
QUIET_SECONDS = 1.0
"""How long nothing more comes once all of many answers have."""
MOST_ANSWERS = 100
"""To one question; a meter that goes on is not waited for. No table of Smart Energy has as many entries."""
_UNSECURED_REFUSALS = frozenset({Status.NOT_AUTHORIZED, Status.FAILURE})
"""How a meter says that it does not share our link key, which it can only say without one.

Silicon Labs' framework sends such a default response unencrypted (``util.c``, ``afNoSecurityForDefaultResponse``):
older versions with FAILURE, newer with NOT_AUTHORIZED.
"""


@dataclass(slots=True)
class Waiting:
    """Somebody who waits for the answer ``number`` in a cluster of the meter's endpoint ``source``.

    ``number`` is None where a status is the answer. ``endpoint`` of ours has asked. One that asks for many is told
    when each comes. ``patience`` is for how many seconds an answer is waited for, None as long as for any.
    """

    source: int
    cluster: int
    number: int | None
    endpoint: int = 0
    many: bool = False
    general: bool = False
    patience: float | None = None
    tsn: int = 0
    is_taken: bool = False
    """Whether the meter has said that it took the question."""
    found: list[Any] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    failure: Status | None = None

    def for_transaction(self, tsn: int) -> Waiting:
        """Return the same for another transaction, with nothing found yet."""
        return replace(self, tsn=tsn, is_taken=False, found=[], news=asyncio.Event(), failure=None)

    def is_for(self, message: Incoming) -> bool:
        """Whether a message is from where the answer will be."""
        return (self.cluster, self.source) == (message.cluster, message.source)

    def awaits(self, message: Incoming, header: ZCLHeader) -> bool:
        """Whether a command of a cluster is an answer; of many each may be a transaction of its own.

        The meter may tell another endpoint of ours something by itself meanwhile.
        """
        if self.general or not self.is_for(message) or self.number != header.command_id:
            return False
        return self.tsn == header.tsn or (self.many and self.endpoint == message.endpoint)

    def take(self, body: Any) -> None:
        """Take an answer."""
        if len(self.found) < MOST_ANSWERS:
            self.found.append(body)
            self.news.set()

    def fail(self, status: Status) -> None:
        """Take a status for an answer."""
        self.failure = status
        self.news.set()

    def take_status(self, status: Status) -> None:
        """Take a Default Response: SUCCESS says that a command was taken, and is no answer where there is to be one.

        It is made where "no other relevant response" follows (2.5.12.2), and some meters send it before that.
        """
        if status is Status.SUCCESS and self.number is not None:
            self.is_taken = True
        else:
            self.fail(status)

    async def settled(self) -> None:
        """Wait for the answer; where there may be many, until it has been quiet."""
        patience = ANSWER_SECONDS if self.patience is None else self.patience
        while True:
            try:
                async with asyncio.timeout(patience):
                    await self.news.wait()
            except TimeoutError:
                if self.found:
                    return
                if self.is_taken:
                    self.failure = Status.SUCCESS  # there is nothing to answer
                    return
                raise GatewayError(
                    Reason.GATEWAY_SILENT, f"no answer from the meter's cluster {self.cluster:04X}"
                ) from None
            self.news.clear()
            if self.failure is not None or not self.many:
                return
            patience = QUIET_SECONDS

    def take_unsecured(self, message: Incoming) -> bool:
        """Take a refusal, which alone is believed without the link key; whether it is one of what was asked."""
        header, payload = ZCLHeader.deserialize(message.payload)
        refused = (
            self.is_for(message)
            and self.tsn == header.tsn
            and header.frame_control.frame_type == FrameType.GLOBAL_COMMAND
            and header.command_id == GeneralCommand.Default_Response
            and payload[1:2] in {bytes([status]) for status in _UNSECURED_REFUSALS}
        )
        if refused:
            self.fail(Status.NOT_AUTHORIZED)
        return bool(refused)
