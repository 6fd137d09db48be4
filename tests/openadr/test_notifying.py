"""News of the VTN without waiting for a poll: webhook and MQTT broker; what comes is a hint, whatever it says."""

import asyncio
import json
import ssl
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiomqtt import Client
from yarl import URL

from custom_components.utility_han.utility.errors import UtilityError, UtilityReason
from custom_components.utility_han.utility.openadr import Credentials, OpenAdr, VtnConnection
from custom_components.utility_han.utility.openadr.broker import listen
from custom_components.utility_han.utility.openadr.notifiers import Authentication, Broker, read_notifiers
from simulator.vtn.certificate import make_certificate, server_context
from simulator.vtn.document import check_component, operations
from tests.helpers.simulated_vtn import SimulatedVtn
from tests.openadr.simulated import Simulated
from tests.openadr.under_test import Vtn

LFDI = "3E4F45AB31EDFE5B67E343E5E4562E31984E23E5"


class Home:
    """Our VEN at a VTN, and what it hears."""

    def __init__(self, vtn: Vtn, session: aiohttp.ClientSession) -> None:
        self.vtn = vtn
        known = Credentials(vtn.ven.client_id, vtn.ven.client_secret)
        self.connection = VtnConnection(session, URL(vtn.url), known, tls=vtn.ssl_context)
        self.ven = OpenAdr(self.connection, f"home-{vtn.ven.client_id}", kinds=("thermostat",))
        self.until = asyncio.Event()
        self.hints: asyncio.Queue[None] = asyncio.Queue()

    async def granted(self, *targets: str) -> None:
        """Have a device whose ven was granted targets."""
        await self.ven.open_registration("", "", "", "thermostat", LFDI, "any", "")
        (ven,) = await self.vtn.request("GET", "/vens")
        await self.vtn.grant(ven["id"], *targets)
        await self.ven.poll()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Listen at the broker."""
        broker = (await self.ven.notifying.notifiers()).broker
        assert broker is not None
        self.until.clear()
        task = asyncio.ensure_future(
            self.ven.notifying.listen(broker, self.vtn.ssl_context, lambda: self.hints.put_nowait(None), self.until)
        )
        first = asyncio.ensure_future(self.hints.get())
        await asyncio.wait((task, first), return_when=asyncio.FIRST_COMPLETED)
        first.cancel()
        if task.done():
            await task
        yield
        self.until.set()
        await task

    async def hears(self) -> None:
        """Hear of what is for all, and of what is for us."""
        program = await self.vtn.make_program("Limits")
        await self.granted("feeder-7")
        async with self.listening():
            await self.vtn.make_event(program["id"])
            await self.hints.get()
            await self.vtn.make_event(program["id"], targets=["feeder-7"])
            await self.hints.get()
            await self.vtn.request("PUT", f"/programs/{program['id']}", {"programName": "Other limits"})
            await self.hints.get()


class SimulatedHome(Home):
    """Our VEN at the simulated VTN."""

    def __init__(self, simulated: SimulatedVtn, session: aiohttp.ClientSession) -> None:
        super().__init__(Vtn(Simulated(simulated)), session)
        self.simulated = simulated


@pytest.fixture
async def home(simulated_vtn: SimulatedVtn) -> AsyncGenerator[SimulatedHome]:
    async with aiohttp.ClientSession() as session:
        made = SimulatedHome(simulated_vtn, session)
        await asyncio.to_thread(made.vtn.empty)
        yield made


async def test_the_broker_tells_of_what_is_for_all_and_of_what_is_for_us(vtn: Vtn) -> None:
    await vtn.have_broker()
    async with aiohttp.ClientSession() as session:
        await Home(vtn, session).hears()


@pytest.mark.simulator_only("MQTT: who is let in without a token")
@pytest.mark.parametrize("authentication", ["anonymous", "certificate"])
async def test_the_broker_lets_in_otherwise_than_by_token(home: SimulatedHome, authentication: str) -> None:
    await home.simulated.call("PUT", "/mqtt", authentication=authentication)
    await home.hears()


@pytest.mark.simulator_only("MQTT: who is let in, and to what")
async def test_the_simulated_broker_keeps_from_a_ven_what_is_for_others(home: SimulatedHome) -> None:
    await home.simulated.call("PUT", "/mqtt", authentication="token")
    program = await home.vtn.make_program("Limits")
    await home.granted("feeder-7")
    broker = (await home.ven.notifying.notifiers()).broker
    assert broker is not None
    name, token = await home.connection.token()
    async with Client(
        broker.host, broker.port, username=name, password=token, tls_context=home.vtn.ssl_context
    ) as client:
        await client.subscribe("#")
        made = [
            await home.vtn.make_event(program["id"], **more)
            for more in ({"targets": ["feeder-8"]}, {"targets": ["feeder-8", "feeder-7"]}, {})
        ]
        told = [json.loads(str(message.payload, "utf-8")) async for message in _first(client.messages, 3)]
    assert [(each["operation"], each["object"]["id"], each["object"].get("targets")) for each in told] == [
        ("CREATE", made[1]["id"], ["feeder-7"]), ("CREATE", made[2]["id"], None), ("CREATE", made[2]["id"], None),
    ]  # fmt: skip


@pytest.mark.simulator_only("MQTT: who is let in, and to what")
async def test_a_token_that_the_broker_takes_no_more_is_asked_for_anew(home: SimulatedHome) -> None:
    await home.simulated.call("PUT", "/mqtt", authentication="token")
    await home.ven.poll()
    async with home.listening():
        pass
    await home.simulated.token({"client_id": home.vtn.ven.client_id, "client_secret": home.vtn.ven.client_secret})
    with pytest.raises(UtilityError) as refused:
        async with home.listening():
            pass
    assert refused.value.reason is UtilityReason.UNAUTHORIZED
    async with home.listening():
        pass


@pytest.mark.simulator_only("MQTT: who is let in, and to what")
async def test_a_broker_that_ends_or_is_not_to_be_trusted_is_told(home: SimulatedHome) -> None:
    await home.simulated.call("PUT", "/mqtt", authentication="anonymous")
    await home.ven.poll()
    with pytest.raises(UtilityError) as lost:
        async with home.listening():
            await home.simulated.call("DELETE", "/mqtt")
    assert lost.value.reason is UtilityReason.UTILITY_UNREACHABLE
    await home.simulated.call("PUT", "/mqtt", authentication="anonymous")
    home.vtn.ssl_context = ssl.create_default_context()
    with pytest.raises(UtilityError) as untrusted:
        async with home.listening():
            pass
    assert untrusted.value.reason is UtilityReason.CERTIFICATE_UNTRUSTED


async def _first[T](messages: AsyncIterator[T], count: int) -> AsyncIterator[T]:
    for _ in range(count):
        yield await anext(messages)


@pytest.mark.simulator_only("MQTT: who is let in, and to what")
async def test_the_simulated_broker_lets_in_all_who_come_at_once(home: SimulatedHome) -> None:
    await home.simulated.call("PUT", "/mqtt", authentication="token")
    clients = [await home.simulated.client() for _ in range(4)]
    tokens = await asyncio.gather(*(home.simulated.token(client) for client in clients))
    broker = (await home.ven.notifying.notifiers()).broker
    assert broker is not None
    for client, token in zip(clients, tokens, strict=True):
        async with Client(
            broker.host,
            broker.port,
            username=client["client_id"],
            password=token["access_token"],
            tls_context=home.vtn.ssl_context,
        ):
            pass


@pytest.mark.simulator_only("MQTT: who is let in, and to what")
async def test_what_is_said_of_mqtt_is_as_the_document_has_it(home: SimulatedHome) -> None:
    await home.simulated.call("PUT", "/mqtt", authentication="certificate")
    program = await home.vtn.make_program("Limits")
    await home.granted("feeder-7")
    (ven,) = await home.vtn.request("GET", "/vens")
    values = {"programID": program["id"], "venID": ven["id"]}
    _, token = await home.connection.token()
    _, notifiers = await home.simulated.ask("GET", "/notifiers", token)
    check_component("notifiersResponse", notifiers)
    told = set()
    for operation in operations():
        if operation.path.startswith("/notifiers/mqtt/"):
            path = operation.path.format(**values)
            check_component("notifierTopicsResponse", await home.vtn.request("GET", path))
            status, topics = await home.simulated.ask("GET", path, token)
            assert (status == 403) is (operation.scopes == frozenset({"read_bl"})), path
            if status == 200:
                check_component("notifierTopicsResponse", topics)
                told.add(topics["topics"]["ALL"])
    assert len(told) == 7


async def old_broker(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Speak MQTT 3.1.1 and nothing newer (section 3.1.2.2: return code 1), and publish once (section 3.3)."""
    while (head := await reader.read(2)) and (body := await reader.read(head[1])):
        if head[0] == 0x10:
            level = body[6]
            writer.write(bytes((0x20, 2, 0, int(level != 4))))
            if level != 4:
                break
        elif head[0] == 0x82:
            writer.write(bytes((0x90, 3, *body[:2], 0)) + b"\x30\x05\x00\x03abc")
    writer.close()


