"""The fix flow of a notice that the utility wants to be acknowledged: who submits it has acknowledged it."""

from typing import override

from homeassistant.components.repairs import RepairsFlowResult
from homeassistant.helpers import issue_registry as ir

from ..hub import UtilityHanConfigEntry
from .repair import HubQuestionFlow


class AcknowledgeFlow(HubQuestionFlow):
    """A message, or prices, that a person is to acknowledge."""

    unloaded_is = "not_loaded"

    def __init__(self, entry: UtilityHanConfigEntry, subject: str) -> None:
        """``subject`` is the message's mRID, or what all prices go by."""
        super().__init__(entry)
        self.subject = subject

    @override
    async def async_step_ask(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Show it once more, and tell the utility."""
        if not self.loaded:
            return self.async_abort(reason=self.unloaded_is)
        if user_input is None:
            issue = ir.async_get(self.hass).async_get_issue(self.handler, self.issue_id)
            placeholders = issue.translation_placeholders if issue is not None else None
            return self.async_show_form(step_id="ask", description_placeholders=placeholders)
        self.hub.answers.async_acknowledge(self.subject)
        return self.async_create_entry(data={})
