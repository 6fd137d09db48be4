"""Text messages of the meter (annex D.5)."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from ...esi import EventResponse, Message, Priority
from ..clock import GatewayClock
from .clusters import Messaging
from .messenger import Messenger
from .smart_energy import confirmable
from .times import ending, moment, utc_time

_PRIORITIES = (Priority.LOW, Priority.NORMAL, Priority.HIGH, Priority.CRITICAL)
_NEEDS_CONFIRMATION = 0x80
_MAX_KEPT = 20


class Messages:
    """The text messages of the meter: a meter gives only its last again, so that earlier ones are kept here.

    They are kept on the meter's clock, and told on ours.
    """

    def __init__(self, messenger: Messenger, clock: GatewayClock) -> None:
        self._messenger = messenger
        self._clock = clock
        self._known: dict[int, Message] = {}
        self.changed: Callable[[], None] = lambda: None
        """Called when the meter says by itself what was not known."""
        commands = Messaging.ClientCommandDefs
        messenger.listen(Messaging, commands.display_message, self._pushed)
        messenger.listen(Messaging, commands.cancel_message, self._cancelled)

    async def read(self) -> list[Message]:
        """Return the messages in force, oldest first."""
        commands = Messaging.ServerCommandDefs
        said = await self._messenger.ask(
            Messaging, commands.get_last_message, Messaging.ClientCommandDefs.display_message
        )
        for message in said:
            self._take(message)
        now = self._clock.now()
        self._known = {number: message for number, message in self._known.items() if message.end > now}
        begun = (message for message in self._known.values() if self._clock.has_come(message.start))
        return sorted(self._clock.on_ours(begun), key=lambda message: message.start)

    async def confirm(self, response: EventResponse) -> None:
        """Confirm a message in the name of the person who has acknowledged it (Message Confirmation).

        Its field for the time cannot be left out: where the meter never told its own it is ours.
        """
        await self._messenger.tell(
            Messaging,
            Messaging.ServerCommandDefs.message_confirmation,
            message_id=int(response.subject, 16),
            confirmation_time=utc_time(self._clock.told(response.at) or response.at),
        )

    def _pushed(self, _endpoint: int, said: Any) -> None:
        # What was asked for is heard here too, and is known once it was read.
        if self._take(said):
            self.changed()

    def _take(self, said: Any) -> bool:
        """Keep a message; whether it says what was not known."""
        number = int(said.message_id)
        start = moment(said.start_time) if said.start_time else self._clock.now()
        if number in self._known and not said.start_time:
            start = self._known[number].start
        before = self._known.get(number)
        message = self._known[number] = Message(
            id=f"{number:08X}",
            text=bytes(said.message).decode(errors="replace"),
            priority=_PRIORITIES[said.message_control >> 2 & 0x03],
            originator=None,
            start=start,
            end=ending(start, said.duration_minutes),
            answer=confirmable(number) if said.message_control & _NEEDS_CONFIRMATION else None,
        )
        for oldest in sorted(self._known, key=lambda each: self._known[each].start)[:-_MAX_KEPT]:
            del self._known[oldest]
        return message != before

    def _cancelled(self, _endpoint: int, said: Any) -> None:
        if self._known.pop(int(said.message_id), None) is not None:
            self.changed()

    def to_list(self) -> list[dict[str, Any]]:
        """Return the messages JSON-safe."""
        return [
            {
                "id": number,
                "text": message.text,
                "priority": message.priority.value,
                "start": message.start.isoformat(),
                "end": message.end.isoformat(),
                "confirm": message.answer is not None,
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
                answer=confirmable(each["id"]) if each.get("confirm") else None,
            )
            for each in data
        }
        self._known |= known
