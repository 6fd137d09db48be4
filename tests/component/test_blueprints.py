"""The blueprints, run: what they do when what they wait for happens."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from unittest.mock import patch

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.automation import EVENT_AUTOMATION_RELOADED
from homeassistant.components.automation.config import AUTOMATION_BLUEPRINT_SCHEMA
from homeassistant.components.blueprint.models import Blueprint, DomainBlueprints
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context, CoreState, HomeAssistant, ServiceCall, ServiceResponse, State, SupportsResponse
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from homeassistant.util import yaml as yaml_util
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
    async_mock_service,
    mock_restore_cache,
)

from custom_components.utility_han.const import DOMAIN, EVENT_REGISTRATION
from custom_components.utility_han.hub.blueprints import FOLDER
from custom_components.utility_han.hub.happenings import SIGNAL_HAPPENED, Happened
from tests.component.test_health import patient as patient  # noqa: PLC0414 - the fixture
from tests.helpers.health import Patient
from tests.helpers.states import until

HEALTH = "sensor.heat_pump_health"
REGISTRATION, CONTROL = "sensor.heat_pump_registration", "sensor.heat_pump_active"
NEXT, PRICE = "sensor.heat_pump_next", "sensor.heat_pump_price"
KEYS = {
    HEALTH: "health",
    REGISTRATION: "registration_state",
    CONTROL: "active_event",
    NEXT: "next_event",
    PRICE: "price",
}
OWNER = "5e0ab3e6b7c84a3db0b5a4de9e4f7a11"
BUTTONS = {"diagnose": "Diagnose", "repair": "Repair", "opt_out": "Opt out", "ok": "OK"}
STATES = {"options": ["ok", "marginal", "failing", "failed"]}
_TURNS = 200
"""Of the loop, in which an automation does what it does at once."""


@pytest.fixture(autouse=True)
def _blueprints() -> Iterator[None]:
    """Have Home Assistant find the blueprints of the repository."""

    def load(self: DomainBlueprints, path: str) -> Blueprint:
        data = yaml_util.load_yaml_dict(FOLDER / "automation" / path)
        return Blueprint(data, expected_domain="automation", path=path, schema=AUTOMATION_BLUEPRINT_SCHEMA)

    with patch.object(DomainBlueprints, "_load_blueprint", load):
        yield


@pytest.fixture
async def device_id(hass: HomeAssistant) -> str:
    """A heat pump as the integration shows it; its id."""
    assert await async_setup_component(hass, DOMAIN, {})
    entry = MockConfigEntry(domain=DOMAIN)
    entry.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={(DOMAIN, "pump")}, name="Heat pump"
    )
    registry = er.async_get(hass)
    for entity_id, key in KEYS.items():
        domain, name = entity_id.split(".")
        registry.async_get_or_create(
            domain, DOMAIN, f"pump_{key}", object_id_base=name, suggested_object_id=name, config_entry=entry,
            device_id=device.id, translation_key=key,
        )  # fmt: skip
    hass.states.async_set(HEALTH, "ok", {**STATES, "reason": None})
    hass.states.async_set(REGISTRATION, "registering")
    return device.id


@pytest.fixture
def told(hass: HomeAssistant) -> list[ServiceCall]:
    """What is sent to people."""
    calls: list[ServiceCall] = async_mock_service(hass, "notify", "send_message")
    return calls


@pytest.fixture
def phone(hass: HomeAssistant) -> str:
    """A phone with the mobile app; its id in the device registry."""
    entry = MockConfigEntry(domain="mobile_app")
    entry.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("mobile_app", "phone")}, name="My Phone"
    )
    return device.id


@pytest.fixture
def sent(hass: HomeAssistant) -> list[ServiceCall]:
    """What is sent to the phone."""
    calls: list[ServiceCall] = async_mock_service(hass, "notify", "mobile_app_my_phone")
    return calls


def answering(hass: HomeAssistant, action: str, **answer: Any) -> list[ServiceCall]:
    """Have an action of the integration answered; return its calls."""
    calls: list[ServiceCall] = async_mock_service(
        hass, DOMAIN, action, response=answer, supports_response=SupportsResponse.OPTIONAL
    )
    return calls


async def use(hass: HomeAssistant, name: str, **inputs: Any) -> None:
    """Make an automation of a blueprint."""
    made = {"alias": name, "use_blueprint": {"path": f"{name}.yaml", "input": inputs}}
    assert await async_setup_component(hass, "automation", {"automation": made})
    state = hass.states.get(f"automation.{name}")
    assert state is not None
    assert state.state == "on"


async def restart(hass: HomeAssistant, name: str) -> None:
    """Have an automation as it is after a restart: what it did goes on no longer."""
    for action in ("turn_off", "turn_on"):
        await hass.services.async_call("automation", action, {"entity_id": f"automation.{name}"}, blocking=True)


def press(hass: HomeAssistant, button: str, user: str | None = OWNER) -> None:
    """Have a button pressed on a phone of ``user``."""
    hass.bus.async_fire("mobile_app_notification_action", {"action": button}, context=Context(user_id=user))


async def trigger(hass: HomeAssistant, name: str) -> None:
    """Run an automation now, if its conditions are met."""
    data = {"entity_id": f"automation.{name}", "skip_condition": False}
    await hass.services.async_call("automation", "trigger", data, blocking=True)


@pytest.fixture(autouse=True)
async def _ended(hass: HomeAssistant) -> AsyncIterator[None]:
    """End what automations wait for."""
    yield
    if hass.services.has_service("automation", "turn_off"):
        await hass.services.async_call("automation", "turn_off", {"entity_id": "all"}, blocking=True)


@pytest.mark.use_case("DM-2")
@pytest.mark.parametrize("pressed", ["DIAGNOSE", "REPAIR"])
@pytest.mark.parametrize("restarted", [False, True])
async def test_failure_is_told_with_buttons_that_work(
    hass: HomeAssistant, device_id: str, pressed: str, phone: str, sent: list[ServiceCall], *, restarted: bool
) -> None:
    told = {"title": "Heat pump is not well", "message": "It is not listed", "buttons": BUTTONS, "owner": OWNER}
    asked = answering(hass, "get_message", **told)
    answer = {"title": "Heat pump: faulty device", "message": "What to do: check device"}
    calls = {name: answering(hass, name.lower(), **answer) for name in ("DIAGNOSE", "REPAIR")}
    await use(hass, "notify_on_failure", watched={"device_id": device_id}, phone=phone)
    async_dispatcher_send(hass, SIGNAL_HAPPENED, Happened("health_event", "failed", {}, device_id, HEALTH))
    await until(lambda: sent)
    assert asked[0].data == {"device_id": device_id, "about": "health", "phone": phone}
    assert (sent[0].data["title"], sent[0].data["message"]) == (told["title"], told["message"])
    actions = [each["action"] for each in sent[0].data["data"]["actions"]]
    names = [action.split("|")[0] for action in actions]
    assert names == ["UTILITY_HAN_REPAIR", "UTILITY_HAN_DIAGNOSE"], (
        "what has failed has a reason: what helps comes first"
    )
    await until(lambda: "mobile_app_notification_action" in hass.bus.async_listeners())
    if restarted:
        await restart(hass, "notify_on_failure")
    (action,) = (each for each in actions if pressed in each)
    does, _, about = action.split("|")
    for of_another in ("OK", f"{does}|{device_id}", f"{does}|automation.other|{about}"):
        press(hass, of_another)
    for user in ("somebody else", None):
        press(hass, action, user)
    await asyncio.sleep(0.05)
    assert (len(sent), calls[pressed]) == (1, []), "only the phone that was asked presses it"
    press(hass, action)
    await until(lambda: len(sent) > 1)
    assert [call.data["device_id"] for call in calls[pressed]] == [device_id]
    assert (sent[1].data["title"], sent[1].data["message"]) == (answer["title"], answer["message"])


@pytest.mark.use_case("DM-6")
async def test_repairs_at_night_are_reported(hass: HomeAssistant, device_id: str, told: list[ServiceCall]) -> None:
    calls = answering(hass, "repair", title="Heat pump was repaired", message="It works again.")
    await use(hass, "repair_at_night", health=[HEALTH], notifier="notify.me")
    night = dt_util.now().replace(hour=3, minute=0, second=0, microsecond=0)
    async_fire_time_changed(hass, night)
    await hass.async_block_till_done()
    assert (calls, told) == ([], [])
    hass.states.async_set(HEALTH, "failed", STATES)
    await hass.services.async_call(
        "automation", "trigger", {"entity_id": "automation.repair_at_night", "skip_condition": False}
    )
    await hass.async_block_till_done()
    assert [call.data["device_id"] for call in calls] == [device_id]
    assert (told[0].data["title"], told[0].data["message"]) == ("Heat pump was repaired", "It works again.")


@pytest.mark.use_case("DM-6", "RD-11")
async def test_device_that_gives_no_answer_is_not_said_to_be_as_the_one_before_it(
    hass: HomeAssistant, device_id: str, told: list[ServiceCall]
) -> None:
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    other = dr.async_get(hass).async_get_or_create(config_entry_id=entry.entry_id, identifiers={(DOMAIN, "car")})
    er.async_get(hass).async_get_or_create(
        "sensor", DOMAIN, "car_health", suggested_object_id="car_health", config_entry=entry, device_id=other.id
    )

    async def answer(call: ServiceCall) -> ServiceResponse:
        if call.data["device_id"] == other.id:
            raise HomeAssistantError("away")
        return {"title": "Heat pump was repaired", "message": "It works again."}

    for action in ("repair", "get_message"):
        hass.services.async_register(DOMAIN, action, answer, supports_response=SupportsResponse.OPTIONAL)
    hass.states.async_set(HEALTH, "failed", STATES)
    hass.states.async_set("sensor.car_health", "failed", {"friendly_name": "Car Health"})
    await use(hass, "repair_at_night", health=[HEALTH, "sensor.car_health"], notifier="notify.me")
    await trigger(hass, "repair_at_night")
    assert [each.data["message"] for each in told] == ["It works again.", "Car Health: could not be repaired now"]
    assert told[1].data["title"] == "Repairs at night"


@pytest.mark.use_case("RD-11")
async def test_report_leaves_out_what_gives_no_answer(
    hass: HomeAssistant, patient: Patient, told: list[ServiceCall]
) -> None:
    asked: list[str] = []

    async def answer(call: ServiceCall) -> ServiceResponse:
        asked.append(call.data["device_id"])
        if len(asked) > 1:
            raise HomeAssistantError("away")
        return {"title": "Health", "message": "All is well with the first."}

    hass.services.async_register(DOMAIN, "get_message", answer, supports_response=SupportsResponse.OPTIONAL)
    await use(hass, "weekly_health_report", notifier="notify.me")
    await trigger(hass, "weekly_health_report")
    assert len(asked) > 1
    assert told[0].data["message"] == "All is well with the first."


@pytest.mark.use_case("UR-P")
async def test_charging_pauses_for_as_long_as_the_control_lasts(hass: HomeAssistant, device_id: str) -> None:
    assert await async_setup_component(hass, "homeassistant", {})
    assert await async_setup_component(hass, "input_boolean", {"input_boolean": {"charger": {"initial": True}}})
    hass.states.async_set(CONTROL, "none")
    await use(hass, "pause_charging", control=CONTROL, charger="input_boolean.charger")

    async def becomes(control: str, charging: str, after: timedelta = timedelta(0)) -> None:
        began = dt_util.utcnow() + after
        hass.states.async_set(CONTROL, control, lasted(began, began) if control == "none" else {})
        await asyncio.sleep(0.2)  # for what should not come
        await until(lambda: hass.states.is_state("input_boolean.charger", charging))

    for control, charging in (("test", "on"), ("none", "on"), ("reduction", "off"), ("none", "on")):
        await becomes(control, charging)
    await hass.services.async_call("input_boolean", "turn_off", {"entity_id": "input_boolean.charger"}, blocking=True)
    for control in ("reduction", "none"):  # what was off stays off
        await becomes(control, "off", timedelta(minutes=5))


@pytest.mark.use_case("UR-P")
async def test_charging_pauses_only_while_the_device_takes_part(hass: HomeAssistant, device_id: str) -> None:
    charger = "input_boolean.charger"
    assert await async_setup_component(hass, "homeassistant", {})
    assert await async_setup_component(hass, "input_boolean", {"input_boolean": {"charger": {"initial": True}}})
    hass.states.async_set(CONTROL, "none")
    await use(hass, "pause_charging", control=CONTROL, charger=charger)
    began = dt_util.utcnow()

    async def becomes(*, part: bool | None, charging: str) -> None:
        """Whether the device takes ``part``, None after the end."""
        told = lasted(began, dt_util.utcnow()) if part is None else {"start": began.isoformat(), "participating": part}
        hass.states.async_set(CONTROL, "none" if part is None else "reduction", told)
        await hass.async_block_till_done()
        assert hass.states.is_state(charger, charging), part

    async def is_turned(to: str) -> None:
        await hass.services.async_call("input_boolean", f"turn_{to}", {"entity_id": charger}, blocking=True)

    await becomes(part=False, charging="on")
    await becomes(part=True, charging="off")
    await becomes(part=False, charging="on")
    await is_turned("off")
    await becomes(part=None, charging="off")
    await is_turned("on")
    began = dt_util.utcnow() + timedelta(minutes=5)
    await becomes(part=False, charging="on")
    hass.bus.async_fire(EVENT_AUTOMATION_RELOADED)
    await hass.async_block_till_done()
    await becomes(part=False, charging="on")


@pytest.mark.use_case("UR-P")
async def test_charging_pauses_where_the_automation_is_saved_during_the_control(
    hass: HomeAssistant, device_id: str
) -> None:
    assert await async_setup_component(hass, "homeassistant", {})
    assert await async_setup_component(hass, "input_boolean", {"input_boolean": {"charger": {"initial": True}}})
    began = dt_util.utcnow() - timedelta(minutes=5)
    hass.states.async_set(CONTROL, "reduction", {"start": began.isoformat(), "participating": True})
    await use(hass, "pause_charging", control=CONTROL, charger="input_boolean.charger")
    hass.bus.async_fire(EVENT_AUTOMATION_RELOADED)
    await hass.async_block_till_done()
    assert hass.states.is_state("input_boolean.charger", "off")


@pytest.mark.use_case("UR-P")
@pytest.mark.parametrize("between", ["nothing", "away", "test"])
@pytest.mark.parametrize("paused", [True, False])
async def test_charging_goes_on_after_controls_of_which_one_follows_another(
    hass: HomeAssistant, device_id: str, freezer: FrozenDateTimeFactory, between: str, *, paused: bool
) -> None:
    """They may be minutes apart, with no state between them that says that nothing was asked."""
    charger = "input_boolean.charger"
    assert await async_setup_component(hass, "homeassistant", {})
    assert await async_setup_component(hass, "input_boolean", {"input_boolean": {"charger": {"initial": paused}}})
    hass.states.async_set(CONTROL, "none")
    await use(hass, "pause_charging", control=CONTROL, charger=charger)

    async def becomes(state: str, told: dict[str, Any], charging: str) -> None:
        hass.states.async_set(CONTROL, state, told)
        await hass.async_block_till_done()
        assert hass.states.is_state(charger, charging), state
        freezer.tick(timedelta(minutes=30))

    def asked(control: str) -> dict[str, Any]:
        return {"control": control, "start": dt_util.utcnow().isoformat(), "participating": True}

    first = dt_util.utcnow()
    await becomes("reduction", asked("first"), "off")
    before = lasted(first, dt_util.utcnow())
    freezer.tick(timedelta(minutes=5))
    if between != "nothing":
        told = asked("test") if between == "test" else {}
        await becomes({"away": "unavailable"}.get(between, between), told | before, "off")
    second = dt_util.utcnow()
    await becomes("duty_cycle", asked("second") | before, "off")
    await becomes("none", lasted(second, dt_util.utcnow()), "on" if paused else "off")


@pytest.mark.use_case("UR-P")
async def test_charging_pauses_under_a_control_that_follows_a_test_signal_or_one_that_was_left(
    hass: HomeAssistant, device_id: str, freezer: FrozenDateTimeFactory
) -> None:
    charger = "input_boolean.charger"
    assert await async_setup_component(hass, "homeassistant", {})
    assert await async_setup_component(hass, "input_boolean", {"input_boolean": {"charger": {"initial": True}}})
    hass.states.async_set(CONTROL, "none")
    await use(hass, "pause_charging", control=CONTROL, charger=charger)
    steps = (("test", True, "on"), ("reduction", True, "off"), ("duty_cycle", False, "on"), ("reduction", True, "off"))
    for number, (state, part, charging) in enumerate(steps):
        start = dt_util.utcnow().isoformat()
        hass.states.async_set(CONTROL, state, {"control": str(number), "start": start, "participating": part})
        await hass.async_block_till_done()
        assert hass.states.is_state(charger, charging), number
        freezer.tick(timedelta(minutes=30))


@pytest.mark.use_case("UR-P")
@pytest.mark.parametrize("off", ["within the control", "after it"])
async def test_charger_that_is_switched_off_by_hand_once_a_control_was_left_stays_off(
    hass: HomeAssistant, device_id: str, freezer: FrozenDateTimeFactory, off: str
) -> None:
    """It was on again since the control was left: whoever looks later has nothing to undo."""
    charger = "input_boolean.charger"
    assert await async_setup_component(hass, "homeassistant", {})
    assert await async_setup_component(hass, "input_boolean", {"input_boolean": {"charger": {"initial": True}}})
    hass.states.async_set(CONTROL, "none")
    await use(hass, "pause_charging", control=CONTROL, charger=charger)

    async def switch_off() -> None:
        await hass.services.async_call("input_boolean", "turn_off", {"entity_id": charger}, blocking=True)

    start = dt_util.utcnow()
    for part, charging in ((True, "off"), (False, "on")):
        told = {"control": "1", "start": start.isoformat(), "participating": part}
        hass.states.async_set(CONTROL, "reduction", told)
        await hass.async_block_till_done()
        assert hass.states.is_state(charger, charging)
        freezer.tick(timedelta(minutes=15))
    if off == "within the control":
        await switch_off()
    hass.states.async_set(CONTROL, "none", lasted(start, dt_util.utcnow()))
    await hass.async_block_till_done()
    freezer.tick(timedelta(hours=5))
    await switch_off()
    hass.bus.async_fire(EVENT_AUTOMATION_RELOADED)
    await hass.async_block_till_done()
    assert hass.states.is_state(charger, "off")


_PAUSED = [
    pytest.param(timedelta(minutes=10), True, id="within the control"),
    pytest.param(timedelta(seconds=-1), True, id="as it began, before the clock was set"),
    pytest.param(timedelta(hours=-1), False, id="long before"),
    pytest.param(None, False, id="never"),
]
"""When the automation ran last, from the control's begin on, and whether the charger is to be on after it."""


