"""Finds what an action is about: the device or vehicle behind an entry of the device registry."""

from collections.abc import Callable, Iterable
from typing import Protocol

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr

from ..const import DOMAIN
from .coordinator import RuntimeData, UtilityHanConfigEntry


class Target(Protocol):
    """Something that a subentry shows."""

    @property
    def subentry_id(self) -> str | None:
        """The subentry's id."""


def _subentry_id(target: Target) -> str | None:
    return target.subentry_id


def find_target[T: Target](
    hass: HomeAssistant,
    device_id: str,
    of_hub: Callable[[RuntimeData], Iterable[T]],
    otherwise: str,
    identify: Callable[[T], str | None] = _subentry_id,
) -> tuple[UtilityHanConfigEntry, T]:
    """Return what ``device_id`` shows among what ``of_hub`` gives, with its hub.

    ``identify`` gives the id under which a target is in the registry.
    ``ServiceValidationError`` with the translation ``otherwise``, which may name ``device``, where there is none.
    """
    found = dr.async_get(hass).async_get(device_id)
    entries: list[UtilityHanConfigEntry] = hass.config_entries.async_entries(DOMAIN)
    for entry in entries:
        if found is None or entry.state is not ConfigEntryState.LOADED:
            continue
        for target in of_hub(entry.runtime_data):
            if (DOMAIN, str(identify(target))) in found.identifiers:
                return entry, target
    raise ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key=otherwise,
        translation_placeholders={"device": (found and (found.name_by_user or found.name)) or device_id},
    )
