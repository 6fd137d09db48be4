"""Options and table of the soak: ``pytest --soak-days DAYS --soak-seed SEED tests/component/test_soak.py``."""

from datetime import UTC, datetime

import pytest
from _pytest.terminal import TerminalReporter


def _utc(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=UTC)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Say for how long, and by which chance."""
    parser.addoption("--soak-days", type=int, default=3, help="how many days the home of the soak lives")
    parser.addoption("--soak-start", type=_utc, default=_utc("2026-10-10T06:00"), help="when it begins to live (UTC)")
    parser.addoption("--soak-rest", type=float, help="hours between two troubles of a kind: more in long soaks")
    parser.addoption("--soak-seed", type=int, default=1, help="what befalls it, and when")


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """Print the table, whether all held or not."""
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, ()):
            for name, line in getattr(report, "user_properties", ()):
                if name == "soak":
                    terminalreporter.write_line(line)
