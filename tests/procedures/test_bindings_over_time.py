"""Which of a vehicle's bindings holds, comes or is in the way of another, to the moment (SC-1)."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.utility_han.procedures.vehicle_binding import VehicleRun, in_the_way
from custom_components.utility_han.utility.vehicle_model import Binding
from tests.procedures.test_charging_sessions import binding, program

pytestmark = pytest.mark.use_case("SC-1")

NOW = datetime(2026, 6, 3, 18, tzinfo=UTC)
DAY = timedelta(days=1)


def bound(name: str, start: float, end: float | None = None, *, status: str = "in_force", version: int = 1) -> Binding:
    """Return a binding that begins and ends so many days from now."""
    until = (NOW + end * DAY).isoformat() if end is not None else None
    since = (NOW + start * DAY).isoformat()
    return binding(name, valid_from=since, valid_until=until, status=status, version=version)


PAST, LONG_PAST = bound("past", -20, -10, status="ended"), bound("long past", -40, -30, status="ended")
ENDS_NOW, HOLDS, BEGINS_NOW = bound("ends now", -9, 0), bound("holds", -5, 5), bound("begins now", 0)
SOON, LATER = bound("soon", 6, 8), bound("later", 9)
VOID, REFUSED = bound("void", 2, 2), bound("refused", -1, status="refused")
PENDING = bound("pending", -1, status="pending")


@pytest.mark.parametrize(
    ("bindings", "current"),
    [
        ((), None),
        ((PAST, HOLDS, SOON), HOLDS),
        ((SOON, HOLDS, PAST), HOLDS),
        ((HOLDS, PENDING), PENDING),  # what was asked for last
        ((PENDING, HOLDS), HOLDS),
        ((ENDS_NOW, BEGINS_NOW), BEGINS_NOW),
        ((BEGINS_NOW, ENDS_NOW), BEGINS_NOW),
        ((PAST, LATER, SOON), SOON),
        ((PAST, VOID, LATER), LATER),  # something else took its place
        ((REFUSED, SOON), SOON),
        ((LONG_PAST, PAST), PAST),
        ((PAST, LONG_PAST), PAST),
        ((PAST, VOID), VOID),
        ((PAST, REFUSED), REFUSED),  # how it ended is told of the one that was wanted last
        ((ENDS_NOW,), ENDS_NOW),
    ],
)
def test_binding_that_holds_else_the_next_else_the_last(
    bindings: tuple[Binding, ...], current: Binding | None
) -> None:
    run = VehicleRun("WVWZZZ1JZXW000001", "Voltline", "One", "prem-1")
    for each in bindings:
        run.take(each)
    assert run.current(NOW) == current


def test_newer_word_of_the_utility_counts_and_an_older_one_is_old_news() -> None:
    run = VehicleRun("WVWZZZ1JZXW000001", "Voltline", "One", "prem-1")
    run.take(bound("one", -5, version=2), program())
    run.take(bound("one", -5, 5, version=1))
    assert run.bindings["one"].valid_until is None
    run.take(bound("one", -5, 3, version=2))
    assert run.bindings["one"].valid_until == NOW + 3 * DAY
    run.take(bound("one", -5, 1, version=3))
    assert run.bindings["one"].valid_until == NOW + DAY
    assert list(run.programs) == ["one"]


@pytest.mark.parametrize(
    ("known", "start", "end", "replaces", "overlaps"),
    [
        (HOLDS, 0, None, None, True),
        (HOLDS, 5, None, None, False),  # it ends in that moment
        (HOLDS, 4.9, None, None, True),
        (HOLDS, -9, -5, None, False),
        (HOLDS, -9, -4.9, None, True),
        (HOLDS, 0, None, "holds", False),  # it ends where this one begins
        (HOLDS, 0, None, "soon", True),
        (HOLDS, -6, None, "holds", False),
        (BEGINS_NOW, 3, 4, None, True),
        (BEGINS_NOW, 3, 4, "begins now", False),
        (BEGINS_NOW, -3, 0, None, False),
        (SOON, 7, None, "soon", False),
        (REFUSED, 0, None, None, False),
    ],
)
def test_binding_is_in_the_way_where_a_period_would_overlap(
    known: Binding, start: float, end: float | None, replaces: str | None, *, overlaps: bool
) -> None:
    until = NOW + end * DAY if end is not None else None
    assert in_the_way([known], NOW + start * DAY, until, replaces) == ([known] if overlaps else [])
