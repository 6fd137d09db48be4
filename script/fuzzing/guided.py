"""Input that coverage leads: atheris gives a reader bytes of which hypothesis makes the same input as otherwise.

libFuzzer ends the process that it runs in, so that each reader has one of its own:
``python -m script.fuzzing.guided READER SECONDS``.
"""

import json
import re
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from .figures import Figures, quiet

HOW_TO_INSTALL = (
    "The engine atheris is not installed. It has wheels for Linux on x86-64 only, and so is not among the project's "
    "dependencies: `uv pip install --python .venv/bin/python atheris`, and try again."
)
_RUNS = re.compile(r"^(?:Done (\d+) runs in|stat::number_of_executed_units: +(\d+))", re.MULTILINE)
_ENDS_AFTER = 120.0
"""Seconds in which a reader begins and ends besides."""
_FOUND = "found: "


def is_installed() -> bool:
    """Whether atheris is there."""
    return find_spec("atheris") is not None


def run_guided(name: str, seconds: float) -> Figures:
    """Give a reader input for so long, or until something is found."""
    ended = subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, "-m", __name__, name, str(round(seconds))],
        capture_output=True,
        text=True,
        check=False,
        timeout=seconds + _ENDS_AFTER,
        cwd=Path(__file__).parents[2],
    )
    inputs = max((int(count) for counts in _RUNS.findall(ended.stderr) for count in counts if count), default=0)
    found = [json.loads(line.removeprefix(_FOUND)) for line in ended.stdout.splitlines() if line.startswith(_FOUND)]
    if not found and ended.returncode:
        found = [ended.stderr[-2000:]]
    return Figures(inputs, found[-1] if found else None)


def main() -> None:
    """Give one reader input; libFuzzer ends the process."""
    name, seconds = sys.argv[1:]
    atheris = import_module("atheris")
    with atheris.instrument_imports(include=["custom_components.utility_han"]):
        targets = import_module(".targets", __package__)
    runner = import_module(".runner", __package__)

    def tell(finding: str) -> None:
        sys.stdout.write(f"{_FOUND}{json.dumps(finding)}\n")
        sys.stdout.flush()

    take = runner.from_bytes(targets.TARGETS[name], tell)
    atheris.Setup([sys.argv[0], f"-max_total_time={seconds}", "-max_len=8192", "-print_final_stats=1"], take)
    with quiet():
        atheris.Fuzz()


if __name__ == "__main__":
    main()
