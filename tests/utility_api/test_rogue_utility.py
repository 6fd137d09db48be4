"""An address that a customer was talked into, and what is said there: over TLS, it gets neither code nor token.

RFC 8414, 3.3; RFC 9728, 4 and 7.6; RFC 9700, 4.4 and 4.12.
"""

import tracemalloc
from collections.abc import AsyncGenerator, Callable
from typing import Any

import pytest
from aiohttp import web

from custom_components.utility_han.utility import HanApi, discover_utility, register_client
from custom_components.utility_han.utility.errors import UtilityError, UtilityReason
from custom_components.utility_han.utility.han_api import discovery
from tests.helpers.rogue import MIB, Flood, Internet, Server, coded, drip, internet, redirect

DESCRIPTION = "GET /.well-known/utility-han"
METADATA = "GET /.well-known/oauth-authorization-server"
TOKEN = "a-token-that-is-secret"
REDIRECTS = (301, 302, 303, 307, 308)


def description(server: Server, **more: Any) -> dict[str, Any]:
    """What a utility says of itself."""
    told = {"name": "Power & Light", "issuer": str(server.url), "api_base": server.at("/api"), "features": []}
    return told | {"support": {}} | more


def metadata(server: Server, **more: Any) -> dict[str, Any]:
    """What its authorization server says of itself."""
    told = {"issuer": str(server.url)}
    for name in ("authorization", "token", "registration", "revocation"):
        told[f"{name}_endpoint"] = server.at(f"/oauth/{name}")
    return told | more


@pytest.fixture
async def net(socket_enabled: None) -> AsyncGenerator[Internet]:
    async with internet() as made:
        made.real.says = {DESCRIPTION: description(made.real), METADATA: metadata(made.real)}
        made.rogue.says = {DESCRIPTION: description(made.rogue), METADATA: metadata(made.rogue)}
        yield made


async def reason_of(net: Internet, server: Server) -> UtilityReason | None:
    """Look for a utility; return why there is none."""
    try:
        await discover_utility(net.session, server.url)
    except UtilityError as err:
        return err.reason
    return None


@pytest.mark.use_case("UR-5")
async def test_utility_at_one_origin_is_found(net: Internet) -> None:
    found = await discover_utility(net.session, net.real.url)
    assert found.api_base == net.real.at("/api")
    assert found.server.token == net.real.at("/oauth/token")


@pytest.mark.use_case("UR-5")
async def test_address_that_names_the_real_utility_for_signing_in_gets_no_token(net: Internet) -> None:
    """The customer would see the page that they know, and their token go to the attacker's API."""
    for api_base in (net.rogue.at("/api"), net.real.at("/api")):
        net.rogue.says[DESCRIPTION] = description(net.real, api_base=api_base)
        assert await reason_of(net, net.rogue) is UtilityReason.NOT_VOUCHED_FOR
    # Somebody is among those that the issuer knows: the likes of its own name are not.
    real = net.real.says[METADATA] = metadata(net.real, protected_resources=[net.real.at("/api"), "https://a.invalid"])
    assert await reason_of(net, net.rogue) is UtilityReason.NOT_VOUCHED_FOR
    assert real["issuer"] == str(net.real.url)


@pytest.mark.use_case("UR-5")
@pytest.mark.parametrize(
    ("vouched", "api", "reason"),
    [
        ("", "/api", None),
        ("/api", "/api", UtilityReason.NOT_VOUCHED_FOR),  # the address itself is not covered
        ("/", "/api/v1", None),
    ],
)
async def test_issuer_vouches_for_an_api_at_another_origin(
    net: Internet, vouched: str, api: str, reason: UtilityReason | None
) -> None:
    """``protected_resources`` (RFC 9728, 4): what is below one is it, too."""
    other = net.rogue
    other.says[DESCRIPTION] = description(net.real, api_base=other.at(api))
    net.real.says[METADATA] = metadata(net.real, protected_resources=[other.at(vouched)])
    assert await reason_of(net, other) is reason


