"""A vehicle's battery as what is charged at a device, for who reports how full it is."""

from collections.abc import Iterable

from ..devices.device import HanDevice
from ..reports.facts import StorageSource
from .planning import CONF_EVSE_DEVICE
from .sources import CONF_BATTERY, CONF_MAX_POWER, CONF_PLUG, CONF_PRESENCE, read_plug
from .store import VehicleRecord


def storage_source(vehicles: Iterable[VehicleRecord], device: HanDevice) -> StorageSource | None:
    """Return the vehicle whose EVSE a device is; None where there is none, or more than one."""
    found = [each for each in vehicles if each.data.get(CONF_EVSE_DEVICE) == device.subentry_id]
    if len(found) != 1:
        return None
    (record,) = found
    return StorageSource(
        battery=record.data.get(CONF_BATTERY),
        plug=record.data.get(CONF_PRESENCE) or record.data.get(CONF_PLUG),
        plugged=read_plug,
        capacity=record.run.battery_wh / 1000 if record.run.battery_wh else None,
        max_power=record.data.get(CONF_MAX_POWER),
    )
