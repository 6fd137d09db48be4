"""Programs as a person chooses among them: what each is about, its terms, and consent to them (UR-3, UR-9)."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ...hub.telling.person import Person
from ...hub.telling.texts import plain
from ...hub.telling.words import Sheet
from ...utility import Program, UtilityReason
from . import forms as device_forms
from .forms import CONF_CONSENT, CONF_PROGRAMS

_CAPACITY = "capacity"
SIGNALS: Mapping[str, str] = {
    "SIMPLE": "levels",
    "PRICE": "prices",
    "PRICE_ALTERNATE": "other_prices",
    "EXPORT_PRICE": "export_prices",
    "GHG": "emissions",
    "CHARGE_STATE_SETPOINT": "charge",
    "CONTROL_SETPOINT": "set_points",
    "CONTROL_LEVEL_OFFSET": "offsets",
    "CONTROL_LEVEL_OFFSET_PERCENT": "offsets",
    "DISPATCH_SETPOINT": "power",
    "DISPATCH_SETPOINT_RELATIVE": "dispatch",
    "DISPATCH_INSTRUCTION": "dispatch",
    "IMPORT_CAPACITY_LIMIT": "import_limits",
    "EXPORT_CAPACITY_LIMIT": "export_limits",
    "CURVE": "curves",
    "OLS": "load_shapes",
}
"""The key of the words for each payload type (OpenADR 3.1.1, event-interval-payloads.schema.yaml).

Those of one family have the words of ``FAMILIES``.
"""
FAMILIES: Mapping[str, str] = {
    "IMPORT_CAPACITY_": _CAPACITY,
    "EXPORT_CAPACITY_": _CAPACITY,
    "ALERT_": "alerts",
    "CTA2045_": "cta_2045",
}

_PLACES = {signal: place for place, signal in enumerate(SIGNALS)}


async def async_signal_words(hass: HomeAssistant) -> Callable[[Program], str]:
    """Return what says in words which signals a program sends; a program's own types are named as they are.

    The words are in the language of who looks at the dialog.
    """
    texts = await (await Person.async_asking(hass)).async_words(hass, Sheet.PROGRAM_SIGNAL)

    def words(program: Program) -> str:
        signals = sorted(program.signals, key=lambda signal: _PLACES.get(signal, len(_PLACES)))
        keys = dict.fromkeys(_key(signal) or plain(signal) for signal in signals)
        said = ", ".join(texts.get(key, key) for key in keys)
        return f"{said[:1].upper()}{said[1:]}"

    return words


def _key(signal: str) -> str | None:
    if signal in SIGNALS:
        return SIGNALS[signal]
    return next((key for family, key in FAMILIES.items() if signal.startswith(family)), None)


def choice_errors(user_input: Mapping[str, Any]) -> dict[str, str]:
    """Return what is wrong with a choice of programs: there is none without consent, and no consent to nothing."""
    if user_input[CONF_PROGRAMS] and not user_input[CONF_CONSENT]:
        return {CONF_CONSENT: UtilityReason.CONSENT_MISSING}
    if user_input[CONF_CONSENT] and not user_input[CONF_PROGRAMS]:
        return {CONF_PROGRAMS: "program_missing"}
    return {}


def consents(programs: list[Program], chosen: list[str]) -> list[dict[str, str]]:
    """Return the consent to the terms shown, with their version and the time (UR-3)."""
    now = dt_util.utcnow().isoformat(timespec="seconds")
    return [
        {
            "program_id": program.id,
            "name": program.name,
            "terms_version": program.terms_version,
            "consented_at": now,
        }
        for program in programs
        if program.id in chosen
    ]


def consents_of(kind: str, programs: Iterable[Program], chosen: list[str]) -> list[dict[str, str]]:
    """Return the consent for one of several devices: it takes part in those that take its kind (UR-3)."""
    return consents([program for program in programs if kind in program.device_kinds], chosen)


def program_choice(programs: list[Program], chosen: list[str]) -> Any:
    """Return the form of the programs; those no longer open are not chosen any more."""
    options = {program.id: f"{program.name}: {program.summary}".removesuffix(": ") for program in programs}
    return device_forms.programs(options, [program for program in chosen if program in options])


def terms_text(programs: list[Program], words: Callable[[Program], str]) -> str:
    """Return the terms of all programs as Markdown; ``words`` says which signals a program sends."""
    return "\n\n".join(_terms(program, words(program)) for program in programs) or "–"


def _terms(program: Program, signals: str) -> str:
    if program.terms and not program.links:
        return f"**{plain(program.name)}** ({program.terms_version})\n\n{program.terms}"
    # What was read as an address may still be one that nobody should follow.
    links = [f"<{link}>" for link in program.links if link.startswith(("https://", "http://"))]
    return "\n\n".join([f"**{plain(program.name)}**", *filter(None, [plain(program.summary), signals]), *links])
