"""The demo's command line; see ``script/demo``."""

import argparse
import asyncio
import contextlib
import os
import shutil
import signal
import socket
import sys
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any, Never

import aiohttp

from . import openadr, own_books
from .check import check
from .home import Home, HomeError
from .phone import DemoPhone
from .process import ROOT
from .simulator import Simulator
from .vtn import DemoVtn
from .welcome import welcome

DATA = ROOT / ".demo"
_GATEWAY_PORT = 8081
_CONTROL_PORT = 8082
_UTILITY_PORT = 8083
_EZSP_PORT = 8084
_RAVEN_PORT = 8085
_VTN_PORT = 8086
_PHONE_PORT = 8087
_MOSQUITTO = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"))
"""Where a broker of MQTT is looked for: Debian has it where only root looks."""


def _taken(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


async def demo(folder: Path, host: str, port: int, personality: str, transport: str, utility: str) -> int:
    """Run until interrupted."""
    if _taken(host, port):
        print(f"Port {port} is taken. Choose another one: script/demo --port {port + 1}", file=sys.stderr)
        return 1
    radios = (_EZSP_PORT, _RAVEN_PORT) if transport == "zigbee" else ()
    for needed in (_GATEWAY_PORT, _CONTROL_PORT, _UTILITY_PORT, _VTN_PORT, _PHONE_PORT, *radios):
        if _taken("127.0.0.1", needed):
            print(f"Port {needed}, which the demo needs, is taken. Stop what uses it.", file=sys.stderr)
            return 1
    stop = asyncio.Event()
    for signal_ in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(signal_, stop.set)
    registration = "out-of-band" if personality == "riva" else "both"
    zigbee = ("--zigbee", "--ezsp-port", str(_EZSP_PORT), "--raven-port", str(_RAVEN_PORT))
    # A meter that is joined by radio is not offered over the network as well.
    found = zigbee if radios else ("--mdns",)
    tells = utility == "openadr" and shutil.which("mosquitto", path=_MOSQUITTO) is not None
    mqtt = ("--mqtt", "anonymous") if tells else ()
    vtn = ("--vtn-mdns",) if utility == "openadr" else ()  # nobody is offered a utility that has no part in it
    simulator = Simulator(
        folder, "--port", str(_GATEWAY_PORT), "--control-port", str(_CONTROL_PORT), "--utility-port",
        str(_UTILITY_PORT), "--vtn-port", str(_VTN_PORT), "--personality", personality,
        "--registration", registration, *found, *mqtt, *vtn,
    )  # fmt: skip
    home = Home(folder / "config", port, host, mdns=True, charger_of=simulator, more="mobile_app:\n")
    phone = DemoPhone(home, folder, _PHONE_PORT)
    try:
        await simulator.start()
        await phone.start()
        home.begun.append(phone.register)
        if utility == "openadr":
            await DemoVtn(simulator.vtn).offer()
        home.trust(simulator.vtn["ca"])
        running = asyncio.create_task(_keep_running(home, simulator, phone, utility, tells=tells))
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
    except (RuntimeError, TimeoutError, aiohttp.ClientError) as err:
        print(f"{err}. The end of its log:\n{simulator.child.tail(15)}\n{home.child.tail(15)}", file=sys.stderr)
        return 1
    finally:
        await home.stop()
        await phone.stop()
        await simulator.stop()
    print("Stopped.", flush=True)
    return 0


async def _keep_running(home: Home, simulator: Simulator, phone: DemoPhone, utility: str, *, tells: bool) -> Never:
    """Start Home Assistant, and again whenever a person restarts it from its own pages."""
    print("Starting Home Assistant…", flush=True)
    await home.start()
    print(welcome(home.url, simulator, phone.url, utility, tells=tells), flush=True)
    while await home.ended():
        print("Home Assistant restarts…", flush=True)
        await home.stop()
        await home.start()
    raise HomeError("Home Assistant ended")


def main() -> int:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(prog="script/demo")
    parser.add_argument("--check", action="store_true", help="commission without a person, print one line of JSON")
    parser.add_argument("--reset", action="store_true", help="begin with a new home")
    parser.add_argument("--bind", default="127.0.0.1", help="the address Home Assistant listens on")
    parser.add_argument("--port", type=int, default=8123)
    parser.add_argument("--personality", choices=("standard", "riva"), default="standard")
    parser.add_argument(
        "--utility",
        choices=("han-api", "openadr", "none"),
        default="han-api",
        help="what the utility has to offer; none is as han-api without signing in",
    )
    parser.add_argument("--transport", choices=("ip", "zigbee"), default="ip", help="how the meter is reached")
    options = parser.parse_args()
    if options.check:
        checks: dict[str, Callable[[], Coroutine[Any, Any, int]]] = {
            "han-api": partial(check, options.transport),
            "openadr": openadr.check,
            "none": own_books.check,
        }
        return asyncio.run(checks[options.utility]())
    if options.reset:
        shutil.rmtree(DATA, ignore_errors=True)
    DATA.mkdir(exist_ok=True)
    return asyncio.run(demo(DATA, options.bind, options.port, options.personality, options.transport, options.utility))


if __name__ == "__main__":
    sys.exit(main())
