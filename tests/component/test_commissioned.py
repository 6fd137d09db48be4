"""A home that begins as one that was commissioned is as that is, on both sides of the wire."""

from functools import partial
from typing import Any

import pytest
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import CONF_PORT, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.utility_han.account.manager import AccountManager
from custom_components.utility_han.const import CONF_GATEWAY_SFDI, CONF_UTILITY
from custom_components.utility_han.hub.kept.store import HanStore
from tests.component.conftest import Commission
from tests.conftest import STANDARD, GatewayFactory
from tests.helpers import accounts
from tests.helpers.commissioned import remember
from tests.helpers.states import until
from tests.helpers.utility import SimulatedUtility

OF_CUSTOMER = {"client_id", "account_id", "account", "premise_id", "address"}


def shown(hass: HomeAssistant, entry: ConfigEntry) -> dict[str, tuple[str, bool]]:
    """Return each entity's id, and whether it says nothing, by what it is of."""
    found: dict[str, tuple[str, bool]] = {}
    for each in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id):
        state = hass.states.get(each.entity_id)
        silent = state is None or state.state in (STATE_UNAVAILABLE, STATE_UNKNOWN)
        found[each.unique_id.removeprefix(entry.entry_id)] = (each.entity_id, silent)
    return found


def of_home(entry: ConfigEntry) -> dict[str, Any]:
    """Return what the entry says that is not of one customer, one permission or one port."""
    data = {name: value for name, value in entry.data.items() if name not in ("token", CONF_PORT)}
    account = {name: value for name, value in data.pop(CONF_UTILITY).items() if name not in OF_CUSTOMER}
    granted = sorted(entry.data["token"])
    return {**data, "account": account, "granted": granted, "title": entry.title, "unique_id": entry.unique_id}


async def run_of(hass: HomeAssistant, entry: ConfigEntry) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """Return what is kept of commissioning, and what of it the hub has not taken up."""
    store, sfdi = await HanStore.async_get(hass), entry.data[CONF_GATEWAY_SFDI]
    return store.get("runs", sfdi), store.get("links", sfdi)


def reached(entry: ConfigEntry) -> bool:
    """Whether both the gateway and the utility answered."""
    hub = entry.runtime_data
    return bool(hub.coordinator.connected and hub.manager(AccountManager).connected)


@pytest.mark.usefixtures("current_request_with_host")
async def test_home_begins_as_one_that_was_commissioned(
    hass: HomeAssistant,
    make_gateway: GatewayFactory,
    utility: SimulatedUtility,
    commission: Commission,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    gateway = await make_gateway(**STANDARD)
    entry = await commission(gateway)
    await utility.attach(gateway.lfdi)
    await accounts.link(hass, entry, utility, hass_client_no_auth)
    await until(partial(reached, entry))
    home = await remember(hass, entry, gateway)
    assert home.untouched
    known, linked, run = shown(hass, entry), of_home(entry), await run_of(hass, entry)
    described = await gateway.describe()
    another = await make_gateway(**STANDARD, kept=home.kept)
    assert await another.kept() == home.kept
    own = dict.fromkeys(("id", "port"))
    assert await another.describe() | own == described | own
    assert await hass.config_entries.async_remove(entry.entry_id)
    customer = await utility.neighbour()
    await customer.attach(another.lfdi)
    begun = await home.begin(hass, another, customer)
    assert begun.state is ConfigEntryState.LOADED
    await until(partial(reached, begun))
    assert shown(hass, begun) == known
    assert of_home(begun) == linked
    assert await run_of(hass, begun) == run
    kept = await another.kept()
    assert kept["registrations"] == home.kept["registrations"]
    assert kept["contacts"].keys() == home.kept["contacts"].keys()
    assert kept["subscriptions"] == home.kept["subscriptions"]
