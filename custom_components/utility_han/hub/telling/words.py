"""The texts that no page, entity or field has: what notices, notifications, documents and the logbook say.

Home Assistant's translations have the flat section ``common`` for texts that are shared (hassfest's
``gen_strings_schema``: a slug and its text). Here a slug is the sheet that a text stands on, and its name there.
"""

import re
from collections.abc import Mapping
from enum import StrEnum

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import async_get_cached_translations, async_get_translations

from ...const import DOMAIN

CATEGORY = "common"
_PLACE = re.compile(r"\{(\w+)\}")


class Sheet(StrEnum):
    """What texts are about; none begins as another one does."""

    BILL_FINDING = "bill_finding"
    BUTTON = "button"
    CASE_STATUS = "case_status"
    DOCUMENT = "document"
    HANDOVER = "handover"
    HEALTH_EVENT = "health_event"
    HEALTH_REASON = "health_reason"
    KEPT = "kept"
    LOGBOOK = "logbook"
    LOST = "lost"
    NOTIFICATION = "notification"
    PAGE = "page"
    """What pages of dialogs put together."""
    PROGRAM_SIGNAL = "program_signal"
    RATE = "rate"
    REPAIR = "repair"
    SECURITY = "security"
    SIGNAL = "signal"
    STATEMENT = "statement"
    VERDICT = "verdict"
    WAY = "way"


async def async_load(hass: HomeAssistant, language: str | None = None) -> None:
    """Have the texts of a language at hand; of Home Assistant's, unless another one is named."""
    await async_get_translations(hass, language or hass.config.language, CATEGORY, [DOMAIN])


@callback
def words_of(hass: HomeAssistant, sheet: Sheet, language: str | None = None) -> dict[str, str]:
    """Return all texts of a sheet by their names, in a language that was loaded; English where it has none."""
    start = key_of(sheet, "")
    texts = async_get_cached_translations(hass, language or hass.config.language, CATEGORY, DOMAIN)
    return {key.removeprefix(start): text for key, text in texts.items() if key.startswith(start)}


@callback
def word(hass: HomeAssistant, sheet: Sheet, name: str, language: str | None = None) -> str:
    """Return a text in a language that was loaded; the name where there is none, as of a code from elsewhere."""
    texts = async_get_cached_translations(hass, language or hass.config.language, CATEGORY, DOMAIN)
    return texts.get(key_of(sheet, name), name)


def key_of(sheet: Sheet, name: str) -> str:
    """Return the key of a text among Home Assistant's translations."""
    return f"component.{DOMAIN}.{CATEGORY}.{sheet}_{name}"


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return a text with values in its places; what stands in a value is no place, and one without a value stays."""
    return _PLACE.sub(lambda place: values.get(place[1], place[0]), text)
