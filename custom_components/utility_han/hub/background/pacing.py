"""What is done again after a while, whatever becomes of the clock meanwhile."""

from datetime import datetime, timedelta


def is_time(last: datetime | None, every: timedelta, now: datetime) -> bool:
    """Whether it is to be done again that was done ``last``, ``None`` for never.

    A machine without a clock of its own may begin with a wrong time: where that is put back behind what was done last,
    it is time as well, and not once the clock has caught up.
    """
    return last is None or not last <= now < last + every


class Due:
    """When one thing is due again that is done now and then, and sooner where it came to nothing.

    How much sooner is said by who does it, by a ``Backoff`` mostly: it holds until the thing is begun once more.
    """

    def __init__(self) -> None:
        """It was never done, which makes it due."""
        self.last: datetime | None = None
        """When it was begun last."""
        self._sooner: timedelta | None = None

    def is_now(self, every: timedelta, now: datetime) -> bool:
        """Whether it is due that is done ``every`` so often."""
        return is_time(self.last, every if self._sooner is None else min(every, self._sooner), now)

    def begin(self, now: datetime) -> None:
        """Take note that it is done now."""
        self.last, self._sooner = now, None

    def again_after(self, seconds: float) -> None:
        """Have it done so many seconds after it was begun, unless it is due before."""
        self._sooner = timedelta(seconds=seconds)

    def at_once(self) -> None:
        """Have it done as soon as anybody looks."""
        self.last = None
