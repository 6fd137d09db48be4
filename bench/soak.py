"""What a home that lives for long costs: time and memory of the soak against its simulated days.

Each length is a process of its own, so that its peak of memory is its own. ``--soak-rest`` is the same for all: as
much befalls the home in a day.
"""

import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

DAYS = (5, 10, 20)
_SEED = 1
_REST_HOURS = 6
_LOOK_EVERY = 0.2
_PEAK = re.compile(r"^VmHWM:\s+(\d+) kB$", re.MULTILINE)
_OBJECTS = re.compile(r"^objects\s+(\d+) after warming up,\s*(\d+) in the end$", re.MULTILINE)
_BROKEN = re.compile(r"^(.+?)\s+BROKEN ", re.MULTILINE)
_WRITES = re.compile(r"^files written a day\s+(\d+)$", re.MULTILINE)


def measure(days: tuple[int, ...] = DAYS) -> dict[str, Any]:
    """Return seconds, MB at the peak, objects and files written by days, and ratios of the longest to the shortest."""
    rows = [{"days": each, **_soak(each)} for each in days]
    first, last = rows[0], rows[-1]
    return {
        **{name: [row[name] for row in rows] for name in rows[0]},
        "ratio_cpu_a_day": round(last["cpu_seconds"] / last["days"] / (first["cpu_seconds"] / first["days"]), 2),
        "ratio_peak": round(last["peak_mb"] / first["peak_mb"], 2),
        "ratio_objects": round(last["objects"] / first["objects"], 2),
    }


def _soak(days: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "pytest", "-q", "--no-header", "--tb=line", "--show-capture=no"]
    options = ["--soak-days", f"{days}", "--soak-seed", f"{_SEED}", "--soak-rest", f"{_REST_HOURS}"]
    before, start, peak = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter(), 0
    with (
        tempfile.TemporaryFile("w+") as output,
        subprocess.Popen([*command, "tests/component/test_soak.py", *options], stdout=output) as process,
    ):
        while process.poll() is None:
            # The peak that getrusage tells of a child begins with what its parent had.
            if found := _PEAK.search(Path(f"/proc/{process.pid}/status").read_text()):
                peak = int(found[1])
            time.sleep(_LOOK_EVERY)
        output.seek(0)
        said = output.read()
    seconds, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    objects, writes = _OBJECTS.search(said), _WRITES.search(said)
    if objects is None or writes is None:
        raise RuntimeError(f"a soak of {days} days did not come to its end: {said[-2000:]}")
    return {
        "broken": ", ".join(_BROKEN.findall(said)) or "nothing",
        "seconds": round(seconds, 1),
        "cpu_seconds": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 1),
        "peak_mb": round(peak / 1024),
        "objects": int(objects[2]),
        "files_a_day": int(writes[1]),
    }
