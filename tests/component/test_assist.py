"""Assist is spoken to in four languages, and answers in each; nobody has copied any sentences."""

import pytest
from homeassistant.components import conversation
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import floor_registry as fr
from homeassistant.helpers import intent
from homeassistant.setup import async_setup_component

from custom_components.utility_han.const import DOMAIN
from custom_components.utility_han.devices.manager import Registrar
from custom_components.utility_han.health.assist import SAYINGS
from custom_components.utility_han.health.spoken import meant
from custom_components.utility_han.intent import read_sentences
from tests.component.conftest import Commission
from tests.component.test_charging import _soon as _soon  # noqa: PLC0414 - the fixture
from tests.component.test_charging import billed
from tests.component.test_charging import charger as charger  # noqa: PLC0414 - the fixture
from tests.component.test_health import patient as patient  # noqa: PLC0414 - the fixture
from tests.component.test_load_control import SWITCH, MakeHome
from tests.component.test_load_control import make_home as make_home  # noqa: PLC0414 - the fixture
from tests.conftest import SimulatedGateway
from tests.helpers.health import Patient
from tests.helpers.states import until
from tests.helpers.utility import SimulatedUtility
from tests.helpers.vehicles import Charger, vehicle_state


@pytest.fixture(autouse=True)
async def _assist(hass: HomeAssistant) -> None:
    """Have Assist set up before Home Assistant's web server takes up no more pages."""
    for component in ("homeassistant", "intent", "conversation"):
        assert await async_setup_component(hass, component, {})


async def say(hass: HomeAssistant, text: str, language: str = "en") -> str:
    """Say something to Home Assistant's own agent; return its answer."""
    result = await conversation.async_converse(hass, text, None, Context(), language)
    return str(result.response.speech["plain"]["speech"])


@pytest.mark.use_case("RD-11")
async def test_what_is_wrong_is_asked_in_four_languages(
    hass: HomeAssistant, patient: Patient, gateway: SimulatedGateway
) -> None:
    await gateway.withdraw(patient.lfdi)
    for text, language, answer in (
        ("what is wrong with the boiler room switch", "en", "does not list the device any more"),
        ("diagnostiziere den Boiler Room Switch", "de", "führt das Gerät nicht mehr auf"),
        ("diagnostica el boiler room switch", "es", "ya no tiene el dispositivo en su lista"),
        ("diagnostique le boiler room switch", "fr", "ne liste plus l’appareil"),
    ):
        said = await say(hass, text, language)
        assert answer in said
        assert "Boiler room switch" in said
    assert await say(hass, "diagnose the toaster") == "I know no gateway, device or vehicle named toaster."
    handled = await intent.async_handle(hass, DOMAIN, "UtilityHanDiagnose", {"name": {"value": "boiler room switch"}})
    assert "does not list the device any more" in handled.speech["plain"]["speech"]


@pytest.mark.use_case("RD-11")
@pytest.mark.parametrize(
    "called",
    [
        *("Hot tub", "grandma's", "Water in the cellar", "Boiler", "Cellar", "Downstairs", "the cellar"),
        *("Basement", "below ground", "the basement"),
    ],
)
async def test_device_is_meant_by_whatever_the_home_calls_it(
    hass: HomeAssistant, patient: Patient, gateway: SimulatedGateway, called: str
) -> None:
    """The name that a person gave its page, an alias of an entity of it, the linked entity, an area, a floor."""
    await gateway.withdraw(patient.lfdi)
    devices, entities = dr.async_get(hass), er.async_get(hass)
    device = devices.async_get_device_by_identifier((DOMAIN, patient.key), patient.entry.entry_id)
    assert device is not None
    areas = ar.async_get(hass)
    floor = fr.async_get(hass).async_create("Basement", aliases={"Below ground"})
    areas.async_create("Attic", aliases={"Upstairs"})
    area = areas.async_create("Cellar", aliases={"Downstairs"}, floor_id=floor.floor_id)
    devices.async_update_device(device.id, name_by_user="Hot tub", area_id=area.id)
    entities.async_update_entity(er.async_entries_for_device(entities, device.id)[0].entity_id, aliases=["Grandma's"])
    linked = entities.async_get_or_create("input_boolean", "demo", "boiler", suggested_object_id="boiler")
    entities.async_update_entity(linked.entity_id, aliases=["Water in the cellar"])
    hass.states.async_set(linked.entity_id, "on", {"friendly_name": "Boiler"})
    own = patient.entry.runtime_data.manager(Registrar).devices[patient.key]
    own.control = {**own.control, "entity_id": linked.entity_id}
    assert "does not list the device any more" in await say(hass, f"diagnose {called}")
    assert await say(hass, "diagnose upstairs") == "I know no gateway, device or vehicle named upstairs."


