"""What an automation is given to say of a gateway, a device or a vehicle, in whole sentences (``get_message``)."""

from datetime import datetime

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.utility_han.hub.telling.wording import Wording
from tests.component.test_charging import _soon as _soon  # noqa: PLC0414 - the fixture
from tests.component.test_charging import billed
from tests.component.test_charging import charger as charger  # noqa: PLC0414 - the fixture
from tests.component.test_health import patient as patient  # noqa: PLC0414 - the fixture
from tests.component.test_load_control import SWITCH, MakeHome
from tests.component.test_load_control import make_home as make_home  # noqa: PLC0414 - the fixture
from tests.component.test_prices import entry as entry  # noqa: PLC0414 - the fixture
from tests.component.test_prices import program as program  # noqa: PLC0414 - the fixture
from tests.component.test_prices import tell
from tests.conftest import SimulatedGateway
from tests.helpers.health import Patient
from tests.helpers.states import until
from tests.helpers.utility import SimulatedUtility
from tests.helpers.vehicles import Charger, vehicle_state
from tests.helpers.vtn_hub import poll
from tests.openadr.under_test import Vtn

_NBSP = "\N{NO-BREAK SPACE}"


async def said(of: Patient, about: str) -> str:
    """Return the sentences about something, in English."""
    answer = await of.act("get_message", about=about)
    return str(answer["message"]).replace(_NBSP, " ")


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ([0.30, 0.10, 0.20], "A kilowatt-hour costs 0.30 EUR/kWh now. It is cheapest from "),
        ([0.10, 0.30, 0.10], "A kilowatt-hour costs 0.10 EUR/kWh now, until "),
    ],
)
async def test_price_is_said_with_when_it_is_cheapest(
    hass: HomeAssistant, entry: ConfigEntry, vtn: Vtn, program: dict[str, object], told: list[float], sentence: str
) -> None:
    home = Patient(hass, entry, entry.entry_id)
    assert await said(home, "price") == "Nobody tells what electricity costs now."
    await tell(vtn, program, 3, PRICE=told)
    await poll(hass, entry)
    assert (await said(home, "price")).startswith(sentence)


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        ("2026-11-27T13:00", "2026-11-27T15:00", "1:00 PM to 3:00 PM"),
        ("2026-11-26T13:00", "2026-11-26T15:00", "Thu, Nov 26 1:00 PM to 3:00 PM"),
        ("2026-11-26T13:00", "2026-11-27T15:00", "Thu, Nov 26 1:00 PM to Fri, Nov 27 3:00 PM"),
        ("2026-11-27T13:00", "2026-11-28T15:00", "1:00 PM to Sat, Nov 28 3:00 PM"),
    ],
)
async def test_day_of_an_end_is_said_where_it_is_not_that_of_its_start(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, start: str, end: str, said: str
) -> None:
    """Also where it is today: two hours on Thursday are not a day and two hours."""
    await hass.config.async_set_time_zone("UTC")
    freezer.move_to("2026-11-27T20:00:00Z")
    wording = await Wording.async_of(hass, "en")
    told = wording.span(*(datetime.fromisoformat(f"{each}Z") for each in (start, end)))
    assert "{start} to {end}".format(**told).replace("\u202f", " ") == said


@pytest.mark.use_case("DM-2")
async def test_whose_phone_it_is_is_said_for_who_looks_at_who_pressed_a_button(
    hass: HomeAssistant, patient: Patient
) -> None:
    phone = MockConfigEntry(domain="mobile_app", data={"user_id": "a user"})
    phone.add_to_hass(hass)
    registry = dr.async_get(hass)
    device = registry.async_get_or_create(config_entry_id=phone.entry_id, identifiers={("mobile_app", "phone")})
    assert (await patient.act("get_message", about="health", phone=device.id))["owner"] == "a user"
    for no_phone in (patient.device_id, "none"):
        assert (await patient.act("get_message", about="health", phone=no_phone))["owner"] is None
    assert "owner" not in await patient.act("get_message", about="health")


