"""The gateway's EndDeviceList: our entry, those of devices we speak for, and others (IEEE 2030.5-2018, 8.5)."""

import time
from collections.abc import Awaitable, Callable

from aio2030dot5 import MeterNotFound, sfdi_from_lfdi
from py20305.models import sep

from ..errors import GatewayError, Reason
from ..model import ListedDevice
from .addresses import local_path
from .capability import Offer, read_capability
from .connection import Connection, ConnectionSession
from .entry import read_entries, read_entry
from .failures import OptionalReadings, optional, unless_refused
from .reader import Reader
from .resources import end_device, render
from .writing import expect_taken

_TAKEN = frozenset({200, 201, 204})
_REFUSALS = {429: Reason.GATEWAY_BUSY, 503: Reason.GATEWAY_BUSY} | dict.fromkeys((500, 502, 504), Reason.HTTP_ERROR)
"""Why a POST was not taken, by its status; any other is the gateway's no."""
_ASSIGNED_FOR = 3600.0
"""Seconds for which assignments are believed: prices and messages need not find our entry each time."""
_LOOKED_AGAIN_AFTER = 300.0
"""Seconds after which they are asked for again where they could not be read."""


class EndDevices:
    """The entries of the list, of which ``lfdi`` is ours."""

    def __init__(self, connection: Connection, lfdi: str) -> None:
        self._connection = connection
        self._lfdi = lfdi
        self._assigned: list[sep.FunctionSetAssignments] = []
        self._assigned_until = 0.0
        self._post_rate: int | None = None
        self._own_at: str | None = None
        """Where our own entry was found, which saves the pages of a long list."""

    async def takes_announcements(self) -> bool:
        """Whether DeviceCapability can be had and links an EndDeviceList, to which an EndDevice is POSTed (8.5).

        A gateway that knows clients by what its utility says refuses our certificate, or has no such list.
        """
        try:
            async with self._connection.session() as session:
                return (await read_capability(session)).end_device_list_link is not None
        except GatewayError as err:
            if err.reason in (Reason.PORTAL_PENDING, Reason.CERTIFICATE_REFUSED):
                return False
            raise

    async def announce(
        self,
        session: ConnectionSession,
        device_category: int,
        lfdi: str,
        adding: Callable[[], Awaitable[None]] | None = None,
    ) -> str:
        """POST the EndDevice of ``lfdi``, unless the list holds it already; return its href (8.5).

        ``adding`` is waited for before the POST. ``REGISTRATION_REFUSED`` where the gateway does not take it from who
        speaks, or answers with another device's entry, as those do that go by the certificate alone.
        """
        link = (await read_capability(session)).end_device_list_link
        if link is None:
            raise GatewayError(Reason.REGISTRATION_REFUSED, "the gateway has no EndDeviceList")
        reader = Reader(session)
        href = await _href(reader, link.href, lfdi)
        if href is None:
            if adding is not None:
                await adding()
            device = end_device(lfdi, sfdi_from_lfdi(lfdi), device_category, int(time.time()))
            response = await session.send("POST", link.href, render(device))
            if response.status in _TAKEN:
                if location := response.headers.get("location"):
                    href = local_path(location)
                    await _expect(reader, href, lfdi)
                else:
                    href = await _href(reader, link.href, lfdi)
            if href is None:
                reason = _REFUSALS.get(response.status, Reason.REGISTRATION_REFUSED)
                raise GatewayError(reason, f"POST {link.href} -> HTTP {response.status}")
        if lfdi == self._lfdi:
            self._own_at = href
        return href

    async def withdraw(self, session: ConnectionSession, href: str, lfdi: str) -> None:
        """DELETE the EndDevice of ``lfdi``; one that is gone already is as good.

        So is one whose address is another device's by now, which stays.
        """
        try:
            entry = await read_entry(Reader(session), href)
        except MeterNotFound:
            return
        if _is_of(entry, lfdi):
            expect_taken((await session.send("DELETE", href)).status, f"DELETE {href}", gone_is_as_good=True)

    async def registration_pin(self, session: ConnectionSession, href: str) -> int | None:
        """Read the pIN of the entry's Registration (sep.xsd), None where it has none, or keeps it from us.

        A Registration is not valid without a pIN, so 0 is what a gateway gives that holds none.
        """
        entry = await read_entry(Reader(session), href)
        if entry.registration_link is None:
            return None
        reading = Reader(session).get(entry.registration_link.href, sep.Registration)
        try:
            registration = await unless_refused(reading)
        except MeterNotFound:
            return None
        return None if registration is None else registration.p_in.value or None

    async def listed(self) -> list[ListedDevice] | None:
        """Read the list, None where there is none: some meters know clients by certificate alone."""
        async with self._connection.session() as session:
            link = (await read_capability(session)).end_device_list_link
            if link is None:
                return None
            entries = await unless_refused(read_entries(Reader(session), link.href))
            return None if entries is None else [listed_device(entry, link.href, self._lfdi) for entry in entries]

    async def own_entry(self, reader: Reader, capability: sep.DeviceCapability) -> sep.EndDevice | None:
        """Return our own entry, None where the list has none or there is no list.

        A gateway may give its address to another device, whose entry it keeps from us.
        """
        if (link := capability.end_device_list_link) is None:
            return None
        if (at := self._own_at) is not None:
            known = reader.session.listed(at) or await optional(reader.get(at, sep.EndDevice))
            if known is not None and _is_of(known, self._lfdi):
                return known
        found = await _entry(reader, link.href, self._lfdi)
        # Where it is as before its list alone has it.
        self._own_at = found.href if found is not None and found.href != at else None
        return found

    async def offer(
        self, session: ConnectionSession, readings: OptionalReadings | None = None, reader: Reader | None = None
    ) -> Offer:
        """Return what the gateway has for us; assignments are read at most once an hour, with ``readings`` now.

        A list or an entry that cannot be read says nothing for now: what it assigned before is what there is.
        """
        capability = await read_capability(session)
        if readings is not None or time.monotonic() > self._assigned_until:
            found = await optional(self._own_assignments(reader or Reader(session), capability, readings))
            if found is not None:
                self._assigned = found
            self._assigned_until = time.monotonic() + (_LOOKED_AGAIN_AFTER if found is None else _ASSIGNED_FOR)
        return Offer(capability, tuple(self._assigned), self._post_rate)

    async def _own_assignments(
        self, reader: Reader, capability: sep.DeviceCapability, readings: OptionalReadings | None
    ) -> list[sep.FunctionSetAssignments] | None:
        entry = await self.own_entry(reader, capability)
        self._post_rate = entry.post_rate if entry is not None else None
        if entry is None or entry.function_set_assignments_list_link is None:
            return []
        listed = read_assignments(reader, entry)
        return await listed if readings is None else await readings.read(listed)


