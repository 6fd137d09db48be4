"""OpenADR 3 as a way to the utility: what the use cases want of it, from programs, events, reports, ven and resources.

There is no account and no premise of the customer's here, nobody looks for a device or asks for its serial number, and
nobody but the customer can tell the utility's people anything: the features say so. What a registration is made of:

- it is the device's resource, and is closed by deleting it;
- the programs that were agreed to are kept with it, and are there for it once the VTN shows them: what has targets is
  shown when the utility has granted them;
- readiness is told by a report of OPERATING_STATE to the events that ask for one, since a report is always about an
  event (``reportRequest.eventID``).
"""

import asyncio
import hashlib
from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from heapq import nlargest
from time import monotonic
from typing import override

from ...esi import ControlResponse, DemandResponseProgram, LoadControl, Message, PriceSchedule, Signal, Source
from ..errors import UtilityError, UtilityReason
from ..model import DeviceMessage, Program, Registration
from ..portal.portal import Witness
from ..protocol import Feature, Standing, Utility, Way
from ..report_model import OperatingState, ReportValues, WantedReport, operating_state
from .connection import VtnConnection
from .enrolment import Enrolment, consents_of, device_of, identity_of
from .model import VtnEvent, VtnObject, VtnProgram
from .notifying import Notifying
from .polling import Changes, News
from .reading import Notes
from .registrations import closed_registration, registration_of
from .reporting import Reported, Reporter
from .schedule import MOST_DUE, DueReport, Looks, due_reports
from .signals import Telling, controls, device_program, messages, of_premise, prices, signals
from .wanted import Asked, wanted_report

_OPEN = frozenset({Feature.WAY, Feature.PROGRAMS, Feature.PRICES, Feature.MESSAGES, Feature.SIGNALS})
"""What needs no credentials."""
_OURS = frozenset({Feature.REGISTRATION, Feature.CONTROLS, Feature.REPORTS})
_STATE = "OPERATING_STATE"
_NAMES = ("PROGRAM_LONG_NAME", "RETAILER_LONG_NAME", "RETAILER_NAME")
_NEWS = 30.0
"""Seconds for which what was polled is good enough to say how a registration stands."""


