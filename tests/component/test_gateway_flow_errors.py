"""A gateway's dialog where something is not as it should be, or is gone on with where it was left."""

import asyncio
import errno
from datetime import timedelta
from typing import Any, cast
from unittest.mock import patch

import pytest
from homeassistant.config_entries import (
    ConfigEntry,
    ConfigEntryState,
    ConfigFlowResult,
)
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.data_entry_flow import EVENT_DATA_ENTRY_FLOW_PROGRESSED, FlowResultType
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_fire_time_changed
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.utility_han.config_flow import UtilityHanConfigFlow
from custom_components.utility_han.const import CONF_VTN, DOMAIN
from custom_components.utility_han.gateway.ieee2030_5.identity import create_identity
from custom_components.utility_han.hub.flow import dialog, progress
from custom_components.utility_han.hub.flow.acknowledge import AcknowledgeFlow
from custom_components.utility_han.hub.kept.store import HanStore
from custom_components.utility_han.repairs import async_create_fix_flow
from tests.component.conftest import Commission
from tests.component.test_changes import lfdi_shown, reconfigure, settle
from tests.component.test_device_flow import DeviceFlow, registered
from tests.component.test_discovery_flow import announce, announcement
from tests.component.test_event_answers import CUSTOMER, asked, read
from tests.conftest import GatewayFactory, SimulatedGateway
from tests.helpers import accounts, flows
from tests.helpers.states import PATIENCE, state_of, until
from tests.helpers.utility import SimulatedUtility
from tests.helpers.vtn_hub import hub_without_meter
from tests.openadr.under_test import Vtn

_SEVERAL = 3
"""Turns of the loop in which a step has begun."""


def at(gateway: SimulatedGateway) -> dict[str, Any]:
    """Return where a gateway is, as a person types it."""
    return {"host": gateway.host, "port": gateway.port}


async def found(hass: HomeAssistant, gateway: SimulatedGateway) -> ConfigFlowResult:
    """Add a gateway by its address."""
    return await flows.submit(hass, await flows.start(hass), at(gateway))


@pytest.mark.parametrize("changed", ["address", "replaced"])
async def test_address_that_leads_nowhere_is_told_where_it_was_typed(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission, unused_tcp_port: int, changed: str
) -> None:
    entry = await commission(gateway)
    before = dict(entry.data)
    result = await reconfigure(hass, entry, changed)
    for host, error in (("user@meter", {"host": "invalid_address"}), ("127.0.0.1", {"base": "unreachable"})):
        result = await flows.submit(hass, result, {"host": host, "port": unused_tcp_port})
        assert (result["step_id"], result["errors"]) == (changed, error)
    assert entry.data == before


async def test_meter_of_another_hub_takes_no_ones_place(
    hass: HomeAssistant, gateway: SimulatedGateway, make_gateway: GatewayFactory, commission: Commission
) -> None:
    entry, other = await commission(gateway), await make_gateway(registration="both")
    await commission(other)
    result = await reconfigure(hass, entry, "replaced")
    result = await flows.submit(hass, result, at(other))
    assert result["reason"] == "already_configured"
    assert entry.unique_id == gateway.sfdi


@pytest.mark.use_case("IP-5")
async def test_identity_that_was_kept_of_another_gateway_is_offered_for_a_change(
    hass: HomeAssistant, gateway: SimulatedGateway, make_gateway: GatewayFactory, commission: Commission
) -> None:
    other = await make_gateway(registration="both")
    former = await commission(other)
    kept = former.runtime_data.identity.lfdi
    options = await hass.config_entries.options.async_init(former.entry_id)
    await hass.config_entries.options.async_configure(options["flow_id"], {"keep_identity": True})
    await settle(hass)
    await hass.config_entries.async_remove(former.entry_id)
    entry = await commission(gateway)
    result = await reconfigure(hass, entry, "identity_change")
    assert result["menu_options"] == ["identity_new", "identity_import", "identity_kept"]
    result = await flows.submit(hass, await flows.choose(hass, result, "identity_kept"), {"gateway": other.sfdi})
    assert (result["step_id"], lfdi_shown(result)) == ("method", kept)


