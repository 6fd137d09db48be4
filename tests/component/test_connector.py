"""The connector of a charger in a record of OCPI: what the home knows of it, and no more (UR-EV)."""

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.utility_han.vehicles.chargers.connector import connector_of

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
