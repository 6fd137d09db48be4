"""Names and times beyond any bound, in dialogs, actions and addresses: refused, and never an error of ours."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import probatio
import pytest
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import InvalidData
from homeassistant.exceptions import ServiceValidationError
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.utility_han.const import DOMAIN
from custom_components.utility_han.hub.bounds import LONGEST_NAME
from tests.component.test_device_flow import ANSWERS as DEVICE_ANSWERS
from tests.component.test_device_flow import DeviceFlow
from tests.helpers.vehicles import ANSWERS, VehicleFlow, bind, record_of, vehicle_device_id, vehicle_entity

TIMES = ["0001-01-01T00:00:00+14:00", "0001-01-01 00:00:00", "9999-12-31 23:59:59", "9999-12-31T23:59:59-12:00"]


@pytest.mark.use_case("UR-EV", "SC-3")
@pytest.mark.parametrize("at", TIMES)
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12"])
async def test_action_is_refused_a_time_that_is_none_elsewhere(
    hass: HomeAssistant, hub: ConfigEntry, hass_client: ClientSessionGenerator, at: str, zone: str
) -> None:
    await bind(hass, hub)
    await hass.config.async_set_time_zone(zone)
    vehicle = vehicle_device_id(hass, hub)
    ends = {"start": at, "end": "2026-11-01 00:00:00"} if at < "2" else {"start": "2026-11-01 00:00:00", "end": at}
    asked: list[tuple[str, dict[str, Any]]] = [
        ("get_prices", {"config_entry": hub.entry_id, **ends}),
        ("get_sessions", {"device_id": [vehicle], **ends}),
        ("export_sessions", {"device_id": [vehicle], "format": "csv", **ends}),
        ("plan_charging", {"device_id": vehicle, "departure": at, "energy": 5}),
    ]
    for action, data in asked:
        with pytest.raises(probatio.Invalid):
            await hass.services.async_call(
                DOMAIN, action, data, blocking=True, return_response=action != "plan_charging"
            )
    web = await hass_client()
    answer = await web.get(f"/api/{DOMAIN}/charging/csv", params={"vehicle": record_of(hub).key, **ends})
    assert answer.status == HTTPStatus.BAD_REQUEST


@pytest.mark.use_case("SC-3")
@pytest.mark.parametrize(("year", "reason"), [(2020, "departure_is_over"), (2400, "departure_too_far")])
async def test_departure_is_within_a_year(hass: HomeAssistant, hub: ConfigEntry, year: int, reason: str) -> None:
    """A reservation of the gateway lasts until then, in seconds of 32 bits."""
    await bind(hass, hub)
    at = datetime(year, 1, 1, tzinfo=UTC)
    shown = {"entity_id": vehicle_entity(hass, hub, "departure"), "datetime": at.isoformat()}
    planned = {"device_id": vehicle_device_id(hass, hub), "departure": at.isoformat(), "energy": 5}
    for domain, action, data in (("datetime", "set_value", shown), (DOMAIN, "plan_charging", planned)):
        with pytest.raises(ServiceValidationError) as refused:
            await hass.services.async_call(domain, action, data, blocking=True)
        assert refused.value.translation_key == reason


@pytest.mark.use_case("SC-1")
@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
async def test_day_beyond_all_bounds_is_refused_at_its_field(hass: HomeAssistant, hub: ConfigEntry, day: str) -> None:
    flow = VehicleFlow(hass, hub)
    await bind(hass, hub)
    await flow.change()
    await flow.choose("end")
    with pytest.raises(InvalidData) as refused:
        await flow.submit({"valid_until": day, "valid_until_time": "00:00:00", "reason": "sold"})
    assert [*refused.value.schema_errors] == ["valid_until"]


@pytest.mark.use_case("UR-2", "SC-1")
async def test_name_that_fits_nowhere_is_refused_at_its_field(hass: HomeAssistant, hub: ConfigEntry) -> None:
    await bind(hass, hub)
    flow, long = VehicleFlow(hass, hub), "Car " * LONGEST_NAME
    await flow.start()
    await flow.walk("vehicle")
    with pytest.raises(InvalidData) as refused:
        await flow.submit(ANSWERS["vehicle"] | {"vehicle_model": long})
    assert [*refused.value.schema_errors] == ["vehicle_model"]
    device = DeviceFlow(hass, hub)
    await device.start()
    await device.walk("device")
    named = device.answer(DEVICE_ANSWERS) | {"name": long}
    with pytest.raises(InvalidData) as refused:
        await device.submit(named)
    assert [*refused.value.schema_errors] == ["name"]
