"""A month in the recorder's statistics against what the meter counted, hour by hour."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.recorder import Recorder, get_instance
from homeassistant.components.recorder.statistics import statistics_during_period
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.components.recorder.common import async_wait_recording_done

from custom_components.utility_han.gateway import Reason
from custom_components.utility_han.hub.background import rounds
from tests.helpers.model_gateway import ENERGY, ModelGateway, model_entry
from tests.helpers.recorder import compile_statistics
from tests.helpers.states import entity_id_of

HOUR = timedelta(hours=1)
_REPLACED = 500
logging.getLogger("sqlalchemy.engine").setLevel(logging.WARNING)
pytestmark = [pytest.mark.use_case("IP-7"), pytest.mark.timeout(400)]


@pytest.fixture
def recorder_config() -> dict[str, Any]:
    """Record what these statistics are made of."""
    return {"include": {"entity_globs": ["sensor.model_energy*", "sensor.model_*_the_grid*"]}}


class Month:
    """A hub on a meter without a wire, its clock, and what happens at which hour."""

    def __init__(
        self, hass: HomeAssistant, meter: ModelGateway, clock: FrozenDateTimeFactory, poll: timedelta
    ) -> None:
        self.hass, self.meter, self.clock, self.poll = hass, meter, clock, poll
        self.begun = datetime.now(UTC)
        self.entry = model_entry()
        self.entry.add_to_hass(hass)

    async def restart(self) -> None:
        """Load the hub anew."""
        await self.hass.config_entries.async_reload(self.entry.entry_id)
        await self.hass.async_block_till_done()

    def say_replaced(self) -> None:
        """Answer what is asked about the meter."""
        guard = self.entry.runtime_data.link.guard
        assert list(guard.asks) == [ENERGY]
        guard.go_over(guard.asks, datetime.now(UTC))

    async def live(self, hours: int, happenings: dict[int, Callable[[], Awaitable[object] | None]]) -> None:
        """Read all the time, and have statistics made each hour."""
        for hour in range(hours):
            if (happens := happenings.get(hour)) is not None and (waits := happens()) is not None:
                await waits
            until = self.begun + (hour + 1) * HOUR
            while datetime.now(UTC) + self.poll <= until:
                self.clock.tick(self.poll)
                await self.entry.runtime_data.coordinator.async_refresh()
            await self.hass.async_block_till_done(wait_background_tasks=True)
            self.clock.move_to(until)
            await compile_statistics(self.hass, until - timedelta(minutes=5))

    async def counted(self) -> dict[datetime, float]:
        """Return what the statistic has counted at the end of each hour, in Wh, on top of the first hour's state."""
        entity_id = entity_id_of(self.hass, self.entry, ENERGY)
        rows = await get_instance(self.hass).async_add_executor_job(
            statistics_during_period,
            self.hass,
            self.begun,
            None,
            {entity_id},
            "hour",
            {"energy": "Wh"},
            {"state", "sum"},
        )
        first = rows[entity_id][0]
        before = (first["state"] or 0.0) - (first["sum"] or 0.0)
        return {
            dt_util.utc_from_timestamp(row["start"]) + HOUR: before + float(row["sum"] or 0.0)
            for row in rows[entity_id]
        }


@asynccontextmanager
async def month(hass: HomeAssistant, begins: datetime, *, poll: timedelta, update: timedelta) -> AsyncIterator[Month]:
    """Have a hub that has just been set up at ``begins``."""
    meter = ModelGateway(7, update, poll)
    with (
        freeze_time(begins, real_asyncio=True) as clock,
        patch("custom_components.utility_han.async_open_link", return_value=meter),
        patch.object(rounds, "LONGEST_ROUND", 1e9),  # hours pass in one
    ):
        assert isinstance(clock, FrozenDateTimeFactory)
        found = Month(hass, meter, clock, poll)
        assert await hass.config_entries.async_setup(found.entry.entry_id)
        await hass.async_block_till_done(wait_background_tasks=True)
        yield found


