"""What goes on in a home side by side: troubles, charging, load controls, restarts, and statistics every hour."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

from custom_components.utility_han.esi import ControlStatus
from custom_components.utility_han.procedures import HealthReason
from simulator.household.meter import INTERVAL
from tests.helpers.recorder import compile_statistics
from tests.helpers.soak.clock import now, pass_time
from tests.helpers.soak.home import SoakHome
from tests.helpers.soak.measures import LogWatch
from tests.helpers.soak.troubles import Trouble

_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)
_FAR = datetime(9000, 1, 1, tzinfo=UTC)
_LINES_EACH = 6
"""Lines in the log that one trouble, restart or change may be worth, however long it lasts."""


@dataclass
class Told:
    """What is told of one kind of trouble in the end; times are the longest that it took."""

    trouble: Trouble
    count: int = 0
    noticed: timedelta | None = None
    over: timedelta | None = None
    lines: int = 0


@dataclass
class Span:
    """From when until when something was wrong with the meter; without an end for as long as it is."""

    begun: datetime
    over: datetime = _FAR
    share: int = 0
    """Wh of the interval of the meter's in which it began: where within it the meter does not tell."""

    def reaches(self, at: datetime) -> bool:
        """Whether the hour that ends ``at`` may be otherwise for it."""
        return self.begun <= at <= self.over + _HOUR


@dataclass
class Chronicle:
    """What befell the home so far, and what went wrong in it."""

    home: SoakHome
    log: LogWatch
    told: dict[str, Told] = field(default_factory=dict)
    happened: dict[str, int] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    """What did not hold."""
    active: set[str] = field(default_factory=set)
    calm_since: datetime | None = None
    disturbed: datetime | None = None
    """When the hub was last loaded anew: what waits for its third poll waits anew."""
    compiled_until: datetime | None = None
    """Until when Home Assistant has made statistics."""
    doubted: list[Span] = field(default_factory=list)
    """When readings were kept aside."""
    outages: list[Span] = field(default_factory=list)
    """When nothing may have been read."""

    def count(self, what: str) -> None:
        """Take note that something happened."""
        self.happened[what] = self.happened.get(what, 0) + 1

    @property
    def events(self) -> int:
        """How often anything happened that the log may tell of."""
        return sum(self.happened.values()) + sum(told.count for told in self.told.values())

    def subject(self, trouble: Trouble) -> str | None:
        """The subentry that a trouble is about, None for the gateway."""
        if trouble.of == "vehicle":
            return self.home.vehicle.subentry_id
        device = self.home.device
        return device.subentry_id if trouble.of == "device" and device is not None else None

    def enter(self, what: str) -> None:
        """Something is going on."""
        self.active.add(what)
        self.calm_since = None

    def leave(self, what: str) -> None:
        """It is over."""
        self.active.discard(what)
        if not self.active:
            self.calm_since = now()

    def settle(self) -> None:
        """All is well by now, and so is what was under way when the days were over."""
        self.active.clear()
        self.calm_since = now()
        for span in (*self.doubted, *self.outages):
            span.over = min(span.over, self.calm_since)


