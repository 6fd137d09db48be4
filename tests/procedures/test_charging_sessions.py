"""Sessions are cut from what a home measures, whatever the counter, the clock and Home Assistant do (UR-EV)."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from custom_components.utility_han.procedures.charging.attribution import Candidate, whose
from custom_components.utility_han.procedures.charging.billing import Measured, billable_records, cost_of
from custom_components.utility_han.procedures.charging.meter import EnergyMeter
from custom_components.utility_han.procedures.charging.point import ChargingPoint
from custom_components.utility_han.procedures.charging.session import Mark, MeasuredSession
from custom_components.utility_han.procedures.charging.tariff import tier_at, tiers_between
from custom_components.utility_han.procedures.vin import VinError, make_of, parse_vin
from custom_components.utility_han.utility.rate_model import RateProgram
from custom_components.utility_han.utility.vehicle_model import Binding

pytestmark = pytest.mark.use_case("UR-EV")

NOON = datetime(2026, 6, 3, 18, tzinfo=UTC)  # a Wednesday, 12:00 in Denver
MINUTE = timedelta(minutes=1)
METER = Measured("evse", "VL11-004711")
POWER = 11_000
KW_11 = POWER / 60
"""Wh a minute."""


def program(**changed: Any) -> RateProgram:
    return RateProgram.from_json(
        {
            "id": "ev-tou",
            "name": "EV Time of Use",
            "summary": "",
            "open": True,
            "guests": True,
            "currency": "USD",
            "time_zone": "America/Denver",
            "tiers": [
                {"id": "off", "name": "Off-peak", "price": "0.10"},
                {"id": "peak", "name": "Peak", "price": "0.30"},
                {"id": "night", "name": "Night", "price": "0.05"},
            ],
            "periods": [
                {"tier": "peak", "days": [1, 2, 3, 4, 5], "start": "15:00", "end": "19:00"},
                {"tier": "night", "days": [1, 2, 3, 4, 5, 6, 7], "start": "23:00", "end": "02:30"},
            ],
            "default_tier": "off",
            "terms": {"version": "1", "text": ""},
        }
        | changed
    )


def binding(identifier: str = "bind-1", **changed: Any) -> Binding:
    return Binding.from_json(
        {
            "id": identifier,
            "version": 1,
            "status": "in_force",
            "vehicle_id": "veh-1",
            "premise_id": "prem-1",
            "evse": {"name": "Garage"},
            "program_id": "ev-tou",
            "terms_version": "1",
            "bill_to": "vehicle_owner",
            "payer": {"number": "…4711", "holder": "A customer"},
            "guest": False,
            "valid_from": "2026-01-01T00:00:00Z",
            "valid_until": None,
        }
        | changed
    )


class Charger:
    """A charger that is read every minute, at ``at``."""

    def __init__(self, counter: float = 1_000_000.0) -> None:
        self.at = NOON
        self.counter = counter
        self.point = ChargingPoint(EnergyMeter(POWER))
        self.point.read_counter(self.at, counter)
        self.point.set_plugged(self.at, plugged=False)

    def plug(self, *, plugged: bool = True) -> None:
        self.point.set_plugged(self.at, plugged=plugged)

    def wait(self, minutes: float, wh_a_minute: float = 0.0, *, read: bool = True) -> None:
        whole = int(minutes)
        for _ in range(whole):
            self.at += MINUTE
            self.counter += wh_a_minute
            if read:
                self.point.read_counter(self.at, self.counter)

    def unplug(self) -> MeasuredSession:
        self.plug(plugged=False)
        return self.settle()

    def settle(self) -> MeasuredSession:
        """Wait until the session is closed; return it."""
        session, due = self.point.ending[-1], self.point.settles_at
        assert due is not None
        self.at = max(due, self.at)
        self.point.settle(self.at)
        return session

    def restart(self) -> None:
        self.point = ChargingPoint.from_dict(self.point.to_dict(), POWER)


def bill(session: MeasuredSession, *bindings: Binding, rates: RateProgram | None = None) -> tuple[list[Any], int]:
    bound = bindings or (binding(),)
    return billable_records(session, bound, {each.id: rates or program() for each in bound}, METER)


def test_session_with_readings_at_both_ends() -> None:
    charger = Charger()
    charger.plug()
    charger.wait(60, KW_11)
    (record,), unbound = bill(charger.unplug())
    assert (record.energy_wh, record.quality, unbound) == (11_000, "measured", 0)
    assert record.meter == {"kind": "evse", "id": "VL11-004711", "start_wh": 1_000_000, "end_wh": 1_011_000}
    assert record.started_at == NOON
    assert record.ended_at == NOON + 60 * MINUTE


def test_tier_that_changes_within_the_session_splits_it() -> None:
    charger = Charger()
    charger.plug()
    charger.wait(4 * 60, KW_11)  # 12:00 to 16:00: an hour of it is peak
    (record,), _ = bill(charger.unplug())
    assert [(part.tier, part.energy_wh) for part in record.parts] == [("off", 33_000), ("peak", 11_000)]
    assert cost_of(record.parts, program()) == Decimal("6.60")
    assert sum(part.energy_wh for part in record.parts) == record.energy_wh


def test_parts_add_up_to_the_session_however_they_are_rounded() -> None:
    charger = Charger(0.4)
    charger.plug()
    charger.wait(5 * 60, 7.7777)
    (record,), _ = bill(charger.unplug())
    assert sum(part.energy_wh for part in record.parts) == record.energy_wh == round(charger.counter - 0.4)
    assert abs(record.meter["end_wh"] - record.meter["start_wh"] - record.energy_wh) <= 1


@pytest.mark.parametrize(
    ("moment", "tier"),
    [
        ("2026-06-03T20:59:59Z", "off"),
        ("2026-06-03T21:00:00Z", "peak"),
        ("2026-06-06T21:00:00Z", "off"),  # Saturday
        ("2026-06-04T05:00:00Z", "night"),
        ("2026-06-04T08:29:59Z", "night"),
        ("2026-06-04T08:30:00Z", "off"),
    ],
)
def test_tier_in_force(moment: str, tier: str) -> None:
    assert tier_at(program(), datetime.fromisoformat(moment)) == tier


@pytest.mark.parametrize(
    ("night", "hours"),
    [
        ("2026-03-07", 3.0),  # 02:00 becomes 03:00: the tier until 02:30 ends an hour after 01:59
        ("2026-10-31", 4.5),  # 02:00 becomes 01:00
        ("2026-06-03", 3.5),
    ],
)
def test_night_tier_when_clocks_change(night: str, hours: float) -> None:
    rates = program()
    start = datetime.fromisoformat(f"{night}T22:00:00-06:00") + timedelta(hours=1)
    spans = list(tiers_between(rates, start, start + timedelta(hours=9)))
    assert spans[0][1] == start
    assert all(one[2] == other[1] for one, other in pairwise(spans))
    during = sum((end - begin for tier, begin, end in spans if tier == "night"), timedelta())
    assert during == timedelta(hours=hours)


def test_restart_within_a_session_loses_nothing() -> None:
    charger = Charger()
    charger.plug()
    charger.wait(30, KW_11)
    charger.restart()
    charger.wait(3, KW_11, read=False)
    charger.wait(27, KW_11)
    charger.plug()
    (record,), _ = bill(charger.unplug())
    assert (record.energy_wh, record.quality) == (11_000, "measured")


def test_long_restart_leaves_open_in_which_tier_it_was_charged() -> None:
    charger = Charger()
    charger.plug()
    charger.wait(150, KW_11)
    charger.restart()
    charger.wait(60, KW_11, read=False)  # 14:30 to 15:30
    charger.wait(30, KW_11)
    charger.plug()
    (record,), _ = bill(charger.unplug())
    assert (record.energy_wh, record.quality) == (44_000, "estimated")
    assert [(part.tier, part.energy_wh, part.quality) for part in record.parts] == [
        ("off", 33_000, "estimated"),
        ("peak", 11_000, "estimated"),
    ]


def test_long_restart_within_one_tier_is_measured() -> None:
    charger = Charger()
    charger.plug()
    charger.wait(10, KW_11)
    charger.restart()
    charger.wait(40, KW_11, read=False)
    charger.wait(10, KW_11)
    charger.plug()
    (record,), _ = bill(charger.unplug())
    assert (record.energy_wh, record.quality) == (11_000, "measured")


def test_vehicle_that_left_while_nobody_looked() -> None:
    charger = Charger()
    charger.plug()
    charger.wait(10, KW_11)
    charger.restart()
    charger.wait(50, KW_11, read=False)
    charger.wait(1)
    charger.plug(plugged=False)
    (record,), _ = bill(charger.settle())
    assert (record.energy_wh, record.quality) == (11_000, "estimated")


def test_vehicle_that_came_and_left_while_nobody_looked() -> None:
    charger = Charger()
    charger.restart()
    charger.wait(60, KW_11, read=False)
    charger.wait(1)
    charger.plug(plugged=False)
    (record,), _ = bill(charger.settle())
    assert (record.energy_wh, record.quality) == (11_000, "estimated")
    assert record.started_at == NOON


def test_vehicle_that_came_while_nobody_looked() -> None:
    charger = Charger()
    charger.restart()
    charger.wait(60, KW_11, read=False)
    charger.wait(1)
    charger.plug()
    charger.wait(60, KW_11)
    (record,), _ = bill(charger.unplug())
    assert (record.energy_wh, record.quality) == (22_000, "estimated")


def test_what_the_charger_uses_itself_is_nobodys() -> None:
    charger = Charger()
    charger.wait(3 * 24 * 60, 3 / 60)
    charger.restart()
    charger.wait(60, 3 / 60, read=False)
    charger.wait(1)
    charger.plug(plugged=False)
    assert not charger.point.closed
    charger.plug()
    charger.wait(60, KW_11)
    (record,), _ = bill(charger.unplug())
    assert record.energy_wh == pytest.approx(11_000, abs=1)


def test_meter_that_is_quicker_than_the_plug() -> None:
    charger = Charger()
    charger.wait(1, KW_11)
    charger.plug(plugged=False)  # it is asked about both each time
    charger.plug()
    charger.wait(59, KW_11)
    (record,), _ = bill(charger.unplug())
    assert (record.energy_wh, record.quality) == (11_000, "measured")


@pytest.mark.parametrize("seconds", [10, 47])
def test_session_begins_with_what_was_counted_and_not_with_the_last_look_before(seconds: int) -> None:
    """The counter is looked at each minute, and tells the plug's first watt-hour a moment before the plug is told."""
    charger = Charger()
    charger.wait(5)
    charger.at += timedelta(seconds=seconds)
    plugged_at = charger.at
    charger.counter += 1
    charger.point.read_counter(charger.at, charger.counter)
    charger.point.set_plugged(charger.at, plugged=True)
    charger.wait(60, KW_11)
    session = charger.unplug()
    assert session.energy == pytest.approx(60 * KW_11 + 1), "no watt-hour is lost"
    assert plugged_at - timedelta(seconds=1) < session.started_at <= plugged_at, "a watt-hour at 11 kW takes 0.3 s"


