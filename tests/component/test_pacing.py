"""When something is due again: now and then, sooner where it came to nothing, at once where a clock was put back."""

from datetime import UTC, datetime, timedelta

from custom_components.utility_han.hub.background.pacing import Due

NOW = datetime(2026, 6, 3, 12, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def test_what_was_never_done_is_due_and_then_each_time_that_its_time_has_come() -> None:
    due = Due()
    assert due.is_now(HOUR, NOW)
    due.begin(NOW)
    assert [due.is_now(HOUR, NOW + time) for time in (59 * MINUTE, HOUR, -MINUTE)] == [False, True, True]
    assert due.last == NOW
    due.at_once()
    assert due.is_now(HOUR, NOW)


def test_what_came_to_nothing_is_done_sooner_and_never_later() -> None:
    due = Due()
    due.begin(NOW)
    due.again_after(300)
    assert [due.is_now(HOUR, NOW + time) for time in (4 * MINUTE, 5 * MINUTE)] == [False, True]
    assert due.is_now(MINUTE, NOW + MINUTE), "it would be done by then in any case"
    due.begin(NOW + 5 * MINUTE)
    assert not due.is_now(HOUR, NOW + 20 * MINUTE), "as long as it takes, it is not begun once more beside"
