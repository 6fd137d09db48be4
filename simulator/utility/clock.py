"""Times as the API writes them."""

from __future__ import annotations

from datetime import UTC, datetime


def now_text(offset: float = 0.0) -> str:
    """Now in RFC 3339; ``offset`` in seconds is how far the utility's clock is off."""
    moment = datetime.fromtimestamp(datetime.now(UTC).timestamp() + offset, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
