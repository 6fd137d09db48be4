"""What menus say of what was found: a form shows errors and choices in words by itself, a menu has its text alone."""

from collections.abc import Iterable, Mapping
from typing import Any, Self

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_cached_translations, async_get_translations

from ...const import DOMAIN
from ...gateway import SignalQuality
from ...procedures import CheckVerdict
from ..telling.person import Person
from ..telling.texts import plain
from ..telling.words import Sheet, async_load, filled, word

_PAGES = "config"
_MARKS = {CheckVerdict.PASSED: "✓", CheckVerdict.MARGINAL: "⚠\ufe0e", CheckVerdict.FAILED: "✗"}
_OF_QUALITY = {
    SignalQuality.GOOD.value: CheckVerdict.PASSED,
    SignalQuality.MARGINAL.value: CheckVerdict.MARGINAL,
}


class Words:
    """The words of the dialog's pages, and of what they show."""

    def __init__(self, hass: HomeAssistant, language: str) -> None:
        """Those of ``language`` were loaded before: a page that follows progress must not wait for anything."""
        self._hass = hass
        self._language = language
        self._texts = async_get_cached_translations(hass, language, _PAGES, DOMAIN)

    @classmethod
    async def async_asking(cls, hass: HomeAssistant) -> Self:
        """Return them in the language of who looks at the dialog now."""
        language = (await Person.async_asking(hass)).language
        await async_load(hass, language)
        await async_get_translations(hass, language, _PAGES, [DOMAIN])
        return cls(hass, language)

    def label(self, page: str, what: str) -> str:
        """Return what a fact is called that the page ``page`` shows."""
        return self._text(f"config.step.{page}.data.{what}")

    def value(self, sheet: Sheet, value: str) -> str:
        """Return what one of the values is called that something can have."""
        return word(self._hass, sheet, value, self._language)

    def error(self, reason: str) -> str:
        """Return why something did not work, and what to do about it."""
        return self._text(f"config.error.{reason}")

    def doing(self, step: str) -> str:
        """Return what is being done in a step."""
        return self._text(f"config.progress.{step}").rstrip("… ")

    def line(self, label: str, value: str, verdict: CheckVerdict | None = None) -> str:
        """Return a line that says how something is, marked with how good that is."""
        said = filled(word(self._hass, Sheet.PAGE, "line", self._language), {"label": label, "value": value})
        return said if verdict is None else f"{_MARKS[verdict]} {said}"

    def _text(self, key: str) -> str:
        return self._texts[f"component.{DOMAIN}.{key}"]


class WordedPages:
    """Pages with words in their texts, in the language of who looks at them: Home Assistant tells a dialog of none."""

    hass: HomeAssistant
    _words: Words | None = None

    async def async_read_words(self) -> Words:
        """Have the words at hand, also for pages that must not wait for them."""
        self._words = await Words.async_asking(self.hass)
        return self._words

    @property
    def page_words(self) -> Words:
        """The words that were read last."""
        return self._words or Words(self.hass, self.hass.config.language)


def remark(text: str, verdict: CheckVerdict) -> str:
    """Return a line of its own kind."""
    return f"{_MARKS[verdict]} {text}"


def rated(quality: str) -> CheckVerdict:
    """Return how good a way or signal of that quality is; one that was not measured is no good."""
    return _OF_QUALITY.get(quality, CheckVerdict.FAILED)


def shown(texts: Iterable[str]) -> str:
    """Return texts of others, one below the other, as they are."""
    return "\n".join(plain(each) for text in texts for each in text.splitlines())


def checked(words: Words, checks: Mapping[str, Any]) -> list[str]:
    """Return a line for each item of the self-check (IP-3), from its evidence."""
    return [
        words.line(words.label("self_check_result", check), plain(found["finding"]), CheckVerdict(found["verdict"]))
        for check, found in checks.items()
    ]
