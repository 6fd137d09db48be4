"""Charging is planned where gateway, charger or person are otherwise than the plan has it: none is held for good."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock, Mock, patch

import pytest
from homeassistant.config_entries import ConfigEntry, ConfigEntryDisabler
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, ServiceCall, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_mock_service

from custom_components.utility_han.const import DOMAIN
from custom_components.utility_han.devices.manager import Registrar
from custom_components.utility_han.gateway import GatewayError, Reason
from custom_components.utility_han.load_control.manager import LoadControlManager
from custom_components.utility_han.vehicles.manager import VehicleManager
from custom_components.utility_han.vehicles.planning import power_status
from custom_components.utility_han.vehicles.store import Charging
from tests.component.test_charging_plan import _soon as _soon  # noqa: PLC0414 - the fixture
from tests.component.test_charging_plan import charger as charger  # noqa: PLC0414 - the fixture
from tests.component.test_charging_plan import look_through, plan
from tests.conftest import GatewayFactory, SimulatedGateway
from tests.helpers.files import start_anew
from tests.helpers.states import eventually, until
from tests.helpers.vehicles import (
    CAR_BATTERY,
    ENERGY,
    SWITCH,
    Charger,
    manager_of,
    record_of,
    vehicle_entity,
    vehicle_state,
)

pytestmark = pytest.mark.use_case("UR-EV")


def look(hub: ConfigEntry) -> None:
    """Have the plan looked at."""
    manager_of(hub).planning.async_plug_changed(ENERGY)


async def told(hub: ConfigEntry, gateway: SimulatedGateway, field: str, value: int) -> dict[str, Any]:
    """Wait until the gateway was told something of the vehicle."""
    lfdi = next(iter(hub.runtime_data.manager(Registrar).devices.values())).lfdi
    look(hub)
    found = await eventually(partial(gateway.power_status, lfdi), lambda said: said and said["pev"][field] == value)
    assert found is not None
    return found


async def requested(gateway: SimulatedGateway, count: int = 1) -> dict[str, Any]:
    """Return the reservation asked for last, once there are so many."""
    return (await eventually(gateway.reservations, lambda found: len(found) == count))[-1]


async def put_off(hass: HomeAssistant, gateway: SimulatedGateway) -> dict[str, Any]:
    """Have the gateway reserve for later, and wait until the charger is off until then."""
    request = await requested(gateway)
    later = int((datetime.now(UTC) + timedelta(hours=6)).timestamp())
    await gateway.answer_reservation(request["mrid"], start=later)
    await until(lambda: hass.states.is_state(SWITCH, "off"))
    return request


def choose_switch(hass: HomeAssistant, hub: ConfigEntry, switch: str | None) -> None:
    """Have a person choose by what the vehicle's charger is switched, as the dialog does."""
    (subentry,) = hub.get_subentries_of_type("vehicle")
    data = {key: value for key, value in subentry.data.items() if key != "switch"}
    record_of(hub).data = data | ({"switch": switch} if switch else {})
    hass.config_entries.async_update_subentry(hub, subentry, data=record_of(hub).data)


async def looked(hass: HomeAssistant, hub: ConfigEntry, reservation: str) -> None:
    """Have the plan looked at once its reservation is so, and be done with what follows."""
    await until(lambda: vehicle_state(hass, hub, "reservation") == reservation)
    await look_through(hub)


async def called_off(
    hass: HomeAssistant, hub: ConfigEntry, gateway: SimulatedGateway, request: dict[str, Any]
) -> None:
    """Have the gateway call a reservation off, and the plan looked at after that."""
    await gateway.call_off_reservation(request["mrid"])
    await looked(hass, hub, "cancelled")


async def act(hass: HomeAssistant, hub: ConfigEntry, action: str, key: str, **data: Any) -> None:
    """Do something to an entity of the vehicle."""
    domain, _, name = action.partition(".")
    target = {"entity_id": vehicle_entity(hass, hub, key), **data}
    await hass.services.async_call(domain, name, target, blocking=True)


