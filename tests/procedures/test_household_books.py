"""A household without a utility's API binds and bills by the same rules as a utility does (SC-1, UR-EV)."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from custom_components.utility_han.procedures.charging.billing import Measured
from custom_components.utility_han.procedures.charging.books import HouseholdBooks, HouseholdRecords, is_home
from custom_components.utility_han.procedures.charging.charges import charge_from, credit_of
from custom_components.utility_han.procedures.charging.delivery import deliver_records
from custom_components.utility_han.procedures.charging.ledger import Ledger, LedgerEntry, RecordState
from custom_components.utility_han.procedures.charging.packed import pack, unpack
from custom_components.utility_han.procedures.charging.pricing import PriceCourse, PriceSpan
from custom_components.utility_han.procedures.charging.reckoning import reckon
from custom_components.utility_han.procedures.charging.settling import (
    PlainRates,
    price_waiting,
    settle_session,
    take_back_records,
)
from custom_components.utility_han.procedures.step import Outcome
from custom_components.utility_han.procedures.vehicle_binding import (
    VehicleRun,
    Wanted,
    bind_vehicle,
    end_binding,
    find_vehicle,
    refresh_bindings,
)
from custom_components.utility_han.utility import BindingStatus, Payer, UtilityError, UtilityReason
from custom_components.utility_han.utility.rate_model import Block, PriceKind, PriceSource, RateProgram
from tests.procedures.test_charging_pricing import steady, with_more
from tests.procedures.test_charging_sessions import program

pytestmark = pytest.mark.use_case("SC-1", "UR-EV")

MAY = datetime(2026, 5, 1, tzinfo=UTC)
DAY = timedelta(days=1)
PAYER = Payer("DE-0815-4711", "A customer")


class Household:
    """A home with a car; ``at`` is what its clock says."""

    def __init__(self) -> None:
        self.at = MAY
        self.ledger = Ledger()
        self.kept = HouseholdRecords()
        self.books = self.open_books()
        self.car = VehicleRun("WVWZZZ1JZXW000001", "Voltline", "One", "home", at_home=True)
        self.runs = {self.car.id: self.car}
        self.count = 0

    def open_books(self) -> HouseholdBooks:
        return HouseholdBooks(self.kept, lambda: self.ledger, lambda: self.at)

    async def save(self) -> None:
        """What is kept is kept in memory."""

    async def bind(
        self,
        rates: RateProgram | None = None,
        *,
        since: datetime = MAY,
        until: datetime | None = None,
        replaces: str | None = None,
        bill_to: str = "own_account",
    ) -> tuple[Outcome, str | None, list[str]]:
        """Bind the car; return how that ended, and what is in the way."""
        agreed = rates or program(periods=[])
        self.books.keep_program(agreed)
        self.car.wanted = Wanted(
            {"name": "Garage", "evse_id": "DE*ABC*E123"}, agreed, self.at, bill_to, since, until, replaces, PAYER
        )
        results = [each async for each in bind_vehicle(self.books, self.car, self.save)]
        way = [each["id"] for each in results[-1].evidence.get("bindings", [])]
        return results[-1].outcome, results[-1].reason, way

    def charge(self, at: datetime, wh: int = 6000, rates: PlainRates | None = None) -> LedgerEntry:
        """Charge the car for an hour."""
        session = steady(at, 1, wh_an_hour=wh)
        self.count += 1
        session.id, session.vehicle = f"session-{self.count}", self.car.id
        entry = self.ledger.add(session, "garage", Measured("evse", "VL11"))
        assert entry is not None
        settle_session(entry, self.car, rates or PlainRates(), at + DAY)
        self.ledger.note(entry)
        reckon(self.ledger, self.runs, at + DAY)
        return entry

    async def deliver(self) -> None:
        await deliver_records(self.books, self.ledger, self.runs, self.save)


async def test_binding_is_in_force_at_once_and_keeps_the_payer_masked() -> None:
    home = Household()
    assert (await home.bind())[0] is Outcome.DONE
    (binding,) = home.car.bindings.values()
    assert is_home(binding.id)
    assert (binding.status, binding.payer) == (BindingStatus.IN_FORCE, Payer("…4711", "A customer"))
    assert (binding.evse, binding.evse_id) == ("Garage", "DE*ABC*E123")
    assert "0815" not in str(home.kept.to_dict())


async def test_rebinding_ends_one_where_the_next_begins() -> None:
    home = Household()
    await home.bind()
    (first,) = home.car.bindings
    outcome, reason, way = await home.bind(since=MAY + 9 * DAY)
    assert (outcome, reason, way) == (Outcome.FAILED, UtilityReason.BINDING_OVERLAP, [first])
    outcome, _, _ = await home.bind(since=MAY + 9 * DAY, replaces=first)
    assert outcome is Outcome.DONE
    assert home.car.bindings[first].valid_until == MAY + 9 * DAY
    home.at = MAY + 10 * DAY
    assert [each.status for each in await home.books.bindings("home")] == ["ended", "in_force"]


async def test_binding_does_not_end_before_what_was_billed_under_it() -> None:
    home = Household()
    await home.bind()
    (first,) = home.car.bindings
    home.charge(MAY + 5 * DAY)
    await home.deliver()
    home.car.ending = {"valid_until": (MAY + 4 * DAY).isoformat(), "reason": "sold"}
    with pytest.raises(UtilityError) as said:
        await end_binding(home.books, home.car, home.save)
    assert said.value.reason is UtilityReason.SESSIONS_AFTER_END
    home.car.ending = None
    assert (await home.bind(since=MAY + 4 * DAY, replaces=first))[1] is UtilityReason.SESSIONS_AFTER_END


async def test_session_handed_over_again_is_recorded_once() -> None:
    home = Household()
    await home.bind()
    entry = home.charge(MAY + DAY)
    await home.deliver()
    (record,) = entry.records
    assert record.state is RecordState.SENT
    assert record.billed is not None
    assert (record.billed.amount, record.billed.month) == (Decimal("0.60"), "2026-05")
    assert await home.books.record_session(record.session, record.idempotency_key) == record.billed
    home.ledger = Ledger.from_list(home.ledger.to_list())
    home.kept = HouseholdRecords.from_dict(home.kept.to_dict())
    home.books = home.open_books()
    await home.deliver()
    (bill,) = await home.books.bills("2026-05")
    assert (bill.energy_wh, bill.amount, len(bill.record_ids)) == (6000, Decimal("0.60"), 1)


async def test_lost_books_are_known_again_by_the_vehicles_own_record() -> None:
    home = Household()
    await home.bind()
    bound = dict(home.car.bindings)
    home.kept = HouseholdRecords()
    home.books = home.open_books()
    home.books.know_again(VehicleRun.from_dict(home.car.to_dict()))
    assert (await home.books.binding(next(iter(bound)))) == next(iter(bound.values()))
    # And the other way: a vehicle whose own record was lost.
    found = VehicleRun(home.car.vin, "", "", "")
    await find_vehicle(home.books, found, home.save)
    await refresh_bindings(home.books, found, home.save)
    assert (found.bindings, found.make) == (bound, "Voltline")


async def test_blocks_count_what_was_charged_before_in_the_month() -> None:
    home = Household()
    await home.bind(with_more(program(periods=[]), blocks=(Block(10_000, Decimal("0.40")),)))
    costs = [home.charge(MAY + day * DAY, 8000).records[0].cost for day in (1, 2, 40)]
    assert costs == [Decimal("0.80"), Decimal("3.20"), Decimal("0.80")]


class Told(PlainRates):
    """A world in which prices become known later."""

    def __init__(self) -> None:
        self.known: list[PriceSpan] = []

    def course(self, program: RateProgram, start: datetime, end: datetime) -> PriceCourse:
        return self.known


async def test_session_without_a_price_waits_and_is_priced_when_it_is_known() -> None:
    home, told = Household(), Told()
    await home.bind(with_more(program(periods=[]), source=PriceSource(PriceKind.GATEWAY)))
    entry = home.charge(MAY + DAY, rates=told)
    await home.deliver()
    (record,) = entry.records
    assert (record.state, record.cost) == (RecordState.WAITING, None)
    assert record.missing == [(MAY + DAY, MAY + DAY + timedelta(hours=1))]
    home.ledger = Ledger.from_list(home.ledger.to_list())
    told.known = [PriceSpan(MAY, MAY + 2 * DAY, Decimal("0.25"))]
    assert price_waiting(home.ledger, home.runs, told, MAY + 3 * DAY)
    await home.deliver()
    ((_, record),) = home.ledger.records()
    assert (record.state, record.cost, record.missing) == (RecordState.SENT, Decimal("1.50"), [])


async def test_charge_is_the_same_for_years_and_a_correction_is_a_credit_and_a_new_one() -> None:
    home = Household()
    await home.bind()
    entry = home.charge(MAY + DAY)
    await home.deliver()
    first = charge_from(entry, entry.records[0], home.car, "Our car")
    assert first is not None
    home.ledger.prune(MAY + 30 * DAY)
    kept = Ledger.from_list(home.ledger.to_list()).entries[entry.session.id]
    assert len(kept.session.marks) == 2  # its minutes are forgotten
    assert charge_from(kept, kept.records[0], home.car, "Our car") == first
    assert len(first.periods) == 4
    # It was handed over, and it was another vehicle's.
    other = VehicleRun("WVWZZZ1JZXW000021", "Voltline", "Two", "home", at_home=True)
    dear = {"tier": "peak", "days": [1, 2, 3, 4, 5, 6, 7], "start": "18:30", "end": "20:00"}
    other.bindings = dict(home.car.bindings)
    other.programs = dict.fromkeys(other.bindings, program(periods=[dear]))
    kept.records[0].issued = MAY + 31 * DAY
    take_back_records(kept, MAY + 32 * DAY)
    settle_session(kept, other, now=MAY + 32 * DAY)
    kept = LedgerEntry.from_dict(kept.to_dict())
    (credited,) = kept.credited
    credit = credit_of(first, credited)
    assert (credit.credits, credit.exact_cost, credit.periods) == (first.id, -first.exact_cost, first.periods)
    second = charge_from(kept, kept.records[0], other, "Their car")
    assert second is not None
    assert (second.corrects, second.energy_wh, second.estimated_wh) == (first.id, first.energy_wh, 0)
    assert second.exact_cost == Decimal("1.20")  # by the other vehicle's own program, as if nothing was forgotten
    assert len({first.id, credit.id, second.id}) == 3


async def test_what_no_binding_covered_can_be_billed_to_the_quarter_later() -> None:
    home = Household()
    await home.bind(since=MAY + 20 * DAY)
    entry = home.charge(MAY + DAY)
    assert (entry.records, entry.unbound_wh) == ([], 6000)
    home.ledger.prune(MAY + 30 * DAY)
    assert len(entry.session.marks) == 5
    dear = {"tier": "peak", "days": [1, 2, 3, 4, 5, 6, 7], "start": "18:30", "end": "20:00"}
    await home.bind(program(periods=[dear]), since=MAY, until=MAY + 20 * DAY)
    settle_session(entry, home.car)
    assert [(part.tier, part.energy_wh, part.quality) for part in entry.records[0].session.parts] == [
        ("off", 3000, "measured"),
        ("peak", 3000, "measured"),
    ]


async def test_minutes_are_known_again_over_two_bindings_with_a_pause() -> None:
    home, hour = Household(), timedelta(hours=1)
    await home.bind(until=MAY + hour)
    await home.bind(since=MAY + 2 * hour)
    session = steady(MAY, 3)
    for mark in session.marks[60:121]:
        mark.total = 6000.0  # nothing is charged in the hour between
    for mark in session.marks[121:]:
        mark.total -= 6000.0
    session.id, session.vehicle = "paused", home.car.id
    entry = home.ledger.add(session, "garage", Measured("evse", "VL11"))
    assert entry is not None
    settle_session(entry, home.car)
    home.ledger.note(entry)
    before = [record.session for record in entry.records]
    assert [(each.energy_wh, each.quality) for each in before] == [(6000, "measured"), (6000, "measured")]
    await home.deliver()
    assert {record.state for record in entry.records} == {RecordState.SENT}
    home.ledger.prune(MAY + 30 * DAY)
    assert len(session.marks) == 2
    take_back_records(entry, MAY + 31 * DAY)
    settle_session(entry, home.car)
    assert [record.session for record in entry.records] == before


async def test_charge_of_an_older_version_has_what_was_kept() -> None:
    home = Household()
    await home.bind()
    entry = home.charge(MAY + DAY)
    stored = entry.to_dict()
    for record in stored["records"]:
        for key in ("periods", "month_wh_before", "priced_at", "missing", "revision", "corrects", "issued"):
            del record[key]
    del stored["credited"]
    old = LedgerEntry.from_dict(stored)
    now, then = (charge_from(each, each.records[0], home.car, "Our car") for each in (entry, old))
    assert now is not None
    assert then is not None
    assert (then.energy_wh, then.exact_cost, then.id) == (now.energy_wh, now.exact_cost, now.id)
    assert len(then.periods) == len(now.periods)


async def test_day_on_the_plug_takes_a_few_characters() -> None:
    home = Household()
    await home.bind()
    session = steady(MAY + timedelta(minutes=7, seconds=3), 24)
    session.marks = [session.marks[0], *session.marks[300:420], session.marks[-1]]
    session.marks[-1].total = session.marks[-2].total
    session.id, session.vehicle = "long", home.car.id
    entry = home.ledger.add(session, "garage", Measured("evse", "VL11"))
    assert entry is not None
    settle_session(entry, home.car)
    packed = entry.records[0].periods
    assert packed is not None
    periods = unpack(packed, session.started_at)
    assert pack(periods) == packed
    assert len(periods) == 97
    assert len(packed) < 300
    assert sum(each.energy_wh for each in periods) == session.energy_wh


async def test_binding_does_not_end_before_what_waits_for_its_price() -> None:
    home, told = Household(), Told()
    await home.bind(with_more(program(periods=[]), source=PriceSource(PriceKind.GATEWAY)))
    (first,) = home.car.bindings
    entry = home.charge(MAY + 5 * DAY, rates=told)
    await home.deliver()
    assert (await home.bind(since=MAY + 4 * DAY, replaces=first))[1] is UtilityReason.SESSIONS_AFTER_END
    told.known = [PriceSpan(MAY, MAY + 9 * DAY, Decimal("0.25"))]
    price_waiting(home.ledger, home.runs, told, MAY + 9 * DAY)
    await home.deliver()
    assert [each.state for each in entry.records] == [RecordState.SENT]


async def test_what_is_told_late_of_a_session_costs_no_second_fee() -> None:
    home = Household()
    await home.bind(with_more(program(periods=[]), session_fee=Decimal("0.50")))
    first = home.charge(MAY + DAY)
    late = steady(MAY + DAY + timedelta(hours=2), 1)
    late.id, late.late_of, late.vehicle = "late", first.session.id, home.car.id
    entry = home.ledger.add(late, "garage", Measured("evse", "VL11"))
    assert entry is not None
    settle_session(entry, home.car)
    home.ledger.note(entry)
    assert reckon(home.ledger, home.runs, MAY + 2 * DAY)
    assert [each.records[0].cost for each in (first, entry)] == [Decimal("1.10"), Decimal("0.60")]
    kept = LedgerEntry.from_dict(entry.to_dict())
    charge = charge_from(kept, kept.records[0], home.car, "Our car")
    assert charge is not None
    assert charge.exact_cost == Decimal("0.60")


async def test_what_is_worked_out_anew_is_of_the_time_in_which_it_was_charged() -> None:
    home = Household()
    begun = MAY + DAY
    await home.bind(since=begun + timedelta(minutes=40), until=begun + timedelta(minutes=70))
    session = steady(begun, 2)
    for mark in session.marks:
        mark.total = 100.0 * min(max((mark.at - begun) // timedelta(minutes=1) - 40, 0), 30)
    session.id, session.vehicle = "some", home.car.id
    entry = home.ledger.add(session, "garage", Measured("evse", "VL11"))
    assert entry is not None
    settle_session(entry, home.car)
    home.ledger.note(entry)
    await home.deliver()
    assert [each.state for each in entry.records] == [RecordState.SENT]
    home.ledger.prune(MAY + 30 * DAY)
    assert len(entry.session.marks) == 2
    take_back_records(entry, MAY + 30 * DAY)
    settle_session(entry, home.car)
    assert ([each.session.energy_wh for each in entry.records], entry.unbound_wh) == ([3000], 0)


async def test_what_waits_for_its_price_counts_in_the_blocks_of_the_month() -> None:
    home, told = Household(), Told()
    blocks = (Block(10_000, Decimal("0.40")),)
    await home.bind(with_more(program(periods=[]), blocks=blocks, source=PriceSource(PriceKind.GATEWAY)))
    told.known = [PriceSpan(MAY + 2 * DAY, MAY + 9 * DAY, Decimal("0.10"))]
    first, second = (home.charge(MAY + day * DAY, 8000, told) for day in (1, 2))
    assert [each.records[0].cost for each in (first, second)] == [None, Decimal("3.20")]
    told.known.insert(0, PriceSpan(MAY, MAY + 2 * DAY, Decimal("0.10")))
    price_waiting(home.ledger, home.runs, told, MAY + 9 * DAY)
    assert first.records[0].cost == Decimal("0.80")  # 16 kWh in all, 6 of them above the block


async def test_what_waits_over_a_months_end_counts_in_the_blocks_of_each() -> None:
    home, told = Household(), Told()
    agreed = with_more(program(periods=[], time_zone="UTC"), blocks=(Block(4_000, Decimal("0.40")),))
    await home.bind(with_more(agreed, source=PriceSource(PriceKind.GATEWAY)))
    june = datetime(2026, 6, 1, tzinfo=UTC)
    home.charge(june - timedelta(minutes=30), 6000, told)
    told.known = [PriceSpan(june, june + 9 * DAY, Decimal("0.10"))]
    assert home.charge(june + DAY, 2000, told).records[0].cost == Decimal("0.60")  # 3 kWh before, 1 above the block
