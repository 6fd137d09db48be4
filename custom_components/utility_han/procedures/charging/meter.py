"""A charger's energy as one total that never goes back, whatever its counter does.

Every energy in a session is a difference of this total, so that sessions and their parts add up to what was charged,
with nothing lost between them and nothing counted twice. A counter is judged by what a charger can give in the time
since the counter last changed: many are brought up to date hourly, or once a session. One that leaves its course is
followed where it goes, and what it missed meanwhile is added when it comes back.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from ...esi.typed import plain, read_record, read_value
from .clock import UNTOLD
from .limits import AT_MOST, AT_ONCE_WITHIN, LIKELY, LIKELY_WH, ChargerLimits, Plug

LONGEST_GAP = timedelta(minutes=5)
"""Readings further apart than this, with energy between them, leave open when it flowed."""
# Below this part of the last reading a counter has begun again, as Home Assistant's recorder has it.
_RESET_BELOW = 0.9
_CONVINCED_WH = 1000.0
_CONVINCED_AFTER = timedelta(hours=1)
"""A counter that jumped is believed where it counted on for so long and so much."""
_SCALED_FROM_WH = 100.0
_SCALES = (1.0, 1000.0, 0.001)
"""What a reading is multiplied by where its unit is kWh and it says Wh, or the other way round."""
_SCALED_WITHIN = timedelta(minutes=15)
"""What fits in another unit has to fit in this time, however long nobody looked: it fits to anything in a week."""
_SAME_WH = 0.5
_AT_ONCE = timedelta(minutes=1)
"""How far apart a charger may tell one thing by its counter and by its plug."""

_UNKNOWN = Plug()


class Oddity(StrEnum):
    """What was odd about a reading; what was charged meanwhile is estimated."""

    COUNTER_RESET = "counter_reset"
    """It began at zero again: what it counted between the last reading and that is not known."""
    COUNTER_BACKWARDS = "counter_backwards"
    COUNTER_JUMPED = "counter_jumped"
    """It rose by more than can have been charged: a charger was replaced, or it reports nonsense."""
    GAP = "gap"
    """Nothing was read for a while."""
    UNPLUGGED = "unplugged"
    """It was counted while nothing was plugged in."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a reading added: ``energy`` in Wh, and what was odd, if anything."""

    energy: float
    oddity: Oddity | None = None
    since: datetime | None = None
    """From when on it flowed, as far as can be told."""
    earliest: datetime | None = None
    """From when on it can have flowed: the counter showed nothing of it then."""
    doubt: float = 0.0
    """Wh that the counter says besides, which may be an error of its own."""


@dataclass(slots=True)
class Stray:
    """What a counter showed that has begun lower, before it jumped."""

    counter: float
    at: datetime
    """When it came to be that."""
    counted: float
    """Wh that were counted by then since it began lower."""


@dataclass(slots=True)
class Departure:
    """Where a counter left its course, and what was counted since."""

    counter: float
    at: datetime
    """When the counter came to be what it was."""
    left_at: datetime
    counted: float = 0.0
    """Wh added to the total since."""
    held: float = 0.0
    """What it began with, Wh: charged if it goes on from there, and an error of its own if it comes back."""
    held_since: datetime | None = None
    """From when on that flowed."""
    rescaled: bool = False
    """What it began with may be its old reading in another unit."""
    jumped: float = 0.0
    """What it rose by since without an explanation, Wh, where it began lower."""
    stray: Stray | None = None
    """Where it was before that, and may come back to."""
    session: str | None = None
    """The session in which it happened."""
    untold: bool = False
    """How long it took to jump is not known: the clock was set meanwhile."""

    def is_of(self, plug: Plug) -> bool:
        """Whether it came with the vehicle that is there."""
        return plug.begun is not None and abs(plug.begun - self.left_at) <= _AT_ONCE


