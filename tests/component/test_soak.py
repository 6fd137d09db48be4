"""A home lives for days by a clock of its own, with every kind of trouble: nothing is lost, doubled or left behind."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.recorder import Recorder
from homeassistant.core import HomeAssistant

from tests.helpers.soak.soak import soak

logging.getLogger("sqlalchemy.engine").setLevel(logging.WARNING)


@pytest.fixture(autouse=True)
def begins(request: pytest.FixtureRequest, freezer: FrozenDateTimeFactory) -> datetime:
    """Home Assistant starts when the home begins to live, or its timers would come from the machine's own day on."""
    at: datetime = request.config.getoption("--soak-start")
    freezer.move_to(at)
    return at


@pytest.fixture
def recorder_config() -> dict[str, Any]:
    """Record what statistics are made of."""
    return {"include": {"entity_globs": ["sensor.model_*_the_grid*", "sensor.model_energy*"]}}


@pytest.mark.use_case("IP-7", "UR-P", "UR-EV", "UR-14", "DM-1")
@pytest.mark.timeout(0)  # as long as the days that it is asked for
async def test_nothing_is_lost_doubled_or_left_behind(
    recorder_mock: Recorder,
    hass: HomeAssistant,
    begins: datetime,
    request: pytest.FixtureRequest,
    record_property: Callable[[str, object], None],
) -> None:
    days, seed, rest = (request.config.getoption(f"--soak-{name}") for name in ("days", "seed", "rest"))
    result = await soak(hass, begins, days, seed, timedelta(hours=rest) if rest is not None else None)
    for line in result.table():
        record_property("soak", line)
    assert result.broken == []
