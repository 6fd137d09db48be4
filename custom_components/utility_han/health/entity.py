"""What all entities share that show the health of a gateway, a HAN device or a vehicle."""

from typing import override

from homeassistant.core import callback
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity, EntityDescription

from ..hub.coordinator import GatewayCoordinator
from ..hub.entity import gateway_device, han_device_info
from ..vehicles.entity import vehicle_info
from .manager import HealthManager, Told
from .store import Condition
from .subjects import Watched


class HealthEntity(Entity):
    """An entity of a subject's health, shown whatever is away; add it with the subject's ``config_subentry_id``."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, coordinator: GatewayCoordinator, watched: Watched, description: EntityDescription) -> None:
        """The device in the registry is the subject's."""
        self.entity_description = description
        self.coordinator = coordinator
        self.watched = watched
        self.health: HealthManager = coordinator.config_entry.runtime_data.health
        self._attr_unique_id = f"{watched.key}_{description.key}"
        self._attr_device_info = _device_info(coordinator, watched)

    @property
    def condition(self) -> Condition:
        """How the subject is."""
        return self.health.condition(self.watched.key)

    @override
    async def async_added_to_hass(self) -> None:
        self.async_on_remove(self.health.async_add_listener(self.watched.key, self._told))

    @callback
    def _told(self, told: Told | None) -> None:
        """Show what happened; None is a change without an event."""
        self.async_write_ha_state()


def _device_info(coordinator: GatewayCoordinator, watched: Watched) -> DeviceInfo:
    if watched.device is not None:
        return han_device_info(coordinator, watched.device)
    if watched.vehicle is not None:
        return vehicle_info(coordinator, watched.vehicle)
    return gateway_device(coordinator)
