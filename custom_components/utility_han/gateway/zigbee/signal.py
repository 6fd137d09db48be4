"""How good the way to a meter is, from link quality and lost messages."""

import statistics
from collections.abc import Sequence

from ..model import WEAK_LQI, Signal, SignalQuality

ATTEMPTS = 5
_GOOD_LQI = 120
_MARGINAL_LOSS = 0.4


def rate(lqi: int | None, loss: float) -> SignalQuality:
    """Rate a way by LQI (0 to 255) and the share of messages lost; without an LQI by the loss alone."""
    if loss > _MARGINAL_LOSS or (lqi is not None and lqi < WEAK_LQI):
        return SignalQuality.TOO_WEAK
    if loss or (lqi is not None and lqi < _GOOD_LQI):
        return SignalQuality.MARGINAL
    return SignalQuality.GOOD


def of_answers(times_ms: Sequence[float], lqi: int | None, rssi: int | None) -> Signal:
    """Return the signal behind the round trips that came back of ``ATTEMPTS``."""
    loss = 1 - len(times_ms) / ATTEMPTS
    latency = round(statistics.median(times_ms), 1) if times_ms else None
    return Signal(rate(lqi, loss), latency, loss, ATTEMPTS, lqi, rssi)
