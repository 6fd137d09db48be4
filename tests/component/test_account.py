"""The customer's account with the utility: linked, lost, and linked again; and homes whose utility has no API."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from aio2030dot5.identity import sfdi_from_lfdi
from homeassistant.components.persistent_notification import _async_get_or_create_notifications
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import async_fire_time_changed
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.utility_han.account import manager
from custom_components.utility_han.account.manager import AccountManager
from custom_components.utility_han.const import CONF_UTILITY, DOMAIN
from custom_components.utility_han.devices import polled
from custom_components.utility_han.devices.manager import Registrar
from custom_components.utility_han.diagnostics import async_get_config_entry_diagnostics
from custom_components.utility_han.gateway.model import DeviceState
from custom_components.utility_han.utility.errors import UtilityReason
from custom_components.utility_han.utility.han_api import client
from custom_components.utility_han.utility.han_api.client import HanApi
from tests.component.conftest import Commission
from tests.component.test_device_flow import LABEL_LFDI, DeviceFlow, device_state, registered_by_itself
from tests.conftest import BOTH_TRANSPORTS, SimulatedGateway
from tests.helpers import accounts, flows
from tests.helpers.states import PATIENCE, state_of, until
from tests.helpers.utility import SimulatedUtility

pytestmark = pytest.mark.usefixtures("current_request_with_host")


@pytest.fixture
async def linked(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    utility: SimulatedUtility,
    commission: Commission,
    hass_client_no_auth: ClientSessionGenerator,
) -> ConfigEntry:
    """A hub with an account."""
    entry = await commission(gateway)
    await utility.attach(gateway.lfdi)
    await accounts.link(hass, entry, utility, hass_client_no_auth)
    return entry


@pytest.mark.use_case("UR-5")
async def test_account_is_linked_while_adding_the_hub(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    utility: SimulatedUtility,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    # Unlike Home Assistant's own, the server that a test's client starts takes no views once it runs.
    assert await async_setup_component(hass, DOMAIN, {})
    await utility.attach(gateway.lfdi)
    result = await flows.submit(hass, await flows.start(hass), {"host": gateway.host, "port": gateway.port})
    result = await flows.walk(hass, result, "method")
    result = await flows.by_pin(hass, result, gateway.pin)
    result = await flows.choose(hass, result, "account")
    result = await flows.submit(hass, result, {"url": utility.url})
    result = await accounts.sign_in(hass, result, utility, hass_client_no_auth)
    assert result["step_id"] == "premise"
    result = await flows.submit(hass, result, {"premise": "0"})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    entry = result["result"]
    assert entry.data[CONF_UTILITY]["premise_id"] == utility.premise_id
    await until(lambda: state_of(hass, entry, "utility").state == "on")
    diagnostics = str(await async_get_config_entry_diagnostics(hass, entry))
    for secret in (entry.data["token"]["access_token"], entry.data["token"]["refresh_token"], utility.premise_id):
        assert secret not in diagnostics


@pytest.mark.parametrize(
    ("url", "field", "error"),
    [
        ("http://utility.example", "url", "invalid_url"),
        ("not an address", "url", "invalid_url"),
        ("http://127.0.0.1:9", "url", "address_silent"),
        ("127.0.0.1:9", "url", "address_silent"),
    ],
)
async def test_wrong_address_of_the_utility(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    commission: Commission,
    url: str,
    field: str,
    error: str,
) -> None:
    entry = await commission(gateway)
    result = await accounts.begin(hass, entry)
    result = await flows.submit(hass, result, {"url": url})
    assert result["errors"] == {field: error}


async def test_who_has_no_account_goes_back_from_the_sign_in_and_on_without(
    hass: HomeAssistant, gateway: SimulatedGateway
) -> None:
    result = await flows.submit(hass, await flows.start(hass), {"host": gateway.host, "port": gateway.port})
    result = await flows.by_pin(hass, await flows.walk(hass, result, "method"), gateway.pin)
    for way, page, wrong in (
        ("account", "account", {"url": "invalid_url"}),
        ("vtn", "vtn_address", {"base": "not_a_vtn"}),
    ):
        result = await flows.choose(hass, result, way)
        result = await flows.submit(hass, result, {})
        assert (result["step_id"], result["errors"]) == (page, wrong), "nothing was typed"
        result = await flows.submit(hass, result, {"without": True})
        assert result["step_id"] == "commissioned"
    result = await flows.choose(hass, result, "finish")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    later = await accounts.begin(hass, result["result"])
    assert later["data_schema"] is not None
    assert [str(field) for field in later["data_schema"].schema] == ["url"], "a dialog of a hub is closed"


async def test_simulator_is_no_utility_at_another_port(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission, simulator_url: str
) -> None:
    entry = await commission(gateway)
    result = await flows.submit(hass, await accounts.begin(hass, entry), {"url": simulator_url})
    assert result["errors"] == {"base": "not_a_utility"}


@BOTH_TRANSPORTS
@pytest.mark.use_case("UR-5")
async def test_gateway_of_another_premise_and_permission_not_given(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    utility: SimulatedUtility,
    commission: Commission,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    entry = await commission(gateway)
    result = await flows.submit(hass, await accounts.begin(hass, entry), {"url": utility.url})
    result = await accounts.decline(hass, result, utility, hass_client_no_auth)
    assert result["step_id"] == "account"
    assert result["errors"] == {"base": "authorize_rejected"}
    result = await flows.submit(hass, result, {"url": utility.url})
    result = await accounts.sign_in(hass, result, utility, hass_client_no_auth)
    result = await flows.submit(hass, result, {"premise": "0"})
    assert result["errors"] == {"base": UtilityReason.GATEWAY_NOT_AT_PREMISE}
    await utility.attach(gateway.lfdi)
    result = await flows.submit(hass, result, {"premise": "0"})
    assert result["reason"] == "account_linked"


@BOTH_TRANSPORTS
@pytest.mark.use_case("UR-5")
async def test_revoked_permission_asks_to_sign_in_again(
    hass: HomeAssistant,
    linked: ConfigEntry,
    utility: SimulatedUtility,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    await utility.revoke()
    linked.runtime_data.manager(AccountManager).async_wake()
    progress = hass.config_entries.flow.async_progress
    await until(lambda: [flow for flow in progress() if flow["step_id"] == "reauth_account"])
    assert state_of(hass, linked, "utility").state == "off"
    (flow,) = progress()
    result = await hass.config_entries.flow.async_configure(flow["flow_id"], {})
    result = await accounts.sign_in(hass, result, utility, hass_client_no_auth)
    result = await flows.submit(hass, result, {"premise": "0"})
    assert result["reason"] == "signed_in_again"
    await hass.async_block_till_done()
    await until(lambda: state_of(hass, linked, "utility").state == "on")


@pytest.mark.use_case("UR-5", "RD-4")
async def test_utility_that_says_nothing_is_not_called_well(
    hass: HomeAssistant, linked: ConfigEntry, utility: SimulatedUtility, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who looks at it often does not hear from it."""
    monkeypatch.setattr("custom_components.utility_han.hub.background.rounds._FIRST", 0.05)
    await until(lambda: state_of(hass, linked, "utility").state == "on")
    await utility.fault("http_error", status=503)
    linked.runtime_data.manager(AccountManager).async_wake()
    await until(lambda: state_of(hass, linked, "utility").state == "off")
    await utility.mend()
    asked, forever = 0, asyncio.Event()

    async def silence(_client: object, _cursor: str | None, _wait: int) -> None:
        nonlocal asked
        asked += 1
        await forever.wait()

    monkeypatch.setattr(HanApi, "events", silence)
    for rounds in (1, 2, 3):
        await until(partial(lambda wanted: asked >= wanted, rounds))
        linked.runtime_data.manager(AccountManager).async_wake()
        assert state_of(hass, linked, "utility").state == "off"
    # A start knows nothing of it either, before it answers.
    await hass.config_entries.async_reload(linked.entry_id)
    await hass.async_block_till_done()
    assert state_of(hass, linked, "utility").state == "unknown"
    monkeypatch.undo()
    await utility.mend()
    linked.runtime_data.manager(AccountManager).async_wake()
    await until(lambda: state_of(hass, linked, "utility").state == "on")


