"""Charging sessions become billable records under the binding in force, each once (UR-EV)."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from typing import Any
from unittest.mock import patch

import pytest
from homeassistant.config_entries import ConfigEntry, ConfigSubentryData
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.utility_han.const import DOMAIN
from custom_components.utility_han.hub.background import rounds
from custom_components.utility_han.hub.subject import Occurrence
from custom_components.utility_han.procedures.charging import point
from custom_components.utility_han.procedures.charging.ledger import RecordState
from custom_components.utility_han.utility import UtilityError, UtilityReason
from custom_components.utility_han.vehicles import manager
from custom_components.utility_han.vehicles.chargers.shared import async_follow
from tests.conftest import BOTH_TRANSPORTS, SimulatedGateway
from tests.helpers.states import eventually, until
from tests.helpers.utility import SimulatedUtility
from tests.helpers.vehicles import (
    ANSWERS,
    CAR_PLUG,
    ENERGY,
    PLUG,
    Charger,
    VehicleFlow,
    bind,
    issues_of,
    manager_of,
    record_of,
    vehicle_device_id,
    vehicle_entity,
    vehicle_state,
)

pytestmark = pytest.mark.use_case("UR-EV")


@pytest.fixture(autouse=True)
def _soon() -> Iterator[None]:
    """Let the meter settle at once, and what failed be tried again soon."""
    with (
        patch.object(point, "SETTLE", timedelta(milliseconds=20)),
        patch.object(manager, "_SURE_AFTER", timedelta(0)),
        patch.object(rounds, "_FIRST", 0.1),
        patch.object(rounds, "_LONGEST", 0.3),
    ):
        yield


@pytest.fixture
async def charger(hass: HomeAssistant, hub: ConfigEntry) -> Charger:
    """The charger of a home whose vehicle is bound."""
    return await bind(hass, hub)


def kwh(state: str) -> int:
    return round(float(state) * 1000)


async def billed(utility: SimulatedUtility, count: int) -> list[dict[str, Any]]:
    """Wait for billing records."""
    found = await eventually(utility.billed, lambda found: len(found) >= count)
    assert len(found) == count
    return found


@BOTH_TRANSPORTS
async def test_session_is_measured_billed_and_shown(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, utility: SimulatedUtility
) -> None:
    charger.plug()
    await hass.async_block_till_done()
    assert vehicle_state(hass, hub, "plugged") == "on"
    charger.charge(3_000)
    await hass.async_block_till_done()
    assert kwh(vehicle_state(hass, hub, "session_energy")) == 3_000
    assert float(vehicle_state(hass, hub, "session_cost")) == 0.45
    charger.charge(4_000)
    charger.plug(plugged=False)
    (record,) = await billed(utility, 1)
    assert record["energy_wh"] == 7_000
    assert record["meter"] == {"kind": "evse", "id": "VL11-004711", "start_wh": 1_234_500, "end_wh": 1_241_500}
    assert record["quality"] == "measured"
    await until(lambda: kwh(vehicle_state(hass, hub, "month_energy")) == 7_000)
    assert float(vehicle_state(hass, hub, "month_cost")) == pytest.approx(1.05)
    state = hass.states.get(vehicle_entity(hass, hub, "month_cost"))
    assert state is not None
    assert state.attributes["unit_of_measurement"] == "USD"
    assert vehicle_state(hass, hub, "plugged") == "off"
    answer: Any = await hass.services.async_call(
        DOMAIN, "binding_record", {"device_id": vehicle_device_id(hass, hub)}, blocking=True, return_response=True
    )
    (session,) = answer["bindings"][0]["sessions"]
    assert (session["billing_record"], session["billed_wh"]) == (record["id"], 7_000)
    assert record["id"] in answer["document"]


async def test_binding_whose_end_is_refused_keeps_no_session_from_its_bill(
    hass: HomeAssistant,
    hub: ConfigEntry,
    charger: Charger,
    utility: SimulatedUtility,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It was said for one binding that it cannot be ended, and that says nothing of what was charged."""
    charging = manager_of(hub)

    async def refuse(*_: object) -> None:
        raise UtilityError(UtilityReason.REFUSED_BY_UTILITY, "its month is closed")

    monkeypatch.setattr(charging.billers.utility, "end_binding", refuse)
    tomorrow = dt_util.utcnow() + timedelta(days=1)
    record_of(hub).run.ending = {"valid_until": tomorrow.isoformat(), "reason": "other"}
    charger.plug()
    charger.charge(3_000)
    await hass.async_block_till_done()
    charger.plug(plugged=False)
    (record,) = await billed(utility, 1)
    assert record["energy_wh"] == 3_000
    await until(lambda: charging.delivery.reason is UtilityReason.REFUSED_BY_UTILITY)


