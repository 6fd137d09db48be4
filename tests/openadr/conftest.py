"""The VTNs that the tests run against: the simulator's, or with ``script/interop`` one that none of us wrote."""

import os
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.openadr.openleadr import openleadr
from tests.openadr.served import ServedVtn
from tests.openadr.simulated import Simulated
from tests.openadr.under_test import Vtn

OPENLEADR = os.environ.get("OPENLEADR_VTN", "")
"""The binary, as ``script/interop`` built it."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what does not concern the VTN of others: it has run with the simulator's."""
    if not OPENLEADR:
        return
    here = Path(__file__).parent
    others = [item for item in items if here in item.path.parents and not _meets_a_vtn(item)]
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if item not in others]


def _meets_a_vtn(item: pytest.Item) -> bool:
    return "vtn" in getattr(item, "fixturenames", ())


@pytest.fixture(scope="session")
def openleadr_vtn() -> Generator[ServedVtn]:
    """Run ``openleadr-vtn``."""
    with openleadr(OPENLEADR) as served:
        yield served


@pytest.fixture(params=["openleadr" if OPENLEADR else "simulator"])
def served_vtn(request: pytest.FixtureRequest) -> ServedVtn:
    """Run the VTN that is asked for."""
    if request.param == "simulator":
        return Simulated(request.getfixturevalue("simulated_vtn"))
    served: ServedVtn = request.getfixturevalue("openleadr_vtn")
    return served


@pytest.fixture
def vtn(served_vtn: ServedVtn, monkeypatch: pytest.MonkeyPatch) -> Vtn:
    """Return a VTN that holds nothing, with clients that nobody used before."""
    # What openadr3-client fetches tokens with is not told which authority to trust.
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(served_vtn.ca))
    under_test = Vtn(served_vtn)
    under_test.empty()
    return under_test
