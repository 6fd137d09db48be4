"""What came of fuzzing, and how it is done without a word."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(slots=True)
class Figures:
    """What came of a reader: how many inputs it was given, and what was found, in words."""

    inputs: int = 0
    finding: str | None = None


@contextmanager
def quiet() -> Iterator[None]:
    """Leave out what readers log and warn of: each input is expected to be wrong."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
    finally:
        logging.disable(before)