async def test_reload_within_a_session_loses_nothing(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, utility: SimulatedUtility
) -> None:
    charger.plug()
    charger.charge(2_000)
    await hass.async_block_till_done()
    assert await hass.config_entries.async_unload(hub.entry_id)
    charger.charge(2_500)
    await hass.config_entries.async_setup(hub.entry_id)
    await hass.async_block_till_done()
    charger.charge(3_500)
    await hass.async_block_till_done()
    charger.plug(plugged=False)
    (record,) = await billed(utility, 1)
    assert (record["energy_wh"], record["quality"]) == (8_000, "measured")


async def test_session_that_nobody_saw_is_estimated_and_asked_about(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, utility: SimulatedUtility
) -> None:
    await hass.async_block_till_done()
    assert await hass.config_entries.async_unload(hub.entry_id)
    charger.charge(9_000)
    with charger.clock():
        await hass.config_entries.async_setup(hub.entry_id)
        await hass.async_block_till_done()
    await until(lambda: manager_of(hub).charging.ledger.entries)
    (entry,) = manager_of(hub).charging.ledger.entries.values()
    assert entry.session.estimated
    await until(lambda: issues_of(hass, "whose_session"))
    await hass.services.async_call(
        DOMAIN,
        "assign_session",
        {"device_id": vehicle_device_id(hass, hub), "session": entry.session.id},
        blocking=True,
    )
    (record,) = await billed(utility, 1)
    assert (record["energy_wh"], record["quality"]) == (9_000, "estimated")
    assert not issues_of(hass, "whose_session")
    with pytest.raises(ServiceValidationError, match="was worked out already"):
        await hass.services.async_call(
            DOMAIN,
            "assign_session",
            {"device_id": vehicle_device_id(hass, hub), "session": entry.session.id},
            blocking=True,
        )


async def test_strange_vehicle_is_asked_about_not_silently_billed(
    hass: HomeAssistant,
    hub: ConfigEntry,
    charger: Charger,
    utility: SimulatedUtility,
    hass_client: ClientSessionGenerator,
) -> None:
    await async_setup_component(hass, "repairs", {})
    await charger.session(6_000, present=False)
    await until(lambda: issues_of(hass, "whose_session"))
    (issue,) = issues_of(hass, "whose_session")
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["energy"] == "6.000"
    assert await utility.billed() == []
    web = await hass_client()
    response = await web.post("/api/repairs/issues/fix", json={"handler": DOMAIN, "issue_id": issue.issue_id})
    assert response.status == HTTPStatus.OK
    page = await response.json()
    assert page["description_placeholders"]["energy"] == "6.000"
    response = await web.post(f"/api/repairs/issues/fix/{page['flow_id']}", json={"vehicle": "nobody"})
    assert (await response.json())["type"] == "create_entry"
    assert not issues_of(hass, "whose_session")
    assert await utility.billed() == []
    # The family's own session is billed without a question.
    await charger.session(1_000)
    (record,) = await billed(utility, 1)
    assert record["energy_wh"] == 1_000


