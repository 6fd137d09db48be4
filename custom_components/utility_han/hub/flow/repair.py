"""What the fix flows of a hub's repair notices share."""

from typing import Any, ClassVar

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntryState
from homeassistant.data_entry_flow import AbortFlow

from ..hub import Hub, UtilityHanConfigEntry
from .progress import ProgressPages


class HubRepairFlow(ProgressPages[RepairsFlowResult], RepairsFlow):
    """Something about a hub that may be gone by the time somebody looks at it."""

    unloaded_is: ClassVar[str]
    """The reason for which the flow ends where the hub is not loaded."""

    def __init__(self, entry: UtilityHanConfigEntry) -> None:
        """``entry`` is the hub's."""
        self.entry = entry

    @property
    def hub(self) -> Hub:
        """The hub, while it is loaded; the flow ends (``AbortFlow``) where it is not any more."""
        if not self.loaded:
            raise AbortFlow(self.unloaded_is)
        return self.entry.runtime_data

    @property
    def loaded(self) -> bool:
        """Whether the hub can be spoken with."""
        return self.entry.state is ConfigEntryState.LOADED


class HubQuestionFlow(HubRepairFlow):
    """A question that only a person can answer."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Begin; what comes with it is the issue, and no answer."""
        return await self.async_step_ask()

    async def async_step_ask(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask, and do what follows from the answer."""
        raise NotImplementedError
