"""A home that was commissioned once, and others that begin as it did, on both sides of the wire.

Commissioning takes a home hundreds of requests, and most tests are about what comes after it. Home Assistant's side is
what the dialog hands over to a hub; the gateway's is what it keeps over restarts. Permissions and tokens are never
copied: each home has a customer of its own, who signs in for it. ``tests/component/test_commissioned.py`` holds one
against the other.
"""

import time
from copy import deepcopy
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from homeassistant.components.application_credentials import ClientCredential, async_import_client_credential
from homeassistant.config_entries import SOURCE_USER, ConfigEntry
from homeassistant.const import CONF_HOST, CONF_PORT
from homeassistant.core import HomeAssistant
from homeassistant.helpers.config_entry_oauth2_flow import async_get_redirect_uri
from homeassistant.setup import async_setup_component

from custom_components.utility_han.const import CONF_GATEWAY_LFDI, CONF_GATEWAY_SFDI, CONF_UTILITY, DOMAIN
from custom_components.utility_han.hub.kept.store import HanStore
from tests.conftest import SimulatedGateway
from tests.helpers.utility import SimulatedUtility


@dataclass(frozen=True, slots=True)
class CommissionedHome:
    """What a home is made of whose account is linked: the entry's title, ids and data, and what the dialog kept."""

    kept: dict[str, Any]
    """Of the gateway, by ``GET /gateways/{id}/kept``."""
    title: str
    unique_id: str
    version: tuple[int, int]
    data: dict[str, Any]
    run: dict[str, Any]
    link: dict[str, Any]

    @property
    def untouched(self) -> bool:
        """Whether the gateway knows of nothing but Home Assistant: what a test did before would be in each home."""
        control = self.kept["demand_response"]
        asked = self.kept["reservations"]
        return self.kept["registrations"]["last"] == 1 and not control["last_control"] and not any(asked.values())

    async def begin(self, hass: HomeAssistant, gateway: SimulatedGateway, utility: SimulatedUtility) -> ConfigEntry:
        """Load a hub as after the dialog, for the gateway and a customer who signs in for it.

        ``gateway`` was made with what is ``kept``, and is the premise's own.
        """
        assert await async_setup_component(hass, DOMAIN, {})
        store, sfdi = await HanStore.async_get(hass), self.data[CONF_GATEWAY_SFDI]
        await store.async_put("runs", sfdi, deepcopy(self.run))
        await store.async_put("links", sfdi, deepcopy(self.link))
        major, minor = self.version
        entry: ConfigEntry = ConfigEntry(
            data=deepcopy(self.data)
            | {CONF_HOST: gateway.host, CONF_PORT: gateway.port}
            | await self._account(hass, utility),
            discovery_keys=MappingProxyType({}),
            domain=DOMAIN,
            minor_version=minor,
            options={},
            source=SOURCE_USER,
            subentries_data=(),
            title=self.title,
            unique_id=self.unique_id,
            version=major,
        )
        await hass.config_entries.async_add(entry)
        await hass.async_block_till_done()
        return entry

    async def _account(self, hass: HomeAssistant, utility: SimulatedUtility) -> dict[str, Any]:
        """Return what an entry says of the account, once its customer has signed in."""
        domain, known = self.data["auth_implementation"], self.data[CONF_UTILITY]
        client_id, token = await utility.permit(async_get_redirect_uri(hass))
        await async_import_client_credential(hass, DOMAIN, ClientCredential(client_id, "", known["name"]), domain)
        of_customer = {
            "client_id": client_id,
            "account_id": utility.account["id"],
            "account": utility.account["number"],
            "premise_id": utility.premise_id,
            "address": utility.address,
        }
        return {
            "token": token | {"expires_at": time.time() + token["expires_in"]},
            CONF_UTILITY: deepcopy(known) | of_customer,
        }


async def remember(hass: HomeAssistant, entry: ConfigEntry, gateway: SimulatedGateway) -> CommissionedHome:
    """Return a home that was commissioned just now, and its account linked, as the next ones begin."""
    run = (await HanStore.async_get(hass)).get("runs", entry.data[CONF_GATEWAY_SFDI])
    assert run is not None
    assert entry.unique_id is not None
    link = entry.runtime_data.link.snapshot()
    return CommissionedHome(
        kept=await gateway.kept(),
        title=entry.title,
        unique_id=entry.unique_id,
        version=(entry.version, entry.minor_version),
        data=deepcopy(dict(entry.data)),
        run=deepcopy(run),
        link={name: deepcopy(link[name]) for name in (CONF_GATEWAY_LFDI, "gateway")},
    )
