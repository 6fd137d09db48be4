"""A VTN tells Home Assistant of news: by webhook where that is reached by HTTPS, else by MQTT."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import pairwise
from unittest.mock import AsyncMock, patch

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_fire_time_changed
from yarl import URL

from custom_components.utility_han.account import news as news_module
from custom_components.utility_han.account.manager import AccountManager
from custom_components.utility_han.account.news import VtnNews
from custom_components.utility_han.diagnostics import async_get_config_entry_diagnostics
from custom_components.utility_han.utility import UtilityError, UtilityReason
from custom_components.utility_han.utility.openadr.polling import Changes
from simulator.vtn.certificate import make_certificate, server_context
from tests.helpers.simulated_vtn import SimulatedVtn
from tests.helpers.states import until
from tests.helpers.vtn_hub import coordinator_of, entry_without_meter, hub_without_meter, poll
from tests.openadr.under_test import Vtn

pytestmark = pytest.mark.use_case("UR-P")


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(news_module, "SPREAD", 0.0)
    monkeypatch.setattr(news_module, "REST", 0.0)


def news_of(entry: ConfigEntry) -> VtnNews:
    news = entry.runtime_data.manager(AccountManager).news
    assert isinstance(news, VtnNews)
    return news


class Polls:
    """What the polls of a hub's VTN find, from now on: the next may have come before anybody looks."""

    def __init__(self, entry: ConfigEntry) -> None:
        self._coordinator = coordinator_of(entry)
        self._created: set[str] = set()
        self._polled = asyncio.Event()
        self._coordinator.polled.add(self._note)

    def _note(self, _succeeded: bool) -> None:
        if (changes := self._coordinator.data.changes) is not None:
            self._created |= changes.created
        self._polled.set()

    async def created(self, event_id: str) -> None:
        """Wait until a poll has found an event."""
        while event_id not in self._created:
            self._polled.clear()
            await self._polled.wait()


@asynccontextmanager
async def reached_by_https(hass: HomeAssistant) -> AsyncIterator[None]:
    """Have Home Assistant reached so; it takes no new routes from then on."""
    server = TestServer(hass.http.app, scheme="https")
    await server.start_server(ssl=server_context(make_certificate()))
    hass.config.external_url = f"https://localhost:{server.port}"
    yield
    await server.close()


@asynccontextmanager
async def subscribing(hass: HomeAssistant, vtn: Vtn) -> AsyncIterator[tuple[ConfigEntry, AsyncMock]]:
    """Have a hub told by webhook, and what subscribes watched; nothing is subscribed to by a poll alone."""
    entry = await hub_without_meter(hass, vtn)
    async with reached_by_https(hass):
        await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done(wait_background_tasks=True)
        with patch.object(coordinator_of(entry).openadr.notifying, "subscribe") as subscribe:
            await poll(hass, entry)
            assert subscribe.await_count == 0
            yield entry, subscribe
        assert await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.simulator_only("webhooks")
async def test_by_webhook_where_home_assistant_is_reached_by_https(
    hass: HomeAssistant, vtn: Vtn, socket_enabled: None
) -> None:
    program = await vtn.make_program("ResTOU")
    entry = await hub_without_meter(hass, vtn)
    assert news_of(entry).way == "polling"
    assert "no HTTPS address" in news_of(entry).note
    async with reached_by_https(hass):
        await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done(wait_background_tasks=True)
        assert (news_of(entry).way, news_of(entry).note) == ("webhook", "")
        polls = Polls(entry)
        made = await vtn.make_event(program["id"])
        await polls.created(made["id"])

        (subscription,) = await vtn.request("GET", "/subscriptions")
        url = subscription["objectOperations"][0]["callbackUrl"].replace("localhost", "127.0.0.1")
        async with ClientSession() as session:
            async with session.get(url, params={"echo": "<b>"}, ssl=False) as answer:
                assert (answer.status, answer.content_type, await answer.text()) == (200, "text/plain", "<b>")
            async with session.post(url, json={}, ssl=False, headers={"Authorization": "Bearer guessed"}) as answer:
                assert answer.status == 401
        assert await hass.config_entries.async_remove(entry.entry_id)
        await hass.async_block_till_done()
        assert await vtn.request("GET", "/subscriptions") == []


