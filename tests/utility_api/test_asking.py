"""What is asked again, and after how long."""

from datetime import timedelta

import pytest

from custom_components.utility_han.utility.asking import repeated
from custom_components.utility_han.utility.errors import UtilityError, UtilityReason


@pytest.mark.parametrize(
    ("reason", "after", "slept"),
    [
        (UtilityReason.UTILITY_ERROR, 999_999, []),
        (UtilityReason.UTILITY_NOT_UNDERSTOOD, 6, []),
        (UtilityReason.UTILITY_BUSY, 6, []),
        (UtilityReason.UTILITY_ERROR, 2, [2, 2]),
        (UtilityReason.UTILITY_BUSY, 5, [5, 5]),
        (UtilityReason.UTILITY_ERROR, None, [0.5, 1]),
        (UtilityReason.UTILITY_BUSY, None, []),
    ],
)
async def test_nobody_sleeps_here_for_as_long_as_an_answer_says(
    monkeypatch: pytest.MonkeyPatch, reason: UtilityReason, after: int | None, slept: list[float]
) -> None:
    """``Retry-After`` may be in any answer (RFC 9110, 10.2.3); where it is long, who asked has other work."""
    found: list[float] = []

    async def sleep(seconds: float) -> None:
        found.append(seconds)

    async def refused() -> None:
        raise UtilityError(reason, "no", retry_after=None if after is None else timedelta(seconds=after))

    monkeypatch.setattr("custom_components.utility_han.utility.asking.asyncio.sleep", sleep)
    with pytest.raises(UtilityError) as caught:
        await repeated(refused, "something")
    assert caught.value.reason is reason
    assert found == slept
