"""Subscribers are told of changes, and only they."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from aio2030dot5.identity import Identity
from aiohttp import web
from py20305.models import sep
from py20305.xml import from_xml

from simulator.gateway import notifier
from tests.helpers.documents import problems
from tests.helpers.states import PATIENCE
from tests.simulator.documents import end_device, subscription

if TYPE_CHECKING:
    from tests.simulator.conftest import Control, Described, OpenHttp


@dataclass
class Listener:
    """Where notifications go; ``status`` is how it answers."""

    url: str = ""
    status: int = 201
    heard: asyncio.Queue[sep.Notification] = field(default_factory=asyncio.Queue)
    count: int = 0

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        assert request.content_type == "application/sep+xml"
        assert list(problems(body)) == []
        self.count += 1
        self.heard.put_nowait(from_xml(body, sep.Notification))
        return web.Response(status=self.status)

    async def next(self) -> sep.Notification:
        return await asyncio.wait_for(self.heard.get(), PATIENCE)


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    made = Listener()
    app = web.Application()
    app.router.add_post("/ntfy", made.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/ntfy"
    yield made
    await runner.cleanup()


@pytest.fixture
async def gateway(control: Control, client: Identity) -> Described:
    made = await control.gateway()
    await control.call("POST", f"/gateways/{made['id']}/registrations", {"lfdi": client.lfdi})
    return made


async def test_notifications(
    control: Control, gateway: Described, open_http: OpenHttp, client: Identity, listener: Listener
) -> None:
    path = f"/gateways/{gateway['id']}"
    http = await open_http(gateway, client)
    _, body, _ = await http.call("GET", "/edev/1")
    assert from_xml(body, sep.EndDevice).subscription_list_link is not None
    for wanted in ("/dr/1/edc", "/dr/1/edc?s=0", "/dr"):
        status, _, headers = await http.call("POST", "/edev/1/sub", subscription(wanted, listener.url))
        assert (status, headers["Location"]) == (201, "/edev/1/sub/2" if wanted == "/dr" else "/edev/1/sub/1")
    _, body, _ = await http.call("GET", "/edev/1/sub?l=9")
    listed = from_xml(body, sep.SubscriptionList)
    assert [each.subscribed_resource for each in listed.subscription] == ["/dr/1/edc", "/dr"]

    await control.call("POST", f"{path}/controls", {"program": 2})
    made = await control.call("POST", f"{path}/controls", {"duration": 600})
    told = await listener.next()
    assert (told.subscribed_resource, told.status, told.resource) == ("/dr/1/edc", 0, None)
    assert told.subscription_uri == f"https://127.0.0.1:{gateway['port']}/edev/1/sub/1"
    await control.call("POST", f"{path}/controls/{made['number']}/cancel")
    assert (await listener.next()).subscribed_resource == "/dr/1/edc"
    await control.call("POST", f"{path}/programs", {"description": "Winter"})
    assert (await listener.next()).subscribed_resource == "/dr"

    # Once for what is published, and again when it takes the place of another.
    await control.call("POST", f"{path}/controls", {"duration": 600})
    await listener.next()
    await control.call("POST", f"{path}/controls", {"start_in": 1, "duration": 60})
    for _ in range(2):
        assert (await listener.next()).subscribed_resource == "/dr/1/edc"

    assert (await http.call("DELETE", "/edev/1/sub/1"))[0] == 204
    assert (await http.call("DELETE", "/edev/1/sub/1"))[0] == 404
    assert (await http.call("GET", "/edev/1/sub/2"))[0] == 200
    count = listener.count
    await control.call("POST", f"{path}/controls", {})
    await asyncio.sleep(0.1)
    assert listener.count == count
    # Numbers are not used twice.
    headers = (await http.call("POST", "/edev/1/sub", subscription("/dr/1/edc", listener.url)))[2]
    assert headers["Location"] == "/edev/1/sub/3"
    await control.call("DELETE", f"{path}/registrations/{client.lfdi}")
    assert control.installed(gateway).state.subscriptions.of(client.lfdi) == []


async def test_refused(
    control: Control, gateway: Described, open_http: OpenHttp, client: Identity, stranger: Identity
) -> None:
    http, other = await open_http(gateway, client), await open_http(gateway, stranger)
    for document in (
        subscription("/dr/9/edc", "http://localhost/"),
        subscription("/dr/1/actedc", "http://localhost/"),
        subscription("/upt", "http://localhost/"),
        subscription("/dr", "/relative"),
        subscription("/dr", "ftp://localhost/"),
        subscription("/dr", "http://localhost/", encoding=1),
        b"<x/>",
    ):
        assert (await http.call("POST", "/edev/1/sub", document))[0] == 400, document
    assert (await other.call("GET", "/edev/1/sub"))[0] == 403
    await other.call("POST", "/edev", end_device(stranger.lfdi, stranger.sfdi))
    for method in ("GET", "POST"):
        assert (await other.call(method, "/edev/1/sub", subscription("/dr", "http://localhost/")))[0] == 403
    assert (await http.call("GET", "/edev/1/sub/1"))[0] == 404


async def test_who_never_listens_is_told_no_more(
    control: Control, gateway: Described, open_http: OpenHttp, client: Identity, listener: Listener
) -> None:
    http = await open_http(gateway, client)
    listener.status = 500
    await http.call("POST", "/edev/1/sub", subscription("/dr/1/edc", listener.url))
    for _ in range(10):
        await control.call("POST", f"/gateways/{gateway['id']}/controls", {})
        assert (await listener.next()).status == 0
    assert (await listener.next()).status == 1
    assert (await http.call("GET", "/edev/1/sub/1"))[0] == 404


async def test_nobody_there_harms_no_one(
    control: Control, gateway: Described, open_http: OpenHttp, client: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notifier, "_SECONDS", 3600)
    http = await open_http(gateway, client)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent_uri = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        for uri in ("http://127.0.0.1:1/", "https://127.0.0.1:1/", silent_uri):
            await http.call("POST", "/edev/1/sub", subscription("/dr/1/edc", uri))
        async with asyncio.timeout(PATIENCE):
            await control.call("POST", f"/gateways/{gateway['id']}/controls", {"duration": 900})
            await control.call("POST", f"/gateways/{gateway['id']}/controls", {"start_in": 500})
            await control.call("DELETE", f"/gateways/{gateway['id']}", status=204)


async def test_switched_off(control: Control, open_http: OpenHttp, client: Identity) -> None:
    gateway = await control.gateway(subscriptions=False)
    await control.call("POST", f"/gateways/{gateway['id']}/registrations", {"lfdi": client.lfdi})
    http = await open_http(gateway, client)
    _, body, _ = await http.call("GET", "/edev/1")
    assert from_xml(body, sep.EndDevice).subscription_list_link is None
    _, body, _ = await http.call("GET", "/dr")
    assert from_xml(body, sep.DemandResponseProgramList).subscribable == 0
    assert (await http.call("GET", "/edev/1/sub"))[0] == 404
    assert (await http.call("POST", "/edev/1/sub", subscription("/dr", "http://localhost/")))[0] == 404