async def restarted(
    hass: HomeAssistant, ran: timedelta | None, began: datetime, *, charges: bool = False, **found: Any
) -> None:
    """Start Home Assistant with a charger that is off, or ``charges``, and the sensor as it was ``found`` at first."""
    assert await async_setup_component(hass, "homeassistant", {})
    assert await async_setup_component(hass, "input_boolean", {"input_boolean": {"charger": {"initial": charges}}})
    hass.set_state(CoreState.not_running)
    last = {"last_triggered": (began + ran).isoformat()} if ran is not None else {}
    mock_restore_cache(hass, [State("automation.pause_charging", "on", last)])
    hass.states.async_set(CONTROL, **found)
    await use(hass, "pause_charging", control=CONTROL, charger="input_boolean.charger")
    await hass.async_start()
    await asyncio.sleep(0.1)


def lasted(began: datetime, ended: datetime) -> dict[str, str]:
    """Return what the sensor tells while nothing is asked for any more."""
    return {"last_start": began.isoformat(), "last_end": ended.isoformat()}


@pytest.mark.use_case("UR-P")
@pytest.mark.parametrize(("ran", "goes_on"), _PAUSED)
@pytest.mark.parametrize("known", [True, False])
async def test_charging_goes_on_after_a_control_under_which_home_assistant_was_restarted(
    hass: HomeAssistant, device_id: str, ran: timedelta | None, *, goes_on: bool, known: bool
) -> None:
    """What was off before the control, or by a person's hand, stays off; it may take a while to be known again."""
    began = dt_util.utcnow() - timedelta(minutes=30)
    about = {"start": began.isoformat()}
    await restarted(
        hass, ran, began, new_state="reduction" if known else "unavailable", attributes=about if known else {}
    )
    hass.states.async_set(CONTROL, "reduction", about)
    await asyncio.sleep(0.1)
    assert hass.states.is_state("input_boolean.charger", "off")
    hass.states.async_set(CONTROL, "none", lasted(began, dt_util.utcnow()))
    await asyncio.sleep(0.1)
    assert hass.states.is_state("input_boolean.charger", "on" if goes_on else "off")


