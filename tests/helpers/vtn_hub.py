"""Hubs on the VTN under test, beside a meter and without one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.utility_han.account.manager import AccountManager
from custom_components.utility_han.account.vtn import VtnCoordinator
from custom_components.utility_han.const import CONF_VTN, DOMAIN
from custom_components.utility_han.hub.kept.versions import ENTRY_VERSION

if TYPE_CHECKING:
    from tests.openadr.under_test import Vtn


def known_of(vtn: Vtn, *, public: bool = False, **more: Any) -> dict[str, Any]:
    """Return what a hub's entry knows of the VTN; ``public`` is without credentials."""
    return {
        "url": vtn.url,
        "name": "Example Utility",
        "version": "3.1.0",
        "client_id": None if public else vtn.ven.client_id,
        "client_secret": None if public else vtn.ven.client_secret,
        "token_url": None,
        # The authority that signed its certificate is nobody whom Home Assistant trusts.
        "verify_certificate": False,
        "ven_name": f"home-{vtn.ven.client_id}",
        "followed": None,
        "lower_percent_is_less": None,
    } | more


def entry_without_meter(hass: HomeAssistant, vtn: Vtn, **more: Any) -> ConfigEntry:
    """Return the entry of a hub that has a VTN and nothing else; ``more`` is for :func:`known_of`. Not set up."""
    major, minor = ENTRY_VERSION
    entry: ConfigEntry = MockConfigEntry(
        domain=DOMAIN,
        title="Example Utility",
        data={CONF_VTN: known_of(vtn, **more)},
        version=major,
        minor_version=minor,
    )
    entry.add_to_hass(hass)  # type: ignore[attr-defined]
    return entry


async def hub_without_meter(hass: HomeAssistant, vtn: Vtn, **more: Any) -> ConfigEntry:
    """Set up a hub that has a VTN and nothing else, and wait for its first poll."""
    entry = entry_without_meter(hass, vtn, **more)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    return entry


async def put_beside_meter(hass: HomeAssistant, entry: ConfigEntry, vtn: Vtn, **more: Any) -> None:
    """Give a hub with a commissioned meter a VTN too, and wait for its first poll."""
    hass.config_entries.async_update_entry(entry, data={**entry.data, CONF_VTN: known_of(vtn, **more)})
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)


def coordinator_of(entry: ConfigEntry) -> VtnCoordinator:
    """Return who polls the VTN of a loaded hub."""
    coordinator = entry.runtime_data.manager(AccountManager).vtn
    assert isinstance(coordinator, VtnCoordinator)
    return coordinator


async def poll(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Have the VTN polled now, and what follows from it done."""
    await coordinator_of(entry).async_refresh()
    await hass.async_block_till_done()
