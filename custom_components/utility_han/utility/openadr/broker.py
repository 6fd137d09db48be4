"""Listens at the VTN's MQTT broker. Loads ``aiomqtt``, and so is imported where somebody listens only.

What is published is not read: it is a hint to poll, as the webhook's notifications are. A broker may give back the
last message of each topic ("retained"), which is one more hint.
"""

import asyncio
import logging
import ssl
import tempfile
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path
from socket import socket
from typing import Any, cast, override

from aiomqtt import Client, Message, MqttCodeError, MqttError, ProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from ..errors import UtilityError, UtilityReason
from .notifiers import Broker, Certificates

_LOGGER = logging.getLogger("aiomqtt")
_KEEPALIVE = 30
"""Seconds in which a connection that is dead is noticed."""
_PATIENCE = 15.0
_LARGEST = 1024 * 1024
"""Bytes of a message that a broker may send: it is told so in MQTT 5 (3.1.2.11.4), and held to it in both versions."""
_FAILED = 0x80
"""Reason codes from here on are failures (MQTT 5.0, 2.4), of SUBACK in MQTT 3.1.1 as well."""
_OF_ANOTHER_VERSION = frozenset({0x84})
_REFUSED = frozenset({0x86, 0x87})
"""Bad user name or password, not authorized; paho says those of MQTT 3.1.1 by the same codes."""


async def listen(
    broker: Broker,
    login: tuple[str, str] | None,
    tls: ssl.SSLContext,
    topics: Collection[str],
    heard: Callable[[], None],
    until: asyncio.Event,
) -> None:
    """Call ``heard`` once it is listened, since nobody knows what was before, and for whatever comes, until ``until``.

    ``UtilityError`` when that ends otherwise: ``UNAUTHORIZED`` where the broker refuses the ``login``.
    """
    if broker.certificates is not None:
        tls = await asyncio.to_thread(_mutual, broker.certificates)
    try:
        await _listen(broker, login, tls, topics, heard, until, ProtocolVersion.V5)
    except _OtherVersionError:
        await _listen(broker, login, tls, topics, heard, until, ProtocolVersion.V311)


class _Receiving(ssl.SSLSocket):
    """A connection that ends with a message that is too large: paho asks it for the rest of one in one go.

    It would keep up to 256 MB of it (MQTT 5.0, 1.5.5) before anybody sees any.
    """

    @override
    def recv(self, buflen: int = 1024, flags: int = 0) -> bytes:
        if buflen > _LARGEST:
            raise OSError(f"a message of {buflen} bytes")
        return super().recv(buflen, flags)


class _Tls:
    """TLS whose connections are bounded; the context itself is Home Assistant's, and everybody's."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        self.check_hostname = context.check_hostname

    def wrap_socket(self, connection: socket, **options: Any) -> ssl.SSLSocket:
        """Return a connection, as ``ssl.SSLContext`` does, of which this is all that paho uses."""
        wrapped = self._context.wrap_socket(connection, **options)
        wrapped.__class__ = _Receiving
        return wrapped


class _OtherVersionError(Exception):
    """The broker speaks MQTT 3.1.1 only, which is all that it has to."""


class _Hints(asyncio.Queue[Message]):
    """Messages that wait; what comes when there are some says nothing more."""

    @override
    def put_nowait(self, item: Message) -> None:
        if self.empty():
            super().put_nowait(item)


async def _listen(
    broker: Broker,
    login: tuple[str, str] | None,
    tls: ssl.SSLContext,
    topics: Collection[str],
    heard: Callable[[], None],
    until: asyncio.Event,
    version: ProtocolVersion,
) -> None:
    try:
        client = _client(broker, login, tls, version)
        await _connect(client)
        try:
            await _subscribe(client, topics)
            heard()
            await _hear(client, heard, until)
        finally:
            await _disconnect(client)
    except MqttCodeError as err:
        raise _error(broker, err, version) from err
    # paho raises ValueError for a host that is none.
    except (MqttError, ValueError, OSError) as err:
        untrusted = "CERTIFICATE_VERIFY_FAILED" in str(err)
        reason = UtilityReason.CERTIFICATE_UNTRUSTED if untrusted else UtilityReason.UTILITY_UNREACHABLE
        raise UtilityError(reason, f"MQTT broker {broker.host}: {str(err)[:150]}") from err


def _client(broker: Broker, login: tuple[str, str] | None, tls: ssl.SSLContext, version: ProtocolVersion) -> Client:
    properties = None
    if version is ProtocolVersion.V5:
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.MaximumPacketSize = _LARGEST
    return Client(
        broker.host,
        broker.port,
        username=login[0] if login else None,
        password=login[1] if login else None,
        protocol=version,
        properties=properties,
        tls_context=cast("ssl.SSLContext", _Tls(tls)),
        timeout=_PATIENCE,
        keepalive=_KEEPALIVE,
        queue_type=_Hints,
        logger=_LOGGER,
    )


async def _connect(client: Client) -> None:
    """Connect; who is cancelled meanwhile waits for the library's thread, and closes what it has opened."""
    connecting = asyncio.ensure_future(client.__aenter__())
    try:
        await asyncio.shield(connecting)
    except asyncio.CancelledError:
        with suppress(MqttError, OSError, ValueError):
            await connecting
            await _disconnect(client)
        raise


async def _disconnect(client: Client) -> None:
    """Disconnect; whatever is wrong with it, who listened has been told, or does so no more."""
    with suppress(MqttError, OSError, ValueError):
        await client.__aexit__(None, None, None)


async def _subscribe(client: Client, topics: Collection[str]) -> None:
    """Subscribe to what may be heard; nothing of it is an error."""
    taken = 0
    for topic in topics:
        codes = await client.subscribe(topic, qos=0)
        taken += all((code if isinstance(code, int) else code.value) < _FAILED for code in codes)
    if not taken:
        raise MqttError("none of the topics may be subscribed to")


async def _hear(client: Client, heard: Callable[[], None], until: asyncio.Event) -> None:
    async def each() -> None:
        async for _ in client.messages:
            heard()

    tasks = [asyncio.ensure_future(each()), asyncio.ensure_future(until.wait())]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _error(broker: Broker, err: MqttCodeError, version: ProtocolVersion) -> Exception:
    code = err.rc if isinstance(err.rc, int) or err.rc is None else err.rc.value
    if code in _OF_ANOTHER_VERSION and version is ProtocolVersion.V5:
        return _OtherVersionError()
    reason = UtilityReason.UNAUTHORIZED if code in _REFUSED else UtilityReason.UTILITY_UNREACHABLE
    return UtilityError(reason, f"MQTT broker {broker.host}: {str(err)[:150]}")


def _mutual(given: Certificates) -> ssl.SSLContext:
    """Return TLS with what the VTN gave us; ``ValueError`` where it cannot be used."""
    try:
        context = ssl.create_default_context(cadata=given.authority)
        # The ssl module reads keys from files only; the folder is its owner's, and gone at once.
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "client.pem"
            path.write_text(f"{given.key}\n{given.certificate}\n")
            context.load_cert_chain(path)
    except (ssl.SSLError, OSError, ValueError) as err:
        raise UtilityError(
            UtilityReason.UTILITY_NOT_UNDERSTOOD, "the VTN's certificates for its MQTT broker cannot be read"
        ) from err
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
