"""Runs a module as ``python -m`` does, a script as ``python -P``, or a program, while its starter is there to stop it.

Standard input is a pipe that ends with whoever holds its other end, however that ended: of what a test run or a demo
that was killed had started, nothing goes on. What is run has no standard input. A program is a process of its own: it
is given the signals that come here, and SIGINT where the pipe ends (by SIGTERM PostgreSQL would wait for its clients).

usage: python script/demo_home/led.py (-m MODULE | -P SCRIPT | -x PROGRAM) [ARGUMENT...], by any Python: what it
imports all have
"""

import os
import runpy
import signal
import subprocess
import sys
import threading
import time
from types import FrameType

_PATIENCE = 30
_PASSED_ON = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def _end_with(pipe: int, process: int, ending: signal.Signals) -> None:
    while os.read(pipe, 1 << 10):
        pass
    os.kill(process, ending)
    time.sleep(_PATIENCE)
    os.kill(process, signal.SIGKILL)


def _watch(pipe: int, process: int, ending: signal.Signals) -> None:
    threading.Thread(target=_end_with, args=[pipe, process, ending], name="led", daemon=True).start()


def _run(pipe: int, command: list[str]) -> int:
    """Run a program to its end; return its status."""
    came: list[int] = []
    process: subprocess.Popen[bytes] | None = None

    def pass_on(number: int, _frame: FrameType | None) -> None:
        if process is None:
            came.append(number)
        else:
            process.send_signal(number)

    for each in _PASSED_ON:
        signal.signal(each, pass_on)
    process = subprocess.Popen(command)  # noqa: S603 - what the caller runs
    for number in came:  # while it was being started
        process.send_signal(number)
    _watch(pipe, process.pid, signal.SIGINT)
    return process.wait()


def main() -> None:
    """Run what the arguments name."""
    pipe, nothing = os.dup(0), os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    how, what, *arguments = sys.argv[1:]
    if how == "-x":
        status = _run(pipe, [what, *arguments])
        sys.exit(status if status >= 0 else 128 - status)
    _watch(pipe, os.getpid(), signal.SIGTERM)
    sys.argv = [what, *arguments]
    if how == "-m":
        sys.path[0] = os.getcwd()  # as it is there for who is run so
        runpy.run_module(what, run_name="__main__", alter_sys=True)
    else:
        del sys.path[0]
        runpy.run_path(what, run_name="__main__")


if __name__ == "__main__":
    main()
