"""Gives every reader odd input for some minutes; prints a line of JSON for each, and what was found.

usage: python -m script.fuzzing [--minutes N] [--only WORD]
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from functools import partial

from .polls import poll_for
from .runner import Figures, run_for
from .targets import TARGETS


def main() -> int:
    """Run; 1 if anything was found."""
    parser = argparse.ArgumentParser(description="Give every reader odd input.")
    parser.add_argument("--minutes", type=float, default=5.0, help="how long, all together")
    parser.add_argument("--only", default="", help="what is read, or a part of its name")
    arguments = parser.parse_args()
    readers: dict[str, Callable[[float], Figures]] = {
        name: partial(run_for, target) for name, target in TARGETS.items()
    } | {"whole polls": poll_for}
    chosen = {name: run for name, run in readers.items() if arguments.only in name}
    if not chosen:
        parser.error(f"nothing is called so; there are: {', '.join(readers)}")
    found = 0
    for name, run in chosen.items():
        begun = time.monotonic()
        figures = run(60 * arguments.minutes / len(chosen))
        found += figures.finding is not None
        seconds = round(time.monotonic() - begun, 1)
        print(json.dumps({"reader": name, "inputs": figures.inputs, "seconds": seconds, "found": figures.finding}))
        sys.stdout.flush()
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
