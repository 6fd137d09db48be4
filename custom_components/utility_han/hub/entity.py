"""The one entity base: an entity shows one subject as a row of a table says."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback, async_get_current_platform

from ..const import DOMAIN
from .descriptions import Shown, SubjectEntityDescription
from .hub import UtilityHanConfigEntry
from .subject import DeviceSubject, Occurrence, Subject, registered_id, unique_id_of


class SubjectEntity(Entity):
    """An entity of a subject."""

    entity_description: SubjectEntityDescription[Any]
    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, subject: Subject, description: SubjectEntityDescription[Any]) -> None:
        """The device is set by who adds it: it is registered once for all entities of a subject."""
        self.subject = subject
        self.entity_description = description
        self._attr_unique_id = unique_id_of(subject.key, description.key)
        self._attr_entity_registry_enabled_default = (
            description.entity_registry_enabled_default and description.enabled_fn(subject)
        )

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.async_on_remove(self.subject.async_add_listener(self._async_told, self.entity_description.register))

    @callback
    def _async_told(self, happened: Occurrence | None) -> None:
        """Show the subject as it is now; what happened to it is for event entities."""
        if happened is None:
            self.async_write_ha_state()

    @property
    @override
    def available(self) -> bool:
        return self.entity_description.available_fn(self.subject)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        return self.entity_description.attributes_fn(self.subject)


@callback
def async_register_subjects(hass: HomeAssistant, entry: ConfigEntry, subjects: Iterable[DeviceSubject]) -> None:
    """Register the devices of subjects, each at first in the area that the person named."""
    registry = dr.async_get(hass)
    for subject in subjects:
        known = registry.async_get_device_by_identifier((DOMAIN, subject.key), entry.entry_id)
        device = registry.async_get_or_create(
            config_entry_id=entry.entry_id, config_subentry_id=subject.subentry_id, **subject.device_info
        )
        subject.registry_id = device.id
        if known is None and subject.area_id:
            registry.async_update_device(device.id, area_id=subject.area_id)


@callback
def async_add_rows[D: SubjectEntityDescription[Any]](
    hass: HomeAssistant,
    entry: UtilityHanConfigEntry,
    rows: Callable[[Shown[Any]], Sequence[D]],
    make: Callable[[Any, D], Entity],
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the entities of one platform, which ``make`` makes of a subject and a row, for all that a hub shows."""
    found: defaultdict[str | None, list[Entity]] = defaultdict(list)
    for shown in entry.runtime_data.shown:
        for subject in shown.subjects:
            for row in rows(shown):
                if row.gone_fn(subject):
                    _async_remove(hass, subject, row)
                if row.exists_fn(subject):
                    found[subject.subentry_id].append(_on_its_device(hass, entry, subject, make(subject, row)))
                elif row.comes_later:
                    _async_add_once_there(hass, entry, subject, row, partial(make, subject, row), async_add_entities)
    # Home Assistant has each call wait for a task of its own.
    for subentry_id, entities in found.items():
        async_add_entities(entities, config_subentry_id=subentry_id)


@callback
def _async_remove(hass: HomeAssistant, subject: Subject, row: SubjectEntityDescription[Any]) -> None:
    """Remove from the registry what showed a row of a subject: nobody provides it any more."""
    if (known := registered_id(hass, async_get_current_platform().domain, subject.key, row.key)) is not None:
        er.async_get(hass).async_remove(known)


def _on_its_device(hass: HomeAssistant, entry: UtilityHanConfigEntry, subject: Subject, entity: Entity) -> Entity:
    """Return an entity that knows its device: one of each entity's own telling would be looked through as often."""
    entity.device_entry = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, subject.key), entry.entry_id)
    return entity


@callback
def _async_add_once_there(
    hass: HomeAssistant,
    entry: UtilityHanConfigEntry,
    subject: Subject,
    row: SubjectEntityDescription[Any],
    make: Callable[[], Entity],
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    added = False

    @callback
    def look(happened: Occurrence | None) -> None:
        nonlocal added
        if happened is None and not added and row.exists_fn(subject):
            added = True
            entity = _on_its_device(hass, entry, subject, make())
            async_add_entities([entity], config_subentry_id=subject.subentry_id)

    entry.async_on_unload(subject.async_add_listener(look))
