"""The examples of the documentation, as somebody would copy them into Home Assistant; parts of automations too."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from homeassistant.components.automation.config import ValidationStatus, async_validate_config_item
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import parse_yaml

from custom_components.utility_han.const import DOMAIN
from script.referencing.sources import described

DOCS = Path(__file__).parent.parent.parent / "docs"


def examples() -> Iterator[Any]:
    for page in sorted(DOCS.rglob("*.md")):
        blocks = re.findall(r"^```yaml\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL)
        for number, block in enumerate(blocks, 1):
            yield pytest.param(block, id=f"{page.relative_to(DOCS)}-{number}")


def fields_of(action: str) -> set[str]:
    """Return the fields of an action, those in sections too."""
    found = set()
    for name, about in described("services")[action]["fields"].items():
        found |= set(about.get("fields", {name}))
    return found


@pytest.mark.parametrize("example", list(examples()))
async def test_example_is_an_automation_whose_actions_there_are(
    hass: HomeAssistant, hub: ConfigEntry, example: str
) -> None:
    assert await async_setup_component(hass, "automation", {"automation": []})
    told: Any = parse_yaml(example)
    actions = told.get("actions", [] if told.keys() & {"triggers", "conditions"} else [told])
    automation = {"alias": "Example", "triggers": [], **(told if "action" not in told else {}), "actions": actions}
    found = await async_validate_config_item(hass, "example", automation)
    assert found is not None
    assert (found.validation_status, found.validation_error) == (ValidationStatus.OK, None)
    for action in actions:
        domain, _, name = action.get("action", "").partition(".")
        if domain != DOMAIN:
            continue
        service = hass.services.async_services()[domain][name]
        assert action["data"].keys() <= fields_of(name)
        if service.schema is not None and "{{" not in str(action["data"]):
            service.schema(action["data"])
