"""Tokens while something else goes on: signing in anew, another utility, none to renew with; and given back."""

import asyncio
import gc
import time
from collections.abc import AsyncGenerator
from contextlib import suppress
from functools import partial
from typing import Any

import pytest
from aiohttp import web
from homeassistant.components.application_credentials import ClientCredential, async_import_client_credential
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry
from yarl import URL

from custom_components.utility_han.account import access, oauth
from custom_components.utility_han.account.access import async_give_up_account
from custom_components.utility_han.account.manager import AccountManager
from custom_components.utility_han.account.oauth import Server, UtilityOAuth2Implementation
from custom_components.utility_han.account.tokens import Tokens
from custom_components.utility_han.const import CONF_UTILITY, DOMAIN
from custom_components.utility_han.hub.background.rounds import Rounds
from custom_components.utility_han.procedures import RegistrationRun, close_registration
from custom_components.utility_han.utility import Event, Utility, UtilityError, UtilityReason
from tests.helpers.rogue import Internet, internet
from tests.helpers.states import persistent_notifications

pytestmark = pytest.mark.use_case("UR-5")
CREDENTIAL = "utility_han_from_the_letter"
OLD = {"access_token": "old-access", "refresh_token": "old-refresh", "expires_at": 0.0, "token_type": "Bearer"}
NEW = OLD | {"access_token": "new-access", "refresh_token": "new-refresh", "expires_at": time.time() + 86400}
RENEWED = {"access_token": "renewed", "refresh_token": "renewed-refresh", "token_type": "Bearer", "expires_in": 3600}


@pytest.fixture
async def net(socket_enabled: None, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Internet]:
    """Two utilities, whose authority Home Assistant knows."""
    async with internet() as made:
        for module in (access, oauth):
            monkeypatch.setattr(module, "async_get_clientsession", lambda _hass: made.session)
        yield made


def account_at(server: Any) -> dict[str, Any]:
    """Return what an entry knows of an account at a server."""
    return {
        "url": str(server.url),
        "api_base": server.at("/api"),
        "authorize_url": server.at("/oauth/authorize"),
        "token_url": server.at("/oauth/token"),
        "revocation_url": server.at("/oauth/revoke"),
        "client_id": "us",
        "premise_id": "p1",
    }


@pytest.fixture
def entry(hass: HomeAssistant, net: Internet) -> MockConfigEntry:
    """A hub with an account at the real utility, whose access token has expired."""
    data = {CONF_UTILITY: account_at(net.real), "auth_implementation": CREDENTIAL, "token": OLD}
    made = MockConfigEntry(domain=DOMAIN, title="Home", data=data)
    made.add_to_hass(hass)
    return made


@pytest.fixture
def tokens(hass: HomeAssistant, net: Internet, entry: MockConfigEntry) -> Tokens:
    server = Server(net.real.at("/oauth/authorize"), net.real.at("/oauth/token"), net.real.at("/api"))
    client = UtilityOAuth2Implementation(hass, CREDENTIAL, ClientCredential("us", "a-client-secret"), server)
    return Tokens(hass, entry, client)


def change(hass: HomeAssistant, entry: MockConfigEntry, **changes: Any) -> None:
    hass.config_entries.async_update_entry(entry, data={**entry.data, **changes})


async def test_renewal_under_way_does_not_take_the_place_of_signing_in_anew(
    hass: HomeAssistant, net: Internet, entry: MockConfigEntry, tokens: Tokens
) -> None:
    asked, answer = asyncio.Event(), asyncio.Event()

    async def slowly(_request: web.Request) -> web.StreamResponse:
        asked.set()
        await answer.wait()
        return web.json_response(RENEWED)

    net.real.says["POST /oauth/token"] = slowly
    waiting = asyncio.ensure_future(tokens.valid())
    await asked.wait()
    change(hass, entry, token=NEW)
    answer.set()
    assert await waiting == "new-access"
    assert entry.data["token"] == NEW