@pytest.mark.use_case("IP-6")
async def test_identity_that_the_utility_told_of_leaves_nothing_to_take_back(
    hass: HomeAssistant, make_gateway: GatewayFactory
) -> None:
    gateway = await make_gateway(personality="standard", registration="out-of-band")
    result = await flows.walk(hass, await found(hass, gateway), "method")
    await gateway.register(lfdi_shown(result))
    entry = (await flows.finish(hass, await flows.by_portal(hass, result)))["result"]
    await settle(hass)
    result = await flows.choose(hass, await reconfigure(hass, entry, "identity_change"), "identity_new")
    new = lfdi_shown(result)
    await gateway.register(new)
    result = await flows.by_portal(hass, result)
    assert result["reason"] == "commissioning_continues"
    assert "former" not in entry.data
    await settle(hass)
    assert entry.runtime_data.identity.lfdi == new
    assert state_of(hass, entry, "connectivity").state == "on"


@pytest.mark.use_case("IP-5")
async def test_identity_that_is_brought_again_is_the_same(hass: HomeAssistant, gateway: SimulatedGateway) -> None:
    mine = await hass.async_add_executor_job(create_identity)
    result = await flows.walk(hass, await found(hass, gateway), "method")
    for _ in range(2):
        result = await flows.submit(hass, result, {"way": "identity_import"})
        result = await flows.submit(hass, result, {"certificate": mine.cert_pem, "key": mine.key_pem})
        assert (result["step_id"], lfdi_shown(result)) == ("method", mine.lfdi)
    result = await flows.by_pin(hass, result, gateway.pin)
    assert result["step_id"] == "commissioned"
    assert (await gateway.describe())["registered"] == [mine.lfdi]


@pytest.mark.use_case("IP-5", "RD-8b")
async def test_replaced_meter_knows_none_of_the_devices_that_the_former_identity_announced(
    hass: HomeAssistant, hub: ConfigEntry, gateway: SimulatedGateway
) -> None:
    await registered(await DeviceFlow(hass, hub).start(), gateway)
    await hass.async_block_till_done()
    mine = await hass.async_add_executor_job(create_identity)
    await gateway.replace()
    result = await flows.submit(hass, await reconfigure(hass, hub, "replaced"), at(gateway))
    result = await flows.submit(hass, result, {"way": "identity_import"})
    result = await flows.submit(hass, result, {"certificate": mine.cert_pem, "key": mine.key_pem})
    result = await flows.by_pin(hass, result, gateway.pin)
    assert result["reason"] == "commissioning_continues"
    assert "former" not in hub.data
    await until(lambda: hub.state is ConfigEntryState.LOADED and hub.runtime_data.identity.lfdi == mine.lfdi)


@pytest.mark.use_case("IP-5")
async def test_gateway_that_does_not_say_what_it_takes_is_offered_both_ways(
    hass: HomeAssistant, gateway: SimulatedGateway
) -> None:
    await gateway.fault("http_error", path="/dcap", status=500)
    result = await flows.submit(hass, await found(hass, gateway), flows.PREMISE)
    assert result["step_id"] == "method", result
    assert ("/dcap", 500) in [(each["path"], each["status"]) for each in (await gateway.log())["requests"]]
    assert result["data_schema"] is not None
    fields = {str(marker): field for marker, field in result["data_schema"].schema.items()}
    assert fields["way"].config["options"] == ["in_band", "portal", "identity_import"]


@pytest.mark.use_case("IP-5")
@pytest.mark.parametrize("announced", [True, False], ids=["announced", "typed"])
async def test_gateway_that_was_begun_with_is_gone_on_with_however_it_is_found(
    hass: HomeAssistant, gateway: SimulatedGateway, *, announced: bool
) -> None:
    result = await flows.walk(hass, await found(hass, gateway), "method")
    before = lfdi_shown(result)
    result = await flows.by_pin(hass, result, "111115")
    hass.config_entries.flow.async_abort(result["flow_id"])
    if announced:
        result = await flows.submit(hass, await announce(hass, announcement(gateway)), flows.PREMISE)
    else:
        result = await flows.submit(hass, await flows.start(hass), {"gateway": "manual"})
        result = await flows.submit(hass, result, at(gateway))
    assert (result["step_id"], flows.placeholder(result, "gateway")) == ("resume", gateway.sfdi)
    result = await flows.choose(hass, result, "method")
    assert lfdi_shown(result) == before


