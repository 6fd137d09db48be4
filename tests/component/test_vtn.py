"""A hub with a VTN: how it is polled, and what is known of it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.update_coordinator import UpdateFailed

from custom_components.utility_han.account.access import async_open_vtn, ven_key_of
from custom_components.utility_han.account.manager import AccountManager
from custom_components.utility_han.const import CONF_VTN, DOMAIN
from custom_components.utility_han.hub.link_record import LinkRecord
from custom_components.utility_han.reports.store import KeptReports
from custom_components.utility_han.utility import UtilityReason
from custom_components.utility_han.utility.openadr import OpenAdr
from custom_components.utility_han.utility.openadr.polling import Changes
from tests.component.conftest import Commission
from tests.conftest import SimulatedGateway
from tests.helpers.simulated_vtn import SimulatedVtn
from tests.helpers.vtn_hub import (
    coordinator_of,
    entry_without_meter,
    hub_without_meter,
    known_of,
    poll,
    put_beside_meter,
)
from tests.openadr.under_test import Vtn


@pytest.mark.usefixtures("_credentials_count")
async def test_what_the_vtn_tells_is_polled_beside_the_meter(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission, vtn: Vtn
) -> None:
    entry = await commission(gateway)
    program = await vtn.make_program("ResTOU")
    await put_beside_meter(hass, entry, vtn)
    account = entry.runtime_data.manager(AccountManager)
    coordinator = coordinator_of(entry)
    assert (account.connected, account.reason) == (True, None)
    assert coordinator.data.prices is None

    told: list[bool] = []
    coordinator.polled.add(told.append)
    start = datetime.now(UTC) - timedelta(minutes=1)
    made = await vtn.make_event(
        program["id"],
        intervalPeriod={"start": start.isoformat(), "duration": "PT1H"},
        intervals=[{"id": 0, "payloads": [{"type": "PRICE", "values": [0.25]}]}],
        payloadDescriptors=[
            {"objectType": "EVENT_PAYLOAD_DESCRIPTOR", "payloadType": "PRICE", "units": "KWH", "currency": "USD"}
        ],
    )
    await poll(hass, entry)
    data = coordinator.data
    assert data.prices is not None
    assert [price.per_kwh for price in data.prices.prices] == [0.25]
    assert data.changes is not None
    assert data.changes.created == {made["id"]}

    await vtn.remove_ven_client()
    await poll(hass, entry)
    assert coordinator.reason is None, "one refusal may be a VTN in trouble"
    assert isinstance(coordinator.last_exception, UpdateFailed)
    assert coordinator.last_exception.retry_after is not None
    assert coordinator.last_exception.retry_after <= 72, "whether it is, is asked before long"
    await poll(hass, entry)
    assert (account.connected, account.reason) == (False, UtilityReason.CREDENTIALS_REFUSED)
    assert coordinator.data.prices is data.prices, "what was read is kept"
    assert told == [True, False, False]
    assert await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.simulator_only("faults")
async def test_vtn_that_is_away_is_left_alone_and_told_of_after_hours(
    hass: HomeAssistant, vtn: Vtn, simulated_vtn: SimulatedVtn, freezer: FrozenDateTimeFactory
) -> None:
    entry = await hub_without_meter(hass, vtn)
    options = await hass.config_entries.options.async_init(entry.entry_id)
    assert options["data_schema"] is not None
    assert [str(field) for field in options["data_schema"].schema] == ["notify", "others_may", "vtn_interval"]
    await hass.config_entries.options.async_configure(options["flow_id"], {"vtn_interval": 30})
    await hass.async_block_till_done(wait_background_tasks=True)
    coordinator = coordinator_of(entry)
    assert coordinator.update_interval is not None
    assert timedelta(minutes=25) < coordinator.update_interval < timedelta(minutes=35)

    await simulated_vtn.call("PUT", "/faults/rate_limit", retry_after=3600)
    await poll(hass, entry)
    assert coordinator.reason is UtilityReason.UTILITY_BUSY
    assert isinstance(coordinator.last_exception, UpdateFailed)
    assert coordinator.last_exception.retry_after is not None
    assert 3600 <= coordinator.last_exception.retry_after < 5400
    issue = (DOMAIN, f"vtn_silent_{entry.entry_id}")
    assert issue not in ir.async_get(hass).issues
    freezer.tick(timedelta(hours=7))
    await poll(hass, entry)
    assert issue in ir.async_get(hass).issues
    await simulated_vtn.call("DELETE", "/faults")
    await poll(hass, entry)
    assert issue not in ir.async_get(hass).issues
    assert coordinator.connected


@pytest.mark.parametrize("by_then", ["left", "another", "unloaded"])
async def test_poll_that_ends_once_its_vtn_was_left_says_nothing_of_the_next(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    commission: Commission,
    vtn: Vtn,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    by_then: str,
) -> None:
    """The dialog changes the entry, and the hub is loaded anew after that."""
    entry = await commission(gateway)
    await put_beside_meter(hass, entry, vtn)
    coordinator = coordinator_of(entry)
    await coordinator.openadr.request_registration("", "", "")
    data = {key: value for key, value in entry.data.items() if key != CONF_VTN or by_then == "unloaded"}
    if by_then == "another":
        data[CONF_VTN] = known_of(vtn, url="https://other.example")
    asked = coordinator.openadr.poll

    async def meanwhile() -> Changes:
        hass.config_entries.async_update_entry(entry, data=data)
        if by_then == "unloaded":
            await coordinator.async_shutdown()
        return await asked()

    monkeypatch.setattr(coordinator.openadr, "poll", meanwhile)
    await coordinator.async_refresh()
    assert coordinator.openadr.ven_identity is not None
    assert entry.data == data
    assert "unexpected error" not in caplog.text


async def test_followed_program_that_vanishes_is_told(hass: HomeAssistant, vtn: Vtn) -> None:
    kept, gone = await vtn.make_program("Day"), await vtn.make_program("Night")
    entry = await hub_without_meter(hass, vtn, followed=[kept["id"], gone["id"]])
    issue = (DOMAIN, f"vtn_program_gone_{entry.entry_id}")
    assert issue not in ir.async_get(hass).issues
    await vtn.request("DELETE", f"/programs/{gone['id']}")
    await poll(hass, entry)
    assert issue in ir.async_get(hass).issues
    hass.config_entries.async_update_entry(entry, data={CONF_VTN: known_of(vtn, followed=[kept["id"]])})
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert issue not in ir.async_get(hass).issues


async def test_vtn_that_is_another_one_while_its_hub_is_set_up_is_told_apart(hass: HomeAssistant, vtn: Vtn) -> None:
    """A dialog may end just then: until it is loaded anew, a hub goes by what it was opened with."""
    entry = entry_without_meter(hass, vtn)
    known = entry.data[CONF_VTN]

    async def meanwhile(*told: Any) -> OpenAdr:
        openadr = await async_open_vtn(*told)
        hass.config_entries.async_update_entry(entry, data={CONF_VTN: known | {"url": "https://127.0.0.1:9"}})
        return openadr

    with patch("custom_components.utility_han.account.manager.async_open_vtn", meanwhile):
        assert await hass.config_entries.async_setup(entry.entry_id)
    link, reports = [await kept.async_get(hass, entry.entry_id) for kept in (LinkRecord, KeptReports)]
    assert (link.whose, reports.whose) == (ven_key_of(known), ven_key_of(known))
    assert await hass.config_entries.async_unload(entry.entry_id)
