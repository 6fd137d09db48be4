"""Calendars: what is to come, and what was."""

from datetime import datetime
from typing import Any, override

from homeassistant.components.calendar import CalendarEntity, CalendarEvent
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .hub.descriptions import SubjectCalendarDescription
from .hub.entity import SubjectEntity, async_add_rows
from .hub.hub import UtilityHanConfigEntry

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: UtilityHanConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the calendars."""
    async_add_rows(hass, entry, lambda shown: shown.calendars, SubjectCalendar, async_add_entities)


class SubjectCalendar(SubjectEntity, CalendarEntity):
    """A row of the tables of calendars."""

    entity_description: SubjectCalendarDescription[Any]
    _event: CalendarEvent | None = None

    @property
    @override
    def event(self) -> CalendarEvent | None:
        return self._event

    @callback
    @override
    def _async_write_ha_state(self) -> None:
        # Home Assistant asks for the event four times to write one state, as it does when an event begins or ends.
        self._event = self.entity_description.event_fn(self.hass, self.subject)
        super()._async_write_ha_state()

    @override
    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        return self.entity_description.events_fn(hass, self.subject, start_date, end_date)
