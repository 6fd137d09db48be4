"""What 10,000 listed load controls cost: reading them, and a device's keeping of them at each poll.

They are read from a session that has the pages at hand: what is measured is our work, and not that of a server.
"""

import asyncio
import gc
import json
import math
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from py20305.models import sep

from custom_components.utility_han.esi import ControlStatus, DemandResponseProgram, LoadControl
from custom_components.utility_han.gateway.ieee2030_5.connection import ConnectionSession
from custom_components.utility_han.gateway.ieee2030_5.demand_response import DemandResponse
from custom_components.utility_han.gateway.ieee2030_5.resources import render, warm_up
from custom_components.utility_han.procedures import ControlledDevice, ControlRules

COUNTS = (100, 1_000, 10_000)
_A_PROGRAM = 500
"""Of more in one program the rest is left unread."""
_LFDI = f"{1:040X}"
_NOW = datetime(2026, 11, 30, tzinfo=UTC)
_EVERYTHING = 0xFFFFFFFF
_PAGE = re.compile(r"(?P<href>[^?]+)\?s=(?P<start>\d+)&l=(?P<limit>\d+)$")


class _Listed:
    """A session in which every list of controls has so many entries; its pages are made before they are timed."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._pages: dict[str, bytes] = {}
        self.requests = 0

    accepted = True

    @asynccontextmanager
    async def session(self) -> AsyncIterator[_Listed]:
        """Be one's own session."""
        yield self

    async def speak_at[T](self, href: str, say: Callable[[ConnectionSession], Awaitable[T]]) -> T:
        """Have it said over this session, whosever it is."""
        return await say(cast("Any", self))

    async def get(self, path: str) -> bytes:
        """Return a page."""
        self.requests += 1
        if path not in self._pages:
            self._pages[path] = self._page(path)
        return self._pages[path]

    def _page(self, path: str) -> bytes:
        asked = _PAGE.match(path)
        if asked is None:
            raise RuntimeError(f"{path} is no page")
        first, limit = int(asked["start"]), int(asked["limit"])
        program = int(asked["href"].split("/")[2])
        entries = [_listed(program, number) for number in range(first, min(first + limit, self._count))]
        return render(
            sep.EndDeviceControlList(
                href=asked["href"], all=self._count, results=len(entries), end_device_control=entries
            )
        )


async def measure() -> dict[str, Any]:
    """Return ms of reading and keeping so many controls, and exponents: 1 is linear."""
    await asyncio.to_thread(warm_up)
    rows = [{"listed": count, **await _read(count), **_keep(count)} for count in COUNTS]
    beyond = await _timed(_Listed(COUNTS[-1]), [_program(1)])
    return {
        **{name: [row[name] for row in rows] for name in rows[0]},
        "exponents": {name: _exponent(rows, name) for name in ("read_ms", "first_ms", "poll_ms", "written_ms")},
        "in_one_program_ms": round(beyond * 1000, 1),
        "ratio_in_one_program": round(beyond * 1000 / rows[-1]["read_ms"], 3),
    }


def _exponent(rows: Sequence[dict[str, Any]], name: str) -> float:
    return round(math.log(rows[-1][name] / rows[-2][name]) / math.log(COUNTS[-1] / COUNTS[-2]), 2)


async def _read(count: int) -> dict[str, float]:
    """Read so many controls, 500 of each program."""
    listed = _Listed(min(count, _A_PROGRAM))
    programs = [_program(number) for number in range(1, math.ceil(count / _A_PROGRAM) + 1)]
    return {"read_ms": round(await _timed(listed, programs) * 1000, 1), "requests": listed.requests // 2}


async def _timed(listed: _Listed, programs: Sequence[DemandResponseProgram]) -> float:
    found: list[LoadControl] = []
    for _ in range(2):  # the first time the pages are made
        demand_response = DemandResponse(cast("Any", listed), cast("Any", None))
        start = time.process_time()
        found = await demand_response.controls(programs, listed.speak_at)
        seconds = time.process_time() - start
    if not found:
        raise RuntimeError("no control was read")
    return seconds


def _keep(count: int) -> dict[str, float]:
    """Have a device go through so many controls: those that are new, as at each poll after that, and as kept."""
    controls = [_control(number) for number in range(count)]
    programs = frozenset(control.program for control in controls)
    device = ControlledDevice(_LFDI, _EVERYTHING, programs, allowed=True)
    rules = ControlRules()

    def take() -> None:
        rules.take(controls, programs, [device], _NOW)

    gc.collect()
    gc.disable()  # its work depends on everything else that there is
    first, again = _seconds(take), min(_seconds(take) for _ in range(3))
    written = _seconds(lambda: json.dumps(rules.to_dict()))
    gc.enable()
    if len(rules.records(_LFDI)) != count:
        raise RuntimeError("not every control is kept")
    return {
        "first_ms": round(first * 1000, 1),
        "poll_ms": round(again * 1000, 1),
        "written_ms": round(written * 1000, 1),
    }


def _seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _program(number: int) -> DemandResponseProgram:
    href = f"/dr/{number}"
    return DemandResponseProgram(href, f"Program {number}", 1, f"{href}/edc", subscribable=False)


def _control(number: int) -> LoadControl:
    """Return a control of ten minutes; one begins half an hour after another, for as long as it takes."""
    return LoadControl(
        id=f"{number:032X}",
        program=f"/dr/{number // _A_PROGRAM + 1}",
        primacy=1,
        device_category=_EVERYTHING,
        created=_NOW,
        start=_NOW + timedelta(minutes=30 * (number + 1)),
        duration=timedelta(minutes=10),
        status=ControlStatus.SCHEDULED,
        mandatory=False,
        duty_cycle=50,
    )


def _listed(program: int, number: int) -> sep.EndDeviceControl1:
    start = int((_NOW + timedelta(minutes=30 * (number + 1))).timestamp())
    return sep.EndDeviceControl1(
        href=f"/dr/{program}/edc/{number}",
        m_rid=sep.MRidtype(value=(program * 100_000 + number).to_bytes(16)),
        creation_time=sep.TimeType(value=int(_NOW.timestamp())),
        event_status=sep.EventStatus(
            current_status=0, date_time=sep.TimeType(value=int(_NOW.timestamp())), potentially_superseded=False
        ),
        interval=sep.DateTimeInterval(duration=600, start=sep.TimeType(value=start)),
        device_category=sep.DeviceCategoryType(value=_EVERYTHING.to_bytes(4)),
        dr_program_mandatory=False,
        load_shift_forward=False,
        duty_cycle=sep.DutyCycle(normal_value=50),
    )
