"""Whether a device stays out of load controls."""

from typing import Any, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .hub.coordinator import UtilityHanConfigEntry
from .load_control.entity import ControlEntity, controlled_devices

PARALLEL_UPDATES = 0

OPT_OUT = SwitchEntityDescription(key="opt_out", translation_key="opt_out", entity_category=EntityCategory.CONFIG)


async def async_setup_entry(
    hass: HomeAssistant, entry: UtilityHanConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up one switch for each device that is controlled here."""
    coordinator = entry.runtime_data.coordinator
    for device in controlled_devices(coordinator):
        async_add_entities([OptOutSwitch(coordinator, device, OPT_OUT)], config_subentry_id=device.subentry_id)


class OptOutSwitch(ControlEntity, SwitchEntity):
    """The standing opt-out: on, the device takes part in no control to come but emergencies."""

    @property
    @override
    def is_on(self) -> bool:
        return self.controls.standing_opt_out(self.device)

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        await self.controls.async_set_standing_opt_out(self.device, out=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        await self.controls.async_set_standing_opt_out(self.device, out=False)
