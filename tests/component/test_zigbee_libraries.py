"""The libraries of a radio are Home Assistant's own; where they have moved beyond us, a person is told."""

import sys
import tomllib
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.requirements import RequirementsNotFound

from custom_components.utility_han.const import DOMAIN
from custom_components.utility_han.hub.reach import zigbee_libraries
from tests.component.conftest import Commission
from tests.conftest import SimulatedGateway
from tests.helpers import flows

HERE = "custom_components.utility_han.hub.reach.zigbee_libraries"
ZIGBEE = "custom_components.utility_han.gateway.zigbee"


@pytest.fixture
def transport() -> str:
    return "ezsp"


def moved_to(**versions: str) -> Any:
    """Have Home Assistant's own integrations bring these libraries, as the packages say of themselves."""
    found = {**zigbee_libraries.TRIED, **versions}
    return patch(f"{HERE}.version", found.__getitem__)


def test_tried_is_what_the_tests_run_on() -> None:
    locked = tomllib.loads((Path(__file__).parent.parent.parent / "uv.lock").read_text())["package"]
    versions = {each["name"]: each.get("version") for each in locked}
    assert {name: versions[name] for name in zigbee_libraries.TRIED} == dict(zigbee_libraries.TRIED)


async def test_newer_library_is_told_until_it_is_known(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    entry = await commission(gateway)
    issue_id = f"zigbee_libraries_moved_{entry.entry_id}"
    assert ir.async_get(hass).async_get_issue(DOMAIN, issue_id) is None
    with moved_to(zigpy="3.0.1"):
        assert await hass.config_entries.async_reload(entry.entry_id)
    issue = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
    assert issue is not None
    assert "zigpy 3.0.1" in (issue.translation_placeholders or {})["found"]
    assert entry.state is ConfigEntryState.LOADED  # it may work all the same
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert ir.async_get(hass).async_get_issue(DOMAIN, issue_id) is None


async def test_newer_minor_version_is_no_matter() -> None:
    assert not zigbee_libraries.beyond({**zigbee_libraries.TRIED, "bellows": "1.9.0"})
    assert zigbee_libraries.beyond({"zigpy": "2.3.0", "bellows": "1.1.0"}), "one that is gone"


async def test_library_that_cannot_be_imported_ends_setup_with_the_reason(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    entry = await commission(gateway)
    await hass.config_entries.async_unload(entry.entry_id)
    with (
        patch(f"{HERE}.async_import_module", side_effect=ImportError("no EZSP in bellows")),
        moved_to(bellows="2.0.0"),
    ):
        assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert entry.error_reason_translation_key == "zigbee_libraries_moved"
    assert "bellows 2.0.0" in (entry.error_reason_translation_placeholders or {})["found"]
    assert ir.async_get(hass).async_get_issue(DOMAIN, f"zigbee_libraries_moved_{entry.entry_id}") is not None


async def test_library_that_cannot_be_installed_is_tried_again(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    entry = await commission(gateway)
    await hass.config_entries.async_unload(entry.entry_id)
    with patch(f"{HERE}.async_process_requirements", side_effect=RequirementsNotFound(DOMAIN, ["zha"])):
        assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert entry.error_reason_translation_key == "zigbee_libraries_missing"


@pytest.mark.parametrize(
    ("what", "error", "said"),
    [
        ("async_import_module", ImportError("no EZSP in bellows"), "zigbee_libraries_moved"),
        ("async_process_requirements", RequirementsNotFound(DOMAIN, ["zha"]), "zigbee_libraries_missing"),
    ],
)
async def test_dialog_says_so_and_goes_on_afterwards(
    hass: HomeAssistant, gateway: SimulatedGateway, what: str, error: Exception, said: str
) -> None:
    result = await flows.choose(hass, await flows.begin(hass), "radio")
    with patch(f"{HERE}.{what}", side_effect=error):
        result = await flows.submit(hass, result, {"device": gateway.radio()["url"]})
    assert (result["step_id"], result["errors"]) == ("radio", {"base": said})
    result = await flows.submit(hass, result, {"device": gateway.radio()["url"]})
    assert result["step_id"] == "network"
    assert ZIGBEE in sys.modules
