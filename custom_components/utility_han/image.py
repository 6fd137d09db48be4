"""Pictures, drawn when somebody looks."""

from datetime import datetime
from functools import partial
from typing import Any, override

from homeassistant.components.image import ImageEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .hub.descriptions import SubjectImageDescription
from .hub.entity import SubjectEntity, async_add_rows
from .hub.hub import UtilityHanConfigEntry
from .hub.subject import Subject

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: UtilityHanConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the pictures."""
    async_add_rows(hass, entry, lambda shown: shown.images, partial(SubjectImage, hass), async_add_entities)


class SubjectImage(SubjectEntity, ImageEntity):
    """A row of the tables of pictures."""

    entity_description: SubjectImageDescription[Any]

    _attr_content_type = "image/svg+xml"

    def __init__(self, hass: HomeAssistant, subject: Subject, description: SubjectImageDescription[Any]) -> None:
        """There must be something to draw."""
        SubjectEntity.__init__(self, subject, description)
        ImageEntity.__init__(self, hass)

    @property
    @override
    def image_last_updated(self) -> datetime | None:
        return self.entity_description.updated_fn(self.subject)

    @override
    async def async_image(self) -> bytes | None:
        return self.entity_description.image_fn(self.hass, self.subject)