@dataclass(slots=True)
class EnergyMeter(ChargerLimits):
    """Follows a counter (Wh) or a power (W) of a charger that gives ``max_power`` W."""

    total: float = 0.0
    """Wh since it was first read."""
    counter: float | None = None
    """The last reading of the counter, Wh."""
    power: float | None = None
    """The power since the last reading, W, where there is no counter."""
    at: datetime | None = None
    """When it was last read."""
    changed: datetime | None = None
    """When the counter last changed."""
    before: tuple[datetime, float] | None = None
    """When it had changed before, and what it showed then: a report that is late is followed by one that is not."""
    scale: float = 1.0
    """What readings are multiplied by now."""
    departure: Departure | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it JSON-safe."""
        kept: dict[str, Any] = plain(asdict(self))
        return kept

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> EnergyMeter:
        """Take up what :meth:`to_dict` gave."""
        meter = read_record(cls, data, needs=("total",))
        if meter.changed is None:
            meter.changed = meter.at
        ceiling = read_value(float | None, data.get("ceiling"), "EnergyMeter.ceiling")
        if ceiling is not None and meter.at is not None:
            # 0.1.0 knew no other departure than a counter that went back a little.
            meter.departure = Departure(ceiling, meter.at, meter.at)
        return meter

    # A counter

    def read_counter(self, at: datetime, reading: float, plug: Plug = _UNKNOWN) -> Change:
        """Take a reading of the counter, Wh."""
        if self.counter is None or self.at is None or self.changed is None:
            self.counter, self.at, self.changed = reading, at, at
            return Change(0.0)
        counter = self._in_watt_hours(at, reading, plug)
        if counter == self.counter:
            self.at = at
            return Change(0.0)
        # A counter that went on in another unit while nobody looked may as well have begun anew in its own.
        sure = self.scale == 1.0 or self._elapsed(at, self.at) <= _SCALED_WITHIN
        left, change, changed = self.departure, self._moved(at, counter, plug, sure=sure), at
        if left and not left.counted and self.departure is None and abs(counter - left.counter) <= _SAME_WH:
            changed = left.at  # what it showed meanwhile was no change
        self.before, self.counter, self.changed, self.at = (self.changed, self.counter), counter, changed, at
        self.untold = False
        self.total += change.energy
        return change

    def _in_watt_hours(self, at: datetime, reading: float, plug: Plug) -> float:
        """Return a reading as the counter goes on with it, where its unit was said wrongly."""
        before = self.counter or 0.0
        if before >= _SCALED_FROM_WH and not self._too_high and not self._on_course(at, reading, plug):
            scales = (self.scale, *_SCALES)
            # What it says without a change in one unit is no change, though it may fit in another one.
            for scale in sorted(scales, key=lambda scale: abs(reading * scale - before) > _SAME_WH):
                value = round(reading * scale, 3)
                if scale == self.scale:
                    fits = self._possible(value, at, plug)
                else:
                    elapsed = min(self._elapsed(at, self.at), _SCALED_WITHIN)
                    fits = value - before <= LIKELY * self._gives(elapsed) + _SAME_WH
                if fits and value >= before - _SAME_WH:
                    # In the greater unit it has fewer digits: that is no change.
                    same = value < before or (value <= before + _SAME_WH and (scale, self.scale) != (1.0, 1.0))
                    self.scale = scale
                    return before if same else value
        self.scale = 1.0
        return reading

    def _on_course(self, at: datetime, reading: float, plug: Plug) -> bool:
        """Whether a counter that began lower is where it would have come to: that says more than another unit."""
        if (left := self.departure) is None or self._back(at, reading, left, plug, direct=False) is None:
            return False
        # Where it counted on, and says the very same in another unit, or goes on in that, it is there by chance.
        before, gives = self.counter or 0.0, LIKELY * self._gives(self._elapsed(at, self.at))
        same = any(abs(reading * scale - before) <= _SAME_WH for scale in _SCALES)
        goes_on = self.scale != 1.0 and -_SAME_WH <= reading * self.scale - before <= gives + _SAME_WH
        return not ((same or goes_on) and left.counted >= LIKELY_WH)

    def _moved(self, at: datetime, counter: float, plug: Plug, *, sure: bool) -> Change:
        if self._is_back_from_stray(at, counter, plug):
            self._forget_stray()
            if abs(counter - (self.counter or 0.0)) <= _SAME_WH:
                return Change(0.0)
        if (change := self._said_otherwise(at, counter, plug)) is not None:
            return change
        before, left, untold = self.counter or 0.0, self.departure, self.untold or plug.resumed
        rise, direct = counter - before, sure and counter > before and self._possible(counter, at, plug)
        if sure and left and (change := self._came_back(at, counter, left, plug, direct=direct)) is not None:
            self.departure = None
            return change
        if direct:
            return self._rose(at, counter, plug)
        if rise < 0:
            return self._fell(at, counter, plug)
        if left is None:
            self.departure = Departure(before, self.changed or at, at, session=plug.session, untold=untold)
        else:
            left.left_at, left.untold = at, left.untold or untold
            if not self._too_high:
                left.stray = left.stray or Stray(before, self.changed or at, left.counted)
                left.jumped += rise
        self.claimed = rise / max(self._elapsed(at, self.changed).total_seconds() / 3600, 1 / 60)
        return Change(0.0, Oddity.COUNTER_JUMPED)

    def _said_otherwise(self, at: datetime, counter: float, plug: Plug) -> Change | None:
        """Return what is to be asked where little was counted, and the same is said in the smaller unit now."""
        before, left = self.counter or 0.0, self.departure
        if not _SAME_WH < before < _SCALED_FROM_WH or abs(counter * _SCALES[2] - before) > _SAME_WH * _SCALES[2]:
            return None
        if counter > self._allowed_since(left.at if left is not None else self.changed, at, plug):
            return None
        self.departure = None
        return Change(0.0, Oddity.COUNTER_JUMPED, doubt=counter - before)

    def _came_back(self, at: datetime, counter: float, left: Departure, plug: Plug, *, direct: bool) -> Change | None:
        """Return what a counter that is back on its course says, None where it is not, or is another session's."""
        back = self._back(at, counter, left, plug, direct=direct)
        if back is None:
            return None
        rise, elapsed = counter - (self.counter or 0.0), self._elapsed(at, self.changed)
        plugged = plug.since(self.changed or at)
        same = left.session is not None and left.session == plug.session
        span = elapsed if plugged is None else plugged
        # Of a vehicle that came since, it is the counter of its own session; not where it shows what it showed, unless
        # it began anew just as that vehicle came.
        # A counter that is late says in the time of one session what was charged before, or once nobody is there.
        since_left = plug.since(left.left_at)
        there = span > timedelta(0) or (left.counted and since_left is not None and since_left > timedelta(0))
        came = direct and not same and (back > _SAME_WH or left.is_of(plug)) and there
        likely = self._likely(rise, span) or self._likely(left.counted + rise, since_left or timedelta(0))
        unseen, beyond = left.counted > 0 and since_left is None, counter > left.counter + _SAME_WH
        if came and likely and plugged is not None:
            return None
        doubt = 0.0
        if counter <= _SAME_WH:
            # It may as well be the counter of the next session.
            doubt = self.doubted
        elif rise < 0 and abs(counter * _SCALES[1] - (self.counter or 0.0)) <= _SAME_WH:
            # It says the same in another unit, and may have been right before.
            doubt = self.doubted if self.doubted <= self._allowed_since(left.at, at, plug) else 0.0
        elif rise > back and (plugged is None or (beyond and direct and (same or came or unseen))):
            # It may as well have begun anew, and all that it says was charged since.
            time = AT_ONCE_WITHIN if self.untold or plug.resumed or unseen else elapsed
            doubt = rise - back if self._likely(rise, time) else 0.0
        return Change(back, None, left.at, left.at, doubt)

    def _back(self, at: datetime, counter: float, left: Departure, plug: Plug, *, direct: bool) -> float | None:
        """Return what a counter that is back on its course has missed meanwhile, None where it is not back."""
        before, too_high = self.counter or 0.0, self._too_high
        missed = counter - left.counter - left.counted
        if counter < left.counter - _SAME_WH or missed > self._allowed_since(left.at, at, plug):
            return None
        if too_high and counter >= before:
            return None
        if missed < -_SAME_WH and direct:
            return None
        return max(missed, 0.0)

    def _is_back_from_stray(self, at: datetime, counter: float, plug: Plug) -> bool:
        """Whether a counter that began lower, and jumped, is back on the course that it jumped from."""
        if (left := self.departure) is None or (stray := left.stray) is None or counter >= (self.counter or 0.0):
            return False
        if counter <= _SAME_WH:
            return False  # it may as well begin again
        missed = counter - stray.counter - (left.counted - stray.counted)
        return -_SAME_WH <= missed <= self._allowed_since(stray.at, at, plug)

    def _forget_stray(self) -> None:
        """Have it never jumped; what was counted since it had stays counted."""
        if (left := self.departure) is not None and (stray := left.stray) is not None:
            self.counter, self.changed = stray.counter + left.counted - stray.counted, stray.at
            left.jumped, left.stray = 0.0, None

    @property
    def _too_high(self) -> bool:
        return self.departure is not None and (self.counter or 0.0) > self.departure.counter

    def _possible(self, counter: float, at: datetime, plug: Plug) -> bool:
        """Whether the counter can have risen so far since it last changed, or since it had changed before."""
        if counter - (self.counter or 0.0) <= self._allowed_since(self.changed, at, plug):
            return True
        if (left := self.departure) is not None:
            # It began again while nobody looked, perhaps long before that was seen.
            began = not self._too_high and not left.counted and not left.held
            return began and counter <= self._allowed_since(left.at, at, plug)
        if self.before is None:
            return False
        since, earlier = self.before
        return earlier <= (self.counter or 0.0) and counter - earlier <= self._allowed_since(since, at, plug)

    def _rose(self, at: datetime, counter: float, plug: Plug) -> Change:
        before = self.counter or 0.0
        energy, elapsed = counter - before, self._elapsed(at, self.changed)
        since, earliest, doubt = self._just_before(at, energy), self.changed, 0.0
        self._paced(elapsed, plug.since(self.changed or at), just_now=since == self.at)
        if (left := self.departure) is not None:
            if left.held and not (left.rescaled and energy * _SCALES[1] <= self._allowed(elapsed)):
                energy, since, earliest = energy + left.held, left.held_since, left.at
                left.held = 0.0
            left.counted += energy
            if before < left.counter:
                if counter > left.counter:
                    self.departure = None
            elif left.counted >= _CONVINCED_WH and at - left.left_at >= _CONVINCED_AFTER:
                doubt = max(counter - left.counter - left.counted, 0.0)
                self.departure = None
        return Change(energy, None, since, earliest, doubt)

    def _just_before(self, at: datetime, energy: float) -> datetime | None:
        """Return when energy began to flow that was read at ``at``: at the last look, if it can have."""
        quick = self.pace is None or self.pace <= LONGEST_GAP.total_seconds()
        just_now = quick and energy <= LIKELY * self._gives(self._elapsed(at, self.at))
        return self.at if just_now else self.changed

    def _fell(self, at: datetime, counter: float, plug: Plug) -> Change:
        before, left = self.counter or 0.0, self.departure
        allowed = self._allowed_since(self.changed, at, plug)
        if left is not None and self._too_high and counter >= left.counter:
            return Change(0.0, Oddity.COUNTER_BACKWARDS)
        new = Departure(before, self.changed or at, at, session=plug.session)
        anew = counter < before * _RESET_BELOW and counter <= allowed
        if anew:
            new.held, new.held_since = counter, self._just_before(at, counter)
            scaled = counter * _SCALES[1]
            new.rescaled = before >= _SCALED_FROM_WH and before * _RESET_BELOW <= scaled <= before + allowed
        doubt = 0.0
        if left is not None:
            # Of what it jumped by, as much can have been charged as the time allowed.
            most = self._allowed(AT_ONCE_WITHIN) if left.untold else self._allowed_since(left.at, at, plug)
            doubt = min(self.doubted, most)
        oddity = Oddity.COUNTER_RESET if anew else Oddity.COUNTER_BACKWARDS
        if left is None or left.counted >= LIKELY_WH:
            self.departure = new
            return Change(0.0, oddity, doubt=doubt)
        left.held, left.held_since, left.rescaled = new.held, new.held_since, new.rescaled
        left.jumped, left.stray = doubt, None
        return Change(0.0, oddity)

    @property
    def doubted(self) -> float:
        """What a counter that is too high has risen by without an explanation, Wh."""
        if self.departure is None or self.counter is None:
            return 0.0
        return max(self.counter - self.departure.counter - self.departure.counted, self.departure.jumped, 0.0)

    def settle(self, at: datetime) -> Change:
        """Follow the counter from where it is, whatever it was before; what cannot be told of it is doubt."""
        left, doubt = self.departure, self.doubted
        if left is None:
            return Change(0.0)
        if self._too_high:
            self.departure = None
        left.jumped = 0.0
        held, left.held = left.held, 0.0
        if left.rescaled:
            return Change(0.0, None, None, None, doubt + held)
        left.counted += held
        self.total += held
        return Change(held, None, left.held_since, left.at, doubt)

    # Time

    def set_back(self, by: timedelta) -> None:
        """Have everything been so much earlier."""
        self.at = self.at - by if self.at is not None else None
        self.changed = self.changed - by if self.changed is not None else None
        self.before = (self.before[0] - by, self.before[1]) if self.before is not None else None
        if (left := self.departure) is not None:
            left.at, left.left_at = left.at - by, left.left_at - by
            left.held_since = left.held_since - by if left.held_since is not None else None
            if left.stray is not None:
                left.stray.at -= by

    # A power

    def read_power(self, at: datetime, power: float | None) -> Change:
        """Take the power from now on, W; None while it is not known, and nothing is counted then."""
        before, since = self.power, self.at
        self.power, self.at = power, at
        if since is None or before is None:
            return Change(0.0, Oddity.GAP if since is not None else None)
        if at - since > UNTOLD:
            # It is read each minute: the clock was put forward, or the machine slept.
            return Change(0.0, Oddity.GAP)
        energy = min(max(before, 0.0), AT_MOST * self.max_power) * (at - since).total_seconds() / 3600
        self.total += energy
        return Change(energy, None, since, since)


def begun_anew(meter: EnergyMeter) -> EnergyMeter:
    """Return a charger's meter as if it was never read; the total stays, and what is known of the charger."""
    return EnergyMeter(meter.max_power, fastest=meter.fastest, pace=meter.pace, total=meter.total)
