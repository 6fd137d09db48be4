"""What people call a gateway, a device or a vehicle when they speak of it, as Home Assistant knows it.

Home Assistant's own intents take the names of entities, their aliases, and areas and floors with theirs. A device here
is called as its page is, as any entity of it, or as the entity that it is linked to; in what area and on what floor it
is, is Home Assistant's to say.
"""

import re
from collections.abc import Callable, Iterable, Iterator

from homeassistant.const import CONF_ENTITY_ID
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.intent import MatchTargetsConstraints, async_match_targets

from ..hub.allowed import devices_of
from .manager import HealthManager
from .subjects import Watched

type Found = tuple[HealthManager, Watched]
type _Called = Callable[[HomeAssistant, Found], Iterator[str | None]]

_ARTICLE = re.compile(
    r"(?:(?:the|my|der|die|das|den|dem|meine?[mnr]?|el|la|los|las|mis?|le|les|mon|ma|mes)\s+|l['\u2019]\s*)(?=\S)"
)
"""What a name begins with in one of the languages, which sentences take for their own, and people say or leave out."""


@callback
def meant(hass: HomeAssistant, everything: Iterable[Found], name: str) -> list[Found]:
    """Return what is called ``name``; what is in an area or on a floor of that name where nothing else is."""
    found = list(everything)
    ways: tuple[_Called, ...] = (_titles, _names)
    for way in ways:
        called = [(each, [name for name in way(hass, each) if name]) for each in found]
        for plain in (_spoken, _without_article):
            if its := [each for each, names in called if plain(name) in map(plain, names)]:
                return its
    for place in dict.fromkeys((name.strip(), _without_article(name))):
        for constraints in (MatchTargetsConstraints(area_name=place), MatchTargetsConstraints(floor_name=place)):
            there = {state.entity_id for state in async_match_targets(hass, constraints).states}
            if its := [each for each in found if any(entity.entity_id in there for entity in _entities(hass, each))]:
                return its
    return []


def _spoken(name: str) -> str:
    return name.strip().casefold()


def _without_article(name: str) -> str:
    spoken = _spoken(name)
    article = _ARTICLE.match(spoken)
    return spoken[article.end() :] if article is not None else spoken


def _titles(_hass: HomeAssistant, of: Found) -> Iterator[str | None]:
    yield of[1].title


def _names(hass: HomeAssistant, of: Found) -> Iterator[str | None]:
    for device in _devices(hass, of):
        yield from (device.name_by_user, device.name)
    for entity in _entities(hass, of):
        yield from er.async_get_entity_aliases(hass, entity)
    if (linked := _linked(of)) is not None and (state := hass.states.get(linked)) is not None:
        yield state.name


def _linked(of: Found) -> str | None:
    """Return the entity that a device is linked to."""
    control = of[1].device.control if of[1].device is not None else None
    return control[CONF_ENTITY_ID] if control is not None else None


def _devices(hass: HomeAssistant, of: Found) -> list[dr.DeviceEntry]:
    registry = dr.async_get(hass)
    found = (registry.async_get(each) for each in devices_of(hass, of[0].entry, [of[1].key]))
    return [device for device in found if isinstance(device, dr.DeviceEntry)]


def _entities(hass: HomeAssistant, of: Found) -> Iterator[er.RegistryEntry]:
    registry = er.async_get(hass)
    for device in _devices(hass, of):
        yield from er.async_entries_for_device(registry, device.id)
    if (linked := registry.async_get(_linked(of) or "")) is not None:
        yield linked
