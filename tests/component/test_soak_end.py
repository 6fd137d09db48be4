"""What the soak knows of a home when the days are over, and a trouble is not."""

import asyncio
import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.recorder import Recorder
from homeassistant.core import HomeAssistant

from tests.helpers.soak import holds
from tests.helpers.soak.clock import controlled_clock, now, pass_time
from tests.helpers.soak.home import soak_home
from tests.helpers.soak.lives import Chronicle, Lives, live
from tests.helpers.soak.measures import watched_log
from tests.helpers.soak.soak import settle
from tests.helpers.soak.troubles import OF_THE_METER

_BEGINS = datetime(2026, 10, 10, 6, tzinfo=UTC)
_INTO_A_QUARTER = datetime(2026, 10, 10, 18, 10, tzinfo=UTC)
"""When the household of seed 1 uses most of what it does in a quarter of an hour after the register was read last."""
_LONG = timedelta(days=2)

logging.getLogger("sqlalchemy.engine").setLevel(logging.WARNING)


@pytest.fixture
def recorder_config() -> dict[str, Any]:
    """Record what statistics are made of."""
    return {"include": {"entity_globs": ["sensor.model_*_the_grid*"]}}


@pytest.fixture(autouse=True)
def begins(freezer: FrozenDateTimeFactory) -> None:
    """Home Assistant starts when the home begins to live."""
    freezer.move_to(_BEGINS)


async def test_an_outage_under_way_when_the_days_are_over_is_known(
    recorder_mock: Recorder, hass: HomeAssistant
) -> None:
    """Its hours are filled in from the meter's intervals, which do not tell where within the first it began."""
    (silent,) = (replace(each, lasts=(_LONG, _LONG)) for each in OF_THE_METER if each.name == "gateway silent")
    with watched_log() as log, controlled_clock(_BEGINS):
        await hass.config.async_set_time_zone("America/Denver")
        async with soak_home(hass, seed=1) as home:
            chronicle = Chronicle(home, log, calm_since=now())
            lives = Lives(chronicle, seed=1)
            statistics = asyncio.ensure_future(lives.statistics())
            await pass_time(_INTO_A_QUARTER - now())
            await live(lives, chronicle, 1, {"meter": ((silent,), timedelta(0))})
            await settle(chronicle)
            statistics.cancel()
            hours = await holds.hours_of(home)
            assert list(holds.wrong_hours(chronicle, hours)) == []
            assert list(holds.wrong_total(home, hours)) == []
            # What is known of it excuses no hour after it.
            assert all(span.over < now() - timedelta(hours=24) for span in chronicle.outages)