class Lives:
    """The lives of one home, each with a chance of its own, so that one more changes none of the others."""

    def __init__(self, chronicle: Chronicle, seed: int) -> None:
        self._chronicle, self._home = chronicle, chronicle.home
        self._seed = seed

    def chance(self, of: str) -> Random:
        """A chance for one of them."""
        return Random(f"{self._seed} {of}")

    async def troubles(self, of: str, kinds: Sequence[Trouble], rest: timedelta) -> None:
        """Have one trouble after the other, with about so much peace in between; each kind comes before any again."""
        chance = self.chance(of)
        while True:
            for trouble in chance.sample(kinds, len(kinds)):
                await pass_time(rest * chance.uniform(0.3, 1.7))
                await self._trouble(of, trouble, chance)

    async def _trouble(self, of: str, trouble: Trouble, chance: Random) -> None:
        chronicle, home = self._chronicle, self._home
        shortest, longest = (time.total_seconds() for time in trouble.lasts)
        lasts = timedelta(seconds=shortest * (longest / shortest) ** chance.random())
        told = chronicle.told.setdefault(trouble.name, Told(trouble))
        begun, lines, events = now(), chronicle.log.lines, chronicle.events - len(chronicle.active)
        told.count += 1
        chronicle.enter(trouble.name)
        trouble.make(home)
        span = Span(begun, share=self._share(begun))
        if of == "meter":
            chronicle.outages.append(span)
        if trouble.reason is HealthReason.READINGS_DOUBTED:
            chronicle.doubted.append(span)
        noticed = await self._until(trouble, begun, believed=True, within=trouble.noticed, lasts=lasts)
        if noticed is not None:
            told.noticed = max(told.noticed or noticed, noticed)
        if (left := begun + lasts - now()) > timedelta(0):
            await pass_time(left)
        mending = trouble.mend(home)
        if mending is not None:
            await mending
        ended = now()
        over = await self._until(trouble, ended, believed=False, within=trouble.over, lasts=None)
        if over is not None:
            told.over = max(told.over or over, over)
        span.over = now()
        written = chronicle.log.lines - lines
        told.lines = max(told.lines, written)
        if written > (most := _LINES_EACH * (1 + chronicle.events - events + len(chronicle.active))):
            chronicle.broken.append(f"{trouble.name} at {begun}: {written} lines in the log, {most} at most")
        chronicle.leave(trouble.name)

    def _share(self, begun: datetime) -> int:
        """Wh of the interval of the meter's in which something begins, or of one beside it."""
        first = int((begun.timestamp() // INTERVAL - 2) * INTERVAL)
        return max(
            self._home.meter.meter.interval("delivered", start)
            for start in range(first, first + 4 * INTERVAL, INTERVAL)
        )

    async def _until(
        self, trouble: Trouble, since: datetime, *, believed: bool, within: timedelta, lasts: timedelta | None
    ) -> timedelta | None:
        """Wait until a trouble is believed, or is no longer; None where it was over before it had to be noticed."""
        chronicle, home = self._chronicle, self._home
        while True:
            found = home.believed(chronicle.subject(trouble))
            if found is not None and (trouble.reason in found) is believed:
                return now() - since
            began = max(since, chronicle.disturbed or since)
            if lasts is not None and now() >= since + lasts:
                return None
            if now() - began > within:
                what = "noticed" if believed else "over"
                chronicle.broken.append(f"{trouble.name} at {since}: not {what} within {within}; believed: {found}")
                return None
            await pass_time(_MINUTE / 2)

    async def restarts(self, every: timedelta) -> None:
        """Have the hub loaded anew now and then."""
        chance = self.chance("restarts")
        while True:
            await pass_time(every * chance.uniform(0.1, 1.9))
            self._chronicle.disturbed = now()
            await self._home.restart()
            self._chronicle.disturbed = now()
            self._chronicle.count("restarts")

    async def charging(self, every: timedelta) -> None:
        """Have the vehicle charged about so often."""
        chance, home, chronicle = self.chance("charging"), self._home, self._chronicle
        while True:
            await pass_time(every * chance.uniform(0.2, 1.8))
            if chance.random() < 0.2:
                home.charge(0, counter=0)  # it counts anew
            chronicle.enter("charging")
            home.plug(plugged=True)
            for _ in range(chance.randrange(3, 60)):
                step = chance.uniform(0.5, 4)
                await pass_time(_MINUTE * step)
                home.charge(round(chance.uniform(1.4, 10.8) * 1000 * step / 60))
            await pass_time(_MINUTE)
            home.plug(plugged=False)
            chronicle.count("charging sessions")
            await pass_time(5 * _MINUTE)
            chronicle.leave("charging")

    async def load_controls(self, every: timedelta) -> None:
        """Have the utility ask for less about so often, and now and then change its mind."""
        chance, home, chronicle = self.chance("load controls"), self._home, self._chronicle
        while True:
            await pass_time(every * chance.uniform(0.1, 1.9))
            chronicle.enter("load control")
            lasts = _MINUTE * chance.uniform(15, 180)
            begins_in = _MINUTE * chance.uniform(-1, 30)
            number = home.meter.publish(begins_in, lasts)
            chronicle.count("load controls")
            what = chance.choice(["runs", "runs", "cancelled", "superseded"])
            if what != "runs":
                await pass_time((max(begins_in, timedelta(0)) + lasts) * chance.uniform(0.1, 0.9))
                if what == "superseded":
                    home.meter.publish(timedelta(0), lasts)
                    chronicle.count("load controls")
                home.meter.end(number, ControlStatus.CANCELLED if what == "cancelled" else ControlStatus.SUPERSEDED)
                chronicle.count(f"load controls {what}")
            await pass_time(max(begins_in, timedelta(0)) + lasts + 30 * _MINUTE)
            chronicle.leave("load control")

    async def statistics(self) -> None:
        """Have Home Assistant's statistics made of every hour."""
        until = now().replace(minute=0, second=0, microsecond=0)
        while True:
            until += _HOUR
            await pass_time(until - now())
            await compile_statistics(self._home.hass, until - timedelta(minutes=5))
            self._chronicle.compiled_until = until


async def live(
    lives: Lives, chronicle: Chronicle, days: int, kinds: Mapping[str, tuple[Sequence[Trouble], timedelta]]
) -> None:
    """Let everything go on side by side for so many days."""
    async with asyncio.TaskGroup() as group:
        going_on = [
            *(group.create_task(lives.troubles(of, what, rest)) for of, (what, rest) in kinds.items()),
            group.create_task(lives.restarts(timedelta(hours=30))),
            group.create_task(lives.charging(timedelta(hours=16))),
            group.create_task(lives.load_controls(timedelta(hours=14))),
        ]
        await pass_time(timedelta(days=days))
        for task in going_on:
            task.cancel()
