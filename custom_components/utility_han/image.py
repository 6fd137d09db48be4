"""What a coverage survey of a device found, as a picture."""

from datetime import datetime
from functools import partial
from typing import override

from homeassistant.components.image import ImageEntity, ImageEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .health.coverage_picture import draw
from .health.entity import HealthEntity
from .health.manager import Told
from .health.subjects import Watched
from .health.words import words
from .hub.coordinator import GatewayCoordinator, UtilityHanConfigEntry

PARALLEL_UPDATES = 0

COVERAGE = ImageEntityDescription(
    key="coverage", translation_key="coverage", entity_category=EntityCategory.DIAGNOSTIC
)


async def async_setup_entry(
    hass: HomeAssistant, entry: UtilityHanConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the picture of each device as soon as there is a survey of it."""
    health = entry.runtime_data.health
    shown: set[str] = set()

    @callback
    def show(watched: Watched, _told: Told | None = None) -> None:
        if watched.key not in shown and health.condition(watched.key).survey:
            shown.add(watched.key)
            image = CoverageImage(hass, entry.runtime_data.coordinator, watched)
            async_add_entities([image], config_subentry_id=watched.subentry_id)

    for watched in health.subjects.all():
        if watched.device is not None:
            entry.async_on_unload(health.async_add_listener(watched.key, partial(show, watched)))
            show(watched)


class CoverageImage(HealthEntity, ImageEntity):
    """The last survey of a device, drawn."""

    _attr_content_type = "image/svg+xml"

    def __init__(self, hass: HomeAssistant, coordinator: GatewayCoordinator, watched: Watched) -> None:
        """There must be a survey."""
        HealthEntity.__init__(self, coordinator, watched, COVERAGE)
        ImageEntity.__init__(self, hass)
        self._attr_image_last_updated = self._measured

    @property
    def _measured(self) -> datetime:
        return self.condition.survey[-1].at

    @override
    async def async_image(self) -> bytes:
        return draw(self.watched.title, self.condition.survey, partial(words, self.hass))

    @callback
    @override
    def _told(self, told: Told | None) -> None:
        if self._attr_image_last_updated != self._measured:
            self._attr_image_last_updated = self._measured
            super()._told(told)
