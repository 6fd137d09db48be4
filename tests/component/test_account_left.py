"""A customer leaves their utility: the permission is given back, the meter stays, and an account is linked anew."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigEntryState,
    ConfigFlowResult,
)
from homeassistant.config_entries import ConfigFlowContext as Context
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.utility_han.account.manager import AccountManager
from custom_components.utility_han.const import CONF_COMMISSION_AGAIN, CONF_UTILITY
from custom_components.utility_han.procedures import RecordState
from custom_components.utility_han.utility import UtilityReason
from tests.component.test_device_flow import DeviceFlow, registered
from tests.conftest import SimulatedGateway
from tests.helpers import accounts, flows, vehicles
from tests.helpers.health import Patient
from tests.helpers.states import until
from tests.helpers.utility import SimulatedUtility
from tests.helpers.vehicles import VehicleFlow

pytestmark = [pytest.mark.usefixtures("current_request_with_host"), pytest.mark.use_case("UR-5", "UR-EV")]


async def leave_page(hass: HomeAssistant, hub: ConfigEntry) -> ConfigFlowResult:
    """Choose to leave the utility."""
    context = Context(source=SOURCE_RECONFIGURE, entry_id=hub.entry_id)
    result = await hass.config_entries.flow.async_init(hub.domain, context=context)
    options = result["menu_options"]
    assert isinstance(options, list)
    assert (options[0], options[-1]) == ("account", "account_leave"), (
        "what is done seldom, and cannot be undone, comes last"
    )
    return await flows.choose(hass, result, "account_leave")


async def leave(hass: HomeAssistant, hub: ConfigEntry) -> None:
    """Leave the utility, whatever stays there."""
    result = await flows.submit(hass, await leave_page(hass, hub), {})
    assert (result["type"], result["reason"]) == ("abort", "account_left")
    await hass.async_block_till_done()
    assert hub.state is ConfigEntryState.LOADED
    assert not {CONF_UTILITY, "token", "auth_implementation"} & hub.data.keys()


async def test_what_stays_is_said_and_nothing_is_done_before_it_was(hass: HomeAssistant, hub: ConfigEntry) -> None:
    result = await leave_page(hass, hub)
    said = result["description_placeholders"] or {}
    assert (said["registered"], said["unbilled"]) == ("–", "0")
    hass.config_entries.flow.async_abort(result["flow_id"])
    await vehicles.bind(hass, hub)
    said = (await leave_page(hass, hub))["description_placeholders"] or {}
    assert said["registered"].startswith("- ")
    assert CONF_UTILITY in hub.data


async def test_session_that_is_under_way_or_nobodys_yet_is_said_not_to_be_billed(
    hass: HomeAssistant, hub: ConfigEntry
) -> None:
    charger = await vehicles.bind(hass, hub)

    async def unbilled() -> str:
        result = await leave_page(hass, hub)
        hass.config_entries.flow.async_abort(result["flow_id"])
        return str((result["description_placeholders"] or {})["unbilled"])

    assert await unbilled() == "0"
    charger.plug(present=False)
    await hass.async_block_till_done()
    assert await unbilled() == "0", "nothing was charged yet"
    charger.charge(2000)
    await hass.async_block_till_done()
    assert await unbilled() == "1"
    charger.plug(plugged=False)
    charger.at += timedelta(minutes=15)
    await vehicles.manager_of(hub).async_look(charger.at)
    await until(lambda: vehicles.issues_of(hass, "whose_session"))
    assert await unbilled() == "1"
    (entry,) = vehicles.manager_of(hub).charging.ledger.entries
    await vehicles.manager_of(hub).async_assign(entry, None)
    assert await unbilled() == "0"


async def test_meter_and_devices_stay_where_the_utility_is_left_and_an_account_is_linked_anew(
    hass: HomeAssistant,
    hub: ConfigEntry,
    gateway: SimulatedGateway,
    utility: SimulatedUtility,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    flow = DeviceFlow(hass, hub)
    await flow.start()
    await registered(flow, gateway)
    await hass.async_block_till_done()
    await leave(hass, hub)
    assert any((each["path"], each["status"]) == ("/oauth/revoke", 200) for each in await utility.log())

    # The gateway goes on asking it what the utility wants of it; nobody asks the utility any more.
    await utility.clear_log()
    patient = Patient(hass, hub, next(iter(hub.subentries)))
    await patient.look()
    assert (patient.well, patient.state("registration_state").state) == (True, "enrolled")
    found = await patient.act("diagnose")
    assert found["verdict"] == "nothing_wrong", found
    assert await utility.log() == []
    assert not list(hub.async_get_active_flows(hass, {SOURCE_REAUTH}))

    await accounts.link(hass, hub, utility, hass_client_no_auth)
    patient = Patient(hass, hub, patient.key)
    found = await patient.act("diagnose")
    assert "RD-10" in {step["step"] for step in found["steps"]}, "the utility sends a test signal again"
    assert patient.well
    assert [each["stage"] for each in await utility.registrations()] == ["active"]


async def test_what_was_charged_waits_for_the_account_that_it_is_for(
    hass: HomeAssistant, hub: ConfigEntry, utility: SimulatedUtility, hass_client_no_auth: ClientSessionGenerator
) -> None:
    charger = await vehicles.bind(hass, hub)
    await utility.fault("http_error", path="/api/v1/charging-sessions")
    await charger.session(2000)

    def records() -> list[RecordState]:
        return [record.state for _, record in vehicles.manager_of(hub).charging.ledger.records()]

    await until(lambda: len(records()) == 1)
    await leave(hass, hub)
    await utility.mend()
    assert records() == [RecordState.TO_SEND]
    await accounts.link(hass, hub, utility, hass_client_no_auth)
    await until(lambda: records() == [RecordState.SENT])


async def test_vehicle_that_was_bound_there_comes_to_the_books_of_the_household(
    hass: HomeAssistant, hub: ConfigEntry
) -> None:
    """What it charged before a person said who pays now waits for the former account, and says so."""
    charger = await vehicles.bind(hass, hub)
    await leave(hass, hub)

    async def session(energy: int) -> None:
        charger.at = max(charger.at, dt_util.utcnow())  # the hub was loaded anew
        await charger.session(energy)
        charger.at += timedelta(minutes=15)
        await vehicles.manager_of(hub).async_look(charger.at)

    def records() -> list[tuple[RecordState, object]]:
        found = vehicles.manager_of(hub).charging.ledger.records()
        return [(record.state, record.reason) for _, record in found]

    await session(2000)
    former = (RecordState.WAITING, UtilityReason.AT_FORMER_ACCOUNT)
    await until(lambda: records() == [former])
    flow = VehicleFlow(hass, hub)
    for option, page in (("document", "document"), ("entities", "charger")):
        await flow.change()
        await flow.choose(option)
        assert (flow.page, flow.errors) == (page, {}), option
    await flow.change()
    assert flow.result["menu_options"] == ["document", "elsewhere", "home_account", "entities"]
    await flow.choose("home_account")
    await flow.submit(vehicles.ANSWERS["home_account"])
    await flow.submit(vehicles.ANSWERS["price_typed"])
    await flow.choose("preview")
    await flow.submit({"consent": True})
    assert (flow.result["type"], flow.result["reason"]) == (FlowResultType.ABORT, "bound_at_home"), flow.result
    await hass.async_block_till_done()
    run = vehicles.record_of(hub).run
    there, here = run.bindings.values()
    assert (run.at_home, run.premise_id, there.valid_until) == (True, "Example Lane 1", here.valid_from)
    await session(3000)
    await until(lambda: records() == [former, (RecordState.SENT, None)])


async def test_nobody_is_asked_to_sign_in_to_what_was_left(
    hass: HomeAssistant, hub: ConfigEntry, utility: SimulatedUtility
) -> None:
    await utility.revoke()
    account = hub.runtime_data.manager(AccountManager)
    account.async_wake()
    await until(lambda: bool(list(hub.async_get_active_flows(hass, {SOURCE_REAUTH}))))
    await leave(hass, hub)
    assert not list(hub.async_get_active_flows(hass, {SOURCE_REAUTH}))
    assert hub.runtime_data.manager(AccountManager).reason is None


async def test_what_is_asked_for_the_meter_is_no_question_of_its(hass: HomeAssistant, hub: ConfigEntry) -> None:
    hub.async_start_reauth(hass, data={CONF_COMMISSION_AGAIN: True})
    await hass.async_block_till_done()
    (asked,) = hub.async_get_active_flows(hass, {SOURCE_REAUTH})
    assert asked["step_id"] == "reauth_confirm"
    page = await leave_page(hass, hub)
    with patch.object(hass.config_entries, "async_schedule_reload"):  # a meter that answers again needs no answer
        await flows.submit(hass, page, {})
    assert [flow["flow_id"] for flow in hub.async_get_active_flows(hass, {SOURCE_REAUTH})] == [asked["flow_id"]]
