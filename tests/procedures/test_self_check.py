"""The self-check tells each item that would stand in the way (IP-3), and the signal is rated (IP-1)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.utility_han.gateway.ieee2030_5.signal import rate
from custom_components.utility_han.gateway.model import SignalQuality
from custom_components.utility_han.procedures.self_check import Check, CheckVerdict, Machine, run_self_check
from tests.conftest import SimulatedGateway
from tests.gateway.conftest import Connect, connect, identity

__all__ = ["connect", "identity"]

NOW = datetime.now(UTC)


async def fine() -> None:
    """Storage that works."""


async def full() -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.use_case("IP-3")
async def test_all_is_fine(gateway: SimulatedGateway, connect: Connect) -> None:
    results = await run_self_check(
        await connect(gateway), Machine(NOW - timedelta(days=1), NOW + timedelta(days=1000), fine)
    )
    assert [(r.check, r.verdict) for r in results] == [(check, CheckVerdict.PASSED) for check in Check]


@pytest.mark.use_case("IP-3")
async def test_each_item_can_fail(gateway: SimulatedGateway, connect: Connect) -> None:
    client = await connect(gateway)
    await gateway.fault("refuse")
    results = await run_self_check(client, Machine(NOW + timedelta(days=1), NOW - timedelta(days=1), full))
    assert {r.verdict for r in results} == {CheckVerdict.FAILED}
    assert next(r.finding for r in results if r.check is Check.STORAGE) == "No space left on device"


@pytest.mark.use_case("IP-3")
async def test_certificate_near_its_end_is_marginal(gateway: SimulatedGateway, connect: Connect) -> None:
    results = await run_self_check(await connect(gateway), Machine(NOW, NOW + timedelta(days=20), fine))
    assert results[0].verdict is CheckVerdict.MARGINAL


@pytest.mark.use_case("IP-1")
@given(st.floats(0, 5000), st.sampled_from([0, 0.2, 0.4, 0.6, 1.0]))
def test_worse_is_never_rated_better(latency: float, loss: float) -> None:
    order = [SignalQuality.GOOD, SignalQuality.MARGINAL, SignalQuality.TOO_WEAK]
    here = order.index(rate(latency, loss))
    assert order.index(rate(latency + 10, loss)) >= here
    assert order.index(rate(latency, min(1.0, loss + 0.2))) >= here
    assert rate(None, loss) is SignalQuality.TOO_WEAK