async def test_token_of_another_utility_is_not_shown_to_the_former_one(
    hass: HomeAssistant, net: Internet, entry: MockConfigEntry, tokens: Tokens
) -> None:
    """The hub goes on for a moment when another account was linked, until it is loaded anew."""
    net.real.says["POST /oauth/token"] = RENEWED
    for token in (NEW, NEW | {"expires_at": 0.0}):
        change(hass, entry, token=token, **{CONF_UTILITY: account_at(net.rogue)})
        for asked in (tokens.valid(), tokens.renewed("new-access")):
            with pytest.raises(UtilityError) as caught:
                await asked
            assert caught.value.reason is UtilityReason.UTILITY_UNREACHABLE
    assert net.real.asked == []
    assert entry.data["token"]["access_token"] == "new-access"


async def test_permission_that_cannot_be_renewed_is_asked_for(
    hass: HomeAssistant, net: Internet, entry: MockConfigEntry, tokens: Tokens
) -> None:
    """A refresh token is optional (RFC 6749, 5.1): a person signs in again when the access token has run out."""
    change(hass, entry, token={key: value for key, value in OLD.items() if key != "refresh_token"})
    with pytest.raises(UtilityError) as caught:
        await tokens.valid()
    assert caught.value.reason is UtilityReason.UNAUTHORIZED
    assert net.real.asked == []


@pytest.mark.parametrize(
    ("status", "said", "reason"),
    [
        (503, {}, UtilityReason.UTILITY_UNREACHABLE),
        (429, {}, UtilityReason.UTILITY_UNREACHABLE),
        (200, [], UtilityReason.UTILITY_UNREACHABLE),
        (200, RENEWED | {"access_token": ""}, UtilityReason.UTILITY_UNREACHABLE),
        (200, {"access_token": "renewed", "token_type": "Bearer"}, UtilityReason.UTILITY_UNREACHABLE),
        (400, {"error": "invalid_grant"}, UtilityReason.UNAUTHORIZED),
    ],
)
async def test_tokens_stay_where_the_utility_gives_no_others(
    net: Internet, entry: MockConfigEntry, tokens: Tokens, status: int, said: Any, reason: UtilityReason
) -> None:
    """Only a refusal (RFC 6749, 5.2) is for a person: with what there is it is asked again later."""

    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.json_response(said, status=status)

    net.real.says["POST /oauth/token"] = answer
    with pytest.raises(UtilityError) as caught:
        await tokens.valid()
    assert caught.value.reason is reason
    assert entry.data["token"] == OLD
    net.real.says["POST /oauth/token"] = RENEWED
    assert await tokens.valid() == "renewed"
    assert [URL(f"?{asked.body}").query["refresh_token"] for asked in net.real.asked] == ["old-refresh"] * 2


@pytest.mark.use_case("UR-P")
async def test_permission_is_taken_back_with_the_secret_of_the_client(
    hass: HomeAssistant, net: Internet, entry: MockConfigEntry, caplog: pytest.LogCaptureFixture
) -> None:
    """RFC 7009, 2.1: who has client credentials shows them, or the server refuses; that it has is told."""
    assert await async_setup_component(hass, "application_credentials", {})
    await async_import_client_credential(hass, DOMAIN, ClientCredential("us", "a-client-secret"), "from_the_letter")
    change(hass, entry, token=NEW, auth_implementation="from_the_letter")

    async def revoke(request: web.Request) -> web.StreamResponse:
        form = await request.post()
        known = (form["client_id"], form.get("client_secret")) == ("us", "a-client-secret")
        return web.Response(status=200 if known else 401)

    net.real.says["POST /oauth/revoke"] = revoke
    await async_give_up_account(hass, entry, [])
    (asked,) = net.real.asked
    assert URL(f"?{asked.body}").query["token"] == "new-refresh"
    assert "a-client-secret" in asked.body
    assert "not taken back" not in caplog.text
    net.real.says.clear()
    await async_give_up_account(hass, entry, [])
    assert "the permission was not taken back: HTTP 404" in caplog.text
    assert not any(secret in caplog.text for secret in ("a-client-secret", "new-refresh", "new-access"))


@pytest.mark.use_case("UR-P")
async def test_devices_that_cannot_be_taken_back_without_a_permission_are_told(
    hass: HomeAssistant, net: Internet, entry: MockConfigEntry
) -> None:
    assert await async_setup_component(hass, "application_credentials", {})
    await async_import_client_credential(hass, DOMAIN, ClientCredential("us", "a-client-secret"), "from_the_letter")
    token = {key: value for key, value in OLD.items() if key != "refresh_token"}
    change(hass, entry, token=token, auth_implementation="from_the_letter")
    left = []

    async def tell(_hass: object, _entry: object, key: str, _said: object) -> None:
        left.append(key)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(access, "async_notify", tell)
        await async_give_up_account(hass, entry, [_GOODBYE])
    assert left == ["utility_not_told"]
    assert net.real.asked == []


