"""Keeps a premise at or under a limit of what it takes from the grid: a controller with the meter as its feedback.

OpenADR 3.1 (``event-interval-payloads.schema.yaml``): IMPORT_CAPACITY_LIMIT is the most that a premise may draw; IEEE
2030.5 has TargetReduction, a threshold "that a device/premises should maintain its consumption below". Neither says
how; this is how it is done here:

- above the limit, the least important devices are lowered first, as far as is needed to come under a band below it;
- below that band, the most important device is raised first, as far as there is room for all that it may draw. One
  that does not fit yet keeps less important ones waiting;
- what was lowered stays so for a minute, and for longer each time that raising it turned out to be too early;
- without a reading, half of the limit is left to what is not controlled, and the rest is shared by importance.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

_BAND = 0.05
"""The share of the limit that is left free, so that what varies by itself does not have devices go up and down."""
_SETTLES = 10.0
"""Seconds until a device that was told something shows it at the meter."""
_PATIENCE, _MOST_PATIENCE = 60.0, 1800.0
_TOO_EARLY = 600.0
"""Seconds within which a device that is lowered again was raised too early."""
_UNKNOWN = 600.0
"""Seconds after which a device is tried of which nobody knows what it draws."""
_UNSEEN = 0.5
"""The share of the limit that is left to what is not controlled, where nothing is measured."""
_SAME = 1.0
"""Watts that are a matter of adding numbers up, and no reason to lower one device more."""
_WORTH_IT = 0.02
"""The least share by which a device is raised: entities have steps, and appliances are not to be told each second."""


@dataclass(frozen=True, slots=True)
class LimitedLoad:
    """A device that can be lowered."""

    key: str
    importance: int
    """The lower, the sooner it is lowered."""
    stepless: bool
    """Whether it takes any share of its load; else it is on or off."""
    drawn: float | None
    """The watts that it draws now, None where that is not measured."""
    most: float | None = None
    """The watts that it may draw when it is not lowered, None where that is not known."""
    least: float = 0.0
    """The share of that below which it cannot be brought."""


@dataclass(slots=True)
class LimitState:
    """How the devices of a premise stand under a limit, JSON-safe; times are seconds since the epoch."""

    levels: dict[str, float] = field(default_factory=dict)
    """The share of its load that each device keeps to; 1 where there is none."""
    measured: bool | None = None
    """Whether there was a reading the last time; None before the first."""
    learned: dict[str, float] = field(default_factory=dict)
    """What a device was seen to draw."""
    guessed: dict[str, float] = field(default_factory=dict)
    """By how much it helped to lower it, maybe with others: at the most what it draws, and what else changed."""
    lowered: dict[str, float] = field(default_factory=dict)
    """When each was lowered last."""
    raised: dict[str, float] = field(default_factory=dict)
    patience: dict[str, float] = field(default_factory=dict)
    """For how many seconds each stays lowered."""
    changes: list[tuple[float, float]] = field(default_factory=list)
    """What was told to devices lately and may not show yet: when, and by how many watts less."""
    unsure: list[str] = field(default_factory=list)
    """Devices that were lowered without knowing what that saves."""
    before: float = 0.0
    """The reading then."""

    def look(self, now: float) -> None:
        """Have nothing be of a time to come: the machine's clock was put back, and what is waited for begins anew."""
        self.lowered = {key: min(at, now) for key, at in self.lowered.items()}
        self.raised = {key: min(at, now) for key, at in self.raised.items()}
        self.changes = [(min(at, now), watts) for at, watts in self.changes]