async def test_a_broker_of_mqtt_3_1_1_is_listened_to_as_well() -> None:
    made, until, hints = make_certificate(), asyncio.Event(), asyncio.Queue[None]()
    server = await asyncio.start_server(old_broker, "127.0.0.1", 0, ssl=server_context(made))
    broker = Broker("127.0.0.1", server.sockets[0].getsockname()[1], Authentication.ANONYMOUS)
    tls = ssl.create_default_context(cadata=made["ca"])
    listening = asyncio.ensure_future(listen(broker, None, tls, ["programs/+"], lambda: hints.put_nowait(None), until))
    await hints.get()
    await hints.get()
    until.set()
    await listening
    server.close()


@pytest.mark.parametrize("level", [4, 5])
async def test_a_message_of_200_mb_ends_the_connection(level: int) -> None:
    """MQTT allows 256 MB (5.0, 1.5.5), and says to who bounds them only in its version 5 (3.1.2.11.4)."""
    sent = 0

    async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        while (head := await reader.read(2)) and (body := await reader.read(head[1])):
            if head[0] == 0x10:
                taken = body[6] == level
                writer.write(bytes((0x20, 3, 0, 0 if taken else 0x84, 0)) if body[6] == 5 else b"\x20\x02\x00\x00")
                if not taken:
                    break
            elif head[0] == 0x82:
                writer.write(bytes((0x90, 4, *body[:2], 0, 0)) if level == 5 else bytes((0x90, 3, *body[:2], 0)))
                writer.write(b"\x30" + b"\x80\x80\x80\x64")
                with suppress(ConnectionError):
                    for _ in range(200):
                        writer.write(bytes(2**20))
                        await writer.drain()
                        sent += 2**20
        writer.close()

    made = make_certificate()
    server = await asyncio.start_server(flood, "127.0.0.1", 0, ssl=server_context(made))
    broker = Broker("127.0.0.1", server.sockets[0].getsockname()[1], Authentication.ANONYMOUS)
    tls = ssl.create_default_context(cadata=made["ca"])
    with pytest.raises(UtilityError) as lost:
        await listen(broker, None, tls, ["programs/+"], lambda: None, asyncio.Event())
    assert lost.value.reason is UtilityReason.UTILITY_UNREACHABLE
    assert sent < 24 * 2**20
    assert tls.sslsocket_class is ssl.SSLSocket
    server.close()


