"""Entities that a person chose and that are no more: a hub's are told of together.

What a device is switched by, and what sessions are cut from, is part of the health of device and vehicle; this is of
all others, without which something goes on as if they had never been chosen.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from ..const import CONF_DEVICE_BATTERY, CONF_NOTIFY
from ..devices.manager import Registrar
from ..hub.hub import Hub
from ..hub.naming import name_of
from ..hub.notices import async_tell
from ..hub.telling.texts import plain
from ..procedures import Lasting
from ..vehicles.chargers.sources import CONF_BATTERY, CONF_PRESENCE, CONF_SIGNED, CONF_SWITCH
from ..vehicles.manager import VehicleManager

_GONE = "entities_gone"
_PATIENCE = timedelta(minutes=5)
"""An integration that is loaded anew has its entities back by then."""
_OF_VEHICLES = (CONF_SWITCH, CONF_BATTERY, CONF_PRESENCE, CONF_SIGNED)


class ChosenEntities:
    """What a person chose of Home Assistant for a hub, its devices and its vehicles."""

    def __init__(self, hass: HomeAssistant, hub: Hub, registrar: Registrar, vehicles: VehicleManager) -> None:
        """Everything that is shown must be known to the managers."""
        self._hass = hass
        self._hub = hub
        self._registrar = registrar
        self._vehicles = vehicles
        self._gone: dict[str, Lasting] = {}
        """How long each is gone, by its id."""

    @callback
    def async_look(self, now: datetime) -> None:
        """Tell of those that are gone for a while, and of none where all are there."""
        chosen = dict.fromkeys(self._chosen())
        gone = {entity_id for _, entity_id in chosen if is_gone(self._hass, entity_id)}
        self._gone = {entity_id: self._gone.get(entity_id, Lasting(now)) for entity_id in gone}
        believed = {entity_id for entity_id, lasting in self._gone.items() if lasting.look(now) >= _PATIENCE}
        told = [each for each in chosen if each[1] in believed]
        lines = "\n".join(f"- {plain(title)}: {self._named(entity_id)}" for title, entity_id in told)
        said = {"entities": lines}
        async_tell(self._hass, self._hub.entry, _GONE, said, wanted=bool(told), severity=ir.IssueSeverity.WARNING)

    def _named(self, entity_id: str) -> str:
        """Return its name, where one is known yet, and its id, by which it is looked for."""
        name = name_of(self._hass, entity_id)
        return f"`{entity_id}`" if name == entity_id else f"{plain(name)} (`{entity_id}`)"

    def _chosen(self) -> Iterator[tuple[str, str]]:
        """Yield the entities, each with what it was chosen for."""
        entry = self._hub.entry
        if notified := entry.options.get(CONF_NOTIFY):
            yield entry.title, notified
        for device in self._registrar.devices.values():
            if battery := (device.control or {}).get(CONF_DEVICE_BATTERY):
                yield device.title, battery
        now = dt_util.utcnow()
        for record in self._vehicles.vehicles:
            yield from ((record.title, record.data[use]) for use in _OF_VEHICLES if record.data.get(use))
            for binding in record.run.bindings.values():
                source = record.run.programs[binding.id].source
                over = binding.is_void or (binding.valid_until is not None and binding.valid_until <= now)
                if source is not None and source.entity_id is not None and not over:
                    yield record.title, source.entity_id


def is_gone(hass: HomeAssistant, entity_id: str) -> bool:
    """Whether there is no such entity, or one that was disabled; while Home Assistant starts, it may still come."""
    if not hass.is_running or hass.states.get(entity_id) is not None:
        return False
    known = er.async_get(hass).async_get(entity_id)
    return known is None or known.disabled
