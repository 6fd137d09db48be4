"""Tells who waits at home that nobody comes, or that somebody comes at another time (RD-10a)."""

from datetime import datetime
from enum import StrEnum

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from ..hub.telling.notifications import async_notify, async_withdraw
from ..hub.telling.wording import Wording
from .cases import KnownCase, appointment_of
from .subjects import Watched


class AppointmentNews(StrEnum):
    """What became of an appointment, by the keys of what is said of it."""

    OFF = "appointment_off"
    """The case is closed."""
    OFF_OPEN = "appointment_off_open"
    """The case is open still."""
    MOVED = "appointment_moved"


type News = tuple[AppointmentNews, dict[str, datetime]]
"""With the times that it says."""


def news_of(known: KnownCase, said: KnownCase | None, now: datetime) -> News | None:
    """Return what to tell of the appointment of a case that was ``known``, and of which is ``said`` how it stands now.

    ``said`` is None of one that is closed. None where nobody waited, or waits for what there is.
    """
    before = appointment_of(known)
    if before is None or before[0] <= now:
        return None
    if said is None:
        return AppointmentNews.OFF, {"start": before[0]}
    if (after := appointment_of(said)) is None:
        return AppointmentNews.OFF_OPEN, {"start": before[0]}
    return (AppointmentNews.MOVED, {"before": before[0], "start": after[0]}) if after != before else None


async def async_tell_appointment(
    hass: HomeAssistant, entry: ConfigEntry, watched: Watched, key: AppointmentNews, times: dict[str, datetime]
) -> None:
    """Tell such news; what was told of the appointment before does not hold any more."""
    wording = await Wording.async_of(hass)
    await async_withdraw_news(hass, entry, watched)
    said = {"device": watched.title} | {name: wording.time(at) for name, at in times.items()}
    await async_notify(hass, entry, key, said, watched.key)


async def async_withdraw_news(hass: HomeAssistant, entry: ConfigEntry, watched: Watched) -> None:
    """Take away what was told of an appointment: a person has made or called off another since."""
    for key in AppointmentNews:
        await async_withdraw(hass, entry, key, watched.key)