def test_session_whose_plug_is_late_begins_when_the_counter_rose_however_slowly() -> None:
    charger = Charger()
    charger.wait(5)
    begun = charger.at
    charger.wait(6, KW_11 / 10)
    charger.plug()
    charger.wait(60, KW_11 / 10)
    session = charger.unplug()
    assert begun <= session.started_at < begun + timedelta(minutes=1), "no later than what was counted first"
    assert session.energy == pytest.approx(66 * KW_11 / 10)


def test_counter_of_a_known_pace_counts_no_longer_than_that_takes_to_show() -> None:
    """Where no power is told, a vehicle that is full is said to charge for as long as its counter might still rise."""
    charger = Charger()
    charger.plug()
    charger.wait(10, KW_11)
    assert charger.point.is_counting
    charger.wait(2)
    assert charger.point.is_counting
    charger.wait(1)
    assert not charger.point.is_counting


def test_meter_that_settles_after_unplugging() -> None:
    charger = Charger()
    charger.plug()
    charger.wait(59, KW_11)
    charger.plug(plugged=False)
    left = charger.at
    charger.at += timedelta(seconds=10)
    charger.counter += KW_11
    charger.point.read_counter(charger.at, charger.counter)
    (record,), _ = bill(charger.settle())
    assert record.energy_wh == 11_000
    assert record.ended_at == left


