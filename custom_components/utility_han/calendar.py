"""The load controls of a device as a calendar: past, active and to come."""

from datetime import datetime
from typing import override

from homeassistant.components.calendar import CalendarEntity, CalendarEntityDescription, CalendarEvent
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.translation import async_get_cached_translations
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .gateway.model import ResponseStatus
from .hub.coordinator import UtilityHanConfigEntry
from .load_control.entity import ControlEntity, controlled_devices
from .load_control.words import what_is_asked
from .procedures.control_record import ControlRecord

PARALLEL_UPDATES = 0

EVENTS = CalendarEntityDescription(key="load_control", translation_key="load_control")


async def async_setup_entry(
    hass: HomeAssistant, entry: UtilityHanConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up one calendar for each device that is controlled here."""
    coordinator = entry.runtime_data.coordinator
    for device in controlled_devices(coordinator):
        async_add_entities([ControlCalendar(coordinator, device, EVENTS)], config_subentry_id=device.subentry_id)


class ControlCalendar(ControlEntity, CalendarEntity):
    """The controls of one device, on our clock; those that never took place are none of its events."""

    @property
    @override
    def event(self) -> CalendarEvent | None:
        record = self.controls.active(self.device) or next(iter(self.controls.upcoming(self.device)), None)
        return self._event(record) if record else None

    @override
    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        active = self.controls.active(self.device)
        records = [
            *self.controls.history(self.device),
            *([active] if active else []),
            *self.controls.upcoming(self.device),
        ]
        events = [self._event(record) for record in records if _takes_place(record)]
        return [
            event
            for event in events
            if event.start_datetime_local < end_date and event.end_datetime_local > start_date
        ]

    def _event(self, record: ControlRecord) -> CalendarEvent:
        control = record.control
        texts = async_get_cached_translations(self.hass, self.hass.config.language, "entity", DOMAIN)
        word = what_is_asked(control)
        program = next((each for each in self.device.dr_programs if each.href == control.program), None)
        return CalendarEvent(
            start=dt_util.as_local(self.controls.ours(record.start)),
            end=dt_util.as_local(self.controls.ours(record.end)),
            summary=texts.get(f"component.{DOMAIN}.entity.sensor.active_event.state.{word}", word),
            description=program.description if program else None,
            uid=control.id,
        )


def _takes_place(record: ControlRecord) -> bool:
    lasted = (ResponseStatus.STARTED, ResponseStatus.COMPLETED_WITHOUT_PARTICIPATION)
    return not record.over or any(status in record.told for status in lasted)
