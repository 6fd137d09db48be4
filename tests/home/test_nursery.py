"""Home Assistants that are forked from one that was imported before are processes of their own."""

import asyncio
import os
import signal
import sys
from glob import glob
from pathlib import Path

from homeassistant.const import __version__
from yarl import URL

from script.demo_home.nursery import Nursery
from script.demo_home.process import ROOT
from tests.helpers.states import eventually, until


async def test_each_has_its_own_output_and_exit_code(nursery: Nursery, tmp_path: Path) -> None:
    told, refused = (
        nursery.child(["--version"], tmp_path / "a" / "log"),
        nursery.child(["--odd"], tmp_path / "b" / "log"),
    )
    await asyncio.gather(told.start(), refused.start())
    assert [await told.ended(), await refused.ended()] == [0, 2]
    assert told.tail() == __version__
    assert "--odd" in refused.tail()
    assert not told.running


async def test_one_that_is_killed_says_so_and_the_next_starts(nursery: Nursery, tmp_path: Path) -> None:
    for _ in range(2):
        child = nursery.child(["-c", str(tmp_path), "--ignore-os-check"], tmp_path / "log")
        await child.start()
        assert child.running
        await child.stop(signal.SIGKILL)
        assert await child.ended() == -signal.SIGKILL


async def test_environment_of_its_own_is_there_when_it_is_imported(nursery: Nursery, tmp_path: Path) -> None:
    child = nursery.child(["--version"], tmp_path / "log")
    child.environment["PYTHONVERBOSE"] = "1"
    await child.start()
    assert await child.ended() == 0
    assert "import 'homeassistant'" in child.log.read_text()


async def test_what_nobody_can_stop_any_more_is_stopped(tmp_path: Path) -> None:
    of_its_own = Nursery(tmp_path)
    child = of_its_own.child(["-c", str(tmp_path), "--ignore-os-check"], tmp_path / "log")
    await child.start()
    assert child.running
    of_its_own.stop()
    await until(lambda: not _writes(tmp_path / "log"))


_STARTS = """
import asyncio, pathlib, sys
from script.demo_home.nursery import Nursery

async def start(folder):
    child = Nursery(folder).child(["-c", str(folder), "--ignore-os-check"], folder / "log")
    await child.start()
    print("started", flush=True)
    await child.ended()

asyncio.run(start(pathlib.Path(sys.argv[1])))
"""


async def test_what_was_forked_is_stopped_where_a_whole_group_is_ended(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _STARTS, str(tmp_path)), cwd=ROOT, stdout=asyncio.subprocess.PIPE, process_group=0
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"started\n"
    await until(lambda: _writes(tmp_path / "log"))  # from then on it is in a session of its own
    os.killpg(process.pid, signal.SIGTERM)
    await process.wait()
    await until(lambda: not _writes(tmp_path / "log"))


def _writes(log: Path) -> bool:
    """Return whether a process writes this file."""
    return str(log) in [os.path.realpath(each) for each in glob("/proc/[0-9]*/fd/1")]


_STARTS_SIMULATOR = """
import asyncio, pathlib, sys
from script.demo_home.simulator import Simulator

async def start(folder):
    simulator = Simulator(folder, "--port", "0")
    await simulator.start()
    print(simulator.control, flush=True)
    await simulator.child.ended()

asyncio.run(start(pathlib.Path(sys.argv[1])))
"""


async def test_what_a_run_that_was_killed_had_started_ends(tmp_path: Path) -> None:
    """It is in a session of its own, and nobody is left to stop it."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _STARTS_SIMULATOR, str(tmp_path)), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    control = URL((await process.stdout.readline()).decode().strip())

    async def answers() -> bool:
        try:
            _, writer = await asyncio.open_connection(control.host, control.port)
        except OSError:
            return False
        writer.close()
        return True

    assert await answers()
    process.kill()
    await process.wait()
    await eventually(answers, lambda there: not there)
