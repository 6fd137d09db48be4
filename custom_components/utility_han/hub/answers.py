"""Answers to events that are no controls, as each wants to be answered: by Home Assistant, or by a person.

A person acknowledges by confirming a repair notice or by the action ``acknowledge``; whoever merely received or showed
an event has not.
"""

from collections.abc import Iterable, Mapping, Sequence

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..esi import Answerable, EventKind, EventResponse, Message, ResponseStatus, Wanted, asked_for
from .background.rounds import Rounds
from .gateway_subject import GatewaySubject
from .link_record import LinkRecord
from .notices import async_withdraw
from .prices.priced import PricedSubject
from .telling.texts import plain

ACKNOWLEDGE = "acknowledge"
PRICES = "prices"
"""The subject of the one notice for all prices that a person is to acknowledge."""
_SHOWN = 1000
"""Characters of a message that a notice has room for."""
_REMEMBERED = 2000
"""Events of which it is known what was told."""


class EventAnswers:
    """The answers of one hub; what was told is told once, and what was not taken yet is sent again."""

    def __init__(
        self,
        hass: HomeAssistant,
        subject: GatewaySubject,
        tariff: PricedSubject,
        link: LinkRecord,
        rounds: Rounds,
    ) -> None:
        """``subject`` and ``tariff`` show what a person is to acknowledge; ``link`` keeps what was told."""
        self._hass = hass
        self._shown: Mapping[EventKind, GatewaySubject | PricedSubject] = {
            EventKind.TEXT: subject,
            EventKind.PRICE: tariff,
        }
        self._entry = subject.coordinator.config_entry
        self._gateway = subject.coordinator.gateway
        self._link = link
        self._rounds = rounds
        self._sending = False
        self._prices: Sequence[Answerable] = ()
        self._messages: dict[str, Answerable] = {}

    @callback
    def async_tell(self, event: Answerable | None, status: ResponseStatus, lfdi: str | None = None) -> None:
        """Tell the status of an event where it asks for that; ``lfdi`` is the device's, else Home Assistant's."""
        if event is None or not asked_for(event.required, status) or self.told(event, status):
            return
        told = self._link.told
        told.setdefault(event.subject, []).append(int(status))
        for oldest in list(told)[:-_REMEMBERED]:
            del told[oldest]
        who = lfdi or self._gateway.client_lfdi
        self._link.answers.add(EventResponse(event.kind, event.subject, who, status, dt_util.utcnow(), event.reply_to))
        self.async_send()

    def told(self, event: Answerable, status: ResponseStatus) -> bool:
        """Whether the status of an event was told already."""
        return status in self._link.told.get(event.subject, ())

    @callback
    def async_send(self) -> None:
        """Send what waits, in the background."""
        if self._link.answers and not self._sending:
            self._sending = True
            self._rounds.begin("answering events", self._async_send)

    async def _async_send(self) -> None:
        try:
            await self._link.async_save()
            await self._link.answers.async_send(self._gateway, dt_util.utcnow, self._rounds, self._link.async_save)
        finally:
            self._sending = False

    # What was read

    @callback
    def async_messages(self, messages: Sequence[Message]) -> None:
        """Answer the messages in force, and ask the person about those that only a person can answer."""
        self._messages = {each.answer.subject: each.answer for each in messages if each.answer is not None}
        open_ones: set[str] = set()
        for message in messages:
            self.async_tell(message.answer, ResponseStatus.RECEIVED)
            if not (text := plain(message.text[:_SHOWN])):
                self.async_tell(message.answer, ResponseStatus.CANNOT_BE_DISPLAYED)
            elif message.answer is not None and self._open(message.answer):
                open_ones.add(message.answer.subject)
                self._ask(message.answer.subject, "message_to_acknowledge", {"text": text})
        self._ask_no_more(EventKind.TEXT, but=open_ones)

    @callback
    def async_prices(self, events: Sequence[Answerable]) -> None:
        """Answer the prices that were read."""
        self._prices = events
        for event in events:
            self.async_tell(event, ResponseStatus.RECEIVED)
        if count := sum(map(self._open, events)):
            self._ask(PRICES, "prices_to_acknowledge", {"count": str(count)})
        self._ask_no_more(EventKind.PRICE, but=[PRICES] if count else [])

    # What people do

    @callback
    def async_acknowledge(self, subject: str) -> bool:
        """Take note that a person has acknowledged a message (its mRID) or ``PRICES``; return whether it was open."""
        message = self._messages.get(subject)
        events = self._prices if subject == PRICES else [message] if message is not None else []
        asked = [event for event in events if self._open(event)]
        for event in asked:
            self.async_tell(event, ResponseStatus.ACKNOWLEDGED)
        kind = _kind(subject)
        self._ask_no_more(kind, but=self._shown[kind].to_acknowledge - {subject})
        return bool(asked)

    def _open(self, event: Answerable) -> bool:
        return bool(event.required & Wanted.CUSTOMER) and not self.told(event, ResponseStatus.ACKNOWLEDGED)

    def _prefix(self, kind: EventKind) -> str:
        return f"acknowledge_{kind.value}_{self._entry.entry_id}_"

    def _issue_id(self, subject: str) -> str:
        return f"{self._prefix(_kind(subject))}{subject}"

    def _ask(self, subject: str, key: str, placeholders: dict[str, str]) -> None:
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            self._issue_id(subject),
            data={"key": ACKNOWLEDGE, "entry_id": self._entry.entry_id, "subject": subject},
            is_fixable=True,
            severity=ir.IssueSeverity.WARNING,
            translation_key=key,
            translation_placeholders={"title": self._entry.title, **placeholders},
        )

    def _ask_no_more(self, kind: EventKind, *, but: Iterable[str]) -> None:
        """Ask a person for nothing of a kind ``but`` these subjects, by notices and on the home page."""
        left = frozenset(but)
        async_withdraw(self._hass, (self._prefix(kind),), but={self._issue_id(subject) for subject in left})
        if (shown := self._shown[kind]).to_acknowledge != left:
            shown.to_acknowledge = left
            shown.async_tell()


def _kind(subject: str) -> EventKind:
    return EventKind.PRICE if subject == PRICES else EventKind.TEXT
