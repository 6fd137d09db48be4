"""What a charger can give in a time, and how often it tells, by which its counter is judged."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from .clock import UNTOLD

LATE_PLUG = timedelta(minutes=15)
"""How long after the energy a charger may still say that a vehicle was plugged in."""
AT_MOST = 2.0
"""More than this times its power no charger gives, whatever its counter says."""
_SLACK_WH = 1000.0
_CLAIMED_AT_MOST = 4.0
"""More than this times its stated power nobody is believed to have charged."""
LIKELY = 1.25
"""Up to this times its power a charger really gives: powers are stated round, and voltages differ."""
LIKELY_WH = 100.0
AT_ONCE_WITHIN = timedelta(hours=24)
"""However long nobody looked, or a clock says so, more than can be charged in this time is not believed at once."""


type PluggedSince = Callable[[datetime], timedelta | None]
"""How long a vehicle was plugged in since a time, None where that is not known."""


def _unknown(_since: datetime) -> timedelta | None:
    return None


@dataclass(frozen=True, slots=True)
class Plug:
    """What is known of the plug at a reading."""

    since: PluggedSince = _unknown
    at_most: PluggedSince = _unknown
    """The same, rather too long than too short where not all is known."""
    session: str | None = None
    """The id of the session that is open, once something was charged in it."""
    begun: datetime | None = None
    """When the open session began, whatever was charged in it."""
    resumed: bool = False
    """Nobody looked since the last reading: how long that was only a clock says, which may have been put back."""


@dataclass(slots=True)
class ChargerLimits:
    """What is believed of a charger that gives ``max_power`` W."""

    max_power: float
    fastest: float = 0.0
    """W that a person said was charged, where it was more than ``max_power``."""
    pace: float | None = None
    """Seconds between two changes while a vehicle is charged, rather too long than too short."""
    claimed: float = 0.0
    """W that the last rise would have taken that was not believed."""
    untold: bool = False
    """Since it last changed, nobody looked for a time that nobody knows: the clock was set meanwhile."""

    def confirm_claim(self) -> None:
        """Believe that the charger gives what was doubted: somebody said that it was charged."""
        self.fastest = max(self.fastest, min(self.claimed, _CLAIMED_AT_MOST * self.max_power))

    def most(self, elapsed: timedelta) -> float:
        """Return more than what can be charged in a time, Wh."""
        return self._allowed(elapsed)

    def least_time(self, energy: float) -> timedelta:
        """Return how long it takes at least to charge an energy, Wh; a day stands for all that takes longer."""
        watts = max(self.max_power, self.fastest)
        return min(timedelta(hours=max(energy, 0.0) / watts), AT_ONCE_WITHIN) if watts > 0 else timedelta(0)

    def _gives(self, elapsed: timedelta) -> float:
        return max(self.max_power, self.fastest) * elapsed.total_seconds() / 3600

    def _allowed(self, elapsed: timedelta) -> float:
        return AT_MOST * self._gives(elapsed) + _SLACK_WH

    def _likely(self, energy: float, elapsed: timedelta) -> bool:
        return energy <= LIKELY * self._gives(elapsed) + LIKELY_WH

    def _allowed_since(self, since: datetime | None, at: datetime, plug: Plug) -> float:
        elapsed = min(self._elapsed(at, since), AT_ONCE_WITHIN)
        # What is counted with nothing plugged in at all is asked about, however long it took.
        plugged = plug.at_most(since) if since is not None else None
        return self._allowed(min(elapsed, plugged + LATE_PLUG) if plugged else elapsed)

    def _elapsed(self, at: datetime, since: datetime | None) -> timedelta:
        if since is None:
            return timedelta(0)
        return max(at - since, timedelta(0)) + (UNTOLD if self.untold else timedelta(0))

    def _paced(self, elapsed: timedelta, plugged: timedelta | None, *, just_now: bool) -> None:
        if not plugged:
            return  # nothing was charged, or nobody looked
        # Before it was plugged in, a counter that is quick had nothing to tell.
        seconds = (min(elapsed, plugged) if just_now else elapsed).total_seconds()
        if seconds > (self.pace or 0.0):
            self.pace = seconds
        elif self.pace is not None and plugged >= elapsed:
            # It was a pause, if it does not come again.
            self.pace += (seconds - self.pace) / 4
