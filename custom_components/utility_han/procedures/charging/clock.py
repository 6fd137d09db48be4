"""The time of a charging point, which never goes back, whatever the machine's clock does.

Everything that is waited for and every order of readings goes by it. A clock that is put back changes nothing of what
was measured or is waited for: time goes on from where it was, as fast as before, until the clock has caught up, or
nothing is open any more that would be torn apart.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

UNTOLD = timedelta(hours=1)
"""How long it may have been where the clock was set meanwhile and nobody looked."""
_PAUSE = timedelta(minutes=5)
"""It is looked at each minute: behind a clock that was put back, a longer time is the clock that is put right."""
_DISORDER = timedelta(minutes=1)
"""Readings may come in another order than they were made, and a clock may be set right a little."""


@dataclass(slots=True)
class SteadyClock:
    """Follows a clock that may be set to any time; ``said`` is what it said last, ``now`` what time it is here."""

    said: datetime | None = None
    now: datetime | None = None

    def look(self, said: datetime) -> datetime:
        """Take what the clock says, and return what time it is."""
        if self.said is None or self.now is None:
            self.now = max(said, self.now or said)
        elif -_DISORDER < said - self.said < timedelta(0):
            return self.now
        else:
            self.now = max(said, self.now if self.is_set(said) else self.now + (said - self.said))
        self.said = said
        return self.now

    def wait(self, time: timedelta) -> datetime:
        """Let time pass that the clock says nothing of, and return what time it is then."""
        if self.now is None:
            raise RuntimeError("nobody has looked at the clock")
        self.now += time
        return self.now

    def is_set(self, said: datetime) -> bool:
        """Whether the clock was put back, or, after it was, put right: how long that took it does not say."""
        if self.said is None:
            return False
        passed = said - self.said
        return passed <= -_DISORDER or (passed > _PAUSE and self.ahead > timedelta(0))

    def since(self, moment: datetime) -> timedelta:
        """Return how long ago something was."""
        return self.now - moment if self.now is not None else timedelta(0)

    @property
    def ahead(self) -> timedelta:
        """How much later it is here than the clock says."""
        return self.now - self.said if self.now is not None and self.said is not None else timedelta(0)

    def return_to(self, earliest: datetime | None) -> timedelta:
        """Go back to what the clock says, but not behind ``earliest``; return by how much."""
        if self.now is None:
            return timedelta(0)
        back = self.ahead if earliest is None else min(self.ahead, self.now - earliest)
        back = max(back, timedelta(0))
        self.now -= back
        return back
