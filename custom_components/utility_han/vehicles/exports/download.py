"""Serves what was charged as a file, in each format, and makes the links to it."""

from datetime import timedelta

import probatio
from aiohttp import web
from homeassistant.components.http import KEY_HASS, HomeAssistantView
from homeassistant.components.http.auth import async_sign_path
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util
from yarl import URL

from ...const import DOMAIN
from ...hub.allowed import check_reader
from ...hub.bounds import moment
from ...hub.telling.person import Person
from ..download import VALID, attachment
from .charges import all_vehicles, payer_ids, payers_of
from .span import Asked
from .wanted import OCPI, Format, Wanted, async_load

_URL = f"/api/{DOMAIN}/charging/{{kind}}"
_VALID_WHEN_SENT = timedelta(days=1)


class ChargingView(HomeAssistantView):
    """What was charged, in the format that the path names; vehicles, time and reader are in the query.

    A payer is named by a binding: addresses are kept by browsers, proxies and logs.
    """

    url = _URL
    name = f"api:{DOMAIN}:charging"

    async def get(self, request: web.Request, kind: str) -> web.Response:
        """Return the document."""
        hass, query = request.app[KEY_HASS], request.query
        check_reader(hass, request, self.name)
        keys = set(query.getall("vehicle", []))
        vehicles = tuple(held for held in all_vehicles(hass) if held.record.key in keys)
        if not vehicles or kind not in list(Format) or query.get("version", OCPI[0]) not in OCPI:
            raise web.HTTPNotFound
        try:
            told = {name: moment(query[name]) for name in ("start", "end")}
            asked = Asked.of(told, dt_util.utcnow())
            person = Person.from_query(query, hass.config.language)
        except (KeyError, ValueError, probatio.Invalid) as err:
            raise web.HTTPBadRequest from err
        payers = payers_of(all_vehicles(hass), query.getall("payer", []))
        wanted = Wanted(Format(kind), vehicles, asked, payers, person, query.get("version", OCPI[0]))
        await async_load(hass)
        from .exporting import async_export  # noqa: PLC0415 - see async_load

        try:
            document = await async_export(hass, wanted)
        except HomeAssistantError as err:
            raise web.HTTPUnprocessableEntity(text=str(err)) from err
        return web.Response(
            body=document.data,
            content_type=document.content_type,
            charset="utf-8" if document.is_text else None,
            headers=attachment(document.name),
        )


@callback
def charging_url(hass: HomeAssistant, wanted: Wanted, *, sent: bool = False) -> str:
    """Return a path of a document for who is not signed in: it holds minutes, or a day where it is ``sent``."""
    query = [("vehicle", held.record.key) for held in wanted.vehicles]
    query += [*wanted.asked.to_query().items(), *wanted.person.to_query().items()]
    query += [("payer", each) for each in payer_ids(all_vehicles(hass), wanted.payers or frozenset())]
    query += [("version", wanted.version)] if wanted.version != OCPI[0] else []
    path = str(URL(_URL.format(kind=wanted.format)).with_query(query))
    return async_sign_path(hass, path, _VALID_WHEN_SENT if sent else VALID, use_content_user=True)
