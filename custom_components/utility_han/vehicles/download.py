"""Serves the binding record of a vehicle as a file, and the pictures of a dialog."""

from datetime import timedelta
from http import HTTPStatus

from aiohttp import web
from homeassistant.components.http import KEY_HASS, HomeAssistantView
from homeassistant.components.http.auth import async_sign_path
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import slugify
from yarl import URL

from ..const import DOMAIN
from ..hub.allowed import check_reader
from ..hub.telling.person import Person
from .document import async_binding_document
from .store import Charging

_URL = f"/api/{DOMAIN}/{{entry_id}}/{{key}}/binding_record"
_WEEK_URL = f"/api/{DOMAIN}/{{entry_id}}/{{flow_id}}/week/{{number}}"
VALID = timedelta(minutes=15)
"""How long an address that was signed holds: until it was opened in the dialog or notification that shows it."""


class BindingRecordView(HomeAssistantView):
    """The binding record of a vehicle as Markdown."""

    url = _URL
    name = f"api:{DOMAIN}:binding_record"

    async def get(self, request: web.Request, entry_id: str, key: str) -> web.Response:
        """Return the document."""
        hass = request.app[KEY_HASS]
        check_reader(hass, request, self.name)
        charging = await _charging(hass, entry_id)
        if (record := charging.vehicles.get(key)) is None:
            raise web.HTTPNotFound
        person = Person.from_query(request.query, hass.config.language)
        return web.Response(
            text=await async_binding_document(hass, charging, record, person),
            status=HTTPStatus.OK,
            content_type="text/markdown",
            headers=attachment(f"{slugify(record.title)}.md"),
        )


class WeekView(HomeAssistantView):
    """A week of the rates that a dialog in progress shows."""

    url = _WEEK_URL
    name = f"api:{DOMAIN}:week"

    async def get(self, request: web.Request, entry_id: str, flow_id: str, number: str) -> web.Response:
        """Return the picture."""
        hass = request.app[KEY_HASS]
        check_reader(hass, request, self.name)
        charging = await _charging(hass, entry_id)
        pictures = charging.pictures.get(flow_id, [])
        if not number.isdecimal() or int(number) >= len(pictures):
            raise web.HTTPNotFound
        return web.Response(
            body=pictures[int(number)], content_type="image/svg+xml", headers={"Cache-Control": "no-store"}
        )


async def _charging(hass: HomeAssistant, entry_id: str) -> Charging:
    entry = hass.config_entries.async_get_entry(entry_id)
    if entry is None or entry.domain != DOMAIN:
        raise web.HTTPNotFound
    try:
        return await Charging.async_get(hass, entry_id)
    except HomeAssistantError as err:
        raise web.HTTPNotFound from err


@callback
def week_url(hass: HomeAssistant, entry_id: str, flow_id: str, number: int) -> str:
    """Return a path under which a dialog's picture can be had for minutes without signing in."""
    url = _WEEK_URL.format(entry_id=entry_id, flow_id=flow_id, number=number)
    return async_sign_path(hass, url, VALID, use_content_user=True)


def attachment(name: str) -> dict[str, str]:
    """Return the headers of a file that is to be kept under a name."""
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}


@callback
def document_url(hass: HomeAssistant, entry_id: str, key: str, person: Person) -> str:
    """Return a path under which the document can be had for minutes without signing in, as a person reads it."""
    path = str(URL(_URL.format(entry_id=entry_id, key=key)).with_query(person.to_query()))
    return async_sign_path(hass, path, VALID, use_content_user=True)
