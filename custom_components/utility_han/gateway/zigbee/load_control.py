"""Demand response and load control (annex D.2): events for the endpoints we speak for, and what became of them.

Which commands are refused, and with which status, is as in NXP's client (``DRLC.c``) and Silicon Labs'
(``load-control-event-table.c``). They agree, but for a cancel that is too late, whose own status NXP does not use.
"""

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from zigpy import types as t
from zigpy.zcl.foundation import Status

from ...esi import ControlResponse, ControlStatus, DemandResponseProgram, LoadControl
from ..clock import GatewayClock
from .clusters import Drlc
from .event_status import (
    NOT_GIVEN_8,
    NOT_GIVEN_16,
    NOT_GIVEN_ADJUSTMENT,
    EventStatus,
    applied_of_response,
    report,
    status_of_response,
)
from .messenger import Messenger
from .times import moment

_REFRESH_SECONDS = 300.0
_ENDED_FOR = timedelta(hours=1)
_NO_GROUP, _ALL_GROUPS = 0xFF, 0x00
_MANDATORY_FROM = 7
"""Criticality levels 7 (emergency) to 9 (service disconnect) are mandatory (table D.3)."""
_RANDOM_START, _RANDOM_END = 0b01, 0b10
_MOST_RANDOM_MINUTES = 60
_MOST_MINUTES = 1440
"""The longest that an event may last."""
_NO_TIME = 0xFFFFFFFF
_MOST_REFUSED = 64
_RANDOM_MINUTES = 30
"""StartRandomizationMinutes and its like where nobody wrote another (D.2.3.2)."""
_A = Drlc.AttributeDefs
_EVERY_RESPONSE = 0b11
# Device classes (table D.2) as DeviceCategoryType of IEEE 2030.5, by bit.
_CATEGORIES = {
    0: (0,), 1: (1, 2), 2: (3,), 3: (4, 5, 6), 4: (7,), 5: (8,), 6: (9,), 7: (10, 13), 8: (11,), 9: (12,),
    10: (16, 17), 11: (21,),
}  # fmt: skip
_EVERY_CLASS = 0x0FFF
_EVERY_CATEGORY = 2**32 - 1

_ATTRIBUTES = frozenset(attribute.id for attribute in Drlc.attributes.values())

type Changed = Callable[[], None]


@dataclass(slots=True)
class _Event:
    """An event as the meter gave it; ``cancelled`` is when it ends before its time."""

    said: Any
    received: datetime
    start: datetime
    cancelled: datetime | None = None
    randomized: bool = False
    unlisted: datetime | None = None
    """Since when the meter no longer lists it, though it is not over."""


@dataclass(slots=True)
class _Client:
    """The attributes of one endpoint's DRLC client (D.2.3.2); the meter writes all but the class."""

    device_class: int = 0
    group: int | None = None
    start_minutes: int = _RANDOM_MINUTES
    stop_minutes: int = _RANDOM_MINUTES


_WRITABLE = {
    _A.utility_enrollment_group.id: "group",
    _A.start_randomize_minutes.id: "start_minutes",
    _A.stop_randomize_minutes.id: "stop_minutes",
}


