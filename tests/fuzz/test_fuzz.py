"""Odd input for everything that reads what others say: a little of what ``script/fuzz`` does by the hour.

The inputs are the same each time, and as many on every machine. What the long runs found is here by itself.
"""

from collections.abc import Awaitable, Callable

import pytest
from hypothesis import strategies as st

from script.fuzzing import guided
from script.fuzzing.__main__ import main
from script.fuzzing.figures import Figures
from script.fuzzing.polls import poll_over_ip, poll_over_zigbee
from script.fuzzing.runner import from_bytes, run_target
from script.fuzzing.targets import TARGETS, Target
from script.fuzzing.zigbee import read_fragment

_EXAMPLES = 120


@pytest.mark.parametrize("name", TARGETS)
def test_odd_input_is_refused_as_it_should_be(name: str) -> None:
    figures = run_target(TARGETS[name], _EXAMPLES, fixed=True)
    assert figures.finding is None, figures.finding
    assert figures.inputs >= _EXAMPLES


@pytest.mark.parametrize("poll", [poll_over_ip, poll_over_zigbee])
async def test_whole_polls_of_a_gateway_whose_answers_are_spoilt(
    simulator_url: str, poll: Callable[[str, Callable[[int], bool]], Awaitable[Figures]]
) -> None:
    figures = await poll(simulator_url, lambda asked: asked < 45)
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


def test_bytes_make_an_input_for_an_engine_that_follows_coverage() -> None:
    """What ``script/fuzz --engine atheris`` gives its bytes to: hypothesis makes the input of them."""
    told: list[str] = []

    def odd(drawn: bytes) -> None:
        if drawn:
            raise ZeroDivisionError(drawn)

    take = from_bytes(Target(st.binary(min_size=1, max_size=4), odd), told.append)
    with pytest.raises(AssertionError):
        take(bytes(range(64)))
    (finding,) = told
    assert "ZeroDivisionError" in finding
    take(b"")  # too few for any input
    assert len(told) == 1


def test_engine_that_is_not_installed_says_how_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(guided, "find_spec", lambda _name: None)
    monkeypatch.setattr("sys.argv", ["script/fuzz", "--engine", "atheris"])
    with pytest.raises(SystemExit):
        main()
    assert "uv pip install" in capsys.readouterr().err


def test_price_that_a_stick_does_not_tell_is_none() -> None:
    """Found: of a fragment without Price aioraven makes the text "None"."""
    read_fragment(b"<TimeCluster><UTCTime>0x2a1b3c4d</UTCTime></TimeCluster>")
