"""What the dialogs of all subentries need of their hub."""

from homeassistant.config_entries import ConfigEntryState, ConfigSubentryFlow

from ..hub import Hub, UtilityHanConfigEntry


class HubSubentryFlow(ConfigSubentryFlow):
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
