"""The calendar of the home's appointments: when somebody from the utility comes, and for what (RD-10a)."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from homeassistant.components.calendar import DOMAIN as CALENDAR_DOMAIN
from homeassistant.components.calendar import CalendarEvent
from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_cached_translations
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..hub.calendar_events import event_of, events_between
from ..hub.descriptions import SubjectCalendarDescription
from ..hub.subject import registered_id
from ..utility import Feature
from .manager import HealthManager
from .subjects import Watched

_KEY = "appointments"
_USUAL = timedelta(hours=1)
"""How long somebody is taken to be there where the end of an appointment is not known."""


def appointments_calendar(health: HealthManager) -> SubjectCalendarDescription[Watched]:
    """Return the gateway's calendar, which is there from the first appointment on."""

    def all_events(hass: HomeAssistant) -> list[CalendarEvent]:
        return sorted(_events(hass, health), key=lambda each: each.start_datetime_local)

    def event(hass: HomeAssistant, _watched: Watched) -> CalendarEvent | None:
        now = dt_util.utcnow()
        return next((each for each in all_events(hass) if each.end_datetime_local > now), None)

    def events(hass: HomeAssistant, _watched: Watched, start: datetime, end: datetime) -> list[CalendarEvent]:
        return events_between(all_events(hass), start, end)

    def books() -> bool:
        return health.account.utility.offers(Feature.APPOINTMENTS)

    def exists(watched: Watched) -> bool:
        if watched.subentry_id is not None:
            return False
        return any(_booked(health)) or (books() and _is_registered(health.hass, watched))

    return SubjectCalendarDescription(
        key=_KEY,
        translation_key="appointments",
        comes_later=True,
        gone_fn=lambda watched: watched.subentry_id is None and not books(),
        exists_fn=exists,
        event_fn=event,
        events_fn=events,
    )


def _is_registered(hass: HomeAssistant, watched: Watched) -> bool:
    return registered_id(hass, CALENDAR_DOMAIN, watched.key, _KEY) is not None


def _booked(health: HealthManager) -> Iterator[tuple[Watched, Mapping[str, str], datetime]]:
    """Yield what somebody comes for, with its case and when."""
    for watched, case in health.open_cases():
        if (start := _moment(case, "appointment")) is not None:
            yield watched, case, start


def _events(hass: HomeAssistant, health: HealthManager) -> Iterator[CalendarEvent]:
    for watched, case, start in _booked(health):
        end = _moment(case, "appointment_end")
        yield event_of(
            start,
            end if end is not None and end > start else start + _USUAL,
            f"{_visit(hass)}: {watched.title}",
            description="\n".join(filter(None, (case["summary"], case.get("note")))),
            uid=case["id"],
        )


def _moment(case: Mapping[str, str], name: str) -> datetime | None:
    return dt_util.parse_datetime(case[name]) if name in case else None


def _visit(hass: HomeAssistant) -> str:
    texts = async_get_cached_translations(hass, hass.config.language, "entity", DOMAIN)
    return texts.get(f"component.{DOMAIN}.entity.calendar.appointments.state_attributes.message.state.visit", "")
