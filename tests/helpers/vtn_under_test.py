"""The VTN that tests run against: the simulator's, or with ``script/interop`` one that none of us wrote.

Tests of OpenADR ask for ``vtn`` and run against both. What asks for ``simulated_vtn`` is marked ``simulator_only``
with what the other VTN has not.
"""

from __future__ import annotations

import math
import os
from collections import Counter
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.openadr.openleadr_vtn import Openleadr
    from tests.openadr.served import ServedVtn
    from tests.openadr.under_test import Vtn

OPENLEADR = os.environ.get("OPENLEADR_VTN", "")
"""The binary, as ``script/interop`` built it."""
_LEFT_OUT = pytest.StashKey[Counter[str]]()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what does not concern the VTN of others: it has run with the simulator's."""
    if not OPENLEADR:
        return
    reasons = {item: reason for item in items if (reason := _why_left_out(item))}
    config.hook.pytest_deselected(items=list(reasons))
    config.stash[_LEFT_OUT] = Counter(reasons.values())
    items[:] = [item for item in items if item not in reasons]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Have a worker of pytest-xdist tell who prints the summary."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["left_out"] = dict(session.config.stash.get(_LEFT_OUT, {}))


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take what a worker left out: they all leave out the same."""
    node.config.stash[_LEFT_OUT] = Counter(getattr(node, "workeroutput", {}).get("left_out", {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what the VTN of others has not met."""
    for reason, count in sorted(config.stash.get(_LEFT_OUT, {}).items()):
        terminalreporter.write_line(f"not run against {Path(OPENLEADR).name}: {count} ({reason})")


def _why_left_out(item: pytest.Item) -> str:
    if marker := item.get_closest_marker("simulator_only"):
        return str(marker.args[0])
    return "" if "vtn" in getattr(item, "fixturenames", ()) else "no VTN in it"


@pytest.fixture(scope="session")
def openleadr_vtn() -> Generator[Openleadr]:
    """Run ``openleadr-vtn``."""
    from tests.openadr.openleadr_vtn import openleadr

    with openleadr(OPENLEADR) as served:
        yield served


@pytest.fixture
def served_vtn(request: pytest.FixtureRequest) -> Generator[ServedVtn]:
    """Run the VTN that is asked for."""
    if not OPENLEADR:
        from tests.openadr.simulated import Simulated

        yield Simulated(request.getfixturevalue("simulated_vtn"))
        return
    served: Openleadr = request.getfixturevalue("openleadr_vtn")
    yield served
    served.have_no_broker()


@pytest.fixture
def vtn(served_vtn: ServedVtn, monkeypatch: pytest.MonkeyPatch) -> Vtn:
    """Return a VTN that holds nothing, with clients that nobody used before."""
    # openadr3-client takes its time to load, and few tests ask for it.
    from tests.openadr.under_test import Vtn

    # What openadr3-client fetches tokens with is not told which authority to trust.
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(served_vtn.ca))
    under_test = Vtn(served_vtn)
    under_test.empty()
    return under_test


@pytest.fixture
def _credentials_count(served_vtn: ServedVtn, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have credentials that are taken away count at once, and not when the token that they gave has ended."""
    if served_vtn.tokens_outlive_clients:
        from custom_components.utility_han.utility.openadr import connection

        monkeypatch.setattr(connection, "_MARGIN", math.inf)
