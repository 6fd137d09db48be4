"""What can be said to Assist: "diagnose the heat pump"."""

from collections.abc import Iterator
from typing import override

import probatio
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers import intent

from .const import DOMAIN
from .health.diagnosing import async_diagnose
from .health.manager import HealthManager
from .health.subjects import Watched
from .health.texts import in_words
from .hub.hub import UtilityHanConfigEntry
from .hub.notifications import async_text

DIAGNOSE = "UtilityHanDiagnose"


async def async_setup_intents(hass: HomeAssistant) -> None:
    """Register what can be said; sentences for it are in custom_sentences, language models need none."""
    intent.async_register(hass, DiagnoseIntent())


class DiagnoseIntent(intent.IntentHandler):
    """Diagnoses what is named and says what was found."""

    intent_type = DIAGNOSE
    description = "Finds out what is wrong with a gateway, a HAN device or a vehicle of the utility"

    @property
    @override
    def slot_schema(self) -> dict[probatio.Required, object]:
        return {probatio.Required("name"): cv.string}

    @override
    async def async_handle(self, intent_obj: intent.Intent) -> intent.IntentResponse:
        hass, wanted = intent_obj.hass, self.async_validate_slots(intent_obj.slots)["name"]["value"].casefold()
        for health, watched in _watched(hass):
            if watched.title.casefold() == wanted:
                found = await async_diagnose(health, watched)
                _, message = await async_text(hass, health.entry, *in_words(hass, watched.title, found))
                response = intent_obj.create_response()
                response.async_set_speech(message)
                return response
        raise intent.IntentHandleError(f"there is no gateway, HAN device or vehicle named {wanted}")


def _watched(hass: HomeAssistant) -> Iterator[tuple[HealthManager, Watched]]:
    entries: list[UtilityHanConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    for entry in entries:
        health = entry.runtime_data.manager(HealthManager)
        for watched in health.subjects.all:
            yield health, watched
