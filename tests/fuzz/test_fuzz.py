"""Odd input for everything that reads what others say: a little of what ``script/fuzz`` does by the hour.

The inputs are the same each time, and as many on every machine. What the long runs found is here by itself.
"""

import pytest

from script.fuzzing.polls import poll_spoilt
from script.fuzzing.runner import run_target
from script.fuzzing.targets import TARGETS, Target
from script.fuzzing.zigbee import read_fragment

_EXAMPLES = 120


@pytest.mark.parametrize("name", TARGETS)
def test_odd_input_is_refused_as_it_should_be(name: str) -> None:
    figures = run_target(TARGETS[name], _EXAMPLES, fixed=True)
    assert figures.finding is None, figures.finding
    assert figures.inputs >= _EXAMPLES


async def test_whole_polls_of_a_gateway_whose_answers_are_spoilt(simulator_url: str) -> None:
    figures = await poll_spoilt(simulator_url, lambda asked: asked < 45)
    assert figures.finding is None, figures.finding
    assert figures.inputs >= 45


def test_finding_is_told_with_its_input() -> None:
    """The test of the tests: an error that nobody thought of does not go unseen."""

    def odd(drawn: object) -> None:
        raise ZeroDivisionError(drawn)

    figures = run_target(Target(TARGETS["notifications"].inputs, odd), 10, fixed=True)
    assert figures.finding is not None
    assert "ZeroDivisionError" in figures.finding
    assert "input: " in figures.finding


def test_price_that_a_stick_does_not_tell_is_none() -> None:
    """Found: of a fragment without Price aioraven makes the text "None"."""
    read_fragment(b"<TimeCluster><UTCTime>0x2a1b3c4d</UTCTime></TimeCluster>")
