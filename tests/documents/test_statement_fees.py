"""A month's fee is due once, however its rates are changed and however the time is told in parts (UR-EV)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custom_components.utility_han.documents.statement import Bound, Span, statements
from tests.helpers.charges import CAR
from tests.procedures.test_charging_pricing import with_more
from tests.procedures.test_charging_sessions import binding, program

pytestmark = pytest.mark.use_case("UR-EV")

FIRST, LAST = datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 10, 1, tzinfo=UTC)
MOMENTS = st.builds(
    lambda month, day, hours: datetime(2026, month, day, tzinfo=UTC) + timedelta(hours=hours),
    st.integers(5, 8),
    st.sampled_from((1, 2, 15)),
    st.sampled_from((-2, -1, 0, 0, 1, 12)),
)
"""Beginnings of months by several clocks among them."""


def fees(bound: list[Bound], since: datetime, until: datetime) -> list[tuple[str, date]]:
    made = statements([], bound, Span(since, until), LAST + timedelta(days=9))
    return [(fee.program.name, fee.month) for each in made for fee in each.fees]


@given(
    changes=st.lists(MOMENTS, min_size=2, max_size=5, unique=True),
    names=st.lists(st.sampled_from(("Night", "Night", "Day", None)), min_size=5, max_size=5),
    zones=st.lists(st.sampled_from(("Europe/Berlin", "UTC")), min_size=5, max_size=5),
    borders=st.lists(MOMENTS, min_size=1, max_size=4, unique=True),
)
@settings(max_examples=200, deadline=None, derandomize=True, database=None)
def test_fee_of_a_month_is_due_once(
    changes: list[datetime], names: list[str | None], zones: list[str], borders: list[datetime]
) -> None:
    changes.sort()
    bound = [
        Bound(
            CAR,
            replace(binding(f"home-{place}"), valid_from=since, valid_until=until),
            with_more(program(periods=[], name=name, time_zone=zone), monthly_fee=Decimal(5)),
        )
        for place, ((since, until), name, zone) in enumerate(
            zip(pairwise([*changes, LAST]), names, zones, strict=False)
        )
        if name is not None
    ]
    whole = fees(bound, FIRST, LAST)
    assert len(set(whole)) == len(whole)
    parts = [fee for since, until in pairwise([FIRST, *sorted(borders), LAST]) for fee in fees(bound, since, until)]
    assert sorted(parts) == sorted(whole)