@pytest.mark.use_case("RD-11")
@pytest.mark.parametrize(
    ("titled", "said", "language"),
    [
        ("The Beast", "diagnose the Beast", "en"),
        ("The Beast", "diagnose the the beast", "en"),
        ("Beast", "diagnose my the beast", "en"),
        ("Die Pumpe", "diagnostiziere die Pumpe", "de"),
        ("Meine Pumpe", "was fehlt der Pumpe", "de"),
        ("La bomba", "qué le pasa a la bomba", "es"),
        ("L’aspirateur", "diagnostique l'aspirateur", "fr"),
        ("Le bassin", "diagnostique bassin", "fr"),
    ],
)
async def test_name_is_known_with_its_article_and_without(
    hass: HomeAssistant, patient: Patient, titled: str, said: str, language: str
) -> None:
    device = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, patient.key), patient.entry.entry_id)
    assert device is not None
    dr.async_get(hass).async_update_device(device.id, name_by_user=titled)
    answer = await say(hass, said, language)
    assert "Boiler room switch" in answer or titled in answer, answer


@pytest.mark.use_case("RD-11")
async def test_what_is_called_so_goes_before_what_is_called_so_without_its_article(
    hass: HomeAssistant, patient: Patient
) -> None:
    health = patient.manager
    everything = [(health, watched) for watched in health.subjects.all]
    names = {watched.key: name for (_, watched), name in zip(everything, ("The pump", "Pump"), strict=True)}
    for _, watched in everything:
        watched.title = names[watched.key]
    for name in names.values():
        assert [watched.title for _, watched in meant(hass, everything, name)] == [name]
    assert len(meant(hass, everything, "my pump")) == 2


@pytest.mark.use_case("UR-P")
async def test_load_control_is_left_by_a_word(hass: HomeAssistant, make_home: MakeHome) -> None:
    home = await make_home(SWITCH)
    assert await say(hass, "steig aus der Laststeuerung aus", "de") == (
        "Es gibt keine Laststeuerung, die verlassen werden könnte."
    )
    await home.ask(start_in=600, duration=1800, duty_cycle=30)
    assert await say(hass, "opt out of the load control") == "Basement takes no part in the load control."
    assert home.state("next_event").attributes["participating"] is False


@pytest.mark.use_case("UR-P")
async def test_what_electricity_costs_is_asked(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    assert await async_setup_component(hass, DOMAIN, {})
    await hass.async_block_till_done()
    for text, language, answer in (
        ("what does electricity cost now", "en", "Utility HAN is not set up, or its hub is not loaded now."),
        ("was kostet der Strom", "de", "Utility HAN ist nicht eingerichtet, oder der Hub ist gerade nicht geladen."),
    ):
        assert await say(hass, text, language) == answer
    await gateway.set_prices(0.15, 0.15, 0.15)
    entry = await commission(gateway)
    entry.runtime_data.coordinator.read_anew()
    await entry.runtime_data.coordinator.async_refresh()
    for text in ("how much is electricity now", "when is power cheapest"):
        assert "A kilowatt-hour costs 0.15\N{NO-BREAK SPACE}USD/kWh now" in await say(hass, text)
    assert "Kilowattstunde kostet" in await say(hass, "was kostet der Strom gerade", "de")


@pytest.mark.use_case("UR-EV")
async def test_what_the_car_has_charged_is_asked(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, utility: SimulatedUtility
) -> None:
    await charger.session(7_000)
    await billed(utility, 1)
    await until(lambda: float(vehicle_state(hass, hub, "month_energy")) == 7)
    answers = {
        await say(hass, text)
        for text in ("how much has the car charged this month", "what did charging the Family car cost")
    }
    assert answers == {"This month Family car was billed 7.0\N{NO-BREAK SPACE}kWh for $1.05."}
    german = await say(hass, "wie viel hat das Auto in diesem Monat geladen", "de")
    assert "7,0\N{NO-BREAK SPACE}kWh für 1,05\N{NO-BREAK SPACE}$" in german


def test_everything_can_be_said_in_every_language() -> None:
    sentences = read_sentences()
    assert set(sentences) == {*SAYINGS, "any"}
