"""Zigbee's time: seconds since 2000-01-01 UTC (Zigbee Cluster Library, UTCTime)."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = 0xFFFF_FFFF
"""The greatest UTCTime, of 32 bits."""
_UNTIL_CHANGED = 0xFFFF
_FOREVER = timedelta(days=365)


def moment(seconds: int) -> datetime:
    """Return a UTCTime as a time."""
    return EPOCH + timedelta(seconds=int(seconds))


def utc_time(time: datetime) -> int:
    """Return a time as a UTCTime, in whole seconds."""
    return int((time - EPOCH).total_seconds())


def ending(start: datetime, minutes: int) -> datetime:
    """Return when what lasts ``minutes`` from ``start`` ends; 65535, which is until it changes, is a year."""
    return start + (_FOREVER if minutes == _UNTIL_CHANGED else timedelta(minutes=int(minutes)))
