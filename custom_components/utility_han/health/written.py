"""Appointments as who asks writes them, energies and amounts in Home Assistant's language: by the home's clock."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from functools import cache

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..documents import Style
from ..hub.telling.person import Person


@cache
def _style(language: str, country: str | None) -> Style:
    """Return how a language is written in a country; what CLDR has of it is read from disk the first time."""
    return Style.of({}, language, country)


async def async_load(hass: HomeAssistant) -> None:
    """Read how Home Assistant's language writes, so that it is at hand where nothing can be waited for."""
    await hass.async_add_executor_job(_style, hass.config.language, hass.config.country)


async def async_spans(hass: HomeAssistant, person: Person, spans: Sequence[tuple[datetime, datetime]]) -> list[str]:
    """Return times of less than a day from one moment to another, each with its day and weekday, as a person reads."""
    style = await person.async_style(hass)

    def write() -> list[str]:
        return [style.on_weekday(dt_util.as_local(start), dt_util.as_local(end)) for start, end in spans]

    return await hass.async_add_executor_job(write)


@callback
def energy(hass: HomeAssistant, kilowatt_hours: float) -> str:
    """Return an energy; :func:`async_load` must have been called."""
    style = _style(hass.config.language, hass.config.country)
    return f"{style.number(Decimal(f'{kilowatt_hours:.2f}'))}\N{NO-BREAK SPACE}kWh"


@callback
def money(hass: HomeAssistant, amount: float, currency: str) -> str:
    """Return an amount with its currency; :func:`async_load` must have been called."""
    return _style(hass.config.language, hass.config.country).money(Decimal(str(amount)), currency)
