"""Fix flows of what only a person can say of the meter's registers."""

from typing import override

from homeassistant.components.repairs import RepairsFlowResult
from homeassistant.util import dt as dt_util

from .. import meter_notices
from ..hub import UtilityHanConfigEntry
from ..telling.texts import plain
from .repair import HubQuestionFlow

_ANSWERS = {meter_notices.DOUBTED: ["replaced", "same"], meter_notices.REBASED: ["right", "undo"]}


class MeterQuestionFlow(HubQuestionFlow):
    """Whether the meter is another one, or was set anew."""

    unloaded_is = "over"

    def __init__(self, entry: UtilityHanConfigEntry, question: str) -> None:
        """``question`` is the key of the notice."""
        super().__init__(entry)
        self.question = question

    @override
    async def async_step_ask(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Show what was read, and ask what it means."""
        guard = self.hub.link.guard
        if not meter_notices.asked_about(guard, self.question):
            return self.async_abort(reason="over")
        values = await meter_notices.async_values_asked_about(self.hass, self.entry, guard, self.question)
        return self.async_show_menu(
            step_id="ask",
            menu_options=_ANSWERS[self.question],
            description_placeholders={"title": plain(self.entry.title), "values": values},
        )

    async def async_step_replaced(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Go on counting with what the meter says now."""
        self.hub.link.guard.go_over(self.hub.link.guard.asks, dt_util.utcnow())
        # That is what the person said just now.
        return await self.async_step_right()

    async def async_step_same(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Wait until the meter's values follow again."""
        self.hub.link.guard.deny(self.hub.link.guard.asks)
        return await self._async_answered()

    async def async_step_right(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Keep what was done."""
        self.hub.link.guard.agree(self.hub.link.guard.rebased)
        return await self._async_answered()

    async def async_step_undo(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Go back to where the registers stood before."""
        self.hub.link.guard.undo(self.hub.link.guard.rebased)
        return await self._async_answered()

    async def _async_answered(self) -> RepairsFlowResult:
        await self.hub.link.async_save()
        await self.hub.coordinator.async_refresh()
        return self.async_create_entry(data={})
