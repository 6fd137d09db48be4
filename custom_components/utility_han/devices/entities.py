"""Entities of HAN devices: how far each has come with the utility, and whether it is reached."""

from homeassistant.components.binary_sensor import BinarySensorDeviceClass
from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import EntityCategory

from ..const import EVENT_REGISTRATION
from ..gateway import DeviceState, Reason
from ..hub.descriptions import Shown, SubjectBinarySensorDescription, SubjectEventDescription, SubjectSensorDescription
from ..hub.entities import to_the_minute
from ..utility import UtilityReason
from .device import HanDevice
from .manager import REGISTRATION, Registrar

WAITS_FOR = (UtilityReason.AWAITING_APPROVAL, UtilityReason.CONSENT_MISSING, UtilityReason.NOT_IDENTIFIED)
"""What a registration may wait for that somebody has to do."""


def _reason(device: HanDevice) -> str | None:
    if not device.enabled:
        return Reason.NO_LONGER_REGISTERED.value
    return device.waits_for.value if device.waits_for in WAITS_FOR else None


SENSORS: tuple[SubjectSensorDescription[HanDevice], ...] = (
    SubjectSensorDescription(
        key="registration_state",
        translation_key="registration_state",
        device_class=SensorDeviceClass.ENUM,
        options=[state.value for state in DeviceState],
        value_fn=lambda device: device.standing.value,
        attributes_fn=lambda device: {"reason": _reason(device), "programs": list(device.program_names)},
    ),
    SubjectSensorDescription(
        key="programs",
        translation_key="programs",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        available_fn=lambda device: bool(device.program_names),
        value_fn=lambda device: ", ".join(device.program_names)[:255] or None,
    ),
    SubjectSensorDescription(
        key="last_contact",
        translation_key="last_contact",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda device: to_the_minute(device.last_contact),
    ),
)
EVENTS: tuple[SubjectEventDescription[HanDevice], ...] = (
    SubjectEventDescription(
        key=REGISTRATION,
        translation_key="registration",
        event_types=[state.value for state in DeviceState],
        shown_by="registration_state",
        entity_registry_enabled_default=False,
        bus_event=EVENT_REGISTRATION,
    ),
)


def devices_shown(registrar: Registrar) -> Shown[HanDevice]:
    """Return what is shown of the devices of a hub."""
    connectivity: SubjectBinarySensorDescription[HanDevice] = SubjectBinarySensorDescription(
        key="connectivity",
        device_class=BinarySensorDeviceClass.CONNECTIVITY,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        is_on_fn=registrar.reached,
    )
    return Shown(
        subjects=list(registrar.devices.values()), sensors=SENSORS, binary_sensors=(connectivity,), events=EVENTS
    )
