"""What changes after commissioning: address, identity, meter, options (reconfigure, reauth, removal)."""

import json
from datetime import timedelta
from typing import Any

import pytest
from homeassistant.config_entries import ConfigEntry, ConfigEntryState, ConfigFlowResult
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.utility_han.const import DOMAIN
from custom_components.utility_han.gateway.commissioning_data import parse_lfdi
from custom_components.utility_han.gateway.ieee2030_5.identity import create_identity
from tests.component.conftest import Commission
from tests.conftest import GatewayFactory, SimulatedGateway
from tests.gateway.test_identity import certificate_for, p256
from tests.helpers import flows
from tests.helpers.states import state_of, until


async def reconfigure(hass: HomeAssistant, entry: ConfigEntry, option: str) -> ConfigFlowResult:
    """Choose what to change."""
    result = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": "reconfigure", "entry_id": entry.entry_id}
    )
    return await flows.choose(hass, result, option)


async def settle(hass: HomeAssistant) -> None:
    """Let reloads and first polls end."""
    await hass.async_block_till_done(wait_background_tasks=True)
    await hass.async_block_till_done(wait_background_tasks=True)


def lfdi_shown(result: ConfigFlowResult) -> str:
    """Return the LFDI that a page shows."""
    return parse_lfdi(flows.placeholder(result, "lfdi"))


async def test_new_address_is_taken_only_from_the_same_gateway(
    hass: HomeAssistant, gateway: SimulatedGateway, make_gateway: GatewayFactory, commission: Commission
) -> None:
    entry, other = await commission(gateway), await make_gateway()
    await gateway.move()
    result = await reconfigure(hass, entry, "address")
    result = await flows.submit(hass, result, {"host": other.host, "port": other.port})
    assert result["errors"] == {"base": "wrong_gateway"}
    assert not (await other.log())["requests"]
    result = await flows.submit(hass, result, {"host": gateway.host, "port": gateway.port})
    assert result["reason"] == "reconfigure_successful"
    await settle(hass)
    assert state_of(hass, entry, "connectivity").state == "on"


