"""The meter's network with us on it: joined when asked, taken up again by each call, doubted after silence."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from zigpy.util import convert_install_code

from ..errors import GatewayError, Reason
from ..identifiers import peer_of
from ..model import Peer
from .messenger import Messenger
from .networking import Heard, Networking
from .radio import Radio

_FIND_AGAIN = frozenset({Reason.GATEWAY_SILENT, Reason.RADIO_GONE})


class MeterNetwork:
    """Keeps the radio on the network ``meant``: an extended PAN id (16 hexadecimal digits), None for any."""

    def __init__(self, radio: Radio, messenger: Messenger, install_code: bytes | None, meant: str | None) -> None:
        self._radio = radio
        self._networking = Networking(radio)
        self._messenger = messenger
        self._install_code = install_code
        self.meant = meant
        """Once one was joined, that one."""
        self.parent: int | None = None
        """The network address of our parent, as of when the network was taken up: 0 is the meter."""
        self.authorized = False
        """Whether both sides have a link key by certificate."""
        self._up = self._closed = False
        self._connecting = asyncio.Lock()

    async def close(self) -> None:
        """Let go of the radio for good; it stays on the network."""
        self._up, self._closed = False, True
        self._messenger.close()
        # Whoever is being cancelled lets go of these when the command half said is through.
        async with self._connecting, self._messenger.lock:
            await self._radio.close()

    async def _open(self) -> None:
        if self._closed:
            raise GatewayError(Reason.RADIO_GONE, "the radio was let go of")
        if not self._radio.is_open:
            self._up = False
            await self._radio.open()

    async def ensure_up(self) -> None:
        """Be on the network that was joined; nothing is joined here, and what the meter took from us stays so."""
        async with self._connecting:
            if self._up and self._radio.is_open:
                return
            await self._open()
            joined = await self._networking.resume()
            if joined is None:
                raise GatewayError(Reason.LEFT_NETWORK, "the radio is on no meter's network")
            await self._be_up(joined)

    async def _be_up(self, joined: str) -> None:
        if self.meant is not None and joined != self.meant:
            raise GatewayError(Reason.WRONG_GATEWAY, "the radio is on another network than the meter's")
        self.meant = joined
        self.parent = await self._networking.parent()
        self._up = True

    @asynccontextmanager
    async def talk(self) -> AsyncIterator[Messenger]:
        """Be on the network for what is asked inside; silence there has it doubted."""
        await self.ensure_up()
        try:
            yield self._messenger
        except GatewayError as err:
            if err.reason in _FIND_AGAIN:
                await self._doubt()
            raise

    async def _doubt(self) -> None:
        """After silence, look whether we are still on the network before the next call."""
        self._up = False
        if self._radio.is_open and await self._networking.has_left():
            raise GatewayError(Reason.LEFT_NETWORK, "the meter told the radio to leave its network")

    async def scan(self) -> list[Heard]:
        """Return the networks heard, best first."""
        async with self._connecting:
            await self._open()
            return await self._networking.scan()

    async def join(self) -> Peer:
        """Join the meter's network unless we are on it; whether it lets us in is said, not raised."""
        async with self._connecting:
            await self._open()
            joined = await self._networking.resume() or await self._join_any()
            if joined is None:
                return peer_of((await self._candidates())[0].extended_pan_id, accepts_us=False)
            await self._be_up(joined)
            return peer_of(joined, accepts_us=True)

    async def to_join(self) -> Heard | None:
        """Return the network that would be joined, as it is heard; None where we are on one."""
        async with self._connecting:
            await self._open()
            if await self._networking.resume() is not None:
                return None
            return (await self._candidates())[0]

    async def leave(self, eui64: str | None = None) -> None:
        """Leave the meter's network for good, so that another, or the same anew, can be joined.

        ``eui64`` is the radio that is to; ``GatewayError`` with ``RADIO_GONE`` where there is another in its place.
        """
        async with self._connecting:
            await self._open()
            if eui64 not in (None, self._radio.eui64):
                raise GatewayError(Reason.RADIO_GONE, f"there is another radio at {self._radio.path}")
            self._up = False
            await self._networking.leave(self.meant)

    async def _join_any(self) -> str | None:
        """Join the network that is meant, or the first that lets us in where none is; None where none does."""
        for network in await self._candidates():
            if await self._join(network):
                return network.extended_pan_id
        return None

    async def _candidates(self) -> list[Heard]:
        heard = await self._networking.scan()
        meant = [network for network in heard if self.meant in (None, network.extended_pan_id)]
        if not meant:
            raise GatewayError(Reason.NO_NETWORK, f"{len(heard)} networks are heard, the meter's is not among them")
        return meant

    async def _join(self, network: Heard) -> bool:
        if self._install_code is None:
            raise GatewayError(Reason.WRONG_INSTALL_CODE, "no install code is known for this radio")
        key = convert_install_code(self._install_code)
        if key is None:
            raise GatewayError(Reason.WRONG_INSTALL_CODE, "the checksum of the install code does not fit")
        self.authorized = False
        return await self._networking.join(network, bytes(key.serialize()))
