"""Moments that a person sets."""

from datetime import datetime
from typing import Any, override

from homeassistant.components.datetime import DateTimeEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .hub.descriptions import SubjectDateTimeDescription
from .hub.entity import SubjectEntity, async_add_rows
from .hub.hub import UtilityHanConfigEntry

PARALLEL_UPDATES = 1


async def async_setup_entry(
    hass: HomeAssistant, entry: UtilityHanConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the moments."""
    async_add_rows(hass, entry, lambda shown: shown.datetimes, SubjectDateTime, async_add_entities)


class SubjectDateTime(SubjectEntity, DateTimeEntity):
    """A row of the tables of moments."""

    entity_description: SubjectDateTimeDescription[Any]

    @property
    @override
    def native_value(self) -> datetime | None:
        return self.entity_description.value_fn(self.subject)

    @override
    async def async_set_value(self, value: datetime) -> None:
        await self.entity_description.set_fn(self.subject, value)
