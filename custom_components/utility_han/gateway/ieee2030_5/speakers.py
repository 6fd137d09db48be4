"""Devices that the gateway knows by a certificate of their own, and whose certificate is with us.

A device that was announced by us is known through us; what we say of it counts as said by it. One that the utility
put on the gateway's list (out-of-band) is known by its certificate alone (LFDI, IEEE 2030.5-2018, 6.3.4): nobody else
can answer for it, we no more than a stranger. So where it was us who made its certificate, it speaks over a connection
of its own.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aio2030dot5 import MeterAuthError, async_build_ssl_context

from ..errors import GatewayError, Reason
from ..model import Listed
from .capability import read_capability
from .connection import CIPHERS, Connection, ConnectionSession
from .end_devices import EndDevices
from .failures import gateway_errors
from .identity import Identity
from .reader import Reader


class Speakers:
    """The devices, by LFDI; whoever is none of them speaks as we do."""

    def __init__(self, ours: Connection) -> None:
        self._ours = ours
        self._own: dict[str, Connection] = {}
        self.listed = Listed(())
        """The gateway's list, as it was read last."""

    async def add(self, identity: Identity) -> None:
        """Have the device with this certificate speak for itself from now on."""
        if identity.lfdi in self._own:
            return
        with gateway_errors(accepted_before=True):
            context = await async_build_ssl_context(identity)
        context.set_ciphers(CIPHERS)
        self._own[identity.lfdi] = self._ours.with_context(context)

    def at(self, href: str) -> str | None:
        """Return the device with a voice of its own whose entry, or something below it, is at ``href``."""
        entries = ((lfdi, self.listed.get(lfdi)) for lfdi in self._own)
        return next((lfdi for lfdi, at in entries if at and f"{href}/".startswith(f"{at.href}/")), None)

    @asynccontextmanager
    async def speaking(self, lfdi: str | None) -> AsyncIterator[ConnectionSession]:
        """Open a session in which the device speaks; what its certificate is refused says nothing of ours."""
        async with self._ours.session() as session:
            if lfdi is None or (own := self._own.get(lfdi)) is None:
                yield session
                return
            try:
                async with session.aside(own) as aside:
                    yield aside
            except MeterAuthError as err:
                reason = f"the gateway does not take the certificate of the device …{lfdi[-6:]}: {err}"
                raise GatewayError(Reason.HTTP_ERROR, reason) from err

    async def prove(self, lfdi: str) -> bool:
        """Have the gateway hear the device itself, which looks for its own entry; False where it has no voice here."""
        if lfdi not in self._own:
            return False
        async with self.speaking(lfdi) as session:
            capability = await read_capability(session)
            return await EndDevices(self._ours, lfdi).own_entry(Reader(session), capability) is not None
