"""Buttons: what a person does with one tap."""

from typing import Any, override

from homeassistant.components.button import ButtonEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .hub.descriptions import SubjectButtonDescription
from .hub.entity import SubjectEntity, async_add_rows
from .hub.hub import UtilityHanConfigEntry

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: UtilityHanConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the buttons."""
    async_add_rows(hass, entry, lambda shown: shown.buttons, SubjectButton, async_add_entities)


class SubjectButton(SubjectEntity, ButtonEntity):
    """A row of the tables of buttons."""

    entity_description: SubjectButtonDescription[Any]

    @override
    async def async_press(self) -> None:
        await self.entity_description.press_fn(self.subject, self._context)
