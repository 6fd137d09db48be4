"""Binary sensors: what is on or off of the gateway, its devices and vehicles."""

from typing import Any, override

from homeassistant.components.binary_sensor import BinarySensorEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .hub.descriptions import SubjectBinarySensorDescription
from .hub.entity import SubjectEntity, async_add_rows
from .hub.hub import UtilityHanConfigEntry

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: UtilityHanConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the binary sensors."""
    async_add_rows(hass, entry, lambda shown: shown.binary_sensors, SubjectBinarySensor, async_add_entities)


class SubjectBinarySensor(SubjectEntity, BinarySensorEntity):
    """A row of the tables of binary sensors."""

    entity_description: SubjectBinarySensorDescription[Any]

    @property
    @override
    def is_on(self) -> bool | None:
        return self.entity_description.is_on_fn(self.subject)
