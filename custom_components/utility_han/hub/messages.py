"""How text messages are told, whoever sends them: as occurrences, each once, and all that are in force as a sensor."""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from ..esi import Message
from .descriptions import SubjectSensorDescription
from .subject import Occurrence, Subject

MESSAGE = "message"
"""What happened to the gateway where a text message came: shown by the event entity of this key."""
_IN_FORCE = "messages"
_MOST_KEPT = 100


def not_told_yet(messages: Sequence[Message], seen: Collection[str], of: str = MESSAGE) -> Iterator[Occurrence]:
    """Yield the messages that are not among those that were ``seen``, for the event entity of the key ``of``."""
    before = frozenset(seen)
    for message in messages:
        if message.id not in before:
            yield Occurrence(of, message.priority, _told(message))


def messages_in_force(messages: Sequence[Message], now: datetime) -> list[Message]:
    """Return those that are in force at a moment."""
    return [message for message in messages if message.start <= now < message.end]


def messages_to_keep(messages: Sequence[Message], now: datetime) -> list[Message]:
    """Return those that hold until others are told, also over a restart: in force or to come."""
    return [message for message in messages if now < message.end][:_MOST_KEPT]


def in_force_row[S: Subject](
    in_force: Callable[[S], Sequence[Message]],
    *, prefix: str = "", source: str = "", exists: Callable[[S], bool] = lambda _: True,
    to_acknowledge: Callable[[S], Collection[str]] = lambda _: (),
) -> SubjectSensorDescription[S]:  # fmt: skip
    """Return the row of the sensor that counts the messages in force, and lists them as ``messages``.

    An event cannot say that what it told was withdrawn, and several messages can be in force at once (sep.xsd,
    EventStatus). ``prefix`` is of its key, ``source`` what its name says where there are two of them. One of those
    ``to_acknowledge`` (their mRIDs) has its own as ``acknowledge``, by which the action of that name knows it.
    """

    def rows(subject: S) -> dict[str, Any]:
        return {"messages": [_row(each, to_acknowledge(subject)) for each in in_force(subject)]}

    return SubjectSensorDescription(
        key=f"{prefix}{_IN_FORCE}",
        translation_key=_IN_FORCE,
        translation_placeholders={"source": source},
        comes_later=True,
        exists_fn=exists,
        value_fn=lambda subject: len(in_force(subject)),
        attributes_fn=rows,
    )


def _row(message: Message, to_acknowledge: Collection[str]) -> dict[str, Any]:
    row = {"priority": message.priority.value, **_told(message)}
    if message.instruction:
        row["instruction"] = True
    if message.answer is not None and message.answer.subject in to_acknowledge:
        row["acknowledge"] = message.answer.subject
    return row


def _told(message: Message) -> dict[str, Any]:
    told: dict[str, Any] = {
        "text": message.text,
        "originator": message.originator,
        "start": message.start.isoformat(),
        "end": message.end.isoformat(),
    }
    if message.alert is not None:
        told["alert"] = message.alert.lower()
    return told
