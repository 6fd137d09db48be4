"""Runs a module as ``python -m`` does, or a script as ``python -P``, while whoever started it is there to stop it.

Standard input is a pipe that ends with whoever holds its other end, however that ended: of what a test run or a demo
that was killed had started, nothing goes on. What is run has no standard input.

usage: python script/demo_home/led.py (-m MODULE | -P SCRIPT) [ARGUMENT...], by any Python: what it imports all have
"""

import os
import runpy
import signal
import sys
import threading
import time

_PATIENCE = 30


def _end_with(pipe: int) -> None:
    while os.read(pipe, 1 << 10):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_PATIENCE)
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    """Run what the arguments name."""
    pipe, nothing = os.dup(0), os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    threading.Thread(target=_end_with, args=[pipe], name="led", daemon=True).start()
    how, what, *arguments = sys.argv[1:]
    sys.argv = [what, *arguments]
    if how == "-m":
        sys.path[0] = os.getcwd()  # as it is there for who is run so
        runpy.run_module(what, run_name="__main__", alter_sys=True)
    else:
        del sys.path[0]
        runpy.run_path(what, run_name="__main__")


if __name__ == "__main__":
    main()
