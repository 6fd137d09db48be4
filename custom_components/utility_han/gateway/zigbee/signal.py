"""How good the way to a meter is, from link quality and lost messages."""

import statistics
import time
from collections.abc import Awaitable, Callable, Sequence

from ..errors import GatewayError, Reason
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


async def time_answers(ask: Callable[[], Awaitable[object]], *, patient: bool) -> list[float]:
    """Ask ``ATTEMPTS`` times; return the round trips in ms of what was answered.

    ``GatewayError`` with ``GATEWAY_SILENT`` where nothing was, said when the first stays away unless ``patient``.
    """
    times: list[float] = []
    failure: GatewayError | None = None
    for _ in range(ATTEMPTS):
        start = time.perf_counter()
        try:
            await ask()
        except GatewayError as err:
            if err.reason is not Reason.GATEWAY_SILENT or not (patient or times):
                raise
            failure = err
        else:
            times.append((time.perf_counter() - start) * 1000)
    if not times and failure is not None:
        raise failure
    return times


def of_answers(times_ms: Sequence[float], lqi: int | None, rssi: int | None) -> Signal:
    """Return the signal behind the round trips that came back of ``ATTEMPTS``."""
    loss = 1 - len(times_ms) / ATTEMPTS
    latency = round(statistics.median(times_ms), 1) if times_ms else None
    return Signal(rate(lqi, loss), latency, loss, ATTEMPTS, lqi, rssi)
