"""The link to a commissioned gateway: polite, honest about trouble, quiet in the log."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from unittest.mock import patch

import pytest
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from custom_components.utility_han.const import DOMAIN
from custom_components.utility_han.diagnostics import async_get_config_entry_diagnostics
from custom_components.utility_han.gateway import GatewayError, Reason
from custom_components.utility_han.hub.kept.storage import _OPEN
from custom_components.utility_han.hub.link_record import LinkRecord
from custom_components.utility_han.hub.poll.parts import Part
from tests.component.conftest import Commission
from tests.conftest import GatewayFactory, SimulatedGateway
from tests.helpers.states import entity_id_of, state_of


async def test_one_resumed_connection_per_poll(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    entry = await commission(gateway)
    coordinator = entry.runtime_data.coordinator
    await coordinator.async_refresh()
    await gateway.clear_log()
    for _ in range(3):
        await coordinator.async_refresh()
    log = await gateway.log()
    assert log["connections"] == 3
    assert log["resumed"] == 3
    assert log["concurrent_max"] == 1


async def test_only_registers_that_are_shown_are_read(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    entry = await commission(gateway)
    keys = set(entry.runtime_data.coordinator.async_contexts())
    assert "energy_summation_delivered" in keys
    assert not any(key.startswith(("reactive", "apparent", "voltage")) for key in keys)
    assert set(entry.runtime_data.coordinator.data.values) >= keys


@pytest.mark.use_case("RD-4")
async def test_gateway_is_not_called_well_before_it_answered(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    entry = await commission(gateway)
    await gateway.fault("silence")
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert state_of(hass, entry, "connectivity").state == "unknown"
    assert state_of(hass, entry, "problem").state == "unknown"
    await gateway.mend()
    await entry.runtime_data.coordinator.async_refresh()
    assert state_of(hass, entry, "connectivity").state == "on"
    assert state_of(hass, entry, "problem").state == "off"


@pytest.mark.parametrize(
    ("fault", "parameters", "reason"),
    [
        ("silence", {}, "gateway_silent"),
        ("refuse", {}, "unreachable"),
        ("reset", {}, "gateway_silent"),
        ("malformed_xml", {}, "malformed"),
        ("entity_expansion", {}, "malformed"),
        ("oversized_xml", {}, "too_large"),
        ("http_error", {"status": 500}, "http_error"),
        ("wrong_certificate", {}, "wrong_gateway"),
        ("half_answer", {}, "gateway_silent"),
    ],
)
async def test_trouble_is_named_logged_once_and_over_when_it_is_over(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    commission: Commission,
    caplog: pytest.LogCaptureFixture,
    fault: str,
    parameters: dict[str, int],
    reason: str,
) -> None:
    entry = await commission(gateway)
    coordinator = entry.runtime_data.coordinator
    caplog.clear()
    await gateway.fault(fault, **parameters)
    for _ in range(3):
        await coordinator.async_refresh()
    assert state_of(hass, entry, "problem").attributes["reason"] == reason
    assert state_of(hass, entry, "connectivity").state == "off"
    # One missed poll is no reason to lose the value that was read a moment ago.
    assert state_of(hass, entry, "energy_summation_delivered").state != "unavailable"
    await gateway.mend()
    await coordinator.async_refresh()
    assert state_of(hass, entry, "problem").state == "off"
    assert state_of(hass, entry, "connectivity").state == "on"
    logged = [r for r in caplog.records if r.levelno >= logging.INFO and r.name.startswith("custom_components")]
    assert [r.levelname for r in logged] == ["ERROR", "INFO"], [r.getMessage() for r in logged]
    assert not any(record.exc_info for record in logged)
    assert "PRIVATE KEY" not in caplog.text


async def test_values_go_when_they_are_stale(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    entry = await commission(gateway)
    await gateway.fault("refuse")
    coordinator = entry.runtime_data.coordinator
    coordinator.contact.last_contact = dt_util.utcnow() - timedelta(minutes=6)
    await coordinator.async_refresh()
    assert state_of(hass, entry, "energy_summation_delivered").state == "unavailable"
    assert state_of(hass, entry, "clock_offset").state == "unavailable"
    assert state_of(hass, entry, "last_contact").state != "unavailable"


async def test_backoff_grows_to_a_quarter_of_an_hour(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    coordinator = (await commission(gateway)).runtime_data.coordinator
    waits = []
    for coordinator.contact.failures in range(1, 12):
        waits.append(coordinator._backoff().total_seconds())
    assert 24 <= waits[0] <= 36
    assert 720 <= waits[-1] <= 1080


async def test_reading_that_was_not_given_is_never_made_up(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    entry = await commission(gateway)
    before = state_of(hass, entry, "energy_summation_delivered").state
    await gateway.fault("empty_reading")
    await entry.runtime_data.coordinator.async_refresh()
    assert state_of(hass, entry, "energy_summation_delivered").state in (before, "unavailable")
    assert state_of(hass, entry, "power").state == "unavailable"


async def test_absurd_spike_is_kept_out(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    entry = await commission(gateway)
    await gateway.fault("spike")
    await entry.runtime_data.coordinator.async_refresh()
    assert state_of(hass, entry, "power").state == "unavailable"
    await gateway.mend()
    await entry.runtime_data.coordinator.async_refresh()
    assert abs(float(state_of(hass, entry, "power").state)) < 50_000


@pytest.mark.use_case("IP-8")
async def test_clock_two_hours_off_becomes_a_notice(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission, issue_registry: ir.IssueRegistry
) -> None:
    await gateway.fault("wrong_clock", seconds=7200)
    entry = await commission(gateway)
    assert float(state_of(hass, entry, "clock_offset").state) == pytest.approx(7200, abs=10)
    assert state_of(hass, entry, "problem").attributes["reason"] == "clock_off"
    notice = issue_registry.async_get_issue(DOMAIN, f"clock_off_{entry.entry_id}")
    assert notice is not None
    assert notice.translation_placeholders is not None
    assert notice.translation_placeholders["minutes"] == "120"
    await gateway.mend()
    await gateway.fault("http_error", path="/tm")
    entry.runtime_data.coordinator.read_anew()
    await entry.runtime_data.coordinator.async_refresh()
    assert state_of(hass, entry, "clock_offset").state == "unknown"
    assert (await async_get_config_entry_diagnostics(hass, entry))["clock_unread"] is True
    assert state_of(hass, entry, "problem").attributes["reason"] == "clock_off", "nobody saw it to be right"
    assert issue_registry.async_get_issue(DOMAIN, f"clock_off_{entry.entry_id}") == notice
    await gateway.mend()
    entry.runtime_data.coordinator.read_anew()
    await entry.runtime_data.coordinator.async_refresh()
    assert float(state_of(hass, entry, "clock_offset").state) == pytest.approx(0, abs=10)
    assert state_of(hass, entry, "problem").attributes["reason"] != "clock_off"
    assert issue_registry.async_get_issue(DOMAIN, f"clock_off_{entry.entry_id}") is None


def test_what_is_read_with_each_poll_is_so_also_where_it_could_not_be_read() -> None:
    class Each(Part):
        async def read(self, now: datetime) -> None:
            """Read nothing."""

    part, now = Each(timedelta(0)), dt_util.utcnow()
    part.begin(now)
    part.note(GatewayError(Reason.HTTP_ERROR, "500"))
    assert part.due(now + timedelta(seconds=1), first=False)


async def test_what_could_not_be_read_is_read_again_before_its_time(hass: HomeAssistant, hub: ConfigEntry) -> None:
    """For one request that was dropped there were no prices for an hour, and no configuration for six."""
    coordinator, began = hub.runtime_data.coordinator, dt_util.utcnow()
    configuration = coordinator.gateway.configuration
    failed = GatewayError(Reason.HTTP_ERROR, "500")

    async def polled(seconds: int) -> int:
        with patch.object(dt_util, "utcnow", return_value=began + timedelta(seconds=seconds)):
            await coordinator.async_refresh()
        return int(asked.call_count)

    with patch.object(coordinator.gateway, "configuration", side_effect=failed) as asked:
        coordinator.read_anew()
        assert [await polled(seconds) for seconds in (0, 30, 61, 122, 182, 300, 422)] == [1, 1, 2, 2, 3, 3, 4]
    with patch.object(coordinator.gateway, "configuration", side_effect=configuration) as asked:
        assert [await polled(seconds) for seconds in (902, 962, 7200)] == [1, 1, 1]
    with patch.object(coordinator.gateway, "configuration", side_effect=failed) as asked:
        coordinator.read_anew()
        assert [await polled(seconds) for seconds in (7300, 7362)] == [1, 2], "soon again after it was well"


async def test_what_is_read_now_and_then_is_read_at_once_where_our_clock_was_put_back(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    """A machine without a clock of its own begins hours ahead, and is set right: nothing waits for that long."""
    entry = await commission(gateway)
    coordinator = entry.runtime_data.coordinator
    await coordinator.async_refresh()
    await gateway.send("Peak today from 4 to 7 pm")
    await gateway.fault("wrong_clock", seconds=600)
    before = dt_util.utcnow() - timedelta(hours=3)
    await coordinator._poll(before)
    offset = coordinator.data.clock_offset
    assert offset is not None
    assert abs(offset - timedelta(minutes=10)) < timedelta(minutes=1)
    assert "Peak today from 4 to 7 pm" in [each.text for each in coordinator.data.messages]
    assert coordinator.heard is False, "three hours ago, by the clock as it is"
    coordinator.contact.succeeded(dt_util.utcnow() + timedelta(hours=3))
    assert coordinator.heard is False, "or in three hours, by the clock as it was"


@pytest.mark.parametrize(
    ("fault", "notice"), [("wrong_certificate", "wrong_gateway"), ("malformed_xml", "not_understood")]
)
async def test_trouble_that_persists_becomes_a_notice(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    commission: Commission,
    issue_registry: ir.IssueRegistry,
    fault: str,
    notice: str,
) -> None:
    entry = await commission(gateway)
    await gateway.fault(fault)
    for seen in (False, False, True):
        await entry.runtime_data.coordinator.async_refresh()
        assert bool(issue_registry.async_get_issue(DOMAIN, f"{notice}_{entry.entry_id}")) is seen
    await gateway.mend()
    await entry.runtime_data.coordinator.async_refresh()
    assert issue_registry.async_get_issue(DOMAIN, f"{notice}_{entry.entry_id}") is None


async def test_silence_of_hours_becomes_a_notice(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    commission: Commission,
    issue_registry: ir.IssueRegistry,
) -> None:
    entry = await commission(gateway)
    await gateway.fault("refuse")
    coordinator = entry.runtime_data.coordinator
    await coordinator.async_refresh()
    assert issue_registry.async_get_issue(DOMAIN, f"gateway_silent_{entry.entry_id}") is None
    coordinator.contact.last_contact = dt_util.utcnow() - timedelta(hours=7)
    await coordinator.async_refresh()
    assert issue_registry.async_get_issue(DOMAIN, f"gateway_silent_{entry.entry_id}") is not None


async def test_silence_is_counted_on_over_a_restart_where_our_clock_was_put_back(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission, issue_registry: ir.IssueRegistry
) -> None:
    """It was twelve hours ahead when the gateway was heard of last, and for the first five of its silence."""
    entry, now = await commission(gateway), dt_util.utcnow()
    await gateway.fault("refuse")
    coordinator = entry.runtime_data.coordinator
    await coordinator.async_refresh()
    coordinator.contact.last_contact = now + timedelta(hours=12)
    assert coordinator.contact.silent_for(now + timedelta(hours=17)) == timedelta(hours=5)
    assert await hass.config_entries.async_unload(entry.entry_id)
    hass.data.pop(_OPEN)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    contact = entry.runtime_data.coordinator.contact
    assert contact.silent_for(now + timedelta(hours=2)) >= timedelta(hours=6, minutes=59)
    await entry.runtime_data.coordinator.async_refresh()
    assert issue_registry.async_get_issue(DOMAIN, f"gateway_silent_{entry.entry_id}") is not None


async def test_how_long_a_gateway_is_silent_is_kept_now_and_then_in_case_of_a_power_cut(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    entry, now = await commission(gateway), dt_util.utcnow()
    await gateway.fault("refuse")
    written: list[bool] = []
    for minutes in (0, 16, 17, 33):
        with (
            patch.object(LinkRecord, "save_later") as later,
            patch("homeassistant.util.dt.utcnow", return_value=now + timedelta(minutes=minutes)),
        ):
            await entry.runtime_data.coordinator.async_refresh()
        written.append(later.called)
    assert written[1:] == [True, False, True]


async def test_poll_that_ends_after_its_hub_was_unloaded_tells_nobody(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its notices were withdrawn, and nobody would withdraw them again."""
    entry = await commission(gateway)
    coordinator = entry.runtime_data.coordinator
    told: list[bool] = []
    coordinator.polled.add(told.append)
    asking, go_on = asyncio.Event(), asyncio.Event()

    @asynccontextmanager
    async def silent() -> AsyncGenerator[None]:
        asking.set()
        await go_on.wait()
        raise GatewayError(Reason.GATEWAY_SILENT, "")
        yield

    monkeypatch.setattr(coordinator.gateway, "session", silent)
    polled = hass.async_create_task(coordinator.async_refresh())
    await asking.wait()
    assert await hass.config_entries.async_unload(entry.entry_id)
    go_on.set()
    await polled
    assert told == []


