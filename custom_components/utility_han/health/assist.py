"""What can be said to Assist, and what is answered, in the language in which it was said."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context, HomeAssistant

from ..account.actions import price_sources
from ..const import DOMAIN
from ..hub.allowed import SAYINGS as MAY_BE_SAID
from ..hub.allowed import NotAllowedError, async_allowed, async_check, devices_of
from ..hub.hub import UtilityHanConfigEntry
from ..hub.prices.messages import about_price
from ..hub.telling.wording import Said, Wording, async_say
from ..procedures import OptError
from ..vehicles.manager import VehicleManager
from ..vehicles.messages import about_month
from .diagnosing import async_diagnose_for
from .manager import HealthManager
from .messages import about_diagnosis
from .spoken import Found, meant
from .subjects import Watched

type _Do = Callable[[HealthManager, Watched, Wording, Context], Awaitable[Said | None]]
"""Does it for one; None where that one is not meant."""


@dataclass(frozen=True, slots=True)
class Saying:
    """Something that can be said, of what is named, or of all that it can be of."""

    intent: str
    description: str
    do: _Do
    nothing: str
    """What is answered where there is nothing that it can be of."""
    needs_name: bool = False


async def _diagnose(health: HealthManager, watched: Watched, wording: Wording, context: Context) -> Said:
    return about_diagnosis(watched, await async_diagnose_for(health, watched, context), wording)


async def _opt_out(health: HealthManager, watched: Watched, _wording: Wording, _context: Context) -> Said | None:
    device = watched.device
    if device is None or device.lfdi not in health.controls.subjects:
        return None
    with suppress(OptError):
        await health.controls.async_opt_out(device)
        return Said("opted_out", {"device": device.title})
    return None


async def _price(health: HealthManager, watched: Watched, wording: Wording, _context: Context) -> Said | None:
    if watched is not health.subjects.gateway:
        return None
    said = about_price((subject for _, subject in price_sources(health.hub)), wording)
    return said if said.values else None


async def _month(health: HealthManager, watched: Watched, wording: Wording, _context: Context) -> Said | None:
    if watched.vehicle is None:
        return None
    return about_month(health.hub.manager(VehicleManager), watched.vehicle, wording)


SAYINGS: Mapping[str, Saying] = {
    "diagnose": Saying(
        "UtilityHanDiagnose",
        "Finds out what is wrong with a gateway, a HAN device or a vehicle of the utility",
        _diagnose,
        "assist_unknown",
        needs_name=True,
    ),
    "opt_out": Saying(
        "UtilityHanOptOut",
        "Takes a device, or all devices of the home, out of the utility's load control that lasts or comes next",
        _opt_out,
        "assist_no_control",
    ),
    "price": Saying(
        "UtilityHanPrice",
        "Tells what a kilowatt-hour of electricity costs now, and when it is cheapest",
        _price,
        "price_unknown",
    ),
    "charged": Saying(
        "UtilityHanCharged",
        "Tells how much a vehicle has charged at home this month, and what that cost",
        _month,
        "assist_no_vehicle",
    ),
}
"""By the names of the files of sentences."""


async def async_answer(hass: HomeAssistant, heard: str, name: str | None, language: str, context: Context) -> str:
    """Do what was said, one of ``SAYINGS``, and return what is answered; ``NotAllowedError`` for who may not.

    What is said of everything is done to what they may.
    """
    saying, may = SAYINGS[heard], MAY_BE_SAID[heard]
    await async_check(hass, context, may, ())
    everything = list(_watched(hass))
    if not everything:
        return await _words(hass, None, Said("assist_no_hub"), language)
    wording = await Wording.async_of(hass, language)
    of = everything if name is None else meant(hass, everything, name)
    if not of:
        return await _words(hass, None, Said("assist_unknown", {"device": name or "–"}), language)
    allowed = [
        (health, watched)
        for health, watched in of
        if await async_allowed(hass, context, may, (), devices_of(hass, health.entry, [watched.key]))
    ]
    if not allowed:
        raise NotAllowedError(may, context.user_id)
    answers = []
    for health, watched in allowed:
        if (said := await saying.do(health, watched, wording, context)) is not None:
            answers.append(await _words(hass, health.entry, said, language))
    return " ".join(answers) or await _words(hass, None, Said(saying.nothing), language)


async def _words(hass: HomeAssistant, entry: ConfigEntry | None, said: Said, language: str) -> str:
    return (await async_say(hass, entry, said, language))[1]


def _watched(hass: HomeAssistant) -> Iterator[Found]:
    entries: list[UtilityHanConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    for entry in entries:
        health = entry.runtime_data.manager(HealthManager)
        for watched in health.subjects.all:
            yield health, watched