@pytest.mark.use_case("UR-P")
@pytest.mark.parametrize(
    ("ran", "goes_on"), [*_PAUSED, pytest.param(timedelta(minutes=40), False, id="at its end, and off by hand since")]
)
@pytest.mark.parametrize("known", [True, False])
async def test_charging_goes_on_after_a_control_that_ended_while_home_assistant_did_not_run(
    hass: HomeAssistant, device_id: str, ran: timedelta | None, *, goes_on: bool, known: bool
) -> None:
    began = dt_util.utcnow() - timedelta(hours=3)
    told = lasted(began, began + timedelta(minutes=40))
    await restarted(hass, ran, began, new_state="none" if known else "unavailable", attributes=told if known else {})
    hass.states.async_set(CONTROL, "none", told)
    await asyncio.sleep(0.1)
    assert hass.states.is_state("input_boolean.charger", "on" if goes_on else "off")


@pytest.mark.use_case("UR-P")
@pytest.mark.parametrize("asks", ["reduction", "test"])
@pytest.mark.parametrize("seen", ["at the start", "later", "with the charger"])
@pytest.mark.parametrize(
    ("ran", "pauses"),
    [
        pytest.param(None, True, id="never"),
        pytest.param(timedelta(hours=-1), True, id="before"),
        pytest.param(timedelta(minutes=10), False, id="paused, and on again by hand"),
    ],
)
async def test_charging_pauses_under_a_control_that_began_while_home_assistant_did_not_run(
    hass: HomeAssistant, device_id: str, ran: timedelta | None, seen: str, asks: str, *, pauses: bool
) -> None:
    charger, began = "input_boolean.charger", dt_util.utcnow() - timedelta(minutes=30)
    about = {"start": began.isoformat()}
    found = asks if seen != "later" else "unavailable"
    await restarted(
        hass,
        ran,
        began,
        charges=seen != "with the charger",
        new_state=found,
        attributes=about if found == asks else {},
    )
    if seen == "later":
        hass.states.async_set(CONTROL, asks, about)
    elif seen == "with the charger":
        hass.states.async_set(charger, "unavailable")
        await hass.async_block_till_done()
        hass.states.async_set(charger, "on")
    await asyncio.sleep(0.1)
    paused = pauses and asks != "test"
    assert hass.states.is_state(charger, "off" if paused else "on")
    hass.states.async_set(CONTROL, "none", lasted(began, dt_util.utcnow()))
    await asyncio.sleep(0.1)
    assert hass.states.is_state(charger, "on")


