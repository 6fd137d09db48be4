"""What is billed is a matter of what was charged, and not of when that became known (UR-EV)."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custom_components.utility_han.procedures.charging.billing import Measured
from custom_components.utility_han.procedures.charging.charge import Charge
from custom_components.utility_han.procedures.charging.charges import charges_of, issue
from custom_components.utility_han.procedures.charging.ledger import (
    KEPT,
    BillableRecord,
    Ledger,
    LedgerEntry,
    RecordState,
)
from custom_components.utility_han.procedures.charging.pricing import PriceCourse, PriceSpan, blocks_anew
from custom_components.utility_han.procedures.charging.reckoning import reckon, wh_before
from custom_components.utility_han.procedures.charging.session import MeasuredSession
from custom_components.utility_han.procedures.charging.settling import (
    PlainRates,
    price_waiting,
    settle_session,
    take_back_records,
)
from custom_components.utility_han.procedures.vehicle_binding import VehicleRun
from custom_components.utility_han.utility.rate_model import Block, PriceKind, PriceSource, RateProgram
from custom_components.utility_han.utility.vehicle_model import BillingRecord, Payer
from tests.procedures.test_charging_pricing import priced, steady, with_more
from tests.procedures.test_charging_sessions import binding, program

pytestmark = pytest.mark.use_case("UR-EV")

MAY = datetime(2026, 5, 1, tzinfo=UTC)
JUNE = datetime(2026, 6, 1, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
BLOCKS = (Block(10_000, Decimal("0.40")),)


class Told(PlainRates):
    """A world in which the prices until ``until`` are known: 10 ct, every other hour 20 ct."""

    def __init__(self, until: datetime = JUNE + 60 * DAY) -> None:
        self.until = until

    def course(self, program: RateProgram, start: datetime, end: datetime) -> PriceCourse:
        first = start.replace(minute=0, second=0, microsecond=0)
        hours = (first + number * HOUR for number in range((end - first) // HOUR + 2))
        return [
            PriceSpan(hour, hour + HOUR, Decimal(1 + hour.hour % 2) / 10)
            for hour in hours
            if hour + HOUR <= self.until
        ]


def agreed(*, source: bool = False, fee: str = "0", blocks: tuple[Block, ...] = BLOCKS) -> RateProgram:
    """Return what the household agreed to, in UTC."""
    told = PriceSource(PriceKind.GATEWAY) if source else None
    return with_more(program(periods=[], time_zone="UTC"), blocks=blocks, session_fee=Decimal(fee), source=told)


class Home:
    """Two vehicles that charge at home, and what is handed over of that."""

    def __init__(self, rates: RateProgram, told: Told | None = None) -> None:
        self.at = JUNE + 40 * DAY
        self.ledger = Ledger()
        self.told = told or Told()
        self.runs: dict[str, VehicleRun] = {}
        for key in ("car", "van"):
            run = VehicleRun(f"VIN-{key}", "Voltline", "One", "home", id=key, at_home=True)
            bound = binding(f"home-{key:0>16}")
            run.bindings, run.programs = {bound.id: bound}, {bound.id: rates}
            self.runs[key] = run
        self.handed_over: dict[str, Decimal] = {}

    def tell(self, session: MeasuredSession, vehicle: str = "car") -> LedgerEntry:
        """Have a session known."""
        session.vehicle = vehicle
        entry = self.ledger.add(session, "garage", Measured("evse", "VL11"))
        assert entry is not None
        return self.settle(entry)

    def settle(self, entry: LedgerEntry) -> LedgerEntry:
        settle_session(entry, self.runs[entry.session.vehicle or ""], self.told, self.at)
        self.ledger.note(entry)
        self.reckon()
        return entry

    def assign(self, entry: LedgerEntry, vehicle: str) -> None:
        """Have a session be another vehicle's, with what was told late of it."""
        for each in self.ledger.whole(entry.session.id):
            take_back_records(each, self.at)
            each.session.vehicle = vehicle
            self.ledger.note(each)
            self.settle(each)

    def reckon(self) -> bool:
        self.at += timedelta(seconds=1)
        return reckon(self.ledger, self.runs, self.at)

    def price(self, until: datetime) -> None:
        """Have the prices known until then."""
        self.told.until = until
        price_waiting(self.ledger, self.runs, self.told, self.at)
        self.reckon()

    def charges(self) -> Iterator[Charge]:
        vehicles = {key: (run, key) for key, run in self.runs.items()}
        for entry in self.ledger.entries.values():
            yield from charges_of(entry, vehicles)

    def hand_over(self) -> None:
        """Hand over everything; what was handed over before is what it was."""
        charges = {each.id: each for each in self.charges()}
        for name, cost in self.handed_over.items():
            assert charges[name].exact_cost == cost
        self.handed_over = {name: each.exact_cost for name, each in charges.items()}
        for entry in self.ledger.entries.values():
            issue(entry, charges, self.at)

    def forget_minutes(self) -> None:
        """Have it taken by the books, and its minutes forgotten."""
        for entry in self.ledger.entries.values():
            for record in entry.records:
                if record.cost is not None:
                    record.state = RecordState.SENT
            self.ledger.note(entry)
        self.ledger.prune(self.at)
        self.ledger = Ledger.from_list(self.ledger.to_list())

    def owed(self) -> dict[str, Decimal]:
        """Return what is owed of each session now, by what is neither a credit nor credited."""
        charges = list(self.charges())
        credited = {each.credits for each in charges}
        return {each.session_id: each.exact_cost for each in charges if not each.credits and each.id not in credited}


