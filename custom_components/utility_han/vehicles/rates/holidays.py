"""Holidays of countries and states, as the package ``holidays`` knows them, which Home Assistant's Workday uses."""

from functools import partial

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ...procedures import Holidays

_YEARS = 4
"""How far back sessions are priced."""


class UnknownHolidaysError(ValueError):
    """There is no such country or state."""


async def async_load_holidays(hass: HomeAssistant, code: str) -> Holidays:
    """Return the holidays of a country or state (ISO 3166-1 or 3166-2: "DE", "DE-BY")."""
    year = dt_util.now().year
    # It is large: loaded where somebody has a rate program with holidays, and never by two threads at once.
    return await hass.async_add_import_executor_job(partial(_load, code, range(year - _YEARS, year + 2)))


def _load(code: str, years: range) -> Holidays:
    import holidays  # noqa: PLC0415 - see above

    country, _, subdivision = code.partition("-")
    try:
        found = holidays.country_holidays(country, subdiv=subdivision or None, years=years)
    except NotImplementedError as err:
        raise UnknownHolidaysError(code) from err
    return found.__contains__
