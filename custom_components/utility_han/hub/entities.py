"""Entities of the gateway: its registers and prices, how the link to it is, and what it tells."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from homeassistant.components.binary_sensor import BinarySensorDeviceClass
from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
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
from homeassistant.util import dt as dt_util

from ..const import EVENT_MESSAGE
from ..esi import Message, Priority
from ..gateway import DeviceState, Register, RegisterKind
from ..procedures import Step
from .descriptions import Shown, SubjectBinarySensorDescription, SubjectEventDescription, SubjectSensorDescription
from .gateway_subject import GatewaySubject
from .hub import Hub
from .messages import MESSAGE, in_force_row, messages_to_keep
from .prices.entities import price_sensors
from .prices.priced import PricedSubject
from .prices.tiers import telling_apart
from .reach.transport import Transport, transport_of

type _Sensor = SubjectSensorDescription[GatewaySubject]


def _over(*transports: Transport) -> Callable[[GatewaySubject], bool]:
    """Return whether a gateway is reached over one of ``transports``."""
    return lambda gateway: transport_of(gateway.coordinator.config_entry.data) in transports


def to_the_minute(moment: datetime | None) -> datetime | None:
    """Cut a time that changes with every poll: nobody needs a new state in the history each time."""
    return moment.replace(second=0, microsecond=0) if moment else None


def _clock_offset(gateway: GatewaySubject) -> float | None:
    offset, unread = gateway.coordinator.data.clock_offset, gateway.coordinator.data.clock_unread
    return None if offset is None or unread else round(offset.total_seconds(), 1)


def _files(gateway: GatewaySubject) -> Mapping[str, Any]:
    """Return what the gateway has for devices to load, which Home Assistant does not load."""
    if (configuration := gateway.coordinator.data.configuration) is not None:
        return {"files": [each.to_dict() for each in configuration.files]}
    return {"files": gateway.coordinator.commissioning.run.found(Step.IP_8).get("files", [])}


def _statistic(name: str) -> Callable[[GatewaySubject], float | None]:
    def value(gateway: GatewaySubject) -> float | None:
        found: float | None = gateway.coordinator.gateway.statistics().get(name)
        return found

    return value


def _messages(gateway: GatewaySubject) -> Sequence[Message]:
    """Return those that are not over: a gateway tells what has begun, by a clock that may be a little ahead."""
    return messages_to_keep(gateway.coordinator.data.messages, dt_util.utcnow())


def _has_messages(gateway: GatewaySubject) -> bool:
    return gateway.coordinator.offers("messaging")


# Health says what of it matters: each of them is there for who wants to look closer.
LINK_SENSORS: tuple[_Sensor, ...] = (
    SubjectSensorDescription(
        key="commissioning_state",
        translation_key="commissioning_state",
        device_class=SensorDeviceClass.ENUM,
        options=[state.value for state in DeviceState],
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda gateway: gateway.coordinator.state.value,
        attributes_fn=_files,
    ),
    SubjectSensorDescription(
        key="last_contact",
        translation_key="last_contact",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda gateway: to_the_minute(gateway.coordinator.contact.last_contact),
    ),
    SubjectSensorDescription(
        key="clock_offset",
        translation_key="clock_offset",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        suggested_display_precision=0,
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        available_fn=lambda gateway: gateway.coordinator.heard,
        value_fn=_clock_offset,
    ),
    SubjectSensorDescription(
        key="certificate_expiry",
        translation_key="certificate_expiry",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        exists_fn=_over(Transport.IP),
        value_fn=lambda gateway: gateway.identity.not_after if gateway.identity else None,
    ),
    SubjectSensorDescription(
        key="link_quality",
        translation_key="link_quality",
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        available_fn=lambda gateway: gateway.coordinator.heard,
        exists_fn=_over(Transport.EZSP, Transport.RAVEN),
        value_fn=_statistic("lqi"),
    ),
    SubjectSensorDescription(
        key="signal_strength",
        translation_key="signal_strength",
        device_class=SensorDeviceClass.SIGNAL_STRENGTH,
        native_unit_of_measurement=SIGNAL_STRENGTH_DECIBELS_MILLIWATT,
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        available_fn=lambda gateway: gateway.coordinator.heard,
        exists_fn=_over(Transport.EZSP),
        value_fn=_statistic("rssi"),
    ),
    SubjectSensorDescription(
        key="rejoins",
        translation_key="rejoins",
        state_class=SensorStateClass.TOTAL_INCREASING,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        exists_fn=_over(Transport.EZSP),
        value_fn=_statistic("rejoins"),
    ),
    in_force_row(_messages, exists=_has_messages, to_acknowledge=lambda gateway: gateway.to_acknowledge),
)


def _no_value(_gateway: GatewaySubject) -> None:
    """Take the place of a register's value until it is known which register it is."""


