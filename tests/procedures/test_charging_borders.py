"""What a session, its charge and its binding depend on at one border only: each was found by breaking it (UR-EV)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from unittest.mock import AsyncMock, create_autospec

import pytest

from custom_components.utility_han.procedures.charging.books import masked
from custom_components.utility_han.procedures.charging.charge import ChargePeriod
from custom_components.utility_han.procedures.charging.charges import charge_from, credit_of, issue
from custom_components.utility_han.procedures.charging.delivery import RECONCILED, compare_bills
from custom_components.utility_han.procedures.charging.handed_over import HandedOver
from custom_components.utility_han.procedures.charging.ledger import KEPT, BillableRecord, RecordState
from custom_components.utility_han.procedures.charging.packed import pack, unpack
from custom_components.utility_han.procedures.charging.session import Mark, MeasuredSession
from custom_components.utility_han.procedures.charging.tariff import tiers_between
from custom_components.utility_han.procedures.vehicle_binding import end_binding
from custom_components.utility_han.utility import BindingStatus, Utility, UtilityError, UtilityReason
from tests.procedures.test_charging_reckoning import JUNE, Home, agreed, session
from tests.procedures.test_charging_sessions import program
from tests.procedures.test_household_books import DAY, MAY, Household
from tests.procedures.test_household_refusals import bind, bound

pytestmark = pytest.mark.use_case("SC-1", "UR-EV")

HOUR = timedelta(hours=1)


# Bindings


async def test_binding_ends_after_the_last_of_its_sessions_and_not_after_the_first() -> None:
    home = Household()
    await home.bind()
    for day in (2, 6):
        home.charge(MAY + day * DAY)
    await home.deliver()
    home.car.ending = {"valid_until": (MAY + 4 * DAY).isoformat(), "reason": "sold"}
    with pytest.raises(UtilityError) as said:
        await end_binding(home.books, home.car, home.save)
    assert said.value.reason is UtilityReason.SESSIONS_AFTER_END


async def test_binding_begins_where_the_one_before_has_ended_and_ends_where_the_next_begins() -> None:
    home = await bound()
    middle = await bind(home, "middle", valid_from=MAY + 2 * DAY, valid_until=MAY + 4 * DAY)
    await bind(home, "after", valid_from=MAY + 4 * DAY)
    await bind(home, "before", valid_from=MAY, valid_until=MAY + 2 * DAY)
    with pytest.raises(UtilityError) as said:
        await bind(home, "within", valid_from=MAY + DAY, valid_until=MAY + 3 * DAY)
    assert said.value.reason is UtilityReason.BINDING_OVERLAP
    assert (await home.books.binding(middle.id)).valid_until == MAY + 4 * DAY


async def test_session_that_outlasts_its_binding_is_not_billed_under_it() -> None:
    home = await bound()
    (record,) = home.charge(MAY + DAY).records
    home.kept.bindings[record.session.binding_id] = replace(
        home.kept.bindings[record.session.binding_id], valid_until=record.session.ended_at - HOUR / 2
    )
    with pytest.raises(UtilityError) as said:
        await home.books.record_session(record.session, "one")
    assert said.value.reason is UtilityReason.SESSION_OUTSIDE_BINDING


async def test_session_that_is_billed_is_billed_so_however_often_it_is_handed_over() -> None:
    home = await bound()
    (record,) = home.charge(MAY + DAY).records
    await home.deliver()
    billed, record.cost = record.billed, Decimal(99)
    assert billed is not None
    assert await home.books.record_session(record.session, "one") == billed


def test_session_under_a_binding_that_has_ended_since_is_billed() -> None:
    home = Home(agreed())
    run = home.runs["car"]
    ((name, its),) = run.bindings.items()
    run.bindings = {name: replace(its, status=BindingStatus.ENDED, valid_until=MAY + 9 * DAY)}
    entry = home.tell(session("first", MAY + DAY, 8_000))
    assert ([each.session.energy_wh for each in entry.records], entry.unbound_wh) == ([8_000], 0)


@pytest.mark.parametrize(
    ("number", "shown"), [("DE-0815-4711", "…4711"), ("4711", "…11"), ("471", "…1"), ("4", "…"), ("…4711", "…4711")]
)
def test_of_an_account_no_more_than_half_is_shown(number: str, shown: str) -> None:
    assert masked(number) == shown


# Charges


def test_charge_was_handed_over_when_it_was_first() -> None:
    home = Home(agreed())
    entry = home.tell(session("first", MAY + DAY, 8_000))
    (record,) = entry.records
    assert issue(entry, {record.charge_id}, MAY + 3 * DAY)
    assert not issue(entry, {record.charge_id}, MAY + 5 * DAY)
    assert record.issued == MAY + 3 * DAY


def test_credit_of_a_correction_corrects_nothing_itself() -> None:
    home = Home(agreed())
    second = home.tell(session("second", MAY + 2 * DAY, 8_000))
    home.hand_over()
    first = home.tell(session("first", MAY + DAY, 8_000))
    home.hand_over()
    home.assign(first, "van")
    charge = charge_from(second, second.credited[1].record, home.runs["car"], "car")
    assert charge is not None
    assert charge.corrects is not None
    credit = credit_of(charge, second.credited[1])
    assert (credit.corrects, credit.credits) == (None, charge.id)


def test_charge_says_what_was_charged_in_the_month_before_it() -> None:
    home = Home(agreed())
    home.tell(session("first", MAY + DAY, 8_000))
    home.tell(session("second", MAY + 2 * DAY, 1_000))
    assert {each.session_id: each.month_wh_before for each in home.charges()} == {"first": 0, "second": 8_000}


def test_fee_that_is_nothing_has_nothing_credited_where_another_charge_comes_first() -> None:
    """What was handed over stays where the amount does; else each correction would be one more document."""
    home = Home(agreed(fee="0", blocks=()))
    late = home.tell(session("late", MAY + DAY + 2 * HOUR, 1_000, late_of="first"))
    home.hand_over()
    assert late.records[0].is_rest is False
    home.tell(session("first", MAY + DAY, 8_000))
    assert late.credited == []


def test_month_before_that_of_what_appeared_is_priced_as_it_was() -> None:
    """A session over the end of a month is of the month in which it began, of which nothing appeared."""
    home = Home(agreed())
    home.tell(session("first", MAY + DAY, 8_000))
    over = home.tell(session("over", JUNE - HOUR, 8_000, hours=2))
    assert over.records[0].month_wh_before == 8_000
    home.tell(session("june", JUNE + DAY, 1_000))
    assert (over.records[0].month_wh_before, over.records[0].cost) == (8_000, Decimal("1.60"))


def test_what_a_charge_replaces_is_what_nothing_has_replaced_yet() -> None:
    home = Home(agreed())
    entry = home.tell(session("first", MAY + DAY, 8_000))
    names = []
    for vehicle in ("van", "car", "van"):
        home.hand_over()
        names.append(entry.records[0].charge_id)
        home.assign(entry, vehicle)
        assert entry.records[0].corrects == names[-1]


@pytest.mark.parametrize("state", [RecordState.WAITING, RecordState.TO_SEND, RecordState.SENT])
def test_what_nobody_has_taken_is_kept_however_old(state: RecordState) -> None:
    home = Home(agreed())
    entry = home.tell(session("first", MAY + DAY, 8_000))
    entry.records[0].state = state
    home.ledger.note(entry)
    home.ledger.prune(MAY + KEPT + 9 * DAY)
    assert ("first" in home.ledger.entries) == (state is not RecordState.SENT)


def _taken() -> tuple[Home, BillableRecord]:
    home = Home(agreed())
    (record,) = home.tell(session("first", MAY + DAY, 8_000)).records
    record.state = RecordState.SENT
    return home, record


async def test_session_that_the_utility_has_lost_is_handed_over_again() -> None:
    home, record = _taken()
    lost = create_autospec(Utility, instance=True, billing_records=AsyncMock(return_value=[]))
    assert await compare_bills(lost, home.ledger, "home", MAY + 9 * DAY)
    assert record.state is RecordState.TO_SEND
    assert record in [each for _, each in home.ledger.open_records()]


@pytest.mark.parametrize("why", ["another utility's", "long ago"])
async def test_session_that_is_not_this_utilitys_or_long_ago_is_not_asked_for(why: str) -> None:
    home, record = _taken()
    nobody = create_autospec(Utility, instance=True, billing_records=AsyncMock(return_value=[]))
    now = MAY + 9 * DAY + (RECONCILED if why == "long ago" else timedelta(0))
    assert not await compare_bills(nobody, home.ledger, "home", now, lambda _: why == "long ago")
    assert record.state is RecordState.SENT
    nobody.billing_records.assert_not_awaited()


@pytest.mark.parametrize(
    ("begun", "issued", "late"),
    [(4, 5, False), (4, 12, True), (15, 16, False), (40, 41, False)],
    ids=["was known", "became known later", "was charged after that", "of another month"],
)
def test_what_was_not_known_when_its_month_was_handed_over_goes_out_with_what_is_made_later(
    begun: int, issued: int, late: bool,
) -> None:  # fmt: skip
    home = Home(agreed())
    home.tell(session("first", MAY + DAY, 8_000))
    (charge,) = home.charges()
    charge = replace(charge, started_at=MAY + begun * DAY, issued_at=MAY + issued * DAY)
    handed_over = HandedOver()
    handed_over.add([charge.binding.id], MAY, JUNE, MAY + 10 * DAY)
    assert handed_over.as_made(charge) == (charge.issued_at if late else charge.started_at)
    for changed in (replace(charge, corrects="another"), replace(charge, credits="another")):
        assert handed_over.as_made(changed) == charge.issued_at


# Times


def test_period_that_begins_in_the_hour_that_comes_twice_begins_twice() -> None:
    """Summer ends on 25 October 2026 at 3 o'clock in Berlin: half past two comes twice."""
    hours = [{"tier": "night", "days": list(range(1, 8)), "start": "02:30", "end": "05:00"}]
    begun = datetime(2026, 10, 25, tzinfo=UTC)
    found = list(tiers_between(program(periods=hours, time_zone="Europe/Berlin"), begun, begun + 6 * HOUR))
    assert [(tier, (since - begun) / HOUR) for tier, since, _ in found] == [
        ("off", 0), ("night", 0.5), ("off", 1), ("night", 1.5), ("off", 4),
    ]  # fmt: skip


@pytest.mark.parametrize(("hours", "near"), [(0.02, True), (5.0, False)])
def test_what_was_charged_until_a_time_far_from_any_reading_is_estimated(hours: float, *, near: bool) -> None:
    length = hours * HOUR
    found = MeasuredSession("first", [Mark(MAY, 0.0), Mark(MAY + length, 8_000.0)], None, ended_at=MAY + length)
    assert found.total_at(MAY + length / 2) == (4_000.0, near)


def test_times_in_which_nothing_was_charged_are_kept_with_their_borders() -> None:
    """A price may begin anew at what it was: its border is between two quarters of an hour."""
    minute = timedelta(minutes=1)
    borders = [MAY + each * minute for each in (0, 8, 15, 30, 40)]
    periods = tuple(ChargePeriod(one, other, 0, "off", Decimal("0.1"), "measured") for one, other in pairwise(borders))
    assert unpack(pack(periods), MAY) == periods
