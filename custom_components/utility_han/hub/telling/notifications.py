"""Tells people what happened while they were not looking: in Home Assistant and on their phone."""

from collections.abc import Mapping, Sequence

from homeassistant.components import persistent_notification
from homeassistant.components.notify import ATTR_MESSAGE, ATTR_TITLE, SERVICE_SEND_MESSAGE
from homeassistant.components.notify import DOMAIN as NOTIFY_DOMAIN
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import HomeAssistant
from homeassistant.util.hass_dict import HassKey

from ...const import CONF_NOTIFY, DOMAIN, LOGGER
from ..acting import NotDoneError, async_do
from .phone import Button, Choice, async_push, async_take_away
from .texts import plain
from .wording import Said, Wording, async_say
from .words import Sheet

_TOLD: HassKey[dict[str, set[str]]] = HassKey(f"{DOMAIN}_told")
"""The notifications of each entry since Home Assistant was started, which keeps none for longer."""


async def async_notify(
    hass: HomeAssistant,
    entry: ConfigEntry,
    key: str,
    placeholders: Mapping[str, str] | None = None,
    about: str | None = None,
    choices: Sequence[Choice] = (),
    *,
    phone_only: bool = False,
) -> None:
    """Send the notification ``key`` of the translations about ``entry``; a phone that is not reached is no error.

    One with the same ``about`` (all placeholders, unless said otherwise) takes the place of the one before. A phone
    shows ``choices`` as buttons. With ``phone_only`` Home Assistant itself shows what is told by something else there.
    """
    values = dict(placeholders or {})
    title, message = said = await async_say(hass, entry, Said(key, values))
    name = _name(entry, key, [about] if about is not None else [*values.values()])
    hass.data.setdefault(_TOLD, {}).setdefault(entry.entry_id, set()).add(name)
    if not phone_only:
        # Home Assistant shows the message as Markdown, a phone as it is.
        escaped = {place: plain(value) for place, value in {"title": entry.title, **values}.items()}
        _, marked_up = await async_say(hass, entry, Said(key, escaped))
        persistent_notification.async_create(hass, marked_up, title, name)
    if (target := entry.options.get(CONF_NOTIFY)) is None:
        return
    wording = await Wording.async_of(hass)
    words = {button: wording.word(Sheet.BUTTON, button) for button in Button}
    try:
        if not await async_push(hass, entry, target, said, name, choices, words):
            data = {ATTR_ENTITY_ID: target, ATTR_TITLE: title, ATTR_MESSAGE: message}
            await async_do(hass, NOTIFY_DOMAIN, SERVICE_SEND_MESSAGE, data)
    except NotDoneError as err:
        LOGGER.warning("%s: could not notify %s: %s", entry.title, target, err)


async def async_withdraw(hass: HomeAssistant, entry: ConfigEntry, key: str, about: str) -> None:
    """Take the notification ``key`` about something away: it is over."""
    await _async_take_away(hass, entry, _name(entry, key, [about]))


async def async_withdraw_all(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Take away what a hub told: it is removed, and nothing of it can be done any more."""
    for name in hass.data.get(_TOLD, {}).pop(entry.entry_id, ()):
        await _async_take_away(hass, entry, name)


async def _async_take_away(hass: HomeAssistant, entry: ConfigEntry, name: str) -> None:
    persistent_notification.async_dismiss(hass, name)
    hass.data.get(_TOLD, {}).get(entry.entry_id, set()).discard(name)
    if (target := entry.options.get(CONF_NOTIFY)) is not None:
        try:
            await async_take_away(hass, target, name)
        except NotDoneError as err:
            LOGGER.debug("%s: a notification stays on %s: %s", entry.title, target, err)


def _name(entry: ConfigEntry, key: str, subject: Sequence[str]) -> str:
    return "_".join([DOMAIN, entry.entry_id, key, *subject])
