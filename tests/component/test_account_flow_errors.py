"""Signing in at the utility where it does not come to a linked account: it is said why, and what there was stays."""

from dataclasses import replace

import pytest
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.utility_han.const import CONF_UTILITY, DOMAIN
from custom_components.utility_han.utility import Account, HanApi, asking
from tests.component.conftest import Commission
from tests.component.test_device_flow import DeviceFlow, registered
from tests.conftest import SimulatedGateway
from tests.helpers import accounts, flows, vehicles
from tests.helpers.states import until
from tests.helpers.utility import SimulatedUtility

pytestmark = [pytest.mark.usefixtures("current_request_with_host"), pytest.mark.use_case("UR-5")]
DISCOVERY = "/.well-known/utility-han"


@pytest.fixture(autouse=True)
def _not_asked_again_slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "_PAUSE", 0.0)


async def test_customer_whose_account_was_closed_has_nothing_to_link(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    utility: SimulatedUtility,
    commission: Commission,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    assert await async_setup_component(hass, DOMAIN, {})
    entry = await commission(gateway)
    await utility.attach(gateway.lfdi)
    await utility.close_account()
    result = await flows.submit(hass, await accounts.begin(hass, entry), {"url": utility.url})
    result = await accounts.sign_in(hass, result, utility, hass_client_no_auth)
    assert (result["step_id"], result["errors"]) == ("account", {"base": "no_premise"}), "they may have another"
    assert CONF_UTILITY not in entry.data


async def test_former_permission_ends_where_another_account_is_linked_in_its_place(
    hass: HomeAssistant,
    hub: ConfigEntry,
    gateway: SimulatedGateway,
    utility: SimulatedUtility,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    async def revoked() -> list[int]:
        return [each["status"] for each in await utility.log() if each["path"] == "/oauth/revoke"]

    former, before = hub.data["token"]["access_token"], len(await revoked())
    await accounts.link(hass, hub, utility, hass_client_no_auth)
    assert len(await revoked()) == before, "the same account again is one permission"
    assert hub.data["token"]["access_token"] != former

    neighbour = await utility.neighbour()
    await neighbour.attach(gateway.lfdi)
    await accounts.link(hass, hub, neighbour, hass_client_no_auth)
    assert (await revoked())[before:] == [200]


@pytest.mark.use_case("UR-5", "UR-EV")
@pytest.mark.parametrize("away", [False, True])
async def test_what_stays_at_the_former_utility_is_said_while_it_can_be_ended_there(
    hass: HomeAssistant,
    hub: ConfigEntry,
    gateway: SimulatedGateway,
    utility: SimulatedUtility,
    hass_client_no_auth: ClientSessionGenerator,
    away: bool,
) -> None:
    """Nothing is deregistered unasked, and a utility that takes no revocation keeps nobody from linking another."""
    device = DeviceFlow(hass, hub)
    await device.start()
    await registered(device, gateway)
    charger = await vehicles.bind(hass, hub)
    await utility.fault("http_error", path="/api/v1/charging-sessions")
    await charger.session(2000)
    ledger = vehicles.manager_of(hub).charging.ledger
    await until(lambda: [*ledger.records()] != [])
    neighbour = await utility.neighbour()
    await neighbour.attach(gateway.lfdi)
    former = hub.data[CONF_UTILITY]
    result = await accounts.choose(hass, hub, neighbour, hass_client_no_auth)
    assert result["step_id"] == "former_account", result
    said = result["description_placeholders"] or {}
    assert said["registered"] == "- Boiler room switch\n- Family car"
    assert said["unbilled"] == "1"
    assert hub.data[CONF_UTILITY] == former, "who closes the page goes on as before"
    if away:
        await utility.fault("http_error", path="/oauth/revoke")
    result = await flows.submit(hass, result, {})
    assert result["reason"] == "account_linked"
    assert hub.data[CONF_UTILITY]["account"][-4:] == neighbour.number[-4:]
    await hass.async_block_till_done()
    assert len([*vehicles.manager_of(hub).charging.ledger.records()]) == 1, "what was charged is known still"
    (registration,) = await utility.registrations()
    assert registration["stage"] == "active"


async def test_signing_in_again_waits_for_the_utility_and_takes_no_other_customer(
    hass: HomeAssistant,
    hub: ConfigEntry,
    gateway: SimulatedGateway,
    utility: SimulatedUtility,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    before = dict(hub.data)
    hass.config_entries.async_update_entry(hub, data={**hub.data, "account_refused": True})
    hub.async_start_reauth(hass)
    await hass.async_block_till_done()
    (asked,) = hub.async_get_active_flows(hass, {SOURCE_REAUTH})
    assert asked["step_id"] == "reauth_account"
    result = await hass.config_entries.flow.async_configure(asked["flow_id"])
    assert flows.placeholder(result, "account").endswith(utility.number[-4:])
    await utility.fault("http_error", path=DISCOVERY)
    result = await flows.submit(hass, result, {})
    assert (result["step_id"], result["errors"]) == ("reauth_account", {"base": "utility_error"})
    await utility.mend()

    neighbour = await utility.neighbour()
    await neighbour.attach(gateway.lfdi)
    result = await flows.submit(hass, result, {})
    result = await accounts.sign_in(hass, result, neighbour, hass_client_no_auth)
    assert result["step_id"] == "premise", result
    result = await flows.submit(hass, result, {"premise": "0"})
    assert result["reason"] == "other_account"
    assert hub.data[CONF_UTILITY] == before[CONF_UTILITY]
    assert hub.data["token"] == before["token"]


async def test_premise_is_the_one_that_was_shown_in_whatever_order_they_come(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    utility: SimulatedUtility,
    commission: Commission,
    hass_client_no_auth: ClientSessionGenerator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A utility need not list accounts and premises in the same order each time."""
    assert await async_setup_component(hass, DOMAIN, {})
    entry = await commission(gateway)
    await utility.attach(gateway.lfdi)
    listed, reading = 0, HanApi.accounts

    async def in_turns(api: HanApi) -> list[Account]:
        nonlocal listed
        listed += 1
        (account,) = await reading(api)
        other = replace(account.premises[0], id="another", address="Another street 1")
        both = (*account.premises, other)
        return [replace(account, premises=both if listed % 2 else both[::-1])]

    monkeypatch.setattr(HanApi, "accounts", in_turns)
    result = await flows.submit(hass, await accounts.begin(hass, entry), {"url": utility.url})
    result = await accounts.sign_in(hass, result, utility, hass_client_no_auth)
    assert result["step_id"] == "premise"
    result = await flows.submit(hass, result, {"premise": "0"})
    assert result["reason"] == "account_linked", result
    assert entry.data[CONF_UTILITY]["premise_id"] == utility.premise_id


@pytest.mark.use_case("IP-6")
@pytest.mark.parametrize("transport", ["ezsp"])
async def test_utility_that_cannot_open_the_meter_now_is_asked_again(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    utility: SimulatedUtility,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    assert await async_setup_component(hass, DOMAIN, {})
    assert gateway.zigbee is not None
    await utility.attach(gateway.lfdi)
    result = await flows.choose(hass, await flows.begin(hass), "radio")
    result = await flows.submit(hass, result, {"device": gateway.radio()["url"]})
    result = await flows.submit(hass, result, {"network": gateway.zigbee["eui64"], **flows.PREMISE})
    code = gateway.radio()["install_code"]
    result = await flows.submit(hass, result, {"install_code": code, "way": "account"})
    result = await flows.submit(hass, result, {"url": utility.url})
    result = await accounts.sign_in(hass, result, utility, hass_client_no_auth)
    # The gateway is the meter, as on its label and on the pages before; not our radio.
    assert flows.placeholder(result, "gateway") == gateway.zigbee["eui64"]
    await utility.fault("http_error", path="/api/v1/commissioning-requests")
    result = await flows.submit(hass, result, {"premise": "0"})
    assert (result["step_id"], result["errors"]) == ("join_request", {"base": "utility_error"})
    await utility.mend()
    result = await flows.submit(hass, result, {})
    assert result["step_id"] == "commissioned", result
    assert (await gateway.network())["permitted"] == [gateway.radio()["eui64"]]
    hass.config_entries.flow.async_abort(result["flow_id"])
    await hass.async_block_till_done()
