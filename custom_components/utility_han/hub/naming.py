"""What entities are called, where a person reads of them: an id is for who looks for one."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er


def name_of(hass: HomeAssistant, entity_id: str) -> str:
    """Return the name of an entity, of the registry where it has no state; its id where neither knows it."""
    if (state := hass.states.get(entity_id)) is not None:
        return state.name
    entry = er.async_get(hass).async_get(entity_id)
    return (entry and (entry.name or entry.original_name)) or entity_id
