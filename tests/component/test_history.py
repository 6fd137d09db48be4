"""An outage leaves no hole and no spike in long-term statistics."""

from collections import Counter
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from homeassistant.components.recorder import Recorder
from homeassistant.components.recorder.models import StatisticData, StatisticMeanType, StatisticMetaData
from homeassistant.components.recorder.statistics import async_import_statistics, statistics_during_period
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from hypothesis import given
from hypothesis import strategies as st
from pytest_homeassistant_custom_component.components.recorder.common import async_wait_recording_done
from sqlalchemy.exc import OperationalError

from custom_components.utility_han.gateway.model import Interval
from custom_components.utility_han.hub import history
from custom_components.utility_han.hub.background import rounds
from custom_components.utility_han.hub.history import missing_hours
from custom_components.utility_han.hub.kept.storage import _OPEN
from custom_components.utility_han.hub.outage import Anchor
from tests.component.conftest import Commission
from tests.conftest import BOTH_TRANSPORTS, SimulatedGateway
from tests.helpers.states import entity_id_of, until

HOUR = timedelta(hours=1)
QUARTER = timedelta(minutes=15)
NOON = datetime(2026, 3, 29, 12, tzinfo=UTC)


def intervals(start: datetime, energies: list[float]) -> list[Interval]:
    """Return consecutive quarter hours."""
    return [Interval(start + i * QUARTER, start + (i + 1) * QUARTER, e) for i, e in enumerate(energies)]


def row(start: datetime, state: float, total: float) -> dict[str, float]:
    """Return an hourly statistics row as the recorder gives it."""
    return {"start": start.timestamp(), "state": state, "sum": total}


