"""An authorization server that means harm, and credentials that are another one's: what a hub tells it, and takes."""

import json
from collections.abc import AsyncGenerator, Callable
from typing import Any

import pytest
from aiohttp import web
from homeassistant.components.application_credentials import ClientCredential
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import (
    OAuth2TokenRequestBaseError,
    OAuth2TokenRequestConnectionError,
    OAuth2TokenRequestError,
    OAuth2TokenRequestReauthError,
    OAuth2TokenRequestTransientError,
)
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, WebSocketGenerator
from yarl import URL

from custom_components.utility_han.account import access, oauth
from custom_components.utility_han.account.flow import signing_in
from custom_components.utility_han.account.oauth import Server, UtilityOAuth2Implementation
from custom_components.utility_han.const import CONF_UTILITY, DOMAIN
from tests.component.conftest import Commission
from tests.conftest import SimulatedGateway
from tests.helpers import accounts, flows
from tests.helpers.rogue import MIB, Flood, Internet, coded, drip, internet, redirect
from tests.helpers.utility import SimulatedUtility

pytestmark = pytest.mark.usefixtures("current_request_with_host")

SECRETS = ("a-client-secret", "a-refresh-token", "a-verifier")
REFRESH = {"refresh_token": "a-refresh-token"}
GOOD = {"access_token": "abc", "token_type": "Bearer", "expires_in": 60}


@pytest.fixture
async def net(socket_enabled: None) -> AsyncGenerator[Internet]:
    """Both servers."""
    async with internet() as made:
        yield made


@pytest.fixture
def trust(net: Internet, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Return what has Home Assistant's session know the authority of their certificate."""

    def now() -> None:
        for module in (access, oauth, signing_in):
            monkeypatch.setattr(module, "async_get_clientsession", lambda _hass: net.session)

    return now


@pytest.fixture
def trusted(trust: Callable[[], None]) -> None:
    trust()


def client_of(hass: HomeAssistant, net: Internet) -> UtilityOAuth2Implementation:
    """Return our client at the real utility."""
    server = Server(net.real.at("/oauth/authorize"), net.real.at("/oauth/token"), net.real.at("/api"))
    return UtilityOAuth2Implementation(hass, "utility_han_here", ClientCredential("us", "a-client-secret"), server)


def says(status: int, said: Any) -> Any:
    """Answer with JSON, or with text."""

    async def say(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, text=said if isinstance(said, str) else json.dumps(said))

    return say


@pytest.mark.use_case("UR-5")
@pytest.mark.usefixtures("trusted")
async def test_tokens_are_asked_for_the_api_alone(hass: HomeAssistant, net: Internet) -> None:
    """``resource`` (RFC 8707, 2.1 and 2.2), when a person signs in, for the code, and at each renewal."""
    client, api = client_of(hass, net), net.real.at("/api")
    net.real.says["POST /oauth/token"] = GOOD
    assert client.extra_authorize_data["resource"] == api
    token = await client.async_refresh_token(REFRESH)
    assert token["access_token"] == "abc"
    state = {"redirect_uri": "https://home.example/auth/external/callback"}
    await client.async_resolve_external_data({"code": "a-code", "state": state})
    for asked in net.real.asked:
        assert URL(f"?{asked.body}").query["resource"] == api


@pytest.mark.use_case("UR-5")
@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_neither_secret_nor_token_follows_a_redirect(hass: HomeAssistant, net: Internet, status: int) -> None:
    """307 and 308 have a client send its form again (RFC 9110, 15.4.8 and 15.4.9), as Home Assistant's own does."""
    net.real.says["POST /oauth/token"] = redirect(status, net.rogue.at("/oauth/token"))
    net.rogue.says["POST /oauth/token"] = GOOD
    with pytest.raises(OAuth2TokenRequestError):
        await client_of(hass, net).async_refresh_token(REFRESH)
    assert "a-refresh-token" in net.real.heard
    assert net.rogue.asked == []


@pytest.mark.use_case("UR-5")
@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize(
    ("say", "error"),
    [
        (says(400, {"error": "invalid_grant"}), OAuth2TokenRequestReauthError),
        (says(401, "no"), OAuth2TokenRequestReauthError),
        (says(429, "later"), OAuth2TokenRequestTransientError),
        (says(503, "later"), OAuth2TokenRequestTransientError),
        (says(204, ""), OAuth2TokenRequestError),
        (says(200, "<html>"), OAuth2TokenRequestConnectionError),
        (says(200, "[" * 100_000), OAuth2TokenRequestConnectionError),
        (says(200, []), OAuth2TokenRequestConnectionError),
        (says(200, GOOD | {"access_token": "a\r\nHost: elsewhere.invalid"}), OAuth2TokenRequestConnectionError),
        (says(200, GOOD | {"access_token": "ä" * 10}), OAuth2TokenRequestConnectionError),
        (says(200, GOOD | {"access_token": "a" * 8193}), OAuth2TokenRequestConnectionError),
        (says(200, GOOD | {"access_token": None}), OAuth2TokenRequestConnectionError),
        (says(200, GOOD | {"refresh_token": 7}), OAuth2TokenRequestConnectionError),
        (says(200, GOOD | {"token_type": "mac"}), OAuth2TokenRequestConnectionError),
        (says(200, GOOD | {"expires_in": "1e400"}), OAuth2TokenRequestConnectionError),
        (
            says(200, '{"access_token":"abc","token_type":"Bearer","expires_in":1e400}'),
            OAuth2TokenRequestConnectionError,
        ),
        (says(200, GOOD | {"expires_in": 10**30}), OAuth2TokenRequestConnectionError),
        (says(200, GOOD | {"expires_in": True}), OAuth2TokenRequestConnectionError),
        (Flood(200 * MIB), OAuth2TokenRequestConnectionError),
        (Flood(200 * MIB, "gzip"), OAuth2TokenRequestConnectionError),
        (drip, OAuth2TokenRequestConnectionError),
    ],
    ids=range(21),
)
async def test_token_that_is_none_is_not_kept(
    hass: HomeAssistant,
    net: Internet,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    say: Any,
    error: type[OAuth2TokenRequestBaseError],
) -> None:
    monkeypatch.setattr(oauth, "_PATIENCE", 0.5 if say is drip else 60.0)
    coded("gzip", 200)
    net.real.says["POST /oauth/token"] = say
    with pytest.raises(OAuth2TokenRequestBaseError) as caught:
        await client_of(hass, net).async_refresh_token(REFRESH)
    assert type(caught.value) is error
    assert not any(secret in caplog.text for secret in SECRETS)


async def typed_credentials(hass: HomeAssistant, client: WebSocketGenerator) -> None:
    """Have credentials that a person typed at Home Assistant's page for them."""
    socket = await client(hass)
    typed = {"domain": DOMAIN, "client_id": "us", "client_secret": "a-client-secret", "name": "From the letter"}
    await socket.send_json_auto_id({"type": "application_credentials/create", **typed})
    assert (await socket.receive_json())["result"]["id"] == "utility_han_us"


def offer(server: Any, **more: Any) -> None:
    """Have a server be a utility without a registration endpoint, whose credentials come by letter."""
    server.says |= {
        "GET /.well-known/utility-han": {
            "name": "Power & Light",
            "issuer": str(server.url),
            "api_base": server.at("/api"),
            "features": [],
            "support": {},
        },
        "GET /.well-known/oauth-authorization-server": {
            "issuer": str(server.url),
            "authorization_endpoint": server.at("/oauth/authorize"),
            "token_endpoint": server.at("/oauth/token"),
        }
        | more,
    }


@pytest.mark.use_case("UR-5")
@pytest.mark.usefixtures("trusted")
async def test_typed_credentials_go_where_a_person_says(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    commission: Commission,
    hass_ws_client: WebSocketGenerator,
    net: Internet,
) -> None:
    """The only ones too: the page names the host that is to have them."""
    assert await async_setup_component(hass, DOMAIN, {})
    entry = await commission(gateway)
    await typed_credentials(hass, hass_ws_client)
    offer(net.rogue)
    result = await flows.submit(hass, await accounts.begin(hass, entry), {"url": str(net.rogue.url)})
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "pick_implementation")
    assert (result["description_placeholders"] or {})["host"] == net.rogue.url.authority
    assert not any(secret in net.rogue.heard for secret in SECRETS)
    result = await flows.submit(hass, result, {"implementation": "utility_han_us"})
    assert result["type"] is FlowResultType.EXTERNAL_STEP
    assert URL(result["url"]).origin() == net.rogue.url


