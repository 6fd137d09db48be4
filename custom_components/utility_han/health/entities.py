"""Entities of health: how something is and why, what was last diagnosed, which cases are open, what a survey found."""

from collections.abc import Callable
from functools import partial
from typing import Any

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import EntityCategory
from homeassistant.core import Context, HomeAssistant

from ..const import EVENT_HEALTH
from ..hub.descriptions import (
    Shown,
    SubjectButtonDescription,
    SubjectEventDescription,
    SubjectImageDescription,
    SubjectSensorDescription,
)
from ..hub.telling.notifications import async_notify
from ..hub.telling.wording import Wording
from ..procedures import CAUSES, HealthEvent, HealthState, Verdict
from ..utility import Feature
from .appointments import appointments_calendar
from .coverage_picture import draw
from .diagnosing import async_diagnose_for
from .manager import HEALTH, HealthManager
from .messages import about_diagnosis
from .store import Condition
from .subjects import Watched
from .texts import words

_NONE_YET = "none_yet"

EVENTS: tuple[SubjectEventDescription[Watched], ...] = (
    SubjectEventDescription(
        key=HEALTH,
        translation_key=HEALTH,
        event_types=[event.value for event in HealthEvent],
        shown_by="health",
        bus_event=EVENT_HEALTH,
        entity_registry_enabled_default=False,
    ),
)


def health_shown(health: HealthManager) -> Shown[Watched]:
    """Return what is shown of the health of everything that is watched, whatever is away."""
    return Shown(
        subjects=health.subjects.all,
        sensors=_sensors(health),
        buttons=(_diagnose(health),),
        images=(_coverage(health),),
        events=EVENTS,
        calendars=(appointments_calendar(health),),
    )


def _sensors(health: HealthManager) -> tuple[SubjectSensorDescription[Watched], ...]:
    def of[T](look: Callable[[Condition], T]) -> Callable[[Watched], T]:
        return lambda watched: look(health.condition(watched.key))

    # Beside a meter an account may be linked at any time.
    has_cases = health.hub.has_meter or health.account.utility.offers(Feature.CASES)
    return (
        SubjectSensorDescription(
            key="health",
            translation_key="health",
            device_class=SensorDeviceClass.ENUM,
            options=[state.value for state in HealthState],
            value_fn=of(lambda condition: condition.health.state.value),
            attributes_fn=of(_health_attributes),
        ),
        SubjectSensorDescription(
            key="last_diagnosis",
            translation_key="last_diagnosis",
            device_class=SensorDeviceClass.ENUM,
            entity_category=EntityCategory.DIAGNOSTIC,
            enabled_fn=lambda watched: watched.vehicle is None,
            options=[_NONE_YET, *(verdict.value for verdict in Verdict)],
            value_fn=of(lambda condition: (condition.diagnosis or {}).get("verdict", _NONE_YET)),
            attributes_fn=of(_diagnosis_attributes),
        ),
        SubjectSensorDescription(
            key="open_cases",
            translation_key="open_cases",
            entity_category=EntityCategory.DIAGNOSTIC,
            exists_fn=lambda watched: watched.subentry_id is None and has_cases,
            value_fn=lambda _: sum(1 for _ in health.open_cases()),
            attributes_fn=lambda _: {
                "cases": [{"device": watched.title, **case} for watched, case in health.open_cases()]
            },
        ),
    )


def _health_attributes(condition: Condition) -> dict[str, Any]:
    health = condition.health
    return {
        "reason": health.reason and health.reason.value,
        "next": CAUSES[health.reason].repair.value if health.reason else None,
        "since": health.since.isoformat() if health.since else None,
    }


def _diagnosis_attributes(condition: Condition) -> dict[str, Any]:
    diagnosis = condition.diagnosis or {}
    found = {name: diagnosis.get(name) for name in ("reason", "next", "at", "repair")}
    closed = diagnosis.get("case_closed", False)
    return found | {"case": condition.case and condition.case["id"], "case_closed": closed}


def _diagnose(health: HealthManager) -> SubjectButtonDescription[Watched]:
    """Return the button that diagnoses; what is found is told by the last diagnosis, and in a notification."""

    async def press(watched: Watched, context: Context | None) -> None:
        found = await async_diagnose_for(health, watched, context)
        said = about_diagnosis(watched, found, await Wording.async_of(health.hass))
        await async_notify(health.hass, health.entry, said.key, said.values, watched.key)

    return SubjectButtonDescription(
        key="diagnose",
        translation_key="diagnose",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        press_fn=press,
    )


def _coverage(health: HealthManager) -> SubjectImageDescription[Watched]:
    """Return the picture of the last survey of a device, which is there as soon as there is a survey."""

    def image(hass: HomeAssistant, watched: Watched) -> bytes:
        return draw(watched.title, health.condition(watched.key).survey, partial(words, hass))

    return SubjectImageDescription(
        key="coverage",
        translation_key="coverage",
        entity_category=EntityCategory.DIAGNOSTIC,
        comes_later=True,
        exists_fn=lambda watched: watched.device is not None and bool(health.condition(watched.key).survey),
        image_fn=image,
        updated_fn=lambda watched: health.condition(watched.key).survey[-1].at,
    )
