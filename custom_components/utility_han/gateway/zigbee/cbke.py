"""Key establishment with the meter by the radio's certificate (Zigbee Smart Energy 1.4, annex C), as initiator."""

from typing import Any

from zigpy import types as t

from ..errors import GatewayError, Reason
from .clusters import KeyEstablishment
from .messenger import Messenger
from .radio import Radio

_SUITE = 0x0001
_SECONDS = 10
_CERTIFICATE, _PUBLIC_KEY, _CODE = 48, 22, 16

_Server = KeyEstablishment.ServerCommandDefs
_Client = KeyEstablishment.ClientCommandDefs


async def establish(radio: Radio, messenger: Messenger) -> bool:
    """Agree with the meter on a link key of our own; False where the radio holds no certificate.

    The keys stay in the radio. ``GatewayError`` with ``NOT_AUTHORIZED`` where the meter does not agree.
    """
    own = radio.cbke()
    if (certificate := await own.certificate()) is None:
        return False
    stored = False
    try:
        said = await _exchange(
            messenger,
            _Server.initiate_key_establishment,
            _Client.initiate_key_establishment,
            suite=_SUITE,
            ephemeral_data_generate_time=_SECONDS,
            confirm_key_generate_time=_SECONDS,
            identity=t.Bytes(certificate),
        )
        theirs = _cut(said.identity, _CERTIFICATE)
        ephemeral = t.Bytes(await own.ephemeral_key())
        said = await _exchange(messenger, _Server.ephemeral_data, _Client.ephemeral_data, ephemeral=ephemeral)
        code, expected = await own.codes(theirs, _cut(said.ephemeral, _PUBLIC_KEY))
        mac = t.Bytes(code)
        said = await _exchange(messenger, _Server.confirm_key_data, _Client.confirm_key_data, mac=mac)
        stored = _cut(said.mac, _CODE) == expected
    finally:
        await own.finish(store=stored)
    if not stored:
        raise GatewayError(Reason.NOT_AUTHORIZED, "the meter's code of key establishment is wrong")
    return True


async def _exchange(messenger: Messenger, command: Any, answer: Any, **fields: Any) -> Any:
    said = await messenger.ask(KeyEstablishment, command, answer, **fields)
    if not said:
        raise GatewayError(Reason.NOT_AUTHORIZED, f"the meter ends key establishment at {command.name}")
    return said[0]


def _cut(data: t.Bytes, length: int) -> bytes:
    if len(data) < length:
        raise GatewayError(Reason.MALFORMED, "the meter's part in key establishment is cut short")
    return bytes(data[:length])
