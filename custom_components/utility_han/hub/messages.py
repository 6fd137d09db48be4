"""How text messages are told, whoever sends them: as occurrences, each once."""

from collections.abc import Collection, Iterator, Sequence

from ..esi import Message
from .subject import Occurrence

MESSAGE = "message"
"""What happened to the gateway where a text message came: shown by the event entity of this key."""


def not_told_yet(messages: Sequence[Message], seen: Collection[str], of: str = MESSAGE) -> Iterator[Occurrence]:
    """Yield the messages that are not among those that were ``seen``, for the event entity of the key ``of``."""
    before = frozenset(seen)
    for message in messages:
        if message.id not in before:
            told = {
                "text": message.text,
                "originator": message.originator,
                "start": message.start.isoformat(),
                "end": message.end.isoformat(),
            }
            if message.alert is not None:
                told["alert"] = message.alert.lower()
            yield Occurrence(of, message.priority, told)