async def test_counter_that_begins_anew_is_estimated(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, utility: SimulatedUtility
) -> None:
    charger.plug()
    charger.charge(2_000)
    await hass.async_block_till_done()
    charger.counter = 0
    charger.show()
    charger.charge(1_000)
    await hass.async_block_till_done()
    charger.plug(plugged=False)
    (record,) = await billed(utility, 1)
    assert (record["energy_wh"], record["quality"]) == (3_000, "estimated")


@BOTH_TRANSPORTS
async def test_utility_that_is_down_is_told_later_and_once(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, utility: SimulatedUtility
) -> None:
    await utility.fault("http_error", status=503)
    await charger.session(1_500)
    await charger.session(2_500)
    await until(lambda: manager_of(hub).delivery.reason is not None)
    # A week goes by, and Home Assistant is restarted.
    charger.at += timedelta(days=7)
    with charger.clock():
        await hass.config_entries.async_reload(hub.entry_id)
        await hass.async_block_till_done()
    assert await utility.billed() == []
    await utility.mend()
    manager_of(hub).delivery.async_wake()
    records = await billed(utility, 2)
    assert sorted(record["energy_wh"] for record in records) == [1_500, 2_500]


@pytest.mark.parametrize("fault", ["lost_answer", "half_answer"])
async def test_answer_that_is_lost_makes_no_second_record(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, utility: SimulatedUtility, fault: str
) -> None:
    await utility.fault(fault, path="/api/v1/charging-sessions", count=4)
    await charger.session(4_200)
    await until(
        lambda: all(record.state is RecordState.SENT for _, record in manager_of(hub).charging.ledger.records())
    )
    await billed(utility, 1)


async def test_odd_answer_about_bindings_keeps_no_session_from_its_bill(
    hub: ConfigEntry, charger: Charger, utility: SimulatedUtility
) -> None:
    delivery, odd = manager_of(hub).delivery, UtilityError(UtilityReason.UTILITY_NOT_UNDERSTOOD, "no period")
    with patch.object(manager_of(hub).billers.utility, "bindings", side_effect=odd):
        delivery._news += 1
        await charger.session(4_200)
        await billed(utility, 1)
        await until(lambda: delivery.reason is UtilityReason.UTILITY_NOT_UNDERSTOOD)
    await until(lambda: delivery.reason is None)


async def test_what_is_billed_otherwise_is_noticed_until_it_agrees(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, utility: SimulatedUtility
) -> None:
    await charger.session(5_000)
    (record,) = await billed(utility, 1)
    await utility.bill_otherwise(record["id"], 6_000)
    await until(lambda: issues_of(hass, "billed_otherwise"))
    (issue,) = issues_of(hass, "billed_otherwise")
    assert issue.translation_placeholders is not None
    assert (issue.translation_placeholders["measured"], issue.translation_placeholders["billed"]) == ("5.000", "6.000")
    assert vehicle_state(hass, hub, "problem") == "on"
    await utility.bill_otherwise(record["id"], 5_000)
    await until(lambda: not issues_of(hass, "billed_otherwise"))
    assert vehicle_state(hass, hub, "problem") == "off"


async def test_guest_pays_once_the_owner_confirms(
    hass: HomeAssistant, hub: ConfigEntry, utility: SimulatedUtility
) -> None:
    charger = Charger(hass)
    neighbour = await utility.neighbour()
    await utility.set(session_confirmation="manual")
    flow = VehicleFlow(hass, hub)
    await flow.start()
    await flow.bind(
        vehicle={**ANSWERS["vehicle"], "vin": "WVWZZZ1JZXW000021"},
        account=ANSWERS["account"] | {"pays": "guest", "account_number": neighbour.number},
    )
    charger.plug()
    asked = await eventually(utility.confirmations)
    # It is asked when the session begins, and billed once it was allowed.
    charger.charge(8_000)
    charger.plug(plugged=False)
    await until(lambda: manager_of(hub).charging.ledger.entries)
    await hass.async_block_till_done()
    assert await utility.billed() == []
    assert len(await utility.confirmations()) == len(asked)
    await utility.decide_vehicle("confirmations", asked[-1]["session_id"], "confirm")
    (record,) = await billed(utility, 1)
    assert record["payer"]["number"].endswith(neighbour.number[-4:])


