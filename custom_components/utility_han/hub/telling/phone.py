"""Notifications with buttons: what the mobile app shows, what comes back when one is pressed, and their end.

The entity of a phone takes title and message only; what else it shows goes by the action that the app registers for
the phone (``notify.mobile_app_<name>``: ``tag``, ``actions``, and the message ``clear_notification``), and comes back
as the event ``mobile_app_notification_action``: the companion app's documentation, "Actionable notifications" and
"Basic notifications". An action's name says all that is needed to do it: a button works after a restart too.
"""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from homeassistant.components.notify import ATTR_DATA, ATTR_MESSAGE, ATTR_TITLE
from homeassistant.components.notify import DOMAIN as NOTIFY_DOMAIN
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, Context, Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.util import slugify

from ...const import DOMAIN, LOGGER
from ..acting import async_do

_APP = "mobile_app"
_NAME = "device_name"
_USER = "user_id"
_PRESSED = "mobile_app_notification_action"
_CLEAR = "clear_notification"
_BETWEEN = "|"


class Button(StrEnum):
    """What a button does, in the words of the names of actions."""

    DIAGNOSE = "diagnose"
    REPAIR = "repair"
    OPT_OUT = "opt_out"
    OK = "ok"
    """Nothing; the app takes the notification away."""
    ASSIGN = "assign"
    """A session to a vehicle."""
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Choice:
    """A button with what it is about; ``label`` where it does not say what it does, but a name."""

    button: Button
    subject: str = ""
    more: str = ""
    label: str | None = None


type Pressed = Callable[[str, str], Coroutine[Any, Any, None]]
"""Does what a button says; called with its subject, and what more there is to it."""
type Check = Callable[[Context, Button, str], Coroutine[Any, Any, None]]
"""``HomeAssistantError`` for who may not press a button."""


def _service(hass: HomeAssistant, entity_id: str) -> str | None:
    """Return the action of the phone whose notify entity this is, None where it is of no phone, or not of one alone.

    The action is called after the phone; the app's own account of it would have it required here, and with it all that
    it may be used with (a cloud, cameras), whose packages Home Assistant installs for whoever requires it.
    """
    found = er.async_get(hass).async_get(entity_id)
    if found is None or found.platform != _APP or found.config_entry_id is None:
        return None
    phones = {each.entry_id: _action_of(each) for each in hass.config_entries.async_loaded_entries(_APP)}
    action = phones.get(found.config_entry_id)
    # Of two phones of one name the app registers one action.
    alone = list(phones.values()).count(action) == 1
    return action if action and alone and hass.services.has_service(NOTIFY_DOMAIN, action) else None


@callback
def user_of(hass: HomeAssistant, entity_id: str) -> str | None:
    """Return whose phone a notify entity is, None where it is no phone's."""
    found = er.async_get(hass).async_get(entity_id)
    return _user(hass, found.config_entry_id if found is not None else None)


@callback
def owner_of(hass: HomeAssistant, device_id: str) -> str | None:
    """Return whose phone a device is, by the id of the user, None where it is no phone."""
    found = dr.async_get(hass).async_get(device_id)
    return _user(hass, found.config_entry_id if found is not None else None)


def _user(hass: HomeAssistant, entry_id: str | None) -> str | None:
    phone = hass.config_entries.async_get_entry(entry_id or "")
    return phone.data.get(_USER) if phone is not None and phone.domain == _APP else None


def _action_of(phone: ConfigEntry) -> str | None:
    name = phone.data.get(_NAME)
    return slugify(f"{_APP}_{name}") if isinstance(name, str) else None


async def async_push(
    hass: HomeAssistant, entry: ConfigEntry, entity_id: str, said: tuple[str, str], tag: str,
    choices: Sequence[Choice], words: Mapping[Button, str],
) -> bool:  # fmt: skip
    """Show ``said`` (title, message) on a phone, in place of what has this ``tag``; False where it is no phone's."""
    if (service := _service(hass, entity_id)) is None:
        return False
    actions = [
        {
            "action": _BETWEEN.join([DOMAIN, entry.entry_id, each.button, each.subject, each.more]),
            "title": each.label or words[each.button],
        }
        for each in choices
    ]
    title, message = said
    data = {"tag": tag} | ({"actions": actions} if actions else {})
    await async_do(hass, NOTIFY_DOMAIN, service, {ATTR_TITLE: title, ATTR_MESSAGE: message, ATTR_DATA: data})
    return True


async def async_take_away(hass: HomeAssistant, entity_id: str, tag: str) -> None:
    """Have a phone show no longer what it shows with ``tag``."""
    if (service := _service(hass, entity_id)) is not None:
        await async_do(hass, NOTIFY_DOMAIN, service, {ATTR_MESSAGE: _CLEAR, ATTR_DATA: {"tag": tag}})


@callback
def async_listen(
    hass: HomeAssistant, entry: ConfigEntry, does: Mapping[Button, Pressed], check: Check
) -> CALLBACK_TYPE:
    """Do what the buttons of notifications about ``entry`` say; what is returned ends that.

    Every phone can send that event, whoever was shown the button: ``check`` raises for who may not press it.
    """

    @callback
    def pressed(event: Event) -> None:
        name = event.data.get("action")
        parts = name.split(_BETWEEN) if isinstance(name, str) else []
        if len(parts) != 5 or parts[:2] != [DOMAIN, entry.entry_id] or parts[2] not in does:
            return
        _, _, button, subject, more = parts
        doing = _guarded(event.context, Button(button), subject, more)
        entry.async_create_task(hass, doing, f"{DOMAIN} button {button}")

    async def _guarded(context: Context, button: Button, subject: str, more: str) -> None:
        try:
            await check(context, button, more)
            await does[button](subject, more)
        except HomeAssistantError as err:
            LOGGER.warning("%s: what a notification's button asks for was not done: %s", entry.title, err)
        except Exception:
            # Doing it later by itself might undo what the person has done since.
            LOGGER.exception("%s: what a notification's button asks for was not done; press it again", entry.title)

    return hass.bus.async_listen(_PRESSED, pressed)
