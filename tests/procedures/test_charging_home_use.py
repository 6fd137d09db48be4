"""A home without its vehicles: import, export, tiers and cost, whatever meter and chargers tell when (UR-EV)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from custom_components.utility_han.procedures import (
    ChargingPoint,
    Counted,
    EnergyMeter,
    HomeCost,
    HomeUse,
    PriceSpan,
    may_tell_more,
    mean_price,
)

pytestmark = pytest.mark.use_case("UR-EV")
BEGUN = datetime(2026, 6, 3, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
CAR, VAN = "sensor.car_charger", "sensor.van_charger"


@dataclass
class Home:
    """A home by powers (W): what it uses, what it produces, and what each vehicle takes."""

    use: HomeUse = field(default_factory=HomeUse)
    at: datetime = BEGUN
    delivered: float = 1_000_000.0
    received: float = 50_000.0
    tiers: dict[str, float] = field(default_factory=lambda: {"t1": 0.0, "t2": 0.0})
    chargers: dict[str, float] = field(default_factory=lambda: {CAR: 700.0, VAN: 0.0})
    told: dict[str, float] = field(default_factory=dict)
    alone: tuple[float, float] = (0.0, 0.0)
    """What the home would have taken and given, in the time that passed."""

    def pass_(
        self, time: timedelta, used: float, produced: float = 0.0, *, tells: bool = True, later: bool = False,
        **charged: float,
    ) -> None:  # fmt: skip
        """Let time pass, minute by minute; a charger that does not tell shows what it showed."""
        for _ in range(int(time / MINUTE)):
            self.at += MINUTE
            net = used - produced + sum(charged.values())
            self.delivered += max(net, 0.0) / 60
            self.received += max(-net, 0.0) / 60
            taken, given = self.alone
            self.alone = (taken + max(used - produced, 0.0) / 60, given + max(produced - used, 0.0) / 60)
            peak = 15 <= self.at.hour < 19
            self.tiers["t2" if peak else "t1"] += max(net, 0.0) / 60
            for name, power in charged.items():
                self.chargers[{"car": CAR, "van": VAN}[name]] += power / 60
            if tells:
                self.told = dict(self.chargers)
            self.look(later=later)

    def look(self, *, later: bool = False) -> None:
        counted = Counted(self.at, self.delivered, self.received, dict(self.tiers), dict(self.told or self.chargers))
        self.use.take(counted, may_tell_more=later)


@pytest.fixture
def home() -> Home:
    """A home that was looked at for the first time."""
    home = Home()
    home.look()
    return home


def together(home: Home) -> float:
    """Return what is shown of home and vehicles together, as import less export."""
    return home.use.imported_now - home.use.exported_now + sum(home.told.values())


def test_begins_with_what_meter_and_chargers_show(home: Home) -> None:
    assert (home.use.imported_now, home.use.exported_now) == (1_000_000 - 700, 50_000)


def test_two_vehicles_at_once_are_taken_off_what_was_delivered(home: Home) -> None:
    home.pass_(3 * HOUR, 400, car=11_000, van=3_700)
    assert home.use.imported_now - 999_300 == pytest.approx(1_200)
    assert home.use.exported_now == pytest.approx(50_000)
    assert together(home) == pytest.approx(home.delivered - home.received)


def test_what_was_charged_from_the_roof_would_have_been_given_to_the_grid(home: Home) -> None:
    home.pass_(2 * HOUR, 500, 4_000)
    home.pass_(3 * HOUR, 500, 6_000, car=3_000)  # from the roof alone
    home.pass_(3 * HOUR, 500, 6_000, car=11_000)  # half of it from the grid
    home.pass_(2 * HOUR, 800)
    taken, given = home.alone
    assert home.use.imported_now - 999_300 == pytest.approx(taken)
    assert home.use.exported_now - 50_000 == pytest.approx(given)
    assert together(home) == pytest.approx(home.delivered - home.received)
    assert home.use.own_production == pytest.approx(3 * 3_000 + 3 * 5_500)


def test_register_that_rose_says_in_which_tier_a_vehicle_was_charged(home: Home) -> None:
    home.pass_(14 * HOUR, 300)
    home.pass_(2 * HOUR, 300, car=11_000)  # from 14:00 to 16:00, the last of it at the peak
    home.pass_(5 * HOUR, 300)
    first, second = home.use.tier_now("t1"), home.use.tier_now("t2")
    assert first == pytest.approx(17 * 300, abs=11)  # a minute at 11 kW is 183 Wh, shared as the meter counted
    assert second == pytest.approx(4 * 300, abs=11)
    assert home.use.tier_now("t3") is None


def test_charger_that_tells_once_a_session_is_no_production(home: Home) -> None:
    home.pass_(2 * HOUR, 400, tells=False, later=True, car=7_000)
    home.pass_(4 * HOUR, 400)
    assert home.use.imported_now - 999_300 == pytest.approx(6 * 400)
    assert home.use.exported_now == pytest.approx(50_000)


def test_charger_that_is_quicker_than_the_meter_is_no_production(home: Home) -> None:
    home.pass_(13 * MINUTE, 400)
    for _ in range(5):
        home.at += MINUTE
        home.told[CAR] += 11_000 / 60  # the meter shows it five minutes later
        home.look()
    home.delivered += 5 * 11_400 / 60
    home.pass_(HOUR, 400)
    assert home.use.exported_now == pytest.approx(50_000)
    assert home.use.imported_now - 999_300 == pytest.approx(78 * 400 / 60)


def test_restart_and_an_outage_lose_and_double_nothing(home: Home) -> None:
    home.pass_(40 * MINUTE, 400, car=11_000)
    home.use = HomeUse.from_dict(home.use.to_dict())
    before = home.use.imported_now
    home.look()
    assert home.use.imported_now == pytest.approx(before)
    home.at += 5 * HOUR
    home.delivered += 5 * (400 + 2_000)
    home.told[CAR] += 10_000
    home.chargers = dict(home.told)
    home.pass_(HOUR, 400)
    assert together(home) == pytest.approx(home.delivered - home.received)
    assert home.use.imported_now - 999_300 == pytest.approx(400 * (40 / 60 + 6))


def test_charger_that_comes_later_has_counted_from_zero_and_one_that_goes_stays_counted(home: Home) -> None:
    home.pass_(HOUR, 400, car=7_000)
    del home.chargers[VAN]
    home.chargers["sensor.new"] = home.told["sensor.new"] = 0.0
    home.delivered += 900
    home.told = home.chargers | {"sensor.new": 900.0}
    home.chargers = dict(home.told)
    home.pass_(HOUR, 400)
    assert home.use.imported_now - 999_300 == pytest.approx(800)


def test_register_that_nobody_shows_for_a_while_is_not_made_up(home: Home) -> None:
    home.pass_(HOUR, 400)
    tiers, home.tiers = home.tiers, {}
    kept = home.use.tier_now("t1")
    home.tiers = {}
    for _ in range(40):
        home.at += MINUTE
        home.delivered += 100
        home.look()
    home.tiers = {"t1": tiers["t1"] + 4_000, "t2": 0.0}
    home.pass_(HOUR, 400)
    assert home.use.tier_now("t1") == pytest.approx((kept or 0) + 59 * 400 / 60, abs=8)


# What it cost


def hours(*prices: str) -> Iterator[PriceSpan]:
    for hour, price in enumerate(prices):
        yield PriceSpan(BEGUN + hour * HOUR, BEGUN + (hour + 1) * HOUR, Decimal(price))


def test_each_quarter_of_an_hour_has_its_price_and_waits_for_it(home: Home) -> None:
    cost = home.use.cost = HomeCost("EUR", BEGUN)
    known = list(hours("0.10", "0.30"))
    home.pass_(HOUR, 1_000, car=11_000)
    home.pass_(HOUR, 2_000)
    assert cost.known is None, "it is not free before its price is known"
    cost.settle(home.at, lambda start, end: mean_price(known, start, end))
    assert cost.known == Decimal("0.70")
    home.pass_(HOUR, 1_000)
    cost.settle(home.at, lambda start, end: mean_price(known, start, end))
    assert cost.known is None
    home.use = HomeUse.from_dict(home.use.to_dict())
    restored = home.use.cost
    assert restored == cost
    known += [PriceSpan(BEGUN + 2 * HOUR, BEGUN + 3 * HOUR, Decimal("0.20"))]
    restored.settle(home.at, lambda start, end: mean_price(known, start, end))
    assert restored.known == Decimal("0.90")
    assert restored.since == BEGUN


def test_cost_begins_anew_where_nobody_ever_tells_a_price(home: Home) -> None:
    cost = home.use.cost = HomeCost("EUR", BEGUN, Decimal(5))
    home.pass_(HOUR, 1_000)
    cost.settle(home.at + timedelta(days=1), lambda _start, _end: None)
    assert (cost.known, cost.since) == (None, BEGUN)
    later = home.at + timedelta(days=3)
    assert cost.settle(later, lambda _start, _end: None)
    assert (cost.known, cost.since) == (Decimal("0.00"), later)


def test_mean_price_needs_all_of_the_time() -> None:
    known = list(hours("0.10", "0.30"))
    half = BEGUN + HOUR / 2
    assert mean_price(known, half, half + HOUR) == Decimal("0.2")
    assert mean_price(known, half, half + 2 * HOUR) is None
    assert mean_price([], half, half + HOUR) is None


# Chargers that tell late


@pytest.mark.parametrize(
    ("told_every", "minutes_later", "more"),
    [(MINUTE, 1, False), (HOUR, 30, True), (HOUR, 200, False)],
)
def test_charger_is_waited_for_by_its_own_pace(told_every: timedelta, minutes_later: int, *, more: bool) -> None:
    point = ChargingPoint(EnergyMeter(11_000.0))
    point.read_counter(BEGUN, 1_000)
    point.set_plugged(BEGUN, plugged=False)
    assert not may_tell_more(point, BEGUN)
    point.set_plugged(BEGUN + MINUTE, plugged=True)
    assert may_tell_more(point, BEGUN + MINUTE), "nobody knows how quick it is"
    at, counter = BEGUN + MINUTE, 1_000.0
    for _ in range(4):
        at += told_every
        counter += 11_000 * told_every / HOUR
        point.read_counter(at, counter)
    assert may_tell_more(point, at + timedelta(minutes=minutes_later)) is more
