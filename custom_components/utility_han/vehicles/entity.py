"""What all entities of a vehicle share."""

from typing import override

from homeassistant.core import callback
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity, EntityDescription

from ..const import DOMAIN
from ..hub.coordinator import GatewayCoordinator
from .manager import ChargingManager
from .store import VehicleRecord


class VehicleEntity(Entity):
    """An entity of a vehicle, shown also while gateway and utility are away; add it with ``config_subentry_id``."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, coordinator: GatewayCoordinator, record: VehicleRecord, description: EntityDescription) -> None:
        """The device in the registry is the subentry's."""
        self.entity_description = description
        self.record = record
        self.charging: ChargingManager = coordinator.config_entry.runtime_data.charging
        self._attr_unique_id = f"{record.subentry_id}_{description.key}"
        self._attr_device_info = vehicle_info(coordinator, record)

    @override
    async def async_added_to_hass(self) -> None:
        self.async_on_remove(self.charging.async_add_listener(self._changed))

    @callback
    def _changed(self) -> None:
        self.async_write_ha_state()


def vehicle_info(coordinator: GatewayCoordinator, record: VehicleRecord) -> DeviceInfo:
    """Return what is known of a vehicle; it hangs off the gateway."""
    return DeviceInfo(
        identifiers={(DOMAIN, str(record.subentry_id))},
        name=record.title,
        manufacturer=record.run.make,
        model=record.run.model,
        serial_number=record.run.vin,
        via_device_id=coordinator.gateway_device_id,
    )
