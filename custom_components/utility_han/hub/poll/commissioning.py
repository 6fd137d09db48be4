"""The commissioning pass: steps that are still to be taken on a gateway whose dialog has ended (IP-6 to IP-11)."""

from collections.abc import Awaitable, Callable
from contextlib import suppress

from ...const import LOGGER
from ...gateway import Gateway, GatewayError, Reason
from ...procedures import CommissioningRun, Outcome, StepResult, UnreadableRecordError, commission


class CommissioningPass:
    """Commissions Home Assistant on one gateway, pass by pass."""

    def __init__(
        self, gateway: Gateway, run: CommissioningRun, save: Callable[[CommissioningRun], Awaitable[None]]
    ) -> None:
        """``save`` keeps ``run`` over a restart."""
        self.run = run
        self._gateway = gateway
        self._save = save

    @property
    def steps(self) -> list[StepResult]:
        """The steps as they were last taken."""
        steps = []
        for result in self.run.results.values():
            # A newer version may have known other steps.
            with suppress(UnreadableRecordError):
                steps.append(StepResult.from_dict(result))
        return steps

    async def async_take(self) -> Reason | None:
        """Take the steps that can be taken now; the utility may need days for its part.

        Return why it is waited for, None when Home Assistant is commissioned; ``GatewayError`` where a step failed.
        """
        result: StepResult | None = None
        async for result in commission(self._gateway, self.run, self._save):
            LOGGER.debug("commissioning: %s %s", result.step, result.outcome)
        if result is not None and result.outcome not in (Outcome.WAITING, Outcome.FAILED):
            return None
        reason = result.reason if result and isinstance(result.reason, Reason) else Reason.GATEWAY_SILENT
        if result is not None and result.outcome is Outcome.WAITING:
            return reason
        raise GatewayError(reason, str(result.evidence.get("detail", reason)) if result else reason)
