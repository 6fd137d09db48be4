"""What installing each kind of HAN device needs (steps IP-1 and IP-2)."""

from dataclasses import dataclass
from enum import StrEnum


class DeviceKind(StrEnum):
    """Kinds of HAN devices a person can bring onto the gateway's network."""

    ENERGY_MANAGEMENT_SYSTEM = "energy_management_system"
    IN_HOME_DISPLAY = "in_home_display"


class Need(StrEnum):
    """What has to be seen to at the installation point; each has its own words in the translations."""

    NETWORK = "network"
    """The same local network as the gateway, within reach of its radio."""
    POWER = "power"
    """Continuous power."""


@dataclass(frozen=True, slots=True)
class Installation:
    """One kind's needs, and the bits of DeviceCategoryType by which it announces itself (IEEE 2030.5 XSD)."""

    device_category: int
    needs: tuple[Need, ...]


INSTALLATIONS: dict[DeviceKind, Installation] = {
    DeviceKind.ENERGY_MANAGEMENT_SYSTEM: Installation(1 << 14, (Need.NETWORK, Need.POWER)),
    DeviceKind.IN_HOME_DISPLAY: Installation(1 << 15, (Need.NETWORK, Need.POWER)),
}
