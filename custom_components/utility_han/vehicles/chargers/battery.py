"""A vehicle's battery as what is charged at a device, for who reports how full it is."""

from collections.abc import Iterable

from ...const import CONF_DEVICE_BATTERY, CONF_DEVICE_CAPACITY
from ...devices.device import HanDevice
from ...reports.facts import StorageSource
from ..store import VehicleRecord
from .charging_power import greatest_power
from .sources import CONF_BATTERY, CONF_EVSE_DEVICE, CONF_PLUG, CONF_PRESENCE, read_plug


def storage_source(vehicles: Iterable[VehicleRecord], device: HanDevice) -> StorageSource | None:
    """Return the vehicle whose EVSE a device is, or what was said of the battery that is charged there.

    None where nothing is known of any, or of more than one.
    """
    found = [each for each in vehicles if each.data.get(CONF_EVSE_DEVICE) == device.subentry_id]
    told = device.control or {}
    if not found and (battery := told.get(CONF_DEVICE_BATTERY)) is not None:
        return StorageSource(battery, None, read_plug, told.get(CONF_DEVICE_CAPACITY), None)
    if len(found) != 1:
        return None
    (record,) = found
    return StorageSource(
        battery=record.data.get(CONF_BATTERY),
        plug=record.data.get(CONF_PRESENCE) or record.data.get(CONF_PLUG),
        plugged=read_plug,
        capacity=record.run.battery_wh / 1000 if record.run.battery_wh else None,
        max_power=greatest_power(record.data) / 1000,
    )
