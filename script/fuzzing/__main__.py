"""Gives every reader odd input for some minutes; prints a line of JSON for each, and what was found.

usage: python -m script.fuzzing [--minutes N] [--only WORD] [--engine hypothesis|atheris]
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial

from . import guided
from .figures import Figures
from .polls import poll_for, poll_over_ip, poll_over_zigbee
from .runner import run_for
from .targets import TARGETS

type _Run = Callable[[float], Figures]

_BY_HYPOTHESIS: Mapping[str, _Run] = {
    **{name: partial(run_for, target) for name, target in TARGETS.items()},
    "whole polls over IP": partial(poll_for, poll_over_ip),
    "whole polls over Zigbee": partial(poll_for, poll_over_zigbee),
}
_BY_ATHERIS: Mapping[str, _Run] = {name: partial(guided.run_guided, name) for name in TARGETS}
"""Whole polls are another process's doing, whose coverage leads nowhere."""
_ENGINES = {"hypothesis": _BY_HYPOTHESIS, "atheris": _BY_ATHERIS}


def main() -> int:
    """Run; 1 if anything was found."""
    parser = argparse.ArgumentParser(description="Give every reader odd input.")
    parser.add_argument("--minutes", type=float, default=5.0, help="how long, all together")
    parser.add_argument("--only", default="", help="what is read, or a part of its name")
    parser.add_argument("--engine", choices=_ENGINES, default="hypothesis", help="what makes the input")
    arguments = parser.parse_args()
    if arguments.engine == "atheris" and not guided.is_installed():
        parser.error(guided.HOW_TO_INSTALL)
    readers = _ENGINES[arguments.engine]
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
