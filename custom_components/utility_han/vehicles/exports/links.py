"""Links to a vehicle's documents, for a dialog."""

from collections.abc import Iterator
from datetime import timedelta
from html import escape

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ...hub.telling.person import Person
from ...hub.telling.words import Sheet
from .charges import Held
from .download import charging_url
from .span import YEAR, Asked
from .wanted import Format, Wanted

_OF_MONTH = {Format.PDF: "PDF", Format.CSV: "CSV", Format.CDR: "CDR (OCPI)", Format.GREEN_BUTTON: "Green Button"}
_OF_YEAR = {Format.PDF: "PDF", Format.CSV: "CSV", Format.ZIP: "ZIP"}


async def async_links(hass: HomeAssistant, held: Held) -> str:
    """Return links to what was charged these months and years, and to the binding record, as Markdown."""
    person = await Person.async_asking(hass)
    style = await person.async_style(hass)
    rows = []
    for asked, kinds in _times():
        if not _is_anything(held, asked):
            continue
        links = [
            link(charging_url(hass, Wanted(kind, (held,), asked, None, person)), text) for kind, text in kinds.items()
        ]
        rows.append(f"- {style.span(asked.since, asked.until)}: {' · '.join(links)}")
    word = (await person.async_words(hass, Sheet.DOCUMENT)).get("download", "")
    rows.append(f"- {link(held.manager.document_url(held.record, person), word)}")
    return "\n".join(rows)


def _times() -> Iterator[tuple[Asked, dict[Format, str]]]:
    """Yield this month and the last, and this year and the last, with the formats that are offered of each."""
    now = dt_util.now()
    this = Asked.month(now)
    yield this, _OF_MONTH
    yield Asked.month(this.since - timedelta(days=1)), _OF_MONTH
    for year in (now.year, now.year - 1):
        yield Asked.of({YEAR: year}, now), _OF_YEAR


def _is_anything(held: Held, asked: Asked) -> bool:
    """Whether there can be anything of a time: it was bound before its end, or has charged elsewhere in it."""
    bound = (each.valid_from for each in held.record.run.bindings.values() if not each.is_void)
    elsewhere = held.manager.charging.elsewhere.of_vehicle(held.record.key, asked.since, asked.until)
    return any(each < asked.until for each in bound) or bool(list(elsewhere))


def link(url: str, text: str) -> str:
    """Return a link to a file.

    With a target it is the browser's, which keeps the file; one without (Markdown's own) the frontend takes for one of
    its pages.
    """
    return f'<a href="{escape(url)}" target="_blank">{escape(text)}</a>'
