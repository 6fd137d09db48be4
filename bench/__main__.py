"""Runs benchmarks, all or those named, and prints one JSON line each.

usage: python -m bench [NAME ...] [--page] [--days N ...]

With --page the figures are kept in docs/performance.json, and docs/performance.md and its charts are made anew of all
that is kept there.
"""

import argparse
import asyncio
import inspect
import json
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from bench import (
    beside,
    charging,
    commissioning,
    controls,
    devices,
    diagnosis,
    green_button,
    guard,
    health,
    imports,
    limit,
    ocpi,
    openadr,
    page,
    polling,
    soak,
    transports,
)
from bench.sections import SECTIONS

BENCHMARKS: dict[str, Callable[[], Any]] = {
    "import": imports.measure,
    "beside": beside.measure,
    "commissioning": commissioning.measure,
    "poll": polling.measure,
    "guard": guard.measure,
    "charging": charging.measure,
    "controls": controls.measure,
    "transports": transports.measure,
    "health": health.measure,
    "diagnosis": diagnosis.measure,
    "devices": devices.measure,
    "openadr": openadr.measure,
    "limit": limit.measure,
    "ocpi": ocpi.measure,
    "green_button": green_button.measure,
    "soak": soak.measure,
}


def main() -> None:
    """Run them."""
    parser = argparse.ArgumentParser(description="Measure what the integration costs.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which: {', '.join(BENCHMARKS)}; all without any")
    parser.add_argument("--page", action="store_true", help="keep the figures in docs/performance.md")
    parser.add_argument("--days", type=int, nargs="+", default=soak.DAYS, help="simulated days of the soaks")
    arguments = parser.parse_args()
    if unknown := set(arguments.names) - set(BENCHMARKS):
        parser.error(f"nothing is called {', '.join(sorted(unknown))}; there are: {', '.join(BENCHMARKS)}")
    chosen = {name: run for name, run in BENCHMARKS.items() if not arguments.names or name in arguments.names}
    if "soak" in chosen:
        chosen["soak"] = partial(soak.measure, tuple(arguments.days))
    for name, run in chosen.items():
        found = run()
        figures: dict[str, Any] = asyncio.run(found) if inspect.iscoroutine(found) else found
        print(json.dumps({"benchmark": name, **figures}))
        sys.stdout.flush()
        if arguments.page:
            page.keep(name, figures)
    if arguments.page:
        page.write(SECTIONS)


if __name__ == "__main__":
    main()
