"""What happens to subjects, told to triggers and the logbook whether or not an entity is there to show it.

Automations begin to listen once Home Assistant has started, and hubs are loaded before that: what happens by then, as
what a utility decided while Home Assistant was off, is told when they listen.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import ATTR_DEVICE_ID, ATTR_ENTITY_ID, ATTR_NAME, Platform
from homeassistant.core import CoreState, HassJob, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.start import async_at_started
from homeassistant.util.hass_dict import HassKey
from homeassistant.util.signal_type import SignalType

from ..const import DOMAIN
from .descriptions import SubjectEventDescription
from .subject import Occurrence, Subject, registered_id

_LISTENING_AFTER = timedelta(seconds=10)
"""How long after Home Assistant's start its automations have begun to listen: that takes them no more than moments."""
_HELD: HassKey[list[Callable[[], None]]] = HassKey(f"{DOMAIN}_happenings_held")


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
    entity_id = registered_id(hass, platform, subject.key, key)
    happened = Happened(occurrence.of, occurrence.type, occurrence.attributes, device.id, entity_id)
    _tell_who_listens(hass, partial(async_dispatcher_send, hass, SIGNAL_HAPPENED, happened))
    if row.bus_event is not None:
        told = {ATTR_ENTITY_ID: entity_id, ATTR_DEVICE_ID: device.id, ATTR_NAME: subject.title}
        data = {**told, "type": occurrence.type, **occurrence.attributes}
        _tell_who_listens(hass, partial(hass.bus.async_fire, row.bus_event, data))


@callback
def _tell_who_listens(hass: HomeAssistant, tell: Callable[[], None]) -> None:
    """Tell something now, or with all that waits once automations listen."""
    if (held := hass.data.get(_HELD)) is not None:
        held.append(tell)
        return
    if hass.state not in (CoreState.not_running, CoreState.starting):
        tell()
        return
    hass.data[_HELD] = [tell]

    @callback
    def let_go(_now: datetime) -> None:
        for each in hass.data.pop(_HELD):
            each()

    @callback
    def started(hass: HomeAssistant) -> None:
        async_call_later(hass, _LISTENING_AFTER, HassJob(let_go, cancel_on_shutdown=True))

    async_at_started(hass, started)
