"""With what a vehicle charges: the lower of vehicle and charger, and the limit that is in force (UR-EV)."""

from datetime import UTC, datetime, timedelta
from math import inf
from types import SimpleNamespace
from typing import Any, cast

import pytest
from homeassistant.core import HomeAssistant, State

from custom_components.utility_han.devices.device import HanDevice
from custom_components.utility_han.vehicles.chargers.charging_power import (
    Limit,
    charged_until,
    greatest_power,
    limit_now,
)
from custom_components.utility_han.vehicles.chargers.connector import connector_of
from custom_components.utility_han.vehicles.chargers.power import phases_for, power_of
from custom_components.utility_han.vehicles.chargers.sources import read_energy, read_power

pytestmark = pytest.mark.use_case("UR-EV")

NOON = datetime(2026, 6, 3, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DATA = {"max_power": 11.0}


def station(entity_id: str) -> HanDevice:
    return cast("HanDevice", SimpleNamespace(control={"entity_id": entity_id}))


@pytest.mark.parametrize(("highest", "phases"), [(0.0, 3), (-6.0, 3), (inf, 3), (16.0, 1), (6.0, 3), (1000.0, 1)])
def test_limit_that_says_nothing_of_phases_leaves_as_many_as_there_may_be(highest: float, phases: int) -> None:
    """A number may have a range of nothing, and one without a range is no charger's."""
    assert phases_for(3_700, highest) == phases


@pytest.mark.parametrize(
    ("said", "watts"), [("7.4", 7_400), ("0", 0), ("-0.2", None), ("nan", None), ("inf", None), ("unknown", None)]
)
def test_what_is_given_back_or_no_number_is_not_charged(said: str, watts: float | None) -> None:
    assert read_power(State("sensor.power", said, {"unit_of_measurement": "kW"})) == watts
    assert read_energy(State("sensor.energy", said, {"unit_of_measurement": "kWh"})) == watts


@pytest.mark.parametrize("country", ["CA", "JP", "KR", "MX", "TW", "US", "DE", "CN", None])
async def test_connector_of_one_phase_gives_the_power_of_one(hass: HomeAssistant, country: str | None) -> None:
    """What a charger has in a record of OCPI, it was not taken for when its power was suggested: in KR and TW."""
    hass.config.country = country
    of_type_1 = connector_of(hass, DATA).standard == "IEC_62196_T1"
    limit = State("number.limit", "32", {"unit_of_measurement": "A", "max": 32})
    assert power_of([limit], country) == pytest.approx((240 if of_type_1 else 3 * 230) * 32 / 1000, abs=0.05)


@pytest.mark.parametrize(("vehicle", "watts"), [(None, 11_000), (3.7, 3_700), (22.0, 11_000)])
def test_lower_of_vehicle_and_charger(vehicle: float | None, watts: float) -> None:
    """PEVInfo.maxForwardPower (sep.xsd)."""
    assert greatest_power({**DATA, "vehicle_power": vehicle}) == watts


@pytest.mark.parametrize(
    ("value", "unit", "watts"),
    [
        ("6", "A", 3 * 6 * 230),
        ("16", "A", 11_000),
        ("2.5", "kW", 2_500),
        ("-5", "kW", 0),
        ("unavailable", "A", 11_000),
        ("50", "%", 11_000),
    ],
)
async def test_charger_that_is_limited_to_a_number(hass: HomeAssistant, value: str, unit: str, watts: float) -> None:
    hass.states.async_set("number.limit", value, {"unit_of_measurement": unit})
    assert limit_now(hass, DATA, station("number.limit"), NOON) == Limit(watts, NOON)


@pytest.mark.parametrize(
    ("charger", "most", "watts"),
    [(7.4, 32, 16 * 230), (3.7, 80, 16 * 230), (11, 32, 2 * 16 * 230), (11, 16, 11_000), (22, 32, 3 * 16 * 230)],
    ids=["one phase", "any charger's limit", "less than it could", "three phases", "all it can"],
)
async def test_charger_is_on_no_more_phases_than_what_it_gives_takes(
    hass: HomeAssistant, charger: float, most: int, watts: float
) -> None:
    """How many it has is told by few; a vehicle at one that was taken for three would wait until it is too late."""
    hass.states.async_set("number.limit", "16", {"unit_of_measurement": "A", "max": most})
    assert limit_now(hass, {"max_power": charger}, station("number.limit"), None).watts == pytest.approx(watts)


@pytest.mark.parametrize(("until", "watts"), [(NOON, 0), (None, 11_000)])
async def test_charger_that_is_off_is_limited_by_a_load_control_alone(
    hass: HomeAssistant, until: datetime | None, watts: float
) -> None:
    """It is off as well while it waits for the time that is planned."""
    hass.states.async_set("switch.charger", "off")
    assert limit_now(hass, DATA, station("switch.charger"), until) == Limit(watts, until)


async def test_charger_that_is_no_registered_device_has_no_limit(hass: HomeAssistant) -> None:
    assert limit_now(hass, DATA, None, None) == Limit(11_000)


@pytest.mark.parametrize(
    ("limit", "kilowatt_hours"),
    [
        ({"watts": 10_000}, 40),
        ({"watts": 2_000}, 8),
        ({"watts": 2_000, "until": NOON + HOUR}, 32),
        ({"watts": 0, "until": NOON + 9 * HOUR}, 0),
        ({"watts": 0, "until": NOON - HOUR}, 40),
    ],
)
def test_what_can_be_charged_until_a_departure(limit: dict[str, Any], kilowatt_hours: float) -> None:
    assert charged_until(NOON + 4 * HOUR, NOON, 10_000, Limit(**limit)) == 1000 * kilowatt_hours
