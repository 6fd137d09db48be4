"""Notifications with buttons on a phone: each once, what their buttons do, and gone when it is over."""

from collections.abc import AsyncIterator
from unittest.mock import patch

import pytest
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context, HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.utility_han.health import phone_news
from custom_components.utility_han.health.phone_news import PhoneNews
from custom_components.utility_han.hub.telling.phone import _service
from tests.component.test_charging import _soon as _soon  # noqa: PLC0414 - the fixture
from tests.component.test_charging import charger as charger  # noqa: PLC0414 - the fixture
from tests.component.test_health import patient as patient  # noqa: PLC0414 - the fixture
from tests.component.test_load_control import SWITCH, MakeHome
from tests.component.test_load_control import make_home as make_home  # noqa: PLC0414 - the fixture
from tests.conftest import SimulatedGateway
from tests.helpers.health import Patient
from tests.helpers.phone import Phone, a_phone
from tests.helpers.states import persistent_notifications, until
from tests.helpers.utility import SimulatedUtility
from tests.helpers.vehicles import Charger, issues_of


@pytest.fixture(autouse=True)
async def phone(hass: HomeAssistant) -> AsyncIterator[Phone]:
    """A phone; it is there before Home Assistant's web server takes up no more pages."""
    async with a_phone(hass) as phone:
        yield phone


@pytest.mark.use_case("DM-2")
async def test_failure_is_diagnosed_and_repaired_from_the_phone(
    hass: HomeAssistant, patient: Patient, gateway: SimulatedGateway, phone: Phone
) -> None:
    await phone.follow(patient.entry)
    await gateway.withdraw(patient.lfdi)
    await patient.look()
    shown = phone.only()
    assert (shown["title"], list(shown["buttons"])) == ("Boiler room switch is not well", ["Repair", "Diagnose"])
    assert "does not list" in shown["message"]
    await phone.press("Diagnose")
    assert "What to do:" in phone.only()["message"]
    await phone.press("Repair")
    assert patient.well
    assert {each["title"] for each in phone.shown.values()} == {"Boiler room switch was repaired"}
    assert "Boiler room switch is not well" not in {each["title"] for each in persistent_notifications(hass)}


@pytest.mark.use_case("DM-2")
async def test_other_phones_press_nothing_that_their_owner_may_not(
    hass: HomeAssistant, patient: Patient, gateway: SimulatedGateway, phone: Phone
) -> None:
    """Any phone can send the event; the one that the options name may."""
    await phone.follow(patient.entry)
    await gateway.withdraw(patient.lfdi)
    await patient.look()
    await phone.press("Diagnose")
    repair = {"action": phone.only()["buttons"]["Repair"]}
    child, owner = MockUser().add_to_hass(hass), MockUser(id="person").add_to_hass(hass)
    for pressed_by, well in ((child, False), (owner, True)):
        hass.bus.async_fire("mobile_app_notification_action", repair, context=Context(user_id=pressed_by.id))
        await hass.async_block_till_done()
        assert patient.well is well


