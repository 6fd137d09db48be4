"""What installing each kind of HAN device needs (steps IP-1 and IP-2)."""

from dataclasses import dataclass
from enum import StrEnum


class DeviceKind(StrEnum):
    """Kinds of HAN devices a person can bring onto the gateway's network."""

    ENERGY_MANAGEMENT_SYSTEM = "energy_management_system"
    IN_HOME_DISPLAY = "in_home_display"
    THERMOSTAT = "thermostat"
    WATER_HEATER = "water_heater"
    LOAD_SWITCH = "load_switch"
    POOL_PUMP = "pool_pump"
    SMART_APPLIANCE = "smart_appliance"
    EVSE = "evse"


class Need(StrEnum):
    """What has to be seen to at the installation point; each has its own words in the translations."""

    NETWORK = "network"
    """The same local network as the gateway, within reach of its radio."""
    POWER = "power"
    """Continuous power."""
    CONTROL_POINT = "control_point"
    """In line with the load that it controls."""
    ELECTRICIAN = "electrician"
    """Mains wiring is touched, which is a qualified electrician's work."""


@dataclass(frozen=True, slots=True)
class Installation:
    """One kind's needs, and the bits by which it announces itself (sep.xsd, DeviceCategoryType).

    One that answers no controls announces no bit (sep.xsd, AbstractDevice.deviceCategory); the type has none for
    displays.
    """

    device_category: int
    needs: tuple[Need, ...]


_MAINS = (Need.POWER, Need.CONTROL_POINT, Need.ELECTRICIAN)
INSTALLATIONS: dict[DeviceKind, Installation] = {
    DeviceKind.ENERGY_MANAGEMENT_SYSTEM: Installation(1 << 14, (Need.NETWORK, Need.POWER)),
    DeviceKind.IN_HOME_DISPLAY: Installation(0, (Need.NETWORK, Need.POWER)),
    DeviceKind.THERMOSTAT: Installation(1 << 0, (Need.POWER, Need.CONTROL_POINT)),
    DeviceKind.WATER_HEATER: Installation(1 << 3, _MAINS),
    DeviceKind.POOL_PUMP: Installation(1 << 4, _MAINS),
    DeviceKind.SMART_APPLIANCE: Installation(1 << 7, (Need.POWER,)),
    DeviceKind.LOAD_SWITCH: Installation(1 << 13, _MAINS),
    DeviceKind.EVSE: Installation(1 << 17, _MAINS),
}
HUB_KINDS = (DeviceKind.ENERGY_MANAGEMENT_SYSTEM, DeviceKind.IN_HOME_DISPLAY)
"""What Home Assistant itself can be to the gateway."""
DEVICE_KINDS = tuple(kind for kind in DeviceKind if kind not in HUB_KINDS)
"""What a person can bring onto the HAN besides."""
