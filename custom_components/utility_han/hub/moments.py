"""Moments as people read them: in the home's time zone and the words of Home Assistant's language, by CLDR (Babel)."""

from collections.abc import Sequence
from datetime import datetime

from babel import Locale, UnknownLocaleError
from babel.dates import format_skeleton, format_time
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util


async def async_spans(hass: HomeAssistant, spans: Sequence[tuple[datetime, datetime]]) -> list[str]:
    """Return times of less than a day from one moment to another, each with its day and weekday."""
    # CLDR is read from disk.
    return await hass.async_add_executor_job(_spans, hass.config.language, hass.config.country, spans)


def _spans(language: str, country: str | None, spans: Sequence[tuple[datetime, datetime]]) -> list[str]:
    locale = _locale(language if country is None or "-" in language else f"{language}-{country}")
    return [_span(dt_util.as_local(start), dt_util.as_local(end), locale) for start, end in spans]


def _span(start: datetime, end: datetime, locale: Locale) -> str:
    day = format_skeleton("yMMMEd", start.replace(tzinfo=None), locale=locale)
    since, until = (format_time(each.replace(tzinfo=None), "short", locale=locale) for each in (start, end))
    return f"{day}, {since} – {until}"


def _locale(language: str) -> Locale:
    """Return what CLDR has of a language (BCP 47), or of it elsewhere, or English."""
    for name in (language, language.partition("-")[0]):
        try:
            return Locale.parse(name, sep="-")
        except UnknownLocaleError, ValueError:
            continue
    return Locale.parse("en")