def listed_device(entry: sep.EndDevice, list_href: str, own: str) -> ListedDevice:
    """Return an EndDevice as listed; where ``enabled`` is false it "is no longer registered" (XSD), else it is.

    One that is told without an LFDI is ``own`` where its SFDI is.
    """
    told = entry.l_fdi.hex().upper() if entry.l_fdi else None
    return ListedDevice(
        lfdi=told or (own if _is_of(entry, own) else None),
        sfdi=str(entry.s_fdi.value),
        href=entry.href or list_href,
        enabled=entry.enabled is not False,
    )


async def read_assignments(reader: Reader, device: sep.EndDevice) -> list[sep.FunctionSetAssignments]:
    """Return the FunctionSetAssignments (10.4) of ``device``."""
    if (assigned := device.function_set_assignments_list_link) is None:
        return []
    return await reader.pages(
        assigned.href, sep.FunctionSetAssignmentsList, lambda page: page.function_set_assignments
    )


def _is_of(entry: sep.EndDevice, lfdi: str) -> bool:
    """Whether an EndDevice is that of ``lfdi``; its ``lFDI`` may be left out (sep.xsd), ``sFDI`` is always there."""
    if entry.l_fdi:
        return entry.l_fdi == bytes.fromhex(lfdi)
    return str(entry.s_fdi.value) == sfdi_from_lfdi(lfdi)


async def _entry(reader: Reader, href: str, lfdi: str) -> sep.EndDevice | None:
    return next((each for each in await read_entries(reader, href) if _is_of(each, lfdi)), None)


async def _expect(reader: Reader, href: str, lfdi: str) -> None:
    """Raise where the entry at ``href`` is another device's; one that cannot be had yet is taken as it was said."""
    entry = await optional(read_entry(reader, href))
    if entry is not None and not _is_of(entry, lfdi):
        raise GatewayError(Reason.REGISTRATION_REFUSED, f"the gateway answers with {href}, which is another device's")


async def _href(reader: Reader, href: str, lfdi: str) -> str | None:
    found = await _entry(reader, href, lfdi)
    return found.href if found is not None else None
