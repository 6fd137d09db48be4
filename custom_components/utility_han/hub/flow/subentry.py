"""What the dialogs of all subentries need of their hub."""

import asyncio
import contextlib

from homeassistant.config_entries import ConfigEntryState, ConfigSubentryFlow, SubentryFlowResult

from ..hub import Hub, UtilityHanConfigEntry
from .progress import ProgressPages

_LOADING = 30.0
"""Seconds that a hub may take to be loaded anew, as it is after each dialog that changed something about it."""


class HubSubentryFlow(ProgressPages[SubentryFlowResult], ConfigSubentryFlow):
    """A dialog about something behind a gateway."""

    @property
    def entry(self) -> UtilityHanConfigEntry:
        """The hub's config entry."""
        entry: UtilityHanConfigEntry = self._get_entry()
        return entry

    @property
    def hub(self) -> Hub:
        """The hub, while it is loaded."""
        return self.entry.runtime_data

    @property
    def hub_is_ready(self) -> bool:
        """Whether the hub is set up, which everything else here needs."""
        return self.entry.state is ConfigEntryState.LOADED

    async def async_hub_is_ready(self) -> bool:
        """Whether the hub is set up; one that is just being loaded is waited for, for a while."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LOADING), self.entry.setup_lock:
                pass
        return self.hub_is_ready
