"""Serves the binding record of a vehicle as a file, and the pictures of a dialog."""

from datetime import timedelta
from http import HTTPStatus

from aiohttp import web
from homeassistant.components.http import KEY_HASS, KEY_HASS_USER, HomeAssistantView
from homeassistant.components.http.auth import async_sign_path
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, Unauthorized
from homeassistant.util import slugify
from yarl import URL

from ..const import DOMAIN
from .document import async_binding_document
from .person import Person
from .store import Charging

_URL = f"/api/{DOMAIN}/{{entry_id}}/{{key}}/binding_record"
_WEEK_URL = f"/api/{DOMAIN}/{{entry_id}}/{{flow_id}}/week/{{number}}"
_VALID = timedelta(hours=1)


def check_reader(request: web.Request) -> None:
    """Let administrators read, and who was given a signed link by one: it is read in the name of nobody."""
    user = request[KEY_HASS_USER]
    if not (user.is_admin or user.system_generated):
        raise Unauthorized


class BindingRecordView(HomeAssistantView):
    """The binding record of a vehicle as Markdown."""

    url = _URL
    name = f"api:{DOMAIN}:binding_record"

    async def get(self, request: web.Request, entry_id: str, key: str) -> web.Response:
        """Return the document."""
        check_reader(request)
        hass = request.app[KEY_HASS]
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
        charging = await _charging(request.app[KEY_HASS], entry_id)
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
    """Return a path under which a dialog's picture can be had for an hour without signing in."""
    url = _WEEK_URL.format(entry_id=entry_id, flow_id=flow_id, number=number)
    return async_sign_path(hass, url, _VALID, use_content_user=True)


def attachment(name: str) -> dict[str, str]:
    """Return the headers of a file that is to be kept under a name."""
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}


@callback
def document_url(hass: HomeAssistant, entry_id: str, key: str, person: Person) -> str:
    """Return a path under which the document can be had for an hour without signing in, as a person reads it."""
    path = str(URL(_URL.format(entry_id=entry_id, key=key)).with_query(person.to_query()))
    return async_sign_path(hass, path, _VALID, use_content_user=True)
