"""Tells people what happened while they were not looking: in Home Assistant and on their phone."""

from collections.abc import Mapping

from homeassistant.components import persistent_notification
from homeassistant.components.notify import ATTR_MESSAGE, ATTR_TITLE, SERVICE_SEND_MESSAGE
from homeassistant.components.notify import DOMAIN as NOTIFY_DOMAIN
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.translation import async_get_translations

from ..const import CONF_NOTIFY, DOMAIN, LOGGER


async def async_notify(
    hass: HomeAssistant,
    entry: ConfigEntry,
    key: str,
    placeholders: Mapping[str, str] | None = None,
    about: str | None = None,
) -> None:
    """Send the notification ``key`` of the translations about ``entry``; a phone that is not reached is no error.

    One with the same ``about`` (all placeholders, unless said otherwise) takes the place of the one before.
    """
    title, message = await async_text(hass, entry, key, placeholders)
    subject = [about] if about is not None else [*(placeholders or {}).values()]
    persistent_notification.async_create(hass, message, title, "_".join([DOMAIN, entry.entry_id, key, *subject]))
    if target := entry.options.get(CONF_NOTIFY):
        try:
            await hass.services.async_call(
                NOTIFY_DOMAIN,
                SERVICE_SEND_MESSAGE,
                {ATTR_ENTITY_ID: target, ATTR_TITLE: title, ATTR_MESSAGE: message},
                blocking=True,
            )
        except HomeAssistantError as err:
            LOGGER.warning("%s: could not notify %s: %s", entry.title, target, err)


async def async_text(
    hass: HomeAssistant, entry: ConfigEntry, key: str, placeholders: Mapping[str, str] | None = None
) -> tuple[str, str]:
    """Return title and message of the notification ``key``, in Home Assistant's language."""
    texts = await async_get_translations(hass, hass.config.language, "selector", [DOMAIN])
    prefix = f"component.{DOMAIN}.selector.notification.options.{key}"
    said = {"title": entry.title, **(placeholders or {})}
    return _filled(texts[f"{prefix}_title"], said), _filled(texts[f"{prefix}_message"], said)


def _filled(text: str, placeholders: Mapping[str, str]) -> str:
    for name, value in placeholders.items():
        text = text.replace(f"{{{name}}}", value)
    return text
