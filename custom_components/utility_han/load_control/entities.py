"""Entities of load control: what a device is asked for now and next, and the opt-out."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import EntityCategory
from homeassistant.core import Context

from ..const import EVENT_CONTROL
from ..hub.descriptions import (
    Shown,
    SubjectButtonDescription,
    SubjectEventDescription,
    SubjectSensorDescription,
    SubjectSwitchDescription,
)
from ..procedures import ControlRecord, Happening, asked
from .asked import ASKED_WORDS
from .calendars import calendar_of_device
from .failures import opt_errors
from .manager import CONTROL, MEASURED, LoadControlManager
from .subject import ControlledSubject

NOTHING = "none"
"""The state of the sensor of what is asked for now, while nothing is."""
ACTIVE, FOLLOWING = "active_event", "next_event"
"""The keys of the sensors of what is asked for now, and next."""

EVENTS: tuple[SubjectEventDescription[ControlledSubject], ...] = (
    SubjectEventDescription(
        key=CONTROL,
        translation_key="control",
        event_types=[*(happening.value for happening in Happening), MEASURED],
        shown_by=ACTIVE,
        entity_registry_enabled_default=False,
        bus_event=EVENT_CONTROL,
    ),
)

type _RecordOf = Callable[[ControlledSubject], ControlRecord | None]


def load_control_shown(controls: LoadControlManager) -> Shown[ControlledSubject]:
    """Return what is shown of the controls of devices that are controlled here."""
    return Shown(
        subjects=list(controls.subjects.values()),
        sensors=_sensors(controls),
        calendars=(calendar_of_device(controls),),
        buttons=_opting(controls),
        switches=(_opt_out(controls),),
        events=EVENTS,
    )


def _sensors(controls: LoadControlManager) -> tuple[SubjectSensorDescription[ControlledSubject], ...]:
    def active(subject: ControlledSubject) -> ControlRecord | None:
        return controls.active(subject.device)

    def following(subject: ControlledSubject) -> ControlRecord | None:
        return next(iter(controls.upcoming(subject.device)), None)

    details = _details(controls, active)

    def starts(subject: ControlledSubject) -> datetime | None:
        return record.start if (record := following(subject)) else None

    def state(subject: ControlledSubject) -> str:
        return controls.what_is_done(subject.device, record.control) if (record := active(subject)) else NOTHING

    return (
        SubjectSensorDescription(
            key=ACTIVE,
            translation_key=ACTIVE,
            device_class=SensorDeviceClass.ENUM,
            options=[NOTHING, *ASKED_WORDS],
            value_fn=state,
            attributes_fn=lambda subject: (details(subject) or {}) | _last(controls, subject),
        ),
        SubjectSensorDescription(
            key=FOLLOWING,
            translation_key=FOLLOWING,
            device_class=SensorDeviceClass.TIMESTAMP,
            value_fn=starts,
            attributes_fn=_details(controls, following),
        ),
    )


def _last(controls: LoadControlManager, subject: ControlledSubject) -> dict[str, Any]:
    """Return from when to when something was asked last, before what is asked now: who was away knows what to undo."""
    if (lasted := controls.lasted(subject.device)) is None:
        return {}
    return {"last_start": lasted[0].isoformat(), "last_end": lasted[1].isoformat()}


def _details(
    controls: LoadControlManager, record_of: _RecordOf
) -> Callable[[ControlledSubject], dict[str, Any] | None]:
    """Return ``what`` is asked (°C, percent), from when to when, and whether it can be opted out of.

    ``by_meter`` is whether a limit of the premise is held by what is measured.
    """

    def attributes(subject: ControlledSubject) -> dict[str, Any] | None:
        if (record := record_of(subject)) is None:
            return None
        return {
            "control": record.control.id,
            "start": record.start.isoformat(),
            "end": record.end.isoformat(),
            "mandatory": record.control.mandatory,
            "participating": record.out is None,
            "what": asked(record.control),
        } | ({} if (by_meter := controls.premise.by_meter(record)) is None else {"by_meter": by_meter})

    return attributes


def _opt_out(controls: LoadControlManager) -> SubjectSwitchDescription[ControlledSubject]:
    """Return the standing opt-out: on, the device takes part in nothing but emergencies, and leaves what runs.

    ``until`` is when the control that it left would have been over.
    """

    def until(subject: ControlledSubject) -> dict[str, Any]:
        record = controls.active(subject.device)
        left = record is not None and record.out is not None and controls.standing_opt_out(subject.device)
        return {"until": record.end.isoformat() if record is not None and left else None}

    async def turn(subject: ControlledSubject, on: bool) -> None:
        await controls.async_set_standing_opt_out(subject.device, out=on)

    return SubjectSwitchDescription(
        key="opt_out",
        translation_key="opt_out",
        entity_category=EntityCategory.CONFIG,
        is_on_fn=lambda subject: controls.standing_opt_out(subject.device),
        turn_fn=turn,
        attributes_fn=until,
    )


def _opting(controls: LoadControlManager) -> tuple[SubjectButtonDescription[ControlledSubject], ...]:
    """Return the buttons to leave the control that runs, or the next, and to go back to it: that one alone.

    Each is available where there is something to leave, or to go back to; an emergency is never left.
    """

    def to_leave(subject: ControlledSubject) -> bool:
        record = controls.meant(subject.device)
        return record is not None and record.out is None and not record.control.mandatory

    def to_go_back_to(subject: ControlledSubject) -> bool:
        record = controls.meant(subject.device)
        return record is not None and record.out is not None

    async def leave(subject: ControlledSubject, _context: Context | None) -> None:
        with opt_errors(subject):
            await controls.async_opt_out(subject.device)

    async def go_back(subject: ControlledSubject, _context: Context | None) -> None:
        with opt_errors(subject):
            await controls.async_opt_in(subject.device)

    return (
        SubjectButtonDescription(
            key="opt_out_event", translation_key="opt_out_event", press_fn=leave, available_fn=to_leave
        ),
        SubjectButtonDescription(
            key="opt_in_event", translation_key="opt_in_event", press_fn=go_back, available_fn=to_go_back_to
        ),
    )
