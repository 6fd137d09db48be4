"""Calendars of load control, on our clock: of one device, and of all devices of a hub, whoever asks them."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from homeassistant.components.calendar import CalendarEvent
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import async_get_cached_translations

from ..const import DOMAIN
from ..devices.device import HanDevice
from ..hub.calendar_events import event_of, events_between
from ..hub.descriptions import Shown, SubjectCalendarDescription
from ..hub.subject import Occurrence, Subject
from ..procedures import ControlRecord
from .manager import LoadControlManager
from .subject import ControlledSubject


class AllControlledSubject(Subject):
    """All devices of a hub whose controls are carried out here, shown on the hub's own device."""

    def __init__(self, shown_on: Subject, controls: LoadControlManager) -> None:
        """It tells whenever one of the devices does."""
        super().__init__(shown_on.key, shown_on.title)
        self.devices = [subject.device for subject in controls.subjects.values()]
        for subject in controls.subjects.values():
            subject.async_add_listener(self._changed)

    @callback
    def _changed(self, happened: Occurrence | None) -> None:
        if happened is None:
            self.async_tell()


def all_controls_shown(shown_on: Subject, controls: LoadControlManager) -> Shown[AllControlledSubject]:
    """Return the calendar of what all devices are asked; several that are asked the same at once share an event."""

    def event(hass: HomeAssistant, subject: AllControlledSubject) -> CalendarEvent | None:
        now = ((device, record) for device in subject.devices if (record := _now(controls, device)) is not None)
        return min(_together(hass, controls, now), key=lambda each: each.start_datetime_local, default=None)

    def events(
        hass: HomeAssistant, subject: AllControlledSubject, start: datetime, end: datetime
    ) -> list[CalendarEvent]:
        found = ((device, record) for device in subject.devices for record in _records(controls, device))
        return events_between(_together(hass, controls, found), start, end)

    calendar = SubjectCalendarDescription[AllControlledSubject](
        key="all_load_controls",
        translation_key="all_load_controls",
        entity_registry_enabled_default=False,
        exists_fn=lambda subject: bool(subject.devices),
        gone_fn=lambda subject: not subject.devices,
        event_fn=event,
        events_fn=events,
    )
    return Shown(subjects=[AllControlledSubject(shown_on, controls)], calendars=(calendar,))


def calendar_of_device(controls: LoadControlManager) -> SubjectCalendarDescription[ControlledSubject]:
    """Return the calendar of a device's controls; those that never took place are none of its events."""

    def event(hass: HomeAssistant, subject: ControlledSubject) -> CalendarEvent | None:
        record = _now(controls, subject.device)
        return _shown(hass, controls, subject.device, record) if record else None

    def events(hass: HomeAssistant, subject: ControlledSubject, start: datetime, end: datetime) -> list[CalendarEvent]:
        found = [_shown(hass, controls, subject.device, record) for record in _records(controls, subject.device)]
        return events_between(found, start, end)

    return SubjectCalendarDescription(
        key="load_control",
        translation_key="load_control",
        entity_registry_enabled_default=False,
        event_fn=event,
        events_fn=events,
    )


def _now(controls: LoadControlManager, device: HanDevice) -> ControlRecord | None:
    """Return what lasts for a device, else what comes next."""
    return controls.active(device) or next(iter(controls.upcoming(device)), None)


def _records(controls: LoadControlManager, device: HanDevice) -> Iterator[ControlRecord]:
    """Yield what took place, what lasts and what is to come."""
    yield from (record for record in controls.history(device) if record.took_place)
    if (active := controls.active(device)) is not None:
        yield active
    yield from controls.upcoming(device)


def _shown(
    hass: HomeAssistant, controls: LoadControlManager, device: HanDevice, record: ControlRecord
) -> CalendarEvent:
    control = record.control
    texts = async_get_cached_translations(hass, hass.config.language, "entity", DOMAIN)
    word = controls.what_is_done(device, control)
    summary = texts.get(f"component.{DOMAIN}.entity.sensor.active_event.state.{word}", word)
    program = next((each for each in device.dr_programs if each.href == control.program), None)
    return event_of(
        record.start,
        record.end,
        summary if control.level is None else f"{summary} {control.level}",
        description=program.description if program else None,
        uid=control.id,
    )


def _together(
    hass: HomeAssistant, controls: LoadControlManager, found: Iterable[tuple[HanDevice, ControlRecord]]
) -> list[CalendarEvent]:
    """Return controls of several devices, the names of those that are asked the same at the same time with it."""
    of: dict[tuple[datetime, datetime, str], tuple[CalendarEvent, list[str]]] = {}
    for device, record in found:
        event = _shown(hass, controls, device, record)
        alike = (event.start_datetime_local, event.end_datetime_local, event.summary)
        of.setdefault(alike, (event, []))[1].append(device.title)
    for event, names in of.values():
        event.summary = f"{event.summary}: {', '.join(sorted(names))}"
    return [event for event, _ in sorted(of.values(), key=lambda each: each[0].start_datetime_local)]