@pytest.mark.parametrize(
    ("zone", "begins", "poll", "update"),
    [
        ("America/Denver", datetime(2026, 10, 10, 6, tzinfo=UTC), 15, 60),  # winter time begins
        ("Europe/Berlin", datetime(2026, 3, 8, 5, tzinfo=UTC), 20, 5),  # summer time begins
    ],
)
async def test_hours_of_a_month_are_what_the_meter_counted(
    recorder_mock: Recorder, hass: HomeAssistant, zone: str, begins: datetime, poll: int, update: int
) -> None:
    await hass.config.async_set_time_zone(zone)
    step, lag = timedelta(minutes=poll), timedelta(minutes=poll + update)
    async with month(hass, begins, poll=step, update=timedelta(minutes=update)) as home:
        meter = home.meter

        def away(reason: Reason | None) -> Callable[[], None]:
            return lambda: setattr(meter, "away", reason)

        def shows(what: Callable[[int], int]) -> Callable[[], None]:
            return lambda: setattr(meter, "shows", what)

        happenings: dict[int, Callable[[], Awaitable[object] | None]] = {
            30: shows(lambda _: 0),
            31: shows(int),
            50: away(Reason.GATEWAY_SILENT),
            59: away(None),
            80: home.restart,
            100: away(Reason.RADIO_GONE),
            101: away(None),
            130: lambda: hass.config.async_set_time_zone("Asia/Kathmandu"),
            150: shows(lambda value: value + 40_000_000),
            151: shows(int),
            200: home.restart,
            250: away(Reason.GATEWAY_BUSY),
            300: away(None),
            400: shows(lambda _: 2**47 - 1),
            430: shows(int),
            _REPLACED: shows(lambda value: value - 5_000_000),
            _REPLACED + 2: home.say_replaced,
        }
        changed_at = begins + _REPLACED * HOUR + step
        await home.live(30 * 24, happenings)
        for at, counted in (await home.counted()).items():
            # As coarse as the register moves and is read, and no coarser; what is doubted comes when it is not.
            if not _doubted(begins, at):
                # What was used while the meter was changed, nobody has measured.
                unmeasured = changed_at < at and meter.truth(changed_at) - meter.truth(changed_at - lag)
                assert meter.truth(at - lag) - unmeasured - 1 <= counted <= meter.truth(at) + 1, at


async def test_hour_that_ends_with_an_outage_is_home_assistants_to_make_first(
    recorder_mock: Recorder, hass: HomeAssistant
) -> None:
    """Were ours there before, Home Assistant would give up those of all entities."""
    begins, step = datetime(2026, 10, 12, 6, tzinfo=UTC), timedelta(minutes=20)
    async with month(hass, begins, poll=step, update=timedelta(minutes=5)) as home:
        coordinator, meter = home.entry.runtime_data.coordinator, home.meter
        await home.live(1, {})
        meter.away = Reason.GATEWAY_SILENT
        home.clock.move_to(begins + 3 * HOUR - step)
        await coordinator.async_refresh()
        meter.away = None
        home.clock.move_to(begins + 3 * HOUR)  # and it is back with the first moment of an hour
        await coordinator.async_refresh()
        await hass.async_block_till_done(wait_background_tasks=True)
        await async_wait_recording_done(hass)
        assert list(await home.counted()) == [begins + HOUR]
        await compile_statistics(hass, begins + 3 * HOUR - timedelta(minutes=5))

        home.clock.tick(step)
        await coordinator.async_refresh()
        await hass.async_block_till_done(wait_background_tasks=True)
        await async_wait_recording_done(hass)
        counted = await home.counted()
        assert list(counted) == [begins + hours * HOUR for hours in (1, 2, 3)]
        for at, energy in counted.items():
            assert meter.truth(at - step - timedelta(minutes=5)) - 1 <= energy <= meter.truth(at) + 1, at


def _doubted(begins: datetime, at: datetime) -> bool:
    hour = (at - begins) // HOUR
    return hour in {31, 151, *range(401, 432), *range(_REPLACED + 1, _REPLACED + 4)}


async def test_meter_replaced_in_an_outage_leaves_no_hour_below_zero(
    recorder_mock: Recorder, hass: HomeAssistant
) -> None:
    """Its reading is doubted when it is back: where the old one stood by then, nobody has read."""
    async with month(hass, datetime(2026, 3, 8, 5, tzinfo=UTC), poll=timedelta(minutes=20), update=HOUR / 12) as home:
        meter = home.meter

        def returns() -> None:
            meter.away, meter.shows = None, lambda value: value - 5_000_000

        await home.live(
            30, {10: lambda: setattr(meter, "away", Reason.GATEWAY_SILENT), 20: returns, 22: home.say_replaced}
        )
        counted = list((await home.counted()).values())
    assert counted == sorted(counted)
    assert counted[-1] > counted[0]
