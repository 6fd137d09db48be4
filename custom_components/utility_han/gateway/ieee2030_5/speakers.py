"""Devices whose certificate is with us, which can speak for themselves.

A device that was announced by us may be known through us: what we say of it counts as said by it. One that the utility
put on the gateway's list (out-of-band) is known by its certificate alone (LFDI, IEEE 2030.5-2018, 6.3.4): nobody else
can answer for it, we no more than a stranger. And there are servers that know every device so: GridAPPS-D's
(``ieee-2030_5-server-go``, ``docs/enddevice-access.md``) takes the LFDI of an EndDevice that is POSTed from the
certificate, whatever the document says, and shows and takes an entry, and what is below it, by the device itself
alone ("a write below an EndDevice is restricted to the device itself", 8.5.3). So where it was us who made its
certificate, a device speaks over a connection of its own: always, or where the gateway does not take it from us.
"""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aio2030dot5 import InvalidIdentity, MeterAuthError, MeterNotFound, async_build_ssl_context, sfdi_from_lfdi

from ..errors import AWAY, GatewayError, Reason
from ..model import Listed, ListedDevice
from .addresses import local_path
from .capability import read_capability
from .connection import CIPHERS, Connection, ConnectionSession
from .end_devices import EndDevices, listed_device
from .failures import gateway_errors, is_refusal
from .identity import Identity
from .reader import Reader

type Load = Callable[[], Awaitable[Identity]]
"""Gives a device's identity as soon as it is needed: a home may have many that never are."""

_LOOKED_FOR = 3
"""Devices that look for their own entry each time the list is read: each needs a connection, and a pause before it."""

_LOGGER = logging.getLogger(__name__)
_REFUSED = frozenset({Reason.REGISTRATION_REFUSED, Reason.NOT_ALLOWED})


