"""Prices and what else is told over time: shown as it is in force, and handed to automations."""

import asyncio
import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from unittest.mock import AsyncMock, patch

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.utility_han.account import told as told_module
from custom_components.utility_han.account.access import ven_key_of
from custom_components.utility_han.account.told import ToldByVtn
from custom_components.utility_han.const import CONF_GATEWAY_LFDI, CONF_STATE, CONF_VTN, DOMAIN
from custom_components.utility_han.esi import Message, Price, PriceSchedule, Signal
from custom_components.utility_han.gateway import AbsentGateway, DeviceState
from custom_components.utility_han.hub.kept.storage import _OPEN
from custom_components.utility_han.hub.link_record import LinkRecord
from custom_components.utility_han.hub.poll.parts import GatewayData, Prices
from custom_components.utility_han.hub.prices.entities import (
    SIGNALS,
    UNITS,
    price_sensors,
    signal_sensors,
    signal_unit,
    signal_value,
)
from custom_components.utility_han.hub.prices.kept import KeptPrices
from custom_components.utility_han.hub.prices.priced import PricedSubject, courses_of
from custom_components.utility_han.hub.subject import Subject
from custom_components.utility_han.utility.openadr import payloads
from tests.component.conftest import Commission
from tests.conftest import SimulatedGateway
from tests.helpers.states import PATIENCE, state_of, until
from tests.helpers.vtn_hub import coordinator_of, hub_without_meter, poll, put_beside_meter
from tests.openadr.under_test import Vtn

NOBODY = "https://127.0.0.1:9"


"""RFC 863: port 9 discards whatever is said to it, if anybody listens there."""
OF_MESSAGES = {"vtn_message", "vtn_messages"}
NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
OF_TIERS = {0.118, 0.214, 0.342}
"""What the simulated gateway's tariff knows."""
DESCRIBED = {
    "PRICE": {"units": "KWH", "currency": "EUR"},
    "EXPORT_PRICE": {"units": "KWH", "currency": "EUR"},
    "GHG": {"units": "GHG"},
    "IMPORT_CAPACITY_SUBSCRIPTION": {"units": "KW"},
    "IMPORT_CAPACITY_RESERVATION_FEE": {"units": "KW", "currency": "EUR"},
}


def move(hass: HomeAssistant, entry: ConfigEntry, url: str, known_as: str | None = None) -> None:
    """Have a hub know its VTN, or the one that is ``known_as``, at another address."""
    before = entry.data[CONF_VTN]
    vtn = before | {"url": url, "known_as": known_as or ven_key_of(before)}
    hass.config_entries.async_update_entry(entry, data=entry.data | {CONF_VTN: vtn})


async def tell(
    vtn: Vtn, program: dict[str, Any], /, hours: int = 1, *, ahead: float = 0, **values: list[Any]
) -> list[datetime]:
    """Tell values by payload type, one an hour since a minute ago; return when the hours begin, and the last ends."""
    start = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=1) + timedelta(hours=ahead)
    await vtn.make_event(
        program["id"],
        intervalPeriod={"start": start.isoformat(), "duration": "PT1H"},
        intervals=[
            {"id": hour, "payloads": [{"type": kind, "values": [told[hour]]} for kind, told in values.items()]}
            for hour in range(hours)
        ],
    )
    return [start + timedelta(hours=hour) for hour in range(hours + 1)]


@pytest.fixture
async def entry(hass: HomeAssistant, vtn: Vtn) -> ConfigEntry:
    """A home that follows a utility's prices, and has no meter."""
    return await hub_without_meter(hass, vtn)


@pytest.fixture
async def program(vtn: Vtn) -> dict[str, Any]:
    """A tariff that says in what its values are."""
    described = [
        {"objectType": "EVENT_PAYLOAD_DESCRIPTOR", "payloadType": kind, **units} for kind, units in DESCRIBED.items()
    ]
    return await vtn.make_program("Dynamic", payloadDescriptors=described)


