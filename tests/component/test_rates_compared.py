"""Before a person agrees to a rate program they see its hours, and what the last month would have cost under it."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from homeassistant.components.recorder import Recorder
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from custom_components.utility_han.hub.telling.person import Person
from custom_components.utility_han.utility import RateProgram, TierPeriod
from custom_components.utility_han.utility.rate_model import Block
from custom_components.utility_han.vehicles.rates.comparison import async_last_month
from custom_components.utility_han.vehicles.rates.words import RateWords
from tests.helpers.recorder import record_hours

NIGHT = RateProgram(
    id="night", name="Night *owl*", summary="", open=True, guests=False, currency="USD", time_zone="US/Pacific",
    prices={"low": Decimal("0.10"), "high": Decimal("0.30")}, names={"low": "Off-peak", "high": "Peak"},
    periods=(TierPeriod("low", (1, 2, 3, 4, 5, 6, 7), "22:00", "06:30"),), default_tier="high",
    terms_version="1", terms="As agreed.",
)  # fmt: skip
FLAT = replace(NIGHT, id="flat", periods=(), monthly_fee=Decimal(5), tax_percent=Decimal(10))


@pytest.mark.use_case("SC-1")
async def test_last_month_is_priced_by_its_hours(recorder_mock: Recorder, hass: HomeAssistant) -> None:
    this_month = dt_util.start_of_local_day(dt_util.now().date().replace(day=1))
    last_day = dt_util.start_of_local_day((this_month - timedelta(days=1)).date())
    # A kWh in each hour of the last day, but for the evening; and one in the month that lasts, which does not count.
    await record_hours(hass, "sensor.garage_energy", int(last_day.timestamp()), [1000.0] * 20 + [0.0] * 4 + [1000.0])
    blocks = replace(NIGHT, id="blocks", blocks=(Block(1000, Decimal("0.1")),))
    found = await async_last_month(hass, "sensor.garage_energy", [NIGHT, FLAT, blocks])
    assert found is not None
    assert found.energy_wh == 20_000
    # 6.5 kWh by night; 20 at one price, with the month's fee and tax on top.
    costs = {"night": Decimal("6.5") * Decimal("0.1") + Decimal("13.5") * Decimal("0.3"), "flat": Decimal("12.1")}
    assert {name: round(cost, 6) for name, cost in found.costs.items()} == costs, (
        "nothing is made up where blocks count"
    )
    words = await RateWords.async_of(hass, Person("en"))
    assert (
        words.last_month(NIGHT, found)
        == "The 20.000\N{NO-BREAK SPACE}kWh that were charged here last month would have cost $4.70."
    )
    assert words.last_month(blocks, found) == ""
    assert await async_last_month(hass, "sensor.other", [NIGHT]) is None


async def test_hours_are_a_table(hass: HomeAssistant) -> None:
    words = await RateWords.async_of(hass, Person("de"))
    assert words.table(NIGHT).split("\n") == [
        "| Tarif | Wann | Preis |",
        "| --- | --- | ---: |",
        "| Off\\-peak | Mo–So, 22:00–06:30 | 0,10 USD/kWh |",
        "| Peak | Zu anderen Zeiten | 0,30 USD/kWh |",
    ]
    assert "ganztags" in words.table(FLAT)
