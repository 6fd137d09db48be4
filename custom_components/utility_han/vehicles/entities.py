"""Entities of vehicles: how each is bound, what it charges, what that costs, and what a person wants of it."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

from homeassistant.components.binary_sensor import BinarySensorDeviceClass
from homeassistant.components.number import NumberDeviceClass, NumberMode
from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.const import EntityCategory, UnitOfEnergy
from homeassistant.core import Context
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.util import dt as dt_util

from ..const import DOMAIN, EVENT_SESSION
from ..hub.descriptions import (
    Shown,
    SubjectBinarySensorDescription,
    SubjectButtonDescription,
    SubjectDateTimeDescription,
    SubjectEventDescription,
    SubjectNumberDescription,
    SubjectSensorDescription,
)
from ..load_control.running import is_running
from ..procedures import OptError, RecordState
from .chargers.sources import CONF_ENERGY
from .manager import VehicleManager
from .planning.departing import unfit_departure
from .session_calendar import sessions_calendar
from .session_news import SESSION, SessionEvent
from .store import VehicleRecord
from .summary import binding_state, last_charge, month_billed, month_start, running_cost, tariff
from .vehicle import VehicleSubject

BINDING_STATES = ["none", "binding", "pending", "in_force", "scheduled", "refused", "ended"]
BINDING, PLUGGED = "binding", "plugged"
"""The keys of the sensor of the binding, and of that of the plug."""
RESERVATION_STATES = ["none", "requested", "granted", "active", "over", "cancelled"]


def _is_planned(charging: VehicleManager, subject: VehicleSubject) -> bool:
    """Whether its charging can be planned with the gateway: eight entities are shown at first, with it or without."""
    return charging.planning.evse(subject.record) is not None


def _session_energy(charging: VehicleManager, record: VehicleRecord) -> float:
    session = charging.session(record)
    if session is not None:
        return session.energy / 1000
    last = last_charge(charging.charging, record)
    return last.energy_wh / 1000 if last else 0.0  # nothing was charged yet


def _session_start(charging: VehicleManager, record: VehicleRecord) -> datetime | None:
    session = charging.session(record)
    if session is not None:
        return session.started_at
    last = last_charge(charging.charging, record)
    return last.session.started_at if last else None


def _cost(charging: VehicleManager, record: VehicleRecord) -> Decimal | None:
    return running_cost(charging.charging, record, charging.session(record), charging.settling.rates)


def _month_start(_charging: VehicleManager, record: VehicleRecord) -> datetime | None:
    return month_start(record, dt_util.utcnow())


def _reservation(charging: VehicleManager, record: VehicleRecord) -> dict[str, Any]:
    found = charging.planning.reservation(record)
    if found is None:
        return {}
    return {
        "start": found.start.isoformat(),
        "end": (found.start + found.duration).isoformat(),
        "energy_kwh": found.energy / 1000,
        "power_kw": found.power / 1000,
    }


def _plan(charging: VehicleManager, record: VehicleRecord) -> dict[str, Any]:
    """Return what has come of a plan: how its reservation stands, and for when it is."""
    return {"reservation": charging.planning.reservation_state(record), **_reservation(charging, record)}


def _binding(_charging: VehicleManager, record: VehicleRecord) -> dict[str, Any]:
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


def problem(charging: VehicleManager, record: VehicleRecord) -> str | None:
    """Return why charging or billing of a vehicle needs somebody's attention, None where it does not."""
    if charging.missing(record):
        return "entities_missing"
    if binding_state(record, dt_util.utcnow()) in ("none", "refused", "ended"):
        return "not_bound"
    own = charging.charging.ledger.open_of(record.key)
    if any(each.state is RecordState.REFUSED for each in own):
        return "session_refused"
    if any(each.billed_otherwise for each in own):
        return "billed_otherwise"
    return None


