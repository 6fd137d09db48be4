"""The simulator as a child process."""

import json
from pathlib import Path
from typing import Any

from .process import Child


class Simulator:
    """A simulator with one gateway and a VTN, described in ``gateway`` and ``vtn`` as its control endpoint does."""

    def __init__(self, folder: Path, *options: str) -> None:
        arguments = ["-m", "simulator", "--data", str(folder / "simulator"), *options]
        self.child = Child(arguments, folder / "simulator.log")
        self.control = self.utility = ""
        self.gateway: dict[str, Any] = {}
        self.vtn: dict[str, Any] = {}

    async def start(self) -> None:
        """Start and wait until it is ready."""
        line = await self.child.start(first_line=True)
        if not line:
            raise RuntimeError("the simulator did not start")
        started = json.loads(line)
        self.control, self.utility = started["control"], started["utility"]
        self.gateway, self.vtn = started["gateway"], started["vtn"]

    async def stop(self) -> None:
        """Stop it."""
        await self.child.stop()