def session(name: str, start: datetime, wh: int, *, hours: float = 1, late_of: str | None = None) -> MeasuredSession:
    """Return one with the same power all along."""
    found = steady(start, hours, wh_an_hour=round(wh / hours))
    found.id, found.late_of = name, late_of
    return found


def test_session_that_is_known_late_makes_the_later_ones_of_its_month_dearer() -> None:
    home = Home(agreed())
    second = home.tell(session("second", MAY + 2 * DAY, 8_000))
    june = home.tell(session("june", JUNE + DAY, 8_000))
    assert second.records[0].cost == Decimal("0.80")
    home.tell(session("first", MAY + DAY, 8_000))
    assert home.owed() == {"first": Decimal("0.80"), "second": Decimal("3.20"), "june": Decimal("0.80")}
    assert (second.records[0].corrects, second.records[0].month_wh_before) == (None, 8_000)  # nobody had seen it
    assert june.records[0].month_wh_before == 0


def test_what_was_handed_over_is_credited_and_replaced_where_an_earlier_session_comes_or_goes() -> None:
    home = Home(agreed())
    second = home.tell(session("second", MAY + 2 * DAY, 8_000))
    home.hand_over()
    first = home.tell(session("first", MAY + DAY, 8_000))
    old, credit, new = [each for each in home.charges() if each.session_id == "second"]
    assert (old.exact_cost, credit.credits, new.corrects) == (Decimal("0.80"), old.id, old.id)
    assert new.exact_cost == Decimal("3.20")
    home.hand_over()
    home.assign(first, "van")
    assert home.owed() == {"first": Decimal("0.80"), "second": Decimal("0.80")}
    assert [each.record.charge_id for each in second.credited] == [old.id, new.id]
    assert second.records[0].corrects == new.id
    home.hand_over()
    assert sum(home.handed_over.values()) == Decimal("1.60")


def test_what_was_handed_over_under_a_binding_that_another_took_the_place_of_is_credited_and_replaced() -> None:
    home = Home(agreed())
    entry = home.tell(session("first", MAY + DAY, 8_000))
    home.hand_over()
    run = home.runs["car"]
    (bound,) = run.bindings.values()
    other = replace(bound, id=f"home-{'other':0>16}")
    run.bindings = {bound.id: replace(bound, valid_until=bound.valid_from), other.id: other}
    run.programs[other.id] = agreed()
    home.settle(entry)
    old, credit, new = home.charges()
    assert (old.binding.id, credit.credits, new.corrects) == (bound.id, old.id, old.id)
    assert (new.binding.id, new.exact_cost) == (other.id, Decimal("0.80"))
    home.hand_over()
    assert sum(home.handed_over.values()) == Decimal("0.80")


def test_books_at_home_have_what_was_priced_anew() -> None:
    home = Home(agreed())
    entry = home.tell(session("second", MAY + 2 * DAY, 8_000))
    (record,) = entry.records
    record.state, record.billed = RecordState.SENT, _billed(record)
    home.ledger.note(entry)
    home.tell(session("first", MAY + DAY, 8_000))
    assert [each.amount for each in home.ledger.billed_in("car", "2026-05")] == [Decimal("3.20")]
    home.hand_over()
    home.tell(session("between", MAY + 1.5 * DAY, 1_000))
    assert [(each.id, each.amount) for each in home.ledger.billed_in("car", "2026-05")] == [
        (entry.records[0].charge_id, Decimal("3.60"))
    ]


