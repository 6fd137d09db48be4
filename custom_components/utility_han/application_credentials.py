"""Credentials of Home Assistant at a utility, typed by a person or registered by the flow."""

from homeassistant.components.application_credentials import ClientCredential
from homeassistant.core import HomeAssistant
from homeassistant.helpers.config_entry_oauth2_flow import (
    AUTH_CALLBACK_PATH,
    MY_AUTH_CALLBACK_PATH,
    AbstractOAuth2Implementation,
)
from homeassistant.helpers.network import NoURLAvailableError, get_url

from .account.oauth import implementation_of


async def async_get_auth_implementation(
    hass: HomeAssistant, auth_domain: str, credential: ClientCredential
) -> AbstractOAuth2Implementation:
    """Return the client that ``credential`` makes at the utility that is meant."""
    return implementation_of(hass, auth_domain, credential)


async def async_get_description_placeholders(hass: HomeAssistant) -> dict[str, str]:
    """Return what a person has to tell the utility: the address to which it sends people back (RFC 6749, 3.1.2)."""
    if "my" in hass.config.components:
        return {"redirect": MY_AUTH_CALLBACK_PATH}
    try:
        return {"redirect": get_url(hass, prefer_external=True) + AUTH_CALLBACK_PATH}
    except NoURLAvailableError:
        return {"redirect": AUTH_CALLBACK_PATH}
