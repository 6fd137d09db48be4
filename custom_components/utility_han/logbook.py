"""What happens to gateway, devices and vehicles, as sentences in the logbook: each begins with the name."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from homeassistant.components.logbook import LOGBOOK_ENTRY_ENTITY_ID, LOGBOOK_ENTRY_MESSAGE, LOGBOOK_ENTRY_NAME
from homeassistant.const import ATTR_ENTITY_ID, ATTR_NAME
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers.translation import async_get_cached_translations

from .const import (
    DOMAIN,
    EVENT_CARE,
    EVENT_CONTROL,
    EVENT_HEALTH,
    EVENT_MESSAGE,
    EVENT_REGISTRATION,
    EVENT_SESSION,
)
from .health import written
from .health.care import DIAGNOSED
from .health.texts import happened, words
from .hub.telling.words import Sheet, filled, word
from .procedures import Repair, Verdict

type Told = Mapping[str, Any]
type _Sentence = Callable[[HomeAssistant, Told], str]


def _said(hass: HomeAssistant, key: str, /, **values: str) -> str:
    """Return a sentence of the translations with values in it."""
    return filled(word(hass, Sheet.LOGBOOK, key), values)


def _control(hass: HomeAssistant, told: Told) -> str:
    values = {name: _of_control(hass, name, told[name]) for name in ("what", "reason")}
    return _said(hass, f"control_{told['type']}", summary=told.get("summary") or "", **values)


def _of_control(hass: HomeAssistant, name: str, code: str | None) -> str:
    """Return what the event entity of load controls says of a code."""
    texts = async_get_cached_translations(hass, hass.config.language, "entity", DOMAIN)
    return texts.get(f"component.{DOMAIN}.entity.event.control.state_attributes.{name}.state.{code}", code or "–")


def _registration(hass: HomeAssistant, told: Told) -> str:
    return _said(hass, f"registration_{told['type']}")


def _session(hass: HomeAssistant, told: Told) -> str:
    figures = []
    if told.get("energy_kwh") is not None:
        figures.append(written.energy(hass, told["energy_kwh"]))
    if told.get("cost") is not None and told.get("currency"):
        figures.append(written.money(hass, told["cost"], told["currency"]))
    return _said(hass, f"session_{told['type']}", figures=", ".join(figures))


def _message(hass: HomeAssistant, told: Told) -> str:
    return _said(hass, "message", text=told["text"])


def _care(hass: HomeAssistant, told: Told) -> str:
    done = Verdict(told["verdict"]) if told["type"] == DIAGNOSED else Repair(told["repair"])
    return _said(hass, told["type"], what=words(hass, done))


SENTENCES: Mapping[str, _Sentence] = {
    EVENT_HEALTH: happened,
    EVENT_CARE: _care,
    EVENT_CONTROL: _control,
    EVENT_REGISTRATION: _registration,
    EVENT_SESSION: _session,
    EVENT_MESSAGE: _message,
}
"""By event: what follows the name of what it happened to."""


@callback
def async_describe_events(
    hass: HomeAssistant,
    async_describe_event: Callable[[str, str, Callable[[Event], dict[str, Any]]], None],
) -> None:
    """Have all that happens described."""
    for event, sentence in SENTENCES.items():
        async_describe_event(DOMAIN, event, partial(_described, hass, sentence))


@callback
def _described(hass: HomeAssistant, sentence: _Sentence, event: Event) -> dict[str, Any]:
    return {
        LOGBOOK_ENTRY_NAME: event.data[ATTR_NAME],
        LOGBOOK_ENTRY_MESSAGE: sentence(hass, event.data),
        LOGBOOK_ENTRY_ENTITY_ID: event.data[ATTR_ENTITY_ID],
    }