@pytest.mark.simulator_only("webhooks")
async def test_flood_at_the_webhook_is_one_poll(
    hass: HomeAssistant, vtn: Vtn, socket_enabled: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who knows the token may post as often and as much as they like, who does not is told nothing."""
    # Before it is polled by itself, every five minutes.
    monkeypatch.setattr(news_module, "uniform", lambda *_: 120.0)
    entry = await hub_without_meter(hass, vtn)
    hass.config_entries.async_update_entry(entry, pref_disable_polling=True)  # of its own accord
    async with reached_by_https(hass):
        await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done(wait_background_tasks=True)
        (subscription,) = await vtn.request("GET", "/subscriptions")
        (told, *_) = subscription["objectOperations"]
        url, token = told["callbackUrl"].replace("localhost", "127.0.0.1"), told["bearerToken"]
        polled: list[bool] = []
        coordinator_of(entry).polled.add(polled.append)
        async with ClientSession() as session:
            for said, status in ((token, 200), (f"{token}x", 401), ("", 401), ("\udce4", 401)):
                headers = {"Authorization": f"Bearer {said}".encode("utf-8", "surrogateescape").decode("latin-1")}
                for body in (b"{}", b"[" * 100_000, b"x" * 1_000_000) * 30:
                    async with session.post(url, data=body, ssl=False, headers=headers) as answer:
                        assert answer.status == status
        assert polled == []
        async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=121))
        await until(lambda: polled)
        await hass.async_block_till_done(wait_background_tasks=True)
        assert polled == [True]


@pytest.mark.simulator_only("webhooks")
@pytest.mark.parametrize("broker", [False, True])
async def test_webhook_that_the_vtn_does_not_reach_is_no_way(
    hass: HomeAssistant, vtn: Vtn, socket_enabled: None, *, broker: bool
) -> None:
    """It challenges the callback before it takes it (Definition, "Webhooks"): an address says nothing yet."""
    if broker:
        await vtn.have_broker()
    hass.config.external_url = "https://localhost:9"
    entry = entry_without_meter(hass, vtn)
    assert await hass.config_entries.async_setup(entry.entry_id)
    news = news_of(entry)
    await until(lambda: "no webhook" in news.note)
    await until(lambda: news.way == ("mqtt" if broker else "polling"))
    told = (await async_get_config_entry_diagnostics(hass, entry))["told_by"]
    assert (told["way"], "callbackUrl … does not answer" in told["because"]) == (news.way, True)
    assert "/api/webhook/" not in told["because"], "where somebody may post to us is nobody else's"
    assert await vtn.request("GET", "/subscriptions") == []
    assert await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.simulator_only("webhooks, faults")
async def test_busy_vtn_is_asked_for_its_webhook_later(
    hass: HomeAssistant, vtn: Vtn, simulated_vtn: SimulatedVtn, socket_enabled: None
) -> None:
    entry = await hub_without_meter(hass, vtn)
    async with reached_by_https(hass):
        await simulated_vtn.call("PUT", "/faults/rate_limit", path="/subscriptions")
        await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done(wait_background_tasks=True)
        news = news_of(entry)
        assert news.way == "polling"
        assert "429" in news.note
        await simulated_vtn.call("DELETE", "/faults")
        with patch.object(dt_util, "utcnow", return_value=dt_util.utcnow() + timedelta(hours=1)):
            await coordinator_of(entry).async_refresh()
        await until(lambda: news.way == "webhook")
        assert news.note == ""
        assert await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.simulator_only("webhooks")
async def test_vtn_on_the_local_network_posts_to_the_address_there_until_the_hub_is_gone(
    hass: HomeAssistant, vtn: Vtn, socket_enabled: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name of the network is as near as an address (RFC 6762, 3; RFC 8375): a router need not lead back inside."""
    monkeypatch.setattr(news_module, "SPREAD", 3600.0)
    program = await vtn.make_program("ResTOU")
    url = URL(vtn.url)
    here = {"hostname": "vtn.local", "host": "127.0.0.1", "port": url.port, "family": socket.AF_INET}
    by_name = {"url": str(url.with_host("vtn.local")), "token_url": f"{url}/auth/token"}
    resolved = [here | {"proto": 0, "flags": 0}]
    with patch("aiohttp.resolver.AsyncResolver.resolve", return_value=resolved):
        entry = await hub_without_meter(hass, vtn, **by_name)
        async with reached_by_https(hass):
            hass.config.internal_url, hass.config.external_url = hass.config.external_url, "https://far.example"
            await hass.config_entries.async_reload(entry.entry_id)
            await hass.async_block_till_done(wait_background_tasks=True)
            assert news_of(entry).way == "webhook"
            (subscription,) = await vtn.request("GET", "/subscriptions")
            (told, *_) = subscription["objectOperations"]
            assert told["callbackUrl"].startswith(hass.config.internal_url)
            news = news_of(entry)
            await vtn.make_event(program["id"])
            await until(lambda: news._polling_soon is not None)
            polled: list[bool] = []
            coordinator_of(entry).polled.add(polled.append)
            assert await hass.config_entries.async_unload(entry.entry_id)
            async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=3601))
            await hass.async_block_till_done()
            assert polled == []