def _instant(quantity: str, device_class: SensorDeviceClass | None, unit: str | None) -> _Sensor:
    return SubjectSensorDescription(
        key=quantity,
        device_class=device_class,
        native_unit_of_measurement=unit,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=_no_value,
    )


def _summation(quantity: str, device_class: SensorDeviceClass | None, unit: str, shown: str | None = None) -> _Sensor:
    return SubjectSensorDescription(
        key=quantity,
        device_class=device_class,
        native_unit_of_measurement=unit,
        suggested_unit_of_measurement=shown,
        suggested_display_precision=1 if shown else None,
        state_class=SensorStateClass.TOTAL_INCREASING,
        value_fn=_no_value,
    )


# What Home Assistant makes of a register, by kind and quantity.
_INSTANTANEOUS = (
    _instant("power", SensorDeviceClass.POWER, UnitOfPower.WATT),
    _instant("apparent_power", SensorDeviceClass.APPARENT_POWER, UnitOfApparentPower.VOLT_AMPERE),
    _instant("reactive_power", SensorDeviceClass.REACTIVE_POWER, UnitOfReactivePower.VOLT_AMPERE_REACTIVE),
    _instant("voltage", SensorDeviceClass.VOLTAGE, UnitOfElectricPotential.VOLT),
    _instant("current", SensorDeviceClass.CURRENT, UnitOfElectricCurrent.AMPERE),
    _instant("frequency", SensorDeviceClass.FREQUENCY, UnitOfFrequency.HERTZ),
    _instant("power_factor", SensorDeviceClass.POWER_FACTOR, None),
)
_SUMMATIONS = (
    _summation("energy", SensorDeviceClass.ENERGY, UnitOfEnergy.WATT_HOUR, UnitOfEnergy.KILO_WATT_HOUR),
    _summation(
        "reactive_energy",
        SensorDeviceClass.REACTIVE_ENERGY,
        UnitOfReactiveEnergy.VOLT_AMPERE_REACTIVE_HOUR,
        UnitOfReactiveEnergy.KILO_VOLT_AMPERE_REACTIVE_HOUR,
    ),
    _summation("apparent_energy", None, "VAh"),
)
_BY_MEANING = {
    (row.key, kind): row
    for kind, rows in ((RegisterKind.INSTANTANEOUS, _INSTANTANEOUS), (RegisterKind.SUMMATION, _SUMMATIONS))
    for row in rows
}
# What everybody wants to see; the rest is there to be enabled, as are tiers whose sum is shown.
_ENABLED = frozenset({"power", "energy"})
_TRANSLATED_DIRECTIONS = frozenset({"delivered", "received", "net", "total"})
_DIRECTED = frozenset({"power", "apparent_power", "reactive_power", "current"})
"""What flows; a voltage has no direction, whatever a gateway says."""
_BOTH_WAYS = frozenset({"delivered", "net"})


def register_sensors(registers: Sequence[Register], tiers: Mapping[str, str] | None = None) -> Iterator[_Sensor]:
    """Yield the rows of the registers that are shown; name and class come from what each measures.

    ``tiers`` are the names that the tariff gives its tiers.
    """
    keys = {register.key for register in registers}
    sums = {_measured(register) for register in registers if register.tier is None}
    directions: dict[object, set[str]] = defaultdict(set)
    for register in registers:
        directions[register.quantity, register.kind, register.phase].add(register.direction)
    for register in registers:
        row = _BY_MEANING.get((register.quantity, register.kind))
        if row is not None and not _repeats_plain_register(register, keys):
            alone = len(directions[register.quantity, register.kind, register.phase]) == 1
            part = register.tier is not None and _measured(register) in sums
            enabled = register.quantity in _ENABLED and not part
            yield _register_sensor(
                row, register, alone=alone, enabled=enabled, tier=(tiers or {}).get(str(register.tier))
            )


