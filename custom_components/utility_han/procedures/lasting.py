"""How long something lasts, whatever becomes of the clock meanwhile."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(slots=True)
class Lasting:
    """Something that lasts, as long as it was seen to: it is looked at now and then, and every look counts on.

    Where the clock was put back, nobody knows how long it was since the look before: it is taken for no time at all,
    and what was counted until then stays. So patience ends, at the latest, one look later than it would have. Where it
    then passes what it had shown, it is counted from there: what was put back may only have been wrong for a while, as
    where a computer without a clock of its own starts.
    """

    looked: datetime
    """When it began, or was looked at last."""
    seconds: float = 0.0
    """How long it had lasted by then."""
    highest: datetime | None = None
    """What the clock had shown when it was put back, until it passes that."""

    def look(self, now: datetime) -> timedelta:
        """Return how long it has lasted by now."""
        if now < self.looked:
            self.highest = max(self.looked, self.highest or self.looked)
        elif self.highest is not None and now >= self.highest:
            self.seconds += (now - self.highest).total_seconds()
            self.highest = None
        else:
            self.seconds += (now - self.looked).total_seconds()
        self.looked = now
        return timedelta(seconds=self.seconds)

    @property
    def since(self) -> datetime:
        """When it began, by the clock as it was when it was looked at last."""
        return self.looked - timedelta(seconds=self.seconds)
