"""An OpenADR server's dialog where something is not as it should be: it says what, and nothing typed is lost."""

import socket
from collections.abc import AsyncGenerator
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest
from homeassistant.config_entries import SOURCE_REAUTH, SOURCE_ZEROCONF, ConfigEntry, ConfigFlowContext
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.setup import async_setup_component
from yarl import URL

from custom_components.utility_han.account.discovery import FoundVtn
from custom_components.utility_han.account.flow import vtn_dialog
from custom_components.utility_han.const import CONF_VTN, DOMAIN, SUBENTRY_DEVICE
from custom_components.utility_han.utility import asking
from tests.component.conftest import Commission
from tests.component.test_device_flow import DeviceFlow
from tests.component.test_vtn_flow import announcement, answered, change, for_who_has_a_token, trusted
from tests.conftest import SimulatedGateway
from tests.helpers import flows
from tests.helpers.vtn_hub import entry_without_meter, hub_without_meter, known_of, put_beside_meter
from tests.openadr.canned_vtn import PROGRAM, CannedVtn, canned_vtn, problem
from tests.openadr.under_test import Vtn

CAPACITY = [
    {"objectType": "EVENT_PAYLOAD_DESCRIPTOR", "payloadType": each}
    for each in ("EXPORT_CAPACITY_RESERVATION", "IMPORT_CAPACITY_AVAILABLE")
]
"""Two of one family of signals."""
CREDENTIALS = {"client_id": "ven", "client_secret": "secret"}


@pytest.fixture(autouse=True)
def _not_asked_again_slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "_PAUSE", 0.0)


@pytest.fixture
async def canned(socket_enabled: None) -> AsyncGenerator[CannedVtn]:
    """A VTN of which everything can be said."""
    async with canned_vtn() as served:
        yield served


def as_vtn(canned: CannedVtn) -> Any:
    """Return it as one under test, whose ven a hub is."""
    return SimpleNamespace(url=str(canned.url), ven=SimpleNamespace(**CREDENTIALS))


def unverified(canned: CannedVtn) -> Any:
    """Have its certificate be one that Home Assistant knows."""
    return patch("homeassistant.util.ssl.client_context", return_value=canned.tls)


@pytest.mark.parametrize("changed", ["vtn_sign_in_anew", "vtn_programs"])
async def test_nothing_is_changed_while_the_server_is_away(
    hass: HomeAssistant, canned: CannedVtn, changed: str
) -> None:
    entry = entry_without_meter(hass, as_vtn(canned))
    before = dict(entry.data)
    result = await change(hass, entry)
    assert result["menu_options"] == ["vtn_address", "vtn_sign_in_anew", "vtn_programs", "meter_add"]
    canned.says = dict.fromkeys(canned.says, problem(503))
    result = await flows.choose(hass, result, changed)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "vtn_away")
    assert entry.data == before


@pytest.mark.parametrize(
    ("status", "then"),
    [(401, ("vtn_credentials", {})), (500, ("vtn_address", {"base": "utility_error"}))],
    ids=["refused", "away"],
)
async def test_credentials_are_asked_for_only_where_those_that_there_are_do_no_more(
    hass: HomeAssistant, canned: CannedVtn, status: int, then: tuple[str, dict[str, str]]
) -> None:
    entry = entry_without_meter(hass, as_vtn(canned))
    result = await flows.choose(hass, await change(hass, entry), "vtn_address")
    canned.says["POST /auth/token"] = canned.says["GET /programs"] = problem(status)
    result = await flows.submit(hass, result, answered(result))
    assert (result["step_id"], result["errors"]) == then
    canned.says["POST /auth/token"], canned.says["GET /programs"] = {"access_token": "abc"}, [PROGRAM]
    answer = {"client_id": "other", "client_secret": "secret"} if status == 401 else answered(result)
    result = await flows.submit(hass, result, answer)
    assert result["step_id"] == "vtn_ready", result


@pytest.mark.parametrize(
    ("host", "fields"), [("vtn.local", ["trust"]), ("vtn.invalid", [])], ids=["local", "of no known place"]
)
async def test_only_on_the_local_network_a_certificate_may_be_trusted_unverified(
    hass: HomeAssistant, vtn: Vtn, host: str, fields: list[str]
) -> None:
    """By its name where that is one of the local network; a name that leads nowhere says nothing of the kind."""
    url = URL(vtn.url)
    address = {"hostname": host, "host": "127.0.0.1", "port": url.port}
    here = [address | {"family": socket.AF_INET, "proto": 0, "flags": 0}]
    result = await flows.choose(hass, await flows.begin(hass), "vtn")
    with (
        patch("aiohttp.resolver.AsyncResolver.resolve", return_value=here),
        patch.object(hass.loop, "getaddrinfo", side_effect=socket.gaierror),
    ):
        result = await flows.submit(hass, result, {"url": str(url.with_host(host))})
    assert (result["step_id"], result["errors"]) == ("vtn_certificate", {"base": "vtn_certificate_authority"})
    assert result["data_schema"] is not None
    assert [str(marker) for marker in result["data_schema"].schema] == fields


