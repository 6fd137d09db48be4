"""What the guard of registers costs at each poll: for 10 to 1000 registers, believed and doubted."""

import math
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from custom_components.utility_han.gateway.model import Readings, Register, RegisterKind
from custom_components.utility_han.procedures import RegisterGuard

COUNTS = (10, 100, 1000)
_POLLS = 200
_TRIALS = 5
_BEGINS = datetime(2026, 11, 30, tzinfo=UTC)
_EVERY = timedelta(seconds=30)


def measure() -> dict[str, Any]:
    """Return microseconds of a poll by the number of registers, and of doubted ones as a ratio to believed ones."""
    believed, doubted = (
        [min(_poll(count, leaps=leaps) for _ in range(_TRIALS)) for count in COUNTS] for leaps in (False, True)
    )
    return {
        "registers": list(COUNTS),
        "believed_us": [round(seconds * 1e6, 1) for seconds in believed],
        "doubted_us": [round(seconds * 1e6, 1) for seconds in doubted],
        "ratio_doubted": round(doubted[-1] / believed[-1], 2),
        "exponent": round(math.log(believed[-1] / believed[-2]) / math.log(COUNTS[-1] / COUNTS[-2]), 2),
    }


def _poll(count: int, *, leaps: bool) -> float:
    """Return the seconds of a poll of registers that count 10 Wh between two; ``leaps`` is what no register can do."""
    registers = [
        Register(f"energy_{number}", "energy", RegisterKind.SUMMATION, "delivered", "Wh") for number in range(count)
    ]
    guard = RegisterGuard()
    first = {register.key: 1_000_000.0 for register in registers}
    guard.accept(Readings(_BEGINS, first), registers, _BEGINS)
    told = []
    for poll in range(1, _POLLS + 1):
        at, value = _BEGINS + poll * _EVERY, 1_000_000.0 + 10 * poll + (1e8 if leaps else 0.0)
        told.append(Readings(at, dict.fromkeys(first, value)))
    start = time.process_time()
    for readings in told:
        accepted = guard.accept(readings, registers, readings.at)
    seconds = time.process_time() - start
    if len(accepted.doubted) != (count if leaps else 0):
        raise RuntimeError(f"{len(accepted.doubted)} of {count} registers are doubted")
    return seconds / _POLLS