@pytest.mark.use_case("IP-10")
async def test_meter_that_was_begun_with_becomes_that_of_a_hub_of_a_utility_alone(
    hass: HomeAssistant, gateway: SimulatedGateway, vtn: Vtn
) -> None:
    result = await flows.walk(hass, await found(hass, gateway), "method")
    await gateway.fault("refuse")
    result = await flows.by_pin(hass, result, gateway.pin)
    assert flows.failure(result) == "unreachable"
    hass.config_entries.flow.async_abort(result["flow_id"])
    await gateway.mend()
    entry = await hub_without_meter(hass, vtn)
    result = await flows.choose(hass, await reconfigure(hass, entry, "meter_add"), "ip")
    result = await flows.submit(hass, result, {"gateway": gateway.sfdi})
    result = await flows.choose(hass, result, "commission")
    assert (result["step_id"], result["menu_options"]) == ("commissioned", ["finish"]), "its utility stays"
    result = await flows.choose(hass, result, "finish")
    assert result["reason"] == "commissioning_continues"
    assert (entry.unique_id, entry.data["state"]) == (gateway.sfdi, "commissioned")
    assert CONF_VTN in entry.data
    await settle(hass)
    assert state_of(hass, entry, "connectivity").state == "on"


async def test_meter_that_a_utility_s_hub_was_to_have_becomes_a_hub_of_its_own(
    hass: HomeAssistant, gateway: SimulatedGateway, vtn: Vtn
) -> None:
    """Who gives a meter to a hub names no premises; who adds it instead of that has those of the home."""
    entry = await hub_without_meter(hass, vtn)
    result = await flows.choose(hass, await reconfigure(hass, entry, "meter_add"), "ip")
    result = await flows.walk(hass, await flows.submit(hass, result, at(gateway)), "method")
    lfdi = lfdi_shown(result)
    hass.config_entries.flow.async_abort(result["flow_id"])
    result = await flows.submit(hass, await flows.start(hass), {"gateway": gateway.sfdi})
    assert lfdi_shown(result) == lfdi
    result = await flows.finish(hass, await flows.by_pin(hass, result, gateway.pin))
    assert result["title"] == hass.config.location_name
    await settle(hass)


