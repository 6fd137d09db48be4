"""Automations react to load controls, prices and charging by the integration's own triggers and conditions."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import CoreState, Event, HomeAssistant, callback
from homeassistant.helpers import condition, trigger
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.translation import async_get_translations
from homeassistant.loader import async_get_integration
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
    async_fire_time_changed,
)

from custom_components.utility_han.condition import CONDITIONS
from custom_components.utility_han.const import DOMAIN, EVENT_SESSION
from custom_components.utility_han.trigger import TRIGGERS
from script.referencing.automations import known_of
from tests.component.test_charging import _soon as _soon  # noqa: PLC0414 - the fixture
from tests.component.test_charging import charger as charger  # noqa: PLC0414 - the fixture
from tests.component.test_load_control import SWITCH, MakeHome
from tests.component.test_load_control import make_home as make_home  # noqa: PLC0414 - the fixture
from tests.helpers.automations import automate
from tests.helpers.states import until
from tests.helpers.vehicles import Charger, manager_of, vehicle_device_id

type Automation = dict[str, Any]


def on(name: str, target: dict[str, Any], **options: Any) -> Automation:
    """Return an automation that is run by one of our triggers."""
    return {
        "alias": name,
        "triggers": [
            {"trigger": f"utility_han.{name}", "target": target, **({"options": options} if options else {})}
        ],
    }


def only(automation: Automation, name: str, target: dict[str, Any], **options: Any) -> Automation:
    """Return it under one of our conditions, named after that."""
    only_if = {"condition": f"utility_han.{name}", "target": target, "options": {"behavior": "any"} | options}
    return {**automation, "alias": name, "conditions": [only_if]}


@pytest.mark.use_case("UR-P")
async def test_load_control_runs_automations_from_its_announcement_to_its_end(
    hass: HomeAssistant, make_home: MakeHome
) -> None:
    home = await make_home(SWITCH)
    target = {"entity_id": [home.state(key).entity_id for key in ("control", "active_event", "next_event")]}
    announced, started = on("load_control_announced", target), on("load_control_started", target)
    said = await automate(
        hass,
        announced,
        only(announced, "is_load_control_announced", target),
        on("load_control_starts_soon", target, offset={"hours": 1}),
        started,
        only(started, "is_load_control_running", target),
        on("load_control_ends_soon", target, offset={"hours": 1}),
        on("load_control_opted_out", target),
        only(on("load_control_opted_out", target), "is_opted_out", target, behavior="all"),
        on("load_control_ended", target),
        on("load_control_over", target),
    )
    await home.ask(start_in=600, duration=1800, duty_cycle=30)
    assert sorted(said) == ["is_load_control_announced", "load_control_announced", "load_control_starts_soon"]
    said.clear()
    await home.let_pass(11)
    assert sorted(said) == ["is_load_control_running", "load_control_ends_soon", "load_control_started"]
    said.clear()
    await home.act("opt_out")
    assert sorted(said) == ["is_opted_out", "load_control_opted_out"]
    said.clear()
    await home.let_pass(30)
    assert sorted(said) == ["load_control_ended", "load_control_over"]


async def test_what_a_trigger_hands_on_is_what_the_reference_says(hass: HomeAssistant, make_home: MakeHome) -> None:
    """One of each kind: what crosses a threshold hands on what any change of a state does."""
    home = await make_home(SWITCH)
    target = {"entity_id": [home.state(key).entity_id for key in ("active_event", "next_event")]}
    known: dict[str, set[str]] = {}

    @callback
    def heard(event: Event) -> None:
        known[event.data["name"]] = set(event.data["known"])

    hass.bus.async_listen("began", heard)
    names = ("load_control_announced", "load_control_starts_soon", "load_control_ended")
    began = [
        {"event": "began", "event_data": {"name": "{{ trigger.alias }}", "known": "{{ trigger.keys() | list }}"}},
    ]
    automations = [{**on(name, target), "id": name, "actions": began} for name in names]
    for each in automations:
        each["triggers"][0]["alias"] = each["id"]
    assert await async_setup_component(hass, "automation", {"automation": automations})
    await hass.async_block_till_done()
    await home.ask(start_in=60, duration=60)
    await home.let_pass(1)
    await home.let_pass(2)
    of_any = {"id", "idx", "alias", "platform", "description"}
    assert {name: keys - of_any for name, keys in known.items()} == {name: set(known_of(name)) for name in names}


@pytest.mark.use_case("UR-EV", "UR-15")
@pytest.mark.parametrize("state", [CoreState.not_running, CoreState.starting])
async def test_what_happens_while_home_assistant_starts_is_told_once_automations_listen(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, state: CoreState
) -> None:
    """A hub is loaded before they do, and hears first what happened while Home Assistant was off."""
    events = async_capture_events(hass, EVENT_SESSION)
    hass.set_state(state)
    said = await automate(hass, on("vehicle_session_started", {"device_id": vehicle_device_id(hass, hub)}))
    charger.plug()
    await hass.async_block_till_done()
    assert (said, events) == ([], [])
    if state is CoreState.not_running:
        await hass.async_start()
    else:
        hass.set_state(CoreState.running)
        hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await hass.async_block_till_done()
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=11))
    await hass.async_block_till_done()
    assert said == ["vehicle_session_started"]
    assert [each.data["type"] for each in events] == ["started"]
    charger.charge(2_000)
    await hass.async_block_till_done()
    charger.plug(plugged=False)
    await until(lambda: "ended" in [each.data["type"] for each in events])


@pytest.mark.use_case("UR-EV")
async def test_charging_session_runs_automations_until_it_is_billed(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger
) -> None:
    target = {"device_id": vehicle_device_id(hass, hub)}
    started, ended = on("vehicle_session_started", target), on("vehicle_session_ended", target)
    said = await automate(
        hass,
        started,
        only(started, "is_vehicle_plugged", target),
        only(started, "is_vehicle_bound", target),
        only(on("vehicle_session_billed", target), "is_vehicle_charging", target),
        ended,
        on("vehicle_session_billed", target),
    )
    charger.plug()
    await hass.async_block_till_done()
    assert sorted(said) == ["is_vehicle_bound", "is_vehicle_plugged", "vehicle_session_started"]
    charger.charge(3_000)
    await hass.async_block_till_done()
    plugged = next(each for each in hass.states.async_all("binary_sensor") if "charging" in each.attributes)
    assert (plugged.attributes["charging"], plugged.attributes["idle_since"]) == (True, None)
    counted = charger.at
    await manager_of(hub).async_look(charger.at + timedelta(minutes=6))
    plugged = next(each for each in hass.states.async_all("binary_sensor") if "charging" in each.attributes)
    assert plugged.attributes["charging"] is False, "its counter shows no more"
    assert datetime.fromisoformat(plugged.attributes["idle_since"]) <= counted
    charger.plug(plugged=False)
    await until(lambda: "vehicle_session_billed" in said)
    assert said[3:] == ["vehicle_session_ended", "vehicle_session_billed"]
    told = next(each for each in hass.states.async_all("event") if each.attributes.get("event_type") == "billed")
    figures = [told.attributes[name] for name in ("energy_kwh", "cost", "currency")]
    assert figures == [3.0, pytest.approx(0.45), "USD"]
    await hass.config_entries.async_reload(hub.entry_id)
    await hass.async_block_till_done()
    assert len(said) == 5, "what was told is not told again after a restart"


@pytest.fixture
def shown(hass: HomeAssistant) -> dict[str, str]:
    """Entities as the integration shows them, by their keys, and one of another integration."""
    entry = MockConfigEntry(domain=DOMAIN)
    entry.add_to_hass(hass)
    registry = er.async_get(hass)
    found = {
        key: registry.async_get_or_create(
            domain, DOMAIN, f"home_{key}", config_entry=entry, translation_key=key
        ).entity_id
        for key, domain in (("price", "sensor"), ("active_event", "sensor"))
    }
    hass.states.async_set("sensor.other_price", "0.5")
    return found


async def test_price_that_comes_below_a_threshold(hass: HomeAssistant, shown: dict[str, str]) -> None:
    target = {"entity_id": [shown["price"], "sensor.other_price"]}
    cheap: dict[str, Any] = {"threshold": {"type": "below", "value": {"number": 0.1}}}
    fell = on("price_crossed_threshold", target, **cheap)
    hass.states.async_set(shown["price"], "0.25")
    said = await automate(hass, fell, only(fell, "is_price", target, **cheap))
    for price in ("0.1", "0.09", "0.05", "unavailable", "0.08", "0.2", "-0.01"):
        hass.states.async_set(shown["price"], price)
        await hass.async_block_till_done()
    hass.states.async_set("sensor.other_price", "0.01")
    await hass.async_block_till_done()
    assert said == ["price_crossed_threshold", "is_price"] * 2, "at 0.09, and at -0.01"


@pytest.mark.use_case("UR-P")
async def test_end_is_told_once_however_often_home_assistant_looks_away(
    hass: HomeAssistant, shown: dict[str, str], freezer: FrozenDateTimeFactory
) -> None:
    begun, entity_id = dt_util.utcnow(), shown["active_event"]

    def runs_until(minutes: float) -> None:
        end = (begun + timedelta(minutes=minutes)).isoformat()
        hass.states.async_set(entity_id, "duty_cycle", {"end": end})

    async def pass_until(minutes: float) -> None:
        freezer.move_to(begun + timedelta(minutes=minutes))
        async_fire_time_changed(hass)
        await hass.async_block_till_done()

    runs_until(30)
    said = await automate(hass, on("load_control_ends_soon", {"entity_id": entity_id}, offset={"minutes": 10}))
    await pass_until(15)
    hass.states.async_set(entity_id, "unavailable")
    await pass_until(19)
    runs_until(30)
    assert said == []
    await pass_until(20.1)
    assert said == ["load_control_ends_soon"]
    hass.states.async_set(entity_id, "unavailable")
    await hass.async_block_till_done()
    runs_until(30)
    await pass_until(31)
    assert len(said) == 1
    hass.states.async_set(entity_id, "none")
    await hass.async_block_till_done()
    runs_until(60)
    await hass.async_block_till_done()
    runs_until(36)  # the utility shortens it: it ends within ten minutes now
    await hass.async_block_till_done()
    assert len(said) == 2
    runs_until(90)
    await hass.async_block_till_done()
    hass.states.async_set(entity_id, "none")
    await pass_until(85)
    assert len(said) == 2, "it ended before"


@pytest.mark.parametrize("language", ["en", "de", "es", "fr"])
async def test_editor_finds_them_by_the_integration(hass: HomeAssistant, language: str) -> None:
    # The frontend searches names and descriptions of triggers and conditions, and not the integration's own name.
    integration = await async_get_integration(hass, DOMAIN)
    for kind, rows in (("triggers", TRIGGERS), ("conditions", CONDITIONS)):
        texts = await async_get_translations(hass, language, kind, [DOMAIN])
        for name in rows:
            said = [texts[f"component.{DOMAIN}.{kind}.{name}.{text}"] for text in ("name", "description")]
            assert integration.name in " ".join(said)


async def test_editor_has_fields_for_each(hass: HomeAssistant) -> None:
    for helper, rows in ((trigger, TRIGGERS), (condition, CONDITIONS)):
        assert await async_setup_component(hass, "automation", {})
        assert await async_setup_component(hass, DOMAIN, {})
        described = await helper.async_get_all_descriptions(hass)
        ours = {
            name.removeprefix(f"{DOMAIN}.") for name, each in described.items() if name.startswith(DOMAIN) and each
        }
        assert ours == set(rows)