class MeterControls:
    """What is known of events: pushed by the meter, and asked for every five minutes."""

    def __init__(self, messenger: Messenger, clock: GatewayClock) -> None:
        """Events go by the meter's time, which ``clock`` knows."""
        self._messenger = messenger
        self._clock = clock
        self._events: dict[int, _Event] = {}
        self._begun: dict[int, datetime] = {}
        """When events began that were to begin now and lasted when we stopped: listed again, they say the same."""
        self._clients: dict[int, _Client] = {}
        """By endpoint of ours."""
        self._refused: list[tuple[int, int]] = []
        """The last events that were refused, with the endpoint that they were for."""
        self._refreshed: float | None = None
        self.changed: Changed = lambda: None
        commands = Drlc.ClientCommandDefs
        messenger.listen(Drlc, commands.load_control_event, self._published)
        messenger.listen(Drlc, commands.cancel_load_control_event, self._cancelled)
        messenger.listen(Drlc, commands.cancel_all_load_control_events, self._all_cancelled)
        messenger.written = self._written
        messenger.readable = self._read

    def _now(self) -> datetime:
        return self._clock.told_now()

    def _published(self, endpoint: int, said: Any) -> None:
        if self._take(endpoint, said):
            self.changed()

    def _take(self, endpoint: int, said: Any) -> bool:
        """Keep an event; whether it was not known before. One that cannot be is refused once.

        What is sent again with the same IssuerEventID is a duplicate, of which nothing is taken: a meter that changes
        an event sends another, which supersedes it (``load-control-event-table.c``, "validate event id").
        """
        number, now = int(said.issuer_event_id), self._now()
        if (refusal := _refusal(said, now)) is not None:
            if (endpoint, number) not in self._refused and self._is_for(endpoint, said):
                self._refused = [*self._refused, (endpoint, number)][-_MOST_REFUSED:]
                self._report(endpoint, number, refusal, said)
            return False
        if (known := self._events.get(number)) is not None:
            known.unlisted = None
            return False
        start = moment(said.start_time) if said.start_time else self._begun.pop(number, now)
        self._events[number] = _Event(said, now, start)
        return True

    def _cancelled(self, endpoint: int, said: Any) -> None:
        number = int(said.issuer_event_id)
        event = self._events.get(number)
        if event is None and self._refreshed is None:
            self.changed()  # the events of before a restart have yet to be asked for
            return
        if (refusal := _cancel_refusal(event, said, self._now())) is not None:
            if self._is_for(endpoint, said):
                self._report(endpoint, number, refusal, event.said if event is not None else None)
        elif event is not None and event.cancelled is None:
            event.cancelled = moment(said.effective_time) if said.effective_time else self._now()
            event.randomized = bool(said.cancel_control & 1)
            self.changed()

    def _all_cancelled(self, endpoint: int, said: Any) -> None:
        now = self._now()
        there = [event for event in self._events.values() if not _over(event, now)]
        if not there and self._refreshed is not None:
            self._report(endpoint, 0, EventStatus.INVALID_CANCEL, None)
            return
        for event in there:
            if event.cancelled is None:
                event.cancelled, event.randomized = now, bool(said.cancel_control & 1)
        self.changed()

    def _is_for(self, endpoint: int, said: Any) -> bool:
        """Whether an event, or its end, is for what an endpoint of ours speaks for: others have nothing to answer."""
        client = self._client(endpoint)
        group = int(said.utility_enrollment_group)
        return group in (_ALL_GROUPS, client.group) and bool(int(said.device_class) & client.device_class)

    def _report(self, endpoint: int, number: int, status: EventStatus, event: Any | None) -> None:
        """Report what is wrong with a command, to be sent soon."""
        self._messenger.say(
            Drlc,
            Drlc.ServerCommandDefs.report_event_status,
            endpoint=endpoint,
            **report(number, status, self._now(), event),
        )

    def _written(self, endpoint: int, cluster: int, attribute: int, value: Any) -> Status:
        if cluster != Drlc.cluster_id or attribute not in _ATTRIBUTES:
            return Status.UNSUPPORTED_ATTRIBUTE
        if (name := _WRITABLE.get(attribute)) is None:
            return Status.READ_ONLY
        if name != "group" and int(value) > _MOST_RANDOM_MINUTES:
            return Status.INVALID_VALUE
        setattr(self._client(endpoint), name, int(value))
        return Status.SUCCESS

    def _read(self, endpoint: int, cluster: int) -> Mapping[int, Any]:
        """Return what the meter may ask of an endpoint."""
        if cluster != Drlc.cluster_id:
            return {}
        client = self._client(endpoint)
        return {
            _A.utility_enrollment_group.id: t.uint8_t(_ALL_GROUPS if client.group is None else client.group),
            _A.start_randomize_minutes.id: t.uint8_t(client.start_minutes),
            _A.stop_randomize_minutes.id: t.uint8_t(client.stop_minutes),
            _A.device_class.id: t.uint16_t(client.device_class),
        }

    def _client(self, endpoint: int) -> _Client:
        return self._clients.setdefault(endpoint, _Client())

    def describe(self, endpoint: int, device_category: int) -> None:
        """Say of which kind the device is that an endpoint speaks for (DeviceCategoryType bit map)."""
        self._client(endpoint).device_class = sum(
            1 << of for of, bits in _CATEGORIES.items() if any(device_category >> bit & 1 for bit in bits)
        )

    def forget(self, endpoint: int) -> None:
        """Forget an endpoint that nobody is any more."""
        self._clients.pop(endpoint, None)

    async def announce(self, endpoint: int) -> set[int] | None:
        """Ask for the events of an endpoint, by which the meter learns of it and tells it its group.

        Return the numbers of the events that it lists, None where it does not say which there are.
        """
        listed, are_all = await self._messenger.ask_for_all(
            Drlc,
            Drlc.ServerCommandDefs.get_scheduled_events,
            Drlc.ClientCommandDefs.load_control_event,
            endpoint=endpoint,
            start_time=0,
            events=0,
        )
        for said in listed:
            self._take(endpoint, said)
        return {int(said.issuer_event_id) for said in listed} if are_all else None

    async def program(self, endpoint: int) -> DemandResponseProgram | None:
        """Return the program that an endpoint takes part in, known by its group only; None where it is in none."""
        if self._client(endpoint).group is None:
            await self.announce(endpoint)
        group = self._client(endpoint).group
        if group in (None, _NO_GROUP):
            return None
        return DemandResponseProgram(f"drlc/{group}", None, group, f"drlc/{group}")

    async def controls(
        self, programs: Collection[DemandResponseProgram], endpoints: Collection[int]
    ) -> list[LoadControl]:
        """Return the events of ``programs``; asked for anew where that is five minutes ago."""
        if self._refreshed is None or time.monotonic() - self._refreshed > _REFRESH_SECONDS:
            await self._refresh(endpoints)
        now = self._now()
        self._events = {number: event for number, event in self._events.items() if _end(event) > now - _ENDED_FOR}
        return [
            self._control(event, program)
            for program in programs
            for event in self._events.values()
            if _meant(event, int(program.href.rpartition("/")[2]))
        ]

    async def _refresh(self, endpoints: Collection[int]) -> None:
        now = self._now()
        lasting = {
            number
            for number, event in self._events.items()
            if event.cancelled is None and event.unlisted is None and _end(event) > now
        }
        # Each event is a frame of its own, which may get lost: what is missing once is looked for once more.
        if missing := await self._not_listed(lasting, endpoints):
            missing = await self._not_listed(missing, endpoints)
        self._refreshed = time.monotonic()
        for number in missing:
            self._events[number].unlisted = self._now()

    async def _not_listed(self, numbers: Collection[int], endpoints: Collection[int]) -> set[int]:
        """Return which of the events the meter lists for no endpoint; none where it does not say which there are."""
        listed = [await self.announce(endpoint) for endpoint in endpoints]
        said = [found for found in listed if found is not None]
        return set(numbers).difference(*said) if said and len(said) == len(listed) else set()

    def _control(self, event: _Event, program: DemandResponseProgram) -> LoadControl:
        said = event.said
        adjustment = int(said.load_adjustment)
        return LoadControl(
            id=f"{int(said.issuer_event_id):08X}",
            program=program.href,
            primacy=program.primacy,
            device_category=category_of(int(said.device_class)),
            created=event.received,
            start=event.start,
            duration=timedelta(minutes=int(said.duration_minutes)),
            status=self._status(event),
            mandatory=said.criticality >= _MANDATORY_FROM,
            randomize_start=self._randomized(said.event_control & _RANDOM_START, program, "start_minutes"),
            randomize_duration=self._randomized(said.event_control & _RANDOM_END, program, "stop_minutes"),
            reply_to=program.href,
            response_required=_EVERY_RESPONSE,
            duty_cycle=_given(said.duty_cycle, NOT_GIVEN_8),
            cooling_offset=_scaled(said.cooling_offset, NOT_GIVEN_8, 10),
            heating_offset=_scaled(said.heating_offset, NOT_GIVEN_8, 10),
            load_adjustment=None if adjustment == NOT_GIVEN_ADJUSTMENT else 100.0 + adjustment,
            cooling_setpoint=_scaled(said.cooling_setpoint, NOT_GIVEN_16, 100),
            heating_setpoint=_scaled(said.heating_setpoint, NOT_GIVEN_16, 100),
        )

    def _randomized(self, wanted: int, program: DemandResponseProgram, which: str) -> timedelta:
        """Return by how much a group's start or end is moved at most: what the meter wrote last."""
        of_group = [client for client in self._clients.values() if client.group == program.primacy]
        minutes = max((getattr(client, which) for client in of_group), default=_RANDOM_MINUTES)
        return timedelta(minutes=minutes if wanted else 0)

    def _status(self, event: _Event) -> ControlStatus:
        now = self._now()
        if event.cancelled is not None and event.cancelled <= now:
            return ControlStatus.CANCELLED_RANDOMIZED if event.randomized else ControlStatus.CANCELLED
        if any(_supersedes(other, event, now) for other in self._events.values()):
            return ControlStatus.SUPERSEDED
        if event.unlisted is not None and event.unlisted < _end(event):
            return ControlStatus.CANCELLED  # while we did not hear the meter
        return ControlStatus.ACTIVE if event.start <= now else ControlStatus.SCHEDULED

    async def respond(self, response: ControlResponse, endpoint: int) -> None:
        """Report an event's status (D.2.2.4.1); ``NOT_FOUND`` where Smart Energy has no words for the answer."""
        number = int(response.control, 16)
        event = self._events.get(number)
        said = event.said if event is not None else None
        fields = report(number, status_of_response(response), response.at, said, applied_of_response(response))
        await self._messenger.tell(Drlc, Drlc.ServerCommandDefs.report_event_status, endpoint=endpoint, **fields)

    def begun(self) -> dict[str, str]:
        """Return when events began that were said to begin now and are not over, JSON-safe.

        A StartTime of 0 means when it is heard (``load-control-event-table.c``), and a meter may list it as it was
        sent (Freescale's ``ZclSEDRLC.c``, "only stores the received events"): the rest of events is asked for anew.
        """
        now = self._now()
        lasting = {number: event for number, event in self._events.items() if not _over(event, now)}
        begun = self._begun | {number: event.start for number, event in lasting.items() if not event.said.start_time}
        since = now - timedelta(minutes=_MOST_MINUTES)
        return {str(number): start.isoformat() for number, start in begun.items() if start > since}

    def load_begun(self, data: Mapping[str, str]) -> None:
        """Take up what :meth:`begun` gave."""
        self._begun = {int(number): datetime.fromisoformat(start) for number, start in data.items()}

    def to_dict(self) -> dict[str, Any]:
        """Return the endpoints JSON-safe."""
        return {str(endpoint): asdict(client) for endpoint, client in self._clients.items()}

    def load(self, data: Mapping[str, Any]) -> None:
        """Take up what :meth:`to_dict` gave."""
        known = [field.name for field in fields(_Client)]
        self._clients = {
            int(endpoint): _Client(**{name: client[name] for name in known if name in client})
            for endpoint, client in data.items()
        }


