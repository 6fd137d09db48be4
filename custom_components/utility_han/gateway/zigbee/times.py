"""Zigbee's time: seconds since 2000-01-01 UTC (Zigbee Cluster Library, UTCTime)."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


def moment(seconds: int) -> datetime:
    """Return a UTCTime as a time."""
    return EPOCH + timedelta(seconds=int(seconds))


def utc_time(time: datetime) -> int:
    """Return a time as a UTCTime, in whole seconds."""
    return int((time - EPOCH).total_seconds())