def test_next_vehicle_before_the_meter_has_settled() -> None:
    charger = Charger()
    charger.plug()
    charger.wait(30, KW_11)
    charger.plug(plugged=False)
    charger.at += timedelta(seconds=5)
    charger.plug()
    charger.wait(30, KW_11)
    second = charger.unplug()
    first = charger.point.closed[0]
    assert [round(each.energy) for each in (first, second)] == [5_500, 5_500]


def test_counter_that_begins_at_zero_is_estimated() -> None:
    charger = Charger()
    charger.plug()
    charger.wait(30, KW_11)
    charger.counter = 0.0
    charger.wait(30, KW_11)
    (record,), _ = bill(charger.unplug())
    assert (record.energy_wh, record.quality) == (11_000, "estimated")
    assert "start_wh" not in record.meter


def test_counter_of_each_session_begins_at_zero() -> None:
    charger = Charger(8_000.0)
    charger.plug()
    charger.counter = 0.0
    charger.wait(60, KW_11)
    (record,), _ = bill(charger.unplug())
    assert (record.energy_wh, record.quality) == (11_000, "measured")
    assert record.meter["start_wh"] == 0


def test_counter_that_is_back_where_it_was_after_a_power_cut_has_counted_nothing() -> None:
    charger = Charger(0.0)
    charger.plug()
    charger.wait(10, 23.0)
    charger.plug(plugged=False)
    charger.at += MINUTE
    charger.point.read_counter(charger.at, 0.0)
    charger.restart()
    charger.at += 60 * MINUTE
    charger.point.read_counter(charger.at, charger.counter)
    assert charger.point.meter.total == 230
    charger.wait(10, 23.0)
    assert charger.point.meter.total == 460