async def test_who_listens_no_more_leaves_no_connection_wherever_it_was() -> None:
    came, ended, hints = asyncio.Event(), asyncio.Event(), asyncio.Queue[None]()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.set()
        await ended.wait()
        writer.close()

    made = make_certificate()
    tls = ssl.create_default_context(cadata=made["ca"])
    for serve, context, reached in (
        (silent, None, came.wait),
        (old_broker, server_context(made), hints.get),
    ):
        server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
        broker = Broker("127.0.0.1", server.sockets[0].getsockname()[1], Authentication.ANONYMOUS)
        listening = asyncio.ensure_future(
            listen(broker, None, tls, ["programs/+"], lambda: hints.put_nowait(None), asyncio.Event())
        )
        await reached()
        listening.cancel()
        ended.set()
        with pytest.raises(asyncio.CancelledError):
            await listening
        server.close()
        await server.wait_closed()


class Webhook:
    """Where the VTN posts."""

    def __init__(self) -> None:
        self.told: asyncio.Queue[tuple[str | None, str]] = asyncio.Queue()

    async def answer(self, request: web.Request) -> web.Response:
        if request.method == "GET":
            return web.Response(text=request.query["echo"])
        said = await request.json()
        await self.told.put((request.headers.get("Authorization"), said["objectType"]))
        return web.Response()