@pytest.mark.use_case("UR-5")
async def test_credentials_of_one_utility_are_no_choice_at_another(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    utility: SimulatedUtility,
    commission: Commission,
    hass_client_no_auth: ClientSessionGenerator,
    hass_ws_client: WebSocketGenerator,
    net: Internet,
    trust: Callable[[], None],
) -> None:
    """Neither those that it gave us by itself, nor typed ones that a hub uses there.

    The attacker registers us under the real utility's client id, so that Home Assistant keeps what it has.
    """
    assert await async_setup_component(hass, DOMAIN, {})
    await utility.attach(gateway.lfdi)
    entry = await commission(gateway)
    await accounts.link(hass, entry, utility, hass_client_no_auth)
    trust()
    known = entry.data[CONF_UTILITY]["client_id"]
    offer(net.rogue, registration_endpoint=net.rogue.at("/oauth/register"))
    net.rogue.says["POST /oauth/register"] = {"client_id": known, "client_secret": "theirs"}
    result = await flows.submit(hass, await accounts.begin(hass, entry), {"url": str(net.rogue.url)})
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "missing_credentials")
    await typed_credentials(hass, hass_ws_client)
    data: dict[str, Any] = {**entry.data, "auth_implementation": "utility_han_us"}
    hass.config_entries.async_update_entry(entry, data=data)
    result = await flows.submit(hass, await accounts.begin(hass, entry), {"url": str(net.rogue.url)})
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "missing_credentials")
    assert known not in net.rogue.heard


@pytest.mark.use_case("UR-5")
async def test_sign_in_that_gives_no_token_goes_on_from_the_address(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    utility: SimulatedUtility,
    commission: Commission,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    assert await async_setup_component(hass, DOMAIN, {})
    entry: ConfigEntry = await commission(gateway)
    result = await flows.submit(hass, await accounts.begin(hass, entry), {"url": utility.url})
    await utility.fault("http_error", status=503, path="/oauth/token")
    result = await accounts.sign_in(hass, result, utility, hass_client_no_auth)
    assert (result["step_id"], result["errors"]) == ("account", {"base": "utility_not_understood"})
    await utility.mend()
    result = await flows.submit(hass, result, {"url": utility.url})
    assert result["type"] is FlowResultType.EXTERNAL_STEP
