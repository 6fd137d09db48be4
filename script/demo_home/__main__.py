"""The demo's command line; see ``script/demo``."""

import argparse
import asyncio
import contextlib
import shutil
import signal
import socket
import sys
from pathlib import Path

from .check import check
from .home import PASSWORD, USER, Home
from .process import ROOT
from .simulator import Simulator

DATA = ROOT / ".demo"


def _taken(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


async def demo(folder: Path, host: str, port: int, personality: str) -> int:
    """Run until interrupted."""
    if _taken(host, port):
        print(f"Port {port} is taken. Choose another one: script/demo --port {port + 1}", file=sys.stderr)
        return 1
    stop = asyncio.Event()
    for signal_ in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(signal_, stop.set)
    registration = "out-of-band" if personality == "riva" else "both"
    simulator = Simulator(
        folder, "--port", "8081", "--control-port", "8082", "--personality", personality,
        "--registration", registration, "--mdns",
    )  # fmt: skip
    home = Home(folder / "config", port, host)
    try:
        await simulator.start()
        print("Starting Home Assistant…", flush=True)
        starting = asyncio.create_task(home.start())
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            starting.result()
            print(_welcome(home, simulator), flush=True)
            await stopping
        else:
            starting.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await starting
    except RuntimeError as err:
        print(f"{err}. The end of its log:\n{simulator.child.tail(15)}\n{home.child.tail(15)}", file=sys.stderr)
        return 1
    finally:
        await home.stop()
        await simulator.stop()
    print("Stopped.")
    return 0


def _welcome(home: Home, simulator: Simulator) -> str:
    gateway = simulator.gateway
    return f"""
  Home Assistant     {home.url}   user {USER}, password {PASSWORD}
  Gateway            {gateway["host"]}, port {gateway["port"]}
  PIN                {gateway["pin"]}
  SFDI on its label  {gateway["sfdi"]}
  Its controls       {simulator.control}   (registrations, faults; see simulator/README.md)

  Add it in Home Assistant: Settings → Devices & services → Add integration → Utility HAN.
  Stop with Ctrl-C; what you did stays in .demo/ (--reset clears it).
"""


def main() -> int:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(prog="script/demo")
    parser.add_argument("--check", action="store_true", help="commission without a person, print one line of JSON")
    parser.add_argument("--reset", action="store_true", help="begin with a new home")
    parser.add_argument("--bind", default="127.0.0.1", help="the address Home Assistant listens on")
    parser.add_argument("--port", type=int, default=8123)
    parser.add_argument("--personality", choices=("standard", "riva"), default="standard")
    options = parser.parse_args()
    if options.check:
        return asyncio.run(check())
    if options.reset:
        shutil.rmtree(DATA, ignore_errors=True)
    DATA.mkdir(exist_ok=True)
    return asyncio.run(demo(DATA, options.bind, options.port, options.personality))


if __name__ == "__main__":
    sys.exit(main())