async def test_by_mqtt_where_it_is_not(hass: HomeAssistant, vtn: Vtn, socket_enabled: None) -> None:
    await vtn.have_broker()
    program = await vtn.make_program("ResTOU")
    entry = entry_without_meter(hass, vtn)
    assert await hass.config_entries.async_setup(entry.entry_id)
    polls, news = Polls(entry), news_of(entry)
    await until(lambda: news.way == "mqtt")
    made = await vtn.make_event(program["id"])
    await polls.created(made["id"])
    assert (await async_get_config_entry_diagnostics(hass, entry))["told_by"]["way"] == "mqtt"
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_vtn_that_offers_no_way_is_looked_at_ever_less_often(
    hass: HomeAssistant, vtn: Vtn, socket_enabled: None
) -> None:
    """Its broker may be away for a minute, or there may be none: it is polled meanwhile."""
    entry = await hub_without_meter(hass, vtn)
    news, began = news_of(entry), dt_util.utcnow()
    assert news.way == "polling"
    looked: list[int] = []

    async def polled(minute: int) -> None:
        with patch.object(dt_util, "utcnow", return_value=began + timedelta(minutes=minute)):
            await poll(hass, entry)

    notifiers = coordinator_of(entry).openadr.notifying.notifiers
    with patch.object(coordinator_of(entry).openadr.notifying, "notifiers", side_effect=notifiers) as look:
        for minute in (*range(2, 130, 2), *range(130, 2000, 10)):
            await polled(minute)
            if look.await_count > len(looked):
                looked.append(minute)
    waited = [after - before for before, after in pairwise(looked)]
    assert (looked[0], waited[:5], waited[-2:]) == (2, [2, 4, 8, 16, 32], [360, 360])
    await vtn.have_broker()
    await polled(looked[-1] + 362)
    await until(lambda: news.way == "mqtt")
    assert news._untold.after() == 60.0, "it is looked at soon where it is lost again"
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_news_of_a_poll_under_way_has_another_one_follow(
    hass: HomeAssistant, vtn: Vtn, socket_enabled: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may have read the events before there was one more."""
    await vtn.have_broker()
    program = await vtn.make_program("ResTOU")
    entry = entry_without_meter(hass, vtn)
    assert await hass.config_entries.async_setup(entry.entry_id)
    polls, news, openadr = Polls(entry), news_of(entry), coordinator_of(entry).openadr
    await until(lambda: news.way == "mqtt")
    poll, has_read, goes_on = openadr.poll, asyncio.Event(), asyncio.Event()

    async def slowly() -> Changes:
        changes = await poll()
        has_read.set()
        await goes_on.wait()
        return changes

    monkeypatch.setattr(openadr, "poll", slowly)
    await vtn.make_event(program["id"])
    await has_read.wait()
    prompt, prompted = news._asking.async_prompt, asyncio.Event()

    def prompts() -> None:
        prompt()
        prompted.set()

    monkeypatch.setattr(news._asking, "async_prompt", prompts)
    made = await vtn.make_event(program["id"])
    await prompted.wait()
    goes_on.set()
    await polls.created(made["id"])
    assert await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize("when", ["while it is polled for news", "while it is polled", "before"])
async def test_news_of_a_vtn_that_asks_to_be_left_alone_has_it_polled_no_sooner(
    hass: HomeAssistant, vtn: Vtn, socket_enabled: None, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    """What was told while it could still be asked is found by the poll that it asked for."""
    entry = await hub_without_meter(hass, vtn)
    coordinator, news = coordinator_of(entry), news_of(entry)
    polled, goes_on = [], asyncio.Event()

    async def busy() -> Changes:
        polled.append(news)
        await goes_on.wait()
        raise UtilityError(UtilityReason.UTILITY_BUSY, "429", retry_after=timedelta(hours=1))

    async def time_passes() -> None:
        async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=1))
        await hass.async_block_till_done()

    monkeypatch.setattr(coordinator.openadr, "poll", busy)
    if when == "before":
        monkeypatch.setattr(news_module, "SPREAD", 0.5)
        news._hint()
        goes_on.set()
        await coordinator.async_refresh()
    else:
        if when == "while it is polled":
            entry.async_create_background_task(hass, coordinator.async_refresh(), "a poll of its own")
        for _ in range(2):
            news._hint()
            await time_passes()
        goes_on.set()
    await hass.async_block_till_done(wait_background_tasks=True)
    await time_passes()
    await hass.async_block_till_done(wait_background_tasks=True)
    assert polled == [news]
    assert await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.simulator_only("webhooks")
async def test_subscriptions_are_looked_at_where_there_is_more_to_be_told_of(
    hass: HomeAssistant, vtn: Vtn, socket_enabled: None
) -> None:
    async with subscribing(hass, vtn) as (entry, subscribe):
        await vtn.make_program("ResTOU")
        await poll(hass, entry)
        await until(lambda: subscribe.await_count == 1)


@pytest.mark.simulator_only("webhooks")
async def test_subscription_is_renewed_at_once_where_our_clock_was_put_back(
    hass: HomeAssistant, vtn: Vtn, socket_enabled: None
) -> None:
    """A machine without a clock of its own begins years ahead: what was to be done in six hours is long not due."""
    async with subscribing(hass, vtn) as (entry, subscribe):
        with patch.object(dt_util, "utcnow", return_value=dt_util.utcnow() - timedelta(days=365)):
            await poll(hass, entry)
        await until(lambda: subscribe.await_count == 1)


@pytest.mark.simulator_only("webhooks")
async def test_way_is_chosen_with_the_next_poll_where_a_broker_was_lost(
    hass: HomeAssistant, vtn: Vtn, socket_enabled: None
) -> None:
    async with subscribing(hass, vtn) as (entry, subscribe):
        news_of(entry)._lost(UtilityError(UtilityReason.UTILITY_UNREACHABLE, "gone"))
        await poll(hass, entry)
        await until(lambda: subscribe.await_count == 1)


@pytest.mark.simulator_only("MQTT: a broker that ends")
@pytest.mark.parametrize("stood", [0.0, 300.0], ids=["after long", "soon"])
async def test_broker_that_was_lost_is_looked_for_with_the_next_poll(
    hass: HomeAssistant,
    vtn: Vtn,
    simulated_vtn: SimulatedVtn,
    socket_enabled: None,
    monkeypatch: pytest.MonkeyPatch,
    stood: float,
) -> None:
    monkeypatch.setattr(news_module, "_STOOD", stood)
    monkeypatch.setattr(news_module, "EVERY", timedelta(0))
    monkeypatch.setattr(news_module, "_FIRST_UNTOLD", 0.0)
    await vtn.have_broker()
    entry = entry_without_meter(hass, vtn)
    assert await hass.config_entries.async_setup(entry.entry_id)
    news = news_of(entry)
    await until(lambda: news.way == "mqtt")
    await simulated_vtn.call("DELETE", "/mqtt")
    await until(lambda: news.way == "polling")
    await simulated_vtn.call("PUT", "/mqtt", authentication="anonymous")
    await coordinator_of(entry).async_refresh()
    await until(lambda: news.way == "mqtt")
    assert await hass.config_entries.async_unload(entry.entry_id)
