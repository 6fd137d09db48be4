"""Keeps a home of this version for the tests of later ones; see ``script/keep-home`` and ``tests/homes/README.md``."""

import argparse
import asyncio
import json
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
from homeassistant.const import __version__ as home_assistant

from . import kept, told
from .home import TIME_ZONE, Home, HomeError
from .lived_in import MORE, live
from .process import ROOT

_PORT = 61120
# Numbers that nothing else in the files is.
_METERS = (
    kept.Meter("meter", ["--registration", "both"], [61121, 61122, 61123]),
    kept.Meter("portal", ["--registration", "out-of-band", "--seed", "2"], [61131, 61132, 61133]),
    kept.Meter("zigbee", ["--zigbee", "--seed", "3"], [61141, 61142, 61143, 61144, 61145]),
)
_STATISTICS_EVERY = 300


async def keep(to: Path) -> None:
    """Live in a home, stop it, and keep it."""
    with tempfile.TemporaryDirectory(prefix="utility-han-keep-") as name:
        folder = Path(name)
        simulators = [each.simulator(folder) for each in _METERS]
        home = Home(folder / "config", _PORT, charger_of=simulators[0], more=MORE)
        try:
            for simulator in simulators:
                await simulator.start()
            await home.start()
            facts = await live(home, *simulators)
            # Every five minutes Home Assistant adds up statistics; some are to be its own.
            await asyncio.sleep(_STATISTICS_EVERY - datetime.now(UTC).timestamp() % _STATISTICS_EVERY + 20)
            left = await told.tell(home)
        except RuntimeError, OSError, ValueError, aiohttp.ClientError:
            children = [home.child, *(each.child for each in simulators)]
            print(*(each.tail() for each in children), sep="\n", file=sys.stderr)
            raise
        finally:
            await home.stop()
            for simulator in simulators:
                await simulator.stop()
        about = {
            "version": version(),
            "home_assistant": home_assistant,
            "stopped_at": datetime.now(UTC).isoformat(),
            "time_zone": TIME_ZONE,
            "facts": facts,
        }
        meters = {folder / each.name: each for each in _METERS}
        kept.keep(home.folder, _PORT, meters, left, about, to)


def version() -> str:
    """Return the component's version."""
    manifest = ROOT / "custom_components" / "utility_han" / "manifest.json"
    return str(json.loads(manifest.read_text())["version"])


def main() -> int:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(prog="script/keep-home")
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "tests" / "homes" / version())
    options = parser.parse_args()
    try:
        asyncio.run(keep(options.folder))
    except (HomeError, TimeoutError) as err:
        print(f"the home was not kept: {err}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
