"""The MQTT notifier (openadr3.yaml, ``mqttNotifierBindingObject``): what the VTN says of it, and what it publishes."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

from simulator.utility.store import Document, UtilityStore
from simulator.vtn.certificate import ClientAuthority
from simulator.vtn.clients import Caller
from simulator.vtn.mosquitto import Mosquitto, password
from simulator.vtn.privacy import Privacy
from simulator.vtn.topics import Topics, readable

_LOGGER = logging.getLogger(__name__)


class Mqtt:
    """The VTN's broker, while there is one."""

    def __init__(self, store: UtilityStore, privacy: Privacy, certificate: dict[str, str]) -> None:
        self._store = store
        self._topics = Topics(store, privacy)
        self._certificate = certificate
        self._broker: Mosquitto | None = None
        self._authority: ClientAuthority | None = None
        self._passwords: dict[str, str] = {}
        self._to_publish: asyncio.Queue[tuple[str, Document] | None] = asyncio.Queue()
        self._publishing: asyncio.Task[None] | None = None

    @property
    def on(self) -> bool:
        """Whether there is a broker."""
        return self._broker is not None

    async def start(self, authentication: str) -> None:
        """Have a broker, whose clients authenticate so; the problem where there can be none."""
        await self.stop()
        self._authority = ClientAuthority() if authentication == "certificate" else None
        broker = Mosquitto(self._certificate, authentication, self._authority.certificate if self._authority else "")
        try:
            await broker.start()
        except BaseException:
            await broker.stop()
            raise
        self._broker = broker
        await self._admit()
        self._publishing = asyncio.create_task(self._publish(broker))

    async def stop(self) -> None:
        """Have no broker any more."""
        if self._publishing is not None:
            self._publishing.cancel()
            await asyncio.gather(self._publishing, return_exceptions=True)
        broker, self._broker, self._publishing = self._broker, None, None
        if broker is not None:
            await broker.stop()

    def described(self, caller: Caller) -> dict[str, Any]:
        """What a client is told of it."""
        if self._broker is None:
            return {}
        authentication: dict[str, str] = {"method": "ANONYMOUS"}
        if self._broker.authentication == "token":
            authentication = {"method": "OAUTH2_BEARER_TOKEN", "username": "{clientID}"}
        elif self._authority is not None:
            certificate, key = self._authority.issue(str(caller.id))
            authentication = {"method": "CERTIFICATE", "caCert": self._certificate["ca"]}
            authentication |= {"clientCert": certificate, "clientKey": key}
        uris = [f"mqtts://127.0.0.1:{self._broker.port}"]
        return {"MQTT": {"URIS": uris, "serialization": "JSON", "authentication": authentication}}

    async def admit(self, client_id: str, token: str) -> None:
        """Let a client in with a token; the one before is good no more."""
        if self._broker is not None and self._broker.authentication == "token":
            self._passwords[client_id] = await asyncio.to_thread(password, token)
            await self._admit()

    def tell(self, kind: str, operation: str, found: Document) -> None:
        """Publish an operation on an object to all who may know of it."""
        if self._broker is None:
            return
        if kind == "ven" and operation == "CREATE":
            self._to_publish.put_nowait(None)
        for topic, seen in self._topics.of(kind, operation, found):
            said = {"objectType": kind.upper(), "operation": operation, "object": seen}
            self._to_publish.put_nowait((topic, said))

    async def _publish(self, broker: Mosquitto) -> None:
        """Publish one after the other, and before what is for a new ven let it in."""
        from aiomqtt import Client, MqttError  # noqa: PLC0415 - few want a broker

        try:
            async with Client(str(broker.socket), transport="unix") as client:
                while True:
                    if (said := await self._to_publish.get()) is None:
                        await self._admit()
                    else:
                        await client.publish(said[0], json.dumps(said[1]), qos=1)
        except MqttError as err:
            _LOGGER.warning("nobody is told by MQTT any more: %s", err)

    async def _admit(self) -> None:
        if self._broker is None:
            return
        vens = list(self._store.all("ven"))
        topics = {
            client["client_id"]: readable(
                client, [ven["id"] for ven in vens if ven["clientID"] == client["client_id"]]
            )
            for client in self._store.all("client")
        }
        await self._broker.admit(self._passwords, topics)