class OpenAdr(Utility):
    """A VTN, as one VEN sees it."""

    def __init__(
        self,
        connection: VtnConnection,
        ven_name: str,
        *,
        kinds: Collection[str],
        followed: Collection[str] | None = None,
        lower_percent_is_less: bool | None = None,
        witness: Witness | None = None,
    ) -> None:
        """``kinds`` are the kinds of devices that there can be, since programs do not say which they are for.

        ``followed`` are the ids of the programs whose prices, alerts and values are told, None for all: a public
        server has those of all its tariffs. ``witness`` says how devices stand where a VTN without credentials is
        beside a gateway: nothing is registered there.
        """
        self.connection = connection
        self._ven_name = ven_name
        self._kinds = tuple(kinds)
        self._followed = followed
        self._lower_percent_is_less = lower_percent_is_less
        self._witness = witness
        self._notes = Notes()
        self._news = News(connection)
        self._enrolment = Enrolment(connection, ven_name, self._notes)
        self.notifying = Notifying(connection, ven_name, self._enrolment, self._news)
        self._reporter = Reporter(connection, ven_name)
        self._ven_targets: frozenset[str] = frozenset()
        self._hidden = False
        self.ven_identity: str | None = None
        """What tells our ven from any other VTN's, as it was read last; None where it is not there."""
        self._resources: list[VtnObject] = []
        self._reading, self._read_at = asyncio.Lock(), 0.0
        self._in_force: set[str] = set()
        """Registrations with all that was agreed to, as they were read last."""
        self._just_polled: set[str] = set()
        """Registrations for which the last poll has not been looked at yet: after one, many are asked for."""
        self._asked: dict[str, datetime] = {}
        """The events whose reports were looked at, as they were written then."""
        self.features = _OPEN | _OURS if connection.named else _OPEN

    @property
    def notes(self) -> tuple[str, ...]:
        """What of the VTN's objects could not be read or acted on, for diagnostics and log."""
        return (*self._news.notes.said, *self._notes.said)

    @property
    def vanished(self) -> tuple[str, ...]:
        """The programs that are followed and were not there when they were read last."""
        return tuple(each for each in self._followed or () if each not in self._news.programs)

    async def poll(self) -> Changes:
        """Read everything anew and return what changed of the events: each change once."""
        with self.connection.doubted():
            await self._read()
        self._just_polled = {resource.id for resource in self._resources}
        return self._news.changes()

    @override
    async def way(self) -> Way:
        await self._read()
        version = await self.connection.version()
        return Way(
            version=version.value,
            answered_at=_now(),
            known_at=self.connection.token_at,
            enrolled=self.ven_identity is not None,
            reported_at=self._reporter.taken_at,
        )

    @override
    async def programs(self, premise_id: str) -> list[Program]:
        await self._read()
        return [_told(program, self._kinds) for program in self._news.programs.values()]

    @override
    async def request_registration(self, premise_id: str, gateway_lfdi: str, idempotency_key: str) -> str:
        """There is nobody to tell that the customer is ready (UR-4): our ven is what the utility sees."""
        return (await self._enrolment.ven()).id

    @override
    async def open_registration(
        self,
        request_id: str,
        premise_id: str,
        gateway_lfdi: str,
        kind: str,
        lfdi: str,
        model_id: str,
        idempotency_key: str,
        name: str | None = None,
    ) -> Registration:
        return await self._registration(await self._enrolment.resource(kind, lfdi))

    @override
    async def registration(self, registration_id: str) -> Registration:
        try:
            resource = await self._enrolment.by_id(registration_id)
        except UtilityError as err:
            if err.reason is not UtilityReason.UNKNOWN_TO_UTILITY:
                raise
            await self._read_lists()
            if any(each.id == registration_id for each in self._resources):
                raise
            return closed_registration(registration_id)
        if resource.id not in self._just_polled or monotonic() - self._read_at > _NEWS:
            await self._read_lists()
        self._just_polled.discard(resource.id)
        return await self._registration(resource)

    async def _read_lists(self) -> None:
        with _lists_are_there(), self.connection.doubted():
            await self._read()

    def shows(self, registration_id: str) -> bool | None:
        """Whether what was polled last has a registration, and all that was agreed to; None before anything was."""
        return registration_id in self._in_force if self._read_at and not self._hidden else None

    @override
    async def registrations(self, premise_id: str, gateway_lfdi: str) -> list[Registration]:
        await self._read()
        return [await self._registration(resource) for resource in self._resources]

    @override
    async def close_registration(self, registration_id: str, idempotency_key: str) -> Registration:
        resource = await self._enrolment.by_id(registration_id)
        await self._enrolment.remove(registration_id)
        return closed_registration(resource.id)

    @override
    async def set_programs(self, registration_id: str, consents: Sequence[dict[str, str]]) -> Registration:
        resource = await self._enrolment.agree(registration_id, consents)
        await self._read()
        return await self._registration(resource)

    @override
    async def link(self, registration_id: str) -> Registration:
        """Look whether the VTN lets us see what was agreed to; nothing but that is decided here."""
        if consents_of(await self._enrolment.by_id(registration_id)) is None:
            await self._enrolment.agree(registration_id, ())
        return await self.registration(registration_id)

    @override
    async def acknowledge(self, registration_id: str, messages: Sequence[str], *, ready: bool) -> Registration:
        resource = await self._enrolment.by_id(registration_id)
        state = OperatingState.NORMAL if ready else OperatingState.ERROR
        for event in _asking(self._news, consents_of(resource) or ()):
            if event.id in messages:
                await self._tell_state(_readiness(event, resource), event.id, event.program, resource.name, state)
        return await self._registration(resource)

    async def vens(self) -> dict[str, str]:
        """Return the vens that our credentials have, each by its name with what tells it from any other VTN's.

        We are shown no others ("Object Privacy").
        """
        return await self._enrolment.vens() if not self._hidden else {}

    async def withdraw(self) -> None:
        """Take our ven and all of its resources back, when the hub is removed."""
        await self._enrolment.withdraw()
        await self.notifying.unsubscribe()

    @override
    async def standing(self, href: str) -> Standing:
        """Return the programs whose controls are meant for the device with a registration."""
        if not self.connection.named and self._witness is not None:
            return Standing(tuple(await self._witness(href)))
        resource = await self._enrolment.by_id(href)
        return Standing(tuple(_programs_of(resource, self._news.programs)))

    @override
    async def controls(self, devices: Collection[str]) -> list[LoadControl]:
        events = list(self._news.events.values())
        return await asyncio.to_thread(controls, events, devices, _now(), self._telling())

    @override
    async def prices(self) -> PriceSchedule | None:
        return await asyncio.to_thread(prices, self._news.of(self._followed), _now(), self._telling())

    @override
    async def messages(self) -> list[Message]:
        return await asyncio.to_thread(messages, self._news.of(self._followed), _now(), self._telling())

    @override
    async def signals(self) -> list[Signal]:
        return await asyncio.to_thread(signals, self._news.of(self._followed), _now(), self._telling())

    @override
    async def respond(self, response: ControlResponse) -> None:
        """Tell what became of a control by OPERATING_STATE, which also is how an opt-out is told.

        The premise is no resource: what is told of it goes under the name of the ven.
        """
        if (event := self._news.events.get(response.reply_to)) is None:
            raise UtilityError(UtilityReason.UNKNOWN_TO_UTILITY, "the event is there no more")
        name = f"{response.control}-{response.lfdi}-{response.status.name}-{response.at:%Y%m%dT%H%M%S%f}"
        named = {device[1]: each.name for each in self._resources if (device := device_of(each)) is not None}
        resource = self._ven_name if of_premise(response.control) else named.get(response.lfdi)
        if resource is None:
            raise UtilityError(UtilityReason.UNKNOWN_TO_UTILITY, "the device has no resource")
        state = operating_state(response.status, running=response.running, heightened=response.heightened)
        with _lists_are_there():
            await self._tell_state(name, event.id, event.program, resource, state, response.at)

    @override
    def due(self, since: datetime | None, now: datetime) -> list[WantedReport]:
        """Return the reports that fell due after ``since``, of events in programs that a device is enrolled in.

        Of an event that is new to us it is the latest that fell due before, where there is none after. Where that was
        given already, as after a restart, :meth:`report` finds it.
        """
        enrolled = {program for resource in self._resources for program in consents_of(resource) or ()}
        events = self._news.of(enrolled)
        asked = Asked(self._ven_name, self._ven_targets, self._resources)
        found: list[tuple[DueReport, VtnEvent]] = []
        looks = Looks()
        for event in events:
            reports = due_reports(event, since, now, self._ven_name, looks)
            if not reports and self._asked.get(event.id) != event.modified:
                reports = due_reports(event, None, now, self._ven_name, looks)
            found += [(report, event) for report in reports if self._answered(report)]
        latest = nlargest(MOST_DUE, found, key=lambda each: each[0].at)
        if not looks.left or len(found) > len(latest):
            self._notes.add("more reports are asked for at once than can be given")
        self._asked = {event.id: event.modified for event in events}
        return [wanted_report(report, event, asked) for report, event in latest]

    @override
    async def report(self, wanted: WantedReport, values: Mapping[str, ReportValues], *, first: bool = False) -> None:
        await self._reporter.send_due(wanted, values, first=first)

    def _answered(self, report: DueReport) -> bool:
        """Whether a report can be given; of one that cannot, it is noted."""
        kind, forecast = report.descriptor.payload_type, report.forecast
        if forecast or not report.answered:
            self._notes.add(f"no {'forecast' if forecast else 'report'} of {kind} is given")
        return report.answered and not forecast

    async def _read(self) -> None:
        """Read all that the VTN tells us, one at a time: a slow reading must not take the place of a newer one."""
        async with self._reading:
            ven = await self._our_ven() if self.connection.named else None
            self._resources = await self._enrolment.resources(ven) if ven is not None else []
            self._ven_targets = ven.targets if ven is not None else frozenset()
            self.ven_identity = identity_of(ven) if ven is not None else None
            await self._news.read(self._ven_targets.union(*(resource.targets for resource in self._resources)))
            self._read_at, shown = monotonic(), self._news.programs
            agreed = {each.id: consents_of(each) or () for each in self._resources}
            self._in_force = {name for name, programs in agreed.items() if all(it in shown for it in programs)}

    async def _our_ven(self) -> VtnObject | None:
        """Return our ven; who may see none (``read_ven_objects``) may read events all the same (``read_targets``)."""
        self._hidden = False
        try:
            return await self._enrolment.find_ven()
        except UtilityError as err:
            if err.reason is not UtilityReason.SCOPE_MISSING or self._resources:
                raise
        self._hidden = True
        self._notes.add("these credentials may not see vens (read_ven_objects)")
        return None

    def _telling(self) -> Telling:
        # A target may be a name as well: VEN_NAME and RESOURCE_NAME in 3.0.1, whatever was granted in 3.1.
        devices = {
            named[1]: each.targets | {each.name} for each in self._resources if (named := device_of(each)) is not None
        }
        return Telling(
            programs=self._news.programs,
            seed=self._ven_name,
            notes=self._notes,
            lower_percent_is_less=self._lower_percent_is_less,
            resources=devices,
            ven=self._ven_targets | {self._ven_name},
        )

    async def _registration(self, resource: VtnObject) -> Registration:
        asking = _asking(self._news, consents_of(resource) or ())
        told = [await self._initiation(event, resource) for event in asking]
        return registration_of(resource, self._news.programs, told)

    async def _initiation(self, event: VtnEvent, resource: VtnObject) -> DeviceMessage:
        acknowledged = await self._reporter.sent(_readiness(event, resource), event.id)
        return DeviceMessage(event.id, "initiation", (), acknowledged)

    async def _tell_state(
        self, name: str, event: str, program: str, resource: str, state: OperatingState, at: datetime | None = None
    ) -> None:
        """Report the state of a device: an interval of its own choosing, since it says how things are now."""
        await self._reporter.send(name, event, program, _STATE, {resource: [Reported(0, state.value, at)]})