async def load_and_price(hass: HomeAssistant) -> tuple[ConfigEntry, str]:
    """Have a load that is off, and return the hub and the entity of its price."""
    assert await async_setup_component(hass, "homeassistant", {})
    assert await async_setup_component(hass, "input_boolean", {"input_boolean": {"load": {"initial": False}}})
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    price = er.async_get(hass).async_get_or_create("sensor", DOMAIN, "hub_price", config_entry=entry)
    return entry, price.entity_id


async def test_cheapest_hours_of_the_day_are_used(
    hass: HomeAssistant, device_id: str, freezer: FrozenDateTimeFactory
) -> None:
    entry, price = await load_and_price(hass)
    today = dt_util.as_utc(dt_util.start_of_local_day())  # hours of it are as long on any day
    hours = [today + timedelta(hours=hour) for hour in range(25)]
    cheap = {3: 0.02, 12: 0.01, 13: 0.03, 20: 0.05}
    rows = [
        {"start": one.isoformat(), "end": other.isoformat(), "price": cheap.get(hour, 0.3)}
        for hour, (one, other) in enumerate(pairwise(hours))
    ]
    calls = answering(hass, "get_prices", prices=rows)
    await use(hass, "use_when_cheap", course=price, hours=3, load="input_boolean.load")
    for hour, state in ((11, "off"), (12, "on"), (13, "on"), (14, "off"), (20, "off")):
        freezer.move_to(hours[hour])
        hass.states.async_set(price, str(rows[hour]["price"]), {"since": hour})
        await hass.async_block_till_done()
        assert hass.states.is_state("input_boolean.load", state), hour
    assert {call.data["config_entry"] for call in calls} == {entry.entry_id}
    assert {call.data["type"] for call in calls} == {"import"}


