"""The connector of a charger in a record of OCPI: what the home knows of it, and no more (UR-EV)."""

from dataclasses import replace

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.utility_han.procedures import no_holidays
from custom_components.utility_han.vehicles.chargers.connector import connector_of
from custom_components.utility_han.vehicles.exports.ocpi_files import Home
from tests.procedures.test_charging_sessions import binding

pytestmark = pytest.mark.use_case("UR-EV")


def charger(hass: HomeAssistant, *phases: str) -> str:
    """Return the energy sensor of a charger that has a sensor of the current of each of some phases."""
    entry = MockConfigEntry()
    entry.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(config_entry_id=entry.entry_id, identifiers={("easee", "1")})
    registry = er.async_get(hass)
    for name in ("energy", *(f"current_{phase}" for phase in phases)):
        sensor = registry.async_get_or_create(
            "sensor", "easee", name, device_id=device.id, suggested_object_id=f"charger_{name}",
            original_device_class=name.partition("_")[0],
        )  # fmt: skip
        hass.states.async_set(sensor.entity_id, "1", {"device_class": name.partition("_")[0]})
    return "sensor.charger_energy"


@pytest.mark.parametrize(
    ("country", "max_power", "phases", "standard", "power_type"),
    [
        ("US", 11.5, (), "IEC_62196_T1", "AC_2_PHASE_SPLIT"),
        ("US", 1.4, (), "IEC_62196_T1", "AC_1_PHASE"),
        ("DE", 11.0, (), "IEC_62196_T2", "AC_3_PHASE"),
        ("DE", 3.7, (), "IEC_62196_T2", "AC_1_PHASE"),
        ("DE", 7.4, ("l1", "l2"), "IEC_62196_T2", "AC_2_PHASE"),
        ("NO", 7.4, ("l1", "l2", "l3"), "IEC_62196_T2", "AC_3_PHASE"),
        ("CN", 7.0, (), "GBT_AC", "AC_1_PHASE"),
        (None, 22.0, (), "IEC_62196_T2", "AC_3_PHASE"),
    ],
)
async def test_connector_is_what_country_power_and_sensors_say(
    hass: HomeAssistant, country: str | None, max_power: float, phases: tuple[str, ...], standard: str, power_type: str
) -> None:
    hass.config.country = country
    found = connector_of(hass, {"energy": charger(hass, *phases), "max_power": max_power})
    assert (found.standard, found.power_type) == (standard, power_type)


@pytest.mark.parametrize(
    ("evse_id", "country", "party"),
    [
        ("FR*ABC*E123", "FR", "ABC"),
        ("+49*810*000*438", "DE", "UHN"),
        ("DE", "DE", "UHN"),
        (None, "DE", "UHN"),
    ],
    ids=["ISO 15118", "DIN 91286", "no id", "none"],
)
async def test_operator_is_that_of_an_evse_id_with_a_country(
    hass: HomeAssistant, evse_id: str | None, country: str, party: str
) -> None:
    """OCPI's ``country_code`` is ISO-3166 alpha-2: a country as telephones dial it is none."""
    hass.config.country = "DE"
    home = Home.of(hass, "Home", connector_of(hass, {"max_power": 11.0}), lambda _program: no_holidays)
    place = home.place(replace(binding(), evse_id=evse_id))
    assert (place.country_code, place.party_id) == (country, party)
