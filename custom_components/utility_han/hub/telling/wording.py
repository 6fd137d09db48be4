"""What is said to people outside of pages and entities: notifications, answers of actions, what Assist says.

All of it is a title and a message of the translations, in a language, with times, energies and money as it has them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Self

from babel.dates import format_skeleton
from babel.numbers import format_decimal
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import UnitOfTemperature
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util
from homeassistant.util.unit_system import UnitSystem

from ...const import DOMAIN
from ...documents import Style
from .words import CATEGORY, Sheet, async_load, filled, key_of, word, words_of

_KINDS = ("entity", "selector", CATEGORY)


@dataclass(frozen=True, slots=True)
class Said:
    """Something to say: the ``key`` of its title and message, and what they are filled with."""

    key: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wording:
    """A language, and how it writes what is no word; times are local, and with the day where that is not today."""

    style: Style
    units: UnitSystem
    texts: Mapping[str, str]
    """What entities and select fields say, and the sheets, by the keys of Home Assistant's translations."""

    @classmethod
    async def async_of(cls, hass: HomeAssistant, language: str | None = None) -> Self:
        """Return the wording of a language; of Home Assistant's, unless another one is named."""
        language = language or hass.config.language
        style = await hass.async_add_executor_job(Style.of, {}, language, hass.config.country)
        texts = [await async_get_translations(hass, language, kind, [DOMAIN]) for kind in _KINDS]
        return cls(style, hass.config.units, {name: text for each in texts for name, text in each.items()})

    def state(self, platform: str, key: str, state: str) -> str:
        """Return a state of an entity in words."""
        return self.texts.get(f"component.{DOMAIN}.entity.{platform}.{key}.state.{state}", state)

    def option(self, selector: str, option: str) -> str:
        """Return in words what was chosen in a select field of a dialog."""
        return self.texts.get(f"component.{DOMAIN}.selector.{selector}.options.{option}", option)

    def word(self, sheet: Sheet, name: str) -> str:
        """Return a text of a sheet."""
        return self.texts.get(key_of(sheet, name), name)

    def time(self, moment: datetime) -> str:
        """Return a time, local."""
        return self._time(moment, dt_util.now())

    def span(self, start: datetime, end: datetime) -> dict[str, str]:
        """Return ``start`` and ``end`` of what lasts; the end with its day if that is not the start's."""
        return {"start": self.time(start), "end": self._time(end, dt_util.as_local(start))}

    def _time(self, moment: datetime, day_known: datetime) -> str:
        local = dt_util.as_local(moment)
        if local.date() == day_known.date():
            return self.style.time(local)
        day = format_skeleton("MMMEd", local.replace(tzinfo=None), locale=self.style.locale)
        return f"{day} {self.style.time(local)}"

    def energy(self, kilowatt_hours: float) -> str:
        """Return an energy, as exact as one speaks of it."""
        return f"{format_decimal(kilowatt_hours, '#,##0.0', locale=self.style.numbers)}\N{NO-BREAK SPACE}kWh"

    def temperature(self, celsius: float) -> str:
        """Return a temperature in the home's unit."""
        value = self.units.temperature(celsius, UnitOfTemperature.CELSIUS)
        return (
            f"{format_decimal(value, '0.#', locale=self.style.numbers)}\N{NO-BREAK SPACE}{self.units.temperature_unit}"
        )

    def money(self, amount: Decimal, currency: str) -> str:
        """Return an amount with its currency."""
        return self.style.money(amount, currency)

    def price(self, per_kwh: float, currency: str) -> str:
        """Return a price of a kilowatt-hour."""
        return f"{self.style.number(Decimal(str(per_kwh)))}\N{NO-BREAK SPACE}{currency}/kWh"


async def async_say(
    hass: HomeAssistant, entry: ConfigEntry | None, said: Said, language: str | None = None
) -> tuple[str, str]:
    """Return title and message, in Home Assistant's language unless another one is named; ``entry`` is the hub's."""
    await async_load(hass, language)
    texts = words_of(hass, Sheet.NOTIFICATION, language)
    values = {"title": entry.title if entry is not None else "–", **said.values}
    if (device := values.get("device")) is not None:
        values["named"] = named(hass, values["title"], device, language)
    return filled(texts[f"{said.key}_title"], values), filled(texts[f"{said.key}_message"], values)


@callback
def named(hass: HomeAssistant, title: str, device: str, language: str | None = None) -> str:
    """Return what something is called, with its hub's ``title``; the hub itself is named once."""
    if device == title:
        return title
    return filled(word(hass, Sheet.PAGE, "named", language), {"device": device, "title": title})
