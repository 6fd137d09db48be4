"""Which documents there are of what was charged, and which is wanted; what writes them is loaded when it is."""

from dataclasses import dataclass
from enum import StrEnum

from homeassistant.core import HomeAssistant
from homeassistant.helpers.importlib import async_import_module

from ...hub.telling.person import Person
from .charges import Held, Payers
from .span import Asked

OCPI = ("2.2.1", "2.3.0")
"""The versions of OCPI; the first where none is named."""


class Format(StrEnum):
    """The formats that there are."""

    PDF = "pdf"
    CSV = "csv"
    JSON = "json"
    CDR = "cdr"
    TARIFF = "tariff"
    GREEN_BUTTON = "green_button"
    GREEN_BUTTON_HOME = "green_button_home"
    """With the home without its vehicles."""
    ZIP = "zip"
    """Statement, records, tariffs and Green Button, all in one file."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which document is wanted: ``vehicles`` are those it is about."""

    format: Format
    vehicles: tuple[Held, ...]
    asked: Asked
    payers: Payers
    person: Person
    version: str = OCPI[0]


async def async_load(hass: HomeAssistant) -> None:
    """Have at hand what writes documents (``exporting``, ``session_rows``): it takes a moment to load."""
    await async_import_module(hass, f"{__package__}.exporting")