def _charging(charging: VehicleManager, record: VehicleRecord) -> bool:
    return bool(charging.plugged(record)) and bool(is_running(charging.planning.statuses.power(record) / 1000, None))


def _idle_since(charging: VehicleManager, record: VehicleRecord) -> str | None:
    """Return since when a vehicle that was charged, and is plugged in, takes nothing by its counter; else None."""
    session = charging.session(record)
    point = charging.charging.points.get(record.data[CONF_ENERGY])
    if session is None or not session.energy or point is None or _charging(charging, record):
        return None
    return point.meter.changed.isoformat() if point.meter.changed is not None else None


def _at_charger(charging: VehicleManager, record: VehicleRecord) -> dict[str, Any]:
    """Return whether it charges, and what another vehicle, or one of which nobody knows which it is, has charged."""
    unassigned = charging.unassigned(record)
    return {
        "charging": _charging(charging, record),
        "idle_since": _idle_since(charging, record),
        "unassigned_energy_kwh": unassigned.energy / 1000 if unassigned is not None else None,
    }


def _currency(subject: VehicleSubject) -> str | None:
    program = tariff(subject.record, dt_util.utcnow())
    return program.currency if program else None


def vehicles_shown(manager: VehicleManager) -> Shown[VehicleSubject]:
    """Return what is shown of the vehicles of a hub, also while gateway and utility are away."""
    return Shown(
        subjects=manager.subjects,
        sensors=_sensors(manager),
        binary_sensors=_binary_sensors(manager),
        buttons=(_charge_now(manager),),
        calendars=(sessions_calendar(manager),),
        numbers=(_energy_wanted(manager),),
        datetimes=(_departure(manager),),
        events=(_session(),),
    )


type _Of[T] = Callable[[VehicleManager, VehicleRecord], T]


def _of[T](manager: VehicleManager, look: _Of[T]) -> Callable[[VehicleSubject], T]:
    return lambda subject: look(manager, subject.record)


def _sensors(manager: VehicleManager) -> tuple[SubjectSensorDescription[VehicleSubject], ...]:
    def of[T](look: _Of[T]) -> Callable[[VehicleSubject], T]:
        return _of(manager, look)

    return (
        SubjectSensorDescription(
            key=BINDING,
            translation_key=BINDING,
            device_class=SensorDeviceClass.ENUM,
            options=BINDING_STATES,
            value_fn=lambda subject: binding_state(subject.record, dt_util.utcnow()),
            attributes_fn=of(_binding),
        ),
        SubjectSensorDescription(
            key="session_energy",
            translation_key="session_energy",
            device_class=SensorDeviceClass.ENERGY,
            state_class=SensorStateClass.TOTAL,
            native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
            suggested_display_precision=2,
            value_fn=of(_session_energy),
            last_reset_fn=of(_session_start),
        ),
        SubjectSensorDescription(
            key="session_cost",
            translation_key="session_cost",
            device_class=SensorDeviceClass.MONETARY,
            state_class=SensorStateClass.TOTAL,
            suggested_display_precision=2,
            value_fn=of(_cost),
            last_reset_fn=of(_session_start),
            unit_fn=_currency,
        ),
        SubjectSensorDescription(
            key="month_energy",
            translation_key="month_energy",
            enabled_fn=lambda subject: not _is_planned(manager, subject),
            device_class=SensorDeviceClass.ENERGY,
            state_class=SensorStateClass.TOTAL,
            native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
            suggested_display_precision=2,
            value_fn=of(lambda charging, record: month_billed(charging.charging, record, dt_util.utcnow())[0] / 1000),
            last_reset_fn=of(_month_start),
        ),
        SubjectSensorDescription(
            key="month_cost",
            translation_key="month_cost",
            enabled_fn=lambda subject: not _is_planned(manager, subject),
            device_class=SensorDeviceClass.MONETARY,
            state_class=SensorStateClass.TOTAL,
            suggested_display_precision=2,
            value_fn=of(lambda charging, record: month_billed(charging.charging, record, dt_util.utcnow())[1]),
            last_reset_fn=of(_month_start),
            unit_fn=_currency,
        ),
        SubjectSensorDescription(
            key="reservation",
            translation_key="reservation",
            device_class=SensorDeviceClass.ENUM,
            options=RESERVATION_STATES,
            entity_registry_enabled_default=False,
            value_fn=of(lambda charging, record: charging.planning.reservation_state(record)),
            attributes_fn=of(_reservation),
        ),
    )


