"""How long something lasts is known whatever becomes of the clock."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.utility_han.procedures import Lasting

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("clock", "minutes"),
    [
        pytest.param([1, 2, 5], 5, id="that goes right"),
        pytest.param([5, -60, -59, -57], 8, id="put back"),
        pytest.param([5, -60, -59, 5, 6], 7, id="wrong for a while"),
        pytest.param([5, -100_000_000, 7], 7, id="of a computer that has none of its own"),
        pytest.param([5, -60, -120, -119, 6], 7, id="put back twice"),
        pytest.param([1, 2, -1, 0, 1, 2, 3, 4], 6, id="put back by little, and looked at each minute"),
    ],
)
@pytest.mark.use_case("DM-1")
def test_it_is_counted_by_a_clock(clock: list[int], minutes: int) -> None:
    lasting = Lasting(NOON)
    for each in clock:
        lasted = lasting.look(NOON + each * MINUTE)
    assert lasted == minutes * MINUTE
    assert lasting.since == lasting.looked - lasted