@pytest.mark.use_case("UR-5")
async def test_only_whole_names_of_a_path_are_below_it(net: Internet) -> None:
    net.real.says[DESCRIPTION] = description(net.real, api_base=net.rogue.at("/customers/api"))
    for path, reason in (("/customer", UtilityReason.NOT_VOUCHED_FOR), ("/customers", None)):
        net.real.says[METADATA] = metadata(net.real, protected_resources=[net.rogue.at(path)])
        assert await reason_of(net, net.real) is reason


@pytest.mark.use_case("UR-5")
@pytest.mark.parametrize("endpoint", ["authorization", "token", "registration", "revocation"])
async def test_metadata_whose_endpoints_are_of_two_servers_are_not_used(net: Internet, endpoint: str) -> None:
    """The mix-up: a page of the real utility, and a code that is redeemed elsewhere (RFC 9700, 4.4)."""
    net.rogue.says[METADATA] = metadata(net.rogue, **{f"{endpoint}_endpoint": net.real.at("/oauth/there")})
    assert await reason_of(net, net.rogue) is UtilityReason.NOT_VOUCHED_FOR


@pytest.mark.use_case("UR-5")
@pytest.mark.parametrize("issuer", ["real", "slash", "path"])
async def test_metadata_of_another_issuer_are_not_used(net: Internet, issuer: str) -> None:
    """To the letter (RFC 8414, 3.3 and 4): a slash more is another one."""
    told = {"real": str(net.real.url), "slash": f"{net.rogue.url}/", "path": net.rogue.at("/tenant")}[issuer]
    net.rogue.says[METADATA] = metadata(net.rogue, issuer=told)
    assert await reason_of(net, net.rogue) is UtilityReason.NOT_VOUCHED_FOR


@pytest.mark.use_case("UR-5")
@pytest.mark.parametrize(
    "odd",
    [
        "http://utility.example",
        "ftp://127.0.0.1",
        "//127.0.0.1",
        "javascript:alert(1)",
        "https://utility.example@127.0.0.1",
        "https://:secret@127.0.0.1",
        "https://127.0.0.1/#api",
        "https://127.0.0.1/?a=b",
        "https://" + "a" * 254,
        "https://utility.example/" + "a" * 4096,
        "https://[::1",
        "",
    ],
)
@pytest.mark.parametrize("name", ["issuer", "api_base"])
async def test_address_at_which_nothing_may_be_said_is_none(net: Internet, name: str, odd: str) -> None:
    net.rogue.says[DESCRIPTION] = description(net.rogue, **{name: odd})
    assert await reason_of(net, net.rogue) is UtilityReason.NOT_A_UTILITY


def page(text: str) -> Callable[[web.Request], Any]:
    """Answer 200 with a page, as a server does that has one for whatever is asked."""

    async def say(_request: web.Request) -> web.StreamResponse:
        return web.Response(text=text, content_type="text/html")

    return say


@pytest.mark.use_case("UR-5")
@pytest.mark.parametrize("told", ["<html>Welcome</html>", "", "[]", '"utility-han"', "7"])
async def test_server_that_answers_whatever_is_asked_is_no_utility(net: Internet, told: str) -> None:
    for said in (DESCRIPTION, METADATA):
        kept, net.real.says[said] = net.real.says[said], page(told)
        assert await reason_of(net, net.real) is UtilityReason.NOT_A_UTILITY
        net.real.says[said] = kept
    assert await reason_of(net, net.real) is None


@pytest.mark.use_case("UR-5")
@pytest.mark.parametrize("told", ["<html>", "[]", "{}", '{"client_id": 7}', '{"client_id": "us", "client_secret": 7}'])
async def test_registration_that_gives_no_client_is_not_understood(net: Internet, told: str) -> None:
    """``client_id`` is REQUIRED in what answers it (RFC 7591, 3.2.1), and a secret is text."""
    net.real.says["POST /oauth/registration"] = page(told)
    with pytest.raises(UtilityError) as odd:
        await register_client(net.session, net.real.at("/oauth/registration"), "https://home.example/callback")
    assert odd.value.reason is UtilityReason.UTILITY_NOT_UNDERSTOOD
    assert "no client id" in odd.value.detail


