"""Actions about what belongs to a hub that is not loaded say so, and not that it is none of ours."""

from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr

from custom_components.utility_han.const import DOMAIN
from tests.component.conftest import Commission
from tests.conftest import SimulatedGateway


@pytest.mark.parametrize(
    ("action", "data", "answers"),
    [
        ("diagnose", {}, True),
        ("repair", {}, True),
        ("report_problem", {"summary": "It hums."}, True),
        ("get_message", {"about": "health"}, True),
        ("opt_out", {}, False),
        ("binding_record", {}, True),
        ("assign_session", {"session": "1"}, False),
    ],
)
async def test_hub_that_is_not_loaded_is_the_reason(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    commission: Commission,
    action: str,
    data: dict[str, Any],
    answers: bool,
) -> None:
    entry = await commission(gateway)
    (device,) = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    await hass.config_entries.async_unload(entry.entry_id)
    with pytest.raises(ServiceValidationError) as caught:
        await hass.services.async_call(
            DOMAIN, action, {"device_id": device.id, **data}, blocking=True, return_response=answers
        )
    assert caught.value.translation_key == "hub_not_loaded"
    assert (caught.value.translation_placeholders or {})["title"] == entry.title


async def test_device_of_somebody_else_is_none_of_ours(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    await commission(gateway)
    with pytest.raises(ServiceValidationError) as caught:
        await hass.services.async_call(DOMAIN, "diagnose", {"device_id": "nothing"}, blocking=True)
    assert caught.value.translation_key == "not_ours"
