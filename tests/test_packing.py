"""Workers of the tests: some begin with what waits, some with what calculates, and each test is given once."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.packing import Packing

WAIT = [f"tests/{where}/test_{n}.py::test" for n in range(12) for where in ("home", "browser")]
CALCULATE = [f"tests/gateway/test_{n}.py::test[{m}]" for n in range(30) for m in range(3)]
GROUP = [f"tests/home/test_upgrade.py::test_{n}@upgrade" for n in range(5)]


class Worker:
    """A worker that is given tests, by their numbers."""

    shutting_down = False

    def __init__(self, name: str) -> None:
        self.gateway = SimpleNamespace(id=name)
        self.given: list[int] = []
        self.done = 0

    def send_runtest_some(self, given: list[int]) -> None:
        self.given += given

    def shutdown(self) -> None:
        self.shutting_down = True


def packed(workers: int, tests: list[str]) -> tuple[Packing, list[Worker]]:
    option = SimpleNamespace(loadscopereorder=True)
    config = SimpleNamespace(getvalue=lambda _: ["popen"] * workers, option=option)
    packing = Packing(cast("Any", config), None)
    made = [Worker(f"gw{n}") for n in range(workers)]
    for each in cast("list[Any]", made):
        packing.add_node(each)
        packing.add_node_collection(each, tests)
    packing.schedule()
    return packing, made


def go_on(packing: Packing, workers: list[Worker]) -> bool:
    """Have each worker do one test; whether any had one."""
    at_work = [each for each in workers if each.done < len(each.given)]
    for each in at_work:
        each.done += 1
        packing.mark_test_complete(cast("Any", each), each.given[each.done - 1])
    return bool(at_work)


def test_what_waits_and_what_calculates_begin_together() -> None:
    tests = [*WAIT, *CALCULATE, *GROUP]
    _, workers = packed(8, tests)
    begun = [{tests[given] for given in each.given} for each in workers]
    assert all(each <= set(CALCULATE) for each in begun[:2])
    assert all(each <= {*WAIT, *GROUP} for each in begun[2:])
    assert set(GROUP) in begun, "a group stays together"


@pytest.mark.parametrize("workers", [1, 2, 8, 12])
@pytest.mark.parametrize("tests", [[*WAIT, *CALCULATE, *GROUP], CALCULATE, WAIT], ids=["both", "calculate", "wait"])
def test_each_is_given_once(workers: int, tests: list[str]) -> None:
    packing, made = packed(workers, tests)
    while go_on(packing, made):
        pass
    assert sorted(given for each in made for given in each.given) == [*range(len(tests))]
    assert packing.tests_finished
    assert all(each.shutting_down for each in made)
