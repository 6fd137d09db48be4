"""What was charged, as a document in one of the formats that others read."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from importlib import import_module
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from homeassistant.util import slugify

from ..documents.green_button import Remainder, write_feed
from .charges import Held, Taken, async_take
from .ocpi_files import Home, write_cdrs, write_tariffs
from .person import Person
from .remainders import async_remainders
from .session_rows import elsewhere_rows, session_rows, statement_rows
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


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which document is wanted: ``vehicles`` are those it is about."""

    format: Format
    vehicles: tuple[Held, ...]
    asked: Asked
    payer: str | None
    person: Person
    version: str = OCPI[0]


@dataclass(frozen=True, slots=True)
class Document:
    """A document that was written; ``statements`` and ``elsewhere`` say what it adds up to.

    ``remainders`` are in it besides.
    """

    name: str
    content_type: str
    data: bytes
    is_text: bool
    statements: list[Any]
    elsewhere: list[Any]
    remainders: tuple[Remainder, ...] = ()


@dataclass(frozen=True, slots=True)
class _Given:
    """What there is to write of, and for whom."""

    wanted: Wanted
    taken: Taken
    homes: dict[str, Home]
    remainders: tuple[Remainder, ...]
    words: dict[str, str]
    country: str | None
    now: datetime


@dataclass(frozen=True, slots=True)
class _Kind:
    suffix: str
    content_type: str
    write: Callable[[_Given], bytes]
    is_text: bool = True
    elsewhere: bool = False
    """Whether it has what was charged elsewhere, too."""


async def async_load(hass: HomeAssistant) -> None:
    """Have at hand what writes statements: it takes a moment to load, and never two threads load it at once."""
    await hass.async_add_import_executor_job(import_module, f"{__package__.rpartition('.')[0]}.documents.statement")


async def async_export(hass: HomeAssistant, wanted: Wanted) -> Document:
    """Write a document; what takes a moment is done where the loop is not held."""
    await async_load(hass)
    asked, kind = wanted.asked, _KINDS[wanted.format]
    handed_over = wanted.format in _OF_CHARGES
    taken = await async_take(wanted.vehicles, asked.since, asked.until, wanted.payer, as_made=handed_over)
    if handed_over:
        # Before it is written: what changes meanwhile is a correction already.
        await taken.async_issued()
    words = await wanted.person.async_words(hass)
    homes = {
        binding: Home.of(hass, held.entry.title, held.manager.settling.rates.holidays)
        for binding, held in taken.held.items()
    }
    remainders: tuple[Remainder, ...] = ()
    if wanted.format is Format.GREEN_BUTTON_HOME:
        title = words.get("home_without_vehicles", "")
        remainders = tuple(await async_remainders(hass, wanted.vehicles, asked, title))
    given = _Given(wanted, taken, homes, remainders, words, hass.config.country, dt_util.now())
    data = await hass.async_add_executor_job(kind.write, given)
    added_up = await hass.async_add_executor_job(statement_rows, taken, asked, given.now)
    beside = []
    if kind.elsewhere:
        beside = await hass.async_add_executor_job(elsewhere_rows, taken, asked, given.now)
    titles = {held.record.title for held in wanted.vehicles}
    about = slugify(titles.pop(), separator="-") if len(titles) == 1 else ""
    name = "-".join(filter(None, (words.get("file", ""), about, asked.name)))
    return Document(f"{name}.{kind.suffix}", kind.content_type, data, kind.is_text, added_up, beside, remainders)


def month_names(days: Iterable[datetime], person: Person, country: str | None) -> list[str]:
    """Return the months of days as a person calls them; what that reads is not read on the loop."""
    from ..documents import statement  # noqa: PLC0415 - see async_load

    style = statement.Style.of({}, person.language, country, person.numbers, person.clock)
    return [style.month(day.date()) for day in days]


def _statement(given: _Given, write: str) -> bytes:
    from ..documents import statement  # noqa: PLC0415 - see async_load

    person, asked = given.wanted.person, given.wanted.asked
    style = statement.Style.of(given.words, person.language, given.country, person.numbers, person.clock)
    bound = [statement.Bound(*each) for each in given.taken.bindings]
    span = statement.Span(asked.since, asked.until)
    made = statement.statements(given.taken.charges, bound, span, given.now)
    elsewhere = statement.statements_elsewhere(given.taken.elsewhere, made, span, given.now)
    written = statement.write_pdf if write == "pdf" else statement.write_csv
    return written(made, style, elsewhere)


def _json(given: _Given) -> bytes:
    return json.dumps({"sessions": session_rows(given.taken)}, ensure_ascii=False, indent=1).encode()


def _cdrs(given: _Given) -> bytes:
    return write_cdrs(given.taken.charges, given.homes, given.wanted.version)


def _tariffs(given: _Given) -> bytes:
    asked = given.wanted.asked
    agreed = [
        (binding, program)
        for _, binding, program in given.taken.bindings
        if binding.valid_from < asked.until and (binding.valid_until is None or binding.valid_until > asked.since)
    ]
    return write_tariffs(agreed, given.homes, given.wanted.version, given.now)


def _green_button(given: _Given) -> bytes:
    return b"".join(write_feed(given.taken.charges, given.remainders))


_OF_CHARGES = frozenset({Format.PDF, Format.CSV, Format.JSON, Format.CDR})
"""Those that have credits in them; Green Button has what is charged as it is known now."""

_KINDS = {
    Format.PDF: _Kind("pdf", "application/pdf", partial(_statement, write="pdf"), is_text=False, elsewhere=True),
    Format.CSV: _Kind("csv", "text/csv", partial(_statement, write="csv"), elsewhere=True),
    Format.JSON: _Kind("json", "application/json", _json, elsewhere=True),
    Format.CDR: _Kind("cdr.json", "application/json", _cdrs),
    Format.TARIFF: _Kind("tariff.json", "application/json", _tariffs),
    Format.GREEN_BUTTON: _Kind("xml", "application/atom+xml", _green_button),
    Format.GREEN_BUTTON_HOME: _Kind("home.xml", "application/atom+xml", _green_button),
}
