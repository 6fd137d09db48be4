"""Numbers that a person sets."""

from typing import Any, override

from homeassistant.components.number import NumberEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .hub.descriptions import SubjectNumberDescription
from .hub.entity import SubjectEntity, async_add_rows
from .hub.hub import UtilityHanConfigEntry

PARALLEL_UPDATES = 1


async def async_setup_entry(
    hass: HomeAssistant, entry: UtilityHanConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the numbers."""
    async_add_rows(hass, entry, lambda shown: shown.numbers, SubjectNumber, async_add_entities)


class SubjectNumber(SubjectEntity, NumberEntity):
    """A row of the tables of numbers."""

    entity_description: SubjectNumberDescription[Any]

    @property
    @override
    def native_value(self) -> float | None:
        return self.entity_description.value_fn(self.subject)

    @override
    async def async_set_native_value(self, value: float) -> None:
        await self.entity_description.set_fn(self.subject, value)
