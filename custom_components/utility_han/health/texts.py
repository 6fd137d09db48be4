"""The words of health for what Home Assistant does not translate by itself: notices, notifications, the logbook."""

from collections.abc import Mapping
from typing import Any

from homeassistant.core import HomeAssistant, callback

from ..gateway import SignalQuality
from ..hub.telling.words import Sheet, async_load, filled, word
from ..procedures import HealthEvent, HealthReason, Repair, Verdict
from ..utility import CaseStatus
from . import written
from .cases import ABOUT, KnownCase, about

_SHEETS: Mapping[type, Sheet] = {
    HealthReason: Sheet.HEALTH_REASON,
    Verdict: Sheet.VERDICT,
    Repair: Sheet.REPAIR,
    SignalQuality: Sheet.SIGNAL,
    HealthEvent: Sheet.HEALTH_EVENT,
    CaseStatus: Sheet.CASE_STATUS,
}
type Code = HealthReason | Verdict | Repair | SignalQuality | HealthEvent | CaseStatus


async def async_load_words(hass: HomeAssistant) -> None:
    """Read words and how numbers are written once, so that they are at hand where nothing can be waited for."""
    await written.async_load(hass)
    await async_load(hass)


@callback
def words(hass: HomeAssistant, code: Code | None, language: str | None = None) -> str:
    """Return a code in words, of a language that was loaded or else Home Assistant's; a dash for None."""
    return "–" if code is None else word(hass, _SHEETS[type(code)], code.value, language)


@callback
def in_words(hass: HomeAssistant, title: str, case: KnownCase) -> KnownCase:
    """Return a case of what is called ``title`` with its summary in the home's language, where it is a code."""
    shown = {name: told for name, told in case.items() if name not in ABOUT}
    return shown if (code := about(case)) is None else shown | {"summary": f"{title}: {words(hass, code)}"}


@callback
def happened(hass: HomeAssistant, told: Mapping[str, Any]) -> str:
    """Return what was told of something's health, as what follows its name in a sentence."""
    event = HealthEvent(told["type"])
    said = ""
    if event is HealthEvent.CASE_UPDATED:
        said = words(hass, CaseStatus(told["status"]))
    elif told["reason"] in HealthReason:
        said = words(hass, HealthReason(told["reason"]))
    return filled(words(hass, event), {"what": said})
