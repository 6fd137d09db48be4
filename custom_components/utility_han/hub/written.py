"""Moments, numbers and money as people write them: in the home's time zone, in Home Assistant's language, by CLDR.

Babel reads CLDR from disk: what does so is asked for with ``await``, or after :func:`async_load`.
"""

import re
from collections.abc import Sequence
from datetime import datetime

from babel import Locale, UnknownLocaleError
from babel.dates import format_skeleton, format_time
from babel.numbers import format_currency, format_decimal
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

_TOUCHING = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
"""Where a currency of letters touches digits, CLDR has a space between (``currencySpacing``); Babel leaves it out."""


async def async_load(hass: HomeAssistant) -> None:
    """Read how Home Assistant's language writes, so that it is at hand where nothing can be waited for."""

    def load() -> None:
        locale = _locale(hass)
        format_decimal(1, locale=locale)
        format_currency(1, "EUR", locale=locale)

    await hass.async_add_executor_job(load)


async def async_spans(hass: HomeAssistant, spans: Sequence[tuple[datetime, datetime]]) -> list[str]:
    """Return times of less than a day from one moment to another, each with its day and weekday."""

    def write() -> list[str]:
        locale = _locale(hass)
        return [_span(dt_util.as_local(start), dt_util.as_local(end), locale) for start, end in spans]

    return await hass.async_add_executor_job(write)


@callback
def energy(hass: HomeAssistant, kilowatt_hours: float) -> str:
    """Return an energy; :func:`async_load` must have been called."""
    return f"{format_decimal(kilowatt_hours, '#,##0.00', locale=_locale(hass))}\N{NO-BREAK SPACE}kWh"


@callback
def money(hass: HomeAssistant, amount: float, currency: str) -> str:
    """Return an amount with its currency; :func:`async_load` must have been called."""
    return _TOUCHING.sub("\N{NO-BREAK SPACE}", format_currency(amount, currency, locale=_locale(hass)))


def _span(start: datetime, end: datetime, locale: Locale) -> str:
    day = format_skeleton("yMMMEd", start.replace(tzinfo=None), locale=locale)
    since, until = (format_time(each.replace(tzinfo=None), "short", locale=locale) for each in (start, end))
    return f"{day}, {since} – {until}"


def _locale(hass: HomeAssistant) -> Locale:
    """Return what CLDR has of the language (BCP 47) in the home's country, or of it alone, or English."""
    language, country = hass.config.language, hass.config.country
    for name in ((f"{language}-{country}",) if country else ()) + (language, language.partition("-")[0]):
        try:
            return Locale.parse(name, sep="-")
        except UnknownLocaleError, ValueError:
            continue
    return Locale.parse("en")
