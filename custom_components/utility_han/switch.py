"""Switches: what a person turns on and off."""

from typing import Any, override

from homeassistant.components.switch import SwitchEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .hub.descriptions import SubjectSwitchDescription
from .hub.entity import SubjectEntity, async_add_rows
from .hub.hub import UtilityHanConfigEntry

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: UtilityHanConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the switches."""
    async_add_rows(hass, entry, lambda shown: shown.switches, SubjectSwitch, async_add_entities)


class SubjectSwitch(SubjectEntity, SwitchEntity):
    """A row of the tables of switches."""

    entity_description: SubjectSwitchDescription[Any]

    @property
    @override
    def is_on(self) -> bool | None:
        return self.entity_description.is_on_fn(self.subject)

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        await self.entity_description.turn_fn(self.subject, True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        await self.entity_description.turn_fn(self.subject, False)