async def test_hours_are_over_also_where_the_price_goes_on(
    hass: HomeAssistant, device_id: str, freezer: FrozenDateTimeFactory
) -> None:
    """A night that costs the same for seven hours is not used for longer than a person has said."""
    _, price = await load_and_price(hass)
    today = dt_util.as_utc(dt_util.start_of_local_day())  # hours of it are as long on any day
    hours = [today, today + timedelta(hours=7), today + timedelta(days=1)]
    rows = [
        {"start": one.isoformat(), "end": other.isoformat(), "price": costs}
        for (one, other), costs in zip(pairwise(hours), (0.1, 0.3), strict=True)
    ]
    answering(hass, "get_prices", prices=rows)
    await use(hass, "use_when_cheap", course=price, hours=3, load="input_boolean.load")

    async def load_at(at: timedelta) -> str:
        """Return how the load is at a time of the day; the automation waits meanwhile, and the clock stands."""
        freezer.move_to(today + at)
        async_fire_time_changed(hass)
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        state = hass.states.get("input_boolean.load")
        assert state is not None
        return state.state

    freezer.move_to(today + timedelta(minutes=30))  # it was made later than the night began
    hass.states.async_set(price, "0.1")
    assert await load_at(timedelta(minutes=30)) == "on"
    assert await load_at(timedelta(hours=2, minutes=59)) == "on"
    assert await load_at(timedelta(hours=3, seconds=2)) == "off"