async def test_server_that_was_not_heard_is_typed(hass: HomeAssistant, vtn: Vtn, heard_vtns: list[FoundVtn]) -> None:
    heard_vtns.append(FoundVtn("neighbour", "https://neighbour.example"))
    result = await flows.choose(hass, await flows.begin(hass), "vtn")
    assert result["step_id"] == "vtn"
    result = await flows.submit(hass, result, {"found": "other"})
    assert (result["step_id"], answered(result)) == ("vtn_address", {"url": ""})
    result = await trusted(hass, await flows.submit(hass, result, {"url": vtn.url}))
    assert (result["step_id"], flows.placeholder(result, "host")) == ("vtn_credentials", URL(vtn.url).authority)


async def test_server_that_keeps_a_person_waiting_is_given_up(
    hass: HomeAssistant, vtn: Vtn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vtn_dialog, "_PATIENCE", 0.0)
    result = await flows.choose(hass, await flows.begin(hass), "vtn")
    result = await flows.submit(hass, result, {"url": vtn.url})
    assert (result["step_id"], result["errors"]) == ("vtn_address", {"url": "address_silent"})
    assert answered(result) == {"url": vtn.url}


@pytest.mark.use_case("UR-5")
async def test_server_that_announced_itself_is_set_up_and_offered_no_more(hass: HomeAssistant, vtn: Vtn) -> None:
    await async_setup_component(hass, DOMAIN, {})
    source = ConfigFlowContext(source=SOURCE_ZEROCONF)
    result = await hass.config_entries.flow.async_init(DOMAIN, context=source, data=announcement(vtn))
    result = await trusted(hass, await flows.submit(hass, result, {}))
    result = await flows.submit(hass, result, {"client_id": vtn.ven.client_id, "client_secret": vtn.ven.client_secret})
    result = await flows.submit(hass, result, answered(result))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert (result["title"], result["result"].unique_id) == ("vtn-farm", f"{vtn.url} {vtn.ven.client_id}")
    assert not hass.config_entries.flow.async_progress()
    await hass.async_block_till_done()


async def test_credentials_of_another_hub_are_not_taken_by_a_second(hass: HomeAssistant, canned: CannedVtn) -> None:
    first = entry_without_meter(hass, as_vtn(canned))
    hass.config_entries.async_update_entry(first, unique_id=str(canned.url))
    second = entry_without_meter(hass, as_vtn(canned), public=True)
    hass.config_entries.async_update_entry(second, unique_id="elsewhere")
    result = await flows.choose(hass, await change(hass, second), "vtn_programs")
    result = await flows.submit(hass, result, answered(result))
    assert result["reason"] == "vtn_already", "who is told without credentials is known by the address alone"
    assert second.unique_id == "elsewhere"


@pytest.mark.parametrize("public", [True, False], ids=["told without credentials", "by credentials"])
async def test_server_beside_a_meter_is_left(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission, canned: CannedVtn, *, public: bool
) -> None:
    entry = await commission(gateway)
    await put_beside_meter(hass, entry, as_vtn(canned), public=public)
    result = await flows.choose(hass, await change(hass, entry), "vtn_change")
    assert result["menu_options"] == ["vtn_address", "vtn_sign_in_anew", "vtn_programs", "vtn_leave"]
    result = await flows.choose(hass, result, "vtn_leave")
    canned.says["GET /vens"] = problem(500)
    result = await flows.submit(hass, result, {})
    if not public:
        assert (result["step_id"], result["errors"]) == ("vtn_leave", {"base": "utility_error"})
        again = await flows.submit(hass, result, {"anyway": False})
        assert (again["step_id"], again["errors"]) == ("vtn_leave", {"base": "utility_error"})
        assert CONF_VTN in entry.data
        result = await flows.submit(hass, again, {"anyway": True})
    assert result["reason"] == "vtn_left"
    assert CONF_VTN not in entry.data
    await hass.async_block_till_done()


