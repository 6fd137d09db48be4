"""Events: what happened to the gateway, its devices and vehicles, each told once."""

from typing import Any, override

from homeassistant.components.event import EventEntity
from homeassistant.const import ATTR_DEVICE_ID, ATTR_ENTITY_ID, ATTR_NAME
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .hub.descriptions import SubjectEventDescription
from .hub.entity import SubjectEntity, async_add_rows
from .hub.hub import UtilityHanConfigEntry
from .hub.subject import Occurrence

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: UtilityHanConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the events."""
    async_add_rows(entry, lambda shown: shown.events, SubjectEvent, async_add_entities)


class SubjectEvent(SubjectEntity, EventEntity):
    """A row of the tables of events."""

    entity_description: SubjectEventDescription[Any]

    @callback
    @override
    def _async_told(self, happened: Occurrence | None) -> None:
        if happened is None or happened.of != self.entity_description.key:
            return
        self._trigger_event(happened.type, dict(happened.attributes))
        self.async_write_ha_state()
        if (bus_event := self.entity_description.bus_event) is not None:
            self.hass.bus.async_fire(
                bus_event,
                {
                    ATTR_ENTITY_ID: self.entity_id,
                    ATTR_DEVICE_ID: self.device_entry.id if self.device_entry else None,
                    ATTR_NAME: self.subject.title,
                    "type": happened.type,
                    **happened.attributes,
                },
            )