async def prices(hass: HomeAssistant, entry: ConfigEntry, **asked: Any) -> dict[str, Any]:
    """Return what the action answers."""
    data = {"config_entry": entry.entry_id, **asked}
    answer = await hass.services.async_call(DOMAIN, "get_prices", data, blocking=True, return_response=True)
    assert answer is not None
    return dict(answer)


async def test_what_a_program_tells_is_shown_and_nothing_else(
    hass: HomeAssistant, entry: ConfigEntry, vtn: Vtn, program: dict[str, Any]
) -> None:
    def keys() -> set[str]:
        found = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
        return {key for each in found if (key := each.unique_id.removeprefix(f"{entry.entry_id}_")).startswith("vtn_")}

    async def moved_to(url: str) -> None:
        move(hass, entry, url)
        await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done(wait_background_tasks=True)

    assert keys() == OF_MESSAGES
    told: dict[str, Any] = {"PRICE": [0.30, 0.10, 0.20], "EXPORT_PRICE": [0.08, 0.07, 0.06], "GHG": [410, 250, 90.5]}
    told |= {"IMPORT_CAPACITY_SUBSCRIPTION": [11] * 3, "IMPORT_CAPACITY_RESERVATION_FEE": [1.5] * 3}
    await tell(vtn, program, 3, **told)
    await poll(hass, entry)
    shown = {"price", "next_price", "lowest_price", "highest_price", "export_price", *(kind.lower() for kind in told)}
    assert keys() == {f"vtn_{each}" for each in shown} | OF_MESSAGES

    now = {key: state_of(hass, entry, f"vtn_{key}") for key in shown}
    assert {key: float(now[key].state) for key in ("price", "next_price", "export_price", "ghg")} == {
        "price": 0.30, "next_price": 0.10, "export_price": 0.08, "ghg": 410,
    }  # fmt: skip
    assert {key: now[key].attributes[ATTR_UNIT_OF_MEASUREMENT] for key in shown - {"export_price"}} == {
        "price": "EUR/kWh", "next_price": "EUR/kWh", "lowest_price": "EUR/kWh", "highest_price": "EUR/kWh",
        "ghg": "g/kWh", "import_capacity_subscription": "kW", "import_capacity_reservation_fee": "EUR/kW",
    }  # fmt: skip
    assert [each["price"] for each in now["price"].attributes["forecast"]] == told["PRICE"]
    assert [each["value"] for each in now["ghg"].attributes["forecast"]] == told["GHG"]
    assert now["price"].name == "Example Utility Price"

    # What was told holds after a start without the VTN.
    await moved_to(NOBODY)
    assert float(state_of(hass, entry, "vtn_ghg").state) == 410
    assert "restored" not in state_of(hass, entry, "vtn_ghg").attributes
    await moved_to(vtn.url)
    assert float(state_of(hass, entry, "vtn_ghg").state) == 410