@pytest.mark.use_case("UR-5")
async def test_nobody_far_away_vouches_for_what_is_on_this_machine(net: Internet) -> None:
    there = "http://127.0.0.1:1/api"
    net.rogue.says[DESCRIPTION] = description(net.rogue, api_base=there)
    net.rogue.says[METADATA] = metadata(net.rogue, protected_resources=[there])
    assert await reason_of(net, net.rogue) is UtilityReason.NOT_VOUCHED_FOR


@pytest.mark.parametrize("status", REDIRECTS)
async def test_redirects_are_followed_nowhere(net: Internet, status: int) -> None:
    """Wherever a secret, a code or a token is said, or looked for (RFC 9700, 4.12)."""
    real, rogue = net.real, net.rogue
    for said in (DESCRIPTION, METADATA):
        kept, real.says[said] = real.says[said], redirect(status, rogue.at(said.removeprefix("GET ")))
        assert await reason_of(net, real) is UtilityReason.NOT_A_UTILITY
        real.says[said] = kept
    real.says["POST /oauth/registration"] = redirect(status, rogue.at("/oauth/registration"))
    with pytest.raises(UtilityError):
        await register_client(net.session, real.at("/oauth/registration"), "https://home.example/callback")

    async def token() -> str:
        return TOKEN

    real.says["GET /api/accounts"] = redirect(status, rogue.at("/api/accounts"))
    with pytest.raises(UtilityError):
        await HanApi(net.session, real.at("/api"), token).accounts()
    assert TOKEN in real.heard
    assert rogue.asked == []


@pytest.mark.parametrize(
    "flood",
    [Flood(200 * MIB), Flood(200 * MIB, chunked=False), Flood(200 * MIB, "gzip"), Flood(200 * MIB, "deflate")],
    ids=["chunked", "length", "gzip", "deflate"],
)
async def test_answer_of_200_mib_is_not_held(net: Internet, flood: Flood) -> None:
    """It is counted as it comes, after its coding: a thousand bytes stand for each that is sent."""
    if flood.coding is not None:
        coded(flood.coding, 200)  # made beforehand: the server's memory is this process's too
    net.rogue.says[DESCRIPTION] = flood
    tracemalloc.start()
    try:
        assert await reason_of(net, net.rogue) is UtilityReason.UTILITY_NOT_UNDERSTOOD
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 24 * MIB
    assert flood.sent < 24 * MIB


async def test_answer_that_drips_has_an_end(net: Internet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discovery, "_TIMEOUT", 0.5)
    net.rogue.says[DESCRIPTION] = drip
    assert await reason_of(net, net.rogue) is UtilityReason.UTILITY_UNREACHABLE


@pytest.mark.use_case("UR-11")
@pytest.mark.parametrize("written", [str, str.lower])
async def test_what_a_utility_says_of_a_failure_gives_no_secret_away(
    net: Internet, written: Callable[[str], str]
) -> None:
    """It goes into logs, diagnostics and cases; a utility may have back in it what it was told, or wrote itself."""
    other = "1M8GDM9AXKP042788"
    told: list[str] = []

    async def refuse(request: web.Request) -> web.StreamResponse:
        body = await request.json()
        told.append(written(f"{other}\n{request.headers['Authorization']} is at odds with {sorted(body.values())}"))
        return web.json_response({"type": "about:blank", "detail": told[-1]}, status=400)

    net.real.says |= {"PUT /api/device-registrations/r/identification": refuse, "POST /api/vehicles": refuse}

    async def token() -> str:
        return TOKEN

    api = HanApi(net.session, net.real.at("/api"), token)
    secrets = ("SN-0042-A7", "123456", "WVWZZZ1KZAW000017", "40021-7788")
    for asked in (
        lambda: api.identify("r", *secrets[:2]),
        lambda: api.add_vehicle(secrets[2], "Volkswagen", "ID.3", None, secrets[3], "a-key"),
    ):
        with pytest.raises(UtilityError) as caught:
            await asked()
        said = caught.value.detail
        assert not any(each.casefold() in said.casefold() for each in (*secrets, other, TOKEN)), said
        assert "\n" not in said
        assert "HTTP 400" in said
        assert "is at odds with" in said
    assert all(any(written(each) in one for one in told) for each in (*secrets, TOKEN)), "or nothing is taken out"
