"""What was charged, as a document in one of the formats that others read; loaded when one is wanted."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util
from homeassistant.util import slugify

from ...documents import Style, statement
from ...documents.green_button import Remainder, write_feed
from ...hub.naming import name_of
from ...hub.telling.words import Sheet
from ..chargers.connector import connector_of
from .charges import Held, Taken, async_take
from .ocpi_files import Home, write_cdrs, write_tariffs
from .remainders import async_remainders
from .session_rows import elsewhere_rows, session_rows, statement_rows
from .wanted import Format, Wanted

_LONGEST_NAME, _MOST_NAMED = 40, 3
"""Of vehicles in a file's name: letters of each, and how many; of more there is the count."""


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
    as_known: Taken
    """The same without regard to when what is corrected was handed over."""
    homes: dict[str, Home]
    remainders: tuple[Remainder, ...]
    meters: dict[str, str]
    """What a person calls the meters that are known by their entities."""
    words: dict[str, str]
    country: str | None
    now: datetime
    name: str
    """Of the file, without its ending."""


@dataclass(frozen=True, slots=True)
class _Kind:
    suffix: str
    content_type: str
    write: Callable[[_Given], bytes]
    is_text: bool = True
    elsewhere: bool = False
    """Whether it has what was charged elsewhere, too."""


async def async_export(hass: HomeAssistant, wanted: Wanted) -> Document:
    """Write a document; what takes a moment is done where the loop is not held."""
    asked, kind = wanted.asked, _KINDS[wanted.format]
    handed_over = wanted.format in _OF_CHARGES
    taken = await async_take(wanted.vehicles, asked.since, asked.until, wanted.payers, as_made=handed_over)
    if handed_over:
        # Before it is written: what changes meanwhile is a correction already.
        await taken.async_issued()
    words = await wanted.person.async_words(hass, Sheet.STATEMENT)
    homes = {
        binding: Home.of(
            hass, held.entry.title, connector_of(hass, held.record.data), held.manager.settling.rates.holidays
        )
        for binding, held in taken.held.items()
    }
    remainders: tuple[Remainder, ...] = ()
    if wanted.format is Format.GREEN_BUTTON_HOME:
        title = words.get("home_without_vehicles", "")
        remainders = tuple(await async_remainders(hass, wanted.vehicles, asked, title))
    name = "-".join(filter(None, (words.get("file", ""), *_names(wanted.vehicles), asked.name)))
    known = taken
    if wanted.format is Format.ZIP:
        known = await async_take(wanted.vehicles, asked.since, asked.until, wanted.payers)
    meters = {charge.meter_id: name_of(hass, charge.meter_id) for charge in taken.charges}
    given = _Given(wanted, taken, known, homes, remainders, meters, words, hass.config.country, dt_util.now(), name)
    data = await hass.async_add_executor_job(kind.write, given)
    added_up = await hass.async_add_executor_job(statement_rows, taken, asked, given.now)
    beside = []
    if kind.elsewhere:
        beside = await hass.async_add_executor_job(elsewhere_rows, taken, asked, given.now)
    return Document(f"{name}.{kind.suffix}", kind.content_type, data, kind.is_text, added_up, beside, remainders)


def _zip(given: _Given) -> bytes:
    """Return all formats in one file; what cannot be written is named in it, with the reason."""
    stem, now = given.name, given.now.timetuple()[:6]
    known = replace(given, taken=given.as_known)
    file, missing = BytesIO(), list[str]()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for part in _IN_ZIP:
            name = f"{stem}.{_KINDS[part].suffix}"
            try:
                data = _KINDS[part].write(given if part in _OF_CHARGES else known)
            except HomeAssistantError as err:
                missing.append(": ".join((name, *(err.translation_placeholders or {}).values())))
            else:
                archive.writestr(ZipInfo(name, now), data, ZIP_DEFLATED)
        if missing:
            said = "\n".join([given.words.get("not_written", ""), "", *missing, ""])
            archive.writestr(ZipInfo(f"{stem}.txt", now), said, ZIP_DEFLATED)
    return file.getvalue()


def _names(vehicles: Sequence[Held]) -> list[str]:
    """Return what a file's name has of vehicles: their names, as many as a name has room for."""
    still = [held for held in vehicles if not held.record.removed] or vehicles
    names = sorted({slugify(held.record.title, separator="-")[:_LONGEST_NAME] for held in still})
    return names if len(names) <= _MOST_NAMED else [*names[:_MOST_NAMED], f"{len(names)}"]


def _statement(given: _Given, write: str) -> bytes:
    person, asked = given.wanted.person, given.wanted.asked
    style = Style.of(given.words, person.language, given.country, person.numbers, person.clock)
    bound = [statement.Bound(*each) for each in given.taken.bindings]
    span = statement.Span(asked.since, asked.until)
    charges = [
        replace(charge, meter_id=given.meters.get(charge.meter_id, charge.meter_id)) for charge in given.taken.charges
    ]
    made = statement.statements(charges, bound, span, given.now)
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


_OF_CHARGES = frozenset({Format.PDF, Format.CSV, Format.JSON, Format.CDR, Format.ZIP})
"""Those that have credits in them; Green Button has what is charged as it is known now."""
_IN_ZIP = (Format.PDF, Format.CSV, Format.CDR, Format.TARIFF, Format.GREEN_BUTTON)

_KINDS = {
    Format.PDF: _Kind("pdf", "application/pdf", partial(_statement, write="pdf"), is_text=False, elsewhere=True),
    Format.CSV: _Kind("csv", "text/csv", partial(_statement, write="csv"), elsewhere=True),
    Format.JSON: _Kind("json", "application/json", _json, elsewhere=True),
    Format.CDR: _Kind("cdr.json", "application/json", _cdrs),
    Format.TARIFF: _Kind("tariff.json", "application/json", _tariffs),
    Format.GREEN_BUTTON: _Kind("xml", "application/atom+xml", _green_button),
    Format.GREEN_BUTTON_HOME: _Kind("home.xml", "application/atom+xml", _green_button),
    Format.ZIP: _Kind("zip", "application/zip", _zip, is_text=False, elsewhere=True),
}
