"""What was handed over of a closed month is known for as long as its sessions are (UR-EV)."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.utility_han.procedures.charging.handed_over import HandedOver, Handing

pytestmark = pytest.mark.use_case("UR-EV")

MAY, JUNE, JULY = (datetime(2026, month, 1, tzinfo=UTC) for month in (5, 6, 7))
HOUR = timedelta(hours=1)


def test_month_that_is_looked_at_each_hour_has_no_closed_one_forgotten() -> None:
    handed_over = HandedOver()
    handed_over.add(["home"], MAY, JUNE, JUNE + HOUR)
    for hour in range(2, 700):
        handed_over.add(["home"], JUNE, JULY, JUNE + hour * HOUR)
    kept = handed_over.of_bindings["home"]
    assert kept[0] == Handing(MAY, JUNE, JUNE + HOUR)
    assert kept[-1] == Handing(JUNE, JULY, JUNE + 699 * HOUR)
    assert len(kept) == 200