def of_another_day(hub: ConfigEntry, title: str, vehicle: ConfigSubentryData, *, days: int) -> MockConfigEntry:
    """Return another hub with a vehicle, that is so many days younger."""
    other = MockConfigEntry(domain=DOMAIN, title=title, subentries_data=[vehicle])
    object.__setattr__(other, "created_at", hub.created_at + timedelta(days=days))
    return other


async def test_home_whose_hubs_share_a_charger_is_told_until_they_do_not(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger
) -> None:
    """Dialogs refuse it now; what is there already is billed by both."""
    assert not issues_of(hass, "charger_shared")
    van = ConfigSubentryData(data={"energy": ENERGY}, subentry_type="vehicle", title="Van *1*", unique_id="van")
    older = of_another_day(hub, "Other", van, days=-1)
    older.add_to_hass(hass)
    await hass.config_entries.async_reload(hub.entry_id)
    await hass.async_block_till_done()
    (issue,) = issues_of(hass, "charger_shared")
    said = issue.translation_placeholders or {}
    assert (said["vehicle"], said["other"], said["elsewhere"]) == ("Family car", r"Van \*1\*", "Other")
    assert said["charger"] == "Garage charger energy", "as Home Assistant's own pages call it"
    hass.config_entries.async_remove_subentry(older, next(iter(older.subentries)))
    await hass.async_block_till_done()
    assert not issues_of(hass, "charger_shared")


async def test_of_two_hubs_that_share_a_charger_the_newer_one_tells(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger
) -> None:
    van = ConfigSubentryData(data={"energy": ENERGY}, subentry_type="vehicle", title="Van", unique_id="van")
    newer = of_another_day(hub, "Other", van, days=1)
    newer.add_to_hass(hass)
    follow = async_follow(hass, hub), async_follow(hass, newer)
    (issue,) = issues_of(hass, "charger_shared")
    assert newer.entry_id in issue.issue_id
    for end in follow:
        end()


async def test_vehicle_of_a_visitor_is_shown_while_it_charges(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger
) -> None:
    """The family's says that it is not here: somebody is, and the page has what that took."""
    plug = vehicle_entity(hass, hub, "plugged")
    charger.plug(present=False)
    charger.charge(2_000)
    await hass.async_block_till_done()
    state = hass.states.get(plug)
    assert state is not None
    assert state.state == "off"
    assert state.attributes["unassigned_energy_kwh"] == 2
    charger.plug(plugged=False)
    await hass.async_block_till_done()
    state = hass.states.get(plug)
    assert state is not None
    assert state.attributes["unassigned_energy_kwh"] is None


async def test_vehicle_that_may_be_the_one_at_the_charger_is_not_said_to_be_away(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger
) -> None:
    plug = vehicle_entity(hass, hub, "plugged")
    hass.states.async_set(CAR_PLUG, "unavailable")
    charger.at += timedelta(seconds=1)
    hass.states.async_set(PLUG, "on", timestamp=charger.at.timestamp())
    charger.charge(2_000)
    await hass.async_block_till_done()
    state = hass.states.get(plug)
    assert state is not None
    assert (state.state, state.attributes["unassigned_energy_kwh"]) == ("unknown", 2)
    # It says so itself, and all of it is its own.
    hass.states.async_set(CAR_PLUG, "on", timestamp=charger.at.timestamp())
    charger.charge(1_000)
    await hass.async_block_till_done()
    state = hass.states.get(plug)
    assert state is not None
    assert (state.state, state.attributes["unassigned_energy_kwh"]) == ("on", None)