async def test_alert_is_told_once_over_restarts(
    hass: HomeAssistant, entry: ConfigEntry, vtn: Vtn, program: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    await tell(vtn, program, ALERT_GRID_EMERGENCY=["Save what you can"])
    await poll(hass, entry)
    first = state_of(hass, entry, "vtn_message")
    told = {key: first.attributes[key] for key in ("event_type", "alert", "text", "originator")}
    assert told == {
        "event_type": "critical",
        "alert": "alert_grid_emergency",
        "text": "Save what you can",
        "originator": "Dynamic",
    }
    await poll(hass, entry)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    await poll(hass, entry)
    assert state_of(hass, entry, "vtn_message").state == first.state
    # Nor after a poll that had it not.
    with monkeypatch.context() as for_a_moment:
        for_a_moment.setattr(coordinator_of(entry).openadr, "messages", AsyncMock(return_value=[]))
        await poll(hass, entry)
        assert state_of(hass, entry, "vtn_messages").state == "0"
    await poll(hass, entry)
    assert state_of(hass, entry, "vtn_messages").state == "1"
    assert state_of(hass, entry, "vtn_message").state == first.state


async def test_alert_is_told_when_it_begins(
    hass: HomeAssistant, entry: ConfigEntry, vtn: Vtn, program: dict[str, Any]
) -> None:
    """And not by the first poll after that."""
    start, _ = await tell(vtn, program, ahead=5, ALERT_FIRE=["Keep away"])
    await poll(hass, entry)
    assert state_of(hass, entry, "vtn_message").state == STATE_UNKNOWN
    async_fire_time_changed(hass, start)
    assert state_of(hass, entry, "vtn_message").attributes["text"] == "Keep away"
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_alert_is_shown_from_its_begin_to_its_end_or_until_it_is_deleted(
    hass: HomeAssistant, entry: ConfigEntry, vtn: Vtn, program: dict[str, Any]
) -> None:
    def shown() -> list[str]:
        state = state_of(hass, entry, "vtn_messages")
        texts = [each["text"] for each in state.attributes["messages"]]
        assert state.state == str(len(texts))
        return texts

    start, end = await tell(vtn, program, ahead=5, ALERT_FIRE=["Keep away"])
    await poll(hass, entry)
    assert shown() == []
    for at, texts in ((start, ["Keep away"]), (end, [])):
        async_fire_time_changed(hass, at)
        assert shown() == texts
    await hass.async_block_till_done(wait_background_tasks=True)

    await tell(vtn, program, ALERT_GRID_EMERGENCY=["Save what you can"])
    await poll(hass, entry)
    assert shown() == ["Save what you can"]
    for event in await vtn.request("GET", "/events"):
        await vtn.request("DELETE", f"/events/{event['id']}")
    await poll(hass, entry)
    assert shown() == []


async def test_what_another_utility_told_is_told_no_more(
    hass: HomeAssistant, entry: ConfigEntry, vtn: Vtn, program: dict[str, Any]
) -> None:
    """Also before the one that is linked in its place has answered; what a VTN told that has moved holds."""
    await tell(vtn, program, ALERT_FIRE=["Keep away"], PRICE=[0.30])
    await poll(hass, entry)
    for known_as, told in ((ven_key_of(entry.data[CONF_VTN]), ["Keep away"]), ("another's", [])):
        move(hass, entry, NOBODY, known_as)
        await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done(wait_background_tasks=True)
        messages = state_of(hass, entry, "vtn_messages").attributes["messages"]
        assert [each["text"] for each in messages] == told
        assert (state_of(hass, entry, "vtn_price").state == "0.3") is bool(told)


async def test_alerts_are_in_force_after_a_restart_while_the_vtn_is_away(
    hass: HomeAssistant, entry: ConfigEntry, vtn: Vtn, program: dict[str, Any], freezer: FrozenDateTimeFactory
) -> None:
    """One that begins meanwhile is told, and each ends in its time."""

    def shown() -> list[str]:
        return [each["text"] for each in state_of(hass, entry, "vtn_messages").attributes["messages"]]

    await tell(vtn, program, ALERT_FIRE=["Keep away"])
    await poll(hass, entry)
    with patch.object(LinkRecord, "save_later") as kept:  # a power cut comes at any time
        start, end = await tell(vtn, program, ahead=5, ALERT_GRID_EMERGENCY=["Save what you can"])
        await poll(hass, entry)
    kept.assert_called()
    assert shown() == ["Keep away"]
    assert await hass.config_entries.async_unload(entry.entry_id)
    await (await LinkRecord.async_get(hass, entry.entry_id)).async_save()
    freezer.move_to(start)
    hass.data.pop(_OPEN)
    move(hass, entry, NOBODY)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert shown()[-1] == "Save what you can"
    assert state_of(hass, entry, "vtn_message").attributes["text"] == "Save what you can"
    freezer.move_to(end)
    async_fire_time_changed(hass, end)
    await hass.async_block_till_done()
    assert shown() == []


async def test_what_a_vtn_told_holds_that_was_kept_before_it_was_said_whose_it_is(
    hass: HomeAssistant, entry: ConfigEntry, vtn: Vtn, program: dict[str, Any]
) -> None:
    await tell(vtn, program, ALERT_FIRE=["Keep away"], PRICE=[0.3])
    await poll(hass, entry)
    assert await hass.config_entries.async_unload(entry.entry_id)
    link = await LinkRecord.async_get(hass, entry.entry_id)
    link.whose = None
    prices = await KeptPrices.async_get(hass, entry.entry_id)
    prices.snapshot()
    prices._followed.clear()
    for told in prices._told.values():
        told.whose = None
    for kept in (link, prices):
        await kept.async_save()
    hass.data.pop(_OPEN)
    move(hass, entry, NOBODY)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert state_of(hass, entry, "vtn_messages").state == "1"
    assert float(state_of(hass, entry, "vtn_price").state) == 0.3


@pytest.mark.parametrize("restarted", [False, True])
async def test_what_a_vtn_told_goes_with_it_where_another_takes_its_place(
    hass: HomeAssistant, entry: ConfigEntry, vtn: Vtn, program: dict[str, Any], *, restarted: bool
) -> None:
    """Also before the other was polled for the first time."""
    await tell(vtn, program, ALERT_FIRE=["Keep away"])
    await tell(vtn, program, PRICE=[0.3])
    await poll(hass, entry)
    assert state_of(hass, entry, "vtn_messages").state == "1"
    assert float(state_of(hass, entry, "vtn_price").state) == 0.3
    assert await hass.config_entries.async_unload(entry.entry_id)
    for kept in (LinkRecord, KeptPrices):
        await (await kept.async_get(hass, entry.entry_id)).async_save()
    if restarted:
        hass.data.pop(_OPEN)
    another = {CONF_VTN: entry.data[CONF_VTN] | {"url": NOBODY}}
    hass.config_entries.async_update_entry(entry, data=entry.data | another)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert state_of(hass, entry, "vtn_messages").state == "0"
    assert state_of(hass, entry, "vtn_price").state == STATE_UNAVAILABLE
    link = await LinkRecord.async_get(hass, entry.entry_id)
    assert link.seen_alerts == [], "of the other one's each is new"


async def test_what_takes_long_to_be_put_in_order_is_not_shown_in_place_of_what_was_told_since(
    hass: HomeAssistant, entry: ConfigEntry, vtn: Vtn, program: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """There may be a hundred thousand values, which a thread puts in order."""
    begun, goes_on, calls = asyncio.Event(), threading.Event(), list[int]()

    def slow(signals: Sequence[Signal]) -> Any:
        calls.append(len(signals))
        if len(calls) == 1:
            hass.loop.call_soon_threadsafe(begun.set)
            assert goes_on.wait(PATIENCE)
        return courses_of(signals)

    await tell(vtn, program, PRICE=[0.1])
    await poll(hass, entry)
    monkeypatch.setattr(told_module, "courses_of", slow)
    await coordinator_of(entry).async_refresh()
    await begun.wait()
    for event in await vtn.request("GET", "/events"):
        await vtn.request("DELETE", f"/events/{event['id']}")
    await tell(vtn, program, PRICE=[0.2])
    await coordinator_of(entry).async_refresh()
    await until(lambda: state_of(hass, entry, "vtn_price").state == "0.2")
    goes_on.set()
    await hass.async_block_till_done(wait_background_tasks=True)
    assert state_of(hass, entry, "vtn_price").state == "0.2"


@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize("replaced", [False, True])
async def test_what_a_meter_told_goes_with_it_where_another_takes_its_place(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission, *, replaced: bool, restarted: bool
) -> None:
    """Also before the other was polled for the first time; the same one's prices hold while it is away."""
    entry = await commission(gateway)
    await entry.runtime_data.coordinator.async_refresh()  # the first poll is for readings only
    assert float(state_of(hass, entry, "price").state) in OF_TIERS
    assert await hass.config_entries.async_unload(entry.entry_id)
    for kept in (LinkRecord, KeptPrices):
        await (await kept.async_get(hass, entry.entry_id)).async_save()
    if restarted:
        hass.data.pop(_OPEN)
    await gateway.fault("silence")
    if replaced:
        another = {CONF_GATEWAY_LFDI: "F" * 40, CONF_STATE: DeviceState.COMMISSIONING.value}
        hass.config_entries.async_update_entry(entry, data=entry.data | another)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert (state_of(hass, entry, "price").state == STATE_UNAVAILABLE) is replaced


async def test_alert_that_is_read_while_the_hub_is_unloaded_is_told_after_that(
    hass: HomeAssistant, entry: ConfigEntry, vtn: Vtn, program: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    await tell(vtn, program, ALERT_FIRE=["Keep away"])
    await tell(vtn, program, ahead=5, ALERT_FIRE=["Keep away in the evening"])
    coordinator = coordinator_of(entry)
    reading, go_on = asyncio.Event(), asyncio.Event()
    messages = coordinator.openadr.messages

    async def slow() -> list[Message]:
        found = await messages()
        reading.set()
        await go_on.wait()
        return found

    monkeypatch.setattr(coordinator.openadr, "messages", slow)
    polled = hass.async_create_task(coordinator.async_refresh())
    await reading.wait()
    assert await hass.config_entries.async_unload(entry.entry_id)
    go_on.set()
    await polled
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert state_of(hass, entry, "vtn_message").attributes["text"] == "Keep away"


async def test_alert_that_would_be_shown_while_the_hub_is_unloaded_is_told_after_that(
    hass: HomeAssistant, entry: ConfigEntry, vtn: Vtn, program: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is told when nobody shows it would count as told."""
    await tell(vtn, program, ALERT_FIRE=["Keep away"])
    coming, go_on = threading.Event(), threading.Event()

    def slow(_signals: Sequence[Signal]) -> dict[str, Sequence[Signal]]:
        coming.set()
        assert go_on.wait(PATIENCE)
        return {}

    shown = entry.runtime_data.manager(ToldByVtn)
    with monkeypatch.context() as for_a_moment:
        for_a_moment.setattr(f"{ToldByVtn.__module__}.courses_of", slow)
        polled = hass.async_create_task(coordinator_of(entry).async_refresh())
        assert await asyncio.to_thread(coming.wait, PATIENCE)
        unloaded = hass.async_create_task(hass.config_entries.async_unload(entry.entry_id))
        await until(lambda: shown._stopped)
        go_on.set()
        await polled
        assert await unloaded
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert state_of(hass, entry, "vtn_message").attributes["text"] == "Keep away"


async def test_person_says_which_of_several_tariffs_is_theirs(
    hass: HomeAssistant, entry: ConfigEntry, vtn: Vtn, program: dict[str, Any]
) -> None:
    other = await vtn.make_program("Flat")
    await tell(vtn, program, PRICE=[0.3])
    await tell(vtn, other, PRICE=[0.2])
    await poll(hass, entry)
    issue = ir.async_get(hass).async_get_issue(DOMAIN, f"several_tariffs_{entry.entry_id}")
    assert issue is not None
    assert issue.translation_placeholders == {"title": entry.title, "programs": "Dynamic, Flat"}

    followed = {CONF_VTN: {**entry.data[CONF_VTN], "followed": [program["id"]]}}
    hass.config_entries.async_update_entry(entry, data=entry.data | followed)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert float(state_of(hass, entry, "vtn_price").state) == 0.3
    assert ir.async_get(hass).async_get_issue(DOMAIN, f"several_tariffs_{entry.entry_id}") is None


async def test_prices_are_handed_to_automations(
    hass: HomeAssistant, entry: ConfigEntry, vtn: Vtn, program: dict[str, Any]
) -> None:
    with pytest.raises(ServiceValidationError) as refused:
        await prices(hass, entry, type="ghg")
    assert refused.value.translation_key == "no_prices"

    hours = await tell(vtn, program, 3, PRICE=[0.30, 0.10, 0.20], GHG=[410, 250, 90.5])
    await poll(hass, entry)
    start = hours[0]
    rows = [{"start": one.isoformat(), "end": other.isoformat()} for one, other in pairwise(hours)]
    assert await prices(hass, entry, start=start) == {
        "source": "openadr",
        "unit": "EUR/kWh",
        "prices": [row | {"price": price} for row, price in zip(rows, (0.30, 0.10, 0.20), strict=True)],
    }
    # As a person types it: in local time, here where no hour comes twice.
    await hass.config.async_set_time_zone("Asia/Kolkata")
    local = dt_util.as_local(start + timedelta(hours=1)).replace(tzinfo=None)
    until = local + timedelta(hours=1)
    emissions = await prices(hass, entry, type="ghg", start=local.isoformat(), end=until.isoformat())
    assert emissions == {"source": "openadr", "unit": "g/kWh", "emissions": [rows[1] | {"value": 250}]}
    assert (await prices(hass, entry, start=start + timedelta(days=30)))["prices"] == []
    with pytest.raises(ServiceValidationError) as refused:
        await prices(hass, entry, start=start, end=start)
    assert refused.value.translation_key == "invalid_range"


async def test_gateway_and_price_server_are_told_apart(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission, vtn: Vtn, program: dict[str, Any]
) -> None:
    entry = await commission(gateway)
    await entry.runtime_data.coordinator.async_refresh()  # the first poll is for readings only
    tariff = await prices(hass, entry)
    assert (tariff["source"], tariff["unit"]) == ("gateway", "USD/kWh")
    assert {each["price"] for each in tariff["prices"]} <= OF_TIERS
    assert state_of(hass, entry, "price").name == f"{entry.title} Price"

    await tell(vtn, program, PRICE=[0.77])
    await put_beside_meter(hass, entry, vtn)
    assert float(state_of(hass, entry, "vtn_price").state) == 0.77
    assert state_of(hass, entry, "vtn_price").name == f"{entry.title} Price (OpenADR)"
    await entry.runtime_data.coordinator.async_refresh()
    assert float(state_of(hass, entry, "price").state) in OF_TIERS
    assert [each["price"] for each in (await prices(hass, entry))["prices"]] == [0.77]


# Without anybody who tells


def hourly(start: datetime, *per_kwh: float) -> tuple[Price, ...]:
    hour = timedelta(hours=1)
    return tuple(
        Price(start + hour * place, start + hour * (place + 1), each, 0) for place, each in enumerate(per_kwh)
    )


def shown(subject: PricedSubject, key: str) -> Any:
    """Return what the sensor of a row shows."""
    row = next(row for row in (*price_sensors(subject), *signal_sensors(subject)) if row.key == key)
    return row.value_fn(subject) if row.available_fn(subject) else None


@pytest.fixture
def subject(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> PricedSubject:
    """Return somebody who tells prices, at noon in UTC."""
    freezer.move_to(NOON)
    return PricedSubject(hass, Subject("home", "Home"))


def test_gateway_is_asked_once_more_when_the_last_price_that_it_told_is_over() -> None:
    now = dt_util.utcnow()
    data = GatewayData(prices=PriceSchedule("USD", (Price(now - timedelta(minutes=50), now, 0.2, 1),)))
    part = Prices(AbsentGateway("nobody"), data, timedelta(hours=1), lambda _: True)
    part.begin(now - timedelta(minutes=10))
    due = [part.due(now + timedelta(seconds=after), first=False) for after in (-1, 1)]
    part.begin(now + timedelta(seconds=1))  # and no other was told
    due += [part.due(now + timedelta(minutes=after), first=False) for after in (5, 61)]
    assert due == [False, True, False, True]


async def test_price_changes_when_its_interval_begins(
    hass: HomeAssistant, subject: PricedSubject, freezer: FrozenDateTimeFactory
) -> None:
    seen: list[tuple[float | None, float | None]] = []

    @callback
    def keep(_happened: object) -> None:
        seen.append((shown(subject, "price"), shown(subject, "ghg")))

    subject.async_add_listener(keep)
    half = timedelta(minutes=30)
    dirty = Signal("GHG", NOON, NOON + half * 3, (400.0,), "GHG")
    subject.async_take(PriceSchedule("EUR", hourly(NOON, 0.3, 0.1)), {"GHG": [dirty]})
    for minutes in (59.99, 60, 89.99, 90, 120, 121):
        freezer.move_to(NOON + timedelta(minutes=minutes))
        async_fire_time_changed(hass, NOON + timedelta(minutes=minutes))
        await hass.async_block_till_done()
    assert seen == [(0.3, 400.0), (0.1, 400.0), (0.1, None), (None, None)]
    subject.async_stop()


async def test_who_has_stopped_waits_for_nothing_that_comes_then(hass: HomeAssistant, subject: PricedSubject) -> None:
    """A timer that is left would fail the test."""
    subject.async_stop()
    subject.async_take(PriceSchedule("EUR", hourly(NOON, 0.3)))
    assert shown(subject, "price") == 0.3


async def test_lowest_and_highest_are_of_the_whole_day(
    hass: HomeAssistant, subject: PricedSubject, freezer: FrozenDateTimeFactory
) -> None:
    """Also where what is over is told no more, and of a day as it is where the home is."""
    await hass.config.async_set_time_zone("Europe/Vienna")  # 13:00 there
    midnight = datetime(2026, 11, 26, 23, tzinfo=UTC)
    day = hourly(midnight - timedelta(hours=1), 9.0, *[0.2] * 3, 0.05, *[0.2] * 15, 0.4, *[0.2] * 4, -1.0)
    subject.async_take(PriceSchedule("EUR", day))
    assert (shown(subject, "lowest_price"), shown(subject, "highest_price")) == (0.05, 0.4)
    assert [row.attributes_fn(subject) for row in price_sensors(subject) if row.key == "lowest_price"] == [
        {"start": "2026-11-27T02:00:00+00:00", "end": "2026-11-27T03:00:00+00:00"}
    ]
    subject.async_take(PriceSchedule("EUR", day[13:]))
    assert (shown(subject, "lowest_price"), shown(subject, "highest_price")) == (0.05, 0.4)

    told: list[object] = []
    subject.async_add_listener(told.append)
    freezer.move_to(midnight + timedelta(days=1))
    async_fire_time_changed(hass, midnight + timedelta(days=1))
    await hass.async_block_till_done()
    assert told
    assert (shown(subject, "lowest_price"), shown(subject, "highest_price")) == (-1.0, -1.0)
    subject.async_stop()


async def test_forecast_of_years_is_cut_to_what_a_state_can_carry(hass: HomeAssistant, subject: PricedSubject) -> None:
    subject.async_take(PriceSchedule("EUR", hourly(NOON, *[0.1] * 20_000)))
    row = next(row for row in price_sensors(subject) if row.key == "price")
    attributes = row.attributes_fn(subject)
    assert attributes is not None
    assert len(attributes["forecast"]) == 168
    subject.async_stop()


@pytest.mark.parametrize(("minutes", "told"), [(5, 432), (1, 432), (15, 432)])
async def test_forecast_has_a_day_and_a_half_of_five_minutes_and_no_more_rows(
    hass: HomeAssistant, subject: PricedSubject, minutes: int, told: int
) -> None:
    step = timedelta(minutes=minutes)
    course = [Price(NOON + n * step, NOON + (n + 1) * step, n / 10_000, 0) for n in range(2_000)]
    subject.async_take(PriceSchedule("EUR", tuple(course)))
    row = next(row for row in price_sensors(subject) if row.key == "price")
    attributes = row.attributes_fn(subject)
    assert attributes is not None
    assert len(attributes["forecast"]) == told
    subject.async_stop()


def test_every_signal_has_its_sensor_and_every_unit_its_name() -> None:
    """Compared with the table of payload types, which is compared with the enumerations."""
    kinds = {name for name, kind in payloads.KINDS.items() if kind.becomes is payloads.Becomes.SIGNAL}
    assert set(SIGNALS) == kinds
    assert len(SIGNALS) == len(kinds)
    assert set(UNITS) == payloads.UNITS


@pytest.mark.parametrize(
    ("kind", "values", "units", "currency", "expected"),
    [
        ("GHG", (120,), None, None, (120, "g/kWh")),
        ("EXPORT_CAPACITY_LIMIT", (5.5,), "KW", None, (5.5, "kW")),
        ("EXPORT_CAPACITY_LIMIT", (0.07,), "PERCENT", None, (7, "%")),
        ("PRICE_ALTERNATE", (1.2,), "THERMS", "USD", (1.2, "USD/thm")),
        ("IMPORT_CAPACITY_AVAILABLE_PRICE", (2,), "KW", None, (2, "EUR/kW")),
        ("IMPORT_CAPACITY_AVAILABLE", ("much",), "KW", None, (None, "kW")),
        ("IMPORT_CAPACITY_AVAILABLE", (float("nan"),), "KW", None, (None, "kW")),
        ("IMPORT_CAPACITY_AVAILABLE", (10**400,), "PERCENT", None, (None, "%")),
        ("IMPORT_CAPACITY_AVAILABLE", (True,), "PERCENT", None, (None, "%")),
    ],
)
def test_value_is_in_the_unit_that_its_descriptor_says(
    hass: HomeAssistant, subject: PricedSubject, kind: str, values: tuple[Any, ...], units: str | None,
    currency: str | None, expected: tuple[Any, str],
) -> None:  # fmt: skip
    hass.config.currency = "EUR"
    signal = Signal(kind, NOON, NOON + timedelta(hours=1), values, units, currency)
    assert (signal_value(signal), signal_unit(subject, kind, (signal,))) == expected


def test_of_several_programs_one_is_shown_and_not_now_the_one_now_the_other() -> None:
    hour = timedelta(hours=1)
    of_a = Signal("GHG", NOON + hour, NOON + 2 * hour, (100.0,), "GHG", program="a")
    of_b = [Signal("GHG", NOON + hour * place, NOON + hour * (place + 1), (500.0,), program="b") for place in range(3)]
    assert courses_of([*of_b, of_a]) == {"GHG": (of_a,)}


async def test_words_of_an_instruction_are_shown_together(hass: HomeAssistant, subject: PricedSubject) -> None:
    told = Signal("DISPATCH_INSTRUCTION", NOON, NOON + timedelta(hours=1), ("load_reduction", "combustion_gen"))
    subject.async_take(None, {"DISPATCH_INSTRUCTION": [told]})
    assert shown(subject, "dispatch_instruction") == "load_reduction, combustion_gen"
    subject.async_stop()


@pytest.mark.use_case("UR-P")
async def test_what_was_told_ahead_is_shown_after_a_restart_while_the_utility_is_away(
    hass: HomeAssistant, entry: ConfigEntry, vtn: Vtn, program: dict[str, Any], freezer: FrozenDateTimeFactory
) -> None:
    await tell(vtn, program, 3, PRICE=[0.2, 0.3, 0.4], EXPORT_PRICE=[0.05] * 3, GHG=[300, 310, 320])
    await poll(hass, entry)
    shown = ("vtn_price", "vtn_export_price", "vtn_ghg")
    before = [state_of(hass, entry, key) for key in shown]
    # As numbers: JSON has one kind of number, and some VTNs write 300 as 300.0.
    assert [float(each.state) for each in before] == [0.2, 0.05, 300]
    kept = await KeptPrices.async_get(hass, entry.entry_id)
    await kept.async_save()
    hass.data.pop(_OPEN)
    move(hass, entry, NOBODY)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    after = [state_of(hass, entry, key) for key in shown]
    assert [each.state for each in after] == [each.state for each in before]
    assert [each.attributes[ATTR_UNIT_OF_MEASUREMENT] for each in after] == ["EUR/kWh", "EUR/kWh", "g/kWh"]
    freezer.tick(timedelta(hours=4))
    async_fire_time_changed(hass)
    await hass.async_block_till_done()
    assert {state_of(hass, entry, key).state for key in shown} == {STATE_UNAVAILABLE}, "what is over holds no more"
