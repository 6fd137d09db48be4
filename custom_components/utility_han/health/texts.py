"""The words of health for what Home Assistant does not translate by itself: notices, notifications, the logbook."""

from collections.abc import Mapping
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import async_get_cached_translations, async_get_translations

from ..const import DOMAIN
from ..gateway import SignalQuality
from ..procedures import HealthEvent, HealthReason, Repair, Verdict
from ..utility import CaseStatus
from . import written

_KINDS: Mapping[type, str] = {
    HealthReason: "health_reason",
    Verdict: "verdict",
    Repair: "repair",
    SignalQuality: "signal",
    HealthEvent: "health_event",
    CaseStatus: "case_status",
}
type Code = HealthReason | Verdict | Repair | SignalQuality | HealthEvent | CaseStatus


async def async_load_words(hass: HomeAssistant) -> None:
    """Read words and how numbers are written once, so that they are at hand where nothing can be waited for."""
    await written.async_load(hass)
    await async_get_translations(hass, hass.config.language, "selector", [DOMAIN])


@callback
def words(hass: HomeAssistant, code: Code | None) -> str:
    """Return a code in the words of Home Assistant's language; a dash for None."""
    if code is None:
        return "–"
    texts = async_get_cached_translations(hass, hass.config.language, "selector", DOMAIN)
    key = f"component.{DOMAIN}.selector.{_KINDS[type(code)]}.options.{code.value}"
    return texts.get(key, code.value)


@callback
def happened(hass: HomeAssistant, told: Mapping[str, Any]) -> str:
    """Return what was told of something's health, as what follows its name in a sentence."""
    event = HealthEvent(told["type"])
    said = ""
    if event is HealthEvent.CASE_UPDATED:
        said = words(hass, CaseStatus(told["status"]))
    elif told["reason"] in HealthReason:
        said = words(hass, HealthReason(told["reason"]))
    return words(hass, event).replace("{what}", said)
