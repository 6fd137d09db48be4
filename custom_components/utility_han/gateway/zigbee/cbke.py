"""Key establishment with the meter by the radio's certificate (Zigbee Smart Energy 1.4, annex C), as initiator."""

import asyncio
from contextlib import suppress
from typing import Any

from bellows import types as t
from bellows.exception import InvalidCommandError
from zigpy.types import Bytes

from ..errors import GatewayError, Reason
from ..identifiers import OWN_ENDPOINT
from .clusters import KeyEstablishment
from .messenger import Messenger
from .radio import COMMAND_SECONDS, Radio, status_of

_SUITE = 0x0001
_SECONDS = 10
_ON_THE_WAY = 10.0
"""Seconds for an answer besides those that the meter says that it works on it."""
_LONGEST = 60
"""Seconds that a meter may say; the field goes up to four minutes, for which nothing else could be asked."""
_CERTIFICATE, _PUBLIC_KEY, _CODE = 48, 22, 16
_BAD_KEY_CONFIRM, _BAD_MESSAGE = 0x02, 0x03
"""Status of Terminate Key Establishment (table C-11): the key is not the same, or a message was not as it is to be."""

_Server = KeyEstablishment.ServerCommandDefs
_Client = KeyEstablishment.ClientCommandDefs


async def establish(radio: Radio, messenger: Messenger) -> bool:
    """Agree with the meter on a link key of our own; False where the radio holds no certificate.

    The keys stay in the radio. ``GatewayError`` with ``NOT_AUTHORIZED`` where the meter does not agree.
    """
    own = _RadioPart(radio)
    if (certificate := await own.certificate()) is None:
        return False
    try:
        await _agree(own, messenger, certificate)
    except BaseException:
        with suppress(GatewayError):  # what went wrong first is what is told
            await own.finish(store=False)
        raise
    await own.finish(store=True)
    return True


async def _agree(own: _RadioPart, messenger: Messenger, certificate: bytes) -> None:
    """Take the steps of C.3.1.2.3, each once: a meter ends what is not the next one of these.

    The meter says in its first answer "approximately how long the responder device takes" for each of the others.
    """
    try:
        await _take_steps(own, messenger, certificate)
    except _EndedByUsError as err:
        # It may have the key by then, and would keep to it.
        messenger.say(
            KeyEstablishment,
            _Server.terminate,
            endpoint=OWN_ENDPOINT,
            status=err.status,
            wait_time=_SECONDS,
            suite=_SUITE,
        )
        raise


async def _take_steps(own: _RadioPart, messenger: Messenger, certificate: bytes) -> None:
    said = await _exchange(
        messenger,
        _Server.initiate_key_establishment,
        _Client.initiate_key_establishment,
        0,
        suite=_SUITE,
        ephemeral_data_generate_time=_SECONDS,
        confirm_key_generate_time=_SECONDS,
        identity=Bytes(certificate),
    )
    theirs = _cut(said.identity, _CERTIFICATE)
    to_ephemeral, to_confirm = said.ephemeral_data_generate_time, said.confirm_key_generate_time
    ephemeral = Bytes(await own.ephemeral_key())
    said = await _exchange(
        messenger, _Server.ephemeral_data, _Client.ephemeral_data, to_ephemeral, ephemeral=ephemeral
    )
    code, expected = await own.codes(theirs, _cut(said.ephemeral, _PUBLIC_KEY))
    said = await _exchange(messenger, _Server.confirm_key_data, _Client.confirm_key_data, to_confirm, mac=Bytes(code))
    if _cut(said.mac, _CODE) != expected:
        detail = "the meter's code of key establishment is wrong"
        raise _EndedByUsError(_BAD_KEY_CONFIRM, Reason.NOT_AUTHORIZED, detail)


async def _exchange(messenger: Messenger, command: Any, answer: Any, seconds: int, **fields: Any) -> Any:
    """Give a command once, and return the answer that the meter works on for so many ``seconds``."""
    patience = _ON_THE_WAY + min(seconds, _LONGEST)
    said = await messenger.ask(KeyEstablishment, command, answer, patience=patience, **fields)
    if not said:
        raise GatewayError(Reason.NOT_AUTHORIZED, f"the meter ends key establishment at {command.name}")
    return said[0]


def _cut(data: Bytes, length: int) -> bytes:
    if len(data) < length:
        raise _EndedByUsError(_BAD_MESSAGE, Reason.MALFORMED, "the meter's part in key establishment is cut short")
    return bytes(data[:length])


class _EndedByUsError(GatewayError):
    """What the meter said ends its key establishment, of which it is told by ``status``."""

    def __init__(self, status: int, reason: Reason, detail: str) -> None:
        super().__init__(reason, detail)
        self.status = status


class _RadioPart:
    """The radio's own part in a key establishment (crypto suite 1); keys never leave it."""

    def __init__(self, radio: Radio) -> None:
        self._radio = radio

    async def certificate(self) -> bytes | None:
        """Return the radio's certificate of 48 bytes, None where it has none or its firmware knows nothing of it."""
        read = getattr(self._radio.ezsp, "getCertificate", None)  # not every EZSP version has the command
        if read is None:
            return None
        with self._radio.errors():
            try:
                status, certificate = await read()
            except InvalidCommandError:
                return None
        found = bytes(certificate.serialize())
        return found if status_of(status) == t.sl_Status.OK and any(found) else None

    async def ephemeral_key(self) -> bytes:
        """Return the public half (22 bytes) of a new key pair."""
        status, public = await self._calling("generateCbkeKeysHandler", "generateCbkeKeys")
        _check(status)
        return bytes(public.serialize())

    async def codes(self, certificate: bytes, ephemeral: bytes) -> tuple[bytes, bytes]:
        """Derive the link key as initiator; return the code to send and the one to expect, 16 bytes each."""
        status, own, expected = await self._calling(
            "calculateSmacsHandler",
            "calculateSmacs",
            amInitiator=True,
            partnerCertificate=t.EmberCertificateData(certificate),
            partnerEphemeralPublicKey=t.EmberPublicKeyData(ephemeral),
        )
        _check(status)
        return bytes(own.serialize()), bytes(expected.serialize())

    async def finish(self, *, store: bool) -> None:
        """Use the derived link key from now on, or forget it."""
        with self._radio.errors():
            (status,) = await self._radio.ezsp.clearTemporaryDataMaybeStoreLinkKey(storeLinkKey=store)
        if store:
            _check(status)

    async def _calling(self, answer: str, command: str, **arguments: Any) -> list[Any]:
        """Give a command whose result comes as a callback later; elliptic curves take a radio seconds."""
        future: asyncio.Future[list[Any]] = asyncio.get_running_loop().create_future()

        def take(_name: str, values: list[Any]) -> None:
            if not future.done():
                future.set_result(values)

        ezsp = self._radio.ezsp
        with self._radio.errors(), ezsp.callback_for_commands({answer}, take):
            (status,) = await getattr(ezsp, command)(**arguments)
            if status_of(status) != t.sl_Status.IN_PROGRESS:
                _check(status)
            async with asyncio.timeout(COMMAND_SECONDS):
                return await future


def _check(status: t.EmberStatus | t.sl_Status) -> None:
    if status_of(status) != t.sl_Status.OK:
        raise GatewayError(Reason.NOT_AUTHORIZED, f"the radio's part in key establishment failed: {status.name}")