def _measured(register: Register) -> tuple[object, ...]:
    """Return what a register measures, whatever its tier."""
    return register.quantity, register.kind, register.direction, register.phase


def _repeats_plain_register(register: Register, keys: set[str]) -> bool:
    """Whether this is the total of a time-of-use register beside a plain register of the same energy."""
    plain = register.key.replace("_tou_summation", "_summation")
    return register.tier is None and plain != register.key and plain in keys


def _direction_named(register: Register, *, alone: bool) -> str | None:
    """Return the direction that a register's name says, None where it needs none.

    What is measured just now goes both ways where it is net (meters call that delivered, too), unless something else
    measures the same in another direction: ``alone`` says that nothing does.
    """
    if register.direction not in _TRANSLATED_DIRECTIONS:
        return None
    if register.kind is RegisterKind.SUMMATION:
        return register.direction
    both_ways = alone and register.direction in _BOTH_WAYS
    return register.direction if register.quantity in _DIRECTED and not both_ways else None


def _register_sensor(row: _Sensor, register: Register, *, alone: bool, enabled: bool, tier: str | None) -> _Sensor:
    parts = [register.quantity]
    placeholders: dict[str, str] = {}
    if (direction := _direction_named(register, alone=alone)) is not None:
        parts.append(direction)
    if register.kind is RegisterKind.SUMMATION and register.direction == "net":
        row = replace(row, state_class=SensorStateClass.TOTAL)
    if register.tier is not None:
        parts.append("tier" if tier is None else "named_tier")
        placeholders["tier"] = tier or str(register.tier)
    if register.phase is not None:
        parts.append("phase")
        placeholders["phase"] = register.phase
    return replace(
        row,
        key=register.key,
        translation_key="_".join(parts),
        translation_placeholders=placeholders,
        entity_registry_enabled_default=enabled and register.phase is None,
        register=register.key,
        value_fn=partial(_register_value, register.key),
        available_fn=partial(_is_fresh, register.key),
    )


def _register_value(key: str, gateway: GatewaySubject) -> float | None:
    return gateway.coordinator.data.values.get(key)


def _is_fresh(key: str, gateway: GatewaySubject) -> bool:
    return gateway.coordinator.fresh and key in gateway.coordinator.data.values


BINARY_SENSORS: tuple[SubjectBinarySensorDescription[GatewaySubject], ...] = (
    SubjectBinarySensorDescription(
        key="connectivity",
        device_class=BinarySensorDeviceClass.CONNECTIVITY,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        is_on_fn=lambda gateway: gateway.coordinator.connected,
    ),
    SubjectBinarySensorDescription(
        key="problem",
        translation_key="problem",
        device_class=BinarySensorDeviceClass.PROBLEM,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        is_on_fn=lambda gateway: gateway.coordinator.contact.has_problem,
        attributes_fn=lambda gateway: {
            "reason": reason.value if (reason := gateway.coordinator.contact.reason) else None
        },
    ),
)
EVENTS: tuple[SubjectEventDescription[GatewaySubject], ...] = (
    SubjectEventDescription(
        key=MESSAGE,
        translation_key="message",
        translation_placeholders={"source": ""},
        event_types=[priority.value for priority in Priority],
        bus_event=EVENT_MESSAGE,
        entity_registry_enabled_default=False,
        comes_later=True,
        exists_fn=_has_messages,
    ),
)


def gateway_shown(hub: Hub) -> Shown[GatewaySubject]:
    """Return what is shown of the gateway; registers once the gateway has told which it has."""
    if not hub.has_meter:
        return Shown(subjects=[hub.subject])
    return Shown(
        subjects=[hub.subject],
        sensors=(*LINK_SENSORS, *register_sensors(hub.registers, telling_apart(hub.link.tiers))),
        binary_sensors=BINARY_SENSORS,
        events=EVENTS,
    )


def tariff_shown(hub: Hub) -> Shown[PricedSubject]:
    """Return what is shown of the gateway's tariff."""
    return Shown(subjects=[hub.tariff], sensors=price_sensors(hub.tariff))
