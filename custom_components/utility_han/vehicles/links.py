"""Links to a vehicle's documents, for a dialog."""

from datetime import timedelta
from functools import partial
from html import escape

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_cached_translations
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from .charges import Held
from .charging_download import charging_url
from .exporting import Format, Wanted, async_load, month_names
from .person import Person
from .span import Asked

_NAMES = {Format.PDF: "PDF", Format.CSV: "CSV", Format.CDR: "CDR (OCPI)", Format.GREEN_BUTTON: "Green Button"}


async def async_links(hass: HomeAssistant, held: Held) -> str:
    """Return links to what was charged this month and the last, and to the binding record, as Markdown."""
    person = await Person.async_asking(hass)
    this = Asked.month(dt_util.now())
    months = (this, Asked.month(this.since - timedelta(days=1)))
    await async_load(hass)
    names = await hass.async_add_executor_job(
        partial(month_names, [each.since for each in months], person, hass.config.country)
    )
    rows = []
    for name, asked in zip(names, months, strict=True):
        links = [
            link(charging_url(hass, Wanted(kind, (held,), asked, None, person)), text) for kind, text in _NAMES.items()
        ]
        rows.append(f"- {name}: {' · '.join(links)}")
    texts = async_get_cached_translations(hass, hass.config.language, "selector", DOMAIN)
    word = texts.get(f"component.{DOMAIN}.selector.document.options.download", "")
    rows.append(f"- {link(held.manager.document_url(held.record), word)}")
    return "\n".join(rows)


def link(url: str, text: str) -> str:
    """Return a link to a file.

    With a target it is the browser's, which keeps the file; one without (Markdown's own) the frontend takes for one of
    its pages.
    """
    return f'<a href="{escape(url)}" target="_blank">{escape(text)}</a>'