async def test_account_is_linked_to_a_hub_that_was_given_its_meter_later(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    vtn: Vtn,
    utility: SimulatedUtility,
    current_request_with_host: None,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    entry = await hub_without_meter(hass, vtn)
    result = await flows.choose(hass, await reconfigure(hass, entry, "meter_add"), "ip")
    result = await flows.walk(hass, await flows.submit(hass, result, at(gateway)), "method")
    await flows.by_pin(hass, result, gateway.pin)
    await settle(hass)
    result = await flows.choose(hass, await reconfigure(hass, entry, "vtn_change"), "vtn_leave")
    assert (await flows.submit(hass, result, {}))["reason"] == "vtn_left"
    await settle(hass)
    await utility.attach(gateway.lfdi)
    await accounts.link(hass, entry, utility, hass_client_no_auth)
    assert entry.data["utility"]["premise_id"]


@pytest.mark.parametrize("changed", ["identity", "meter"])
async def test_change_that_was_not_gone_through_with_is_nobody_s_begin(
    hass: HomeAssistant, hub: ConfigEntry, gateway: SimulatedGateway, make_gateway: GatewayFactory, changed: str
) -> None:
    """What a hub has, its permission at the utility above all, is not taken along into another one."""
    meter = gateway
    if changed == "identity":
        result = await flows.choose(hass, await reconfigure(hass, hub, "identity_change"), "identity_new")
    else:
        meter = await make_gateway(registration="both")
        result = await flows.submit(hass, await reconfigure(hass, hub, "replaced"), at(meter))
    assert result["step_id"] == "method"
    hass.config_entries.flow.async_abort(result["flow_id"])
    if changed == "identity":
        await hass.config_entries.async_remove(hub.entry_id)
    result = await flows.submit(hass, await flows.start(hass), at(meter))
    assert result["step_id"] == "location", "nothing was begun"
    result = await flows.by_pin(hass, await flows.walk(hass, result, "method"), meter.pin)
    assert result["menu_options"] == ["account", "vtn", "finish"]
    entry = (await flows.finish(hass, result))["result"]
    assert not {"token", "utility"} & entry.data.keys()
    await hass.async_block_till_done()


async def test_permission_that_is_renewed_while_a_change_is_made_stays(
    hass: HomeAssistant, hub: ConfigEntry, gateway: SimulatedGateway
) -> None:
    """A refresh token is good once: who is given back the one from before has to sign in again."""
    result = await flows.choose(hass, await reconfigure(hass, hub, "identity_change"), "identity_new")
    renewed = hub.data["token"] | {"renewed": True}
    hass.config_entries.async_update_entry(hub, data={**hub.data, "token": renewed})
    result = await flows.by_portal(hass, result)
    assert result["reason"] == "commissioning_continues"
    assert hub.data["token"] == renewed
    await hass.async_block_till_done()


async def test_announcement_without_a_name_of_its_own_is_left_alone(
    hass: HomeAssistant, gateway: SimulatedGateway
) -> None:
    info = announcement(gateway)
    info.name = "meter._smartenergy._tcp.local."
    result = await announce(hass, info)
    assert result["reason"] == "invalid_discovery"


@pytest.mark.use_case("IP-3")
async def test_starting_over_before_anything_was_announced_forgets_what_was_found(
    hass: HomeAssistant, gateway: SimulatedGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full() -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    result = await found(hass, gateway)
    monkeypatch.setattr("custom_components.utility_han.hub.self_checks.async_probe_storage", lambda _hass: full())
    result = await flows.submit(hass, result, flows.PREMISE)
    assert result["step_id"] == "self_check_result"
    result = await flows.choose(hass, result, "start_over")
    assert result["step_id"] == "user"
    assert (await flows.choose(hass, result, "ip"))["step_id"] == "manual", "nothing is left to go on with"


@pytest.mark.use_case("IP-6")
async def test_dialog_that_is_closed_while_it_works_is_gone_on_with(
    hass: HomeAssistant, gateway: SimulatedGateway
) -> None:
    result = await flows.walk(hass, await found(hass, gateway), "method")
    lfdi = lfdi_shown(result)
    await gateway.fault("slow", seconds=5)
    answer = {"way": "in_band", "pin": gateway.pin}
    result = await hass.config_entries.flow.async_configure(result["flow_id"], answer)
    assert result["type"] is FlowResultType.SHOW_PROGRESS
    hass.config_entries.flow.async_abort(result["flow_id"])
    await hass.async_block_till_done()
    await gateway.mend()
    result = await flows.submit(hass, await flows.start(hass), {"gateway": gateway.sfdi})
    assert result["step_id"] == "resume"
    result = await flows.choose(hass, result, "commission")
    assert result["step_id"] == "commissioned"
    assert (await gateway.describe())["registered"] == [lfdi]


@pytest.mark.use_case("UR-4")
@pytest.mark.parametrize("begun", [True, False], ids=["in the middle of a step", "before it"])
async def test_device_whose_dialog_is_closed_while_it_works_is_a_draft_again(
    hass: HomeAssistant, hub: ConfigEntry, gateway: SimulatedGateway, utility: SimulatedUtility, *, begun: bool
) -> None:
    flow = await DeviceFlow(hass, hub).start()
    await flow.announce(gateway.pin)
    await utility.fault("slow", seconds=5, path="/api/v1/registration-requests")
    manager, flow_id, shown = hass.config_entries.subentries, flow.result["flow_id"], asyncio.Event()

    @callback
    def changed(_event: Event[Any]) -> None:
        page = manager._progress[flow_id].cur_step if flow_id in manager._progress else None
        if page is None or page["progress_action"] != "ur_4":
            return
        shown.set()
        if not begun:
            manager.async_abort(flow_id)

    hass.bus.async_listen(EVENT_DATA_ENTRY_FLOW_PROGRESSED, changed)
    await manager.async_configure(flow_id, {"serial": gateway.free_serial, "key": gateway.pin})
    async with asyncio.timeout(PATIENCE):
        await shown.wait()
    if begun:
        for _ in range(_SEVERAL):
            await asyncio.sleep(0)
        manager.async_abort(flow_id)
    await utility.mend()
    await hass.async_block_till_done()
    again = await DeviceFlow(hass, hub).start()
    assert again.result["menu_options"] == ["resume", "entity"]
    assert not await utility.registrations()


async def test_page_that_is_over_is_told_of_until_nobody_can_be_listening(
    hass: HomeAssistant, gateway: SimulatedGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The frontend may begin to listen too late; a dialog that nobody looks at is told of less and less."""
    monkeypatch.setattr(progress, "_APART", timedelta(0))  # how long its last step took is no matter here
    result = await flows.walk(hass, await found(hass, gateway), "method")
    answer = {"way": "in_band", "pin": gateway.pin}
    flow_id, told = result["flow_id"], []

    def over() -> bool:
        return hass.config_entries.flow.async_get(flow_id)["step_id"] == "after_progress"

    hass.bus.async_listen(EVENT_DATA_ENTRY_FLOW_PROGRESSED, callback(lambda _event: told.append(over())))
    await hass.config_entries.flow.async_configure(flow_id, answer)
    await until(over)
    now = dt_util.utcnow()
    for _ in range(20):
        now += timedelta(minutes=5)
        async_fire_time_changed(hass, now)
        await hass.async_block_till_done()
    assert sum(told) == 9, "at once, and after 1, 2, 4, … and 128 seconds"
    result = await hass.config_entries.flow.async_configure(flow_id)
    assert result["step_id"] == "commissioned"


async def test_page_that_is_over_is_not_told_of_while_the_next_one_is_made(
    hass: HomeAssistant, gateway: SimulatedGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who asks a second time for the page that ends the flow is told that there is no such flow."""
    result = await flows.walk(hass, await found(hass, gateway), "method")
    flow_id, told, may_end, over = result["flow_id"], [], asyncio.Event(), asyncio.Event()
    made = UtilityHanConfigFlow.async_step_commissioned

    async def slow(self: UtilityHanConfigFlow, user_input: dict[str, Any] | None = None) -> Any:
        await may_end.wait()
        return await made(self, user_input)

    @callback
    def changed(event: Event[Any]) -> None:
        told.append(event)
        if hass.config_entries.flow.async_get(flow_id)["step_id"] == "after_progress":
            over.set()

    monkeypatch.setattr(UtilityHanConfigFlow, "async_step_commissioned", slow)
    hass.bus.async_listen(EVENT_DATA_ENTRY_FLOW_PROGRESSED, changed)
    await hass.config_entries.flow.async_configure(flow_id, {"way": "in_band", "pin": gateway.pin})
    async with asyncio.timeout(PATIENCE):
        await over.wait()
    asked = hass.async_create_task(hass.config_entries.flow.async_configure(flow_id))
    told.clear()
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=5))
    await asyncio.sleep(0)
    may_end.set()
    assert (await asked)["step_id"] == "commissioned"
    assert not told


async def test_run_that_is_not_known_any_more_is_begun_anew(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    entry = await commission(gateway)
    result = await flows.choose(hass, await reconfigure(hass, entry, "identity_change"), "identity_new")
    await flows.by_pin(hass, result, "111115")
    await settle(hass)
    (waits,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert waits["step_id"] == "pin_differs"
    hass.config_entries.flow.async_abort(waits["flow_id"])
    await (await HanStore.async_get(hass)).async_drop("runs", gateway.sfdi)
    entry.async_start_reauth(hass)
    await hass.async_block_till_done()
    (asks,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert asks["step_id"] == "reauth_confirm"
    result = await flows.by_pin(hass, await flows.choose(hass, asks, "method"), gateway.pin)
    assert result["reason"] == "commissioning_continues"
    await settle(hass)
    assert state_of(hass, entry, "connectivity").state == "on"


async def test_message_whose_hub_is_not_set_up_is_not_acknowledged(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    """A notice may be looked at in the moment in which its hub is loaded anew."""
    entry = await commission(gateway)
    await gateway.send("Peak today", response_required=CUSTOMER)
    await read(hass, entry)
    (issue,) = asked(hass, "text")
    flow = await async_create_fix_flow(hass, issue.issue_id, dict(issue.data or {}))
    assert isinstance(flow, AcknowledgeFlow)
    flow.hass, flow.handler, flow.issue_id, flow.flow_id = hass, DOMAIN, issue.issue_id, "1"
    assert await hass.config_entries.async_unload(entry.entry_id)
    result = await flow.async_step_init(None)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "not_loaded")


async def test_notice_of_a_hub_that_is_gone_has_no_repair(hass: HomeAssistant) -> None:
    for data in (None, {"key": "unhealthy", "entry_id": "gone", "subject": "x"}):
        with pytest.raises(ValueError, match="knows no repair of some_issue"):
            await async_create_fix_flow(hass, "some_issue", data)


@pytest.mark.use_case("IP-5")
async def test_gateway_that_does_not_come_to_say_what_it_takes_is_not_waited_for() -> None:
    class Silent:
        async def takes_announcements(self) -> bool:
            await asyncio.Event().wait()
            return False

    with patch.object(dialog, "_PATIENCE", 0.01):
        assert await dialog.async_takes_announcements(cast("Any", Silent()))
