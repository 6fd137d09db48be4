"""Demand response: programs, controls, answers to them (IEEE 2030.5-2018, Demand Response and Load Control)."""

from collections.abc import Awaitable, Callable, Collection
from functools import partial

from py20305.models import sep

from ...esi import ControlResponse, DemandResponseProgram, EventResponse, LoadControl
from ..clock import GatewayClock
from ..errors import GatewayError
from .addresses import local_path
from .answers import event_response
from .capability import read_capability
from .connection import Connection, ConnectionSession
from .end_devices import EndDevices, read_assignments
from .entry import read_entry
from .failures import is_unavailable, of_resource, optional
from .load_control import control_of, dr_response
from .reader import Reader, page_of
from .resources import render
from .writing import post

_SUBSCRIBABLE = frozenset({1, 3})  # SubscribableType: without conditions, or both with and without
_XML = 0  # Subscription.encoding
_LEVEL = "+S1"
MOST_CONTROLS = 500
"""Controls of one program that are read.

The schema bounds no EndDeviceControlList. But a device follows one control of a program at a time, and a list keeps
those that are over or called off for no longer than they were to last (sep.xsd, ``EventStatus``): so many are one for
each quarter of an hour for five days. They are listed by their start, so that what is left is what comes last.
"""
_MOST_PROGRAMS = 50
"""Programs of one device; a primacy, which they are told apart by, has 256 values."""

type SpeakAt = Callable[
    [str, Callable[[ConnectionSession], Awaitable[list[LoadControl]]]], Awaitable[list[LoadControl]]
]


class DemandResponse:
    """Programs and controls of the devices on the gateway's list."""

    def __init__(self, connection: Connection, end_devices: EndDevices) -> None:
        self._connection = connection
        self._end_devices = end_devices
        self.left: dict[str, int] = {}
        """How many controls were left unread, by the href of their program."""
        self.of_2023: set[str] = set()
        """The programs whose list of controls is one of IEEE 2030.5-2023, or later."""
        self._session: ConnectionSession | None = None
        self._programs: dict[str, DemandResponseProgram] = {}
        """Programs that were read over that session, by their href: many devices are assigned the same."""

    async def programs(self, session: ConnectionSession, device_href: str) -> list[DemandResponseProgram]:
        """Read the programs assigned to the EndDevice at ``device_href``, each once."""
        if session is not self._session:
            self._session, self._programs = session, {}
        device = await read_entry(Reader(session), device_href)
        return await _read_programs(Reader(session), device, self._programs)

    async def own_programs(self) -> list[DemandResponseProgram]:
        """Read the programs assigned to our own EndDevice, each once; none where it is on no list."""
        async with self._connection.session() as session:
            capability = await read_capability(session)
            own = await self._end_devices.own_entry(Reader(session), capability)
            return [] if own is None else await _read_programs(Reader(session), own, {})

    async def controls(
        self,
        programs: Collection[DemandResponseProgram],
        speak_at: SpeakAt,
    ) -> list[LoadControl]:
        """Read the controls of ``programs``; one that cannot be read does not lose those of the others.

        ``speak_at`` has those be read that are at an address by whoever may.
        """
        found: list[LoadControl] = []
        failed: list[GatewayError] = []
        async with self._connection.session():
            for program in programs:
                try:
                    found += await speak_at(program.href, partial(self._read_controls, program))
                except GatewayError as err:
                    if not is_unavailable(err):
                        raise
                    failed.append(err)
        if failed and len(failed) == len(programs):
            raise of_resource(failed[0]) from failed[0]
        return found

    async def _read_controls(self, program: DemandResponseProgram, session: ConnectionSession) -> list[LoadControl]:
        """Return the controls of the program's EndDeviceControlList, as listed; what is left is counted."""
        if program.controls_href is None:
            return []
        reader = Reader(session)
        listed: list[sep.EndDeviceControl]
        listed, left = await reader.first(
            program.controls_href, sep.EndDeviceControlList, lambda page: page.end_device_control, MOST_CONTROLS
        )
        self.left.pop(program.href, None)
        if left:
            self.left[program.href] = left
        (self.of_2023.add if reader.of_2023 else self.of_2023.discard)(program.href)
        return [control_of(program, each) for each in listed]

    async def subscribe(self, programs: Collection[DemandResponseProgram], uri: str) -> bool:
        """Subscribe to the controls of ``programs`` that can be subscribed to; False where there are none."""
        resources = [_path(each.controls_href) for each in programs if each.subscribable and each.controls_href]
        if not resources:
            return False
        async with self._connection.session() as session:
            capability = await read_capability(session)
            own = await self._end_devices.own_entry(Reader(session), capability)
            if own is None or own.subscription_list_link is None:
                return False
            await _subscribe(session, own.subscription_list_link.href, resources, uri)
        return True


async def respond(session: ConnectionSession, response: ControlResponse | EventResponse, clock: GatewayClock) -> None:
    """POST what became of an event to where it wants its answers; ``GatewayError`` where it is not taken."""
    document = event_response(response, clock) if isinstance(response, EventResponse) else dr_response(response)
    await post(session, response.reply_to, render(document))


async def _read_programs(
    reader: Reader, device: sep.EndDevice, known: dict[str, DemandResponseProgram]
) -> list[DemandResponseProgram]:
    """Return the programs of a device, each once; ``known`` has those that were read already, and gets the others."""
    found: dict[str, DemandResponseProgram] = {}
    for assignment in await read_assignments(reader, device):
        if (link := assignment.demand_response_program_list_link) is None:
            continue
        listed: list[sep.DemandResponseProgram]
        listed, _ = await reader.first(
            link.href, sep.DemandResponseProgramList, lambda page: page.demand_response_program, _MOST_PROGRAMS
        )
        for program in listed:
            if program.href and program.href not in found and len(found) < _MOST_PROGRAMS:
                if program.href not in known:
                    known[program.href] = await _program(reader, program, program.href)
                found[program.href] = known[program.href]
    return list(found.values())


async def _program(reader: Reader, program: sep.DemandResponseProgram, href: str) -> DemandResponseProgram:
    link = program.end_device_control_list_link
    subscribable = False
    if link is not None:
        # Only the list itself says whether one can subscribe to it, which may be one that cannot be read now.
        page = await optional(reader.get(page_of(link.href, 0, 1), sep.EndDeviceControlList))
        subscribable = page is not None and page.subscribable in _SUBSCRIBABLE
    return DemandResponseProgram(
        href=href,
        description=program.description,
        primacy=program.primacy.value,
        controls_href=link.href if link else None,
        subscribable=subscribable,
    )


async def _subscribe(session: ConnectionSession, list_href: str, resources: list[str], uri: str) -> None:
    """Have ``uri`` told of changes of ``resources``: what is subscribed already is left as it is.

    A subscription of ours (known by the path of its URI) that leads to an address of before is ended.
    """
    known: list[sep.Subscription] = await Reader(session).pages(
        list_href, sep.SubscriptionList, lambda page: page.subscription
    )
    missing = list(resources)
    for entry in known:
        resource = _path(entry.subscribed_resource)
        if entry.notification_uri == uri and resource in missing:
            missing.remove(resource)
        elif entry.href and entry.notification_uri != uri and _path(entry.notification_uri) == _path(uri):
            await session.send("DELETE", entry.href)
    for resource in missing:
        subscription = sep.Subscription(
            subscribed_resource=resource, encoding=_XML, level=_LEVEL, limit=1, notification_uri=uri
        )
        await post(session, list_href, render(subscription))


def _path(uri: str) -> str:
    return local_path(uri).partition("?")[0]
