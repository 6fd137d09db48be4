"""A demo home on free ports: the simulator and a real Home Assistant as processes of their own."""

import json
import os
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from script.demo_home.home import Home, free_port
from script.demo_home.nursery import Nursery
from script.demo_home.simulator import Simulator
from tests.helpers.states import until


@pytest.fixture
async def simulator(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Simulator]:
    """A simulated gateway that takes both kinds of registration; its parameters are further options."""
    options: tuple[str, ...] = getattr(request, "param", ())
    simulator = Simulator(tmp_path, "--port", "0", "--control-port", "0", "--registration", "both", *options)
    await simulator.start()
    yield simulator
    await simulator.stop()


@pytest.fixture(scope="session")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    """What Home Assistants are forked from, for all workers; nothing is imported before the first one is started."""
    of_worker = tmp_path_factory.getbasetemp()
    folder = (of_worker.parent if "PYTEST_XDIST_WORKER" in os.environ else of_worker) / "nursery"
    folder.mkdir(exist_ok=True)
    nursery = Nursery(folder)
    yield nursery
    nursery.stop()


@pytest.fixture
async def home(tmp_path: Path, simulator: Simulator, nursery: Nursery) -> AsyncIterator[Home]:
    """A real Home Assistant, onboarded, with the simulated charger in its home."""
    home = Home(tmp_path / "config", free_port(), charger_of=simulator, nursery=nursery)
    await home.start()
    yield home
    await home.stop()


async def on_disk(home: Home, name: str, wanted: Callable[[Any], object]) -> None:
    """Wait until what a file of Home Assistant's storage has is as ``wanted``: some are written after seconds only."""
    path = home.folder / ".storage" / name
    await until(lambda: path.exists() and wanted(json.loads(path.read_text())["data"]))


async def credentials_on_disk(home: Home) -> None:
    """Wait until a power cut leaves the account linked: application credentials are written after ten seconds."""
    await on_disk(home, "application_credentials", lambda data: data["items"])
