"""What the flows of all subentries need of their hub."""

from homeassistant.config_entries import ConfigEntryState, ConfigSubentryFlow

from ...devices.manager import Registrar
from ..coordinator import UtilityHanConfigEntry


class HubSubentryFlow(ConfigSubentryFlow):
    """A dialog about something behind a gateway."""

    @property
    def entry(self) -> UtilityHanConfigEntry:
        """The hub."""
        entry: UtilityHanConfigEntry = self._get_entry()
        return entry

    @property
    def registrar(self) -> Registrar:
        """The hub's way to the utility."""
        return self.entry.runtime_data.registrar

    @property
    def hub_is_ready(self) -> bool:
        """Whether the hub is set up, which everything else here needs."""
        return self.entry.state is ConfigEntryState.LOADED
