"""TLS 1.2 as IEEE 2030.5 asks for it (IEEE 2030.5-2018 clause 6.7), served over an asyncio stream.

pyOpenSSL is driven through memory BIOs, because only its contexts can judge a client's certificate in the middle
of the handshake, and because the bytes can be spoilt on their way out.
"""

from __future__ import annotations

import asyncio
import enum
from collections.abc import Callable
from contextlib import suppress

from cryptography import x509
from OpenSSL import SSL, crypto

from simulator.gateway.identity import DeviceIdentity, certificate_lfdi

CIPHERS = b"ECDHE-ECDSA-AES128-CCM8:@SECLEVEL=0"
_CHUNK = 65536
_HANDSHAKE_RECORD = 22
_SERVER_KEY_EXCHANGE = 12


class Alert(enum.IntEnum):
    """Why a client's certificate is refused (RFC 5246 section 7.2)."""

    BAD_CERTIFICATE = 42
    UNSUPPORTED_CERTIFICATE = 43
    CERTIFICATE_EXPIRED = 45


type Judge = Callable[[x509.Certificate], Alert | None]


class HandshakeRefusedError(ConnectionError):
    """The client's certificate was refused."""


class HandshakeFailedError(ConnectionError):
    """The handshake did not complete."""


def server_context(identity: DeviceIdentity, judge: Judge) -> SSL.Context:
    """A context presenting ``identity`` that asks ``judge`` about the certificate of every client.

    Sessions are resumed within one context only, so a new context forgets them all.
    """

    def verify(connection: SSL.Connection, certificate: crypto.X509, _error: int, depth: int, _ok: int) -> bool:
        if depth:
            return True
        stream: TlsStream = connection.get_app_data()
        stream.refusal = judge(certificate.to_cryptography())
        stream.resumed = False
        return stream.refusal is None

    context = SSL.Context(SSL.TLS_SERVER_METHOD)
    context.set_min_proto_version(SSL.TLS1_2_VERSION)
    context.set_max_proto_version(SSL.TLS1_2_VERSION)
    context.set_cipher_list(CIPHERS)
    context.use_certificate(identity.certificate)
    context.add_extra_chain_cert(identity.issuer)
    context.use_privatekey(identity.key)
    context.set_session_id(b"han")
    context.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, verify)
    return context


class TlsStream:
    """The server's end of one TLS connection."""

    def __init__(
        self,
        context: SSL.Context,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        spoil_signature: bool = False,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._spoil = spoil_signature
        self._tls = SSL.Connection(context, None)
        self._tls.set_app_data(self)
        self._tls.set_accept_state()
        self.refusal: Alert | None = None
        self.resumed = True  # until a certificate is judged, which only a full handshake does
        self.lfdi = ""

    async def handshake(self) -> None:
        """Complete the handshake; ``HandshakeRefusedError`` or ``HandshakeFailedError`` once it cannot."""
        while True:
            try:
                self._tls.do_handshake()
                break
            except SSL.WantReadError:
                await self._flush()
                if not await self._feed():
                    raise HandshakeFailedError("the client left") from None
            except SSL.Error as err:
                if self.refusal is not None:
                    # OpenSSL would send an alert of its own choice: no keys are in use yet, so send ours.
                    self._writer.write(bytes([21, 3, 3, 0, 2, 2, self.refusal]))
                    await self._writer.drain()
                    raise HandshakeRefusedError(self.refusal.name) from err
                await self._flush()
                raise HandshakeFailedError(str(err)) from err
        await self._flush()
        certificate = self._tls.get_peer_certificate()
        if certificate is None:
            raise HandshakeFailedError("no client certificate")
        self.lfdi = certificate_lfdi(certificate.to_cryptography())

    async def read(self) -> bytes:
        """Some bytes from the client, or none once it has closed the connection."""
        while True:
            try:
                return self._tls.recv(_CHUNK)
            except SSL.WantReadError:
                await self._flush()
                if not await self._feed():
                    return b""
            except SSL.ZeroReturnError:
                return b""
            except SSL.Error as err:
                raise ConnectionError(str(err)) from err

    async def write(self, data: bytes) -> None:
        """Send all of ``data``."""
        view = memoryview(data)
        for start in range(0, len(view), _CHUNK):
            self._tls.sendall(bytes(view[start : start + _CHUNK]))
            await self._flush()

    async def wait_closed(self) -> None:
        """Ignore whatever the client sends until it leaves."""
        while await self._reader.read(_CHUNK):
            pass

    async def close(self) -> None:
        """Say goodbye (close_notify), if the client is still there to hear it."""
        with suppress(SSL.Error, OSError):
            self._tls.shutdown()
            await self._flush()

    async def _feed(self) -> bool:
        data = await self._reader.read(_CHUNK)
        if data:
            self._tls.bio_write(data)
        return bool(data)

    async def _flush(self) -> None:
        out = bytearray()
        with suppress(SSL.WantReadError):
            while True:
                out += self._tls.bio_read(_CHUNK)
        if out:
            if self._spoil:
                self._spoil = not spoil_signature(out)
            self._writer.write(out)
            await self._writer.drain()


def spoil_signature(flight: bytearray) -> bool:
    """Change the last byte of the signature in a ServerKeyExchange, in place; False if there is none."""
    start = 0
    while start + 5 <= len(flight):
        end = start + 5 + int.from_bytes(flight[start + 3 : start + 5])
        message = start + 5
        while flight[start] == _HANDSHAKE_RECORD and message + 4 <= end:
            after = message + 4 + int.from_bytes(flight[message + 1 : message + 4])
            if flight[message] == _SERVER_KEY_EXCHANGE:
                flight[after - 1] ^= 0x01
                return True
            message = after
        start = end
    return False
