"""The meter's Key Establishment cluster (Zigbee Smart Energy 1.4, annex C), crypto suite 1, as responder."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from zigpy import types as t

from simulator.zigbee import ecc
from simulator.zigbee.air import Node
from simulator.zigbee.network import Network

_SUITE = 0x0001
_GENERATE_SECONDS, _CONFIRM_SECONDS = 3, 6
_INITIATE, _EPHEMERAL, _CONFIRM, _TERMINATE = range(4)
_UNKNOWN_ISSUER, _BAD_KEY_CONFIRM, _BAD_MESSAGE, _UNSUPPORTED_SUITE = 0x01, 0x02, 0x03, 0x05


class Initiate(t.Struct):
    """Initiate Key Establishment, C.3.1.2.3.1: both ways; the certificate of 48 bytes follows."""

    suite: t.uint16_t
    ephemeral_seconds: t.uint8_t
    confirm_seconds: t.uint8_t


class Terminate(t.Struct):
    """Terminate Key Establishment, C.3.1.2.3.4."""

    status: t.uint8_t
    wait: t.uint8_t
    suites: t.uint16_t


@dataclass(slots=True)
class _Exchange:
    certificate: bytes
    ephemeral: ecc.KeyPair
    secret: ecc.Secret | None = None


def authority() -> ecc.KeyPair:
    """Who issues the certificates of meters and of the radios around them."""
    return ecc.KeyPair.of(int.from_bytes(hashlib.sha256(b"simulated authority").digest()[:20]) | 1)


class KeyEstablishment:
    """Exchanges with the nodes of a network; each ends in a link key of the node's own."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._exchanges: dict[bytes, _Exchange] = {}
        self._credentials: ecc.Credentials | None = None

    def _own(self) -> ecc.Credentials:
        if self._credentials is None or self._credentials.subject != self._network.eui64:
            self._credentials = ecc.issue(authority(), self._network.eui64, ecc.KeyPair.generate())
        return self._credentials

    def answer(self, node: Node, number: int, payload: bytes) -> list[tuple[int, t.SerializableBytes]]:
        """The commands that answer a node's."""
        try:
            command, body = self._answer(node, number, payload)
        except _RefusedError as err:
            self._exchanges.pop(node.eui64, None)
            command = _TERMINATE
            body = Terminate(status=err.status, wait=1, suites=_SUITE).serialize()
        return [(command, t.SerializableBytes(body))] if body else []

    def _answer(self, node: Node, number: int, payload: bytes) -> tuple[int, bytes]:
        own = self._own()
        if number == _INITIATE:
            asked, certificate = Initiate.deserialize(payload)
            if asked.suite != _SUITE:
                raise _RefusedError(_UNSUPPORTED_SUITE)
            if len(certificate) != 48 or certificate[22:30] != node.eui64:
                raise _RefusedError(_BAD_MESSAGE)
            if certificate[30:38] != own.certificate[30:38]:
                raise _RefusedError(_UNKNOWN_ISSUER)
            self._exchanges[node.eui64] = _Exchange(certificate, ecc.KeyPair.generate())
            head = Initiate(suite=_SUITE, ephemeral_seconds=_GENERATE_SECONDS, confirm_seconds=_CONFIRM_SECONDS)
            return _INITIATE, head.serialize() + own.certificate
        exchange = self._exchanges.get(node.eui64)
        if number == _TERMINATE or exchange is None:
            self._exchanges.pop(node.eui64, None)
            return _TERMINATE, b""
        if number == _EPHEMERAL:
            try:
                exchange.secret = ecc.agree(own, exchange.ephemeral, exchange.certificate, payload, initiator=False)
            except ValueError:
                raise _RefusedError(_BAD_MESSAGE) from None
            return _EPHEMERAL, exchange.ephemeral.public
        secret = exchange.secret
        if number != _CONFIRM or secret is None:
            raise _RefusedError(_BAD_MESSAGE)
        if payload != secret.initiator_code:
            raise _RefusedError(_BAD_KEY_CONFIRM)
        if (member := self._network.member(node)) is not None:
            member.link_key, member.authorized = secret.link_key.hex(), True
        return _CONFIRM, secret.responder_code


class _RefusedError(Exception):
    def __init__(self, status: int) -> None:
        super().__init__(f"key establishment: status {status}")
        self.status = status
