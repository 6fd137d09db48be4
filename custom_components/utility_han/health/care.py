"""Tells the logbook what is done for the health of something: it was diagnosed, its repair was begun."""

from homeassistant.const import ATTR_DEVICE_ID, ATTR_ENTITY_ID, ATTR_NAME
from homeassistant.core import callback
from homeassistant.helpers import device_registry as dr

from ..const import DOMAIN, EVENT_CARE
from ..hub.subject import registered_id
from ..procedures import Diagnosis, Repair
from .manager import HealthManager
from .subjects import Watched

DIAGNOSED, REPAIRING = "diagnosed", "repairing"


@callback
def async_note_diagnosis(health: HealthManager, watched: Watched, found: Diagnosis) -> None:
    """Something was diagnosed."""
    reason = found.reason and found.reason.value
    _note(health, watched, {"type": DIAGNOSED, "verdict": found.verdict.value, "reason": reason})


@callback
def async_note_repair(health: HealthManager, watched: Watched, repair: Repair) -> None:
    """Its repair was begun."""
    _note(health, watched, {"type": REPAIRING, "repair": repair.value})


def _note(health: HealthManager, watched: Watched, told: dict[str, str | None]) -> None:
    hass, entry_id = health.hass, health.entry.entry_id
    device = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, watched.key), entry_id)
    entity_id = registered_id(hass, "sensor", watched.key, "last_diagnosis")
    about = {ATTR_DEVICE_ID: device.id if device else None, ATTR_ENTITY_ID: entity_id, ATTR_NAME: watched.title}
    hass.bus.async_fire(EVENT_CARE, {**about, **told})
