"""Who has the component gets its blueprints by themselves, in their language, and keeps what they changed."""

from pathlib import Path
from typing import Any

import pytest
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError, Unauthorized
from homeassistant.setup import async_setup_component
from homeassistant.util import yaml as yaml_util
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.utility_han.const import DOMAIN
from custom_components.utility_han.hub.blueprints import FOLDER, read_blueprints
from custom_components.utility_han.hub.kept.storage import _OPEN
from tests.helpers.files import hass_storage

__all__ = ["hass_storage"]

NAMES = {path.name for path in (FOLDER / "automation").glob("*.yaml")}
TEXTS = ("name", "description", "label")


@pytest.fixture
def folder(hass: HomeAssistant) -> Path:
    """Where Home Assistant has the blueprints of this integration."""
    return Path(hass.config.path("blueprints", "automation", DOMAIN))


async def install(hass: HomeAssistant) -> dict[str, set[str]]:
    answer: Any = await hass.services.async_call(DOMAIN, "install_blueprints", {}, blocking=True, return_response=True)
    return {what: set(names) for what, names in answer.items() if names}


async def start_anew(hass: HomeAssistant) -> None:
    """Set up again, with nothing remembered but what is on disk."""
    hass.config.components.remove(DOMAIN)
    hass.data.pop(_OPEN)
    assert await async_setup_component(hass, DOMAIN, {})
    await hass.async_block_till_done()


def occupy(folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text("no folder")


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


async def test_blueprints_are_there_by_themselves_and_brought_up_to_date(hass: HomeAssistant, folder: Path) -> None:
    assert await async_setup_component(hass, DOMAIN, {})
    with pytest.raises(ServiceValidationError) as refused:
        await install(hass)
    assert refused.value.translation_key == "automations_not_loaded"
    assert await async_setup_component(hass, "automation", {})
    await hass.async_block_till_done()
    assert names_in(folder) == NAMES
    assert await install(hass) == {"unchanged": NAMES}

    written = yaml_util.load_yaml_dict(str(folder / "car_charged.yaml"))["blueprint"]
    assert written["source_url"] == (
        "https://github.com/utility-han/utility-han/blob/main/custom_components/utility_han/blueprints/automation/"
        "car_charged.yaml"
    )
    own = folder / "below_a_price.yaml"
    own.write_text(own.read_text().replace("Less than", "Below"))
    (folder / "repair_at_night.yaml").unlink()
    hass.config.language = "de"
    again = "repair_at_night.yaml"
    assert await install(hass) == {"left": {own.name}, "installed": {again}, "updated": NAMES - {own.name, again}}
    assert "Below" in own.read_text()
    written = yaml_util.load_yaml_dict(str(folder / "car_charged.yaml"))["blueprint"]
    assert written["input"]["vehicles"]["name"] == "Fahrzeuge"


async def test_what_a_person_did_to_blueprints_outlives_a_start(hass: HomeAssistant, folder: Path) -> None:
    """One that is deleted does not come back by itself, one that was changed stays; others change their language."""
    assert await async_setup_component(hass, "automation", {})
    assert await async_setup_component(hass, DOMAIN, {})
    await hass.async_block_till_done()
    own, gone = folder / "below_a_price.yaml", folder / "repair_at_night.yaml"
    own.write_text(own.read_text().replace("Less than", "Below"))
    gone.unlink()
    hass.config.language = "fr"
    await start_anew(hass)
    assert "Below" in own.read_text()
    assert not gone.exists()
    written = yaml_util.load_yaml_dict(str(folder / "car_charged.yaml"))["blueprint"]
    assert written["input"]["vehicles"]["name"] == "Véhicules"
    assert await install(hass) == {
        "left": {own.name},
        "installed": {gone.name},
        "unchanged": NAMES - {own.name, gone.name},
    }


async def test_where_they_cannot_be_written_the_log_says_so(
    hass: HomeAssistant, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    occupy(folder)
    assert await async_setup_component(hass, "automation", {})
    assert await async_setup_component(hass, DOMAIN, {})
    await hass.async_block_till_done()
    assert "Blueprints were not written: " in caplog.text


async def test_only_administrators_write_files(
    hass: HomeAssistant, folder: Path, hass_read_only_user: MockUser
) -> None:
    assert await async_setup_component(hass, DOMAIN, {})
    with pytest.raises(Unauthorized):
        await hass.services.async_call(
            DOMAIN, "install_blueprints", {}, blocking=True, context=Context(user_id=hass_read_only_user.id)
        )


@pytest.mark.parametrize("language", ["de", "es", "fr"])
def test_every_text_is_in_every_language(language: str) -> None:
    english, other = (dict(_texts(read_blueprints(each))) for each in ("en", language))
    assert english.keys() == other.keys()
    same = {place for place, text in english.items() if text == other[place]}
    assert {english[place] for place in same} <= {"Format", "sessions"}, "a text is missing, or not said otherwise"


def _texts(node: Any, place: tuple[str | int, ...] = ()) -> Any:
    """Yield what people read of blueprints: of their descriptions, and of the variables that are plain words."""
    for key, value in node.items() if isinstance(node, dict) else enumerate(node):
        if isinstance(value, dict | list):
            yield from _texts(value, (*place, key))
        elif isinstance(value, str) and (key in TEXTS or (place[-1] == "variables" and "{" not in value)):
            yield (*place, key), str(value)
