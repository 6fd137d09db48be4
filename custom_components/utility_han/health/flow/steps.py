"""What the fix flows of health share that diagnose: the page shows which step is under way."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from typing import override

from homeassistant.components.repairs import RepairsFlowResult
from homeassistant.core import callback

from ...hub.flow.repair import HubRepairFlow
from ...hub.flow.stepping import async_end_steps
from ...procedures import Outcome, Step, StepResult
from ..manager import HealthManager

SHOWN = frozenset({Step.DM_3, Step.RD_3, Step.RD_8, Step.RD_10, Step.RD_12})
"""Steps that take long enough to be named while they are taken."""


class StepsFlow(HubRepairFlow):
    """Takes steps one by one; closing the dialog ends them."""

    unloaded_is = "gone"

    _task: asyncio.Task[StepResult | None] | None = None
    _steps: AsyncGenerator[StepResult] | None = None
    _step: Step | None = None

    @property
    def health(self) -> HealthManager:
        """The health of what the hub has, while it is loaded."""
        return self.hub.manager(HealthManager)

    def _take(self) -> AsyncGenerator[StepResult]:
        """Take the steps."""
        raise NotImplementedError

    async def _async_walk(self, page: str, first: Step, placeholders: Mapping[str, str]) -> RepairsFlowResult | None:
        """Return the page that shows the step under way, None once all were taken.

        ``first`` is named until there is a step to name. What the steps raise ends them, and is raised here.
        """
        while True:
            if self._task is None:
                self._task = self.hass.async_create_task(self._async_next(), eager_start=False)
            if not self._task.done():
                shown = self._step if self._step is not None and self._step in SHOWN else first
                return self.async_show_progress(
                    step_id=page,
                    progress_action=shown.name.lower(),
                    progress_task=self._task,
                    description_placeholders=placeholders,
                )
            task, self._task = self._task, None
            try:
                result = await task
            except Exception:
                self._steps = None
                raise
            if result is None:
                self._steps = None
                return None
            self._step = result.step

    async def _async_next(self) -> StepResult | None:
        if self._steps is None:
            self._steps = self._take()
        # Results of a moment are not worth a page each.
        async for result in self._steps:
            if result.outcome is Outcome.RUNNING and result.step in SHOWN and result.step is not self._step:
                return result
        return None

    @callback
    @override
    def async_remove(self) -> None:
        """End what is under way; it may be begun again."""
        super().async_remove()
        if self._task is not None:
            self._task.cancel()
        if self._steps is not None:
            self.hass.async_create_task(async_end_steps(self._steps))
