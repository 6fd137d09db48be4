"""Ten years of quarters of an hour as a Green Button file: written, read by steps and in an executor, compared.

Beside the reader is the standard library's ElementTree on the same file, which makes a tree of it and no more; both by
the processor's time of their thread, so that what else a machine has to do counts for little. How long the event loop
is held while an executor reads is told by the wall clock, as a person would notice it.
"""

import asyncio
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import quantiles
from typing import Any
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

from custom_components.utility_han.documents.green_button import (
    PIECE,
    BillInterval,
    GreenButtonFile,
    Premise,
    Register,
    compare_bill,
    read_file,
    read_steps,
    without_vehicles,
    write_feed,
)

_YEARS = 10
_QUARTER = timedelta(minutes=15)
_START = datetime(2016, 1, 1, 7, tzinfo=UTC)
_AT_MOST_MS = 20
_BEAT = 0.001


def _premise() -> Premise:
    count = _YEARS * 365 * 96
    intervals = [(_START + at * _QUARTER, _QUARTER, 100.0 + at * 37 % 901) for at in range(count)]
    return Premise("premise", "Home", "America/Denver", intervals, _START)


def _steps(path: Path) -> tuple[GreenButtonFile, list[float]]:
    """Read a file step by step; return what it says and how long each step took, s."""
    took: list[float] = []
    with path.open("rb") as source:
        steps = read_steps(iter(lambda: source.read(PIECE), b""))
        while True:
            begun = time.thread_time()
            try:
                next(steps)
            except StopIteration as stop:
                found: GreenButtonFile = stop.value
                return found, took
            finally:
                took.append(time.thread_time() - begun)


async def _held(job: Callable[[], object]) -> float:
    """Return for how long the event loop was held at the most while an executor works, s, but for one in a hundred."""
    late: list[float] = []

    async def beat() -> None:
        while True:
            begun = time.perf_counter()
            await asyncio.sleep(_BEAT)
            late.append(time.perf_counter() - begun - _BEAT)

    beating = asyncio.create_task(beat())
    await asyncio.get_running_loop().run_in_executor(None, job)
    beating.cancel()
    return quantiles(late, n=100)[-1]


def _read(path: Path) -> GreenButtonFile:
    with path.open("rb") as source:
        return read_file(source)


def _bill(register: Register) -> Iterator[BillInterval]:
    for start, duration, wh, _ in register.wh():
        yield BillInterval(start, duration, wh)


def _register(found: GreenButtonFile) -> Register:
    return found.usage_points[0].registers[0]


def measure() -> dict[str, Any]:
    """Return the figures."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bill.xml"
        premise = _premise()
        begun = time.thread_time()
        with path.open("wb") as target:
            target.writelines(write_feed([], [without_vehicles(premise, ())]))
        write_s = time.thread_time() - begun
        begun = time.thread_time()
        ElementTree.parse(path)  # noqa: S314 - it was written just now
        tree_s = time.thread_time() - begun
        found, took = _steps(path)
        held = asyncio.run(_held(partial(_read, path)))
        idle = asyncio.run(_held(partial(time.sleep, sum(took))))
        tracemalloc.start()
        _read(path)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        size = path.stat().st_size
    register = _register(found)
    bill = list(_bill(register))
    hours = [(bill[at].start, 3600, sum(each.wh for each in bill[at : at + 4])) for at in range(0, len(bill), 4)]
    begun = time.thread_time()
    compared = compare_bill(bill, hours, (), ZoneInfo("America/Denver"))
    compare_s = time.thread_time() - begun
    assert len(register.series) == len(premise.intervals)
    assert compared.findings == ()
    assert max(took) * 1000 < _AT_MOST_MS
    return {
        "readings": len(register.series),
        "megabytes": round(size / 1e6, 1),
        "write_s": round(write_s, 2),
        "read_s": round(sum(took), 2),
        "tree_s": round(tree_s, 2),
        "ratio_to_tree": round(sum(took) / tree_s, 2),
        "steps": len(took),
        "longest_step_ms": round(max(took) * 1000, 1),
        "at_most_ms": _AT_MOST_MS,
        "held_ms": round(held * 1000, 1),
        "held_idle_ms": round(idle * 1000, 1),
        "memory_mb": round(peak / 1e6, 1),
        "compare_s": round(compare_s, 2),
    }
