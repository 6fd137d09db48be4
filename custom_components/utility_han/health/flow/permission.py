"""The fix flow of what the utility asks to diagnose: a person allows it, and sees it done (RD-5a)."""

from collections.abc import AsyncGenerator
from typing import Any, override

import probatio
from homeassistant.components.repairs import RepairsFlowResult
from homeassistant.helpers.selector import SelectSelector, SelectSelectorConfig, SelectSelectorMode

from ...const import LOGGER
from ...hub.flow.progress import shows_progress
from ...hub.flow.repair import HubQuestionFlow
from ...hub.hub import UtilityHanConfigEntry
from ...hub.telling.texts import plain
from ...procedures import Step, StepResult
from ...utility import UtilityError
from ..requests import UtilityRequests
from .steps import StepsFlow

CONF_PERMISSION = "permission"
_PERMISSIONS = ("once", "always", "never")


class DiagnosticsRequestedFlow(StepsFlow, HubQuestionFlow):
    """The utility wants to diagnose: allowed once, always, or not."""

    def __init__(self, entry: UtilityHanConfigEntry, request_id: str) -> None:
        """``request_id`` is the request's at the utility."""
        super().__init__(entry)
        self.request_id = request_id
        self._errors: dict[str, str] = {}

    @property
    def _requests(self) -> UtilityRequests:
        return self.hub.manager(UtilityRequests)

    @override
    async def async_step_ask(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Ask; what is not allowed is told at once."""
        if not self.loaded:
            return self.async_abort(reason="gone")
        errors, self._errors = self._errors, {}
        if user_input is not None and CONF_PERMISSION not in user_input:
            errors = {CONF_PERMISSION: "nothing_chosen"}
        elif user_input is not None:
            permission = user_input[CONF_PERMISSION]
            if permission == "always":
                self.health.conditions.always_allowed = True
                await self.health.conditions.async_save()
            if permission != "never":
                return await self.async_step_diagnose()
            try:
                await self._requests.async_deny(self.request_id)
            except UtilityError as err:
                errors = self._not_told(err, "not_answered")
            else:
                return self.async_create_entry(data={})
        selector = SelectSelector(
            SelectSelectorConfig(
                options=list(_PERMISSIONS), translation_key=CONF_PERMISSION, mode=SelectSelectorMode.LIST
            )
        )
        # The frontend would allow it by itself if the field were required: it chooses what comes first.
        return self.async_show_form(
            step_id="ask", data_schema=probatio.Schema({probatio.Optional(CONF_PERMISSION): selector}), errors=errors
        )

    @override
    def _take(self) -> AsyncGenerator[StepResult]:
        return self._requests.async_diagnosis_steps(self.request_id)

    @shows_progress
    async def async_step_diagnose(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Tell the utility that it may, diagnose, and return what was found."""
        if not self.loaded:
            return self.async_show_progress_done(next_step_id="ask")
        try:
            page = await self._async_walk("diagnose", Step.RD_3, {"title": plain(self.entry.title)})
        except UtilityError as err:
            if self._requests.keeps_result(self.request_id):
                self._errors = self._not_told(err, "not_returned")
                return self.async_show_progress_done(next_step_id="not_returned")
            self._errors = self._not_told(err, "not_answered")
            return self.async_show_progress_done(next_step_id="ask")
        return page or self.async_show_progress_done(next_step_id="returned")

    def _not_told(self, err: UtilityError, error: str) -> dict[str, str]:
        LOGGER.warning("%s: diagnosis %s: the utility was not told: %s", self.entry.title, self.request_id, err)
        return {"base": error}

    async def async_step_not_returned(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """The result is there, and the utility does not have it yet: it is sent again, and nothing diagnosed."""
        if not self.loaded:
            return self.async_abort(reason="gone")
        if user_input is not None:
            return await self.async_step_diagnose()
        errors, self._errors = self._errors, {}
        return self.async_show_form(step_id="not_returned", data_schema=probatio.Schema({}), errors=errors)

    async def async_step_returned(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """The utility has the result."""
        if user_input is not None:
            return self.async_create_entry(data={})
        return self.async_show_form(
            step_id="returned",
            data_schema=probatio.Schema({}),
            description_placeholders={"title": plain(self.entry.title)},
            last_step=True,
        )