def _told(program: VtnProgram, kinds: tuple[str, ...]) -> Program:
    """Return a program; nothing says for which ``kinds`` of devices it is, or that it takes no more of them."""
    names = [program.attributes.get(name, ("",))[0] for name in _NAMES]
    terms = "\n".join(program.links)
    agreed = "\n".join([*program.links, *sorted(program.descriptors), *map(str, names)])
    return Program(
        id=program.id,
        name=program.name,
        summary=", ".join(str(name) for name in names if name),
        device_kinds=kinds,
        open=True,
        terms_version=hashlib.sha256(agreed.encode()).hexdigest()[:16],
        terms=terms,
        links=program.links,
        signals=tuple(sorted(program.descriptors)),
    )


@contextmanager
def _lists_are_there() -> Generator[None]:
    """Have lists, which are always there, that are not found be ``UTILITY_ERROR``; ``/reports`` is one of them.

    So it is while a server that stands before the VTN answers alone, or where another version is spoken.
    """
    try:
        yield
    except UtilityError as err:
        if err.reason is not UtilityReason.UNKNOWN_TO_UTILITY:
            raise
        raise UtilityError(UtilityReason.UTILITY_ERROR, err.detail, retry_after=err.retry_after) from err


def _asking(news: News, programs: Collection[str]) -> list[VtnEvent]:
    """Return the first event of programs that asks for the state of devices, if one does."""
    asking = [event for event in news.of(programs) if any(each.payload_type == _STATE for each in event.reports)]
    return sorted(asking, key=lambda event: event.created)[:1]


def _readiness(event: VtnEvent, resource: VtnObject) -> str:
    return f"{event.id}-READY-{resource.name}"


def _now() -> datetime:
    return datetime.now(UTC)


def _programs_of(resource: VtnObject, shown: Mapping[str, VtnProgram]) -> Iterator[DemandResponseProgram]:
    """Yield the programs whose controls are meant for the device of a resource, with those for that device alone."""
    _, lfdi = device_of(resource) or ("", "")
    for program in consents_of(resource) or ():
        name = shown[program].name if program in shown else program
        for each in (program, device_program(program, lfdi)):
            yield DemandResponseProgram(each, name, 0, None, source=Source.UTILITY)
