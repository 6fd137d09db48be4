"""What entities are about: the gateway, a HAN device, a vehicle, and what other rooms say of them."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.device_registry import DeviceInfo

from ..const import DOMAIN
from .background.listeners import Listeners


def unique_id_of(subject_key: str, key: str) -> str:
    """Return by what Home Assistant knows the entity that shows the row ``key`` of a subject."""
    return f"{subject_key}_{key}"


@callback
def registered_id(hass: HomeAssistant, platform: str, subject_key: str, key: str) -> str | None:
    """Return the id of that entity, whether it is enabled or not; None where the registry has none."""
    return er.async_get(hass).async_get_entity_id(platform, DOMAIN, unique_id_of(subject_key, key))


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Something that happened to a subject once, shown by the event entity whose description has the key ``of``."""

    of: str
    type: str
    attributes: Mapping[str, Any] = field(default_factory=dict)


type Listener = Callable[[Occurrence | None], None]
"""Told of every change with None, and after that of what happened."""


class Subject:
    """Something of which Home Assistant shows entities, on the device with its ``key``.

    Rooms that say more about a subject of another room (its controls, its health) have a subject of their own with the
    same ``key``: their entities then hang on the same device.
    """

    def __init__(self, key: str, title: str, *, subentry_id: str | None = None) -> None:
        """``title`` is its name for people."""
        self.key = key
        """What it is known by in the registries: the subentry's id, or the config entry's for the gateway."""
        self.title = title
        self.subentry_id = subentry_id
        """None for the gateway, which is the config entry itself."""
        self._listeners: Listeners[Occurrence | None] = Listeners()

    @property
    def available(self) -> bool:
        """Whether what entities show of it is true now; most of it is, also while the gateway is away."""
        return True

    @property
    def numbers(self) -> Mapping[str, str]:
        """What a utility may ask for to know it: by ``lfdi``, ``serial`` and the like; for administrators only."""
        return {}

    @callback
    def async_add_listener(self, listener: Listener, register: str | None = None) -> CALLBACK_TYPE:
        """Have ``listener`` told of changes; ``register`` is the register it shows, for what is read on demand."""
        return self._listeners.add(listener)

    @callback
    def async_tell(self, happened: Occurrence | None = None) -> None:
        """Tell whoever listens; who reacts to what happened finds everything as it is by then."""
        self._listeners.tell(None)
        if happened is not None:
            self._listeners.tell(happened)


class DeviceSubject(Subject, ABC):
    """A subject that is a device of its own."""

    def __init__(self, key: str, title: str, *, subentry_id: str | None = None, area_id: str | None = None) -> None:
        """``area_id`` is the area that the person named when it was added."""
        super().__init__(key, title, subentry_id=subentry_id)
        self.area_id = area_id
        self.registry_id: str | None = None
        """Its id in the device registry, once it was registered."""

    @property
    @abstractmethod
    def device_info(self) -> DeviceInfo:
        """What is known of it, for the device registry."""
