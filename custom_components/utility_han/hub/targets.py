"""Finds what an action is about: the subject behind an entry of the device registry."""

from collections.abc import Callable, Iterable

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr

from ..const import DOMAIN
from .hub import Hub, UtilityHanConfigEntry
from .subject import Subject


def find_subject[S: Subject](
    hass: HomeAssistant, device_id: str, of_hub: Callable[[Hub], Iterable[S]], otherwise: str
) -> tuple[Hub, S]:
    """Return what ``device_id`` shows among what ``of_hub`` gives, with its hub.

    ``ServiceValidationError`` where there is none: of a hub that is not loaded it says so, else it has the translation
    ``otherwise``, which may name ``device``.
    """
    found = dr.async_get(hass).async_get(device_id)
    entries: list[UtilityHanConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    for entry in entries:
        for subject in of_hub(entry.runtime_data):
            if found is not None and (DOMAIN, subject.key) in found.identifiers:
                return entry.runtime_data, subject
    name = (found and (found.name_by_user or found.name)) or device_id
    owner = hass.config_entries.async_get_entry(found.config_entry_id or "") if found is not None else None
    if owner is not None and owner.domain == DOMAIN and owner.state is not ConfigEntryState.LOADED:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="hub_not_loaded",
            translation_placeholders={"device": name, "title": owner.title},
        )
    raise ServiceValidationError(
        translation_domain=DOMAIN, translation_key=otherwise, translation_placeholders={"device": name}
    )
