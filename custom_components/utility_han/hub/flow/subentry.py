"""What the dialogs of all subentries need of their hub."""

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Any, override

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntryState,
    ConfigSubentry,
    ConfigSubentryFlow,
    SubentryFlowResult,
    UnknownEntry,
    UnknownSubEntry,
)
from homeassistant.core import callback
from homeassistant.data_entry_flow import AbortFlow
from homeassistant.helpers.translation import async_get_translations

from ...const import DOMAIN
from ...procedures import CheckVerdict
from ..hub import Hub, UtilityHanConfigEntry
from ..telling.person import Person
from ..telling.words import filled
from .progress import ProgressPages
from .words import remark

_PAGES = "config_subentries"

_LOADING = 30.0
"""Seconds that a hub may take to be loaded anew, as it is after each dialog that changed something about it."""
_REMOVED = "removed_meanwhile"
"""Why a dialog ends that is about nothing any more."""


class HubSubentryFlow(ProgressPages[SubentryFlowResult], ConfigSubentryFlow):
    """A dialog about something behind a gateway.

    Home Assistant leaves it open where the hub is unloaded or removed, or what it changes is. Whoever asks for that
    here ends the dialog then (``AbortFlow``), and what was typed stays as it was kept.
    """

    @property
    def entry(self) -> UtilityHanConfigEntry:
        """The hub's config entry."""
        try:
            entry: UtilityHanConfigEntry = self._get_entry()
        except UnknownEntry as err:
            raise AbortFlow(_REMOVED) from err
        return entry

    @property
    def hub(self) -> Hub:
        """The hub, while it is loaded and has what the dialog changes."""
        if self.source == SOURCE_RECONFIGURE:
            self._get_reconfigure_subentry()
        if not self.hub_is_ready:
            raise AbortFlow("hub_not_ready")
        return self.entry.runtime_data

    @callback
    @override
    def _get_reconfigure_subentry(self) -> ConfigSubentry:
        try:
            return super()._get_reconfigure_subentry()
        except (UnknownEntry, UnknownSubEntry) as err:
            raise AbortFlow(_REMOVED) from err

    @property
    def is_removed(self) -> bool:
        """Whether the hub is gone for good: nothing is kept of it any more."""
        return self.hass.config_entries.async_get_entry(self._entry_id) is None

    @property
    def hub_is_ready(self) -> bool:
        """Whether the hub is set up, which everything else here needs."""
        return not self.is_removed and self.entry.state is ConfigEntryState.LOADED

    @callback
    @override
    def async_create_entry(self, **shown: Any) -> SubentryFlowResult:
        if self.is_removed:
            raise AbortFlow(_REMOVED)
        return super().async_create_entry(**shown)

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
        is that of who looks at it, where none is named. Empty where nothing is wrong.
        """
        language = language or (await Person.async_asking(self.hass)).language
        texts = await async_get_translations(self.hass, language, _PAGES, [DOMAIN])
        kind = f"component.{DOMAIN}.{_PAGES}.{self._subentry_type}.error"
        lines = (remark(texts[f"{kind}.{reason}"], CheckVerdict.FAILED) for reason in errors.values())
        return "".join(f"{filled(line, said or {})}\n\n" for line in lines)