@given(
    st.lists(st.floats(0, 5000), min_size=8, max_size=60),
    st.integers(0, 59),
    st.floats(0, 1e7),
    st.floats(0, 1e6),
)
def test_filled_hours_rise_and_end_where_the_register_does(
    energies: list[float], minute: int, value: float, total: float
) -> None:
    anchor = Anchor(NOON + timedelta(minutes=minute), value, value + sum(energies))
    given_intervals = intervals(NOON, energies)
    found = missing_hours([row(NOON, value, total)], anchor, given_intervals, NOON + timedelta(days=2))
    assert [start for start, _, _ in found] == [NOON + i * HOUR for i in range(len(energies) // 4)]
    sums = [total, *(s for _, _, s in found)]
    assert sums == sorted(sums)
    assert sums[-1] - total <= sum(energies) + 1e-3
    for _, state, filled in found:
        assert state - value == pytest.approx(filled - total, abs=1e-3)


def test_hours_the_meter_does_not_cover_are_not_made_up() -> None:
    anchor = Anchor(NOON, 1000.0, 2000.0)
    broken = intervals(NOON, [10.0] * 8) + intervals(NOON + 3 * HOUR, [10.0] * 8)
    found = missing_hours([row(NOON, 1000.0, 500.0)], anchor, broken, NOON + timedelta(days=1))
    assert [start for start, _, _ in found] == [NOON, NOON + HOUR]
    assert missing_hours([], anchor, broken, NOON + timedelta(days=1)) == []
    late = intervals(NOON + HOUR, [10.0] * 8)
    assert missing_hours([row(NOON, 1000.0, 500.0)], anchor, late, NOON + timedelta(days=1)) == []


def test_hours_in_which_the_last_reading_was_still_shown_are_put_right() -> None:
    rows = [row(NOON, 1000.0, 500.0), row(NOON + HOUR, 1000.0, 500.0)]
    found = missing_hours(rows, Anchor(NOON, 1000.0, 1160.0), intervals(NOON, [10.0] * 16), NOON + timedelta(days=1))
    assert found == [
        (NOON, 1040.0, 540.0),
        (NOON + HOUR, 1080.0, 580.0),
        (NOON + 2 * HOUR, 1120.0, 620.0),
        (NOON + 3 * HOUR, 1160.0, 660.0),
    ]


def test_no_hour_is_filled_beyond_what_the_register_counted() -> None:
    """The intervals are another meter's, or the counter was set meanwhile."""
    anchor = Anchor(NOON, 1000.0, 1090.0)
    found = missing_hours([row(NOON, 1000.0, 500.0)], anchor, intervals(NOON, [10.0] * 16), NOON + timedelta(days=1))
    assert found == [(NOON, 1040.0, 540.0), (NOON + HOUR, 1080.0, 580.0)]


def test_what_was_used_before_contact_was_lost_is_in_no_hour_after_it() -> None:
    """All of a quarter was used in its first five minutes; its share of the rest would leave out every hour."""
    anchor = Anchor(NOON + timedelta(minutes=5), 1000.0, 1010.0)
    energies = [60.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 10.0]
    found = missing_hours([row(NOON, 1000.0, 500.0)], anchor, intervals(NOON, energies), NOON + timedelta(days=1))
    assert found == [(NOON, 1000.0, 500.0), (NOON + HOUR, 1010.0, 510.0)]


def test_more_than_that_leaves_hours_out() -> None:
    anchor = Anchor(NOON + timedelta(minutes=5), 1000.0, 1045.0)
    energies = [60.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 50.0]
    found = missing_hours([row(NOON, 1000.0, 500.0)], anchor, intervals(NOON, energies), NOON + timedelta(days=1))
    assert found == [(NOON, 1040.0, 540.0)]


def test_outage_at_the_head_of_an_hour_leaves_the_rest_in_the_hour_before() -> None:
    anchor = Anchor(NOON + 3 * QUARTER, 1030.0, 1040.0)
    rows = [row(NOON, 1030.0, 530.0)]
    found = missing_hours(rows, anchor, intervals(NOON, [10.0] * 4), NOON + HOUR + QUARTER)
    assert found == [(NOON, 1040.0, 540.0)]


def test_outage_of_half_a_year_is_filled_in_one_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is calculated holds up all of Home Assistant: by each hour over all intervals it was a minute."""
    days = 180
    known = intervals(NOON, [10.0] * days * 96)
    looked, within = Counter[str](), history._within

    def counted(*asked: Any) -> float:
        looked["at"] += 1
        return within(*asked)

    monkeypatch.setattr(history, "_within", counted)
    anchor = Anchor(NOON + timedelta(minutes=20), 1000.0, 1000.0 + 10.0 * days * 96)
    found = missing_hours([row(NOON, 1000.0, 500.0)], anchor, known, NOON + timedelta(days=days))
    assert len(found) == days * 24
    assert found[-1][1] == pytest.approx(anchor.returned - 10.0 * 4 / 3, abs=0.01)
    assert looked["at"] <= 2 * len(known)


class Outage:
    """An outage of almost six hours, and what the register shows at its ends by the meter's own account."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, recorder: Recorder) -> None:
        self.hass, self.entry, self.recorder = hass, entry, recorder
        self.hour = dt_util.utcnow().replace(minute=0, second=0, microsecond=0)

    async def begin(self, gateway: SimulatedGateway) -> None:
        """Have lost contact six hours ago, with the statistics of the time before."""
        coordinator = self.entry.runtime_data.coordinator
        last = self.hour - 6 * HOUR + timedelta(minutes=20)
        # The register as it stood when contact was lost, or less, by the meter's own account.
        truth = await gateway.readings()
        lost = {
            direction: sum(i.energy for i in await coordinator.gateway.intervals(direction, last))
            for direction in ("delivered", "received")
        }
        # By day the sun may leave nothing to deliver: look at the direction in which energy flowed.
        direction = max(lost, key=lambda name: lost[name])
        key = f"energy_summation_{direction}"
        self.entity_id = entity_id_of(self.hass, self.entry, key)
        before = truth[f"{direction}_wh"] - lost[direction] - 500.0
        metadata = StatisticMetaData(
            mean_type=StatisticMeanType.NONE,
            has_sum=True,
            name=None,
            source="recorder",
            statistic_id=self.entity_id,
            unit_class="energy",
            unit_of_measurement="kWh",
        )
        rows = [StatisticData(start=self.hour - 6 * HOUR, state=before / 1000, sum=12.0)]
        async_import_statistics(self.hass, metadata, rows)
        await async_wait_recording_done(self.hass)
        coordinator.contact.last_contact = last
        self.entry.runtime_data.link.values |= {key: before}

    async def filled(self) -> list[float]:
        """Return the sums of the hours that were filled in."""
        await self.hass.async_block_till_done(wait_background_tasks=True)
        await async_wait_recording_done(self.hass)
        found: list[Any] = (
            await self.recorder.async_add_executor_job(
                lambda: statistics_during_period(
                    self.hass,
                    self.hour - 7 * HOUR,
                    None,
                    {self.entity_id},
                    "hour",
                    {"energy": "kWh"},
                    {"sum", "state"},
                )
            )
        )[self.entity_id]
        first, last = self.hour - 6 * HOUR, self.hour - HOUR
        return [row["sum"] for row in found if first < dt_util.utc_from_timestamp(row["start"]) < last]


def compiled_within(time: timedelta) -> AbstractContextManager[object]:
    """Have an hour's statistics made within a time after it: nobody makes them here."""
    return patch.object(history, "_COMPILED_WITHIN", time)


@BOTH_TRANSPORTS
async def test_outage_is_filled_in_from_the_meter(
    recorder_mock: Recorder, hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    outage = Outage(hass, await commission(gateway), recorder_mock)
    await outage.begin(gateway)
    with compiled_within(timedelta(0)):
        await outage.entry.runtime_data.coordinator.async_refresh()
    filled = await outage.filled()
    assert len(filled) >= 4
    sums = [12.0, *filled]
    assert sums == sorted(sums)
    assert sums[-1] > 12.0
    assert not outage.entry.runtime_data.link.outages


async def test_outage_that_waits_for_its_last_hour_is_filled_in_after_a_restart(
    recorder_mock: Recorder, hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    outage = Outage(hass, await commission(gateway), recorder_mock)
    await outage.begin(gateway)
    with compiled_within(HOUR):
        await outage.entry.runtime_data.coordinator.async_refresh()
        assert await outage.filled() == []
        await hass.config_entries.async_unload(outage.entry.entry_id)
    hass.data.pop(_OPEN)
    with compiled_within(timedelta(0)):
        await hass.config_entries.async_setup(outage.entry.entry_id)
        await outage.entry.runtime_data.coordinator.async_refresh()
        filled = await outage.filled()
    assert len(filled) >= 4
    assert [12.0, *filled] == sorted([12.0, *filled])
    assert not outage.entry.runtime_data.link.outages


async def test_outage_is_filled_in_once_the_database_is_locked_no_more(
    recorder_mock: Recorder, hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    outage = Outage(hass, await commission(gateway), recorder_mock)
    await outage.begin(gateway)
    hub, tried = outage.entry.runtime_data, 0

    def locked(*_: object, **__: object) -> None:
        nonlocal tried
        tried += 1
        raise OperationalError("SELECT", {}, Exception("database is locked"))

    soon = patch.multiple(rounds, _FIRST=0.05, _LONGEST=0.1)
    with soon, compiled_within(timedelta(0)), patch.object(history, "statistics_during_period", locked):
        await hub.coordinator.async_refresh()
        await until(lambda: tried > 1)
        assert set(hub.rounds.failing.values()) == {"OperationalError"}
        assert hub.link.outages, "it is filled in after a restart too"
    await until(lambda: not hub.link.outages and not hub.rounds.failing)
    assert len(await outage.filled()) >= 4


async def test_short_miss_fills_nothing(
    recorder_mock: Recorder, hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    entry = await commission(gateway)
    coordinator = entry.runtime_data.coordinator
    coordinator.contact.last_contact = dt_util.utcnow() - timedelta(minutes=9)
    await gateway.clear_log()
    await coordinator.async_refresh()
    await hass.async_block_till_done(wait_background_tasks=True)
    requests = (await gateway.log())["requests"]
    assert not [request["path"] for request in requests if "/rs?" in request["path"]]
