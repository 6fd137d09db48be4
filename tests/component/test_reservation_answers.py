"""What is told of a reservation is what became of it, and which departures can be asked for (UR-EV)."""

from dataclasses import replace
from datetime import timedelta
from typing import cast

import pytest
from homeassistant.util import dt as dt_util

from custom_components.utility_han.esi import Answerable, ControlStatus, EventKind
from custom_components.utility_han.esi import ResponseStatus as R
from custom_components.utility_han.gateway import Reservation
from custom_components.utility_han.hub.answers import EventAnswers
from custom_components.utility_han.vehicles.planning.departing import time_needed, unfit_departure
from custom_components.utility_han.vehicles.planning.reservation_answers import ReservationAnswers

pytestmark = pytest.mark.use_case("UR-EV")

NOW = dt_util.utcnow()
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RESERVED = Reservation(
    "AA", ControlStatus.SCHEDULED, 8_000.0, 4_000.0, NOW, 2 * HOUR, NOW,
    Answerable(EventKind.RESERVATION, "AA", "/rsps/1/rsp", 3),
)  # fmt: skip


class Told:
    """Keeps what is told, each once."""

    def __init__(self) -> None:
        self.all: list[R] = []

    def async_tell(self, event: Answerable | None, status: R, lfdi: str | None = None) -> None:
        if status not in self.all:
            self.all.append(status)

    def told(self, event: Answerable, status: R) -> bool:
        return status in self.all


@pytest.mark.parametrize(
    ("looks", "told"),
    [
        ([(-1, True)], [R.RECEIVED]),
        ([(0.5, True)], [R.RECEIVED, R.STARTED]),
        ([(0.5, False)], [R.RECEIVED]),
        ([(0.5, True), (2, True)], [R.RECEIVED, R.STARTED, R.COMPLETED]),
        ([(0.5, False), (2, True)], [R.RECEIVED, R.COMPLETED_WITHOUT_PARTICIPATION]),
        ([(2, True)], [R.RECEIVED, R.COMPLETED_WITHOUT_PARTICIPATION]),
    ],
)
def test_who_has_not_charged_has_not_taken_part(looks: list[tuple[float, bool]], told: list[R]) -> None:
    answers = Told()
    for hours, charges in looks:
        ReservationAnswers(cast("EventAnswers", answers)).async_follow(
            RESERVED, "", NOW + hours * HOUR, charges=charges
        )
    assert answers.all == told


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (ControlStatus.CANCELLED, R.CANCELLED),
        (ControlStatus.CANCELLED_RANDOMIZED, R.CANCELLED),
        (ControlStatus.SUPERSEDED, R.SUPERSEDED),
    ],
)
def test_what_was_called_off_is_not_said_to_have_been_kept(status: ControlStatus, told: R) -> None:
    answers = Told()
    off = replace(RESERVED, status=status)
    ReservationAnswers(cast("EventAnswers", answers)).async_follow(off, "", NOW + 3 * HOUR, charges=True)
    assert answers.all == [R.RECEIVED, told]


@pytest.mark.parametrize(
    ("left", "wrong"),
    [(-HOUR, "departure_is_over"), (HOUR, None), (365 * DAY, None), (367 * DAY, "departure_too_far")],
)
def test_departure_is_to_come_and_within_a_year(left: timedelta, wrong: str | None) -> None:
    assert unfit_departure(dt_util.utcnow() + left) == wrong


@pytest.mark.parametrize(("power", "hours"), [(4_000.0, 2), (0.0, 0)])
def test_time_needed_is_by_the_power_where_that_is_known(power: float, hours: int) -> None:
    assert time_needed(8_000.0, power) == hours * HOUR