@pytest.mark.simulator_only("webhooks")
async def test_the_webhook_is_subscribed_once_however_often_and_taken_back(home: SimulatedHome) -> None:
    webhook, app = Webhook(), web.Application()
    app.router.add_route("*", "/hook", webhook.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=server_context(make_certificate())).start()
    url = f"https://127.0.0.1:{runner.addresses[0][1]}/hook"
    try:
        program = await home.vtn.make_program("Limits")
        await home.granted("feeder-7")
        assert (await home.ven.notifying.notifiers()).webhook
        before = home.ven.notifying.concerned
        await home.ven.notifying.subscribe(url, "first")
        await home.ven.notifying.subscribe(url, "second")
        subscriptions = await home.vtn.request("GET", "/subscriptions")
        assert sorted(each.get("targets") or [] for each in subscriptions) == [[], ["feeder-7"]]

        await home.vtn.make_event(program["id"])
        assert await webhook.told.get() == ("Bearer second", "EVENT")
        (ven,) = await home.vtn.request("GET", "/vens")
        await home.vtn.grant(ven["id"])
        while await webhook.told.get() != ("Bearer second", "VEN"):
            pass
        await home.ven.poll()
        assert home.ven.notifying.concerned != before
        await home.ven.notifying.subscribe(url, "second")
        assert len(await home.vtn.request("GET", "/subscriptions")) == 1, "what is granted no more is not asked for"

        await home.ven.withdraw()
        assert await home.vtn.request("GET", "/subscriptions") == []
    finally:
        await runner.cleanup()


TOKEN = {"method": "OAUTH2_BEARER_TOKEN", "username": "{clientID}"}
PEMS = {"caCert": "x", "clientCert": "y", "clientKey": "z"}


def said(authentication: Any, *uris: str, **more: Any) -> dict[str, Any]:
    mqtt = {"URIS": list(uris), "serialization": "JSON", "authentication": authentication} | more
    return {"WEBHOOK": True, "MQTT": mqtt}


@pytest.mark.parametrize(
    ("told", "host", "why"),
    [
        (said(TOKEN, "mqtts://vtn.example"), "vtn.example", ""),
        (said(TOKEN | {"method": "OAUTH2BEARERTOKEN"}, "mqtts://vtn.example"), "vtn.example", ""),
        (said(TOKEN, "mqtts://broker.example", "mqtts://vtn.example:99"), "vtn.example", ""),
        (said({"method": "ANONYMOUS"}, "mqtts://broker.example"), "broker.example", ""),
        (said({"method": "CERTIFICATE"} | PEMS, "mqtts://broker.example"), "broker.example", ""),
        (said(TOKEN, "mqtts://broker.example"), None, "another host"),
        (said(TOKEN, "mqtts://vtn.example.org", "mqtts://vtn.example@broker.example"), None, "another host"),
        (said({"method": "ANONYMOUS"}, "mqtt://vtn.example", "wss://vtn.example", "mqtts://"), None, "mqtts"),
        (said({"method": "ANONYMOUS"}), None, "mqtts"),
        (said({"method": "CERTIFICATE", "caCert": "x"}, "mqtts://vtn.example"), None, "clientCert"),
        (said({"method": "CERTIFICATE"} | PEMS | {"caCert": "x" * 99_999}, "mqtts://vtn.example"), None, "caCert"),
        (said({"method": "KERBEROS"}, "mqtts://vtn.example"), None, "OpenADR 3.1"),
        (said(TOKEN, "mqtts://vtn.example", serialization="CBOR"), None, "CBOR"),
        (said(TOKEN, URIS=[7]), None, "URIS"),
        ({"WEBHOOK": True, "MQTT": 7}, None, "MQTT"),
    ],
)  # fmt: skip
def test_a_broker_is_used_where_our_token_stays_with_the_vtn(told: Any, host: str | None, why: str) -> None:
    found = read_notifiers(told, "vtn.example", named=True)
    assert found.webhook
    assert (found.broker.host if found.broker else None) == host
    assert why in found.note
    assert bool(found.note) is (host is None)
