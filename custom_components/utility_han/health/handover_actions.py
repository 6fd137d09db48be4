"""The action that makes a hand-over report, and the address at which it is kept to print for an hour."""

from dataclasses import dataclass, replace
from datetime import timedelta
from importlib import import_module
from uuid import uuid4

import probatio
from aiohttp import web
from homeassistant.components.http import KEY_HASS, HomeAssistantView
from homeassistant.components.http.auth import async_sign_path
from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
from homeassistant.util import slugify
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from ..documents import Handover, Style
from ..hub.allowed import async_register_action, check_reader
from ..hub.targets import find_subject
from ..hub.telling.person import Person
from ..hub.telling.wording import Wording
from ..hub.telling.words import Sheet
from ..vehicles.download import attachment
from .actions import all_watched
from .handing_over import Signed, async_hand_over
from .manager import HealthManager

ATTR_INSTALLER = "installer"
ATTR_LANGUAGE = "language"
ATTR_NOTES = "notes"
_URL = f"/api/{DOMAIN}/handover/{{report_id}}"
_VALID = timedelta(hours=1)
_MOST_KEPT = 16
_SCHEMA = probatio.Schema(
    {
        probatio.Required(ATTR_DEVICE_ID): cv.string,
        probatio.Optional(ATTR_INSTALLER, default=""): probatio.All(cv.string, str.strip, probatio.Length(max=100)),
        probatio.Optional(ATTR_NOTES, default=""): probatio.All(cv.string, str.strip, probatio.Length(max=2000)),
        probatio.Optional(ATTR_LANGUAGE): cv.language,
    }
)


@dataclass(frozen=True, slots=True)
class _Printed:
    name: str
    pdf: bytes


_KEPT: HassKey[dict[str, _Printed]] = HassKey(f"{DOMAIN}_handover_reports")
"""By id, oldest first: what was printed stays what the page showed, and who made it is in no address."""


class HandoverView(HomeAssistantView):
    """A hand-over report to print."""

    url = _URL
    name = f"api:{DOMAIN}:handover"

    async def get(self, request: web.Request, report_id: str) -> web.Response:
        """Return the document; ``HTTPNotFound`` where it is not kept any more."""
        hass = request.app[KEY_HASS]
        check_reader(hass, request, self.name)
        if (printed := hass.data.get(_KEPT, {}).get(report_id)) is None:
            raise web.HTTPNotFound
        return web.Response(body=printed.pdf, content_type="application/pdf", headers=attachment(printed.name))


async def _get_handover_report(call: ServiceCall) -> ServiceResponse:
    hass, data = call.hass, call.data
    hub, _ = find_subject(hass, data[ATTR_DEVICE_ID], all_watched, "not_ours")
    person = await Person.async_find(hass, call.context.user_id, data.get(ATTR_LANGUAGE))
    style = replace(await person.async_style(hass), words=await person.async_words(hass, Sheet.HANDOVER))
    wording = replace(await Wording.async_of(hass, person.language), style=style)
    signed = Signed(data[ATTR_INSTALLER], data[ATTR_NOTES])
    report = await async_hand_over(hub.manager(HealthManager), wording, signed)
    await hass.async_add_import_executor_job(import_module, f"{__package__.rpartition('.')[0]}.documents.handover")
    printed = _Printed(
        f"{style.word('file')}-{slugify(hub.entry.title, separator='-')}-{dt_util.now():%Y-%m-%d}.pdf",
        await hass.async_add_executor_job(_print, report, style),
    )
    return {"report": report.to_dict(), "name": printed.name, "url": _keep(hass, printed)}


def _print(report: Handover, style: Style) -> bytes:
    from ..documents.handover import write_pdf  # noqa: PLC0415 - it takes a moment to load

    return write_pdf(report, style)


@callback
def _keep(hass: HomeAssistant, printed: _Printed) -> str:
    """Keep what was printed; return a path under which it can be had for an hour without signing in."""
    kept = hass.data.setdefault(_KEPT, {})
    kept[report_id := uuid4().hex] = printed
    while len(kept) > _MOST_KEPT:
        del kept[next(iter(kept))]
    return async_sign_path(hass, _URL.format(report_id=report_id), _VALID, use_content_user=True)


@callback
def async_register_handover_action(hass: HomeAssistant) -> None:
    """Register the action, whether a hub is loaded or not; it tells what the home has, and who installed it."""
    async_register_action(hass, "get_handover_report", _get_handover_report, _SCHEMA, SupportsResponse.ONLY)
