"""Reads text messages (IEEE 2030.5-2018, Messaging function set)."""

from py20305.models import sep

from ...esi import EventKind, Message, Priority
from .answers import answerable
from .failures import Unreadable
from .reader import Reader
from .resources import lasting, moment

_ACTIVE = 1  # EventStatus.currentStatus
_PRIORITIES = dict(enumerate(Priority))  # PriorityType: 0 low to 3 critical


_REGISTRATION = "regist"
"""In the name of what is about registration, in all languages that have taken the word from Latin."""


def _is_instruction(program: sep.MessagingProgram, message: sep.TextMessage) -> bool:
    """Whether a message is the gateway's registration instruction (use case step IP-11).

    sep.xsd has no mark for that: a TextMessage has originator, priority and text. What a gateway can say of a message,
    or of all of a program, is its ``description``, "a human readable text describing or naming the object".
    """
    names = (program.description, message.description)
    return any(_REGISTRATION in name.casefold() for name in names if name is not None)


async def read_messages(reader: Reader, programs_href: str) -> list[Message]:
    """Return the messages in force of every program, oldest first.

    A program that cannot be read loses none of the others; ``GatewayError`` where there is nothing but such.
    """
    found: dict[str, Message] = {}
    programs: list[sep.MessagingProgram] = await reader.pages(
        programs_href, sep.MessagingProgramList, lambda page: page.messaging_program
    )
    unreadable = Unreadable()
    for program in programs:
        link = program.active_text_message_list_link or program.text_message_list_link
        if link is None:
            continue
        listed = reader.pages(link.href, sep.TextMessageList, lambda page: page.text_message)
        messages: list[sep.TextMessage] = await unreadable.read(listed) or []
        for message in messages:
            if message.event_status.current_status == _ACTIVE:
                start = moment(message.interval.start.value)
                identifier = message.m_rid.value.hex()
                found[identifier] = Message(
                    id=identifier,
                    text=message.text_message,
                    priority=_PRIORITIES.get(message.priority.value, Priority.NORMAL),
                    originator=message.originator,
                    start=start,
                    end=start + lasting(message.interval.duration),
                    instruction=_is_instruction(program, message),
                    answer=answerable(EventKind.TEXT, message),
                )
    unreadable.raise_unless(found)
    return sorted(found.values(), key=lambda message: message.start)