async def test_plan_is_made_by_the_entities(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, gateway: SimulatedGateway
) -> None:
    await act(hass, hub, "number.set_value", "energy_wanted", value=12.5)
    assert float(vehicle_state(hass, hub, "energy_wanted")) == 12.5
    leaves = dt_util.utcnow().replace(microsecond=0) + timedelta(hours=10)
    await act(hass, hub, "datetime.set_value", "departure", datetime=leaves.isoformat())
    assert datetime.fromisoformat(vehicle_state(hass, hub, "departure")) == leaves
    assert (await requested(gateway))["energy"] == 12_500
    await act(hass, hub, "number.set_value", "energy_wanted", value=20)
    assert (await requested(gateway, 2))["energy"] == 20_000
    former, _ = await gateway.reservations()
    assert former["cancelled_at"] is not None


async def test_request_that_the_gateway_did_not_hear_is_made_again_under_its_id(
    hass: HomeAssistant,
    hub: ConfigEntry,
    charger: Charger,
    gateway: SimulatedGateway,
    hass_storage: dict[str, Any],
) -> None:
    await gateway.fault("refuse")
    leaves = await plan(hass, hub, 10, 20)
    manager = manager_of(hub)
    with patch.object(manager, "async_tell", wraps=manager.async_tell) as shown:
        await look_through(hub)
    shown.assert_called()
    assert vehicle_state(hass, hub, "reservation") == "requested"
    wanted = record_of(hub).plan.request
    (kept,) = hass_storage[Charging._key(hub.entry_id)]["data"]["vehicles"]
    assert kept["plan"]["request"] == wanted, "also where the power fails now"
    await asyncio.sleep(1)  # its times are in whole seconds
    mended = int(datetime.now(UTC).timestamp())
    await gateway.mend()
    request = await requested(gateway)
    assert (request["mrid"], request["power"]) == (wanted, 11_000)
    assert request["start"] >= mended, "what is over by then is not asked for"
    assert request["start"] + request["duration"] == pytest.approx(leaves.timestamp(), abs=1)
    await until(lambda: vehicle_state(hass, hub, "reservation") == "active")


async def test_of_several_reservations_the_newest_for_the_request_counts(
    hass: HomeAssistant,
    hub: ConfigEntry,
    charger: Charger,
    gateway: SimulatedGateway,
    hass_storage: dict[str, Any],
) -> None:
    """It is kept over a power cut, for a gateway that is away then."""
    await plan(hass, hub, 10, 20)
    await until(lambda: vehicle_state(hass, hub, "reservation") == "active")
    found = record_of(hub).plan.reservation
    assert found is not None
    newer = replace(found, created=found.created + timedelta(minutes=1), energy=5_000.0)
    others = replace(newer, created=newer.created + timedelta(minutes=1), subject="0" * 32)
    with patch.object(hub.runtime_data.gateway, "reservations", AsyncMock(return_value=[newer, found, others])):
        await look_through(hub)
        assert record_of(hub).plan.reservation == newer
    (kept,) = hass_storage[Charging._key(hub.entry_id)]["data"]["vehicles"]
    assert kept["plan"]["reservation"]["energy"] in (newer.energy, found.energy)


async def test_reservation_that_is_called_off_holds_nothing_back(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, gateway: SimulatedGateway
) -> None:
    await plan(hass, hub, 10, 20)
    request = await put_off(hass, gateway)
    calendar = vehicle_entity(hass, hub, "sessions")

    async def ahead() -> str:
        span = {"start_date_time": dt_util.now(), "end_date_time": dt_util.now() + timedelta(days=1)}
        asked = {"entity_id": calendar, **span}
        found: Any = await hass.services.async_call(
            "calendar", "get_events", asked, blocking=True, return_response=True
        )
        return str(found[calendar]["events"][-1]["summary"])

    assert await ahead() == "Reserved · 20.00 kWh"
    await gateway.call_off_reservation(request["mrid"])
    await until(lambda: hass.states.is_state(SWITCH, "on"))
    assert vehicle_state(hass, hub, "reservation") == "cancelled"
    assert await ahead() == "Planned · 20.00 kWh"


