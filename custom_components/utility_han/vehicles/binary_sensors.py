"""Whether a vehicle is plugged in, and whether there is a problem with its charging or billing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.util import dt as dt_util

from ..procedures.charging.ledger import RecordState
from .entity import VehicleEntity
from .manager import ChargingManager
from .store import VehicleRecord
from .summary import binding_state


@dataclass(frozen=True, kw_only=True)
class VehicleBinarySensorDescription(BinarySensorEntityDescription):
    """A binary sensor of a vehicle."""

    is_on: Callable[[ChargingManager, VehicleRecord], bool | None]
    attributes: Callable[[ChargingManager, VehicleRecord], dict[str, Any]] | None = None


def problem(charging: ChargingManager, record: VehicleRecord) -> str | None:
    """Return why charging or billing of a vehicle needs somebody's attention, None where it does not."""
    if charging.missing(record):
        return "entities_missing"
    if binding_state(record, dt_util.utcnow()) in ("none", "refused", "ended"):
        return "not_bound"
    own = [each for entry, each in charging.charging.ledger.records() if entry.session.vehicle == record.key]
    if any(each.state is RecordState.REFUSED for each in own):
        return "session_refused"
    if any(each.billed_otherwise for each in own):
        return "billed_otherwise"
    return None


VEHICLE_BINARY_SENSORS = (
    VehicleBinarySensorDescription(
        key="plugged",
        device_class=BinarySensorDeviceClass.PLUG,
        is_on=lambda charging, record: charging.plugged(record),
    ),
    VehicleBinarySensorDescription(
        key="problem",
        translation_key="vehicle_problem",
        device_class=BinarySensorDeviceClass.PROBLEM,
        entity_category=EntityCategory.DIAGNOSTIC,
        is_on=lambda charging, record: problem(charging, record) is not None,
        attributes=lambda charging, record: {"reason": problem(charging, record)},
    ),
)


class VehicleBinarySensor(VehicleEntity, BinarySensorEntity):
    """A binary sensor of a vehicle."""

    entity_description: VehicleBinarySensorDescription

    @property
    @override
    def is_on(self) -> bool | None:
        return self.entity_description.is_on(self.charging, self.record)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        attributes = self.entity_description.attributes
        return attributes(self.charging, self.record) if attributes else None
