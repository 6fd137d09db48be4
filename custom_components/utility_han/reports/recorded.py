"""Asks Home Assistant's recorder for statistics and states, in its own thread."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Literal

from homeassistant.components.recorder import DOMAIN as RECORDER_DOMAIN
from homeassistant.components.recorder import get_instance
from homeassistant.components.recorder.db_schema import StatisticsRuns
from homeassistant.components.recorder.history import state_changes_during_period
from homeassistant.components.recorder.statistics import get_metadata, statistics_during_period
from homeassistant.components.recorder.util import session_scope
from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import (
    UnitOfElectricCurrent,
    UnitOfElectricPotential,
    UnitOfEnergy,
    UnitOfPower,
    UnitOfTemperature,
)
from homeassistant.core import HomeAssistant, State
from homeassistant.util import dt as dt_util
from homeassistant.util.unit_conversion import (
    BaseUnitConverter,
    ElectricCurrentConverter,
    ElectricPotentialConverter,
    EnergyConverter,
    PowerConverter,
    TemperatureConverter,
)
from sqlalchemy import func

from ..procedures import FIVE_MINUTES, RecordedValues, StatisticsRow

_HOUR = timedelta(hours=1)
_LONGEST = timedelta(days=100)
_MOST_STATES = 5000
type _Period = Literal["5minute", "hour"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """What a sensor measures, and the unit in which it is asked for."""

    of: SensorDeviceClass
    converter: type[BaseUnitConverter]
    unit: str


ENERGY = Quantity(SensorDeviceClass.ENERGY, EnergyConverter, UnitOfEnergy.KILO_WATT_HOUR)
POWER = Quantity(SensorDeviceClass.POWER, PowerConverter, UnitOfPower.KILO_WATT)
READINGS = {
    "KWH": ENERGY,
    "KW": POWER,
    "VOLTS": Quantity(SensorDeviceClass.VOLTAGE, ElectricPotentialConverter, UnitOfElectricPotential.VOLT),
    "AMPS": Quantity(SensorDeviceClass.CURRENT, ElectricCurrentConverter, UnitOfElectricCurrent.AMPERE),
    "CELSIUS": Quantity(SensorDeviceClass.TEMPERATURE, TemperatureConverter, UnitOfTemperature.CELSIUS),
    "FAHRENHEIT": Quantity(SensorDeviceClass.TEMPERATURE, TemperatureConverter, UnitOfTemperature.FAHRENHEIT),
}
"""By the unit of units.schema.yaml (OpenADR 3)."""


def is_recorded(hass: HomeAssistant) -> bool:
    """Whether there is a recorder."""
    return RECORDER_DOMAIN in hass.config.components


async def async_compiled_until(hass: HomeAssistant) -> datetime | None:
    """Return until when statistics are made, None where none ever were."""
    return await get_instance(hass).async_add_executor_job(_compiled_until, hass)


def _compiled_until(hass: HomeAssistant) -> datetime | None:
    with session_scope(hass=hass, read_only=True) as session:
        last: datetime | None = session.query(func.max(StatisticsRuns.start)).scalar()
    return last.replace(tzinfo=dt_util.UTC) + FIVE_MINUTES if last is not None else None


async def async_recorded_values(
    hass: HomeAssistant, statistic_id: str | None, quantity: Quantity, since: datetime, until: datetime
) -> RecordedValues:
    """Return the statistics of a sensor around a time, none where it has none, or of something else."""
    if statistic_id is None or not is_recorded(hass) or until - since > _LONGEST:
        return RecordedValues()
    job = partial(_rows, hass, statistic_id, quantity, since, until)
    return RecordedValues(await get_instance(hass).async_add_executor_job(job))


def _rows(
    hass: HomeAssistant, statistic_id: str, quantity: Quantity, since: datetime, until: datetime
) -> list[StatisticsRow]:
    known = get_metadata(hass, statistic_ids={statistic_id}).get(statistic_id)
    if known is None or known[1]["unit_of_measurement"] not in quantity.converter.VALID_UNITS:
        return []
    found: list[StatisticsRow] = []
    periods: tuple[tuple[_Period, timedelta], ...] = (("hour", _HOUR), ("5minute", FIVE_MINUTES))
    for period, length in periods:
        rows = statistics_during_period(
            hass,
            since.replace(minute=0, second=0, microsecond=0) - _HOUR,
            until + length,
            {statistic_id},
            period,
            {str(quantity.converter.UNIT_CLASS): quantity.unit},
            {"mean", "min", "max", "state", "sum"},
        )
        found += _read(rows.get(statistic_id, ()), length)
    return found


def _read(rows: Iterable[Any], length: timedelta) -> Iterable[StatisticsRow]:
    for row in rows:
        start = dt_util.utc_from_timestamp(row["start"])
        values = (row.get(name) for name in ("mean", "min", "max", "state", "sum"))
        yield StatisticsRow(start, start + length, *values)


async def async_states(hass: HomeAssistant, entity_id: str | None, since: datetime, until: datetime) -> list[State]:
    """Return the states of an entity from ``since`` on, oldest first, the one that held then among them."""
    if entity_id is None or not is_recorded(hass):
        return []
    job = partial(state_changes_during_period, hass, since, until, entity_id, limit=_MOST_STATES)
    found = await get_instance(hass).async_add_executor_job(job)
    return found.get(entity_id, [])


def state_at(states: Iterable[State], time: datetime) -> State | None:
    """Return the state that held at a time."""
    return max(
        (each for each in states if each.last_updated <= time), key=lambda each: each.last_updated, default=None
    )