@pytest.mark.use_case("UR-5", "RD-4")
async def test_utility_that_falls_silent_is_noticed(
    hass: HomeAssistant, linked: ConfigEntry, utility: SimulatedUtility, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes the request for events, as ever, and does not answer when it is time to."""
    await until(lambda: state_of(hass, linked, "utility").state == "on")
    monkeypatch.setattr(manager, "LONG_POLL", 0)
    monkeypatch.setattr(client, "TIMEOUT", 0.1)
    await utility.fault("slow", seconds=600, path="/api/v1/events")
    linked.runtime_data.manager(AccountManager).async_wake()
    await until(lambda: state_of(hass, linked, "utility").state == "off")


@pytest.mark.use_case("UR-5")
async def test_permission_is_renewed_by_itself(
    hass: HomeAssistant, linked: ConfigEntry, utility: SimulatedUtility
) -> None:
    data = {**linked.data, "token": {**linked.data["token"], "expires_at": 0}}
    hass.config_entries.async_update_entry(linked, data=data)
    client = linked.runtime_data.manager(AccountManager).utility
    assert await client.accounts()
    assert linked.data["token"]["access_token"] != data["token"]["access_token"]


async def _answered(utility: SimulatedUtility) -> list[str]:
    """Return what the utility was asked; whoever waited for events is written down only once that was cut off."""
    return [each["path"] for each in await utility.log() if not each["path"].endswith("/events")]


@pytest.mark.use_case("UR-5", "UR-P")
async def test_account_whose_credentials_are_gone_is_signed_in_to_again_or_left(
    hass: HomeAssistant, linked: ConfigEntry, utility: SimulatedUtility
) -> None:
    """Home Assistant keeps credentials that are in use; a backup or a file may be without."""
    hass.config_entries.async_update_entry(linked, data={**linked.data, "auth_implementation": "utility_han_gone"})
    await hass.config_entries.async_reload(linked.entry_id)
    await hass.async_block_till_done()
    (asked,) = linked.async_get_active_flows(hass, {SOURCE_REAUTH})
    assert asked["step_id"] == "reauth_account"
    assert state_of(hass, linked, "utility").state == "off"
    flow, before = DeviceFlow(hass, linked), await _answered(utility)
    await flow.start()
    assert (flow.result["type"], flow.result["reason"]) == (FlowResultType.ABORT, "unauthorized")
    assert await _answered(utility) == before
    assert await hass.config_entries.async_remove(linked.entry_id)


@pytest.mark.use_case("UR-7", "UR-12")
async def test_utility_without_api_is_followed_through_the_gateway(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    commission: Commission,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entry = await commission(gateway)
    flow = DeviceFlow(hass, entry)
    await flow.start()
    await flow.walk("method", control={})
    await flow.choose("portal")
    await flow.submit({"lfdi": LABEL_LFDI})
    assert flow.page == "portal_shown"
    assert (flow.result["description_placeholders"] or {})["sfdi"] == sfdi_from_lfdi(LABEL_LFDI)
    begun = asyncio.ensure_future(flow.submit({}))
    await asyncio.sleep(0.3)
    await gateway.register(LABEL_LFDI)
    await begun
    assert flow.page == "registered_portal", flow.result
    await flow.submit({})
    await hass.async_block_till_done(wait_background_tasks=True)
    assert device_state(hass, entry, "registration_state") == "commissioned"

    await gateway.enroll(LABEL_LFDI)
    for name in ("_WATCHED_EVERY", "_EVERY"):
        monkeypatch.setattr(polled, name, timedelta(0))
    await poll_until(hass, entry, lambda: device_state(hass, entry, "registration_state") == "enrolled")
    (device,) = entry.runtime_data.manager(Registrar).devices.values()
    assert device.state is DeviceState.ENROLLED


async def poll_until(hass: HomeAssistant, entry: ConfigEntry, condition: Callable[[], object]) -> None:
    """Poll the gateway until something shows."""
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await entry.runtime_data.coordinator.async_refresh()
            async_fire_time_changed(hass)
            await hass.async_block_till_done()


@pytest.mark.use_case("UR-P")
@pytest.mark.parametrize("away", [False, True])
async def test_removing_the_hub_gives_the_permission_back_or_tells_what_is_left(
    hass: HomeAssistant, linked: ConfigEntry, gateway: SimulatedGateway, utility: SimulatedUtility, *, away: bool
) -> None:
    flow = DeviceFlow(hass, linked)
    await flow.start()
    await registered_by_itself(flow, gateway)
    notification = f"{DOMAIN}_{linked.entry_id}_utility_not_told"
    if away:
        await utility.fault("http_error", status=503)
    await hass.config_entries.async_remove(linked.entry_id)
    await hass.async_block_till_done()
    told = [each for each in _async_get_or_create_notifications(hass) if each.startswith(notification)]
    assert len(told) == away
    if away:
        return
    (registration,) = await utility.registrations()
    assert registration["stage"] == "closed"
    log = await utility.log()
    assert any(entry["path"] == "/oauth/revoke" and entry["status"] == 200 for entry in log)