def _meant(event: _Event, group: int) -> bool:
    """Whether an event is for a utility enrollment group."""
    theirs = int(event.said.utility_enrollment_group)
    return _ALL_GROUPS in (theirs, group) or theirs == group


def _end(event: _Event) -> datetime:
    return event.start + timedelta(minutes=int(event.said.duration_minutes))


def _over(event: _Event, now: datetime) -> bool:
    """Whether an event is over also for those who may have begun late or gone on longer."""
    late = timedelta(minutes=2 * _MOST_RANDOM_MINUTES if event.said.event_control else 0)
    return _end(event) + late <= now


def _refusal(said: Any, now: datetime) -> EventStatus | None:
    """Return what is wrong with an event, None where it can be kept.

    One that is just over is kept: who carries it out says so.
    """
    if said.start_time == _NO_TIME or said.duration_minutes > _MOST_MINUTES:
        return EventStatus.REJECTED
    if said.start_time and moment(said.start_time) + timedelta(minutes=int(said.duration_minutes)) < now - _ENDED_FOR:
        return EventStatus.EXPIRED
    return None


def _cancel_refusal(event: _Event | None, said: Any, now: datetime) -> EventStatus | None:
    """Return what is wrong with a cancel command for ``event``, None where it ends it."""
    if event is None or _over(event, now):
        return EventStatus.INVALID_CANCEL_UNDEFINED
    same_class = int(said.device_class) & int(event.said.device_class)
    if not same_class or not _meant(event, int(said.utility_enrollment_group)):
        return EventStatus.INVALID_CANCEL
    if said.effective_time and (said.effective_time == _NO_TIME or moment(said.effective_time) > _end(event)):
        return EventStatus.INVALID_CANCEL_TIME
    return None


def _supersedes(other: _Event, event: _Event, now: datetime) -> bool:
    """Whether a newer event took the place of an older one (D.2.3.3.2): same devices, overlapping, begun."""
    return (
        other.said.issuer_event_id > event.said.issuer_event_id
        and other.cancelled is None
        and other.start <= now
        and other.start < _end(event)
        and event.start < _end(other)
        and other.said.utility_enrollment_group == event.said.utility_enrollment_group
        and not int(event.said.device_class) & ~int(other.said.device_class)
    )


def category_of(device_class: int) -> int:
    """Return the devices of a Device Class (table D.2) as a DeviceCategoryType of IEEE 2030.5, both as bits."""
    if device_class & _EVERY_CLASS == _EVERY_CLASS:
        return _EVERY_CATEGORY
    return sum(1 << bit for of, bits in _CATEGORIES.items() if device_class >> of & 1 for bit in bits)


def _given(value: int, missing: int) -> int | None:
    return None if value == missing else int(value)


def _scaled(value: int, missing: int, parts: int) -> float | None:
    return None if value == missing else int(value) / parts
