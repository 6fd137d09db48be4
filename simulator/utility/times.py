"""Times of the API: RFC 3339 with any offset in, UTC out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from simulator.utility.problems import ProblemError

_YEARS = range(1970, 9000)


def time_of(text: str) -> datetime:
    """A time of the API in UTC, or the problem that it is none that can be billed."""
    # Python has no leap second, and no small letters.
    leap = text[17:19] == "60"
    try:
        found = datetime.fromisoformat((f"{text[:17]}59{text[19:]}" if leap else text).upper()).astimezone(UTC)
    except ValueError, OverflowError:
        found = datetime.min.replace(tzinfo=UTC)
    if found.year not in _YEARS:
        raise ProblemError("invalid-request", f"{text} is out of range")
    return found + timedelta(seconds=leap)


def text_of(time: datetime) -> str:
    """A time as the API writes it."""
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")


def in_utc(text: str) -> str:
    """A time of the API as the API writes it."""
    return text_of(time_of(text))
