"""What the dialogs of all subentries need of their hub."""

import asyncio
import contextlib
from collections.abc import Mapping

from homeassistant.config_entries import ConfigEntryState, ConfigSubentryFlow, SubentryFlowResult
from homeassistant.helpers.translation import async_get_translations

from ...const import DOMAIN
from ...procedures import CheckVerdict
from ..hub import Hub, UtilityHanConfigEntry
from ..words import filled
from .progress import ProgressPages
from .words import remark

_PAGES = "config_subentries"

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

    async def async_wrong(
        self, errors: Mapping[str, str], said: Mapping[str, str] | None = None, language: str | None = None
    ) -> str:
        """Return what is wrong, in lines for the beginning of a page whose text is longer than a screen.

        The frontend says it at the field only, out of sight below that text. ``said`` fills its places; the language
        is the home's where none is named. Empty where nothing is wrong.
        """
        texts = await async_get_translations(self.hass, language or self.hass.config.language, _PAGES, [DOMAIN])
        kind = f"component.{DOMAIN}.{_PAGES}.{self._subentry_type}.error"
        lines = (remark(texts[f"{kind}.{reason}"], CheckVerdict.FAILED) for reason in errors.values())
        return "".join(f"{filled(line, said or {})}\n\n" for line in lines)
