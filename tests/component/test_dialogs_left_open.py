"""Dialogs that are open while the hub that they are about is unloaded or removed, or what they change is."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import AbortFlow, FlowResultType, UnknownFlow
from homeassistant.util import dt as dt_util

from custom_components.utility_han.devices.store import Registrations
from custom_components.utility_han.hub.flow import stepping
from custom_components.utility_han.hub.flow.meter_question import MeterQuestionFlow
from custom_components.utility_han.hub.meter_notices import DOUBTED
from tests.component.test_device_flow import ANSWERS, DeviceFlow
from tests.component.test_vehicle_flow import bound, charger, flow
from tests.conftest import SimulatedGateway
from tests.helpers.states import until
from tests.helpers.subentries import SubentryFlow
from tests.helpers.utility import SimulatedUtility
from tests.helpers.vehicles import ANSWERS as VEHICLE_ANSWERS
from tests.helpers.vehicles import VIN, VehicleFlow, manager_of, record_of

__all__ = ["bound", "charger", "flow"]


@pytest.fixture(autouse=True)
async def _done(hass: HomeAssistant) -> AsyncIterator[None]:
    """Have what was scheduled come to its end."""
    yield
    await hass.async_block_till_done()


def ended(flow: SubentryFlow) -> str | None:
    """Return why a dialog ended, None where it goes on."""
    return flow.result["reason"] if flow.result["type"] is FlowResultType.ABORT else None


@pytest.mark.parametrize("page", ["entity", "device", "installation", "identification"])
async def test_device_dialog_says_that_its_hub_was_unloaded_and_keeps_what_was_typed(
    hass: HomeAssistant, hub: ConfigEntry, gateway: SimulatedGateway, page: str
) -> None:
    flow = DeviceFlow(hass, hub)
    await flow.start()
    if page == "installation":
        await flow.submit({})
    if page == "identification":
        await flow.announce(gateway.pin)
        answer: dict[str, Any] = flow.as_shown() | {"key": gateway.pin}
    else:
        await flow.walk(page)
        answer = flow.answer(ANSWERS)
    assert flow.page == page
    assert await hass.config_entries.async_unload(hub.entry_id)
    await flow.submit(answer)
    assert ended(flow) == "hub_not_ready", flow.result
    kept = (await Registrations.async_get(hass, hub.entry_id)).draft
    assert (kept is not None) is (page in ("installation", "identification"))


@pytest.mark.parametrize("page", ["entity", "programs", "register_pending"])
async def test_device_of_a_dialog_that_nobody_closed_is_begun_anew_and_there_once(
    hass: HomeAssistant,
    hub: ConfigEntry,
    utility: SimulatedUtility,
    monkeypatch: pytest.MonkeyPatch,
    page: str,
) -> None:
    """Two tabs: one dialog is left open at ``page``, the device is begun anew in another, and the first finished."""
    first = await DeviceFlow(hass, hub).start()
    if page == "register_pending":
        await utility.set(approval="manual")
        monkeypatch.setattr(stepping, "WAIT_FOR_ACCEPTANCE", 0.2)
    if page != "entity":
        await _announced_by_itself(first, page)
    assert first.page == page, first.result

    again = await DeviceFlow(hass, hub).start()
    if again.page == "user":
        await again.choose("entity")
    await _announced_by_itself(again, "registered")
    if page == "register_pending":
        assert (ended(again), again.said["devices"]) == ("device_is_shown", "Boiler room switch")
    else:
        await again.submit({})
    await hass.async_block_till_done()
    if page == "entity":
        await _announced_by_itself(first, "registered")
        assert (ended(first), first.said["devices"]) == ("device_is_shown", "Boiler room switch")
    else:
        with pytest.raises(UnknownFlow):
            await first.submit({})
    await hass.async_block_till_done()
    (shown,) = hub.get_subentries_of_type("device")
    records = (await Registrations.async_get(hass, hub.entry_id)).records.values()
    assert [each.subentry_id for each in records] == [shown.subentry_id]
    assert len(await utility.registrations()) == 1
    listed = [each.lfdi for each in await hub.runtime_data.gateway.listed_devices() or []]
    assert [each for each in listed if each != hub.runtime_data.gateway.client_lfdi] == [shown.unique_id]


@pytest.mark.use_case("UR-a")
async def test_device_that_two_dialogs_take_over_is_as_the_first_of_them_took_it(
    hass: HomeAssistant, hub: ConfigEntry, gateway: SimulatedGateway, utility: SimulatedUtility
) -> None:
    device = await gateway.bring_device(register=False)
    await utility.pre_register(device["lfdi"], None, "Hall", pin=device["pin"], gateway_lfdi=gateway.lfdi)
    (waiting,) = await utility.registrations()

    async def asked_for_programs() -> DeviceFlow:
        flow = await DeviceFlow(hass, hub).start()
        await flow.choose("takeover")
        await flow.submit({"devices": [waiting["id"]]})
        return flow

    first, second = await asked_for_programs(), await asked_for_programs()
    await first.submit({"programs": ["peak-saver"], "consent": True})
    records = (await Registrations.async_get(hass, hub.entry_id)).records
    taken = records[device["lfdi"]]
    await second.submit({"programs": [], "consent": False})
    assert ended(first) == ended(second) == "taken_over"
    assert records[device["lfdi"]] is taken
    assert [each["program_id"] for each in taken.run.consents or ()] == ["peak-saver"]
    await until(lambda: [each.title for each in hub.subentries.values()] == ["Hall"])


async def _announced_by_itself(flow: DeviceFlow, page: str) -> None:
    """Take the dialog to ``page``, or its end, the usual way: Home Assistant gives all that it can."""
    while flow.page != page and flow.result["type"] is FlowResultType.FORM:
        answer = flow.answer(ANSWERS)
        answer.pop("more", None)
        await flow.submit(answer)


@pytest.mark.parametrize("page", ["vehicle", "account", "program"])
async def test_vehicle_dialog_says_that_its_hub_was_unloaded(
    hass: HomeAssistant, hub: ConfigEntry, flow: VehicleFlow, page: str
) -> None:
    await flow.walk(page)
    assert await hass.config_entries.async_unload(hub.entry_id)
    await flow.submit(VEHICLE_ANSWERS[page])
    assert ended(flow) == "hub_not_ready", flow.result


@pytest.mark.parametrize("pending", [False, True])
async def test_vehicle_of_a_dialog_that_nobody_closed_is_begun_anew_and_there_once(
    hass: HomeAssistant,
    hub: ConfigEntry,
    flow: VehicleFlow,
    utility: SimulatedUtility,
    monkeypatch: pytest.MonkeyPatch,
    *,
    pending: bool,
) -> None:
    """A tab that is gone closes no dialog; it stays where the utility was asked, with the vehicle."""
    neighbour = await utility.neighbour()
    await neighbour.add_vehicle(VIN)
    guest = VEHICLE_ANSWERS["account"] | {"pays": "guest", "account_number": neighbour.number}
    if pending:
        await utility.set(approval="manual")
        monkeypatch.setattr(stepping, "WAIT_FOR_ACCEPTANCE", 0.2)
        await flow.walk("program", account=guest)
        await flow.submit(VEHICLE_ANSWERS["program"])
        assert flow.page == "bind_pending", flow.result
    else:
        await flow.walk("account")
        await flow.submit(VEHICLE_ANSWERS["account"])
        await flow.submit(VEHICLE_ANSWERS["program"])
        assert flow.errors == {"account_number": "not_vehicle_owner"}

    again = await VehicleFlow(hass, hub).start()
    if pending:
        assert again.page == "known"
        await again.submit({"vehicle": again.offered("vehicle")[0]["value"]})
    else:
        await again.walk("vehicle")
    await again.submit(VEHICLE_ANSWERS["vehicle"])
    if pending:
        assert ended(again) == "vehicle_is_shown"
    else:
        await again.submit(guest)
        await again.submit(VEHICLE_ANSWERS["program"])
        await hass.async_block_till_done()
        await hass.config_entries.async_reload(hub.entry_id)
    await hass.async_block_till_done()
    shown = [each.subentry_id for each in hub.get_subentries_of_type("vehicle")]
    assert [each.subentry_id for each in manager_of(hub).charging.vehicles.values()] == shown
    assert len(shown) == 1


async def test_vehicle_that_was_removed_meanwhile_is_not_bound_again(
    hass: HomeAssistant, hub: ConfigEntry, bound: VehicleFlow, utility: SimulatedUtility
) -> None:
    before = await utility.bindings()
    await bound.change()
    await bound.choose("account")
    await bound.submit(VEHICLE_ANSWERS["account"])
    assert bound.page == "program"
    run = record_of(hub).run
    assert hass.config_entries.async_remove_subentry(hub, next(iter(hub.subentries)))
    await hass.async_block_till_done()
    await bound.submit({"consent": True})
    assert ended(bound) == "removed_meanwhile", bound.result
    assert run.wanted is None
    assert {each["id"] for each in await utility.bindings()} == {each["id"] for each in before}


async def test_vehicle_that_was_removed_meanwhile_has_no_end_left_to_tell(
    hass: HomeAssistant, hub: ConfigEntry, bound: VehicleFlow
) -> None:
    await bound.change()
    await bound.choose("end")
    run = record_of(hub).run
    assert hass.config_entries.async_remove_subentry(hub, next(iter(hub.subentries)))
    now = dt_util.now()
    await bound.submit({"valid_until": f"{now:%Y-%m-%d}", "valid_until_time": f"{now:%H:%M:%S}", "reason": "sold"})
    assert ended(bound) == "removed_meanwhile", bound.result
    assert run.ending is None or run.ending["reason"] != "sold"


@pytest.mark.parametrize("page", ["program", "bind_pending"])
@pytest.mark.parametrize("closed", [False, True], ids=["goes on", "closed"])
async def test_hub_that_was_removed_meanwhile_is_kept_no_more(
    hass: HomeAssistant,
    hub: ConfigEntry,
    flow: VehicleFlow,
    utility: SimulatedUtility,
    page: str,
    *,
    closed: bool,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A number of a vehicle is not left on the disk by a dialog that was still open."""
    await flow.walk("program")
    if page == "bind_pending":
        await utility.set(approval="manual")
        monkeypatch.setattr(stepping, "WAIT_FOR_ACCEPTANCE", 0.2)
        await flow.submit({"consent": True})
    assert flow.page == page
    assert await hass.config_entries.async_remove(hub.entry_id)
    if closed:
        hass.config_entries.subentries.async_abort(flow.result["flow_id"])
    else:
        await flow.submit({"next_step_id": "background"} if page == "bind_pending" else {"consent": True})
        assert ended(flow) == "removed_meanwhile", flow.result
    await hass.async_block_till_done()
    assert "Error removing" not in caplog.text
    kept = Path(hass.config.path(".storage"))
    assert not await hass.async_add_executor_job(lambda: list(kept.glob(f"*{hub.entry_id}*")))


async def test_answer_about_the_meter_of_a_hub_that_was_unloaded_meanwhile_is_not_taken(
    hass: HomeAssistant, hub: ConfigEntry
) -> None:
    flow = MeterQuestionFlow(hub, DOUBTED)
    flow.hass = hass
    assert await hass.config_entries.async_unload(hub.entry_id)
    for answer in (flow.async_step_replaced, flow.async_step_same, flow.async_step_right, flow.async_step_undo):
        with pytest.raises(AbortFlow, match="over"):
            await answer()
