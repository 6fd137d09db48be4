"""What people call a gateway, a device or a vehicle when they speak of it, as Home Assistant knows it.

Home Assistant's own intents take the names of entities, their aliases, and areas with theirs. A device here is called
as its page is, as any entity of it, or as the entity that it is linked to.
"""

from collections.abc import Callable, Iterable, Iterator

from homeassistant.const import CONF_ENTITY_ID
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er

from ..hub.allowed import devices_of
from .manager import HealthManager
from .subjects import Watched

type Found = tuple[HealthManager, Watched]
type _Called = Callable[[HomeAssistant, Found], Iterator[str | None]]


@callback
def meant(hass: HomeAssistant, everything: Iterable[Found], name: str) -> list[Found]:
    """Return what is called ``name``; what is in an area of that name where nothing else is."""
    found, said = list(everything), name.strip().casefold()
    ways: tuple[_Called, ...] = (_titles, _names, _areas)
    for way in ways:
        its = [
            each for each in found if any(called.strip().casefold() == said for called in way(hass, each) if called)
        ]
        if its:
            return its
    return []


def _titles(_hass: HomeAssistant, of: Found) -> Iterator[str | None]:
    yield of[1].title


def _names(hass: HomeAssistant, of: Found) -> Iterator[str | None]:
    for device in _devices(hass, of):
        yield from (device.name_by_user, device.name)
    for entity in _entities(hass, of):
        yield from er.async_get_entity_aliases(hass, entity)
    if (linked := _linked(of)) is not None and (state := hass.states.get(linked)) is not None:
        yield state.name


def _areas(hass: HomeAssistant, of: Found) -> Iterator[str | None]:
    linked = er.async_get(hass).async_get(_linked(of) or "")
    ids = {device.area_id for device in _devices(hass, of)}
    if linked is not None:
        beside = dr.async_get(hass).async_get(linked.device_id or "")
        ids |= {linked.area_id, beside.area_id if beside is not None else None}
    for area_id in ids - {None}:
        if area_id is not None and (area := ar.async_get(hass).async_get_area(area_id)) is not None:
            yield from (area.name, *area.aliases)


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
