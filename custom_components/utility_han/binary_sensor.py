"""Whether the gateway is reached, and whether there is a problem."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.const import CONF_ENTITY_ID, STATE_UNAVAILABLE, EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import CONF_UTILITY
from .hub.coordinator import GatewayCoordinator, UtilityHanConfigEntry
from .hub.entity import GatewayEntity, HanDeviceEntity
from .vehicles.binary_sensors import VEHICLE_BINARY_SENSORS, VehicleBinarySensor

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class GatewayBinarySensorDescription(BinarySensorEntityDescription):
    """A binary sensor of the gateway's health."""

    is_on: Callable[[GatewayCoordinator], bool]
    attributes: Callable[[GatewayCoordinator], dict[str, Any]] | None = None


BINARY_SENSORS = (
    GatewayBinarySensorDescription(
        key="connectivity",
        device_class=BinarySensorDeviceClass.CONNECTIVITY,
        entity_category=EntityCategory.DIAGNOSTIC,
        is_on=lambda coordinator: coordinator.connected,
    ),
    GatewayBinarySensorDescription(
        key="problem",
        translation_key="problem",
        device_class=BinarySensorDeviceClass.PROBLEM,
        entity_category=EntityCategory.DIAGNOSTIC,
        is_on=lambda coordinator: coordinator.reason is not None,
        attributes=lambda coordinator: {"reason": coordinator.reason.value if coordinator.reason else None},
    ),
)


UTILITY = GatewayBinarySensorDescription(
    key="utility",
    translation_key="utility",
    device_class=BinarySensorDeviceClass.CONNECTIVITY,
    entity_category=EntityCategory.DIAGNOSTIC,
    is_on=lambda coordinator: coordinator.config_entry.runtime_data.registrar.reason is None,
)
DEVICE_CONNECTIVITY = BinarySensorEntityDescription(
    key="connectivity",
    device_class=BinarySensorDeviceClass.CONNECTIVITY,
    entity_category=EntityCategory.DIAGNOSTIC,
)


async def async_setup_entry(
    hass: HomeAssistant, entry: UtilityHanConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the binary sensors."""
    coordinator = entry.runtime_data.coordinator
    descriptions = BINARY_SENSORS + ((UTILITY,) if CONF_UTILITY in entry.data else ())
    async_add_entities(GatewayBinarySensor(coordinator, description) for description in descriptions)
    for device in entry.runtime_data.devices.values():
        async_add_entities(
            [HanDeviceConnectivity(coordinator, device, DEVICE_CONNECTIVITY)],
            config_subentry_id=device.subentry_id,
        )
    for record in entry.runtime_data.charging.vehicles:
        async_add_entities(
            (VehicleBinarySensor(coordinator, record, description) for description in VEHICLE_BINARY_SENSORS),
            config_subentry_id=record.subentry_id,
        )


class GatewayBinarySensor(GatewayEntity, BinarySensorEntity):
    """A binary sensor that tells of the gateway also while it is away."""

    entity_description: GatewayBinarySensorDescription

    @property
    @override
    def available(self) -> bool:
        return True

    @property
    @override
    def is_on(self) -> bool:
        return self.entity_description.is_on(self.coordinator)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        if (attributes := self.entity_description.attributes) is None:
            return None
        return attributes(self.coordinator)


class HanDeviceConnectivity(HanDeviceEntity, BinarySensorEntity):
    """Whether the gateway is reached and lists the device, and the entity that the device is can be used."""

    @property
    @override
    def available(self) -> bool:
        return True

    @property
    @override
    def is_on(self) -> bool:
        if not self.coordinator.connected or self.device.listed is False:
            return False
        if (control := self.device.control) is None:
            return True
        state = self.hass.states.get(control[CONF_ENTITY_ID])
        return state is not None and state.state != STATE_UNAVAILABLE
