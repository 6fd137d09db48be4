"""Meter readings, and how the link to the gateway is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import (
    SIGNAL_STRENGTH_DECIBELS_MILLIWATT,
    EntityCategory,
    UnitOfApparentPower,
    UnitOfElectricCurrent,
    UnitOfElectricPotential,
    UnitOfEnergy,
    UnitOfFrequency,
    UnitOfPower,
    UnitOfReactiveEnergy,
    UnitOfReactivePower,
    UnitOfTime,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .devices.entities import device_sensors
from .gateway.model import DeviceState, Register, RegisterKind
from .health.entities import health_sensors
from .hub.coordinator import GatewayCoordinator, UtilityHanConfigEntry
from .hub.entity import GatewayEntity
from .hub.transport import Transport, transport_of
from .load_control.entities import CONTROL_SENSORS, ControlSensor
from .load_control.entity import controlled_devices
from .procedures.step import Step
from .vehicles.entities import vehicle_sensors

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class HealthSensorDescription(SensorEntityDescription):
    """A sensor of the link to the gateway."""

    value: Callable[[GatewayCoordinator], str | float | datetime | None]
    transports: frozenset[Transport] = frozenset(Transport)


HEALTH_SENSORS = (
    HealthSensorDescription(
        key="commissioning_state",
        translation_key="commissioning_state",
        device_class=SensorDeviceClass.ENUM,
        options=[state.value for state in DeviceState],
        entity_category=EntityCategory.DIAGNOSTIC,
        value=lambda coordinator: coordinator.state.value,
    ),
    HealthSensorDescription(
        key="last_contact",
        translation_key="last_contact",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        value=lambda coordinator: (
            # To the minute: nobody needs a new state in the history with every poll.
            coordinator.last_contact.replace(second=0, microsecond=0) if coordinator.last_contact else None
        ),
    ),
    HealthSensorDescription(
        key="clock_offset",
        translation_key="clock_offset",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        suggested_display_precision=0,
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        value=lambda coordinator: (
            round(offset.total_seconds(), 1) if (offset := coordinator.data.clock_offset) is not None else None
        ),
    ),
    HealthSensorDescription(
        key="certificate_expiry",
        translation_key="certificate_expiry",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        transports=frozenset({Transport.IP}),
        value=lambda coordinator: (
            identity.not_after if (identity := coordinator.config_entry.runtime_data.identity) is not None else None
        ),
    ),
    HealthSensorDescription(
        key="link_quality",
        translation_key="link_quality",
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        transports=frozenset({Transport.EZSP, Transport.RAVEN}),
        value=lambda coordinator: coordinator.gateway.statistics().get("lqi"),
    ),
    HealthSensorDescription(
        key="signal_strength",
        translation_key="signal_strength",
        device_class=SensorDeviceClass.SIGNAL_STRENGTH,
        native_unit_of_measurement=SIGNAL_STRENGTH_DECIBELS_MILLIWATT,
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        transports=frozenset({Transport.EZSP}),
        value=lambda coordinator: coordinator.gateway.statistics().get("rssi"),
    ),
    HealthSensorDescription(
        key="rejoins",
        translation_key="rejoins",
        state_class=SensorStateClass.TOTAL_INCREASING,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        transports=frozenset({Transport.EZSP}),
        value=lambda coordinator: coordinator.gateway.statistics().get("rejoins"),
    ),
    HealthSensorDescription(
        key="firmware",
        translation_key="firmware",
        entity_category=EntityCategory.DIAGNOSTIC,
        value=lambda coordinator: (
            configuration.info.software_version
            if (configuration := coordinator.data.configuration)
            else coordinator.run.results.get(Step.IP_8, {}).get("evidence", {}).get("software_version")
        ),
    ),
)


PRICE_SENSOR = SensorEntityDescription(
    key="price",
    translation_key="price",
    state_class=SensorStateClass.MEASUREMENT,
    suggested_display_precision=3,
)


@dataclass(frozen=True, kw_only=True)
class RegisterSensorDescription(SensorEntityDescription):
    """How registers that measure one quantity in one way are shown."""

    kind: RegisterKind


def _instant(quantity: str, device_class: SensorDeviceClass | None, unit: str | None) -> RegisterSensorDescription:
    return RegisterSensorDescription(
        key=quantity,
        kind=RegisterKind.INSTANTANEOUS,
        device_class=device_class,
        native_unit_of_measurement=unit,
        state_class=SensorStateClass.MEASUREMENT,
    )


def _summation(
    quantity: str, device_class: SensorDeviceClass | None, unit: str, shown: str | None = None
) -> RegisterSensorDescription:
    return RegisterSensorDescription(
        key=quantity,
        kind=RegisterKind.SUMMATION,
        device_class=device_class,
        native_unit_of_measurement=unit,
        suggested_unit_of_measurement=shown,
        suggested_display_precision=1 if shown else None,
        state_class=SensorStateClass.TOTAL_INCREASING,
    )


# What Home Assistant makes of a register, by quantity and kind.
REGISTER_SENSORS = (
    _instant("power", SensorDeviceClass.POWER, UnitOfPower.WATT),
    _instant("apparent_power", SensorDeviceClass.APPARENT_POWER, UnitOfApparentPower.VOLT_AMPERE),
    _instant("reactive_power", SensorDeviceClass.REACTIVE_POWER, UnitOfReactivePower.VOLT_AMPERE_REACTIVE),
    _instant("voltage", SensorDeviceClass.VOLTAGE, UnitOfElectricPotential.VOLT),
    _instant("current", SensorDeviceClass.CURRENT, UnitOfElectricCurrent.AMPERE),
    _instant("frequency", SensorDeviceClass.FREQUENCY, UnitOfFrequency.HERTZ),
    _instant("power_factor", SensorDeviceClass.POWER_FACTOR, None),
    _summation("energy", SensorDeviceClass.ENERGY, UnitOfEnergy.WATT_HOUR, UnitOfEnergy.KILO_WATT_HOUR),
    _summation(
        "reactive_energy",
        SensorDeviceClass.REACTIVE_ENERGY,
        UnitOfReactiveEnergy.VOLT_AMPERE_REACTIVE_HOUR,
        UnitOfReactiveEnergy.KILO_VOLT_AMPERE_REACTIVE_HOUR,
    ),
    _summation("apparent_energy", None, "VAh"),
)
_BY_MEANING = {(description.key, description.kind): description for description in REGISTER_SENSORS}
# What everybody wants to see; the rest is there to be enabled.
_ENABLED = frozenset({"power", "energy"})
_TRANSLATED_DIRECTIONS = frozenset({"delivered", "received", "net", "total"})


async def async_setup_entry(
    hass: HomeAssistant, entry: UtilityHanConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the sensors; those of registers once the gateway has told which it has."""
    runtime = entry.runtime_data
    transport = transport_of(entry.data)
    async_add_entities(
        HealthSensor(runtime.coordinator, description)
        for description in HEALTH_SENSORS
        if transport in description.transports
    )
    for watched in runtime.health.subjects.all():
        async_add_entities(health_sensors(runtime.coordinator, watched), config_subentry_id=watched.subentry_id)
    for device in runtime.devices.values():
        async_add_entities(device_sensors(runtime.coordinator, device), config_subentry_id=device.subentry_id)
    for device in controlled_devices(runtime.coordinator):
        async_add_entities(
            (ControlSensor(runtime.coordinator, device, description) for description in CONTROL_SENSORS),
            config_subentry_id=device.subentry_id,
        )
    for record in runtime.charging.vehicles:
        async_add_entities(vehicle_sensors(runtime.coordinator, record), config_subentry_id=record.subentry_id)
    if runtime.coordinator.offers("pricing"):
        async_add_entities([PriceSensor(runtime.coordinator, PRICE_SENSOR)])
    keys = {register.key for register in runtime.registers}
    async_add_entities(
        RegisterSensor(runtime.coordinator, register, description)
        for register in runtime.registers
        if (description := _BY_MEANING.get((register.quantity, register.kind)))
        and not _repeats_plain_register(register, keys)
    )


