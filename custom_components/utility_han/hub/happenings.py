"""What happens to subjects, told to triggers and the logbook whether or not an entity is there to show it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import ATTR_DEVICE_ID, ATTR_ENTITY_ID, ATTR_NAME, Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.util.signal_type import SignalType

from ..const import DOMAIN
from .descriptions import SubjectEventDescription
from .subject import Occurrence, Subject


@dataclass(frozen=True, slots=True)
class Happened:
    """An occurrence, and to what it happened; ``entity_id`` is the sensor that shows what came of it, else its own."""

    of: str
    type: str
    attributes: Mapping[str, Any]
    device_id: str
    entity_id: str | None


SIGNAL_HAPPENED: SignalType[Happened] = SignalType(f"{DOMAIN}_happened")


@callback
def async_tell_happening(
    hass: HomeAssistant,
    entry: ConfigEntry,
    subject: Subject,
    row: SubjectEventDescription[Any],
    occurrence: Occurrence | None,
) -> None:
    """Tell what happened to a subject, if it is what ``row`` is about."""
    if occurrence is None or occurrence.of != row.key:
        return
    device = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, subject.key), entry.entry_id)
    if device is None:
        return  # a person removed it, and its hub is about to be loaded anew
    platform, key = (Platform.SENSOR, row.shown_by) if row.shown_by else (Platform.EVENT, row.key)
    entity_id = er.async_get(hass).async_get_entity_id(platform, DOMAIN, f"{subject.key}_{key}")
    happened = Happened(occurrence.of, occurrence.type, occurrence.attributes, device.id, entity_id)
    async_dispatcher_send(hass, SIGNAL_HAPPENED, happened)
    if row.bus_event is not None:
        told = {ATTR_ENTITY_ID: entity_id, ATTR_DEVICE_ID: device.id, ATTR_NAME: subject.title}
        hass.bus.async_fire(row.bus_event, {**told, "type": occurrence.type, **occurrence.attributes})
