"""A utility that speaks OpenADR is set up, changed and left, by its pages."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager, suppress
from ipaddress import ip_address
from unittest.mock import patch

import pytest
from aiohttp import web
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    SOURCE_ZEROCONF,
    ConfigEntry,
    ConfigFlowContext,
    ConfigFlowResult,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.service_info.zeroconf import ZeroconfServiceInfo
from yarl import URL

from custom_components.utility_han.account.discovery import FoundVtn
from custom_components.utility_han.account.flow.vtn_dialog import has_moved
from custom_components.utility_han.account.manager import AccountManager
from custom_components.utility_han.const import CONF_VTN, DOMAIN
from custom_components.utility_han.diagnostics import async_get_config_entry_diagnostics
from custom_components.utility_han.reports.store import KeptReports
from custom_components.utility_han.utility import UtilityReason
from tests.component.conftest import Commission, over_ip
from tests.conftest import SimulatedGateway
from tests.helpers import flows
from tests.helpers.simulated_vtn import SimulatedVtn
from tests.helpers.vtn_hub import coordinator_of, entry_without_meter, poll, put_beside_meter
from tests.openadr.canned_vtn import canned_vtn
from tests.openadr.under_test import Vtn

PERCENT = [{"objectType": "EVENT_PAYLOAD_DESCRIPTOR", "payloadType": "CONTROL_LEVEL_OFFSET_PERCENT"}]


@pytest.fixture
def _not_set_up() -> Iterator[None]:
    """Leave the entry that is made alone: the pages are meant."""
    with patch("custom_components.utility_han.async_setup_entry", return_value=True):
        yield


def for_who_has_a_token(request: web.Request, _before: int) -> web.Response:
    """List no programs, to nobody else."""
    return web.json_response([], status=200 if "Authorization" in request.headers else 401)


async def trusted(hass: HomeAssistant, result: ConfigFlowResult) -> ConfigFlowResult:
    """Trust the certificate of a server on the local network."""
    assert (result["step_id"], result["errors"]) == ("vtn_certificate", {"base": "vtn_certificate_authority"})
    return await flows.submit(hass, result, {"trust": True})


async def change(hass: HomeAssistant, entry: ConfigEntry) -> ConfigFlowResult:
    """Choose to change a hub."""
    context = ConfigFlowContext(source=SOURCE_RECONFIGURE, entry_id=entry.entry_id)
    return await hass.config_entries.flow.async_init(entry.domain, context=context)


def announcement(vtn: Vtn) -> ZeroconfServiceInfo:
    """Return what is heard of a VTN by mDNS."""
    return ZeroconfServiceInfo(
        ip_address=ip_address("127.0.0.1"),
        ip_addresses=[ip_address("127.0.0.1")],
        port=URL(vtn.url).port,
        hostname="vtn.local.",
        type="_openadr3._tcp.local.",
        name="vtn-farm._openadr3._tcp.local.",
        properties={"version": "3.1.0", "local_url": vtn.url, "requires_auth": "True"},
    )


def answered(result: ConfigFlowResult) -> dict[str, object]:
    """Return what a form suggests, as a person leaves it."""
    schema = result["data_schema"]
    assert schema is not None
    suggested = {str(marker): (marker.description or {}).get("suggested_value") for marker in schema.schema}
    return {field: value for field, value in suggested.items() if value is not None}


@pytest.mark.use_case("UR-5")
async def test_who_has_no_credentials_goes_back_to_the_gateway_and_on_without(
    hass: HomeAssistant, gateway: SimulatedGateway, vtn: Vtn
) -> None:
    result = await flows.submit(hass, await flows.start(hass), {"host": gateway.host, "port": gateway.port})
    result = await flows.by_pin(hass, await flows.walk(hass, result, "method"), gateway.pin)
    result = await flows.submit(hass, await flows.choose(hass, result, "vtn"), {"url": vtn.url})
    result = await trusted(hass, result)
    result = await flows.submit(hass, result, {"client_id": vtn.ven.client_id})
    assert (result["step_id"], result["errors"]) == ("vtn_credentials", {"base": "credentials_refused"})
    result = await flows.submit(hass, result, {"without": True})
    assert result["step_id"] == "commissioned"


@pytest.mark.use_case("UR-5")
async def test_who_means_none_of_the_servers_goes_back_to_the_gateway_and_on_without(
    hass: HomeAssistant, gateway: SimulatedGateway, heard_vtns: list[FoundVtn]
) -> None:
    heard_vtns.append(FoundVtn("neighbour", "https://neighbour.example"))
    result = await flows.submit(hass, await flows.start(hass), {"host": gateway.host, "port": gateway.port})
    result = await flows.by_pin(hass, await flows.walk(hass, result, "method"), gateway.pin)
    result = await flows.choose(hass, result, "vtn")
    assert result["step_id"] == "vtn"
    result = await flows.submit(hass, result, {"without": True})
    assert result["step_id"] == "commissioned"


@pytest.mark.use_case("UR-5")
async def test_utility_alone_makes_a_hub(hass: HomeAssistant, vtn: Vtn) -> None:
    await vtn.make_program("Other")
    program = await vtn.make_program("Shed", payloadDescriptors=PERCENT)
    result = await flows.choose(hass, await flows.begin(hass), "vtn")
    assert result["step_id"] == "vtn_address", "none is heard"
    result = await flows.submit(hass, result, {"url": vtn.url.replace("https", "http")})
    assert result["errors"] == {"url": "not_encrypted"}
    result = await flows.submit(hass, result, {"url": vtn.url})
    result = await flows.submit(hass, result, {"trust": False})
    result = await trusted(hass, result)
    assert result["step_id"] == "vtn_credentials"
    known = {"client_id": vtn.ven.client_id, "client_secret": "another"}
    result = await flows.submit(hass, result, known)
    assert result["errors"] == {"base": "credentials_refused"}
    result = await flows.submit(hass, result, known | {"client_secret": vtn.ven.client_secret})
    assert (result["step_id"], flows.placeholder(result, "count")) == ("vtn_ready", "2")
    blank = await flows.submit(hass, result, answered(result) | {"name": " ", "ven_name": ""})
    assert blank["errors"] == {"name": "name_missing", "ven_name": "name_missing"}
    chosen = {"name": "Home", "followed": [program["id"]], "lower_percent": "less"}
    result = await flows.submit(hass, result, answered(result) | chosen)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Home"
    vtn_data = dict(result["data"][CONF_VTN])
    assert set(result["data"]) == {CONF_VTN}
    assert vtn_data.pop("ven_name").startswith("home-assistant-")
    assert vtn_data == {
        "url": vtn.url,
        "name": "Home",
        "version": "3.1",
        "client_id": vtn.ven.client_id,
        "client_secret": vtn.ven.client_secret,
        "token_url": None,
        "verify_certificate": False,
        "followed": [program["id"]],
        "lower_percent_is_less": True,
    }
    await hass.async_block_till_done(wait_background_tasks=True)
    assert coordinator_of(result["result"]).connected
    result = await flows.choose(hass, await flows.begin(hass), "vtn")
    result = await trusted(hass, await flows.submit(hass, result, {"url": vtn.url}))
    result = await flows.submit(hass, result, known | {"client_secret": vtn.ven.client_secret})
    assert result["reason"] == "vtn_already"


@pytest.mark.usefixtures("_not_set_up")
@pytest.mark.simulator_only("public mode")
async def test_public_server_that_is_heard_asks_for_nothing(
    hass: HomeAssistant, vtn: Vtn, simulated_vtn: SimulatedVtn, heard_vtns: list[FoundVtn]
) -> None:
    await simulated_vtn.call("PATCH", public=True)
    await vtn.make_program("ResTOU")
    local = await vtn.make_program("Farm")
    heard_vtns += [FoundVtn("odd", "https://["), FoundVtn("vtn-farm", vtn.url, ("Farm",))]
    await hass.config_entries.flow.async_init(
        DOMAIN, context=ConfigFlowContext(source=SOURCE_ZEROCONF), data=announcement(vtn)
    )
    result = await flows.choose(hass, await flows.begin(hass), "vtn")
    result = await trusted(hass, await flows.submit(hass, result, {"found": vtn.url}))
    assert result["step_id"] == "vtn_public"
    assert answered(result) == {"name": "vtn-farm", "followed": [local["id"]]}
    result = await flows.submit(hass, result, answered(result))
    assert result["data"][CONF_VTN]["client_id"] is None
    assert not hass.config_entries.flow.async_progress(), "it is not offered any more"

    entry = result["result"]
    assert entry.unique_id == vtn.url
    result = await flows.choose(hass, await change(hass, entry), "vtn_sign_in_anew")
    known = {"client_id": vtn.ven.client_id, "client_secret": vtn.ven.client_secret}
    result = await flows.submit(hass, result, known)
    result = await flows.submit(hass, result, answered(result))
    assert result["reason"] == "vtn_saved"
    assert entry.unique_id == f"{vtn.url} {vtn.ven.client_id}", "who is told without is somebody else"


@pytest.mark.usefixtures("_not_set_up")
async def test_server_that_announces_itself_is_asked_about_once(hass: HomeAssistant, vtn: Vtn) -> None:
    info = announcement(vtn)
    source = ConfigFlowContext(source=SOURCE_ZEROCONF)
    result = await hass.config_entries.flow.async_init(DOMAIN, context=source, data=info)
    assert result["step_id"] == "vtn_found"
    (waits,) = hass.config_entries.flow.async_progress()
    assert waits["context"]["title_placeholders"] == {"name": "vtn-farm (OpenADR)"}
    result = await trusted(hass, await flows.submit(hass, result, {}))
    assert result["step_id"] == "vtn_credentials"
    hass.config_entries.flow.async_abort(result["flow_id"])
    entry_without_meter(hass, vtn)
    again = await hass.config_entries.flow.async_init(DOMAIN, context=source, data=info)
    assert again["reason"] == "vtn_already"
    info.properties = {"local_url": vtn.url.replace("https", "http")}
    plain = await hass.config_entries.flow.async_init(DOMAIN, context=source, data=info)
    assert plain["reason"] == "vtn_not_usable"


@pytest.mark.usefixtures("_not_set_up")
async def test_token_service_elsewhere_is_agreed_to_before_anything_is_typed(hass: HomeAssistant) -> None:
    async with canned_vtn() as canned, canned_vtn() as service:
        assert canned.tls is not None
        canned.tls.load_verify_locations(cadata=service.ca)
        canned.says |= {"GET /auth/server": {"tokenURL": f"{service.url}/oauth"}, "GET /programs": None}
        service.says["POST /oauth"] = {"access_token": "from-elsewhere", "token_type": "Bearer", "scope": ""}
        with patch("homeassistant.util.ssl.client_context", return_value=canned.tls):
            result = await flows.choose(hass, await flows.begin(hass), "vtn")
            result = await flows.submit(hass, result, {"url": str(canned.url)})
            assert result["errors"] == {"base": "not_a_vtn"}
            canned.says["GET /programs"] = for_who_has_a_token
            result = await flows.submit(hass, result, {"url": str(canned.url)})
            assert result["step_id"] == "vtn_elsewhere"
            assert flows.placeholder(result, "token_host") == service.url.authority
            assert service.asked == []
            result = await flows.submit(hass, result, {})
            result = await flows.submit(hass, result, {"client_id": "ven", "client_secret": "secret"})
            result = await flows.submit(hass, result, answered(result))
            assert result["data"][CONF_VTN]["token_url"] == f"{service.url}/oauth"
            assert service.asked == ["POST /oauth"]
            entry = result["result"]
            moved = f"{service.url}/moved"
            canned.says["GET /auth/server"], service.says["POST /moved"] = (
                {"tokenURL": moved},
                service.says["POST /oauth"],
            )
            entry.async_start_reauth(hass)
            await hass.async_block_till_done()
            (flow,) = entry.async_get_active_flows(hass, {"reauth"})
            result = await hass.config_entries.flow.async_configure(flow["flow_id"])
            assert (result["step_id"], service.asked) == ("vtn_elsewhere", ["POST /oauth"])
            result = await flows.submit(hass, result, {})
            assert (result["reason"], entry.data[CONF_VTN]["token_url"]) == ("vtn_saved", moved)


@pytest.mark.use_case("UR-5")
@pytest.mark.usefixtures("_credentials_count")
async def test_meter_gets_a_vtn_whose_credentials_change_and_leaves_it(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission, vtn: Vtn
) -> None:
    entry = await commission(gateway)
    result = await flows.choose(hass, await change(hass, entry), "vtn")
    result = await trusted(hass, await flows.submit(hass, result, {"url": vtn.url}))
    known = {"client_id": vtn.ven.client_id, "client_secret": vtn.ven.client_secret}
    result = await flows.submit(hass, result, known)
    assert list(answered(result)) == ["ven_name"], "there is nothing to choose"
    result = await flows.submit(hass, result, {"ven_name": "elm-street"})
    assert result["reason"] == "vtn_saved"
    await hass.async_block_till_done(wait_background_tasks=True)
    account = entry.runtime_data.manager(AccountManager)
    assert account.connected
    await account.utility.request_registration("", "", "")

    diagnostics = str(await async_get_config_entry_diagnostics(hass, entry))
    assert not [each for each in ("elm-street", vtn.ven.client_id, vtn.ven.client_secret) if each in diagnostics]

    await vtn.remove_ven_client()
    await poll(hass, entry)
    await poll(hass, entry)
    (flow,) = entry.async_get_active_flows(hass, {"reauth"})
    assert flow["step_id"] == "reauth_vtn"
    asked = await hass.config_entries.flow.async_configure(flow["flow_id"])
    result = await flows.submit(hass, asked, {"client_secret": "wrong"})
    assert result["errors"] == {"base": "credentials_refused"}
    await vtn.renew_ven_client()
    result = await flows.submit(hass, result, {"client_secret": vtn.ven.client_secret})
    assert result["reason"] == "vtn_saved"
    await hass.async_block_till_done(wait_background_tasks=True)
    assert entry.runtime_data.manager(AccountManager).connected

    await vtn.make_program("One")
    two = await vtn.make_program("Two")
    result = await flows.choose(hass, await change(hass, entry), "vtn_change")
    result = await flows.choose(hass, result, "vtn_address")
    result = await flows.submit(hass, result, answered(result))
    assert result["step_id"] == "vtn_ready", "it knows us still"
    hass.config_entries.flow.async_abort(result["flow_id"])
    result = await flows.choose(hass, await change(hass, entry), "vtn_change")
    result = await flows.choose(hass, result, "vtn_programs")
    assert answered(result) == {"followed": []}, "the name stays, and all were followed"
    result = await flows.submit(hass, result, {"followed": [two["id"]]})
    assert entry.data[CONF_VTN]["followed"] == [two["id"]]
    await hass.async_block_till_done(wait_background_tasks=True)

    assert [ven["venName"] for ven in await vtn.request("GET", "/vens")] == ["elm-street"]
    shown = {each.unique_id for each in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)}
    result = await flows.choose(hass, await change(hass, entry), "vtn_change")
    result = await flows.choose(hass, result, "vtn_leave")
    result = await flows.submit(hass, result, {})
    assert result["reason"] == "vtn_left"
    assert CONF_VTN not in entry.data
    assert await vtn.request("GET", "/vens") == []
    await hass.async_block_till_done()
    left = {each.unique_id for each in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)}
    theirs = (f"{entry.entry_id}_vtn_", f"{entry.entry_id}_utility")
    gone = {unique_id for unique_id in shown if unique_id.startswith(theirs)}
    assert (bool(gone), shown - left) == (True, gone), "what it told is shown by nothing any more"


@asynccontextmanager
async def another_address(url: URL) -> AsyncGenerator[str]:
    """Have the server at an address listen at another as well."""
    under_way: set[asyncio.Task[None]] = set()

    async def copy(source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await source.read(65536):
                to.write(data)
        to.close()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(url.host, url.port)
        under_way.update((asyncio.create_task(copy(reader, back)), asyncio.create_task(copy(there, writer))))

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    yield str(url.with_port(server.sockets[0].getsockname()[1]))
    server.close()
    for each in under_way:
        each.cancel()
    await asyncio.gather(*under_way, return_exceptions=True)


@pytest.mark.parametrize("found", ["moved", "gone", "of_a_stranger"])
async def test_vtn_that_moved_is_the_same_one_where_it_knows_the_ven(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission, vtn: Vtn, found: str
) -> None:
    """What waits to be reported goes on at the new address; another VTN is told nothing, though it has such a ven."""
    entry = await commission(gateway)
    known = {"client_id": vtn.ven.client_id, "client_secret": vtn.ven.client_secret}
    with patch("homeassistant.util.ssl.client_context", return_value=vtn.ssl_context):
        result = await flows.choose(hass, await change(hass, entry), "vtn")
        result = await flows.submit(hass, result, {"url": vtn.url})
        result = await flows.submit(hass, await flows.submit(hass, result, known), {"ven_name": "elm-street"})
        await hass.async_block_till_done(wait_background_tasks=True)
        account = entry.runtime_data.manager(AccountManager)
        assert account.vtn is not None
        await account.utility.request_registration("", "", "")
        await account.vtn.async_refresh()
        kept = await KeptReports.async_get(hass, entry.entry_id)
        before = kept.whose
        assert before is not None
        if found != "moved":
            (ven,) = await vtn.request("GET", "/vens")
            await vtn.request("DELETE", f"/vens/{ven['id']}")
        if found == "of_a_stranger":
            await account.utility.request_registration("", "", "")

        async with another_address(URL(vtn.url)) as url:
            # The second time it is typed wrong at first, and is where it was; the third time it has lost the ven.
            for attempt, typed in enumerate(([url], ["https://127.0.0.1:9", url], ["https://127.0.0.1:9", url])):
                if attempt == 2:
                    for ven in await vtn.request("GET", "/vens"):
                        await vtn.request("DELETE", f"/vens/{ven['id']}")
                result = await flows.choose(hass, await change(hass, entry), "vtn_change")
                result = await flows.choose(hass, result, "vtn_address")
                for each in typed:
                    result = await flows.submit(hass, result, {"url": each})
                if result["step_id"] == "vtn_elsewhere":  # its token service has the address that it knows
                    result = await flows.submit(hass, result, {})
                result = await flows.submit(hass, await flows.submit(hass, result, known), {})
                assert result["reason"] == "vtn_saved"
                assert entry.data[CONF_VTN]["ven_name"] == "elm-street"
                await hass.async_block_till_done(wait_background_tasks=True)
                assert (kept.whose == before) is (found == "moved")
            assert "elm-street" not in str(await async_get_config_entry_diagnostics(hass, entry))
            assert await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize(
    ("name", "before", "there", "moved"),
    [
        ("elm-street", "1 2026", "1 2026", True),
        ("elm-street", "1 2026", "1 2025", False),
        ("elm-street", None, "1 2026", False),
        ("elm-street", None, None, False),
        ("home-assistant-0123abcd", None, "1 2026", True),
        ("home-assistant-0123abcd", "1 2026", None, False),
        ("home-assistant-elm", None, "1 2026", False),
    ],
)
def test_vtn_has_moved_by_what_it_gave_the_ven_or_by_a_name_that_no_other_has(
    name: str, before: str | None, there: str | None, *, moved: bool
) -> None:
    known = {"ven_name": name} | ({"ven_identity": before} if before else {})
    assert has_moved(known, {name: there} if there else {}) is moved


async def test_vtn_is_chosen_where_a_meter_is_added_and_forgets_the_hub_that_is_removed(
    hass: HomeAssistant, gateway: SimulatedGateway, vtn: Vtn
) -> None:
    result = await flows.submit(hass, await over_ip(hass, gateway), {})
    result = await flows.choose(hass, result, "vtn")
    result = await trusted(hass, await flows.submit(hass, result, {"url": vtn.url}))
    result = await flows.submit(hass, result, {"client_id": vtn.ven.client_id, "client_secret": vtn.ven.client_secret})
    result = await flows.submit(hass, result, answered(result))
    await hass.async_block_till_done(wait_background_tasks=True)
    entry = result["result"]
    assert entry.unique_id == gateway.sfdi, "the meter is what the hub is known by"
    await coordinator_of(entry).openadr.request_registration("", "", "")
    assert await vtn.request("GET", "/vens")
    await hass.config_entries.async_remove(entry.entry_id)
    assert await vtn.request("GET", "/vens") == []


async def test_certificate_that_can_no_longer_be_verified_is_told(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission, vtn: Vtn
) -> None:
    entry = await commission(gateway)
    await put_beside_meter(hass, entry, vtn, verify_certificate=True)
    issue = (DOMAIN, f"vtn_untrusted_{entry.entry_id}")
    assert coordinator_of(entry).reason is UtilityReason.CERTIFICATE_UNTRUSTED
    assert issue in ir.async_get(hass).issues
    await put_beside_meter(hass, entry, vtn)
    assert issue not in ir.async_get(hass).issues
