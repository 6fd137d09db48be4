"""A thousand random sessions as a Green Button file, read by a program that others wrote: green-button-parser.

``script/interop`` installs it and names its folder in ``GREEN_BUTTON_PARSER``; this file is collected there only.
"""

import json
import os
import subprocess
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from custom_components.utility_han.documents.green_button import write_feed
from custom_components.utility_han.procedures import Charge
from custom_components.utility_han.procedures.charging.pricing import cost_of_charge
from tests.helpers.random_charges import random_charges

SESSIONS = 1000
PARSER = os.environ["GREEN_BUTTON_PARSER"]
NAMED = {"USD": 840, "EUR": 978, "AUD": 36, "INR": 356}

pytestmark = [pytest.mark.interop, pytest.mark.timeout(300), pytest.mark.use_case("UR-EV")]


def in_force(charges: list[Charge]) -> list[Charge]:
    gone = {charge.credits for charge in charges if charge.credits}
    return [charge for charge in charges if not charge.credits and charge.id not in gone]


@pytest.fixture(scope="module")
def charges() -> list[Charge]:
    return list(random_charges(17, SESSIONS))


@pytest.fixture(scope="module")
def entries(charges: list[Charge], tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What the other program reads."""
    path = tmp_path_factory.mktemp("green_button") / "charged.xml"
    with path.open("wb") as target:
        target.writelines(write_feed(charges))
    program = Path(__file__).parent / "green_button.mjs"
    said = subprocess.run(["node", program, PARSER, path], check=True, capture_output=True)  # noqa: S603, S607
    found: list[dict[str, Any]] = json.loads(said.stdout)["entries"]
    return found


def of_kind(entries: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [entry for entry in entries if kind in entry["content"]]


def test_every_quarter_of_an_hour_is_the_same(charges: list[Charge], entries: list[dict[str, Any]]) -> None:
    currency = {
        entry["links"]["self"]: entry["content"]["ReadingType"]["currency"]
        for entry in of_kind(entries, "ReadingType")
    }
    blocks_of = {
        path: currency[kind]
        for entry in of_kind(entries, "MeterReading")
        for path, kind in [entry["links"]["related"]]
    }
    energy: Counter[tuple[int, int]] = Counter()
    cost: Counter[int] = Counter()
    for entry in of_kind(entries, "IntervalBlock"):
        for reading in entry["content"]["IntervalBlock"][0]["IntervalReading"]:
            money = blocks_of[entry["links"]["up"]]
            assert reading["timePeriod"]["duration"] == 900
            energy[money, reading["timePeriod"]["start"]] += reading["value"]
            cost[money] += reading["cost"]
    expected: Counter[tuple[int, int]] = Counter()
    exact: dict[int, Decimal] = dict.fromkeys(NAMED.values(), Decimal(0))
    for charge in in_force(charges):
        money = NAMED[charge.program.currency]
        exact[money] += charge.exact_cost - charge.program.session_fee
        for period in charge.periods:
            expected[money, int(period.started_at.timestamp()) // 900 * 900] += period.energy_wh
    assert energy == expected
    for money, total in exact.items():
        quarters = sum(1 for key in energy if key[0] == money)
        assert cost[money] == pytest.approx(float(total) * 100_000, abs=quarters / 2 + 1)


def test_every_month_is_what_is_billed(charges: list[Charge], entries: list[dict[str, Any]]) -> None:
    billed: Counter[tuple[int, int]] = Counter()
    used: Counter[tuple[int, int]] = Counter()
    for charge in in_force(charges):
        local = charge.started_at.astimezone(ZoneInfo(charge.program.time_zone))
        first = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        key = NAMED[charge.program.currency], int(first.timestamp())
        billed[key] += int(cost_of_charge(charge).gross * 100_000)
        used[key] += charge.energy_wh
    summaries = [entry["content"]["UsageSummary"] for entry in of_kind(entries, "UsageSummary")]
    found = {(each["currency"], each["billingPeriod"]["start"]): each for each in summaries}
    assert {key: each["billLastPeriod"] for key, each in found.items()} == billed
    assert {key: each["overallConsumptionLastPeriod"]["value"] for key, each in found.items()} == used