def _repeats_plain_register(register: Register, keys: set[str]) -> bool:
    """Whether this is the total of a time-of-use register beside a plain register of the same energy."""
    plain = register.key.replace("_tou_summation", "_summation")
    return register.tier is None and plain != register.key and plain in keys


class HealthSensor(GatewayEntity, SensorEntity):
    """A sensor that tells of the gateway also while it is away."""

    entity_description: HealthSensorDescription

    @property
    @override
    def available(self) -> bool:
        return True

    @property
    @override
    def native_value(self) -> str | float | datetime | None:
        return self.entity_description.value(self.coordinator)


class PriceSensor(GatewayEntity, SensorEntity):
    """What a kWh from the grid costs now, and will cost, by the tariff that the gateway tells.

    The attribute ``forecast`` lists what is known: ``start`` and ``end`` in ISO 8601, ``price`` per kWh, ``tier``.
    """

    _unrecorded_attributes = frozenset({"forecast"})

    @property
    @override
    def available(self) -> bool:
        return self.native_value is not None

    @property
    @override
    def native_value(self) -> float | None:
        schedule = self.coordinator.data.prices
        price = schedule.at(dt_util.utcnow()) if schedule else None
        return price.per_kwh if price else None

    @property
    @override
    def native_unit_of_measurement(self) -> str:
        schedule = self.coordinator.data.prices
        currency = (schedule and schedule.currency) or self.hass.config.currency
        return f"{currency}/{UnitOfEnergy.KILO_WATT_HOUR}"

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        schedule, now = self.coordinator.data.prices, dt_util.utcnow()
        prices = [price for price in schedule.prices if price.end > now] if schedule else []
        return {
            "tier": prices[0].tier if prices else None,
            "forecast": [
                {
                    "start": price.start.isoformat(),
                    "end": price.end.isoformat(),
                    "price": price.per_kwh,
                    "tier": price.tier,
                }
                for price in prices
            ],
        }


class RegisterSensor(GatewayEntity, SensorEntity):
    """One register of the meter."""

    def __init__(
        self, coordinator: GatewayCoordinator, register: Register, description: RegisterSensorDescription
    ) -> None:
        """Name and class come from what the register measures."""
        super().__init__(coordinator, description, register.key)
        self._register = register
        self._attr_unique_id = f"{coordinator.config_entry.entry_id}_{register.key}"
        self._attr_entity_registry_enabled_default = register.quantity in _ENABLED and register.phase is None
        parts = [register.quantity]
        placeholders: dict[str, str] = {}
        if register.kind is RegisterKind.SUMMATION and register.direction in _TRANSLATED_DIRECTIONS:
            parts.append(register.direction)
        if register.tier is not None:
            parts.append("tier")
            placeholders["tier"] = str(register.tier)
        if register.phase is not None:
            parts.append("phase")
            placeholders["phase"] = register.phase
        self._attr_translation_key = "_".join(parts)
        self._attr_translation_placeholders = placeholders

    @property
    @override
    def available(self) -> bool:
        return self.coordinator.fresh and self._register.key in self.coordinator.data.values

    @property
    @override
    def native_value(self) -> float | None:
        return self.coordinator.data.values.get(self._register.key)
