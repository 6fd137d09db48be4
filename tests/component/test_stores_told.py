"""What is said of a file that could not be read."""

import re
from typing import Any

import pytest
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from custom_components.utility_han.vehicles.store import Charging
from tests.component.test_stores import entry as entry  # noqa: PLC0414 - the fixture
from tests.component.test_stores import kept, put, read
from tests.helpers.files import hass_storage as hass_storage  # noqa: PLC0414 - the fixture


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ({"data": [1]}, r"\(it holds no record\)"),
        ({"version": "x"}, r"\(\w+Error in homeassistant[\w.]*, line \d+\)"),
        ({}, rf"\(AttributeError in {__name__.rpartition('.')[2]}, line \d+\)"),
    ],
)
async def test_log_says_what_failed_and_where_and_nothing_of_what_is_kept(
    hass: HomeAssistant,
    entry: ConfigEntry,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    damage: dict[str, Any],
    said: str,
) -> None:
    """So a fault of our own is not taken for a damaged file by who looks at it."""
    take_up = Charging._take_up

    def wrong(self: Charging, data: dict[str, Any]) -> None:
        if data:
            raise AttributeError("WVWZZZ1JZXW000021")
        take_up(self, data)

    monkeypatch.setattr(Charging, "_take_up", wrong)
    put(hass, Charging, {**kept(Charging), **damage})
    await read(hass, Charging)
    (told,) = (each.getMessage() for each in caplog.records if "begins anew" in each.getMessage())
    assert re.search(said, told), told
    assert "WVWZZZ" not in told
