"""A charger as they are in the field: it knows what it charged, and tells it late, seldom, or wrongly."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

POWER = 11_000.0
"""What it gives, W."""
LIFETIME_WH = 5_000_000.0


@dataclass
class FieldCharger:
    """``every`` is how often it tells its counter, ``late`` how old that is by then.

    ``each_session`` is a counter that begins at 0 when a vehicle is plugged in, as many makes have it.
    """

    at: datetime
    every: timedelta
    late: timedelta
    each_session: bool
    car: str | None = None
    power: float = 0.0
    charged: float = 0.0
    """The truth, Wh."""
    given: dict[str, float] = field(default_factory=dict)
    """What of it which vehicle got, Wh."""
    lost: float = 0.0
    """What of it was lost with the counter before anybody could read it, Wh."""
    factor: float = 1.0
    """What its counter is multiplied by at the moment."""
    unavailable: bool = False

    def __post_init__(self) -> None:
        """It has charged before, or its last session is over."""
        self.counter = 0.0 if self.each_session else LIFETIME_WH
        self.shown = self.counter
        self._told = self.at
        self._read = self.counter
        self._on_its_way: list[tuple[datetime, float]] = []

    def read(self) -> float | None:
        """Return what its entity shows, Wh; None while that is unavailable."""
        if self.unavailable:
            return None
        if self.factor == 1.0:
            self._read = self.shown
        return round(self.shown * self.factor, 3)

    def wait(self, time: timedelta) -> None:
        """Let time pass."""
        self.at += time
        energy = self.power * time / timedelta(hours=1) if self.car is not None else 0.0
        self.counter += energy
        self.charged += energy
        if self.car is not None:
            self.given[self.car] = self.given.get(self.car, 0.0) + energy
        if self.at - self._told >= self.every:
            self._told = self.at
            self._on_its_way.append((self.at + self.late, round(self.counter, 3)))
        while self._on_its_way and self._on_its_way[0][0] <= self.at:
            self.shown = self._on_its_way.pop(0)[1]

    def plug(self, car: str, *, watched: bool = True) -> None:
        """Plug a vehicle in; a counter that begins anew while nobody looks may be taken for one that goes on."""
        if self.each_session:
            if not watched:
                self.lost += self._read
            self.reset()
        self.car = car

    def unplug(self) -> None:
        """Unplug whatever is there."""
        self.car, self.power = None, 0.0

    def reset(self) -> None:
        """Begin at 0; what was not read is lost with the counter."""
        self.lost += self.counter - self._read
        self.counter = self.shown = self._read = 0.0
        self._on_its_way.clear()
