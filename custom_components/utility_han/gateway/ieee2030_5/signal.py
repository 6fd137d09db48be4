"""How good the way to a gateway is, without being let in: TCP connections, timed."""

import asyncio
import contextlib
import statistics
import time

from ..errors import GatewayError, Reason
from ..model import Signal, SignalQuality

_ATTEMPTS = 5
_TIMEOUT = 3.0
_GOOD_MS, _MARGINAL_MS = 150.0, 1000.0
_MARGINAL_LOSS = 0.4


def rate(latency_ms: float | None, loss: float) -> SignalQuality:
    """Rate a way: no loss within 150 ms is good; up to 40 % loss within a second will do, marginally."""
    if latency_ms is None or loss > _MARGINAL_LOSS or latency_ms > _MARGINAL_MS:
        return SignalQuality.TOO_WEAK
    return SignalQuality.MARGINAL if loss or latency_ms > _GOOD_MS else SignalQuality.GOOD


async def measure(host: str, port: int, spacing: float) -> Signal:
    """Open and close a few TCP connections, ``spacing`` seconds apart; ``GatewayError`` if none comes about."""
    times: list[float] = []
    failure = "no answer"
    for _ in range(_ATTEMPTS):
        await asyncio.sleep(spacing)  # also after whatever was connected before: meters take one connection at a time
        start = time.perf_counter()
        try:
            async with asyncio.timeout(_TIMEOUT):
                _, writer = await asyncio.open_connection(host, port)
        except OSError as err:
            failure = str(err) or type(err).__name__
            continue
        times.append((time.perf_counter() - start) * 1000)
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
    await asyncio.sleep(spacing)
    if not times:
        raise GatewayError(Reason.UNREACHABLE, f"no TCP connection to {host}:{port}: {failure}")
    latency, loss = statistics.median(times), 1 - len(times) / _ATTEMPTS
    return Signal(rate(latency, loss), round(latency, 1), loss, _ATTEMPTS)
