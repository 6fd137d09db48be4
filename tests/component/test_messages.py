"""Text messages of the utility arrive as events: each once, with its priority."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from homeassistant.const import EVENT_STATE_CHANGED, STATE_UNAVAILABLE
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir

from custom_components.utility_han.esi import Message, Priority
from custom_components.utility_han.hub.kept.store import HanStore
from custom_components.utility_han.hub.messages import messages_to_keep
from tests.component.conftest import Commission
from tests.conftest import BOTH_TRANSPORTS, SimulatedGateway
from tests.helpers.files import start_anew
from tests.helpers.states import entity_id_of, eventually, state_of


def test_messages_that_are_not_over_are_kept_and_no_more_than_a_hundred() -> None:
    now = datetime(2026, 11, 27, 12, tzinfo=UTC)
    minute = timedelta(minutes=1)
    over = Message("1", "", Priority.LOW, None, now - 2 * minute, now)
    lasting = Message("2", "", Priority.LOW, None, now - minute, now + minute)
    coming = Message("3", "", Priority.LOW, None, now + minute, now + 2 * minute)
    assert messages_to_keep([over, lasting, coming], now) == [lasting, coming]
    assert len(messages_to_keep([lasting] * 101, now)) == 100


async def test_gateway_that_offers_messages_later_has_them_shown_from_then_on(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    """What it offered when it was commissioned is what is known at a start; with new firmware it may offer more."""
    entry = await commission(gateway)
    store = await HanStore.async_get(hass)
    record = dict(store.get("runs", entry.data["gateway_sfdi"]) or {})
    offered = record["results"]["IP-8"]["evidence"]["function_sets"]
    record["results"]["IP-8"]["evidence"]["function_sets"] = [each for each in offered if each != "messaging"]
    await store.async_put("runs", entry.data["gateway_sfdi"], record)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert state_of(hass, entry, "message").state == STATE_UNAVAILABLE
    coordinator = entry.runtime_data.coordinator
    for _ in range(2):  # what it offers, and what there is of that
        coordinator.read_anew()
        await coordinator.async_refresh()
        await hass.async_block_till_done()
    assert "portal" in state_of(hass, entry, "message").attributes["text"]
    assert int(state_of(hass, entry, "messages").state) > 0


@BOTH_TRANSPORTS
async def test_each_message_is_told_once_over_restarts(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    entry = await commission(gateway)
    coordinator = entry.runtime_data.coordinator
    await coordinator.async_refresh()  # the first poll is for readings only
    assert "portal" in state_of(hass, entry, "message").attributes["text"]

    told: list[str] = []

    @callback
    def keep(event: Event[EventStateChangedData]) -> None:
        new = event.data["new_state"]
        if new is not None and event.data["entity_id"] == entity_id_of(hass, entry, "message"):
            told.append(new.attributes["text"])

    stop = hass.bus.async_listen(EVENT_STATE_CHANGED, keep)
    await gateway.send("Peak today from 4 to 7 pm", priority=2)
    await gateway.send("Thank you for saving", priority=0)
    coordinator.read_anew()
    await coordinator.async_refresh()
    await hass.async_block_till_done()
    assert told == ["Peak today from 4 to 7 pm", "Thank you for saving"]
    assert state_of(hass, entry, "message").attributes["event_type"] == "low"
    stop()

    before = state_of(hass, entry, "message").state
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    await entry.runtime_data.coordinator.async_refresh()
    assert len(entry.runtime_data.coordinator.data.messages) == 3
    assert state_of(hass, entry, "message").state == before


@BOTH_TRANSPORTS
async def test_message_is_shown_until_the_utility_withdraws_it(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    """Several can be in force, and one that is withdrawn leaves the others."""
    entry = await commission(gateway)
    coordinator = entry.runtime_data.coordinator

    async def shown() -> list[str]:
        coordinator.read_anew()
        await coordinator.async_refresh()
        await hass.async_block_till_done()
        state = state_of(hass, entry, "messages")
        texts = [each["text"] for each in state.attributes["messages"]]
        assert state.state == str(len(texts))
        return texts[1:]  # the first tells how to register

    assert await shown() == []
    await gateway.send("No power on Monday from 9 to 11 am", priority=3)
    await gateway.send("Thank you for saving", priority=0)
    assert await shown() == ["No power on Monday from 9 to 11 am", "Thank you for saving"]
    first = state_of(hass, entry, "messages").attributes["messages"][1]
    assert first["priority"] == "critical"
    assert datetime.fromisoformat(first["start"]) < datetime.fromisoformat(first["end"])
    await gateway.recall(2)
    assert await shown() == ["Thank you for saving"]


@BOTH_TRANSPORTS
async def test_message_of_a_gateway_whose_clock_is_a_little_ahead_is_shown_at_once(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    """It is in force as soon as the server says so (EventStatus, sep.xsd), and begins by that one's clock."""
    entry = await commission(gateway)
    await gateway.fault("wrong_clock", seconds=50)
    await gateway.send("Peak today from 4 to 7 pm")
    entry.runtime_data.coordinator.read_anew()
    await entry.runtime_data.coordinator.async_refresh()
    await hass.async_block_till_done()
    told = state_of(hass, entry, "messages").attributes["messages"]
    assert "Peak today from 4 to 7 pm" in [each["text"] for each in told]


