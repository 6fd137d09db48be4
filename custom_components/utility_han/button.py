"""What a person does with one tap."""

from typing import override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import DOMAIN
from .coordinator import UtilityHanConfigEntry
from .procedures.load_control import OptError
from .vehicle_entity import VehicleEntity

PARALLEL_UPDATES = 0

CHARGE_NOW = ButtonEntityDescription(key="charge_now", translation_key="charge_now")


async def async_setup_entry(
    hass: HomeAssistant, entry: UtilityHanConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up a button for each vehicle."""
    runtime = entry.runtime_data
    for record in runtime.charging.vehicles:
        async_add_entities(
            [ChargeNowButton(runtime.coordinator, record, CHARGE_NOW)], config_subentry_id=record.subentry_id
        )


class ChargeNowButton(VehicleEntity, ButtonEntity):
    """Charges now, whatever load control or reservation holds it back."""

    @override
    async def async_press(self) -> None:
        try:
            await self.charging.planning.async_charge_now(self.record)
        except OptError as err:
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key=err.reason.value,
                translation_placeholders={"device": self.record.title},
            ) from err
