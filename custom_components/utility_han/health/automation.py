"""Which entities triggers and conditions of health are about: ours, and of them those that tell of it."""

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from ..const import DOMAIN


@callback
def entities_of_health(hass: HomeAssistant, entities: set[str], key: str) -> set[str]:
    """Return those of ``entities`` that are this integration's and have the translation key ``key``."""
    registry = er.async_get(hass)
    return {
        entity_id
        for entity_id in entities
        if (entry := registry.async_get(entity_id)) is not None
        and entry.platform == DOMAIN
        and entry.translation_key == key
    }