@pytest.mark.use_case("IP-11")
async def test_how_to_register_is_told_from_other_messages(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    entry = await commission(gateway)
    await gateway.send("Thank you for saving", priority=0)
    entry.runtime_data.coordinator.read_anew()
    await entry.runtime_data.coordinator.async_refresh()
    await hass.async_block_till_done()
    instructions, other = state_of(hass, entry, "messages").attributes["messages"]
    assert instructions["instruction"] is True
    assert "instruction" not in other


async def test_messages_in_force_are_shown_after_a_restart_until_others_are_told(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    """What waits to be acknowledged is asked for too."""
    entry = await commission(gateway)
    await entry.runtime_data.coordinator.async_refresh()
    await gateway.send("Peak today from 4 to 7 pm", priority=2, response_required=4)
    entry.runtime_data.coordinator.read_anew()
    with patch.object(entry.runtime_data.link, "save_later") as kept:  # a power cut comes at any time
        await entry.runtime_data.coordinator.async_refresh()
    kept.assert_called()
    await hass.async_block_till_done()
    before = state_of(hass, entry, "messages")
    assert before.state == "2"
    await gateway.fault("http_error", status=500, path="/msg")
    await start_anew(hass, entry)
    after = state_of(hass, entry, "messages")
    assert (after.state, after.attributes["messages"]) == ("2", before.attributes["messages"])
    assert [each for each in ir.async_get(hass).issues.values() if each.issue_id.startswith("acknowledge_text")]


async def test_message_that_could_not_be_read_for_a_while_is_not_told_again(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    """One of several programs may be broken meanwhile, which leaves the messages of the others."""
    entry = await commission(gateway)
    coordinator = entry.runtime_data.coordinator
    await coordinator.async_refresh()
    (first,) = coordinator.data.messages
    second = replace(first, id=f"{first.id}2", text="Thank you for saving")
    hub = entry.runtime_data
    hub._messages_read([first, second])
    await hass.async_block_till_done()
    told = state_of(hass, entry, "message")
    assert told.attributes["text"] == second.text
    hub._messages_read([second])
    hub._messages_read([first, second])
    await hass.async_block_till_done()
    assert state_of(hass, entry, "message") == told


async def test_broken_messages_do_not_cost_the_readings(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    entry = await commission(gateway)
    await gateway.fault("silence", path="/msg")
    await entry.runtime_data.coordinator.async_refresh()
    assert state_of(hass, entry, "connectivity").state == "on"
    assert float(state_of(hass, entry, "energy_summation_delivered").state) > 0
    assert er.async_get(hass).async_get(entity_id_of(hass, entry, "message")) is not None


@pytest.mark.parametrize("transport", ["ezsp"])
async def test_message_that_the_meter_sends_by_itself_is_told_at_once(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    """The next reading of messages is up to five minutes away."""
    entry = await commission(gateway)
    coordinator = entry.runtime_data.coordinator
    await coordinator.async_refresh()
    await hass.async_block_till_done(wait_background_tasks=True)

    async def told(text: str) -> bool:
        return bool(state_of(hass, entry, "message").attributes["text"] == text)

    await gateway.send("Peak today from 4 to 7 pm", priority=2)
    await eventually(lambda: told("Peak today from 4 to 7 pm"), bool)
