"""What is done again after a while, whatever becomes of the clock meanwhile."""

from datetime import datetime, timedelta


def is_time(last: datetime | None, every: timedelta, now: datetime) -> bool:
    """Whether it is to be done again that was done ``last``, ``None`` for never.

    A machine without a clock of its own may begin with a wrong time: where that is put back behind what was done last,
    it is time as well, and not once the clock has caught up.
    """
    return last is None or not last <= now < last + every
