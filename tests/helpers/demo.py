"""A demo home on free ports: the simulator and a real Home Assistant as processes of their own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from script.demo_home.home import Home, free_port
from script.demo_home.simulator import Simulator


@pytest.fixture
async def simulator(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Simulator]:
    """A simulated gateway that takes both kinds of registration; its parameters are further options."""
    options: tuple[str, ...] = getattr(request, "param", ())
    simulator = Simulator(tmp_path, "--port", "0", "--control-port", "0", "--registration", "both", *options)
    await simulator.start()
    yield simulator
    await simulator.stop()


@pytest.fixture
async def home(tmp_path: Path, simulator: Simulator) -> AsyncIterator[Home]:
    """A real Home Assistant, onboarded, with the simulated charger in its home."""
    home = Home(tmp_path / "config", free_port(), charger_of=simulator)
    await home.start()
    yield home
    await home.stop()
