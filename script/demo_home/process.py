"""A child process with a log file that is stopped whatever happens, also where whoever started it is killed."""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

ROOT = Path(__file__).parent.parent.parent
_LED = Path(__file__).parent / "led.py"
_PATIENCE = 30


def led(*arguments: str, python: str = sys.executable) -> list[str]:
    """Return the command of what ends with whoever holds the pipe that is its standard input (``led.py``)."""
    return [python, str(_LED), *arguments]


class Running(Protocol):
    """A process that was started; a part of ``asyncio.subprocess.Process``."""

    @property
    def returncode(self) -> int | None:
        """Its exit code (of a signal N: -N) when it has ended."""

    async def wait(self) -> int:
        """Wait for its end; the exit code."""

    def send_signal(self, how: signal.Signals, /) -> None:
        """Send a signal, unless it has ended."""

    def kill(self) -> None:
        """End it by force."""


class Child:
    """A Python in ``cwd`` that runs a module (``-m``) or script (``-P``); its output goes to ``log``.

    Its first line goes to whoever starts it, where that is wanted.
    """

    def __init__(self, arguments: Sequence[str], log: Path, *, python: str = sys.executable, cwd: Path = ROOT) -> None:
        self._arguments = arguments
        self._python = python
        self._cwd = cwd
        self.log = log
        self.environment: dict[str, str] = {}
        """What it finds in its environment besides."""
        self._process: Running | None = None

    async def start(self, *, first_line: bool = False) -> str:
        """Start; return the first line of standard output if that is wanted."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *led(*self._arguments, python=self._python),
                cwd=self._cwd,
                env={**os.environ, **self.environment},
                stdin=asyncio.subprocess.PIPE,  # which ends with us
                stdout=asyncio.subprocess.PIPE if first_line else log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the parent, which stops its children in order
            )
        self._process = process
        if not first_line:
            return ""
        assert process.stdout is not None
        return (await process.stdout.readline()).decode()

    @property
    def running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.returncode is None

    async def ended(self) -> int:
        """Wait until it ends by itself; its exit code."""
        assert self._process is not None
        return await self._process.wait()

    async def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Ask it to end and wait; end it by force where it does not."""
        if self._process is None or not self.running:
            return
        self._process.send_signal(how)
        try:
            async with asyncio.timeout(_PATIENCE):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()

    def tail(self, lines: int = 40) -> str:
        """Return the end of the log."""
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "\n".join(text.splitlines()[-lines:])