@pytest.mark.use_case("UR-2", "UR-P")
async def test_server_that_has_devices_is_left_only_after_them(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission, vtn: Vtn
) -> None:
    entry = await commission(gateway)
    program = await vtn.make_program("Shed", payloadDescriptors=CAPACITY)
    await put_beside_meter(hass, entry, vtn)
    hass.states.async_set("switch.pool", "on", {"friendly_name": "Pool pump"})
    hass.states.async_set("switch.fan", "on", {"friendly_name": "Fan"})
    flow = await DeviceFlow(hass, entry).start()
    await flow.submit({"entities": []})
    assert (flow.page, flow.errors) == ("entity", {"entities": "entity_missing"}), "its controls are ours to carry out"
    await flow.submit({"entities": ["switch.pool", "switch.fan"]})
    await flow.submit(flow.suggested)
    assert flow.said["terms"] == "**Shed**\n\nCapacity to book (shown only)"
    await flow.submit({"programs": [program["id"]], "consent": True})
    assert (flow.page, flow.said["devices"]) == ("several_done", "✓ **Pool pump**\n\n✓ **Fan**"), flow.result
    await flow.submit({})
    await hass.async_block_till_done()
    assert len(entry.get_subentries_of_type(SUBENTRY_DEVICE)) == 2
    result = await flows.choose(hass, await change(hass, entry), "vtn_change")
    result = await flows.choose(hass, result, "vtn_leave")
    assert result["reason"] == "vtn_has_devices"
    assert flows.placeholder(result, "devices") == "Pool pump, Fan"


async def reauth(hass: HomeAssistant, entry: ConfigEntry) -> Any:
    """Be asked to sign in again, and go there."""
    entry.async_start_reauth(hass)
    await hass.async_block_till_done()
    (flow,) = entry.async_get_active_flows(hass, {SOURCE_REAUTH})
    return flow


async def test_public_server_that_wants_credentials_now_asks_for_them(hass: HomeAssistant, canned: CannedVtn) -> None:
    entry = await hub_without_meter(hass, as_vtn(canned), public=True)
    canned.says["GET /programs"] = for_who_has_a_token
    asked = await reauth(hass, entry)
    assert asked["step_id"] == "vtn_credentials"
    result = await flows.submit(hass, asked, CREDENTIALS)
    assert result["step_id"] == "vtn_ready", result
    result = await flows.submit(hass, result, answered(result))
    assert (result["reason"], entry.data[CONF_VTN]["client_id"]) == ("vtn_saved", "ven")
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_token_service_that_moved_while_a_secret_was_typed_is_agreed_to_first(
    hass: HomeAssistant, canned: CannedVtn
) -> None:
    async with canned_vtn() as service:
        assert canned.tls is not None
        canned.tls.load_verify_locations(cadata=service.ca)
        with unverified(canned):
            entry = await hub_without_meter(hass, as_vtn(canned), verify_certificate=True)
            before, canned.says = canned.says, dict.fromkeys(canned.says, problem(503))
            asked = await reauth(hass, entry)
            assert asked["step_id"] == "reauth_vtn", "who is away has not said where its tokens are from"
            elsewhere = f"{service.url}/oauth"
            service.says["POST /oauth"] = {"access_token": "abc", "token_type": "Bearer", "scope": ""}
            canned.says = before | {"GET /auth/server": {"tokenURL": elsewhere}, "GET /programs": for_who_has_a_token}
            result = await flows.submit(hass, asked, {"client_secret": " typed "})
            assert (result["step_id"], service.asked) == ("vtn_elsewhere", [])
            assert flows.placeholder(result, "token_host") == service.url.authority
            result = await flows.submit(hass, result, {})
            assert result["reason"] == "vtn_saved", result
            vtn = entry.data[CONF_VTN]
            assert (vtn["token_url"], vtn["client_secret"]) == (elsewhere, "typed")
            await hass.async_block_till_done(wait_background_tasks=True)


async def test_options_of_a_meter_with_a_server_beside_it(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission, canned: CannedVtn
) -> None:
    entry = await commission(gateway)
    hass.config_entries.async_update_entry(entry, data={**entry.data, CONF_VTN: known_of(as_vtn(canned))})
    result = await hass.config_entries.options.async_init(entry.entry_id)
    assert result["data_schema"] is not None
    fields = {str(marker) for marker in result["data_schema"].schema}
    assert {"poll_interval", "correction_factor", "keep_identity", "vtn_interval"} <= fields
    result = await hass.config_entries.options.async_configure(result["flow_id"], {"vtn_interval": 2})
    assert entry.options["vtn_interval"] == 2
    assert entry.options["correction_factor"] == 1
    await hass.async_block_till_done()
