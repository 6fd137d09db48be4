"""Has tests that wait run beside tests that calculate: which test a worker of xdist is given next.

A test of ``tests/home`` or ``tests/browser`` waits for processes and their timers for most of its time. Were all
workers to begin with those, the cores would idle until they are through; were they last, so would they be then.
"""

from __future__ import annotations

from typing import override

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadGroupScheduling
from xdist.workermanage import WorkerController

_WAIT = ("tests/home/", "tests/browser/")
_CALCULATE = 4
"""Of so many workers one begins with what calculates; ``script/test`` has so many for each core."""


class Packing(LoadGroupScheduling):
    """Gives some workers what calculates and the others what waits, for as long as there is both."""

    _waiting: dict[str, None] | None = None

    @override
    def _assign_work_unit(self, node: WorkerController) -> None:
        if self._waiting is None:
            self._waiting = {scope: None for scope, unit in self.workqueue.items() if self._waits(unit)}
        if self.nodes.index(node) < self.numnodes // _CALCULATE:
            wanted = next((scope for scope in self.workqueue if scope not in self._waiting), None)
        else:
            wanted = next(iter(self._waiting), None)
        if wanted is not None:
            self.workqueue.move_to_end(wanted, last=False)
        self._waiting.pop(next(iter(self.workqueue)), None)
        super()._assign_work_unit(node)

    @staticmethod
    def _waits(unit: dict[str, bool]) -> bool:
        return any(test.startswith(_WAIT) for test in unit)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadGroupScheduling | None:
    """Pack where groups stay together, as ``script/test`` asks for it."""
    return Packing(config, log) if config.getvalue("dist") == "loadgroup" else None
