"""A soak: a home lives for so many days by a clock of its own, and then it is looked at."""

import asyncio
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from homeassistant.core import HomeAssistant

from tests.helpers.soak import holds
from tests.helpers.soak.clock import controlled_clock, now, pass_time
from tests.helpers.soak.home import SoakHome, soak_home
from tests.helpers.soak.lives import Chronicle, Lives, live
from tests.helpers.soak.measures import Level, level, watched_disk, watched_log
from tests.helpers.soak.person import answer_meter_questions
from tests.helpers.soak.troubles import OF_THE_CHARGER, OF_THE_METER, OF_THE_PUMP, OF_THE_UTILITY, Trouble

_MEASURED_EVERY = timedelta(hours=6)
_CALM = timedelta(hours=1, minutes=30)
_SETTLES = timedelta(hours=26)
"""What is left to do when nothing is wrong any more: what a counter says that is in doubt waits for a day."""
_FEW = 4
_FILES_A_DAY = 500
"""Home Assistant's disk is a memory card in many homes."""
_OBJECTS_EACH = 60
"""Python objects that one session, control or registration which is kept may be worth."""
_OBJECTS_MORE = 0.02


@dataclass
class Result:
    """What is told of a soak."""

    days: int
    seed: int
    chronicle: Chronicle
    levels: list[Level]
    checks: dict[str, list[str]]
    """What was found against each invariant."""
    writes: float
    """Files written a day."""

    @property
    def broken(self) -> list[str]:
        """Everything that did not hold."""
        return [f"{name}: {each}" for name, found in self.checks.items() for each in found]

    def table(self) -> Iterator[str]:
        """Yield the lines of the one table."""
        yield f"{self.days} days, seed {self.seed}"
        yield f"{'trouble':36}{'times':>6}  {'noticed (at most)':28}{'over (at most)':28}{'log lines':>9}"
        for name, told in sorted(self.chronicle.told.items()):
            noticed = f"{_minutes(told.noticed)} ({_minutes(told.trouble.noticed)})"
            over = f"{_minutes(told.over)} ({_minutes(told.trouble.over)})"
            yield f"{name:36}{told.count:>6}  {noticed:28}{over:28}{told.lines:>9}"
        for name, count in sorted(self.chronicle.happened.items()):
            yield f"{name:36}{count:>6}"
        yield f"{'files written a day':36}{self.writes:>6.0f}"
        before, after = self.levels[_warm(self.levels)], self.levels[-1]
        for field in fields(Level):
            warm, last = getattr(before, field.name), getattr(after, field.name)
            yield f"{field.name:36}{warm:>8} after warming up,{last:>8} in the end"
        for name, found in self.checks.items():
            yield f"{name:36}{'holds' if not found else f'BROKEN {len(found)} times, first: {found[0]}'}"


def _minutes(time: timedelta | None) -> str:
    return "–" if time is None else f"{time.total_seconds() / 60:.0f} min"


def _rest(days: int) -> timedelta:
    """Return how long nothing of a kind befalls a home after it was well again, so that a short life has enough."""
    return timedelta(hours=10 if days > 14 else 2)


def _kinds(rest: timedelta) -> dict[str, tuple[tuple[Trouble, ...], timedelta]]:
    return {
        "meter": (OF_THE_METER, rest),
        "utility": (OF_THE_UTILITY, rest),
        "charger": (OF_THE_CHARGER, 2 * rest),
        "pump": (OF_THE_PUMP, 2 * rest),
    }


async def _measure(chronicle: Chronicle, levels: list[tuple[datetime, int, Level]]) -> None:
    while True:
        await pass_time(_MEASURED_EVERY / 12)
        calm = chronicle.calm_since
        due = not levels or now() - levels[-1][0] >= _MEASURED_EVERY
        if due and not chronicle.active and calm is not None and now() - calm >= _CALM:
            levels.append((now(), _kept(chronicle.home), level()))


def _kept(home: SoakHome) -> int:
    return len(home.utility.billed) + len(home.utility.opened) + len(home.meter.asked)


def _warm(levels: Sequence[object]) -> int:
    return max(len(levels) // 4, min(2, len(levels) - 1) if len(levels) >= _FEW else 0)


def _risen(levels: list[tuple[datetime, int, Level]]) -> Iterator[str]:
    if len(levels) < 2:
        yield f"{len(levels)} calm moments to compare"
        return
    (_, kept_before, before), (_, kept_after, after) = levels[_warm(levels)], levels[-1]
    for field in fields(Level):
        risen = getattr(after, field.name) - getattr(before, field.name)
        may = 2.0
        if field.name == "objects":
            if len(levels) < _FEW:
                continue  # much is loaded when it is needed first
            may = before.objects * _OBJECTS_MORE + _OBJECTS_EACH * (kept_after - kept_before)
        if risen > may:
            yield f"{field.name}: {getattr(before, field.name)}, and {getattr(after, field.name)} in the end"


async def settle(chronicle: Chronicle) -> None:
    """Have everything be as it should, and wait until the home has come to terms with it."""
    chronicle.home.make_well()
    await pass_time(timedelta(hours=1))
    await answer_meter_questions(chronicle.home)
    chronicle.settle()
    await pass_time(_SETTLES)


async def soak(hass: HomeAssistant, begins: datetime, days: int, seed: int, rest: timedelta | None = None) -> Result:
    """Let a home live from ``begins`` on, and look at it.

    ``rest`` is how long nothing of a kind befalls it after it was well again.
    """
    random.seed(seed)  # how long who is away is left alone
    with watched_log() as log, watched_disk() as written, controlled_clock(begins):
        await hass.config.async_set_time_zone("America/Denver")
        async with soak_home(hass, seed) as home:
            chronicle = Chronicle(home, log, calm_since=now())
            lives = Lives(chronicle, seed)
            levels: list[tuple[datetime, int, Level]] = []
            beside = [
                asyncio.ensure_future(lives.statistics()),
                asyncio.ensure_future(_measure(chronicle, levels)),
            ]
            await pass_time(timedelta(hours=6))
            await live(lives, chronicle, days, _kinds(rest or _rest(days)))
            await settle(chronicle)
            levels.append((now(), _kept(home), level()))
            for each in beside:
                each.cancel()
            hours = await holds.hours_of(home)
            checks = {
                "noticed, over, and the log": chronicle.broken,
                "hours of the meter's statistics": list(holds.wrong_hours(chronicle, hours)),
                "total of the meter": list(holds.wrong_total(home, hours)),
                "sessions billed": list(holds.wrong_sessions(home)),
                "answers to load controls": list(holds.wrong_answers(home)),
                "registrations": list(holds.wrong_registrations(home)),
                "health in the end": list(holds.still_wrong(home)),
                "files written": [f"{a_day:.0f} a day"] if (a_day := written[0] / days) > _FILES_A_DAY else [],
                "level of memory, tasks, files": list(_risen(levels)),
            }
            return Result(days, seed, chronicle, [each for _, _, each in levels], checks, a_day)
