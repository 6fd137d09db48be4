"""Rows of the tables of entities: what an entity shows of its subject, and what it does with it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from homeassistant.components.binary_sensor import BinarySensorEntityDescription
from homeassistant.components.button import ButtonEntityDescription
from homeassistant.components.calendar import CalendarEntityDescription, CalendarEvent
from homeassistant.components.datetime import DateTimeEntityDescription
from homeassistant.components.event import EventEntityDescription
from homeassistant.components.number import NumberEntityDescription
from homeassistant.components.sensor import SensorEntityDescription
from homeassistant.components.switch import SwitchEntityDescription
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers.entity import EntityDescription

from .subject import Subject

type Value = str | int | float | Decimal | datetime | None


@dataclass(frozen=True, kw_only=True)
class SubjectEntityDescription[S: Subject](EntityDescription):
    """What all entities have in common; the unique id is the subject's key and ``key``."""

    exists_fn: Callable[[S], bool] = lambda _: True
    """Whether the subject has it; what it has not now may come later where ``comes_later``."""
    available_fn: Callable[[S], bool] = lambda subject: subject.available
    attributes_fn: Callable[[S], Mapping[str, Any] | None] = lambda _: None
    enabled_fn: Callable[[S], bool] = lambda _: True
    """Whether it is enabled at first; where that is the same for all, ``entity_registry_enabled_default`` says it."""
    comes_later: bool = False
    gone_fn: Callable[[S], bool] = lambda _: False
    """Whether the subject has it no more, and does not only lack it now: the next start takes it off the registry."""
    register: str | None = None
    """The register whose value it shows: it is read only for those who show it."""


@dataclass(frozen=True, kw_only=True)
class SubjectSensorDescription[S: Subject](SubjectEntityDescription[S], SensorEntityDescription):
    """A sensor; ``unit_fn`` and ``last_reset_fn`` where these are not always the same."""

    value_fn: Callable[[S], Value]
    unit_fn: Callable[[S], str | None] | None = None
    last_reset_fn: Callable[[S], datetime | None] = lambda _: None


@dataclass(frozen=True, kw_only=True)
class SubjectBinarySensorDescription[S: Subject](SubjectEntityDescription[S], BinarySensorEntityDescription):
    """A binary sensor."""

    is_on_fn: Callable[[S], bool | None]


@dataclass(frozen=True, kw_only=True)
class SubjectEventDescription[S: Subject](SubjectEntityDescription[S], EventEntityDescription):
    """An event: occurrences of ``key`` are told, also where nobody has enabled the entity.

    They go to triggers, and as ``bus_event`` to Home Assistant's bus, for the logbook; ``shown_by`` is the key of the
    sensor that shows what comes of them, None where only the event itself does.
    """

    shown_by: str | None = None
    bus_event: str | None = None


@dataclass(frozen=True, kw_only=True)
class SubjectButtonDescription[S: Subject](SubjectEntityDescription[S], ButtonEntityDescription):
    """A button; ``HomeAssistantError`` where it cannot be done."""

    press_fn: Callable[[S, Context | None], Awaitable[None]]
    """Called with whom it is done for, where that is known."""


@dataclass(frozen=True, kw_only=True)
class SubjectSwitchDescription[S: Subject](SubjectEntityDescription[S], SwitchEntityDescription):
    """A switch."""

    is_on_fn: Callable[[S], bool | None]
    turn_fn: Callable[[S, bool], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class SubjectNumberDescription[S: Subject](SubjectEntityDescription[S], NumberEntityDescription):
    """A number in its native unit."""

    value_fn: Callable[[S], float | None]
    set_fn: Callable[[S, float], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class SubjectDateTimeDescription[S: Subject](SubjectEntityDescription[S], DateTimeEntityDescription):
    """A moment."""

    value_fn: Callable[[S], datetime | None]
    set_fn: Callable[[S, datetime], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class SubjectCalendarDescription[S: Subject](SubjectEntityDescription[S], CalendarEntityDescription):
    """A calendar: the event that lasts or comes next, and all between two times."""

    event_fn: Callable[[HomeAssistant, S], CalendarEvent | None]
    events_fn: Callable[[HomeAssistant, S, datetime, datetime], list[CalendarEvent]]


@dataclass(frozen=True, kw_only=True)
class SubjectImageDescription[S: Subject](SubjectEntityDescription[S]):
    """A picture: SVG, drawn when somebody looks, new since ``updated_fn``.

    Home Assistant's own description of images adds nothing to that of entities, and has an HTTP client imported.
    """

    image_fn: Callable[[HomeAssistant, S], bytes]
    updated_fn: Callable[[S], datetime | None]


@dataclass(frozen=True, kw_only=True)
class Shown[S: Subject]:
    """What a room shows: its subjects, and the rows of each platform that each of them has."""

    subjects: Sequence[S]
    binary_sensors: Sequence[SubjectBinarySensorDescription[S]] = ()
    buttons: Sequence[SubjectButtonDescription[S]] = ()
    calendars: Sequence[SubjectCalendarDescription[S]] = ()
    datetimes: Sequence[SubjectDateTimeDescription[S]] = ()
    events: Sequence[SubjectEventDescription[S]] = ()
    images: Sequence[SubjectImageDescription[S]] = ()
    numbers: Sequence[SubjectNumberDescription[S]] = ()
    sensors: Sequence[SubjectSensorDescription[S]] = ()
    switches: Sequence[SubjectSwitchDescription[S]] = ()
