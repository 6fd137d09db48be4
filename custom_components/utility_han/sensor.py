"""Sensors: what the rooms show of the gateway, its devices and vehicles."""

from datetime import datetime
from typing import Any, override

from homeassistant.components.sensor import SensorEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .hub.descriptions import SubjectSensorDescription, Value
from .hub.entity import SubjectEntity, async_add_rows
from .hub.hub import UtilityHanConfigEntry

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: UtilityHanConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the sensors."""
    async_add_rows(hass, entry, lambda shown: shown.sensors, SubjectSensor, async_add_entities)


class SubjectSensor(SubjectEntity, SensorEntity):
    """A row of the tables of sensors."""

    entity_description: SubjectSensorDescription[Any]

    _unrecorded_attributes = frozenset({"cases", "forecast", "messages"})

    @property
    @override
    def native_value(self) -> Value:
        return self.entity_description.value_fn(self.subject)

    @property
    @override
    def native_unit_of_measurement(self) -> str | None:
        if (unit_fn := self.entity_description.unit_fn) is None:
            return self.entity_description.native_unit_of_measurement
        return unit_fn(self.subject)

    @property
    @override
    def last_reset(self) -> datetime | None:
        return self.entity_description.last_reset_fn(self.subject)