def _billed(record: BillableRecord) -> BillingRecord:
    told = record.session
    return BillingRecord(
        record.charge_id, told.session_id, told.binding_id, "car", "home", Payer("1", "A"), "2026-05",
        told.started_at, told.ended_at, told.energy_wh, told.quality, record.cost or Decimal(0), "USD",
    )  # fmt: skip


def test_what_a_utility_bills_is_left_to_it() -> None:
    home = Home(agreed())
    run = home.runs["car"]
    bound = binding("bind-of-utility1")
    run.bindings, run.programs = {bound.id: bound}, {bound.id: agreed()}
    second = home.tell(session("second", MAY + 2 * DAY, 8_000))
    home.tell(session("first", MAY + DAY, 8_000))
    assert (second.records[0].cost, second.records[0].month_wh_before) == (Decimal("0.80"), 0)


def test_what_was_handed_over_and_is_refused_is_credited() -> None:
    home = Home(agreed(fee="0.50"))
    entry = home.tell(session("first", MAY + DAY, 12_000))
    later = home.tell(session("second", MAY + 2 * DAY, 8_000))
    home.hand_over()
    entry.records[0].state = RecordState.REFUSED
    home.ledger.note(entry)
    home.reckon()
    of_first = [each for each in home.charges() if each.session_id == "first"]
    assert [each.credits for each in of_first] == [None, of_first[0].id]
    assert home.owed() == {"second": Decimal("1.30")}
    assert later.records[0].corrects is not None
    home.hand_over()
    home.assign(entry, "van")  # it was refused as the car's
    assert len(entry.credited) == 1
    home.hand_over()
    assert sum(home.handed_over.values()) == Decimal("1.30") + Decimal("2.50")
    # When all is done it is forgotten like any other.
    entry.records[0].state = later.records[0].state = RecordState.REFUSED
    for each in (entry, later):
        home.ledger.note(each)
    home.ledger.prune(MAY + KEPT + 9 * DAY)
    assert not home.ledger.entries


@pytest.mark.parametrize("late_first", [True, False])
def test_session_has_one_fee_whatever_was_told_late_of_it(*, late_first: bool) -> None:
    home = Home(agreed(fee="0.50", blocks=()))
    told: list[Callable[[], LedgerEntry]] = [
        lambda: home.tell(session("whole", MAY + DAY, 8_000)),
        lambda: home.tell(session("late", MAY + DAY + 2 * HOUR, 2_000, late_of="whole")),
    ]
    for each in reversed(told) if late_first else told:
        each()
        home.hand_over()
    assert home.owed() == {"whole": Decimal("1.30"), "late": Decimal("0.20")}
    assert sum(home.handed_over.values()) == Decimal("1.50")


def test_session_that_a_change_of_bindings_cuts_has_one_fee() -> None:
    home = Home(agreed(fee="0.50", blocks=()))
    run, border = home.runs["car"], MAY + DAY + HOUR / 2
    (first,) = run.bindings.values()
    second = binding(f"home-{'second':0>16}", valid_from=border.isoformat())
    run.bindings = {first.id: binding(first.id, valid_until=border.isoformat()), second.id: second}
    run.programs[second.id] = agreed(fee="0.70", blocks=())
    entry = home.tell(session("whole", MAY + DAY, 8_000))
    home.hand_over()
    assert sorted(home.handed_over.values()) == [Decimal("0.40"), Decimal("0.90")]
    # Both are taken back: what takes their place says of each which one it was.
    home.assign(entry, "car")
    current = {each.started_at: each for each in home.charges() if each.corrects}
    before = {each.record.session.started_at: each.record.charge_id for each in entry.credited}
    assert {start: each.corrects for start, each in current.items()} == before
    home.hand_over()
    assert sum(home.handed_over.values()) == Decimal("1.30")
    # Of each binding only its own part counts in the month.
    for bound in run.bindings:
        assert wh_before(home.ledger, bound, run.programs[bound], MAY + 2 * DAY) == 4_000


def test_month_of_a_session_that_lasts_from_one_into_the_next_is_counted_before_its_price_is_known() -> None:
    home = Home(agreed(source=True), Told(MAY))
    home.tell(session("over", JUNE - HOUR, 18_000, hours=2))
    home.tell(session("june", JUNE + DAY, 2_000))
    binding_id = next(iter(home.runs["car"].bindings))
    assert wh_before(home.ledger, binding_id, agreed(), JUNE + DAY) == 9_000
    home.price(JUNE + 9 * DAY)
    later = home.ledger.entries["june"].records[0]
    assert (later.month_wh_before, later.cost) == (9_000, Decimal("0.60"))