def test_counter_that_is_put_back_a_little_goes_on_from_there() -> None:
    charger = Charger()
    charger.plug()
    charger.wait(30, KW_11)
    charger.counter -= 500
    charger.wait(30, KW_11)
    session = charger.unplug()
    (record,), _ = bill(session)
    # What was charged in the minute in which that happened nobody knows.
    assert record.energy_wh == round(11_000 - KW_11)
    assert record.quality == "estimated"
    assert session.oddities == ["counter_backwards"]


def test_charger_that_was_replaced_is_not_billed_for_its_counter() -> None:
    charger = Charger()
    charger.plug()
    charger.wait(30, KW_11)
    charger.counter += 4_000_000
    charger.wait(30, KW_11)
    session = charger.unplug()
    (record,), _ = bill(session)
    assert record.energy_wh == pytest.approx(11_000, abs=KW_11 + 1)
    assert session.oddities == ["counter_jumped"]
    # The rest is asked about: only a person knows that the charger was replaced.
    asked = charger.point.closed[-1]
    assert asked.doubted
    assert asked.energy_wh == pytest.approx(4_000_000, abs=KW_11 + 1)
    assert whose(asked, [OWN]) is None


def test_power_that_a_person_confirms_is_believed_from_then_on() -> None:
    meter = EnergyMeter(3_700)
    hours = [NOON + hour * timedelta(hours=1) for hour in range(4)]
    meter.read_counter(hours[0], 50_000)
    assert meter.read_counter(hours[1], 61_000).energy == 0
    assert meter.settle(hours[1]).doubt == 11_000
    meter.confirm_claim()
    assert meter.read_counter(hours[2], 72_000).energy == 11_000
    assert meter.read_counter(hours[3], 172_000).energy == 0


def test_clock_that_is_put_back() -> None:
    charger = Charger()
    charger.plug()
    charger.wait(30, KW_11)
    charger.at -= timedelta(hours=1)
    charger.wait(90, KW_11 / 3)
    (record,), _ = bill(charger.unplug())
    assert record.energy_wh == 11_000
    assert record.started_at < record.ended_at


def test_power_alone_is_added_up() -> None:
    point = ChargingPoint(EnergyMeter(POWER))
    point.read_power(NOON, 0.0)
    point.set_plugged(NOON, plugged=False)
    point.set_plugged(NOON, plugged=True)
    point.read_power(NOON + MINUTE, 6_000)
    point.read_power(NOON + 31 * MINUTE, 12_000)
    point.read_power(NOON + 61 * MINUTE, 0)
    point.set_plugged(NOON + 62 * MINUTE, plugged=False)
    point.settle(NOON + 63 * MINUTE)
    (record,), _ = bill(point.closed[0])
    assert (record.energy_wh, record.quality) == (9_000, "measured")
    assert "start_wh" not in record.meter


def test_power_that_is_not_known_for_a_while_is_not_invented() -> None:
    point = ChargingPoint(EnergyMeter(POWER))
    point.set_plugged(NOON, plugged=True)
    point.read_power(NOON, 6_000)
    point.read_power(NOON + 30 * MINUTE, None)
    point.read_power(NOON + 60 * MINUTE, 6_000)
    point.read_power(NOON + 90 * MINUTE, 0)
    point.set_plugged(NOON + 90 * MINUTE, plugged=False)
    point.settle(NOON + 91 * MINUTE)
    (record,), _ = bill(point.closed[0])
    assert (record.energy_wh, record.quality) == (6_000, "estimated")