@pytest.mark.use_case("DM-2", "DM-4a")
async def test_device_is_said_to_be_well_or_what_is_wrong(patient: Patient, gateway: SimulatedGateway) -> None:
    assert await said(patient, "health") == "All is well with Boiler room switch."
    assert await said(patient, "registration") == "The registration of Boiler room switch with your utility: Enrolled."
    assert await said(patient, "load_control") == (
        "Nothing is asked of Boiler room switch now, and nothing is announced."
    )
    await gateway.withdraw(patient.lfdi)
    await patient.look()
    assert "does not list the device any more" in await said(patient, "health")
    repaired = await patient.act("repair")
    assert repaired["fixed"]
    assert "works again" in repaired["message"]
    diagnosed = await patient.act("diagnose", report=False)
    assert "found nothing wrong" in diagnosed["message"]


@pytest.mark.use_case("DM-2")
async def test_hub_itself_is_named_once(hass: HomeAssistant, patient: Patient) -> None:
    gateway = Patient(hass, patient.entry, patient.entry.entry_id)
    title = patient.entry.title
    for of, named in ((gateway, title), (patient, f"Boiler room switch on {title}")):
        found = await of.act("diagnose", report=False)
        assert found["message"] == f"The diagnosis of {named} found nothing wrong."


async def test_what_a_gateway_has_not_is_not_said(hass: HomeAssistant, patient: Patient) -> None:
    gateway = Patient(hass, patient.entry, patient.entry.entry_id)
    for about in ("registration", "load_control", "charging", "month"):
        with pytest.raises(ServiceValidationError) as refused:
            await gateway.act("get_message", about=about)
        assert refused.value.translation_key == "nothing_to_say"


@pytest.mark.use_case("UR-P")
async def test_load_control_is_said_as_it_comes_and_goes(make_home: MakeHome) -> None:
    home = await make_home(SWITCH)
    await home.ask(start_in=600, duration=1800, duty_cycle=30)
    device = Patient(home.hass, home.entry, next(iter(home.entry.subentries)))
    assert "Peak Saver, from " in await said(device, "load_control")
    await home.act("opt_out")
    assert "takes no part in the load control" in await said(device, "load_control")


@pytest.mark.use_case("UR-P")
async def test_load_control_that_is_asked_about_is_said_while_another_one_lasts(make_home: MakeHome) -> None:
    home = await make_home(SWITCH)
    await home.ask(duration=1200, duty_cycle=30)
    coming = await home.ask(start_in=1800, duration=1200, duty_cycle=50)
    device = Patient(home.hass, home.entry, next(iter(home.entry.subentries)))
    assert "Peak Saver, since " in (await device.act("get_message", about="load_control"))["message"]
    told = await device.act("get_message", about="load_control", control=coming["mrid"])
    assert "Peak Saver, from " in told["message"]
    told = await device.act("get_message", about="load_control", control="AB")
    assert "nothing is announced" in told["message"]


@pytest.mark.use_case("SC-2")
async def test_charging_is_said_from_plugging_in_to_the_bill(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, utility: SimulatedUtility
) -> None:
    vehicle = Patient(hass, hub, next(each.subentry_id for each in hub.get_subentries_of_type("vehicle")))
    assert await said(vehicle, "charging") == "Family car has charged nothing at home yet."
    charger.plug()
    charger.charge(2_000)
    await until(lambda: vehicle_state(hass, hub, "plugged") == "on")
    assert "so far that costs" in await said(vehicle, "charging")
    charger.plug(plugged=False)
    await billed(utility, 1)
    await until(lambda: float(vehicle_state(hass, hub, "month_energy")) == 2)
    assert "Family car charged 2.0 kWh for $0.30." in await said(vehicle, "charging")
    assert await said(vehicle, "month") == "This month Family car was billed 2.0 kWh for $0.30."