async def test_start_does_not_wait_for_a_gateway_that_is_down(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    entry = await commission(gateway)
    assert await hass.config_entries.async_unload(entry.entry_id)
    await gateway.fault("silence")
    await gateway.clear_log()
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert state_of(hass, entry, "commissioning_state").state == "commissioned"
    assert state_of(hass, entry, "energy_summation_delivered").state == "unavailable"
    assert state_of(hass, entry, "last_contact").state not in ("unknown", "unavailable")
    await hass.async_block_till_done(wait_background_tasks=True)
    assert state_of(hass, entry, "problem").attributes["reason"] == "gateway_silent"
    await gateway.mend()
    await entry.runtime_data.coordinator.async_refresh()
    assert float(state_of(hass, entry, "energy_summation_delivered").state) > 0


async def test_two_gateways_in_one_home_do_not_mix(
    hass: HomeAssistant, make_gateway: GatewayFactory, commission: Commission
) -> None:
    first = await commission(await make_gateway(registration="both", seed=1))
    second = await commission(await make_gateway(registration="both", seed=2))
    assert entity_id_of(hass, first, "power") != entity_id_of(hass, second, "power")
    assert first.runtime_data.identity.lfdi != second.runtime_data.identity.lfdi


@pytest.mark.parametrize(
    "reason",
    [
        Reason.CERTIFICATE_EXPIRED,
        Reason.WRONG_PIN,
        Reason.REGISTRATION_REFUSED,
        Reason.LEFT_NETWORK,
        Reason.WRONG_INSTALL_CODE,
        Reason.NOT_AUTHORIZED,
    ],
)
async def test_what_only_a_person_can_change_is_asked_of_one_and_not_tried_again(
    hass: HomeAssistant, hub: ConfigEntry, reason: Reason
) -> None:
    coordinator = hub.runtime_data.coordinator
    with patch.object(coordinator.gateway, "session", side_effect=GatewayError(reason, "as the test has it")):
        await coordinator.async_refresh()
    assert coordinator.update_interval is None
    assert any(hub.async_get_active_flows(hass, {SOURCE_REAUTH}))
