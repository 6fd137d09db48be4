"""Entities of the home that a person gives another id: what is known of them goes on under that.

What subentries and options say is put right at once. What stores keep is put right when the hub is loaded next, before
anything is made of it; until then the config entry remembers the new ids, over a power cut as well.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.util.hass_dict import HassKey

from ..const import CONF_RENAMED, DOMAIN

_GIVEN: HassKey[list[tuple[str, str]]] = HassKey(f"{DOMAIN}_given_ids")
"""The ids before and after that entities were given since Home Assistant runs, oldest first."""

type Uses = Callable[[ConfigEntry, str], bool]
"""Whether a loaded hub uses an entity of which neither subentries nor options say so."""


@callback
def async_follow_renames(hass: HomeAssistant, uses: Uses) -> None:
    """Follow entities for as long as Home Assistant runs, also those of hubs that are not loaded."""

    @callback
    def is_another_id(data: er.EventEntityRegistryUpdatedData) -> bool:
        return data["action"] == "update" and "old_entity_id" in data

    @callback
    def follow(event: Event[er.EventEntityRegistryUpdatedData]) -> None:
        if event.data["action"] == "update" and "old_entity_id" in event.data:
            ids = (event.data["old_entity_id"], event.data["entity_id"])
            hass.data.setdefault(_GIVEN, []).append(ids)
            for entry in hass.config_entries.async_entries(DOMAIN):
                _follow(hass, entry, ids, uses)

    hass.bus.async_listen(er.EVENT_ENTITY_REGISTRY_UPDATED, follow, event_filter=is_another_id)


def _follow(hass: HomeAssistant, entry: ConfigEntry, ids: tuple[str, str], uses: Uses) -> None:
    options = renamed(dict(entry.options), *ids)
    data_of = ((each, renamed(dict(each.data), *ids)) for each in entry.subentries.values())
    subentries = [(each, its) for each, its in data_of if its != each.data]
    loaded = entry.state is ConfigEntryState.LOADED
    if not subentries and options == entry.options and not (loaded and uses(entry, ids[0])):
        return
    data = {**entry.data, CONF_RENAMED: [*entry.data.get(CONF_RENAMED, ()), list(ids)]}
    hass.config_entries.async_update_entry(entry, data=data, options=options)
    for subentry, its in subentries:
        hass.config_entries.async_update_subentry(entry, subentry, data=MappingProxyType(its))
    if loaded and not subentries:  # who follows subentries has it loaded anew else
        hass.config_entries.async_schedule_reload(entry.entry_id)


@contextmanager
def taking_over(hass: HomeAssistant, entry: ConfigEntry) -> Iterator[list[tuple[str, str]]]:
    """Give the ids before and after that stores have not taken over yet; what is left without an error has been."""
    waiting = entry.data.get(CONF_RENAMED, ())
    yield [(before, after) for before, after in waiting]
    if waiting:
        data = {key: value for key, value in entry.data.items() if key != CONF_RENAMED}
        if left := entry.data[CONF_RENAMED][len(waiting) :]:
            data[CONF_RENAMED] = left
        hass.config_entries.async_update_entry(entry, data=data)


@callback
def ids_of_now[T](hass: HomeAssistant, told: T) -> T:
    """Return JSON-safe data with the ids that entities have now.

    What a dialog shows and keeps has the former id of an entity that was given another while it was open.
    """
    registry = er.async_get(hass)
    for before, after in hass.data.get(_GIVEN, ()):
        if registry.async_get(before) is None and hass.states.get(before) is None:
            told = renamed(told, before, after)
    return told


def renamed[T](told: T, before: str, after: str) -> T:
    """Return JSON-safe data in which every value that is ``before`` is ``after``."""
    found: Any = told
    if isinstance(told, Mapping):
        found = {key: renamed(value, before, after) for key, value in told.items()}
    elif isinstance(told, (list, tuple)):
        found = [renamed(value, before, after) for value in told]
    elif told == before:
        found = after
    return found  # type: ignore[no-any-return]


def taken_over[T](known: Mapping[str, T], before: str, after: str) -> dict[str, T]:
    """Return what is kept by ids of entities, by those of now; safe to repeat.

    What is left by the new id is of another entity, which is no more: it stays, by a name that none has.
    """
    found = dict(known)
    if before in found:
        if after in found:
            found[_aside(found, after)] = found.pop(after)
        found[after] = found.pop(before)
    return found


def _aside(known: Mapping[str, object], entity_id: str) -> str:
    names = (f"{entity_id} ({number})" for number in count(1))
    return next(name for name in names if name not in known)
