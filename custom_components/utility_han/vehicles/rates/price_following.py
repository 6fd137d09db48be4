"""Follows who tells the prices of rate programs: the meter's tariff, OpenADR's PRICE, any entity and its history."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from homeassistant.core import CALLBACK_TYPE, Event, EventStateChangedData, HomeAssistant, State, callback
from homeassistant.helpers.event import async_track_state_change_event, async_track_time_interval
from homeassistant.util import dt as dt_util

from ...hub.background.rounds import Rounds
from ...hub.prices.priced import PricedSubject
from ...procedures import BillableRecord
from ...utility import PriceKind, RateProgram
from .price_book import PriceBook, course_key
from .price_history import Span, async_stated
from .price_units import price_of

_EVERY = timedelta(hours=1)
"""How often what was told is written: what a power cut loses of it is in Home Assistant's history."""
_SECOND = timedelta(seconds=1)
_EVER = datetime.max.replace(tzinfo=dt_util.UTC)


class PriceFollowing:
    """The sources of one home's rate programs."""

    def __init__(
        self,
        hass: HomeAssistant,
        book: PriceBook,
        subjects: Mapping[PriceKind, PricedSubject],
        rounds: Rounds,
        known: CALLBACK_TYPE,
    ) -> None:
        """``subjects`` tell of prices where they are; ``known`` is called when prices became known."""
        self._hass = hass
        self.book = book
        self._subjects = subjects
        self._rounds = rounds
        self._known = known
        self._programs: dict[str, RateProgram] = {}
        """By course."""
        self._states: dict[str, State] = {}
        """What price entities state now, by course."""
        self._taken: dict[PriceKind, object] = {}
        self._unsubscribe: list[CALLBACK_TYPE] = []
        self._over = False
        self.foreign: dict[str, tuple[RateProgram, str]] = {}
        """Programs whose prices are told in other money now, and in which unit."""

    @callback
    def async_follow(self, programs: Iterable[RateProgram]) -> None:
        """Follow the sources of these programs, and no others."""
        wanted = {course_key(program): program for program in programs if program.source}
        if self._over:
            return  # a dialog or a round outlived the hub's being loaded
        if wanted == self._programs and self._unsubscribe:
            return
        self.async_stop()
        self._programs = wanted
        if not wanted:
            return
        for kind, subject in self._subjects.items():
            if any(program.source and program.source.kind is kind for program in wanted.values()):
                self._unsubscribe.append(subject.async_add_listener(partial(self._told, kind)))
                self._take(kind)
        entities = {entity for program in wanted.values() if (entity := _entity(program))}
        for entity_id in entities:
            self._state(entity_id, self._hass.states.get(entity_id))
        if entities:
            self._unsubscribe.append(async_track_state_change_event(self._hass, entities, self._state_changed))
        keep = self._rounds.timed("keeping prices", self._async_keep)
        self._unsubscribe.append(async_track_time_interval(self._hass, keep, _EVERY))

    @callback
    def async_end(self) -> None:
        """Follow nobody any more, whoever asks for it: the hub is unloaded."""
        self.async_stop()
        self._over = True

    @callback
    def async_stop(self) -> None:
        """Follow nobody for now; what was told until now is in the book."""
        self.async_flush()
        for cancel in self._unsubscribe:
            cancel()
        self._unsubscribe.clear()
        self._states.clear()
        self._taken.clear()

    async def _async_keep(self, _now: datetime) -> None:
        await self._rounds.do("keeping prices", self._async_keep_told)

    async def _async_keep_told(self) -> None:
        self.async_flush()
        await self.book.async_keep()
        self._known()

    # The gateway and the utility

    @callback
    def _told(self, kind: PriceKind, _happened: object) -> None:
        self._take(kind)
        self._known()

    def _take(self, kind: PriceKind) -> None:
        subject = self._subjects[kind]
        if (told := (subject.prices, subject.currency)) == self._taken.get(kind):
            return
        self._taken[kind] = told
        for key, program in self._programs.items():
            if program.source is None or program.source.kind is not kind:
                continue
            self._note_money(key, program, frozenset({subject.currency}), subject.currency)
            if subject.currency != program.currency:
                continue
            if subject.prices:
                # What was told before of the time to come holds no more: it may have been withdrawn.
                self.book.points(program).tell(dt_util.utcnow(), _EVER, None)
            for price in subject.prices:
                self.book.points(program).tell(price.start, price.end, Decimal(str(price.per_kwh)))
            self.book.note()

    def _note_money(self, key: str, program: RateProgram, currencies: frozenset[str], unit: str) -> None:
        if program.currency in currencies:
            self.foreign.pop(key, None)
        else:
            self.foreign[key] = (program, unit)

    # Entities

    @callback
    def _state_changed(self, event: Event[EventStateChangedData]) -> None:
        self._state(event.data["entity_id"], event.data["new_state"], event.time_fired)
        self._known()

    def _state(self, entity_id: str, state: State | None, fired: datetime | None = None) -> None:
        """Take what an entity states from now on; what it stated held until then."""
        at = state.last_updated if state is not None else fired or dt_util.utcnow()
        for key, program in self._programs.items():
            if _entity(program) != entity_id:
                continue
            self._held(key, program, at)
            told = price_of(state)
            if told is not None:
                self._note_money(key, program, told.currencies, told.unit)
            if state is None or told is None or program.currency not in told.currencies:
                self._states.pop(key, None)
            else:
                self._states[key] = state

    def _held(self, key: str, program: RateProgram, until: datetime) -> None:
        state = self._states.get(key)
        if state is not None and (told := price_of(state)) is not None:
            self.book.points(program).tell(state.last_updated, until, told.per_kwh)
            self.book.note()

    @callback
    def async_flush(self) -> None:
        """Have in the book what entities state now, until now."""
        until = dt_util.utcnow() + _SECOND
        for key, program in self._programs.items():
            self._held(key, program, until)

    # What nobody listened to

    async def async_look_back(self, records: Iterable[tuple[RateProgram, BillableRecord]]) -> None:
        """Look in Home Assistant's history for prices that are missing."""
        for program, record in records:
            await self.async_fill(program, record.missing)

    async def async_fill(self, program: RateProgram, spans: Sequence[Span]) -> None:
        """Look there for the prices of a program in spans of time."""
        if spans and (entity_id := _entity(program)) is not None:
            for stated in await async_stated(self._hass, entity_id, program.currency, spans):
                self.book.points(program).fill(*stated)
                self.book.note()


def _entity(program: RateProgram) -> str | None:
    source = program.source
    return source.entity_id if source is not None and source.kind is PriceKind.ENTITY else None
