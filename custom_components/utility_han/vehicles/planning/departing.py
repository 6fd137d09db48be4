"""When a vehicle is to leave: which departures can be asked for, and for how long charging can wait for one."""

from datetime import datetime, timedelta

from homeassistant.util import dt as dt_util

_FARTHEST = timedelta(days=366)
"""How long ahead a departure may be."""


def unfit_departure(departure: datetime) -> str | None:
    """Return what is wrong with a departure, by the key of its text."""
    left = departure - dt_util.utcnow()
    if left <= timedelta(0):
        return "departure_is_over"
    return "departure_too_far" if left > _FARTHEST else None


def time_needed(energy_wh: float, power: float) -> timedelta:
    """Return how long it takes at least to charge so much with a ``power`` in W; none where that is not known."""
    return timedelta(hours=energy_wh / power) if power > 0 else timedelta(0)
