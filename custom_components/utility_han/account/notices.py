"""Repair notices about a VTN: what a person should see to, withdrawn when it is over."""

from datetime import timedelta

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util
from yarl import URL

from ..hub.notices import SILENT_FOR, async_tell
from ..utility import UtilityReason
from .vtn import VtnCoordinator

_CLOCK_OFF = timedelta(minutes=5)
"""From here on events are followed at another time than was meant."""


@callback
def async_follow_vtn(hass: HomeAssistant, vtn: VtnCoordinator) -> None:
    """Have notices follow what each poll finds; refused credentials are asked for instead."""
    entry = vtn.config_entry

    @callback
    def polled(_succeeded: bool) -> None:
        untrusted = vtn.reason is UtilityReason.CERTIFICATE_UNTRUSTED
        failing = vtn.failing
        silent = failing is not None and failing.look(dt_util.utcnow()) > SILENT_FOR and not untrusted
        gone = vtn.data.read_at is not None and bool(vtn.openadr.vanished)
        denied = sorted(vtn.openadr.connection.denied)
        offset = abs(vtn.openadr.connection.clock_offset or timedelta(0))
        notices = {
            "vtn_untrusted": untrusted,
            "vtn_silent": silent,
            "vtn_program_gone": gone,
            "vtn_clock_off": offset > _CLOCK_OFF,
            "vtn_scope_missing": bool(denied),
        }
        said = {
            "host": URL(vtn.known["url"]).host or "–",
            "scopes": ", ".join(denied),
            "offset": str(timedelta(seconds=round(offset.total_seconds()))),
        }
        for key, wanted in notices.items():
            async_tell(hass, entry, key, said, wanted=wanted)

    vtn.polled.add(polled)
