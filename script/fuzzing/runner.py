"""Gives readers odd input, and says what nobody thought of."""

import logging
import time
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings

from .targets import Target

_AT_ONCE = 200


@dataclass(slots=True)
class Figures:
    """What came of a reader: how many inputs it was given, and what was found, in words."""

    inputs: int = 0
    finding: str | None = None


def run_target(target: Target, examples: int, *, until: float | None = None, fixed: bool = False) -> Figures:
    """Give a reader so many inputs, or fewer where the clock (``time.monotonic``) says ``until`` before.

    ``fixed`` gives the same each time.
    """
    figures = Figures()

    def read(drawn: Any) -> None:
        if until is not None and time.monotonic() > until and figures.finding is None:
            return  # the rest of what was planned is left out
        figures.inputs += 1
        try:
            target.read(drawn)
        except target.refusals:
            return
        except Exception as err:
            figures.finding = "".join(traceback.format_exception(err, limit=-6)) + f"\ninput: {drawn!r}"[:2000]
            raise

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
        _quietly(limits(given(target.inputs)(read)))
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


def _quietly(run: Callable[[], None]) -> None:
    """Run without what readers log and warn of: each input is expected to be wrong."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings(action="ignore"):
            run()
    finally:
        logging.disable(before)
