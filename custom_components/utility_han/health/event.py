"""What happens to the health of something, as events; told on the bus too, for the logbook."""

from typing import override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.const import ATTR_DEVICE_ID, ATTR_ENTITY_ID, ATTR_NAME
from homeassistant.core import callback

from ..const import EVENT_HEALTH
from ..procedures.health import HealthEvent
from .entity import HealthEntity
from .manager import Told

HEALTH = EventEntityDescription(
    key="health_event", translation_key="health_event", event_types=[event.value for event in HealthEvent]
)


class HealthEventEntity(HealthEntity, EventEntity):
    """The last thing that happened to a subject's health; each is told once."""

    @callback
    @override
    def _told(self, told: Told | None) -> None:
        if told is None:
            return
        event, attributes = told
        self._trigger_event(event.value, attributes)
        self.async_write_ha_state()
        self.hass.bus.async_fire(
            EVENT_HEALTH,
            {
                ATTR_ENTITY_ID: self.entity_id,
                ATTR_DEVICE_ID: self.device_entry.id if self.device_entry else None,
                ATTR_NAME: self.watched.title,
                "type": event.value,
                **attributes,
            },
        )