@pytest.mark.use_case("RD-11")
async def test_report_has_every_device(hass: HomeAssistant, patient: Patient, told: list[ServiceCall]) -> None:
    hass.states.async_set("input_boolean.pump", "unavailable")
    await patient.act("diagnose", report=False)
    await use(hass, "weekly_health_report", notifier="notify.me")
    await trigger(hass, "weekly_health_report")
    well, failing = told[0].data["message"].split("\n")
    assert well == "All is well with Elm Street 5."
    assert failing.startswith("Boiler room switch on Elm Street 5: ")


@pytest.mark.use_case("UR-15")
async def test_installer_is_told(hass: HomeAssistant, device_id: str, told: list[ServiceCall]) -> None:
    answering(hass, "get_message", title="Heat pump: Enrolled", message="It is enrolled.")
    await use(hass, "commissioning_finished", registration=[REGISTRATION], notifier="notify.me")
    about = {"entity_id": REGISTRATION, "device_id": device_id}
    for entity_id, before, state in (
        (REGISTRATION, "registering", "enrolled"),
        ("sensor.another", "registering", "enrolled"),
        (REGISTRATION, "suspended", "enrolled"),
        (REGISTRATION, "registering", "failed"),
    ):
        hass.bus.async_fire(EVENT_REGISTRATION, about | {"entity_id": entity_id, "before": before, "type": state})
    await hass.async_block_till_done()
    assert len(told) == 1
    assert (told[0].data["title"], told[0].data["message"]) == ("Heat pump: Enrolled", "It is enrolled.")


