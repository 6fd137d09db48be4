"""Devices whose certificate is with us, which can speak for themselves.

A device that was announced by us may be known through us: what we say of it counts as said by it. One that the utility
put on the gateway's list (out-of-band) is known by its certificate alone (LFDI, IEEE 2030.5-2018, 6.3.4): nobody else
can answer for it, we no more than a stranger. And there are servers that know every device so: GridAPPS-D's
(``ieee-2030_5-server-go``, ``docs/enddevice-access.md``) takes the LFDI of an EndDevice that is POSTed from the
certificate, whatever the document says, and shows and takes an entry, and what is below it, by the device itself
alone ("a write below an EndDevice is restricted to the device itself", 8.5.3). So where it was us who made its
certificate, a device speaks over a connection of its own: always, or where the gateway does not take it from us.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aio2030dot5 import MeterAuthError, async_build_ssl_context, sfdi_from_lfdi

from ..errors import GatewayError, Reason
from ..model import Listed, ListedDevice
from .capability import read_capability
from .connection import CIPHERS, Connection, ConnectionSession
from .end_devices import EndDevices, listed_device
from .failures import gateway_errors, is_refusal
from .identity import Identity
from .reader import Reader

_LOOKED_FOR = 3
"""Devices that look for their own entry each time the list is read: each needs a connection, and a pause before it."""

_REFUSED = frozenset({Reason.REGISTRATION_REFUSED, Reason.NOT_ALLOWED})


class Speakers:
    """The devices, by LFDI; whoever is none of them speaks as we do."""

    def __init__(self, ours: Connection) -> None:
        self._ours = ours
        self._own: dict[str, Connection] = {}
        self._alone: set[str] = set()
        """Those of them that the gateway hears by themselves alone."""
        self._hidden: dict[str, ListedDevice] = {}
        """The entries that the list does not show us, as the devices found them last."""
        self._listed = Listed(())

    async def add(self, identity: Identity, *, alone: bool) -> None:
        """Have the device with this certificate speak for itself from now on, always or where that is needed."""
        if alone:
            self._alone.add(identity.lfdi)
        if identity.lfdi in self._own:
            return
        with gateway_errors(accepted_before=True):
            context = await async_build_ssl_context(identity)
        context.set_ciphers(CIPHERS)
        self._own[identity.lfdi] = self._ours.with_context(context)

    def at(self, href: str) -> str | None:
        """Return the device that speaks alone whose entry, or something below it, is at ``href``."""
        entries = ((lfdi, self._listed.get(lfdi) or self._hidden.get(lfdi)) for lfdi in self._alone)
        return next((lfdi for lfdi, at in entries if at and f"{href}/".startswith(f"{at.href}/")), None)

    @asynccontextmanager
    async def speaking(self, lfdi: str | None) -> AsyncIterator[ConnectionSession]:
        """Open a session in which the device speaks; what its certificate is refused says nothing of ours."""
        async with self._ours.session() as session:
            own = self._own.get(lfdi) if lfdi in self._alone else None
            if own is None:
                yield session
                return
            try:
                async with session.aside(own) as aside:
                    yield aside
            except MeterAuthError as err:
                reason = f"the gateway does not take the certificate of the device …{str(lfdi)[-6:]}: {err}"
                raise GatewayError(Reason.HTTP_ERROR, reason) from err

    async def speak[T](self, lfdi: str, say: Callable[[ConnectionSession], Awaitable[T]]) -> T:
        """Say something of a device, by itself where the gateway does not take it from us.

        Where it takes it from neither, the error is that of ours.
        """
        try:
            async with self.speaking(lfdi) as session:
                return await say(session)
        except GatewayError as err:
            refused = err.reason in _REFUSED or is_refusal(err)
            if lfdi in self._alone or lfdi not in self._own or not refused:
                raise
            self._alone.add(lfdi)
            try:
                async with self.speaking(lfdi) as session:
                    return await say(session)
            except BaseException as its_own:
                self._alone.discard(lfdi)
                if isinstance(its_own, GatewayError):
                    raise err from its_own
                raise

    def note_entry(self, lfdi: str, href: str) -> None:
        """Take note of where a device is that was just announced: nobody else may be shown it."""
        if lfdi in self._alone:
            self._hidden[lfdi] = ListedDevice(lfdi, sfdi_from_lfdi(lfdi), href)

    async def prove(self, lfdi: str) -> bool:
        """Have the gateway hear the device itself, which looks for its own entry; False where it has no voice here."""
        return lfdi in self._alone and await self._entry(lfdi) is not None

    async def take(self, listed: list[ListedDevice]) -> list[ListedDevice]:
        """Return the list with the entries that it does not show us: some of the devices look for theirs, in turn."""
        self._listed = Listed(listed)
        unseen = [lfdi for lfdi in self._own if self._listed.get(lfdi) is None]
        for lfdi in unseen[:_LOOKED_FOR]:
            self._own[lfdi] = self._own.pop(lfdi)  # the last of the next time
            if (found := await self._look(lfdi)) is not None:
                self._hidden[lfdi] = found
                self._alone.add(lfdi)
            else:
                self._hidden.pop(lfdi, None)
        return [*listed, *(self._hidden[lfdi] for lfdi in unseen if lfdi in self._hidden)]

    async def _look(self, lfdi: str) -> ListedDevice | None:
        """Have a device look for its entry: none where it is refused, and as before where nobody answers it now."""
        alone = lfdi in self._alone
        self._alone.add(lfdi)
        try:
            return await self._entry(lfdi)
        except GatewayError as err:
            return None if err.reason is Reason.HTTP_ERROR else self._hidden.get(lfdi)
        finally:
            if not alone:
                self._alone.discard(lfdi)

    async def _entry(self, lfdi: str) -> ListedDevice | None:
        async with self.speaking(lfdi) as session:
            capability = await read_capability(session)
            entry = await EndDevices(self._ours, lfdi).own_entry(Reader(session), capability)
            link = capability.end_device_list_link
            return listed_device(entry, link.href, lfdi) if entry is not None and link is not None else None
