"""Gives readers odd input, and says what nobody thought of."""

import time
import traceback
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings

from .figures import Figures, quiet
from .targets import Target

_AT_ONCE = 200


def run_target(target: Target, examples: int, *, until: float | None = None, fixed: bool = False) -> Figures:
    """Give a reader so many inputs, or fewer where the clock (``time.monotonic``) says ``until`` before.

    ``fixed`` gives the same each time.
    """
    figures = Figures()

    def read(drawn: Any) -> None:
        if until is not None and time.monotonic() > until and figures.finding is None:
            return  # the rest of what was planned is left out
        figures.inputs += 1
        if (finding := _read(target, drawn)) is not None:
            figures.finding = finding
            raise AssertionError(finding)

    phases = (Phase.generate,) if fixed else (Phase.generate, Phase.shrink)
    limits = settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=fixed,
        phases=phases,
        suppress_health_check=list(HealthCheck),
    )
    try:
        with quiet():
            limits(given(target.inputs)(read))()
    except Exception:
        if figures.finding is None:
            raise
    return figures


def run_for(target: Target, seconds: float) -> Figures:
    """Give a reader as many inputs as there is time for; it ends with the first finding."""
    until, found = time.monotonic() + seconds, Figures()
    while time.monotonic() < until and found.finding is None:
        more = run_target(target, _AT_ONCE, until=until)
        found = Figures(found.inputs + more.inputs, more.finding)
    return found


def from_bytes(target: Target, tell: Callable[[str], None]) -> Callable[[bytes], object]:
    """Return what makes an input of bytes and gives it to a reader; of a finding it tells before it raises."""

    def read(drawn: Any) -> None:
        if (finding := _read(target, drawn)) is not None:
            tell(finding)
            raise AssertionError(finding)

    limits = settings(deadline=None, database=None, suppress_health_check=list(HealthCheck))
    test: Any = limits(given(target.inputs)(read))
    take: Callable[[bytes], object] = test.hypothesis.fuzz_one_input
    return take


def _read(target: Target, drawn: Any) -> str | None:
    """Give a reader an input; return what nobody thought of."""
    try:
        target.read(drawn)
    except target.refusals:
        return None
    except Exception as err:
        return "".join(traceback.format_exception(err, limit=-6)) + f"\ninput: {drawn!r}"[:2000]
    return None