async def test_rebinding_while_plugged_in_cuts_the_bill_not_the_energy(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, utility: SimulatedUtility
) -> None:
    charger.plug()
    charger.charge(2_000)
    await hass.async_block_till_done()
    flow = VehicleFlow(hass, hub)
    await flow.change()
    await flow.choose("account")
    await flow.submit(ANSWERS["account"] | {"program": "ev-tou"})
    change = dt_util.as_local(charger.at)
    begins = {"valid_from": f"{change:%Y-%m-%d}", "valid_from_time": f"{change:%H:%M:%S}"}
    await flow.submit({"consent": True, "later": begins})
    await hass.async_block_till_done()
    charger.charge(3_000)
    await hass.async_block_till_done()
    charger.plug(plugged=False)
    records = await billed(utility, 2)
    assert sum(record["energy_wh"] for record in records) == 5_000
    assert len({record["binding_id"] for record in records}) == 2


async def test_charger_that_gives_nothing_is_a_problem(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, utility: SimulatedUtility
) -> None:
    charger.plug()
    charger.charge(1_000)
    await hass.async_block_till_done()
    charger.hide()
    await hass.async_block_till_done()
    manager_of(hub).async_tell()
    assert vehicle_state(hass, hub, "problem") == "on"
    charger.charge(1_000)
    charger.plug()
    await hass.async_block_till_done()
    assert vehicle_state(hass, hub, "problem") == "off"
    charger.plug(plugged=False)
    (record,) = await billed(utility, 1)
    assert record["energy_wh"] == 2_000


def _note(shown: list[str], title: str, _happened: Occurrence | None) -> None:
    shown.append(title)


async def test_charger_has_only_its_own_vehicles_shown_anew(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger
) -> None:
    energy, plug = "sensor.carport_energy", "binary_sensor.carport_plug"
    hass.states.async_set(energy, "7.0", {"device_class": "energy", "unit_of_measurement": "kWh"})
    hass.states.async_set(plug, "off", {"device_class": "plug"})
    flow = VehicleFlow(hass, hub)
    await flow.start()
    await flow.bind(
        vehicle={
            "vin": "5YJSA1DG9DFP14705",
            "vehicle_model": "Two",
            "more": {"name": "Second car"},
            "energy": energy,
            "station": {"name": "Carport", "plug": plug, "meter": "evse", "max_power": "11"},
        }
    )
    shown: list[str] = []
    for subject in manager_of(hub).subjects:
        subject.async_add_listener(partial(_note, shown, subject.title))
    # At once: rounds, which show all, come between where anything is waited for.
    charger.charge(1_000)
    assert set(shown) == {"Family car"}
    shown.clear()
    hass.states.async_set(energy, "8.0", {"device_class": "energy", "unit_of_measurement": "kWh"})
    assert set(shown) == {"Second car"}


async def test_own_plug_that_is_late_still_counts(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, utility: SimulatedUtility
) -> None:
    charger.plug(present=False)
    charger.charge(1_000)
    await hass.async_block_till_done()
    hass.states.async_set(CAR_PLUG, "on", {"device_class": "plug"})
    await hass.async_block_till_done()
    charger.plug(plugged=False)
    (record,) = await billed(utility, 1)
    assert record["energy_wh"] == 1_000


async def test_departure_and_energy_are_kept_and_checked(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, gateway: SimulatedGateway
) -> None:
    later = dt_util.utcnow().replace(microsecond=0) + timedelta(hours=8)
    await hass.services.async_call(
        DOMAIN,
        "plan_charging",
        {"device_id": vehicle_device_id(hass, hub), "departure": later.isoformat(), "energy": 20},
        blocking=True,
    )
    assert dt_util.parse_datetime(vehicle_state(hass, hub, "departure")) == later
    assert float(vehicle_state(hass, hub, "energy_wanted")) == 20
    # Its charging station is no registered device: there is nothing to reserve with.
    assert vehicle_state(hass, hub, "reservation") == "none"
    with pytest.raises(ServiceValidationError, match="in the future"):
        await hass.services.async_call(
            "datetime",
            "set_value",
            {"entity_id": vehicle_entity(hass, hub, "departure"), "datetime": "2020-01-01T00:00:00+00:00"},
            blocking=True,
        )
