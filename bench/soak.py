"""What a home that lives for long costs: time and memory of the soak against its simulated days.

Each length is a process of its own, so that its peak of memory is its own. ``--soak-rest`` is the same for all: as
much befalls the home in a day.
"""

import os
import re
import subprocess
import sys
import time
from typing import Any

DAYS = (5, 10, 20)
_SEED = 1
_REST_HOURS = 6
_OBJECTS = re.compile(r"^objects\s+(\d+) after warming up,\s*(\d+) in the end$", re.MULTILINE)
_WRITES = re.compile(r"^files written a day\s+(\d+)$", re.MULTILINE)


def measure(days: tuple[int, ...] = DAYS) -> dict[str, Any]:
    """Return seconds, MB at the peak, objects and files written by days, and ratios of the longest to the shortest."""
    rows = [{"days": each, **_soak(each)} for each in days]
    first, last = rows[0], rows[-1]
    return {
        **{name: [row[name] for row in rows] for name in rows[0]},
        "ratio_seconds_a_day": round(last["seconds"] / last["days"] / (first["seconds"] / first["days"]), 2),
        "ratio_peak": round(last["peak_mb"] / first["peak_mb"], 2),
        "ratio_objects": round(last["objects"] / first["objects"], 2),
    }


def _soak(days: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "pytest", "-q", "--no-header", "--tb=line", "--show-capture=no"]
    options = ["--soak-days", f"{days}", "--soak-seed", f"{_SEED}", "--soak-rest", f"{_REST_HOURS}"]
    start = time.perf_counter()
    with subprocess.Popen(
        [*command, "tests/component/test_soak.py", *options], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        said = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - start
    objects, writes = _OBJECTS.search(said), _WRITES.search(said)
    if objects is None or writes is None:
        raise RuntimeError(f"a soak of {days} days did not come to its end: {said[-2000:]}")
    return {
        "held": process.returncode == 0,
        "seconds": round(seconds, 1),
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 1),
        "peak_mb": round(used.ru_maxrss / 1024),
        "objects": int(objects[2]),
        "files_a_day": int(writes[1]),
    }
