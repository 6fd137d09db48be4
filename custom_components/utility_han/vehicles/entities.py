"""How a vehicle is bound, what it charges, and what that costs."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import UnitOfEnergy
from homeassistant.util import dt as dt_util

from ..hub.coordinator import GatewayCoordinator
from .entity import VehicleEntity
from .manager import ChargingManager
from .store import VehicleRecord
from .summary import binding_state, last_charge, month_billed, month_start, running_cost, tariff

BINDING_STATES = ["none", "binding", "pending", "in_force", "scheduled", "refused", "ended"]
RESERVATION_STATES = ["none", "requested", "granted", "active", "over", "cancelled"]

type _Value = str | float | Decimal | None


@dataclass(frozen=True, kw_only=True)
class VehicleSensorDescription(SensorEntityDescription):
    """A sensor of a vehicle."""

    value: Callable[[ChargingManager, VehicleRecord], _Value]
    attributes: Callable[[ChargingManager, VehicleRecord], Mapping[str, Any]] | None = None
    reset: Callable[[ChargingManager, VehicleRecord], datetime | None] | None = None
    money: bool = False


def _session_energy(charging: ChargingManager, record: VehicleRecord) -> float | None:
    session = charging.session(record)
    if session is not None:
        return session.energy / 1000
    last = last_charge(charging.charging, record)
    return last.energy_wh / 1000 if last else None


def _session_start(charging: ChargingManager, record: VehicleRecord) -> datetime | None:
    session = charging.session(record)
    if session is not None:
        return session.started_at
    last = last_charge(charging.charging, record)
    return last.session.started_at if last else None


def _month_start(_charging: ChargingManager, record: VehicleRecord) -> datetime | None:
    return month_start(record, dt_util.utcnow())


def _reservation(charging: ChargingManager, record: VehicleRecord) -> dict[str, Any]:
    found = charging.planning.reservation(record)
    if found is None:
        return {}
    return {
        "start": found.start.isoformat(),
        "end": (found.start + found.duration).isoformat(),
        "energy_kwh": found.energy / 1000,
        "power_kw": found.power / 1000,
    }


def _binding(_charging: ChargingManager, record: VehicleRecord) -> dict[str, Any]:
    binding = record.run.current(dt_util.utcnow())
    if binding is None:
        return {}
    program = record.run.programs[binding.id]
    return {
        "program": program.name,
        "evse": binding.evse,
        "payer": binding.payer.number,
        "guest": binding.guest,
        "valid_from": binding.valid_from.isoformat(),
        "valid_until": binding.valid_until.isoformat() if binding.valid_until else None,
    }


VEHICLE_SENSORS = (
    VehicleSensorDescription(
        key="binding",
        translation_key="binding",
        device_class=SensorDeviceClass.ENUM,
        options=BINDING_STATES,
        value=lambda _, record: binding_state(record, dt_util.utcnow()),
        attributes=_binding,
    ),
    VehicleSensorDescription(
        key="session_energy",
        translation_key="session_energy",
        device_class=SensorDeviceClass.ENERGY,
        state_class=SensorStateClass.TOTAL,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
        value=_session_energy,
        reset=_session_start,
    ),
    VehicleSensorDescription(
        key="session_cost",
        translation_key="session_cost",
        device_class=SensorDeviceClass.MONETARY,
        state_class=SensorStateClass.TOTAL,
        suggested_display_precision=2,
        value=lambda charging, record: running_cost(charging.charging, record, charging.session(record)),
        reset=_session_start,
        money=True,
    ),
    VehicleSensorDescription(
        key="month_energy",
        translation_key="month_energy",
        device_class=SensorDeviceClass.ENERGY,
        state_class=SensorStateClass.TOTAL,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
        value=lambda charging, record: month_billed(charging.charging, record, dt_util.utcnow())[0] / 1000,
        reset=_month_start,
    ),
    VehicleSensorDescription(
        key="month_cost",
        translation_key="month_cost",
        device_class=SensorDeviceClass.MONETARY,
        state_class=SensorStateClass.TOTAL,
        suggested_display_precision=2,
        value=lambda charging, record: month_billed(charging.charging, record, dt_util.utcnow())[1],
        reset=_month_start,
        money=True,
    ),
    VehicleSensorDescription(
        key="reservation",
        translation_key="reservation",
        device_class=SensorDeviceClass.ENUM,
        options=RESERVATION_STATES,
        value=lambda charging, record: charging.planning.reservation_state(record),
        attributes=_reservation,
    ),
)


def vehicle_sensors(coordinator: GatewayCoordinator, record: VehicleRecord) -> Iterator[VehicleSensor]:
    """Return the sensors of a vehicle."""
    return (VehicleSensor(coordinator, record, description) for description in VEHICLE_SENSORS)


class VehicleSensor(VehicleEntity, SensorEntity):
    """A sensor of a vehicle."""

    entity_description: VehicleSensorDescription

    @property
    @override
    def native_value(self) -> _Value:
        return self.entity_description.value(self.charging, self.record)

    @property
    @override
    def native_unit_of_measurement(self) -> str | None:
        if not self.entity_description.money:
            return self.entity_description.native_unit_of_measurement
        program = tariff(self.record, dt_util.utcnow())
        return program.currency if program else None

    @property
    @override
    def last_reset(self) -> datetime | None:
        reset = self.entity_description.reset
        return reset(self.charging, self.record) if reset else None

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        attributes = self.entity_description.attributes
        return attributes(self.charging, self.record) if attributes else None
