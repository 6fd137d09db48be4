"""Takes the steps of a procedure one by one while a page shows how far it has come."""

import asyncio
import inspect
import time
from collections.abc import AsyncGenerator, Callable, Coroutine
from enum import Enum, auto
from typing import Any

from homeassistant.core import HomeAssistant

from ...const import LOGGER
from ...gateway import Reason
from ...procedures import Outcome, StepResult
from ...utility import UtilityReason
from ..telling.texts import plain

WAIT_FOR_ACCEPTANCE = 120.0
"""Seconds that a dialog itself waits for the utility before offering to go on in the background."""
RETRY_EVERY = 5.0
_OF_UTILITY = frozenset({UtilityReason.REFUSED_BY_UTILITY, UtilityReason.REGISTRATION_CLOSED})


class End(Enum):
    """How it ended, for now."""

    THROUGH = auto()
    PENDING = auto()
    """The utility is still at work."""
    FAILED = auto()


async def async_end_steps(steps: AsyncGenerator[StepResult]) -> None:
    """Leave a procedure where a dialog was closed between two steps."""
    if not inspect.isasyncgen(steps) or not steps.ag_running:  # else it ends with the task that runs it
        await steps.aclose()


class Stepping:
    """What a dialog needs for that, beside what Home Assistant's flows have."""

    hass: HomeAssistant
    _task: asyncio.Task[Any] | None = None
    """What the page that shows progress waits for."""
    _steps: AsyncGenerator[StepResult] | None = None
    _result: StepResult | None = None
    """Of the last step."""
    _waiting_since: float | None = None

    async def _async_step_on(
        self,
        next_step: Callable[[], Coroutine[Any, Any, StepResult | None]],
        waits: Callable[[StepResult], bool] = lambda result: result.outcome is Outcome.WAITING,
    ) -> End | None:
        """Return how the procedure ended; None while the task goes on that the page is to wait for.

        ``next_step`` returns None when it is through. Where the result ``waits`` for the utility, it is begun anew.
        """
        while True:
            if self._task is None:
                self._task = self.hass.async_create_task(next_step(), eager_start=False)
            if not self._task.done():
                return None
            self._result, self._task = await self._task, None
            if self._result is None:
                return self._ended(End.THROUGH)
            if waits(self._result):
                self._waiting_since = self._waiting_since or time.monotonic()
                if time.monotonic() - self._waiting_since >= WAIT_FOR_ACCEPTANCE:
                    return self._ended(End.PENDING)
                self._steps = None
            elif self._result.outcome in (Outcome.WAITING, Outcome.FAILED):
                told = plain(str(self._result.evidence.get("detail") or "–"))
                LOGGER.warning("step %s failed: %s: %s", self._result.step, self._result.reason, told)
                return self._ended(End.FAILED)

    def _ended(self, end: End) -> End:
        self._steps = self._waiting_since = None
        return end

    @property
    def _commissioning_action(self) -> str:
        """What the page says that shows how far commissioning has come (IP-6 to IP-9)."""
        return "waiting" if self._waiting_since is not None else self._step_or("ip_6")

    def _page_after_commissioning(self, end: End, *, pending: str) -> str:
        """Return the page that follows; ``pending`` is that of a utility that is still at work."""
        if end is End.FAILED:
            wrong_pin = self._result is not None and self._result.reason is Reason.WRONG_PIN
            return "pin_differs" if wrong_pin else "commission_failed"
        return "commissioned" if end is End.THROUGH else pending

    async def _async_rested(self) -> None:
        """Rest before a procedure is begun anew."""
        if self._waiting_since is not None:
            await asyncio.sleep(RETRY_EVERY)

    @property
    def _errors(self) -> dict[str, str]:
        """Why the last step failed, as errors of a form."""
        reason = self._result.reason if self._result else None
        return {"base": reason or "unknown"}

    @property
    def _utility_says(self) -> dict[str, str]:
        """What the utility says itself of a refusal (RFC 9457, ``detail``), quoted: in the language that it speaks."""
        result = self._result
        told = result.evidence.get("detail") if result is not None and result.reason in _OF_UTILITY else None
        return {"utility": f"> {plain(str(told))}\n\n" if told else ""}

    def _step_or(self, first: str) -> str:
        """Return the name of the step that is under way, ``first`` before there is one."""
        running = self._result is not None and self._result.outcome is Outcome.RUNNING
        return self._result.step.name.lower() if running and self._result is not None else first
