"""What must outlive a restart or a removal and has no place in a config entry.

One private file for the whole integration: drafts of flows that were not finished, commissioning runs, what a flow
discovered for the entry it makes, and identities kept when a gateway was removed. It holds private keys.
"""

from collections.abc import Callable, Mapping
from errno import EIO
from typing import Any, Literal, Protocol

from homeassistant.core import HomeAssistant
from homeassistant.helpers.singleton import singleton
from homeassistant.helpers.storage import Store
from homeassistant.util.hass_dict import HassKey
from homeassistant.util.uuid import random_uuid_hex

from ..const import DOMAIN

type Section = Literal["drafts", "runs", "links", "identities"]

_KEY: HassKey[HanStore] = HassKey(f"{DOMAIN}_store")
_VERSION = 1


class HanStore:
    """Sections of JSON-safe records, each by the SFDI of the gateway it is about."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._store: Store[dict[str, dict[str, Any]]] = Store(hass, _VERSION, DOMAIN, private=True, atomic_writes=True)
        self._data: dict[str, dict[str, Any]] = {}

    async def async_load(self) -> None:
        """Read the file, once."""
        self._data = await self._store.async_load() or {}

    def all(self, section: Section) -> Mapping[str, Any]:
        """Return every record of ``section``."""
        return self._data.get(section, {})

    def get(self, section: Section, sfdi: str) -> dict[str, Any] | None:
        """Return one record."""
        return self._data.get(section, {}).get(sfdi)

    async def async_put(self, section: Section, sfdi: str, record: Mapping[str, Any]) -> None:
        """Write a record; on disk when this returns."""
        self._data.setdefault(section, {})[sfdi] = dict(record)
        await self._store.async_save(self._data)

    async def async_drop(self, section: Section, sfdi: str) -> None:
        """Forget a record, if there is one."""
        if self._data.get(section, {}).pop(sfdi, None) is not None:
            await self._store.async_save(self._data)


@singleton(_KEY, async_=True)
async def async_get_store(hass: HomeAssistant) -> HanStore:
    """Return the integration's store, read on first use."""
    store = HanStore(hass)
    await store.async_load()
    return store


def link_store(hass: HomeAssistant, entry_id: str) -> Store[dict[str, Any]]:
    """Return the file for what one gateway link would otherwise have to discover again after a restart."""
    return Store(hass, _VERSION, f"{DOMAIN}.{entry_id}", private=True)


class HubFile(Protocol):
    """What is kept of one hub in a file of its own."""

    store: Store[dict[str, Any]]

    async def async_load(self) -> None:
        """Read the file."""


class HubFiles[T: HubFile]:
    """The files of one kind, one for each hub; everybody who asks gets the same one."""

    def __init__(self, name: str, version: int, make: Callable[[Store[dict[str, Any]]], T]) -> None:
        """``name`` is part of the file's name; ``make`` makes what holds it."""
        self._name = name
        self._version = version
        self._make = make
        self._key: HassKey[dict[str, T]] = HassKey(f"{DOMAIN}_{name}")

    async def async_get(self, hass: HomeAssistant, entry_id: str) -> T:
        """Return what is kept of a hub, read on first use."""
        known = hass.data.setdefault(self._key, {})
        if entry_id not in known:
            key = f"{DOMAIN}.{entry_id}.{self._name}"
            file = self._make(Store(hass, self._version, key, private=True, atomic_writes=True))
            await file.async_load()
            known.setdefault(entry_id, file)
        return known[entry_id]

    async def async_remove(self, hass: HomeAssistant, entry_id: str) -> None:
        """Forget everything about a hub that was removed."""
        await (await self.async_get(hass, entry_id)).store.async_remove()
        hass.data[self._key].pop(entry_id, None)


async def async_probe_storage(hass: HomeAssistant) -> None:
    """Write something and read it back; ``OSError`` if that is not what was written."""
    written = {"written": random_uuid_hex()}
    store: Store[dict[str, str]] = Store(hass, _VERSION, f"{DOMAIN}.self_check")
    await store.async_save(written)
    read = await Store[dict[str, str]](hass, _VERSION, store.key).async_load()
    await store.async_remove()
    if read != written:
        raise OSError(EIO, "what was written could not be read back")