async def test_replaced_meter_goes_on_with_the_same_entities(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    entry = await commission(gateway)
    registry = er.async_get(hass)
    before = {e.entity_id: e.unique_id for e in er.async_entries_for_config_entry(registry, entry.entry_id)}
    energy = float(state_of(hass, entry, "energy_summation_delivered").state)
    old = gateway.sfdi
    await gateway.replace()
    for _ in range(3):
        await entry.runtime_data.coordinator.async_refresh()
    assert state_of(hass, entry, "problem").attributes["reason"] == "wrong_gateway"

    result = await reconfigure(hass, entry, "replaced")
    at = {"host": gateway.host, "port": gateway.port}
    result = await flows.submit(hass, result, {**at, "series": "continue"})
    result = await flows.by_pin(hass, result, gateway.pin)
    assert result["reason"] == "commissioning_continues"
    await settle(hass)
    assert entry.unique_id == gateway.sfdi != old
    assert before == {e.entity_id: e.unique_id for e in er.async_entries_for_config_entry(registry, entry.entry_id)}
    assert state_of(hass, entry, "commissioning_state").state == "commissioned"
    # The new meter's register begins at zero, and what is shown goes on.
    assert energy <= float(state_of(hass, entry, "energy_summation_delivered").state) < energy + 1


async def test_replaced_meter_can_begin_its_own_history(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    entry = await commission(gateway)
    result = await reconfigure(hass, entry, "replaced")
    at = {"host": gateway.host, "port": gateway.port, "series": "anew"}
    result = await flows.submit(hass, result, at)
    assert result["errors"] == {"base": "same_gateway"}
    await gateway.replace()
    result = await flows.submit(hass, result, at)
    assert result["reason"] == "set_up_anew"
    await settle(hass)
    waiting = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert [flow["step_id"] for flow in waiting] == ["discovery_confirm"]


async def test_refused_certificate_asks_the_person_and_the_same_one_can_be_registered_again(
    hass: HomeAssistant, make_gateway: GatewayFactory, commission: Commission
) -> None:
    gateway = await make_gateway(registration="both", personality="standard")
    entry = await commission(gateway)
    identity = entry.runtime_data.identity
    await gateway.withdraw(identity.lfdi)
    await gateway.fault("certificate_refused")
    coordinator = entry.runtime_data.coordinator
    await coordinator.async_refresh()
    assert not hass.config_entries.flow.async_progress_by_handler(DOMAIN)  # once is no reason to ask
    for _ in range(2):
        await coordinator.async_refresh()
    await settle(hass)
    assert state_of(hass, entry, "problem").attributes["reason"] == "certificate_refused"
    (asked,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert asked["step_id"] == "reauth_confirm"

    result = await flows.choose(hass, asked, "method")
    assert lfdi_shown(result) == identity.lfdi
    result = await flows.by_portal(hass, result)
    assert result["reason"] == "commissioning_continues"
    await settle(hass)
    assert state_of(hass, entry, "problem").attributes["reason"] == "portal_pending"
    await gateway.mend()
    await gateway.register(identity.lfdi)
    await entry.runtime_data.coordinator.async_refresh()
    await settle(hass)
    assert state_of(hass, entry, "connectivity").state == "on"


async def test_gateway_that_refused_for_a_while_is_polled_on_and_nobody_is_asked_any_more(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    entry = await commission(gateway)
    coordinator = entry.runtime_data.coordinator
    await gateway.fault("certificate_refused")
    for _ in range(3):
        await coordinator.async_refresh()
    await until(lambda: hass.config_entries.flow.async_progress_by_handler(DOMAIN))

    await gateway.mend()
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(hours=1))
    await until(lambda: state_of(hass, entry, "connectivity").state == "on")
    assert not hass.config_entries.flow.async_progress_by_handler(DOMAIN)


async def test_new_identity_only_when_a_person_asks(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    entry = await commission(gateway)
    before = entry.runtime_data.identity.lfdi
    result = await reconfigure(hass, entry, "identity_change")
    result = await flows.choose(hass, result, "identity_new")
    new = lfdi_shown(result)
    assert new != before
    await gateway.register(new)
    result = await flows.by_portal(hass, result)
    await settle(hass)
    assert entry.runtime_data.identity.lfdi == new
    assert state_of(hass, entry, "connectivity").state == "on"


@pytest.mark.use_case("IP-6")
@pytest.mark.parametrize("back", [True, False], ids=["gateway there", "gateway away at first"])
async def test_entry_of_the_former_identity_is_taken_back(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission, *, back: bool
) -> None:
    entry = await commission(gateway)
    before = entry.runtime_data.identity.lfdi
    assert (await gateway.describe())["registered"] == [before]
    result = await reconfigure(hass, entry, "identity_change")
    result = await flows.choose(hass, result, "identity_new")
    new = lfdi_shown(result)
    if not back:
        await gateway.fault("silence", path="/edev/1")
    result = await flows.by_pin(hass, result, gateway.pin)
    await settle(hass)
    assert state_of(hass, entry, "connectivity").state == "on"
    if not back:
        # Both are listed: that of the former is tried again at the next start.
        assert sorted((await gateway.describe())["registered"]) == sorted([before, new])
        await gateway.mend()
        await hass.config_entries.async_reload(entry.entry_id)
        await settle(hass)
    assert (await gateway.describe())["registered"] == [new]
    assert "former" not in entry.data
    assert entry.runtime_data.identity.lfdi == new
    assert state_of(hass, entry, "connectivity").state == "on"


@pytest.mark.use_case("IP-6")
async def test_gateway_that_keeps_the_former_entry_is_told_of_and_left_alone(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission, caplog: pytest.LogCaptureFixture
) -> None:
    entry = await commission(gateway)
    before = entry.runtime_data.identity.lfdi
    result = await reconfigure(hass, entry, "identity_change")
    result = await flows.choose(hass, result, "identity_new")
    await gateway.fault("http_error", path="/edev/1", status=403)
    await flows.by_pin(hass, result, gateway.pin)
    await settle(hass)
    assert f"former certificate (…{before[-6:]})" in caplog.text
    assert "former" not in entry.data
    assert state_of(hass, entry, "connectivity").state == "on"


@pytest.mark.use_case("IP-6")
async def test_identity_that_is_changed_before_it_was_used_leaves_nothing(
    hass: HomeAssistant, gateway: SimulatedGateway
) -> None:
    mine = await hass.async_add_executor_job(create_identity)
    result = await flows.submit(hass, await flows.start(hass), {"host": gateway.host, "port": gateway.port})
    result = await flows.walk(hass, result, "method")
    first = lfdi_shown(result)
    result = await flows.by_pin(hass, result, "111115")
    assert result["step_id"] == "pin_differs"
    assert (await gateway.describe())["registered"] == [first]
    hass.config_entries.flow.async_abort(result["flow_id"])

    result = await flows.submit(hass, await flows.start(hass), {"gateway": gateway.sfdi})
    assert result["step_id"] == "resume"
    result = await flows.submit(hass, await flows.choose(hass, result, "method"), {"way": "identity_import"})
    result = await flows.submit(hass, result, {"certificate": mine.cert_pem, "key": mine.key_pem})
    assert (result["step_id"], lfdi_shown(result)) == ("method", mine.lfdi)
    assert (await gateway.describe())["registered"] == []


@pytest.mark.parametrize("right", ["ours", "the gateway's"])
async def test_another_pin_for_a_new_identity_is_asked_about_not_tried_again(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    commission: Commission,
    issue_registry: ir.IssueRegistry,
    right: str,
) -> None:
    entry = await commission(gateway)
    result = await reconfigure(hass, entry, "identity_change")
    result = await flows.choose(hass, result, "identity_new")
    result = await flows.by_pin(hass, result, "111115")
    assert result["reason"] == "commissioning_continues"
    await settle(hass)
    assert state_of(hass, entry, "problem").attributes["reason"] == "wrong_pin"
    assert issue_registry.async_get_issue(DOMAIN, f"wrong_pin_{entry.entry_id}") is not None
    assert entry.runtime_data.coordinator.update_interval is None
    (asked,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert asked["step_id"] == "pin_differs"
    if right == "ours":
        result = await flows.choose(hass, asked, "pin_again")
        await flows.by_pin(hass, result, gateway.pin)
    else:
        await flows.choose(hass, asked, "pin_accept")
    await settle(hass)
    assert state_of(hass, entry, "connectivity").state == "on"
    assert issue_registry.async_get_issue(DOMAIN, f"wrong_pin_{entry.entry_id}") is None


async def test_identity_is_exported_under_a_passphrase(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    entry = await commission(gateway)
    result = await reconfigure(hass, entry, "export")
    result = await flows.submit(hass, result, {"passphrase": "short"})
    assert result["errors"] == {"passphrase": "passphrase_too_short"}
    result = await flows.submit(hass, result, {"passphrase": "correct horse"})
    assert "ENCRYPTED PRIVATE KEY" in flows.placeholder(result, "pem")
    result = await flows.submit(hass, result, {})
    assert result["reason"] == "exported"
    assert entry.runtime_data.identity.to_dict() == entry.data["identity"]


@pytest.mark.use_case("IP-5")
async def test_kept_identity_is_offered_after_removal(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    entry = await commission(gateway)
    before = entry.runtime_data.identity.lfdi
    options = await hass.config_entries.options.async_init(entry.entry_id)
    options = await hass.config_entries.options.async_configure(options["flow_id"], {"keep_identity": True})
    assert options["type"] is FlowResultType.CREATE_ENTRY
    await settle(hass)
    await hass.config_entries.async_remove(entry.entry_id)

    result = await flows.submit(hass, await flows.start(hass), {"host": gateway.host, "port": gateway.port})
    result = await flows.submit(hass, await flows.walk(hass, result, "method"), {"way": "identity_kept"})
    result = await flows.submit(hass, result, {"gateway": gateway.sfdi})
    assert parse_lfdi(flows.placeholder(result, "lfdi")) == before


async def test_removal_forgets_the_identity_unless_asked_to_keep_it(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission, hass_storage: dict[str, object]
) -> None:
    entry = await commission(gateway)
    await hass.config_entries.async_remove(entry.entry_id)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await settle(hass)
    assert "PRIVATE" not in json.dumps(hass_storage)


async def test_gateway_that_is_away_keeps_what_was_announced_to_it_and_the_hub_goes_all_the_same(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission, caplog: pytest.LogCaptureFixture
) -> None:
    entry = await commission(gateway)
    ours = entry.runtime_data.identity.lfdi
    await gateway.fault("refuse")
    assert await hass.config_entries.async_remove(entry.entry_id)
    await settle(hass)
    assert "what was announced stays on the gateway's list" in caplog.text
    assert hass.config_entries.async_entries(DOMAIN) == []
    assert (await gateway.describe())["registered"] == [ours]


@pytest.mark.parametrize(("rate", "seconds"), [(45, 45), (1, 10)], ids=["its own", "no less than ten seconds"])
async def test_poll_interval_is_the_gateways_own_unless_chosen(
    hass: HomeAssistant, make_gateway: GatewayFactory, commission: Commission, rate: int, seconds: int
) -> None:
    entry = await commission(await make_gateway(registration="both", poll_rate=rate))
    assert entry.runtime_data.coordinator.update_interval.total_seconds() == seconds
    options = await hass.config_entries.options.async_init(entry.entry_id)
    await hass.config_entries.options.async_configure(
        options["flow_id"], {"poll_interval": 20, "keep_identity": False}
    )
    await settle(hass)
    assert entry.runtime_data.coordinator.update_interval.total_seconds() == 20


@pytest.mark.parametrize("linked", [{}, {"utility": {"url": "https://utility.example", "name": "Utility"}}])
async def test_expired_certificate_asks_for_another(
    hass: HomeAssistant, gateway: SimulatedGateway, linked: dict[str, Any]
) -> None:
    """The certificate, and not the account: whose permission nobody asked about."""
    certificate, key = certificate_for(p256(), days_ago=10, valid_days=5)
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Old",
        unique_id=gateway.sfdi,
        data={
            "host": gateway.host,
            "port": gateway.port,
            "dcap_path": "/dcap",
            "gateway_lfdi": gateway.lfdi,
            "gateway_sfdi": gateway.sfdi,
            "identity": {"cert_pem": certificate, "key_pem": key},
            "kind": "energy_management_system",
            "premise": {"name": "Old", "latitude": 0, "longitude": 0},
            "state": "commissioned",
            **linked,
        },
    )
    entry.add_to_hass(hass)
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    await settle(hass)
    (asked,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert asked["step_id"] == "reauth_confirm"
