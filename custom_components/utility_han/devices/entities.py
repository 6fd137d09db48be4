"""How far a HAN device has come with the utility, and when it was last heard of."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import override

from homeassistant.components.sensor import SensorDeviceClass, SensorEntity, SensorEntityDescription
from homeassistant.const import EntityCategory

from ..gateway.model import DeviceState
from ..hub.coordinator import GatewayCoordinator
from ..hub.entity import HanDeviceEntity
from .device import HanDevice


@dataclass(frozen=True, kw_only=True)
class HanDeviceSensorDescription(SensorEntityDescription):
    """A sensor of a HAN device."""

    value: Callable[[HanDevice], str | datetime | None]


DEVICE_SENSORS = (
    HanDeviceSensorDescription(
        key="registration_state",
        translation_key="registration_state",
        device_class=SensorDeviceClass.ENUM,
        options=[state.value for state in DeviceState],
        value=lambda device: device.state.value,
    ),
    HanDeviceSensorDescription(
        key="programs",
        translation_key="programs",
        entity_category=EntityCategory.DIAGNOSTIC,
        value=lambda device: ", ".join(device.program_names)[:255] or None,
    ),
    HanDeviceSensorDescription(
        key="last_contact",
        translation_key="last_contact",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        # Home Assistant takes 10,000 enabled entities of an entry: with this one, 1,000 devices would have more.
        entity_registry_enabled_default=False,
        # To the minute: nobody needs a new state in the history with every poll.
        value=lambda device: device.last_contact.replace(second=0, microsecond=0) if device.last_contact else None,
    ),
)


def device_sensors(coordinator: GatewayCoordinator, device: HanDevice) -> Iterator[HanDeviceSensor]:
    """Return the sensors of a device."""
    return (HanDeviceSensor(coordinator, device, description) for description in DEVICE_SENSORS)


class HanDeviceSensor(HanDeviceEntity, SensorEntity):
    """A sensor that tells of the device also while the gateway is away."""

    entity_description: HanDeviceSensorDescription

    @property
    @override
    def available(self) -> bool:
        return True

    @property
    @override
    def native_value(self) -> str | datetime | None:
        return self.entity_description.value(self.device)
