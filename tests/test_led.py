"""What a test run starts ends with it, also where that is killed: programs that others wrote, too (``led.py``)."""

import asyncio
import signal
import sys
from pathlib import Path

import pytest

from script.demo_home.process import ROOT, led
from tests.helpers.states import until

_STARTS = """
import asyncio, sys
from script.demo_home.process import led

async def start():
    with open(sys.argv[1], "wb") as log:
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(*led("-x", *sys.argv[2:]), stdin=pipe, stdout=log)
    print("started", flush=True)
    await process.wait()

asyncio.run(start())
"""
_PROGRAM = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))
signal.signal(signal.SIGHUP, lambda *_: os.write(1, b"anew\\n"))
print(os.getpid(), sys.stdin.read() or "nothing is read", flush=True)
while True:
    time.sleep(60)
"""
PROGRAM = (sys.executable, "-c", _PROGRAM)


def _there(pid: int) -> bool:
    return Path(f"/proc/{pid}/cmdline").exists()


async def test_program_ends_with_the_run_that_was_killed(tmp_path: Path) -> None:
    log = tmp_path / "log"
    run = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _STARTS, log, *PROGRAM), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert run.stdout is not None
    assert await run.stdout.readline() == b"started\n"
    await until(lambda: "nothing is read" in log.read_text())
    pid = int(log.read_text().split()[0])
    assert _there(pid)
    run.kill()
    await run.wait()
    await until(lambda: not _there(pid))


@pytest.mark.parametrize(("ending", "status"), [(signal.SIGTERM, 7), (signal.SIGINT, 128 + signal.SIGINT)])
async def test_program_is_told_what_its_starter_says_and_its_status_is_told_back(
    ending: signal.Signals, status: int
) -> None:
    pipe = asyncio.subprocess.PIPE
    program = await asyncio.create_subprocess_exec(
        *led("-x", *PROGRAM), stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL
    )
    assert program.stdout is not None
    assert b"nothing is read" in await program.stdout.readline()
    program.send_signal(signal.SIGHUP)
    assert await program.stdout.readline() == b"anew\n"
    program.send_signal(ending)
    assert await program.wait() == status
