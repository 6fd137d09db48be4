"""Credentials of Home Assistant at a utility, typed by a person or registered by the flow."""

from homeassistant.components.application_credentials import ClientCredential
from homeassistant.core import HomeAssistant
from homeassistant.helpers.config_entry_oauth2_flow import AbstractOAuth2Implementation

from .account.oauth import implementation_of


async def async_get_auth_implementation(
    hass: HomeAssistant, auth_domain: str, credential: ClientCredential
) -> AbstractOAuth2Implementation:
    """Return the client that ``credential`` makes at the utility that is meant."""
    return implementation_of(hass, auth_domain, credential)