def over(hass: HomeAssistant, device_id: str, control: str, type_: str, *, mandatory: bool = False) -> None:
    """Have something happen to a load control of a device."""
    about = {"control": control, "mandatory": mandatory}
    async_dispatcher_send(hass, SIGNAL_HAPPENED, Happened("control", type_, about, device_id, CONTROL))


@pytest.mark.use_case("UR-P")
@pytest.mark.parametrize("pressed", ["OPT_OUT", None])
@pytest.mark.parametrize("restarted", [False, True])
async def test_load_control_is_warned_of_and_left(
    hass: HomeAssistant, device_id: str, phone: str, sent: list[ServiceCall], pressed: str | None, *, restarted: bool
) -> None:
    now = dt_util.utcnow()
    about = {"title": "Load control", "message": "From 17:00 to 18:00", "buttons": BUTTONS, "owner": OWNER}
    asked = answering(hass, "get_message", **about)
    calls = answering(hass, "opt_out")
    hass.states.async_set(NEXT, "unknown")
    await use(hass, "warn_before_control", devices={"device_id": device_id}, before={"minutes": 15}, phone=phone)
    end = (now + timedelta(hours=1)).isoformat()
    about_now = {"control": "C1", "mandatory": False, "participating": True, "end": end}
    hass.states.async_set(NEXT, (now + timedelta(minutes=10)).isoformat(), about_now)
    await until(lambda: sent)
    actions = {each["title"]: each["action"] for each in sent[0].data["data"]["actions"]}
    assert (sent[0].data["title"], [*actions]) == ("Load control", ["Opt out", "OK"])
    assert asked[0].data["control"] == "C1", "another one may run meanwhile"
    await until(lambda: "mobile_app_notification_action" in hass.bus.async_listeners())
    if restarted:
        await restart(hass, "warn_before_control")
    does, _, whose, control = actions["Opt out"].split("|")
    for of_another in ("OK", f"{does}|{device_id}|C1", f"{does}|automation.other|{whose}|{control}"):
        press(hass, of_another)
    for user in ("somebody else", None):
        press(hass, actions["Opt out"], user)
    await asyncio.sleep(0.05)
    assert (len(sent), calls) == (1, []), "who was not asked opts nobody out"
    if pressed is not None:
        press(hass, actions["Opt out"])
    else:
        for type_ in ("started", "completed"):
            over(hass, device_id, "C1", type_)
    await until(lambda: len(sent) > 1)
    assert (sent[1].data["message"], sent[1].data["data"]) == (
        "clear_notification",
        {"tag": sent[0].data["data"]["tag"]},
    )
    assert [call.data for call in calls] == ([{"device_id": device_id, "control": "C1"}] if pressed else [])