class Speakers:
    """The devices, by LFDI; whoever is none of them speaks as we do."""

    def __init__(self, ours: Connection) -> None:
        self._ours = ours
        self._own: dict[str, Connection | Load] = {}
        """With what their connection is made of, until it is needed."""
        self._alone: set[str] = set()
        """Those of them that the gateway hears by themselves alone."""
        self._hidden: dict[str, ListedDevice] = {}
        """The entries that the list does not show us, as the devices found them last."""
        self._listed = Listed(())
        self._shown: frozenset[str] = frozenset()
        """The paths of the entries that the list does show us, whosever they are."""
        self._places: dict[str, str] | None = None
        """Which device's entry is at a path; None where that has changed since it was asked."""

    async def add(self, lfdi: str, load: Load, *, alone: bool, href: str | None = None) -> None:
        """Have a device speak with the certificate that ``load`` gives, always or where that is needed.

        ``href`` is where its entry was when that was known last: until it has looked, it is taken to be there. Who
        speaks always is made ready now: ``InvalidIdentity`` or ``GatewayError`` where the certificate cannot be used.
        """
        if lfdi not in self._own:
            self._own[lfdi], self._places = load, None
            if href is not None:
                self._hidden[lfdi] = ListedDevice(lfdi, sfdi_from_lfdi(lfdi), href)
        if alone:
            self._alone.add(lfdi)
            await self._connection_of(lfdi)

    async def _connection_of(self, lfdi: str) -> Connection:
        known = self._own[lfdi]
        if isinstance(known, Connection):
            return known
        identity = await known()
        with gateway_errors(accepted_before=True):
            context = await async_build_ssl_context(identity)
        context.set_ciphers(CIPHERS)
        made = self._own[lfdi] = self._ours.with_context(context)
        return made

    async def speak[T](self, lfdi: str | None, say: Callable[[ConnectionSession], Awaitable[T]]) -> T:
        """Say something of a device, by itself where the gateway does not take it from us; of None as we are.

        Where it takes it from neither, the error is that of ours.
        """
        if lfdi is not None and lfdi in self._alone:
            async with self._by_itself(lfdi) as session:
                return await say(session)
        try:
            async with self._ours.session() as session:
                return await say(session)
        except GatewayError as err:
            if lfdi is None or lfdi not in self._own or not (err.reason in _REFUSED or is_refusal(err)):
                raise
            refusal = err
        try:
            async with self._by_itself(lfdi) as session:
                said = await say(session)
        except GatewayError as err:
            if err.reason in AWAY:  # nobody knows what it would have said
                raise
            raise refusal from err
        self._alone.add(lfdi)
        return said

    async def speak_at[T](self, href: str, say: Callable[[ConnectionSession], Awaitable[T]]) -> T:
        """Say something of the device whose entry, or something below it, is at ``href``, as :meth:`speak` does."""
        with gateway_errors(accepted_before=True):
            lfdi = self._at(href)
        return await self.speak(lfdi, say)

    def note_entry(self, lfdi: str, href: str) -> None:
        """Take note of where a device is that was just announced: nobody else may be shown it."""
        if lfdi in self._alone:
            self._hidden[lfdi], self._places = ListedDevice(lfdi, sfdi_from_lfdi(lfdi), href), None

    async def prove(self, lfdi: str) -> bool:
        """Have the gateway hear the device itself, which looks for its own entry; False where it has no voice here."""
        return lfdi in self._alone and await self._entry(lfdi) is not None

    async def take(self, listed: list[ListedDevice]) -> list[ListedDevice]:
        """Return the list with the entries that it does not show us: some of the devices look for theirs, in turn.

        What a device cannot find out now is as it was, and says nothing of the list.
        """
        self._listed = Listed(listed)
        self._shown = frozenset(local_path(each.href) for each in listed)
        self._places = None
        unseen = [lfdi for lfdi in self._own if self._listed.get(lfdi) is None]
        for lfdi in unseen[:_LOOKED_FOR]:
            self._own[lfdi] = self._own.pop(lfdi)  # the last of the next time
            try:
                found = await self._entry(lfdi)
            except GatewayError as err:
                if err.reason is Reason.WRONG_GATEWAY:
                    raise
                if not isinstance(err.__cause__, InvalidIdentity | MeterAuthError | MeterNotFound):
                    _LOGGER.debug("…%s cannot look for its entry now: %s", lfdi[-6:], err)
                    break  # a gateway that has trouble is left alone
                found = None  # what it is refused is none
            if found is not None:
                self._hidden[lfdi] = found
                self._alone.add(lfdi)
            else:
                self._hidden.pop(lfdi, None)
            self._places = None
        return [*listed, *(self._hidden[lfdi] for lfdi in unseen if lfdi in self._hidden)]

    def _at(self, href: str) -> str | None:
        """Return the device that can speak for itself in whose entry ``href`` is; an entry in a list is the nearer."""
        if (places := self._places) is None:
            entries = ((lfdi, self._listed.get(lfdi) or self._hidden.get(lfdi)) for lfdi in self._own)
            places = self._places = {local_path(entry.href): lfdi for lfdi, entry in entries if entry is not None}
        path = local_path(href)
        while path:
            if path in places or path in self._shown:
                return places.get(path)
            path = path.rpartition("/")[0]
        return None

    @asynccontextmanager
    async def _by_itself(self, lfdi: str) -> AsyncIterator[ConnectionSession]:
        """Open a session in which the device speaks; what its certificate is refused says nothing of ours."""
        try:
            own = await self._connection_of(lfdi)
        except InvalidIdentity as err:
            raise GatewayError(Reason.HTTP_ERROR, f"the certificate of the device …{lfdi[-6:]}: {err}") from err
        try:
            async with self._ours.session() as session, session.aside(own) as aside:
                yield aside
        except GatewayError as err:
            if not isinstance(err.__cause__, MeterAuthError):
                raise
            reason = f"the gateway does not take the certificate of the device …{lfdi[-6:]}: {err}"
            raise GatewayError(Reason.HTTP_ERROR, reason) from err.__cause__

    async def _entry(self, lfdi: str) -> ListedDevice | None:
        async with self._by_itself(lfdi) as session:
            capability = await read_capability(session)
            entry = await EndDevices(self._ours, lfdi).own_entry(Reader(session), capability)
            link = capability.end_device_list_link
            return listed_device(entry, link.href, lfdi) if entry is not None and link is not None else None
