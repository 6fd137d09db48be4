"""Charging is planned with the gateway: PEVInfo, flow reservation, load control, and the person's override (UR-EV)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock, patch

import pytest
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.utility_han.const import DOMAIN
from custom_components.utility_han.devices.manager import Registrar
from custom_components.utility_han.load_control.manager import LoadControlManager
from custom_components.utility_han.procedures.charging import point
from custom_components.utility_han.vehicles import manager
from custom_components.utility_han.vehicles.chargers.charging_power import Limit
from custom_components.utility_han.vehicles.planning import planning
from tests.component.test_device_flow import ANSWERS as DEVICE_ANSWERS
from tests.component.test_device_flow import DeviceFlow
from tests.conftest import SimulatedGateway
from tests.helpers.states import eventually, persistent_notifications, until
from tests.helpers.utility import SimulatedUtility
from tests.helpers.vehicles import (
    ANSWERS,
    SWITCH,
    Charger,
    VehicleFlow,
    manager_of,
    record_of,
    vehicle_device_id,
    vehicle_entity,
    vehicle_state,
)

pytestmark = pytest.mark.use_case("UR-EV")

EVSE: dict[str, dict[str, Any]] = {
    **DEVICE_ANSWERS,
    "kind": {"kind": "evse", "name": "Garage"},
    "model": {"model": "homeassistant-evse"},
    "installation": {"power": True, "control_point": True, "electrician": True},
    "control": {"entity_id": SWITCH},
    "programs": {"programs": ["ev-smart-charge"], "consent": True},
}


@pytest.fixture(autouse=True)
def _soon() -> Iterator[None]:
    with (
        patch.object(point, "SETTLE", timedelta(milliseconds=20)),
        patch.object(manager, "_SURE_AFTER", timedelta(0)),
        patch.object(planning, "_EVERY", timedelta(milliseconds=200)),
    ):
        yield


@pytest.fixture
async def charger(
    hass: HomeAssistant, hub: ConfigEntry, gateway: SimulatedGateway, utility: SimulatedUtility
) -> Charger:
    """The charger is a registered device of the hub, and the vehicle bound to it is plugged in."""
    device = DeviceFlow(hass, hub)
    await device.start()
    await device.announce(gateway.pin, **EVSE)
    await device.submit({"serial": gateway.free_serial, "key": gateway.pin})
    await device.submit({})
    await hass.async_block_till_done()
    charger = Charger(hass)
    flow = VehicleFlow(hass, hub)
    await flow.start()
    subentry = hub.get_subentries_of_type("device")[0]
    station = ANSWERS["vehicle"]["station"] | {"evse": subentry.subentry_id}
    await flow.bind(vehicle=ANSWERS["vehicle"] | {"station": station})
    charger.plug()
    await hass.async_block_till_done()
    return charger


async def plan(hass: HomeAssistant, hub: ConfigEntry, hours: float, energy: float) -> datetime:
    departure = dt_util.utcnow().replace(microsecond=0) + timedelta(hours=hours)
    await plan_for(hass, hub, departure, energy)
    return departure


async def plan_for(hass: HomeAssistant, hub: ConfigEntry, departure: datetime, energy: float) -> None:
    await hass.services.async_call(
        DOMAIN,
        "plan_charging",
        {"device_id": vehicle_device_id(hass, hub), "departure": departure.isoformat(), "energy": energy},
        blocking=True,
    )


async def look_through(hub: ConfigEntry) -> None:
    """Have the plan looked at, and be done with what follows."""
    looking = manager_of(hub).planning._looking
    await until(lambda: not looking.working)
    looking.async_prompt()
    await until(lambda: not (looking.working or looking._prompted))


async def test_gateway_is_told_what_the_vehicle_needs(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, gateway: SimulatedGateway
) -> None:
    departure = await plan(hass, hub, 10, 20)
    manager_of(hub).planning.async_plug_changed("sensor.garage_charger_energy")
    lfdi = next(iter(hub.runtime_data.manager(Registrar).devices.values())).lfdi
    told = await eventually(
        partial(gateway.power_status, lfdi), lambda said: said and said["pev"]["energy_request"] == 20_000
    )
    assert told is not None
    assert told["charge"] == 4000
    assert told["pev"]["needed_at"] == int(departure.timestamp())
    assert told["pev"]["target"] == 7333  # 40 % and 20 kWh of 60


async def test_what_was_charged_before_it_was_planned_is_none_of_what_is_needed(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, gateway: SimulatedGateway
) -> None:
    charger.charge(15_000)
    await hass.async_block_till_done()
    await plan(hass, hub, 10, 20)
    await eventually(gateway.reservations, lambda found: [each["energy"] for each in found] == [20_000])
    charger.charge(4_000)
    await hass.async_block_till_done()
    # A later departure changes nothing of what is needed for it.
    departure = {
        "entity_id": vehicle_entity(hass, hub, "departure"),
        "datetime": dt_util.utcnow() + timedelta(hours=12),
    }
    await hass.services.async_call("datetime", "set_value", departure, blocking=True)
    asked = await eventually(gateway.reservations, lambda found: len(found) == 2)
    assert [each["energy"] for each in asked] == [20_000, 16_000]
    charger.plug(plugged=False)
    charger.plug()
    await hass.async_block_till_done()
    (record,) = manager_of(hub).vehicles
    assert manager_of(hub).planning.statuses.left(record) == 20_000, "that was of another session"


async def test_plan_that_is_made_after_charging_now_holds(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, gateway: SimulatedGateway
) -> None:
    button = {"entity_id": vehicle_entity(hass, hub, "charge_now")}
    await hass.services.async_call("button", "press", button, blocking=True)
    await plan(hass, hub, 10, 20)
    (request,) = await eventually(gateway.reservations, lambda found: len(found) == 1)
    later = int((datetime.now(UTC) + timedelta(hours=6)).timestamp())
    await gateway.answer_reservation(request["mrid"], start=later)
    await until(lambda: hass.states.is_state(SWITCH, "off"))


@pytest.mark.parametrize(("plugged", "energy"), [(False, 20_000.0), (True, None)])
async def test_no_reservation_is_asked_for_without_a_vehicle_or_without_need(
    hass: HomeAssistant,
    hub: ConfigEntry,
    charger: Charger,
    gateway: SimulatedGateway,
    energy: float | None,
    *,
    plugged: bool,
) -> None:
    charger.plug(plugged=plugged)
    await hass.async_block_till_done()
    await manager_of(hub).planning.async_plan(record_of(hub), dt_util.utcnow() + timedelta(hours=10), energy)
    await look_through(hub)
    assert await gateway.reservations() == []
    assert vehicle_state(hass, hub, "reservation") == "none"


async def test_reservation_is_asked_for_followed_and_shown(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, gateway: SimulatedGateway
) -> None:
    await plan(hass, hub, 10, 20)
    (request,) = await eventually(gateway.reservations, lambda found: len(found) == 1)
    assert (request["energy"], request["description"]) == (20_000, "Family car")
    later = int((datetime.now(UTC) + timedelta(hours=6)).timestamp())
    await gateway.answer_reservation(request["mrid"], start=later)
    await until(lambda: vehicle_state(hass, hub, "reservation") == "granted")
    # What the home page draws beside the prices.
    told = hass.states.get("datetime.family_car_next_departure")
    assert told is not None
    of_it = told.attributes
    assert (of_it["reservation"], datetime.fromisoformat(of_it["start"])) == (
        "granted",
        datetime.fromtimestamp(later, UTC),
    )
    # Until then the charger is off, and on again once the vehicle has left.
    await until(lambda: hass.states.is_state(SWITCH, "off"))
    charger.plug(plugged=False)
    await until(lambda: hass.states.is_state(SWITCH, "on"))


@pytest.mark.parametrize(("limited", "asked"), [(5_000.0, 5_000), (0.0, 11_000)])
async def test_reservation_is_asked_for_with_what_the_charger_is_limited_to(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, gateway: SimulatedGateway, limited: float, asked: int
) -> None:
    """What has it off now has not when it is reserved for."""
    with patch.object(manager_of(hub).planning, "_limit", return_value=Limit(limited)):
        await plan(hass, hub, 10, 20)
        (request,) = await eventually(gateway.reservations, lambda found: len(found) == 1)
    assert request["power"] == asked


async def test_plan_that_is_said_once_more_keeps_its_reservation(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, gateway: SimulatedGateway
) -> None:
    """An automation may say it every minute; once the server has cancelled it, saying it asks for another."""
    departure = await plan(hass, hub, 10, 20)
    await plan_for(hass, hub, departure, 20)
    (request,) = await eventually(gateway.reservations, bool)
    later = int((datetime.now(UTC) + timedelta(hours=6)).timestamp())
    await gateway.answer_reservation(request["mrid"], start=later)
    await until(lambda: vehicle_state(hass, hub, "reservation") == "granted")
    await plan_for(hass, hub, departure, 20)
    same = {"entity_id": vehicle_entity(hass, hub, "departure"), "datetime": departure}
    await hass.services.async_call("datetime", "set_value", same, blocking=True)
    assert vehicle_state(hass, hub, "reservation") == "granted"
    await look_through(hub)
    (kept,) = await gateway.reservations()
    assert (kept["mrid"], kept["cancelled_at"]) == (request["mrid"], None)
    await gateway.call_off_reservation(request["mrid"])
    await until(lambda: vehicle_state(hass, hub, "reservation") == "cancelled")
    await plan_for(hass, hub, departure, 20)
    await eventually(gateway.reservations, lambda found: len(found) == 2)


async def test_reservation_is_answered_as_it_asks(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, gateway: SimulatedGateway
) -> None:
    """FlowReservationResponse is an Event (sep.xsd): responseRequired says what is told, in the name of the EVSE."""
    lfdi = next(iter(hub.runtime_data.manager(Registrar).devices.values())).lfdi

    async def told() -> list[int]:
        found = await gateway.event_responses()
        assert {(each["kind"], each["lfdi"], each["count"]) for each in found} <= {
            ("FlowReservationResponseResponse", lfdi, 1)
        }
        return [each["status"] for each in found]

    await plan(hass, hub, 10, 20)
    (request,) = await eventually(gateway.reservations, lambda found: len(found) == 1)
    await until(lambda: vehicle_state(hass, hub, "reservation") == "active")
    assert await told() == [], "none is asked for by default"
    now = int(datetime.now(UTC).timestamp())
    await gateway.answer_reservation(request["mrid"], start=now + 3600, response_required=1 | 2)
    await eventually(told, lambda found: found == [1])
    await gateway.answer_reservation(request["mrid"], start=now - 60, duration=3600)
    await eventually(told, lambda found: found == [1, 2])
    await gateway.answer_reservation(request["mrid"], start=now - 60, duration=30)
    await eventually(told, lambda found: found == [1, 2, 3])


async def test_reservation_that_comes_too_late_for_the_departure_is_left(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, gateway: SimulatedGateway
) -> None:
    """The server may modify the interval (FlowReservationResponse, sep.xsd), but not when the person leaves."""
    departure = await plan(hass, hub, 10, 20)
    (request,) = await eventually(gateway.reservations, lambda found: len(found) == 1)
    await gateway.answer_reservation(request["mrid"], start=int(departure.timestamp()) - 3600, response_required=2)
    await until(lambda: hass.states.is_state(SWITCH, "off"))
    # 20 kWh take nearly two hours with 11 kW.
    now = Mock(return_value=departure - timedelta(hours=2))
    with patch.object(planning, "dt_util", SimpleNamespace(utcnow=now)):
        await until(lambda: now.call_count > 10)
        assert hass.states.is_state(SWITCH, "off")
        changes = async_capture_events(hass, EVENT_STATE_CHANGED)
        now.return_value = departure - timedelta(hours=1, minutes=45)
        await until(lambda: hass.states.is_state(SWITCH, "on"))
    await until(lambda: vehicle_state(hass, hub, "reservation") == "none")
    await look_through(hub)
    switched = [each.data["new_state"].state for each in changes if each.data["entity_id"] == SWITCH]
    assert switched == ["on"], "and stays so"
    (request,) = await gateway.reservations()
    assert request["cancelled_at"] is not None, "and none is asked for again"
    (answer,) = await eventually(gateway.event_responses, bool)
    assert answer["status"] == 4, "it has opted out"
    (said,) = [each for each in persistent_notifications(hass) if "reservation" in each["title"]]
    assert "too late for 20.0 kWh" in said["message"]
    for plugged in (False, True):
        charger.plug(plugged=plugged)
        await hass.async_block_till_done()
    # Once it is plugged in again, there is time to ask anew.
    await eventually(gateway.reservations, lambda found: len(found) == 2)


async def test_vehicle_that_needs_no_more_is_not_too_late_though_nothing_could_be_charged(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger
) -> None:
    departure = await plan(hass, hub, 10, 20)
    plans, record = manager_of(hub).planning, record_of(hub)
    moments = (departure - timedelta(minutes=1), departure)
    with patch.object(plans, "_limit", return_value=Limit(0.0)):
        assert [plans._too_late(record, at) for at in moments] == [True, True]
        record.plan.energy_wh = 0.0
        assert [plans._too_late(record, at) for at in moments] == [False, True]


async def test_vehicle_that_takes_less_than_its_charger_gives_is_planned_by_what_it_takes(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, gateway: SimulatedGateway
) -> None:
    """sep.xsd: powerRequested is "the charging system capability", of vehicle and EVSE."""
    (record,) = manager_of(hub).vehicles
    record.data["vehicle_power"] = 3.7
    departure = await plan(hass, hub, 10, 20)
    (request,) = await eventually(gateway.reservations, lambda found: len(found) == 1)
    assert request["power"] == 3_700
    await gateway.answer_reservation(request["mrid"], start=int(departure.timestamp()) - 3600)
    await until(lambda: hass.states.is_state(SWITCH, "off"))
    now = Mock(return_value=departure - timedelta(hours=6))
    with patch.object(planning, "dt_util", SimpleNamespace(utcnow=now)):
        await until(lambda: now.call_count > 10)
        assert hass.states.is_state(SWITCH, "off")
        now.return_value = departure - timedelta(hours=5, minutes=15)
        await until(lambda: hass.states.is_state(SWITCH, "on"))


async def test_one_tap_charges_now(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, gateway: SimulatedGateway
) -> None:
    await plan(hass, hub, 10, 20)
    (request,) = await eventually(gateway.reservations, lambda found: len(found) == 1)
    later = int((datetime.now(UTC) + timedelta(hours=6)).timestamp())
    await gateway.answer_reservation(request["mrid"], start=later, response_required=2)
    await until(lambda: hass.states.is_state(SWITCH, "off"))
    button = {"entity_id": vehicle_entity(hass, hub, "charge_now")}
    await hass.services.async_call("button", "press", button, blocking=True)
    assert hass.states.is_state(SWITCH, "on")
    assert vehicle_state(hass, hub, "reservation") == "none"
    (request,) = await gateway.reservations()
    assert request["cancelled_at"] is not None
    (answer,) = await eventually(gateway.event_responses, bool)
    assert answer["status"] == 4, "the person has opted out"


async def test_load_control_pauses_charging_and_one_tap_overrides_it(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, gateway: SimulatedGateway
) -> None:
    await gateway.publish(program=2, duration=600)
    await hub.runtime_data.manager(LoadControlManager).async_look()
    await until(lambda: hass.states.is_state(SWITCH, "off"))
    limit = manager_of(hub).planning._limit(record_of(hub))
    assert (limit.watts, limit.until is not None) == (0, True)
    button = {"entity_id": vehicle_entity(hass, hub, "charge_now")}
    await hass.services.async_call("button", "press", button, blocking=True)
    await until(lambda: hass.states.is_state(SWITCH, "on"))
    assert manager_of(hub).planning._limit(record_of(hub)) == Limit(11_000), "it is left, though it lasts"