def test_session_from_one_binding_into_the_next_is_billed_under_both() -> None:
    charger = Charger()
    charger.plug()
    charger.wait(60, KW_11)
    change = (NOON + 30 * MINUTE).isoformat()
    records, unbound = bill(
        charger.unplug(), binding("bind-1", valid_until=change), binding("bind-2", valid_from=change)
    )
    assert [(record.binding_id, record.energy_wh) for record in records] == [("bind-1", 5_500), ("bind-2", 5_500)]
    assert records[0].ended_at == records[1].started_at
    assert unbound == 0


def test_what_falls_under_no_binding_is_billed_to_nobody() -> None:
    charger = Charger()
    charger.plug()
    charger.wait(60, KW_11)
    (record,), unbound = bill(charger.unplug(), binding(valid_from=(NOON + 45 * MINUTE).isoformat()))
    assert (record.energy_wh, unbound) == (2_750, 8_250)


OWN, OTHER = Candidate("own", guest=False, tells=True), Candidate("other", guest=False, tells=True)
MUTE, GUEST = Candidate("mute", guest=False, tells=False), Candidate("guest", guest=True, tells=False)
UNBOUND = Candidate("unbound", guest=False, tells=False, bound=False)


@pytest.mark.parametrize(
    ("candidates", "seen", "away", "expected"),
    [
        ([OWN], ["own"], [], "own"),
        ([OWN], [], ["own"], None),  # somebody else's vehicle
        ([OWN], [], [], None),  # it could have been it: ask
        ([OWN, OTHER], ["other"], ["own"], "other"),
        ([OWN, OTHER], ["own", "other"], [], None),
        ([MUTE], [], [], "mute"),
        ([OWN, MUTE], [], ["own"], "mute"),
        ([OWN, MUTE], [], [], None),
        ([GUEST], [], [], None),  # never silently
        ([MUTE, GUEST], [], [], None),
        ([MUTE, UNBOUND], [], [], None),
        ([UNBOUND], [], [], None),
        ([UNBOUND], ["unbound"], [], "unbound"),
        ([], [], [], None),
    ],
)
def test_whose_session_it_is(
    candidates: list[Candidate], seen: list[str], away: list[str], expected: str | None
) -> None:
    session = MeasuredSession("s", [Mark(NOON, 0)], 0.0, seen=seen, away=away)
    assert whose(session, candidates) == expected


def test_what_a_person_decided_counts() -> None:
    session = MeasuredSession("s", [Mark(NOON, 0)], 0.0, seen=["own"], decided=True, vehicle=None)
    assert whose(session, [OWN]) is None


def test_session_survives_storage() -> None:
    charger = Charger()
    charger.plug()
    charger.wait(5, KW_11)
    before = charger.point.to_dict()
    assert ChargingPoint.from_dict(before, POWER).to_dict() == before


def test_session_that_was_closed_and_not_entered_survives_storage() -> None:
    charger = Charger()
    charger.plug()
    charger.wait(60, KW_11)
    session = charger.unplug()
    charger.restart()
    assert [(each.id, each.energy) for each in charger.point.closed] == [(session.id, session.energy)]


@pytest.mark.use_case("SC-1")
@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("1M8GDM9AXKP042788", "1M8GDM9AXKP042788"),
        (" 1m8g-dm9a xkp0 42788 ", "1M8GDM9AXKP042788"),
        ("11111111111111111", "11111111111111111"),
        ("WVWZZZ1JZXW000001", "WVWZZZ1JZXW000001"),  # Europe has no check digit
        ("1M8GDM9A1KP042788", VinError("invalid_vin")),
        ("1M8GDM9AXKP04278", VinError("invalid_vin_form")),
        ("1M8GDM9AXKPO42788", VinError("invalid_vin_form")),  # the letter O
    ],
)
def test_vin_is_checked_where_the_market_has_a_check_digit(typed: str, expected: str | VinError) -> None:
    if isinstance(expected, VinError):
        with pytest.raises(VinError) as caught:
            parse_vin(typed)
        assert caught.value.reason == expected.reason
    else:
        assert parse_vin(typed) == expected


@pytest.mark.use_case("SC-1")
def test_vin_names_the_maker() -> None:
    assert make_of("WVWZZZ1JZXW000001") == "Volkswagen"
    assert make_of("11111111111111111") is None
