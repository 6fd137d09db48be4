"""What of the component the tests reach, by what is wanted of it (`script/coverage`); fails where it is less.

usage: python -m script.check_coverage, with the data of a run in `.coverage`.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import PurePath

from coverage import Coverage
from coverage.results import Numbers

_MOST_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Wanted:
    """A part of the component, by whether a file is of it, and the shares in percent that are to be reached."""

    title: str
    has: Callable[[str], bool]
    lines: float
    branches: float


def _is_flow(path: str) -> bool:
    return PurePath(path).name == "config_flow.py" or fnmatch(path, "*/flow/*.py")


_WANTED = (
    Wanted("config and subentry flows", _is_flow, 100, 100),
    Wanted("component", bool, 97, 93),
)
_LINES_OF_EACH = 95
"""What the quality scale wants of the lines of each module (its rule test-coverage), in percent."""
_BY_CHANCE = 2
"""Lines of a module that a run may miss besides: one of twenty would be more than that."""


def main() -> int:
    """Print shares and the files that miss most; 1 where a part is below what is wanted."""
    data = Coverage()
    data.load()
    found = {path: data._analyze(path) for path in data.get_data().measured_files()}
    if not found:
        print("coverage: no run is kept in .coverage", file=sys.stderr)
        return 1
    below = False
    for part in _WANTED:
        files = {path: each for path, each in found.items() if part.has(path)}
        numbers = sum((each.numbers for each in files.values()), Numbers())
        lines = _share(numbers.n_executed, numbers.n_statements)
        branches = _share(numbers.n_executed_branches, numbers.n_branches)
        short = lines < part.lines or branches < part.branches
        below |= short
        print(
            f"{part.title}: {lines:.2f} % of {numbers.n_statements} lines (wanted {part.lines}), "
            f"{branches:.2f} % of {numbers.n_branches} branches (wanted {part.branches})"
        )
        if short:
            worst = sorted(files.items(), key=lambda each: -each[1].numbers.n_missing)[:_MOST_SHOWN]
            for path, each in worst:
                if each.numbers.n_missing or each.numbers.n_partial_branches:
                    print(f"  {path}: {each.missing_formatted(branches=True)}")
    for path, each in found.items():
        numbers = each.numbers
        if (lines := _share(numbers.n_executed, numbers.n_statements)) < _LINES_OF_EACH:
            below |= numbers.n_missing > numbers.n_statements * (1 - _LINES_OF_EACH / 100) + _BY_CHANCE
            print(f"{path}: {lines:.2f} % of {numbers.n_statements} lines (wanted {_LINES_OF_EACH} of each module)")
    return int(below)


def _share(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 100.0


if __name__ == "__main__":
    sys.exit(main())
