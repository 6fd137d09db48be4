"""Events: what happened to the gateway, its devices and vehicles, each told once."""

from functools import partial
from typing import Any, override

from homeassistant.components.event import EventEntity
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .hub.descriptions import SubjectEventDescription
from .hub.entity import SubjectEntity, async_add_rows
from .hub.happenings import async_tell_happening
from .hub.hub import UtilityHanConfigEntry
from .hub.subject import Occurrence

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: UtilityHanConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the events."""
    async_add_rows(hass, entry, lambda shown: shown.events, SubjectEvent, async_add_entities)
    for shown in entry.runtime_data.shown:
        for subject in shown.subjects:
            for row in (each for each in shown.events if each.shown_by or each.bus_event):
                tell = partial(async_tell_happening, hass, entry, subject, row)
                entry.async_on_unload(subject.async_add_listener(tell))


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
