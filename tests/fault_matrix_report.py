"""Writes docs/fault-matrix.md from the tests of the fault matrix that passed: ``pytest --fault-matrix FILE``."""

from pathlib import Path

import pytest
from _pytest.terminal import TerminalReporter

_HEAD = """# Fault matrix

What the simulator can do to a home, and what becomes of it. Written by `script/fault-matrix` from the tests that ran
(`tests/component/test_fault_matrix.py`): each row is a fault that was made, noticed by itself as said (or not before
it was diagnosed), diagnosed with this verdict, and gone after the repair, which was tested and then repeated. What
is not over Zigbee does not exist there: a meter has no certificate of TLS and no list that devices fall off.

| fault | over | noticed by itself | verdict | reason | health | what ends it |
|---|---|---|---|---|---|---|
"""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Say where to write it."""
    parser.addoption("--fault-matrix", type=Path, help="write the table of the fault matrix to this file")


def pytest_terminal_summary(terminalreporter: TerminalReporter, config: pytest.Config) -> None:
    """Write the rows of what passed, in the order of their names."""
    path: Path | None = config.getoption("--fault-matrix")
    if path is None:
        return
    wires: dict[tuple[str, ...], set[str]] = {}
    for report in terminalreporter.stats.get("passed", ()):
        for name, value in getattr(report, "user_properties", ()):
            if name == "fault" and report.when == "call":
                fault, wire, *said = value
                wires.setdefault((fault, *said), set()).add(wire)
    rows = [[fault, ", ".join(sorted(over)), *said] for (fault, *said), over in wires.items()]
    path.write_text(_HEAD + "".join(f"| {' | '.join(row)} |\n" for row in sorted(rows)))
