"""Health from findings: believed when it lasts, let go when it is over, never flapping."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest

from custom_components.utility_han.gateway.errors import Reason
from custom_components.utility_han.procedures.health import Finding, Health, HealthReason, HealthState, leading
from custom_components.utility_han.procedures.verdict import CAUSES, finding, meaning
from custom_components.utility_han.utility.errors import UtilityReason

pytestmark = pytest.mark.use_case("DM-1")
START = datetime(2026, 1, 1, tzinfo=UTC)
AWAY = finding(HealthReason.ENTITY_UNAVAILABLE)
UNLISTED = finding(HealthReason.NOT_LISTED)


class Clock:
    """Evaluates a health minute by minute."""

    def __init__(self) -> None:
        self.health = Health()
        self.minute = 0
        self.changes: list[HealthState] = []

    def how(self) -> tuple[HealthState, HealthReason | None]:
        """State and reason."""
        return self.health.state, self.health.reason

    def run(self, minutes: int, *findings: Finding) -> None:
        for _ in range(minutes):
            self.minute += 1
            if self.health.take(findings, START + timedelta(minutes=self.minute)):
                self.changes.append(self.health.state)


def test_what_passes_soon_is_never_told() -> None:
    clock = Clock()
    for _ in range(50):
        clock.run(4, AWAY)
        clock.run(1)
    assert clock.changes == []


def test_what_comes_and_goes_is_told_once() -> None:
    clock = Clock()
    clock.run(6, AWAY)
    assert clock.how() == (HealthState.FAILING, HealthReason.ENTITY_UNAVAILABLE)
    for _ in range(50):
        clock.run(1)
        clock.run(1, AWAY)
    assert clock.changes == [HealthState.FAILING]
    clock.run(5)
    assert clock.changes == [HealthState.FAILING, HealthState.OK]
    assert clock.health.reason is None


def test_worst_is_the_state_and_what_explains_the_rest_the_reason() -> None:
    clock = Clock()
    weak = finding(HealthReason.WEAK_SIGNAL)
    clock.run(20, weak)
    assert clock.health.state is HealthState.MARGINAL
    clock.run(1, weak, UNLISTED)
    assert clock.how()[1] is HealthReason.NOT_LISTED
    clock.run(3, weak)
    assert clock.how()[1] is HealthReason.WEAK_SIGNAL


SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("reason", "before", "after"),
    [
        (HealthReason.NOT_LISTED, 0, 1),
        (HealthReason.GATEWAY_DOWN, 3, 2),
        (HealthReason.ENTITY_UNAVAILABLE, 5, 2),
        (HealthReason.WEAK_LINK, 10, 60),
        (HealthReason.UTILITY_UNREACHABLE, 60, 2),
        (HealthReason.SESSIONS_UNDELIVERED, 60, 0),
    ],
)
def test_reason_is_believed_and_let_go_to_the_second(reason: HealthReason, before: int, after: int) -> None:
    health, found = Health(), [finding(reason)]
    believed_at = START + timedelta(minutes=before)
    if before:
        assert not health.take(found, START)
        assert not health.take(found, believed_at - SECOND)
    assert health.take(found, believed_at)
    assert (health.state, health.reason, health.since) == (found[0].state, reason, believed_at)
    assert not health.take(found, believed_at + SECOND)
    away_at = believed_at + SECOND + timedelta(minutes=after)
    if after:
        assert not health.take([], away_at - SECOND)
    assert health.take([], away_at)
    assert (health.state, health.reason, health.since) == (HealthState.OK, None, away_at)


BACK = timedelta(hours=30)


@pytest.mark.parametrize("reason", [HealthReason.ENTITY_UNAVAILABLE, HealthReason.UTILITY_UNREACHABLE])
def test_clock_that_is_put_back_makes_no_patience_longer(reason: HealthReason) -> None:
    """A minute at the most, in which it was put back: what is dead is not well for as long as the clock was ahead."""
    health, found, minutes = Health(), [finding(reason)], 0
    health.take(found, START)
    while health.state is HealthState.OK:
        minutes += 1
        assert minutes < 100
        health.take(found, START - (BACK if minutes > 2 else timedelta(0)) + timedelta(minutes=minutes))
    patience = 60 if reason is HealthReason.UTILITY_UNREACHABLE else 5
    assert minutes == patience + 1
    again = Health.from_dict(health.to_dict())
    for minute in range(4):  # it was put back once more over the restart, and is over
        again.take([], START - 2 * BACK + timedelta(minutes=minute))
    assert again.state is HealthState.OK


def test_state_is_as_old_as_it_is_whatever_reason_it_has_now() -> None:
    health, lost = Health(), finding(HealthReason.REGISTRATION_LOST)
    health.take([UNLISTED], START)
    assert health.take([lost], START + SECOND, sure=True)
    assert (health.reason, health.state, health.since) == (lost.reason, HealthState.FAILED, START)
    assert health.take([AWAY], START + 2 * SECOND, sure=True)
    assert (health.state, health.since) == (HealthState.FAILING, START + 2 * SECOND)
    assert not health.take([AWAY], START + 3 * SECOND)  # believed already


def test_what_was_looked_at_with_care_is_believed_and_let_go_at_once() -> None:
    clock = Clock()
    assert clock.health.take([AWAY], START, sure=True)
    assert clock.how()[0] is HealthState.FAILING
    assert clock.health.take([], START + timedelta(seconds=1), sure=True)
    assert clock.how()[0] is HealthState.OK


def test_restart_forgets_nothing_and_tells_nothing_anew() -> None:
    clock = Clock()
    clock.run(1, UNLISTED)
    again = Health.from_dict(clock.health.to_dict())
    assert again.since == clock.health.since
    assert not again.take([UNLISTED], START + timedelta(hours=1))
    assert again.take([], START + timedelta(hours=2))


def _all_reasons() -> Iterable[Reason | UtilityReason]:
    yield from Reason
    yield from UtilityReason


def test_every_reason_has_a_cause_and_every_error_a_meaning() -> None:
    assert set(CAUSES) == set(HealthReason)
    for reason in _all_reasons():
        assert meaning(reason) in CAUSES
    assert leading([]) is None
    assert leading([HealthReason.NO_ANSWER, HealthReason.NOT_LISTED]) is HealthReason.NOT_LISTED