_REGISTERED = RegistrationRun("AB" * 20, "pool_pump", "", "a-premise", "", registration_id="a-registration")
_GOODBYE = ("Pool pump", partial(close_registration, run=_REGISTERED))


@pytest.mark.use_case("UR-P")
@pytest.mark.parametrize("away", [False, True])
async def test_permission_that_has_run_out_is_renewed_to_take_all_back(
    hass: HomeAssistant, net: Internet, entry: MockConfigEntry, *, away: bool
) -> None:
    """A hub may be removed long after its utility was spoken with; one that renews nothing is told by the person."""
    assert await async_setup_component(hass, "application_credentials", {})
    await async_import_client_credential(hass, DOMAIN, ClientCredential("us", "a-client-secret"), "from_the_letter")
    change(hass, entry, auth_implementation="from_the_letter")
    net.real.says["POST /oauth/revoke"] = {}
    if not away:
        net.real.says["POST /oauth/token"] = RENEWED
    await async_give_up_account(hass, entry, [_GOODBYE])
    asked = {each.what: each for each in net.real.asked}
    told = [each["message"] for each in persistent_notifications(hass)]
    if away:
        assert list(asked) == ["POST /oauth/token"]
        (message,) = told
        assert net.real.url.authority in message
        assert "Pool pump" in message
        return
    assert told == []
    assert asked["DELETE /api/device-registrations/a-registration"].headers["Authorization"] == "Bearer renewed"
    assert URL(f"?{asked['POST /oauth/revoke'].body}").query["token"] == "renewed-refresh"


class _Cursor:
    cursor: str | None = None

    def note_whose(self, whose: str | None) -> None:
        """Nothing is kept."""

    def save_later(self) -> None:
        """Nothing is kept."""


class _Telling(Utility):
    """A utility that answers what a test says."""

    says: list[tuple[list[Event], str] | UtilityError]

    async def events(self, cursor: str | None, wait: int) -> tuple[list[Event], str]:
        said = self.says.pop(0)
        if isinstance(said, UtilityError):
            raise said
        return said


@pytest.mark.parametrize("turns", range(5))
async def test_error_that_comes_as_its_hub_goes_is_not_left_lying(
    hass: HomeAssistant, entry: MockConfigEntry, turns: int
) -> None:
    """What ends in an error in the moment in which nobody waits any more is no error of an unknown task."""
    goes, lying = asyncio.Event(), list[object]()

    class Ending(Utility):
        async def events(self, cursor: str | None, wait: int) -> tuple[list[Event], str]:
            await goes.wait()
            raise UtilityError(UtilityReason.UTILITY_UNREACHABLE, "another account was linked meanwhile")

    account = AccountManager(hass, entry, Ending(), _Cursor(), None, Rounds(hass, entry))
    following = hass.loop.create_task(account._follow())
    await asyncio.sleep(0.01)
    goes.set()
    for _ in range(turns):
        await asyncio.sleep(0)
    hass.loop.set_exception_handler(lambda _loop, told: lying.append(told))
    following.cancel()
    with suppress(asyncio.CancelledError, UtilityError):
        await following
    del following
    await asyncio.sleep(0.01)
    gc.collect()
    assert lying == []


async def test_utility_that_leads_no_further_is_not_asked_without_rest(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """Events that come again with the same cursor, and a cursor that has expired where none was sent."""
    utility, cursor = _Telling(), _Cursor()
    account = AccountManager(hass, entry, utility, cursor, None, Rounds(hass, entry))
    event = Event.from_json({"id": "e", "type": "case_changed", "at": "2026-11-28T05:00:00Z"})
    expired = UtilityError(UtilityReason.CURSOR_EXPIRED, "too old")
    utility.says = [([event], "c1"), ([event], "c1"), ([], "c1"), expired, expired]
    assert await account._follow() == 0, "there may be more"
    assert cursor.cursor == "c1"
    assert [await account._follow() > 0 for _ in range(3)] == [True] * 3
    assert cursor.cursor is None
    with pytest.raises(UtilityError):  # after which it is left alone for longer each time
        await account._follow()