@pytest.mark.use_case("UR-P")
@pytest.mark.parametrize("ended", ["cancelled", "completed", "superseded", "rejected"])
async def test_warning_is_taken_away_after_a_restart_also_where_the_next_control_follows_at_once(
    hass: HomeAssistant, device_id: str, phone: str, sent: list[ServiceCall], ended: str
) -> None:
    answering(hass, "get_message", title="Load control", message="Soon", buttons=BUTTONS, owner=OWNER)
    now = dt_util.utcnow()
    hass.states.async_set(NEXT, "unknown")
    await use(hass, "warn_before_control", devices={"device_id": device_id}, before={"minutes": 15}, phone=phone)
    first = {"control": "C1", "mandatory": False, "participating": True, "end": (now + timedelta(hours=1)).isoformat()}
    hass.states.async_set(NEXT, (now + timedelta(minutes=10)).isoformat(), first)
    await until(lambda: sent)
    await restart(hass, "warn_before_control")
    over(hass, "another device", "C1", "completed")
    over(hass, device_id, "C0", "completed", mandatory=True)
    over(hass, device_id, "C1", "started")
    await hass.async_block_till_done()
    assert len(sent) == 1, "there is no warning of these"
    over(hass, device_id, "C1", ended)
    await until(lambda: len(sent) > 1)
    assert [each.data["data"]["tag"] for each in sent[1:]] == [sent[0].data["data"]["tag"]]
    assert sent[1].data["message"] == "clear_notification"


@pytest.mark.use_case("UR-EV")
async def test_cost_of_charging_is_told_when_the_car_leaves(
    hass: HomeAssistant, device_id: str, told: list[ServiceCall]
) -> None:
    asked = answering(hass, "get_message", title="The car has charged 7 kWh", message="7 kWh for $1.05")
    await use(hass, "car_charged", vehicles={"device_id": device_id}, notifier=["notify.me"])
    for event in ("started", "ended", "billed"):
        async_dispatcher_send(hass, SIGNAL_HAPPENED, Happened("session", event, {}, device_id, None))
        await hass.async_block_till_done()
    assert [call.data["message"] for call in told] == ["7 kWh for $1.05"]
    assert asked[0].data == {"device_id": device_id, "about": "charging"}


async def test_load_is_on_below_a_price(hass: HomeAssistant, device_id: str) -> None:
    assert await async_setup_component(hass, "homeassistant", {})
    assert await async_setup_component(hass, "input_boolean", {"input_boolean": {"load": {"initial": False}}})
    hass.states.async_set(PRICE, "0.3")
    await use(hass, "below_a_price", price=PRICE, limit=0.1, load="input_boolean.load")
    hass.states.async_set(PRICE, "0.05")
    await hass.async_block_till_done()
    hass.states.async_set("input_boolean.load", "off")
    hass.bus.async_fire(EVENT_AUTOMATION_RELOADED)  # as when it was saved in the editor
    await hass.async_block_till_done()
    assert hass.states.is_state("input_boolean.load", "on")
    for price, state in (("0.09", "on"), ("unavailable", "on"), ("0.1", "off"), ("-0.02", "on"), ("0.2", "off")):
        hass.states.async_set(PRICE, price)
        await hass.async_block_till_done()
        assert hass.states.is_state("input_boolean.load", state), price


@pytest.mark.use_case("UR-EV")
async def test_statement_of_the_month_is_sent_on_the_first(
    hass: HomeAssistant, device_id: str, told: list[ServiceCall], freezer: FrozenDateTimeFactory, phone: str,
    sent: list[ServiceCall],
) -> None:  # fmt: skip
    added_up = {"vehicle": "Family car", "sessions": 7, "energy_kwh": 81.25, "totals": {"EUR": 21.5}}
    answer: dict[str, Any] = {
        "statements": [added_up],
        "path": "/media/charging/charging-2026-10.pdf",
        "url": "/api/utility_han/charging/pdf",
    }
    calls = answering(hass, "export_sessions", **answer)
    await use(hass, "monthly_statement", vehicles=[device_id], payer="Fleet", phone=phone, notifier=["notify.me"])
    for day, times in ((30, 0), (1, 1), (2, 1)):
        at = dt_util.now().replace(year=2031, month=10 if day == 30 else 11, day=day, hour=8, minute=0, second=0)
        freezer.move_to(at)
        async_fire_time_changed(hass, dt_util.now())
        await hass.async_block_till_done()
        assert len(calls) == times, day
    assert calls[0].data == {"device_id": [device_id], "format": "pdf", "path": "/media/charging/", "payer": "Fleet"}
    said = f"Family car: 7 sessions, 81.2 kWh, 21.50 EUR\n{answer['path']}"
    assert sent[0].data["message"] == said
    assert sent[0].data["data"]["url"] == answer["url"]
    assert told[0].data["message"] == sent[0].data["message"]
    answer["statements"].clear()
    freezer.move_to(dt_util.now().replace(month=12, day=1))
    async_fire_time_changed(hass, dt_util.now())
    await hass.async_block_till_done()
    assert told[1].data["message"] == f"Nothing was charged\n{answer['path']}", "of an empty month"
