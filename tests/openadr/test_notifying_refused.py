"""News of a VTN that has no notifiers, subscriptions or topics for us, or says of them what nobody can read."""

import asyncio
import ssl
from collections.abc import AsyncGenerator
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from custom_components.utility_han.utility.errors import UtilityError, UtilityReason
from custom_components.utility_han.utility.openadr.notifiers import Authentication, Broker
from simulator.vtn.certificate import make_certificate, server_context
from tests.openadr.canned_vtn import META, VEN, CannedVtn, canned_vtn, problem


@pytest.fixture
async def canned(socket_enabled: None) -> AsyncGenerator[CannedVtn]:
    async with canned_vtn() as served:
        yield served


@pytest.fixture
async def session() -> AsyncGenerator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


SUBSCRIPTION = META | {"clientName": "home", "programID": "object-999", "objectOperations": []}


@pytest.mark.parametrize("there", [[], {"WEBHOOK": "yes"}])
async def test_notifiers_that_cannot_be_read_are_said_to_be(
    canned: CannedVtn, session: aiohttp.ClientSession, there: Any
) -> None:
    canned.says["GET /notifiers"] = there
    with pytest.raises(UtilityError) as odd:
        await canned.home(session).notifying.notifiers()
    assert odd.value.reason is UtilityReason.UTILITY_NOT_UNDERSTOOD
    assert "notifiers" in odd.value.detail


@pytest.mark.parametrize(
    ("asked", "status", "reason"),
    [
        ("GET /subscriptions", 404, None),
        ("GET /subscriptions", 403, None),
        ("GET /subscriptions", 401, UtilityReason.UNAUTHORIZED),
        ("GET /subscriptions", 429, UtilityReason.UTILITY_BUSY),
        ("DELETE /subscriptions/object-999", 404, None),
        ("DELETE /subscriptions/object-999", 401, UtilityReason.UNAUTHORIZED),
    ],
)
async def test_who_posts_to_us_until_told_otherwise_is_told_again(
    canned: CannedVtn, session: aiohttp.ClientSession, asked: str, status: int, reason: UtilityReason | None
) -> None:
    """A VTN without subscriptions, or that has ours no more, need not be told; any other has yet to hear it."""
    canned.says |= {"GET /subscriptions": [SUBSCRIPTION], asked: problem(status)}
    notifying = canned.home(session).notifying
    if reason is None:
        await notifying.unsubscribe()
    else:
        with pytest.raises(UtilityError) as failed:
            await notifying.unsubscribe()
        assert failed.value.reason is reason
    assert asked in canned.asked


async def test_where_somebody_may_post_to_us_is_said_to_nobody(
    canned: CannedVtn, session: aiohttp.ClientSession
) -> None:
    """A problem may have back what it is about, and goes into log and diagnostics."""
    callback, secret = "https://home.example/api/webhook/0123abcd", "a-token-of-ours"

    def say(request: web.Request, before: int) -> web.StreamResponse:
        told = f"no {callback} by {secret}, nor /api/webhook/0123abcd"
        return web.json_response({"detail": told}, status=400)

    canned.says |= {"GET /subscriptions": [], "POST /subscriptions": say}
    with pytest.raises(UtilityError) as refused:
        await canned.home(session).notifying.subscribe(callback, secret)
    assert "HTTP 400 no … by …, nor" in refused.value.detail
    assert not any(each in refused.value.detail for each in (callback, "0123abcd", secret))


def topics(*names: str) -> dict[str, Any]:
    return {"topics": {name: f"{name}/{place}" for place, name in enumerate(names)}}


@pytest.mark.parametrize(
    ("says", "reason"),
    [
        ({}, UtilityReason.UTILITY_NOT_UNDERSTOOD),
        ({"programs": {"topics": {}}}, UtilityReason.UTILITY_NOT_UNDERSTOOD),
        ({"programs": {"topics": 7}}, UtilityReason.UTILITY_NOT_UNDERSTOOD),
        ({"programs": problem(401)}, UtilityReason.UNAUTHORIZED),
    ],
)
async def test_broker_of_which_no_topic_is_known_is_not_listened_to(
    canned: CannedVtn, session: aiohttp.ClientSession, says: dict[str, Any], reason: UtilityReason
) -> None:
    canned.says |= {f"GET /notifiers/mqtt/topics/{path}": said for path, said in says.items()}
    notifying = canned.home(session).notifying
    broker = Broker("127.0.0.1", 9, Authentication.ANONYMOUS)
    with pytest.raises(UtilityError) as failed:
        await notifying.listen(broker, ssl.create_default_context(), lambda: None, asyncio.Event())
    assert failed.value.reason is reason
    assert "topics" in failed.value.detail


async def test_topics_that_are_kept_from_us_cost_no_other(canned: CannedVtn, session: aiohttp.ClientSession) -> None:
    """Who may not know of programs is told of the ven's own."""
    asked, hints, until = asyncio.Queue[str](), asyncio.Queue[None](), asyncio.Event()

    async def broker(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Speak MQTT 5.0: take who comes (3.2), and what is subscribed to (3.8.3, 3.9)."""
        while (head := await reader.read(2)) and (body := await reader.read(head[1])):
            if head[0] == 0x10:
                writer.write(bytes((0x20, 3, 0, 0, 0)))
            elif head[0] == 0x82:
                length = int.from_bytes(body[3:5])
                asked.put_nowait(body[5 : 5 + length].decode())
                writer.write(bytes((0x90, 4, *body[:2], 0, 0)))
        writer.close()

    canned.says |= {
        "GET /vens": [VEN],
        "GET /notifiers/mqtt/topics/programs": problem(403),
        "GET /notifiers/mqtt/topics/vens/object-999": problem(404),
        "GET /notifiers/mqtt/topics/vens/object-999/events": topics("CREATE"),
        "GET /notifiers/mqtt/topics/vens/object-999/programs": topics("ALL"),
        "GET /notifiers/mqtt/topics/vens/object-999/resources": problem(400),
    }
    made = make_certificate()
    server = await asyncio.start_server(broker, "127.0.0.1", 0, ssl=server_context(made))
    at = Broker("127.0.0.1", server.sockets[0].getsockname()[1], Authentication.ANONYMOUS)
    tls = ssl.create_default_context(cadata=made["ca"])
    notifying = canned.home(session).notifying
    listening = asyncio.ensure_future(notifying.listen(at, tls, lambda: hints.put_nowait(None), until))
    assert {await asked.get(), await asked.get()} == {"CREATE/0", "ALL/0"}
    await hints.get()
    until.set()
    await listening
    server.close()
