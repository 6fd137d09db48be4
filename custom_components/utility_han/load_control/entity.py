"""What all entities that show a device's load controls share."""

from typing import override

from homeassistant.core import callback
from homeassistant.helpers.entity import EntityDescription

from ..devices.device import HanDevice
from ..hub.coordinator import GatewayCoordinator
from ..hub.entity import HanDeviceEntity
from ..procedures.load_control import Effect
from .manager import LoadControlManager


class ControlEntity(HanDeviceEntity):
    """An entity that shows what is known of controls, also while the gateway is away."""

    def __init__(self, coordinator: GatewayCoordinator, device: HanDevice, description: EntityDescription) -> None:
        """The device must have a linked entity, for it is us who answers for it then."""
        super().__init__(coordinator, device, description)
        self.controls: LoadControlManager = coordinator.config_entry.runtime_data.load_control

    @property
    @override
    def available(self) -> bool:
        return True

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.async_on_remove(self.controls.async_add_listener(self.device, self._controls_changed))

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Readings of the gateway are no news here."""

    @callback
    def _controls_changed(self, effect: Effect | None) -> None:
        """Show what happened; None is a change without an effect of its own."""
        self.async_write_ha_state()


def controlled_devices(coordinator: GatewayCoordinator) -> list[HanDevice]:
    """Return the devices whose controls are carried out here."""
    return [device for device in coordinator.config_entry.runtime_data.devices.values() if device.control]