@pytest.mark.use_case("DM-2")
async def test_button_that_ends_in_an_unexpected_error_can_be_pressed_again(
    hass: HomeAssistant, patient: Patient, gateway: SimulatedGateway, phone: Phone, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing is done by itself later, when the person may have done something else."""
    await phone.follow(patient.entry)
    await gateway.withdraw(patient.lfdi)
    await patient.look()
    diagnose = {"action": phone.only()["buttons"]["Diagnose"]}
    with patch(f"{phone_news.__name__}.async_diagnose", side_effect=ZeroDivisionError):
        await phone.press("Diagnose")
    assert "press it again" in caplog.text
    assert not patient.entry.runtime_data.rounds.failing
    hass.bus.async_fire("mobile_app_notification_action", diagnose)
    await hass.async_block_till_done()
    assert "What to do:" in phone.only()["message"]


@pytest.mark.use_case("DM-2")
@pytest.mark.parametrize("buttons", [True, False], ids=["phone", "any notify entity"])
async def test_who_is_not_reached_loses_nothing(
    hass: HomeAssistant,
    patient: Patient,
    gateway: SimulatedGateway,
    phone: Phone,
    caplog: pytest.LogCaptureFixture,
    *,
    buttons: bool,
) -> None:
    """What is told in Home Assistant is there, and goes when it is over, whatever becomes of it on the phone."""
    if not buttons:
        hass.services.async_remove("notify", "mobile_app_my_phone")
    await phone.follow(patient.entry)
    await gateway.withdraw(patient.lfdi)
    phone.leave()
    await patient.look()
    (told,) = (each for each in persistent_notifications(hass) if each["title"] == "Boiler room switch is not well")
    assert "does not list" in told["message"]
    assert phone.shown == {}
    assert f"could not notify {phone.entity_id}" in caplog.text
    await patient.act("repair")
    await patient.look()
    assert patient.well
    assert told["notification_id"] not in {each["notification_id"] for each in persistent_notifications(hass)}


@pytest.mark.use_case("DM-2")
async def test_notify_entity_without_buttons_is_told_the_same(
    hass: HomeAssistant, patient: Patient, gateway: SimulatedGateway, phone: Phone
) -> None:
    hass.services.async_remove("notify", "mobile_app_my_phone")
    await phone.follow(patient.entry)
    await gateway.withdraw(patient.lfdi)
    await patient.look()
    shown = phone.only()
    assert (shown["title"], shown["buttons"]) == ("Boiler room switch is not well", {})
    assert "does not list" in shown["message"]


async def test_of_two_phones_of_one_name_neither_has_buttons(hass: HomeAssistant, phone: Phone) -> None:
    """The app registers one action for both: what is for one person would be shown to another."""
    (entry,) = hass.config_entries.async_entries("mobile_app")
    assert _service(hass, phone.entity_id) == "mobile_app_my_phone"
    other = MockConfigEntry(domain="mobile_app", data={**entry.data, "user_id": "another"}, state=entry.state)
    other.add_to_hass(hass)
    assert _service(hass, phone.entity_id) is None


@pytest.mark.use_case("UR-P")
async def test_load_control_is_left_from_the_phone(hass: HomeAssistant, make_home: MakeHome, phone: Phone) -> None:
    home = await make_home(SWITCH)
    phone.name_in(home.entry)
    home.entry.runtime_data.manager(PhoneNews).async_start()
    await home.ask(start_in=600, duration=1800, duty_cycle=30)
    shown = phone.only()
    assert list(shown["buttons"]) == ["Opt out", "OK"]
    assert shown["title"].startswith("Basement: load control at ")
    await home.poll()
    assert phone.sent == 1, "it is told once"
    await phone.press("Opt out")
    assert home.state("next_event").attributes["participating"] is False

    control = await home.ask(start_in=7200, duration=1800, duty_cycle=30)
    assert list(phone.only()["buttons"]) == ["Opt out", "OK"]
    await home.gateway.cancel(control["number"])
    await home.poll()
    assert phone.shown == {}, "what was called off is taken away"

    late = await home.ask(start_in=14400, duration=1800, duty_cycle=30)
    opt_out = phone.only()["buttons"]["Opt out"]
    await home.gateway.cancel(late["number"])
    await home.poll()
    hass.bus.async_fire("mobile_app_notification_action", {"action": opt_out})
    await hass.async_block_till_done()
    assert phone.only()["title"] == "The load control goes on", "who presses too late is told so"


@pytest.mark.use_case("UR-EV")
async def test_whose_session_it_was_is_said_on_the_phone(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, utility: SimulatedUtility, phone: Phone
) -> None:
    await phone.follow(hub)
    await charger.session(3_000, present=False)
    await until(lambda: phone.shown)
    shown = phone.only()
    assert list(shown["buttons"]) == ["Family car", "Nobody’s here"]
    assert "3.0\N{NO-BREAK SPACE}kWh" in shown["message"]
    await phone.press("Family car")
    assert issues_of(hass, "whose_session") == []
    await until(lambda: phone.shown == {})
    await hass.config_entries.async_reload(hub.entry_id)
    await hass.async_block_till_done()
    assert phone.shown == {}
