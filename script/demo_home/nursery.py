"""Home Assistants without their imports: a process that has imported it, and forks for each home that starts.

More than half of what a start costs are the modules that Home Assistant imports: before its event loop runs, and of
its own integrations those that ours names, with the libraries of the gateway. Those are imported here once, and
nothing else: our integration, and what is there for a part of it, each home loads itself. What is forked has a
session, a folder and an output of its own, as a process that was begun anew has.

usage: python -m script.demo_home.nursery, until its standard input ends. A line there names a file of JSON that says
what is to be started (``arguments``, ``log``, ``cwd``, ``environment``), and the FIFO (``told``) where its pid is told
and, when it has ended, its exit code (of a signal N: -N), each in a line.
"""

import asyncio
import atexit
import contextlib
import fcntl
import gc
import json
import logging
import os
import random
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any

from .process import ROOT, Child, Running

_READY = "ready"
_LIBRARIES = ("aio2030dot5", "py20305.models", "py20305.xml")


class Nursery:
    """The process, seen from outside: the first home that wants it starts it.

    What is asked of it and what it tells is in ``folder``: where several processes name the same one, they share it,
    and it ends with the last of them.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count()
        self._orders: int | None = None
        self._process: subprocess.Popen[str] | None = None

    def child(self, arguments: Sequence[str], log: Path) -> Child:
        """Return a Home Assistant with these arguments that is to be started."""
        return _Forked(self, arguments, log)

    async def fork(self, order: dict[str, Any]) -> Running:
        """Have a Home Assistant started."""
        orders = await asyncio.to_thread(self._started)
        told = self._folder / f"{os.getpid()}-{next(self._numbers)}"
        os.mkfifo(told)
        pipe = os.fdopen(os.open(told, os.O_RDONLY | os.O_NONBLOCK))
        lines = asyncio.StreamReader()
        loop = asyncio.get_running_loop()
        transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), pipe)
        written = told.with_suffix(".json")
        written.write_text(json.dumps(order | {"told": str(told)}))
        os.write(orders, f"{written}\n".encode())  # in one go: others write there too
        pid = int(await lines.readline())
        told.unlink()
        written.unlink()
        return _Process(pid, lines, transport)

    def _started(self) -> int:
        """Start it, unless somebody has: where it takes orders."""
        if self._orders is None:
            with (self._folder / "lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                orders = self._folder / "orders"
                if begins := not orders.exists():
                    os.mkfifo(orders)
                    taken = os.open(orders, os.O_RDONLY | os.O_NONBLOCK)
                self._orders = os.open(orders, os.O_WRONLY)
                if begins:
                    self._process = self._begun(taken)
        return self._orders

    @staticmethod
    def _begun(orders: int) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "script.demo_home.nursery"],
            cwd=ROOT,
            stdin=orders,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # what ends a whole group ends us: it has to stay to stop what it forked
        )
        os.close(orders)
        assert process.stdout is not None
        if process.stdout.readline().strip() != _READY:
            raise RuntimeError("the nursery did not start")
        return process

    def stop(self) -> None:
        """Stop it, and what it started and nobody has stopped, once nobody else shares it.

        Who started it waits for that.
        """
        if self._orders is not None:
            os.close(self._orders)
            self._orders = None
        if self._process is not None:
            self._process.communicate()
            self._process = None
            (self._folder / "orders").unlink()


class _Process:
    """What was forked, as asyncio shows processes."""

    def __init__(self, pid: int, lines: asyncio.StreamReader, transport: asyncio.BaseTransport) -> None:
        self.returncode: int | None = None
        self._pid = pid
        self._ended = asyncio.create_task(self._end(lines, transport))

    async def _end(self, lines: asyncio.StreamReader, transport: asyncio.BaseTransport) -> int:
        line = await lines.readline()
        transport.close()
        self.returncode = int(line) if line else -signal.SIGKILL  # the nursery is gone, and nobody can say
        return self.returncode

    async def wait(self) -> int:
        """Wait for its end; the exit code."""
        return await asyncio.shield(self._ended)

    def send_signal(self, how: signal.Signals, /) -> None:
        """Send a signal, unless it has ended."""
        if self.returncode is None:
            os.kill(self._pid, how)

    def kill(self) -> None:
        """End it by force."""
        self.send_signal(signal.SIGKILL)


class _Forked(Child):
    """A Home Assistant of a nursery; one with an environment of its own is begun anew, as imports may look at that."""

    def __init__(self, nursery: Nursery, arguments: Sequence[str], log: Path) -> None:
        super().__init__(["-m", "script.demo_home.hass", *arguments], log)
        self._nursery = nursery
        self._own = [*arguments]

    async def start(self, *, first_line: bool = False) -> str:
        if first_line or self.environment:
            return await super().start(first_line=first_line)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        order = {"arguments": self._own, "log": str(self.log), "cwd": str(ROOT), "environment": dict(os.environ)}
        self._process = await self._nursery.fork(order)
        return ""


def _serve() -> dict[str, Any] | None:
    """Fork as ordered until standard input ends. Returns the order in what was forked, and None here at the end.

    Standard input ends too when whoever ordered was killed: nobody would stop what was forked then.
    """
    with selectors.DefaultSelector() as waiting:
        waiting.register(0, selectors.EVENT_READ)
        print(_READY, flush=True)
        read = b""
        while True:
            for key, _ in waiting.select():
                if key.data is not None:
                    pid, told = key.data
                    waiting.unregister(key.fd)
                    os.close(key.fd)
                    _tell(told, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
                    os.close(told)
                    continue
                if not (more := os.read(0, 1 << 16)):
                    for left in [each for each in waiting.get_map().values() if each.data is not None]:
                        os.kill(left.data[0], signal.SIGTERM)
                    return None
                *lines, read = (read + more).split(b"\n")
                for line in lines:
                    order: dict[str, Any] = json.loads(Path(os.fsdecode(line)).read_bytes())
                    if _fork(order, waiting):
                        return order


def _fork(order: dict[str, Any], waiting: selectors.BaseSelector) -> bool:
    """Fork; whether this is what was forked."""
    told = os.open(order["told"], os.O_WRONLY)
    ends, alive = os.pipe()  # its other end is open as long as what was forked is there
    if pid := os.fork():
        os.close(alive)
        waiting.register(ends, selectors.EVENT_READ, (pid, told))
        _tell(told, pid)
        return False
    for other in [each for each in waiting.get_map().values() if each.data is not None]:
        os.close(other.fd)
        os.close(other.data[1])
    os.close(ends)
    os.close(told)
    return True


def _tell(told: int, what: int) -> None:
    with contextlib.suppress(OSError):  # whoever ordered it may be gone
        os.write(told, f"{what}\n".encode())


def _be_born(order: dict[str, Any]) -> None:
    """Make of this fork what a process is that was begun with this order."""
    os.setsid()
    os.chdir(order["cwd"])
    os.environ.clear()
    os.environ.update(order["environment"])
    time.tzset()
    random.seed()
    # What measures a process from its beginning ends after its logging does.
    atexit.unregister(logging.shutdown)
    atexit.register(logging.shutdown)
    log = os.open(order["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for ours, its in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(ours, its)
    os.close(log)
    os.close(nothing)
    sys.argv = [str(ROOT / "script" / "demo_home" / "hass.py"), *order["arguments"]]


def _main() -> int:
    from homeassistant import config, runner  # noqa: F401, PLC0415

    from . import hass  # noqa: PLC0415

    named = json.loads((ROOT / "custom_components" / "utility_han" / "manifest.json").read_text())
    for each in (*named["dependencies"], *named["after_dependencies"]):
        import_module(f"homeassistant.components.{each}")
    for each in _LIBRARIES:
        import_module(each)
    gc.collect()
    gc.freeze()
    order = _serve()
    if order is None:
        return 0
    _be_born(order)
    return hass.run()


if __name__ == "__main__":
    sys.exit(_main())
