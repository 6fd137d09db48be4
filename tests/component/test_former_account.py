"""What was charged under an account that another one took the place of is for nobody else, and goes on with it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.utility_han.account.manager import AccountManager
from custom_components.utility_han.devices.store import Registrations
from custom_components.utility_han.health.diagnosing import async_open_case
from custom_components.utility_han.health.manager import HealthManager
from custom_components.utility_han.procedures import BillableRecord, RecordState, Wanted
from custom_components.utility_han.utility import UtilityReason, asking
from custom_components.utility_han.vehicles.billers import Billers
from tests.conftest import SimulatedGateway
from tests.helpers import accounts, flows, vehicles
from tests.helpers.states import until
from tests.helpers.utility import SimulatedUtility
from tests.helpers.vehicles import manager_of, record_of

pytestmark = [pytest.mark.usefixtures("current_request_with_host"), pytest.mark.use_case("UR-5", "UR-EV")]


@pytest.fixture(autouse=True)
def _not_asked_again_slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "_PAUSE", 0.0)


async def link_instead(
    hass: HomeAssistant, hub: ConfigEntry, utility: SimulatedUtility, client: ClientSessionGenerator
) -> None:
    """Link another account, and go on where it is said what stays at the former."""
    result = await accounts.choose(hass, hub, utility, client)
    assert result["step_id"] == "former_account", result
    result = await flows.submit(hass, result, {})
    assert result["reason"] == "account_linked"
    await hass.async_block_till_done()


def records(hub: ConfigEntry) -> list[BillableRecord]:
    return [record for _, record in manager_of(hub).charging.ledger.records()]


async def test_sessions_stay_with_the_account_that_they_were_charged_under(
    hass: HomeAssistant,
    hub: ConfigEntry,
    gateway: SimulatedGateway,
    utility: SimulatedUtility,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    """Neither is one offered that is not billed yet, nor one again that the new utility knows nothing of."""
    charger = await vehicles.bind(hass, hub)
    await charger.session(1000)
    await until(lambda: [each.state for each in records(hub)] == [RecordState.SENT])
    await utility.fault("http_error", path="/api/v1/charging-sessions")
    await charger.session(2000)
    await until(lambda: len(records(hub)) == 2)
    neighbour = await utility.neighbour()
    await neighbour.attach(gateway.lfdi)
    await link_instead(hass, hub, neighbour, hass_client_no_auth)
    await utility.mend()
    before = len(await utility.log())
    delivery = manager_of(hub).delivery
    delivery._compared = None
    assert not await delivery._async_pass()
    billed, left = records(hub)
    assert (billed.state, billed.reason) == (RecordState.SENT, None)
    assert billed.billed is not None
    assert (left.state, left.reason) == (RecordState.TO_SEND, UtilityReason.AT_FORMER_ACCOUNT)
    asked = [each["path"] for each in (await utility.log())[before:]]
    assert not [path for path in asked if "charging-sessions" in path or "billing" in path or "bindings" in path]

    await link_instead(hass, hub, utility, hass_client_no_auth)
    await until(lambda: [each.state for each in records(hub)] == [RecordState.SENT, RecordState.SENT])
    assert [each.reason for each in records(hub)] == [None, None]
    assert sorted(each["energy_wh"] for each in await utility.billed()) == [1000, 2000]


async def test_hub_that_is_removed_asks_its_utility_for_nothing_of_a_former_account(
    hass: HomeAssistant,
    hub: ConfigEntry,
    gateway: SimulatedGateway,
    utility: SimulatedUtility,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    """Who links another account was told what stays at the former."""
    await vehicles.bind(hass, hub)
    neighbour = await utility.neighbour()
    await neighbour.attach(gateway.lfdi)
    await link_instead(hass, hub, neighbour, hass_client_no_auth)
    before = len(await utility.log())
    await hass.config_entries.async_remove(hub.entry_id)
    await hass.async_block_till_done()
    asked = [each["path"] for each in (await utility.log())[before:]]
    assert asked
    assert not [path for path in asked if "bindings" in path]
    assert [each["valid_until"] for each in await utility.bindings()] == [None]


@pytest.mark.use_case("RD-1", "RD-5a")
async def test_what_is_of_one_utility_is_not_taken_to_another(
    hass: HomeAssistant,
    hub: ConfigEntry,
    gateway: SimulatedGateway,
    utility: SimulatedUtility,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    """Its cases and how far its events were read; nor may another diagnose because that one may."""
    health = hub.runtime_data.manager(HealthManager)
    kept = await Registrations.async_get(hass, hub.entry_id)
    await async_open_case(health, health.subjects.gateway, "It hums")
    health.conditions.always_allowed = True
    await until(lambda: kept.cursor is not None)
    kept.cursor = "77"
    neighbour = await utility.neighbour()
    await neighbour.attach(gateway.lfdi)
    await utility.clear_log()
    await accounts.link(hass, hub, neighbour, hass_client_no_auth)
    manager = hub.runtime_data.manager(AccountManager)
    await until(lambda: manager.heard_of)
    assert {each["status"] for each in await utility.log() if each["path"].endswith("/events")} == {200}
    assert (kept.cursor != "77", kept.whose) == (True, manager.account_key)
    health = hub.runtime_data.manager(HealthManager)
    assert (list(health.open_cases()), health.conditions.always_allowed) == ([], False)
    await async_open_case(health, health.subjects.gateway, "It hums")
    assert len(await neighbour.cases()) == 1

    health.conditions.always_allowed = True
    await hass.config_entries.async_reload(hub.entry_id)
    health = hub.runtime_data.manager(HealthManager)
    assert (len(list(health.open_cases())), health.conditions.always_allowed) == (1, True)


async def test_vehicle_is_bound_anew_by_the_account_that_is_linked_now(hass: HomeAssistant, hub: ConfigEntry) -> None:
    """It knows neither the vehicle's number at the former utility nor the binding there, which ends here."""
    await vehicles.bind(hass, hub)
    record, charging = record_of(hub), manager_of(hub).charging
    run = record.run
    ((name, bound),) = run.bindings.items()
    since = dt_util.utcnow() + timedelta(days=1)
    utility = hub.runtime_data.manager(AccountManager).utility
    wanted = Wanted({"name": "Garage"}, run.programs[name], since, "vehicle_owner", since, replaces=name)
    here = Billers(utility, charging, run.made_at[name])
    there = Billers(utility, charging, "https://other.example/api other")
    run.wanted = replace(wanted)
    here.take_over(record, "premise")
    assert (run.vehicle_id, run.wanted, run.bindings) == (bound.vehicle_id, wanted, {name: bound})
    there.take_over(record, "premise")
    assert (run.vehicle_id, run.premise_id, run.wanted) == (None, "premise", replace(wanted, replaces=None))
    assert run.bindings[name].valid_until == since
