"""Prices (annex D.4) and text messages (D.5) of the meter."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from ...esi import Message, Price, PriceSchedule, Priority
from ..currency import CURRENCIES
from .clusters import Messaging, PriceCluster
from .messenger import Messenger
from .times import moment, utc_time

_UNTIL_CHANGED = 0xFFFF
_FOREVER = timedelta(days=365)
_KWH_BINARY = 0x00
_PRIORITIES = (Priority.LOW, Priority.NORMAL, Priority.HIGH, Priority.CRITICAL)
_NEEDS_CONFIRMATION = 0x80
_MAX_KEPT = 20


async def read_prices(messenger: Messenger) -> PriceSchedule | None:
    """Read the price in force and those scheduled, None where the meter publishes none per kWh."""
    published = await messenger.ask(
        PriceCluster,
        PriceCluster.ServerCommandDefs.get_scheduled_prices,
        PriceCluster.ClientCommandDefs.publish_price,
        many=True,
        start_time=0,
        events=0,
    )
    newest: dict[datetime, Any] = {}
    for each in published:
        start = moment(each.start_time or each.current_time)
        if start not in newest or newest[start].issuer_event_id < each.issuer_event_id:
            newest[start] = each
    usable = {start: each for start, each in newest.items() if each.unit_of_measure == _KWH_BINARY}
    if not usable:
        return None
    starts = sorted(usable)
    prices = tuple(
        _price(usable[start], start, starts[number + 1] if number + 1 < len(starts) else None)
        for number, start in enumerate(starts)
    )
    return PriceSchedule(CURRENCIES.get(int(usable[starts[0]].currency)), prices)


def _price(published: Any, start: datetime, following: datetime | None) -> Price:
    lasts = published.duration_minutes
    end = start + (_FOREVER if lasts == _UNTIL_CHANGED else timedelta(minutes=int(lasts)))
    if following is not None:
        end = min(end, following)
    digits, tier = published.trailing_digit_and_tier >> 4, published.trailing_digit_and_tier & 0x0F
    return Price(start, end, int(published.price) / 10**digits, tier)


class Messages:
    """The text messages of the meter: a meter gives only its last again, so that earlier ones are kept here."""

    def __init__(self, messenger: Messenger) -> None:
        self._messenger = messenger
        self._known: dict[int, Message] = {}
        self._unconfirmed: list[int] = []
        commands = Messaging.ClientCommandDefs
        messenger.listen(Messaging, commands.display_message, self._displayed)
        messenger.listen(Messaging, commands.cancel_message, self._cancelled)

    async def read(self) -> list[Message]:
        """Return the messages in force, oldest first; those that ask for it are confirmed."""
        commands = Messaging.ServerCommandDefs
        said = await self._messenger.ask(
            Messaging, commands.get_last_message, Messaging.ClientCommandDefs.display_message
        )
        for message in said:
            self._displayed(0, message)
        now = datetime.now(UTC)
        self._known = {number: message for number, message in self._known.items() if message.end > now}
        while self._unconfirmed:
            await self._messenger.tell(
                Messaging,
                commands.message_confirmation,
                message_id=self._unconfirmed[0],
                confirmation_time=utc_time(now),
            )
            self._unconfirmed.pop(0)
        return sorted(
            (message for message in self._known.values() if message.start <= now), key=lambda message: message.start
        )

    def _displayed(self, _endpoint: int, said: Any) -> None:
        number = int(said.message_id)
        start = moment(said.start_time) if said.start_time else datetime.now(UTC)
        if number in self._known and not said.start_time:
            start = self._known[number].start
        elif number not in self._known and said.message_control & _NEEDS_CONFIRMATION:
            self._unconfirmed.append(number)
        lasts = said.duration_minutes
        self._known[number] = Message(
            id=f"{number:08X}",
            text=bytes(said.message).decode(errors="replace"),
            priority=_PRIORITIES[said.message_control >> 2 & 0x03],
            originator=None,
            start=start,
            end=start + (_FOREVER if lasts == _UNTIL_CHANGED else timedelta(minutes=int(lasts))),
        )
        for oldest in sorted(self._known)[:-_MAX_KEPT]:
            del self._known[oldest]

    def _cancelled(self, _endpoint: int, said: Any) -> None:
        self._known.pop(int(said.message_id), None)

    def to_list(self) -> list[dict[str, Any]]:
        """Return the messages JSON-safe."""
        return [
            {
                "id": number,
                "text": message.text,
                "priority": message.priority.value,
                "start": message.start.isoformat(),
                "end": message.end.isoformat(),
            }
            for number, message in self._known.items()
        ]

    def load(self, data: list[Mapping[str, Any]]) -> None:
        """Take up what :meth:`to_list` gave."""
        known = {
            each["id"]: Message(
                id=f"{each['id']:08X}",
                text=each["text"],
                priority=Priority(each["priority"]),
                originator=None,
                start=datetime.fromisoformat(each["start"]),
                end=datetime.fromisoformat(each["end"]),
            )
            for each in data
        }
        self._known |= known