async def test_departure_that_has_come_ends_the_plan(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, gateway: SimulatedGateway
) -> None:
    await plan(hass, hub, 10, 20)
    await put_off(hass, gateway)
    record_of(hub).plan.departure = dt_util.utcnow()
    look(hub)
    await until(lambda: hass.states.is_state(SWITCH, "on"))
    (request,) = await gateway.reservations()
    assert request["cancelled_at"] is not None
    await until(lambda: vehicle_state(hass, hub, "reservation") == "none")
    assert vehicle_state(hass, hub, "departure") == "unknown"


async def test_plan_that_is_made_anew_while_it_is_asked_for_leaves_one_reservation(
    hass: HomeAssistant,
    hub: ConfigEntry,
    charger: Charger,
    gateway: SimulatedGateway,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ours, asked = hub.runtime_data.gateway, list[str]()

    async def meanwhile(href: str, request: Any) -> str | None:
        reserved: str | None = await asking(href, request)
        asked.append(request.mrid)
        if len(asked) == 1:
            await plan(hass, hub, 12, 30)
        return reserved

    asking = ours.request_reservation
    monkeypatch.setattr(ours, "request_reservation", meanwhile)
    await plan(hass, hub, 10, 20)
    await requested(gateway, 2)
    await until(lambda: vehicle_state(hass, hub, "reservation") == "active")
    before, now = await gateway.reservations()
    assert (before["energy"], before["cancelled_at"] is not None) == (20_000, True)
    assert (now["energy"], now["cancelled_at"]) == (30_000, None)


async def test_plan_that_is_made_while_it_is_looked_at_is_looked_at_once_more(
    hass: HomeAssistant,
    hub: ConfigEntry,
    charger: Charger,
    gateway: SimulatedGateway,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It does not wait for the next look of now and then, of which there is none here."""
    cancel = manager_of(hub).planning._cancel
    assert cancel is not None
    cancel()
    ours, has_begun, goes_on = hub.runtime_data.gateway, asyncio.Event(), asyncio.Event()

    async def slowly(*told: Any) -> None:
        has_begun.set()
        await goes_on.wait()
        await publish(*told)

    publish = ours.publish_vehicle
    monkeypatch.setattr(ours, "publish_vehicle", slowly)
    look(hub)
    await has_begun.wait()
    await plan(hass, hub, 10, 20)
    await asyncio.sleep(0)
    goes_on.set()
    assert (await requested(gateway))["energy"] == 20_000


async def test_look_that_is_under_way_ends_with_its_hub(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It asked a gateway that was closed, beside the look of the hub that was loaded anew."""
    ours, has_begun, ended = hub.runtime_data.gateway, asyncio.Event(), list[str]()

    async def for_ever(*_told: Any) -> None:
        has_begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("published")

    await until(lambda: not any("planning" in str(each) for each in hub._background_tasks))  # of the plug
    monkeypatch.setattr(ours, "publish_vehicle", for_ever)
    manager_of(hub).planning.statuses.async_tell_again(record_of(hub))
    await has_begun.wait()
    assert await hass.config_entries.async_unload(hub.entry_id)
    assert ended


@pytest.mark.parametrize("anew", [False, True], ids=["charge now", "planned anew"])
async def test_what_a_person_does_while_a_request_is_kept_comes_first(
    hass: HomeAssistant,
    hub: ConfigEntry,
    charger: Charger,
    gateway: SimulatedGateway,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    *,
    anew: bool,
) -> None:
    """Writing takes a while: nothing is asked for that is not wanted any more."""
    manager, record = manager_of(hub), record_of(hub)
    save, acted = manager.charging.async_save, list[str]()

    async def meanwhile() -> None:
        await save()
        if record.plan.request is not None and not acted:
            acted.append(record.plan.request)
            if anew:
                await manager.planning.async_plan(record, dt_util.utcnow() + timedelta(hours=12), 30_000)
            else:
                await manager.planning.async_charge_now(record)

    monkeypatch.setattr(manager.charging, "async_save", meanwhile)
    await plan(hass, hub, 10, 20)
    await until(lambda: acted)
    await look_through(hub)
    assert "unexpected error" not in caplog.text
    found = [(each["mrid"], each["energy"]) for each in await gateway.reservations()]
    assert found == ([(record.plan.request, 30_000)] if anew else [])
    assert vehicle_state(hass, hub, "reservation") == ("active" if anew else "none")


async def test_reservation_that_cannot_be_withdrawn_does_not_hold_the_next_plan(
    hass: HomeAssistant,
    hub: ConfigEntry,
    charger: Charger,
    gateway: SimulatedGateway,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await plan(hass, hub, 10, 20)
    await requested(gateway)
    await until(lambda: vehicle_state(hass, hub, "reservation") == "active")
    await gateway.fault("refuse")
    await plan(hass, hub, 12, 30)
    assert "Family car: the reservation could not be withdrawn" in caplog.text
    await gateway.mend()
    assert (await requested(gateway, 2))["energy"] == 30_000


async def test_what_is_not_known_of_the_battery_is_not_made_up(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, gateway: SimulatedGateway
) -> None:
    """The target, which PEVInfo has to have, is 100 % where nothing else is wanted (sep.xsd)."""
    await plan(hass, hub, 10, 20)
    assert (await told(hub, gateway, "energy_request", 20_000))["pev"]["target"] == 7333
    hass.states.async_set(CAR_BATTERY, "unavailable")
    await plan(hass, hub, 10, 10)
    said = await told(hub, gateway, "energy_request", 10_000)
    assert said["charge"] is None
    assert said["pev"]["target"] == 10_000


async def test_charger_that_tells_its_power_is_told_of_by_it(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, gateway: SimulatedGateway
) -> None:
    hass.states.async_set(ENERGY, "7.2", {"unit_of_measurement": "kW", "device_class": "power"})
    await told(hub, gateway, "charging_power", 7200)
    hass.states.async_set(ENERGY, "unknown", {"unit_of_measurement": "kW", "device_class": "power"})
    await told(hub, gateway, "charging_power", 0)


async def test_gateway_is_told_of_a_vehicle_now_and_then_while_it_is_plugged_in_and_again_where_that_failed(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger
) -> None:
    await plan(hass, hub, 10, 20)
    await look_through(hub)
    publish, now = AsyncMock(), Mock(return_value=dt_util.utcnow())

    async def count(minutes: int) -> int:
        now.return_value += timedelta(minutes=minutes)
        await look_through(hub)
        return publish.await_count

    with (
        patch.object(hub.runtime_data.gateway, "publish_vehicle", publish),
        patch.object(power_status, "dt_util", SimpleNamespace(utcnow=now)),
    ):
        look(hub)
        assert [await count(minutes) for minutes in (0, 4, 0, 1)] == [1, 1, 1, 2]
        assert publish.await_args_list[-1].args[1].energy_requested == 20_000
        publish.side_effect = GatewayError(Reason.GATEWAY_SILENT, "it does not answer")
        failed = await count(5)
        assert failed >= 3, "with each look, and a poll may look too"
        publish.side_effect = None
        told = failed + 1
        assert await count(0) == told
        charger.plug(plugged=False)
        await hass.async_block_till_done()
        assert [await count(minutes) for minutes in (0, 10)] == [told + 1] * 2
        assert publish.await_args_list[-1].args[1].energy_requested == 0, "nothing is there that could take it"


async def test_charger_that_nobody_may_switch_is_left_alone(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, gateway: SimulatedGateway
) -> None:
    choose_switch(hass, hub, None)
    await hass.async_block_till_done()
    charger.plug()
    await plan(hass, hub, 10, 20)
    request = await requested(gateway)
    later = int((datetime.now(UTC) + timedelta(hours=6)).timestamp())
    await gateway.answer_reservation(request["mrid"], start=later)
    await looked(hass, hub, "granted")
    assert hass.states.is_state(SWITCH, "on")


async def test_charger_that_a_person_has_off_stays_off(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, gateway: SimulatedGateway
) -> None:
    await hass.services.async_call("input_boolean", "turn_off", {"entity_id": SWITCH}, blocking=True)
    await plan(hass, hub, 10, 20)
    request = await put_off(hass, gateway)
    await looked(hass, hub, "granted")
    await called_off(hass, hub, gateway, request)
    assert hass.states.is_state(SWITCH, "off")


async def test_load_control_goes_before_the_end_of_a_reservation(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, gateway: SimulatedGateway
) -> None:
    await plan(hass, hub, 10, 20)
    request = await put_off(hass, gateway)
    control = await gateway.publish(program=2, duration=3600)
    controls = hub.runtime_data.manager(LoadControlManager)
    await controls.async_look()
    await called_off(hass, hub, gateway, request)
    assert hass.states.is_state(SWITCH, "off")
    await gateway.cancel(control["number"])
    await controls.async_look()
    await until(lambda: hass.states.is_state(SWITCH, "on"))


async def test_reservation_in_which_a_load_control_has_the_charger_off_is_not_said_to_have_begun(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, gateway: SimulatedGateway
) -> None:
    await plan(hass, hub, 10, 20)
    request, now = await requested(gateway), int(datetime.now(UTC).timestamp())
    await gateway.answer_reservation(request["mrid"], start=now + 6 * 3600, response_required=1 | 2)
    await until(lambda: hass.states.is_state(SWITCH, "off"))
    await gateway.publish(program=2, duration=3600)
    await hub.runtime_data.manager(LoadControlManager).async_look()
    await gateway.answer_reservation(request["mrid"], start=now - 60, duration=3600)
    await looked(hass, hub, "active")
    assert hass.states.is_state(SWITCH, "off")
    assert [*hub.runtime_data.link.told.values()] == [[1]], "received, and not begun"


@pytest.mark.parametrize("kind", [HomeAssistantError, RuntimeError])
async def test_switch_that_fails_is_tried_again(
    hass: HomeAssistant,
    hub: ConfigEntry,
    charger: Charger,
    gateway: SimulatedGateway,
    caplog: pytest.LogCaptureFixture,
    kind: type[Exception],
) -> None:
    """Neither is the charger thought to be off that is on, nor left off for good."""
    tried: list[str] = []

    async def fails(call: ServiceCall) -> None:
        tried.append(call.service)
        raise kind("the charger does not answer")

    works = hass.services.async_services_internal()["input_boolean"].copy()

    def broken(*, now: bool) -> None:
        for name in ("turn_off", "turn_on"):
            service = works[name]
            hass.services.async_register("input_boolean", name, fails if now else service.job.target, service.schema)

    broken(now=True)
    await plan(hass, hub, 10, 20)
    request = await requested(gateway)
    later = int((datetime.now(UTC) + timedelta(hours=6)).timestamp())
    await gateway.answer_reservation(request["mrid"], start=later)
    await until(lambda: tried.count("turn_off") > 1)
    assert "Family car: the charger could not be switched: the charger does not answer" in caplog.text
    assert hass.states.is_state(SWITCH, "on")
    broken(now=False)
    await until(lambda: hass.states.is_state(SWITCH, "off"))
    broken(now=True)
    charger.plug(plugged=False)
    await until(lambda: "turn_on" in tried)
    assert hass.states.is_state(SWITCH, "off")
    broken(now=False)
    await until(lambda: hass.states.is_state(SWITCH, "on"))


async def test_switch_that_fails_and_does_it_all_the_same_is_let_go(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, gateway: SimulatedGateway
) -> None:
    """Of a charger in somebody's cloud nobody hears whether it was switched off."""
    service = hass.services.async_services_internal()["input_boolean"]["turn_off"]

    async def comes_to_it(call: ServiceCall) -> None:
        hass.states.async_set(SWITCH, "off")
        raise HomeAssistantError("no answer in time")

    hass.services.async_register("input_boolean", "turn_off", comes_to_it, service.schema)
    await plan(hass, hub, 10, 20)
    await put_off(hass, gateway)
    await look_through(hub)
    charger.plug(plugged=False)
    await until(lambda: hass.states.is_state(SWITCH, "on"))


async def test_switch_that_is_away_when_it_is_to_be_let_go_is_waited_for(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, gateway: SimulatedGateway
) -> None:
    """It comes back as it was left: off."""
    await plan(hass, hub, 10, 20)
    request = await put_off(hass, gateway)
    hass.states.async_set(SWITCH, "unavailable")
    await called_off(hass, hub, gateway, request)
    hass.states.async_set(SWITCH, "off")
    await until(lambda: hass.states.is_state(SWITCH, "on"))


def becomes(hass: HomeAssistant, entity_id: str) -> list[str]:
    """Return what an entity becomes from now on, as it happens."""
    states: list[str] = []

    @callback
    def keep(event: Event[EventStateChangedData]) -> None:
        if event.data["new_state"]:
            states.append(event.data["new_state"].state)

    async_track_state_change_event(hass, [entity_id], keep)
    return states


@pytest.mark.parametrize("plug_known", [True, False])
async def test_charger_stays_held_over_a_restart_until_the_reserved_time_and_no_longer(
    hass: HomeAssistant,
    hub: ConfigEntry,
    charger: Charger,
    gateway: SimulatedGateway,
    monkeypatch: pytest.MonkeyPatch,
    plug_known: bool,
) -> None:
    """The gateway does not answer yet; nor need it be known yet that a vehicle is there."""
    await plan(hass, hub, 10, 20)
    await put_off(hass, gateway)
    seen = becomes(hass, SWITCH)
    await gateway.fault("refuse")
    if not plug_known:
        monkeypatch.setattr(VehicleManager, "plugged", lambda *_: None)
    await start_anew(hass, hub)
    await look_through(hub)
    assert vehicle_state(hass, hub, "reservation") == "granted"
    assert seen == []
    reserved = record_of(hub).plan.reservation
    assert reserved is not None
    record_of(hub).plan.reservation = replace(reserved, start=dt_util.utcnow() - timedelta(seconds=1))
    look(hub)
    await until(lambda: seen == ["on"])


@pytest.mark.parametrize("other", ["input_boolean.other", None])
async def test_charger_that_is_held_by_a_switch_that_is_the_vehicles_no_more_is_let_go(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, gateway: SimulatedGateway, other: str | None
) -> None:
    if other is not None:
        hass.states.async_set(other, "on")
    await plan(hass, hub, 10, 20)
    await put_off(hass, gateway)
    told = async_mock_service(hass, "input_boolean", "turn_off")
    choose_switch(hass, hub, other)
    await until(lambda: hass.states.is_state(SWITCH, "on"))
    if other is not None:
        await until(lambda: [call.data["entity_id"] for call in told] == [other])


async def test_charger_whose_held_switch_is_no_more_is_held_by_the_other(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, gateway: SimulatedGateway
) -> None:
    hass.states.async_set("switch.other", "on")
    told = async_mock_service(hass, "switch", "turn_off")
    await plan(hass, hub, 10, 20)
    await put_off(hass, gateway)
    er.async_get(hass).async_remove(SWITCH)
    hass.states.async_remove(SWITCH)
    choose_switch(hass, hub, "switch.other")
    await until(lambda: [call.data["entity_id"] for call in told] == ["switch.other"])


@pytest.mark.parametrize("kind", ["vehicle", "device"])
async def test_charger_is_let_go_where_its_vehicle_or_station_is_removed(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, gateway: SimulatedGateway, kind: str
) -> None:
    await plan(hass, hub, 10, 20)
    await put_off(hass, gateway)
    (subentry,) = hub.get_subentries_of_type(kind)
    hass.config_entries.async_remove_subentry(hub, subentry.subentry_id)
    await until(lambda: hass.states.is_state(SWITCH, "on"))


async def test_charger_is_let_go_where_its_hub_is_removed(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, gateway: SimulatedGateway
) -> None:
    await plan(hass, hub, 10, 20)
    await put_off(hass, gateway)
    await hass.config_entries.async_remove(hub.entry_id)
    assert hass.states.is_state(SWITCH, "on")


async def test_charger_is_let_go_where_its_hub_is_disabled(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, gateway: SimulatedGateway
) -> None:
    await plan(hass, hub, 10, 20)
    await put_off(hass, gateway)
    await hass.config_entries.async_set_disabled_by(hub.entry_id, ConfigEntryDisabler.USER)
    assert hass.states.is_state(SWITCH, "on")


async def test_charger_that_is_away_when_its_hub_is_removed_is_told_of_and_let_go_when_it_is_there(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, gateway: SimulatedGateway
) -> None:
    await plan(hass, hub, 10, 20)
    await put_off(hass, gateway)
    hass.states.async_set(SWITCH, "unavailable")
    await hass.config_entries.async_remove(hub.entry_id)
    issues = ir.async_get(hass)
    assert issues.async_get_issue(DOMAIN, f"left_switched_{SWITCH}") is not None
    hass.states.async_set(SWITCH, "off")
    await until(lambda: hass.states.is_state(SWITCH, "on"))
    await hass.async_block_till_done()
    assert issues.async_get_issue(DOMAIN, f"left_switched_{SWITCH}") is None


@pytest.mark.parametrize("enabled", [True, False])
async def test_charger_that_is_away_while_its_hub_is_disabled_is_told_of_and_let_go_when_it_is_there(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, gateway: SimulatedGateway, *, enabled: bool
) -> None:
    await plan(hass, hub, 10, 20)
    await put_off(hass, gateway)
    hass.states.async_set(SWITCH, "unavailable")
    await hass.config_entries.async_set_disabled_by(hub.entry_id, ConfigEntryDisabler.USER)
    issues = ir.async_get(hass)
    assert issues.async_get_issue(DOMAIN, f"left_switched_{SWITCH}") is not None
    if enabled:
        await hass.config_entries.async_set_disabled_by(hub.entry_id, None)
        await hass.async_block_till_done()
        assert issues.async_get_issue(DOMAIN, f"left_switched_{SWITCH}") is None, "it does that itself"
        assert record_of(hub).plan.held
        return
    hass.states.async_set(SWITCH, "off")
    await until(lambda: hass.states.is_state(SWITCH, "on"))
    await hass.async_block_till_done()
    assert issues.async_get_issue(DOMAIN, f"left_switched_{SWITCH}") is None
    hass.states.async_set(SWITCH, "off")
    await hass.async_block_till_done()
    assert hass.states.is_state(SWITCH, "off"), "a person's hand is left alone from then on"


async def test_emergency_is_not_left_by_charging_now(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, gateway: SimulatedGateway
) -> None:
    await gateway.publish(program=2, duration=600, mandatory=True)
    await hub.runtime_data.manager(LoadControlManager).async_look()
    await until(lambda: hass.states.is_state(SWITCH, "off"))
    with pytest.raises(HomeAssistantError) as refused:
        await act(hass, hub, "button.press", "charge_now")
    assert refused.value.translation_key == "emergency_cannot_opt_out"
    assert (refused.value.translation_placeholders or {})["device"] == "Family car"
    assert hass.states.is_state(SWITCH, "off")


class TestWithoutReservations:
    """A gateway that reserves nothing."""

    @pytest.fixture
    async def gateway(self, make_gateway: GatewayFactory) -> SimulatedGateway:
        return await make_gateway(flow_reservation=False)

    async def test_it_is_told_of_the_vehicle_and_asked_for_nothing(
        self, hass: HomeAssistant, hub: ConfigEntry, charger: Charger, gateway: SimulatedGateway
    ) -> None:
        await plan(hass, hub, 10, 20)
        await told(hub, gateway, "energy_request", 20_000)
        assert await gateway.reservations() == []
        await look_through(hub)
        manager_of(hub).async_tell()
        assert vehicle_state(hass, hub, "reservation") == "none"
        assert hass.states.is_state(SWITCH, "on")


async def test_nothing_is_asked_for_once_planning_has_ended(
    hass: HomeAssistant, hub: ConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who lets go what is held of a hub that is disabled comes after it: a charger would be held back again."""
    planning, under_way, ended = manager_of(hub).planning, asyncio.Event(), list[str]()

    async def look() -> None:
        under_way.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("looked")

    monkeypatch.setattr(planning._looking, "_do", look)
    planning._looking.async_prompt()
    await under_way.wait()
    await planning.async_end()
    assert ended == ["looked"]
    under_way.clear()
    planning._looking.async_prompt()
    await hass.async_block_till_done()
    assert not under_way.is_set()