def _binary_sensors(manager: VehicleManager) -> tuple[SubjectBinarySensorDescription[VehicleSubject], ...]:
    def of[T](look: _Of[T]) -> Callable[[VehicleSubject], T]:
        return _of(manager, look)

    return (
        SubjectBinarySensorDescription(
            key=PLUGGED,
            translation_key=PLUGGED,
            device_class=BinarySensorDeviceClass.PLUG,
            is_on_fn=lambda subject: manager.plugged(subject.record),
            attributes_fn=of(_at_charger),
        ),
        SubjectBinarySensorDescription(
            key="problem",
            translation_key="vehicle_problem",
            device_class=BinarySensorDeviceClass.PROBLEM,
            entity_category=EntityCategory.DIAGNOSTIC,
            entity_registry_enabled_default=False,
            is_on_fn=lambda subject: problem(manager, subject.record) is not None,
            attributes_fn=lambda subject: {"reason": problem(manager, subject.record)},
        ),
    )


def _session() -> SubjectEventDescription[VehicleSubject]:
    """Return the event of what happens to charging sessions."""
    return SubjectEventDescription(
        key=SESSION,
        translation_key=SESSION,
        event_types=[event.value for event in SessionEvent],
        shown_by="session_energy",
        entity_registry_enabled_default=False,
        bus_event=EVENT_SESSION,
    )


def _charge_now(manager: VehicleManager) -> SubjectButtonDescription[VehicleSubject]:
    """Return the button that charges now, whatever load control or reservation holds it back."""

    async def press(subject: VehicleSubject, _context: Context | None) -> None:
        try:
            await manager.planning.async_charge_now(subject.record)
        except OptError as err:
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key=err.reason.value,
                translation_placeholders={"device": subject.title},
            ) from err

    return SubjectButtonDescription(
        key="charge_now",
        translation_key="charge_now",
        enabled_fn=partial(_is_planned, manager),
        press_fn=press,
    )


def _energy_wanted(manager: VehicleManager) -> SubjectNumberDescription[VehicleSubject]:
    """Return the energy wanted until the next departure."""

    async def set_value(subject: VehicleSubject, value: float) -> None:
        await manager.planning.async_plan(subject.record, subject.record.plan.departure, value * 1000)
        subject.async_tell()

    return SubjectNumberDescription(
        key="energy_wanted",
        translation_key="energy_wanted",
        enabled_fn=partial(_is_planned, manager),
        device_class=NumberDeviceClass.ENERGY,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        native_min_value=0,
        native_max_value=500,
        native_step=0.5,
        mode=NumberMode.BOX,
        value_fn=lambda subject: subject.record.plan.energy_wh / 1000,
        set_fn=set_value,
    )


def _departure(manager: VehicleManager) -> SubjectDateTimeDescription[VehicleSubject]:
    """Return the next departure; with it the gateway is asked for the energy wanted until then."""

    async def set_value(subject: VehicleSubject, value: datetime) -> None:
        if (unfit := unfit_departure(value)) is not None:
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key=unfit)
        await manager.planning.async_plan(subject.record, value, None)
        subject.async_tell()

    return SubjectDateTimeDescription(
        key="departure",
        translation_key="departure",
        enabled_fn=partial(_is_planned, manager),
        value_fn=lambda subject: subject.record.plan.departure,
        attributes_fn=_of(manager, _plan),
        set_fn=set_value,
    )
