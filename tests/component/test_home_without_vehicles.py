"""What a home used without its vehicles goes out with what these charged, as Green Button (UR-EV)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any
from unittest.mock import patch

import pytest
from homeassistant.components.recorder import Recorder
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from custom_components.utility_han.const import DOMAIN
from custom_components.utility_han.documents.green_button import Quality, read_file
from custom_components.utility_han.procedures import RecordState
from custom_components.utility_han.procedures.charging import point
from custom_components.utility_han.procedures.charging.session import Mark
from custom_components.utility_han.vehicles import manager
from tests.helpers.recorder import record_hours
from tests.helpers.states import entity_id_of, until
from tests.helpers.vehicles import Charger, bind, manager_of

pytestmark = pytest.mark.use_case("UR-EV")
HOURS = 48


@pytest.fixture(autouse=True)
def _soon() -> Iterator[None]:
    """Let the meter settle at once."""
    with patch.object(point, "SETTLE", timedelta(milliseconds=20)), patch.object(manager, "_SURE_AFTER", timedelta(0)):
        yield


@pytest.fixture
async def charger(recorder_mock: Recorder, hass: HomeAssistant, hub: ConfigEntry) -> Charger:
    """The charger of a home whose vehicle has charged 10 kWh just now."""
    charger = await bind(hass, hub)
    await charger.session(10_000)
    await until(lambda: list(manager_of(hub).charging.ledger.records()))
    return charger


async def export(hass: HomeAssistant, charger: Charger) -> dict[str, Any]:
    """Export the day that ends by the charger's clock."""
    with charger.clock():
        now = dt_util.now()
        times = {"start": (now - timedelta(days=1)).isoformat(), "end": (now + timedelta(hours=1)).isoformat()}
        data = {"format": "green_button_home", **times}
        answer = await hass.services.async_call(DOMAIN, "export_sessions", data, blocking=True, return_response=True)
    assert answer is not None
    return dict(answer)


async def exported_hours(hass: HomeAssistant, hub: ConfigEntry, charger: Charger) -> dict[str, Any]:
    """Record hours of 15 kWh each at the meter; return the home as it is exported then."""
    hour = int(charger.at.timestamp()) // 3600 * 3600
    meter = entity_id_of(hass, hub, "energy_summation_delivered")
    await record_hours(hass, meter, hour - (HOURS - 1) * 3600, [15_000.0] * HOURS)
    (home,) = (await export(hass, charger))["homes"]
    return dict(home)


async def test_home_without_its_vehicles_is_in_the_file(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger
) -> None:
    with pytest.raises(HomeAssistantError) as caught:
        await export(hass, charger)
    assert caught.value.translation_key == "no_meter_statistics"
    hour = int(charger.at.timestamp()) // 3600 * 3600
    meter = entity_id_of(hass, hub, "energy_summation_delivered")
    for used_wh, agree in ((15_000, True), (200, False)):
        await record_hours(hass, meter, hour - (HOURS - 1) * 3600, [float(used_wh)] * HOURS)
        answer = await export(hass, charger)
        (home,) = answer["homes"]
        assert home["home"] == f"{hub.title}: Without vehicles"
        found = read_file(BytesIO(answer["content"].encode()))
        (vehicle,) = (point for point in found.usage_points if point.role_flags == "0004")
        (rest,) = (point for point in found.usage_points if point is not vehicle)
        charged = sum(wh for *_, wh, _ in vehicle.registers[0].wh())
        left = list(rest.registers[0].wh())
        assert charged == 10_000
        # What was charged is in one hour or in two, as the clock strikes or not.
        assert sum(wh for *_, wh, _ in left) == pytest.approx(used_wh * len(left) - charged, abs=2)
        assert home["energy_kwh"] * 1000 == pytest.approx(sum(wh for *_, wh, _ in left))
        assert {wh for *_, wh, _ in left[:12]} == {used_wh}
        below = [rest.registers[0].quality(reading) for *_, wh, reading in left if wh < 0]
        assert set(below) == (set() if agree else {Quality.QUESTIONABLE})
        assert home["hours_below_zero"] == len(below)


async def test_hours_of_which_nobody_knows_yet_what_is_charged_are_left_out(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger
) -> None:
    before = await exported_hours(hass, hub, charger)
    charger.plug()
    charger.charge(500)
    await hass.async_block_till_done()
    (home,) = (await export(hass, charger))["homes"]
    assert home["energy_kwh"] < before["energy_kwh"] - 4, (
        "what is left of an hour of 15 kWh, at most 10 of them charged"
    )


async def test_hours_of_what_has_no_price_are_left_out(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger
) -> None:
    """It is no charge before, and would be what the home used."""
    before = await exported_hours(hass, hub, charger)
    ((entry, record),) = manager_of(hub).charging.ledger.records()
    record.cost, record.state = None, RecordState.WAITING
    manager_of(hub).charging.ledger.note(entry)
    (home,) = (await export(hass, charger))["homes"]
    assert home["energy_kwh"] < before["energy_kwh"]


async def test_what_a_vehicle_charged_that_is_plugged_in_for_weeks_is_taken_off_too(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger
) -> None:
    before = await exported_hours(hass, hub, charger)
    ((entry, _),) = manager_of(hub).charging.ledger.records()
    weeks = timedelta(days=21)
    for record in manager_of(hub).charging.vehicles.values():
        for key, bound in record.run.bindings.items():
            record.run.bindings[key] = replace(bound, valid_from=bound.valid_from - 2 * weeks)
    first = entry.session.marks[0]
    entry.session.marks.insert(0, Mark(first.at - weeks, first.total))
    entry.records, entry.settled = [], False
    manager_of(hub).charging.ledger.note(entry)
    await manager_of(hub).settling.async_settle_all()
    assert entry.records[0].session.started_at < charger.at - weeks
    assert (await export(hass, charger))["homes"] == [before]
