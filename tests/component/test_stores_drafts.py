"""A dialog that was not finished, kept with no way to reach its gateway: it is set aside, told, and not offered."""

from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.utility_han.hub.kept.store import HanStore
from tests.component.test_stores import entry as entry  # noqa: PLC0414 - the fixture
from tests.component.test_stores import kept, put, read, said, told
from tests.helpers import flows
from tests.helpers.files import hass_storage

__all__ = ["hass_storage"]


@pytest.mark.use_case("IP-5")
@pytest.mark.parametrize(
    ("draft", "why"),
    [
        ({"transport": "pigeon"}, "reached in no way that is known"),
        ({"transport": ["ezsp"]}, "reached in no way that is known"),
        ({"transport": {}}, "reached in no way that is known"),
        ({"port": 443}, "missing"),
        ({}, "missing"),
    ],
)
async def test_draft_that_leads_nowhere_is_not_offered(
    hass: HomeAssistant, entry: MockConfigEntry, draft: dict[str, Any], why: str
) -> None:
    file = kept(HanStore)
    good = {"host": "192.0.2.7", "port": 443, "dcap_path": "/dcap"}
    file["data"]["drafts"] = {"123456789012": good, "210987654321": draft}
    put(hass, HanStore, file)
    store = await read(hass, HanStore)
    assert isinstance(store, HanStore)
    assert store.all("drafts") == {"123456789012": good}
    assert why in said(told(hass)["records_unreadable"])["records"]
    result = await flows.start(hass)
    schema = result["data_schema"]
    assert schema is not None
    (field,) = schema.schema.values()
    offered = [each["value"] for each in field.config["options"]]
    assert "123456789012" in offered
    assert "210987654321" not in offered