def test_what_is_older_than_is_kept_stays_as_it_was() -> None:
    home = Home(agreed())
    home.tell(session("second", MAY + 2 * DAY, 8_000))
    home.hand_over()
    home.at = MAY + KEPT
    home.tell(session("first", MAY + DAY, 8_000))
    assert home.owed()["second"] == Decimal("0.80")


@given(st.integers(0, 30_000), st.integers(0, 30_000), st.lists(st.integers(0, 30_000), min_size=1, max_size=3))
@settings(max_examples=60, deadline=None, derandomize=True, database=None)
def test_blocks_anew_are_the_blocks_of_a_session_priced_so_at_once(was: int, now: int, above: list[int]) -> None:
    rates = agreed(blocks=tuple(Block(each, Decimal(place + 1) / 10) for place, each in enumerate(above)))
    measured = session("over", JUNE - HOUR * 1.3, 22_000, hours=3)
    at_once = priced(measured, rates, month_wh_before=now)
    assert blocks_anew(priced(measured, rates, month_wh_before=was).periods, rates, was, now) == at_once.periods


@st.composite
def lives(draw: st.DrawFn) -> tuple[list[tuple[int, int, bool]], list[tuple[str, int]]]:
    """Return sessions by hours since the last, Wh, and whether some is told late; and what becomes known when."""
    sessions = draw(
        st.lists(st.tuples(st.integers(0, 200), st.integers(1, 9_000), st.booleans()), min_size=2, max_size=7)
    )
    names = [("tell", place) for place in range(2 * len(sessions))]
    more = [("issue", 0), ("forget", 0), ("price", draw(st.integers(0, 60))), ("issue", 0)]
    more += [("assign", draw(st.integers(0, len(sessions) - 1))) for _ in range(2)]
    return sessions, draw(st.permutations(names + more))


def in_order(sessions: list[MeasuredSession], rates: RateProgram) -> dict[str, Decimal]:
    """Return what is owed of sessions that are priced one after the other."""
    charged: Counter[int] = Counter()
    owed: dict[str, Decimal] = {}
    for each in sessions:
        course = Told().course(rates, each.started_at, each.marks[-1].at)
        charge = priced(each, rates, course=course, month_wh_before=charged[each.started_at.month])
        for period in charge.periods:
            charged[period.started_at.month] += period.energy_wh
        owed[each.id] = replace(charge, is_rest=each.late_of in owed).exact_cost
    return owed


@given(lives())
@settings(max_examples=60, deadline=None, derandomize=True, database=None)
def test_whatever_becomes_known_when_the_sum_is_that_of_all_in_order(
    life: tuple[list[tuple[int, int, bool]], list[tuple[str, int]]],
) -> None:
    sessions, events = life
    rates = agreed(source=True, fee="0.50", blocks=(Block(5_000, Decimal("0.10")), Block(12_000, Decimal("-0.03"))))

    def known() -> list[MeasuredSession]:
        at, found = MAY + 25 * DAY, list[MeasuredSession]()
        for place, (gap, wh, late) in enumerate(sessions):
            at += gap * HOUR + timedelta(minutes=7, seconds=13)
            found.append(session(str(place), at, wh, hours=3))
            at += 4 * HOUR
            found.append(session(f"{place}-late", at, 700 if late else 0, late_of=str(place)))
            at += HOUR
        return found

    home = Home(rates, Told(MAY))
    for what, which in events:
        match what:
            case "tell" if (each := known()[which]).energy_wh:
                whole = home.ledger.entries.get(each.late_of or "")
                home.tell(each, whole.session.vehicle or "" if whole else ("van" if which % 4 == 1 else "car"))
            case "issue":
                home.hand_over()
            case "forget":
                home.forget_minutes()
            case "price":
                home.price(MAY + (20 + which) * DAY)
            case "assign" if (entry := home.ledger.entries.get(str(which))) is not None:
                home.assign(entry, "van" if entry.session.vehicle == "car" else "car")
    home.price(JUNE + 60 * DAY)
    for entry in [*home.ledger.entries.values()]:
        if entry.session.vehicle != "car":
            home.assign(entry, "car")
    owed = in_order([each for each in known() if each.energy_wh], rates)
    assert home.owed() == owed
    home.hand_over()
    assert sum(home.handed_over.values()) == sum(owed.values())
    anew = Ledger.from_list(home.ledger.to_list())
    assert not reckon(anew, home.runs, home.at), "what is read again needs nothing to be put right"
