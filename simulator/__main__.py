"""``python -m simulator``: one gateway and the control endpoint, until it is told to stop."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import signal
import sys
from pathlib import Path

from simulator.control.endpoint import ControlEndpoint, control_app
from simulator.devices.devices import Devices
from simulator.fleet.fleet import Fleet
from simulator.gateway.parameters import BadParameterError
from simulator.gateway.personality import PERSONALITIES
from simulator.gateway.settings import Settings, read_settings
from simulator.gateway.store import GatewayStore
from simulator.gateway.wire import warm_up
from simulator.household.chargers import Chargers
from simulator.utility.service import UtilityService
from simulator.utility.utility import Utility
from simulator.vtn.mosquitto import AUTHENTICATIONS
from simulator.vtn.problems import VtnProblemError
from simulator.vtn.service import VtnService
from simulator.vtn.vtn import Vtn


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m simulator", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address the gateway listens on")
    parser.add_argument("--port", type=int, default=8081, help="its port (0: a free one)")
    parser.add_argument("--control-port", type=int, default=8082, help="the control endpoint's (0: a free one)")
    parser.add_argument("--utility-port", type=int, help="the utility's (0: a free one); by default the next one up")
    parser.add_argument("--vtn-port", type=int, default=0, help="the OpenADR VTN's (0: a free one)")
    parser.add_argument("--vtn-plain", action="store_true", help="the VTN speaks plain HTTP, which OpenADR forbids")
    parser.add_argument("--mqtt", nargs="?", choices=AUTHENTICATIONS, const="token", help="the VTN has Mosquitto too")
    parser.add_argument("--personality", choices=PERSONALITIES, default="standard")
    parser.add_argument("--registration", choices=("in-band", "out-of-band", "both"))
    parser.add_argument("--pin", default="123455", help="six digits, the last a check digit")
    parser.add_argument("--mdns", action="store_true", help="advertise the gateway")
    parser.add_argument("--vtn-mdns", action="store_true", help="advertise the VTN")
    parser.add_argument("--zigbee", action="store_true", help="a Smart Energy network too, with radios near it")
    parser.add_argument("--ezsp-port", type=int, default=0, help="the EZSP radio's port (0: a free one)")
    parser.add_argument("--raven-port", type=int, default=0, help="the RAVEn's port (0: a free one)")
    parser.add_argument("--certified", action="store_true", help="the EZSP radio holds a certificate")
    parser.add_argument("--data", type=Path, help="folder that keeps the gateway over restarts")
    parser.add_argument("--seed", type=int, default=1, help="of the household")
    parser.add_argument("--verbose", action="store_true", help="log to stderr")
    arguments = parser.parse_args()
    if arguments.utility_port is None:
        arguments.utility_port = arguments.control_port and arguments.control_port + 1
    names = (
        "host",
        "port",
        "personality",
        "registration",
        "pin",
        "mdns",
        "seed",
        "zigbee",
        "ezsp_port",
        "raven_port",
        "certified",
    )
    try:
        arguments.settings = read_settings({name: getattr(arguments, name) for name in names})
    except BadParameterError as err:
        parser.error(str(err))
    return arguments


async def _run(arguments: argparse.Namespace) -> None:
    settings: Settings = arguments.settings
    folder: Path | None = arguments.data
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    fleet, devices = Fleet(), Devices()
    utility = Utility(fleet, folder)
    store = utility.state.store
    chargers = Chargers(store.get("chargers", ""), lambda data: store.put("chargers", "", data))
    vtn = Vtn(folder)
    vtn_service = VtnService(vtn, plain=arguments.vtn_plain, advertised=arguments.vtn_mdns)
    service = UtilityService(utility, control_app(fleet, devices, utility, chargers, vtn))
    control = ControlEndpoint(control_app(fleet, devices, utility, chargers, vtn))
    try:
        gateway = await fleet.add(settings, GatewayStore(folder) if folder else None)
        premise = utility.customers.all()[0]["premise"]["id"]
        for lfdi in gateway.lfdis():
            utility.customers.attach(premise, lfdi)
        await service.start(arguments.utility_port)
        await vtn_service.start(arguments.vtn_port)
        if arguments.mqtt is not None:
            await vtn.mqtt.start(arguments.mqtt)
        await control.start(arguments.control_port)
        ready = {
            "control": control.url,
            "utility": utility.url,
            "vtn": vtn.access(),
            "gateway": gateway.describe(),
        }
        sys.stdout.write(json.dumps(ready) + "\n")
        sys.stdout.flush()
        await asyncio.to_thread(warm_up)
        await stop.wait()
    finally:
        await control.stop()
        await vtn_service.stop()
        await service.stop()
        await devices.close()
        await fleet.close()


def main() -> int:
    """Run the simulator; the exit status is 1 when a port cannot be used, or Mosquitto is wanted and not there."""
    arguments = _arguments()
    logging.basicConfig(level=logging.DEBUG if arguments.verbose else logging.WARNING)
    try:
        asyncio.run(_run(arguments))
    except (OSError, VtnProblemError) as err:
        sys.stderr.write(f"simulator: {err}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