class PremiseLimit:
    """One limit in force."""

    def __init__(self, state: LimitState, limit: float) -> None:
        """``limit`` is in watts; ``state`` is kept by who asks."""
        self._state = state
        self._limit = limit
        self._target = limit * (1 - _BAND)

    def settle(self, loads: Sequence[LimitedLoad], reading: float | None, now: float) -> bool:
        """Look at a reading of what the premise draws; return whether a device is to keep to another share now."""
        state, before = self._state, dict(self._state.levels)
        state.look(now)
        keys = {load.key for load in loads}
        state.levels = {key: level for key, level in state.levels.items() if key in keys}
        state.measured = reading is not None
        if reading is None:
            self._share(loads)
        else:
            self._learn(loads, reading, now)
            to_come = sum(watts for _, watts in state.changes if watts > 0)
            if reading - to_come > self._limit:
                self._lower(loads, reading - to_come - self._target, now)
                state.before = reading
            else:
                grown = -sum(watts for _, watts in state.changes if watts < 0)
                self._raise(loads, self._target - reading - grown, now)
        return state.levels != before

    def level(self, key: str) -> float:
        """Return the share of its load that a device keeps to."""
        return self._state.levels.get(key, 1.0)

    def _learn(self, loads: Sequence[LimitedLoad], reading: float, now: float) -> None:
        state = self._state
        state.changes = [change for change in state.changes if now - change[0] < _SETTLES]
        if state.unsure and not state.changes:
            if (saved := state.before - reading) > 0:
                state.guessed |= dict.fromkeys(state.unsure, saved)
            state.unsure = []
        for load in loads:
            if load.drawn and self.level(load.key) >= 1:
                state.learned[load.key] = load.drawn

    def _lower(self, loads: Sequence[LimitedLoad], needed: float, now: float) -> None:
        state = self._state
        for load in sorted(loads, key=_order):
            level = self.level(load.key)
            if needed <= _SAME:
                break
            if level <= load.least or load.drawn == 0:
                continue
            lowest, most, drawn = load.least, self._most(load), load.drawn
            if drawn is None and most is not None:
                drawn = level * most
            if load.stepless and drawn is not None and most:
                lowest = max(min((drawn - needed) / most, level), load.least)
                needed -= max(drawn - lowest * most, 0.0)
                state.changes.append((now, max(drawn - lowest * most, 0.0)))
            elif drawn is not None:
                needed -= drawn
                state.changes.append((now, drawn))
            else:
                state.unsure.append(load.key)
                state.changes.append((now, 0.0))
            self._note_lowered(load.key, now)
            state.levels[load.key] = lowest

    def _note_lowered(self, key: str, now: float) -> None:
        state = self._state
        too_early = now - state.raised.get(key, -_TOO_EARLY) < _TOO_EARLY
        known = state.patience.get(key, _PATIENCE)
        state.patience[key] = min(2 * known, _MOST_PATIENCE) if too_early else _PATIENCE
        state.lowered[key] = now

    def _raise(self, loads: Sequence[LimitedLoad], room: float, now: float) -> None:
        state = self._state
        for load in self._to_raise(loads):
            waited = now - state.lowered.get(load.key, now)
            if room <= 0 or waited < state.patience.get(load.key, _PATIENCE):
                return
            level, most = self.level(load.key), self._most(load)
            if most is None:
                guess = self._state.guessed.get(load.key)
                if waited >= _UNKNOWN or (guess is not None and guess <= room):
                    self._note_raised(load.key, 1.0, room, now)
                return  # whether there is room for it, and for more, is seen then
            drawn = level * most if load.drawn is None else load.drawn
            wanted = min((drawn + room) / most, 1.0) if load.stepless and most else float(most - drawn <= room)
            if wanted < 1 and wanted < level + _WORTH_IT:
                return
            grows = max(wanted * most - drawn, 0.0)
            self._note_raised(load.key, wanted, grows, now)
            room -= grows

    def _to_raise(self, loads: Sequence[LimitedLoad]) -> Iterator[LimitedLoad]:
        return (load for load in sorted(loads, key=_order, reverse=True) if self.level(load.key) < 1)

    def _note_raised(self, key: str, level: float, grows: float, now: float) -> None:
        self._state.levels[key] = level
        self._state.raised[key] = now
        self._state.changes.append((now, -grows))

    def _share(self, loads: Sequence[LimitedLoad]) -> None:
        left = self._limit * _UNSEEN
        for load in sorted(loads, key=_order, reverse=True):
            most = self._most(load)
            if most is None or most <= 0:
                level = load.least
            elif load.stepless:
                level = min(max(left / most, load.least), 1.0)
            else:
                level = float(most <= left)
            left = max(left - level * (most or 0.0), 0.0)
            self._state.levels[load.key] = level

    def _most(self, load: LimitedLoad) -> float | None:
        return load.most if load.most is not None else self._state.learned.get(load.key)


def _order(load: LimitedLoad) -> tuple[int, str]:
    return load.importance, load.key
