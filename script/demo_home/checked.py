"""Runs a demo without a person in a folder of its own, and prints what came of it."""

import asyncio
import json
import signal
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp

from .home import Home, HomeError, free_port
from .leaks import Watch
from .simulator import Simulator


async def checked(
    live: Callable[[Home, Simulator, float], Awaitable[dict[str, Any]]], *options: str, charger: bool = False
) -> int:
    """Have a home live with a simulator that has these ``options``; print one JSON line; 0 if all went well.

    ``live`` starts the home, and returns what there is to say; with it comes the monotonic time of the beginning. With
    ``charger`` the home has the simulator's.
    """
    begin = time.monotonic()
    this = asyncio.current_task()
    assert this is not None
    for signal_ in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(signal_, this.cancel)
    with tempfile.TemporaryDirectory(prefix="utility-han-check-") as name:
        folder = Path(name)
        simulator = Simulator(folder, "--port", "0", "--control-port", "0", *options)
        home = Home(folder / "config", free_port(), charger_of=simulator if charger else None)
        watch = Watch(home)
        try:
            await simulator.start()
            report: dict[str, Any] = {"ok": True, **await live(home, simulator, begin)}
            await watch.read()
            await home.stop()
            if leaks := watch.found():
                print(*sorted({str(leak) for leak in leaks}), sep="\n", file=sys.stderr)
                raise HomeError(f"secrets were let out in {len({leak.place for leak in leaks})} places")
            report["secrets_looked_for"] = watch.looked_for
            if misuse := home.misuse():
                raise HomeError(f"Home Assistant has a word on how it is used: {misuse[0]}")
        except asyncio.CancelledError:
            report = {"ok": False, "reason": "interrupted"}
        except (RuntimeError, OSError, ValueError, aiohttp.ClientError) as err:
            report = {"ok": False, "reason": str(err) or type(err).__name__}
            print(simulator.child.tail(), home.child.tail(), sep="\n", file=sys.stderr)
        finally:
            await home.stop()
            await simulator.stop()
    print(json.dumps(report), flush=True)
    return 0 if report["ok"] else 1
