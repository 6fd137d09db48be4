"""What all pages of a device's dialog share: what was answered so far, and the doors from page to page."""

from collections.abc import Mapping, Sequence
from typing import Any

from homeassistant.config_entries import SubentryFlowResult

from ...account.manager import AccountManager
from ...const import CONF_BY_UTILITY
from ...hub.flow.stepping import Stepping
from ...hub.flow.subentry import HubSubentryFlow
from ...hub.transport import RADIOS, transport_of
from ...utility import CompatibleDevice, Feature, Utility
from ..manager import Registrar
from ..store import Record, Registrations


class DeviceDialog(Stepping, HubSubentryFlow):
    """A dialog about one device; the pages are classes side by side, which meet here.

    What was answered so far is in ``data`` and, as a draft, in the store, so that nothing typed is lost.
    """

    data: dict[str, Any]
    whole: dict[str, Any] | None = None
    """The answers of all devices, while ``data`` has those of one of several."""
    record: Record
    """The device's, once its registration has ``begun``."""
    begun: bool = False
    unasked: bool = False
    """Whether all that commissioning takes was given without asking: Home Assistant speaks for the device."""
    _known_models: Mapping[str, Sequence[CompatibleDevice]] = {}
    """What the utility said it supports, by kind."""
    registrations: Registrations | None = None
    """Where that is kept; the hub may be loaded anew while the dialog ends."""

    @property
    def registrar(self) -> Registrar:
        """The hub's devices."""
        return self.hub.manager(Registrar)

    @property
    def account(self) -> AccountManager:
        """The hub's account at the utility."""
        return self.registrar.account

    @property
    def utility(self) -> Utility:
        """The way to the utility."""
        return self.account.utility

    @property
    def over_zigbee(self) -> bool:
        """Whether devices are on a Zigbee network here."""
        return transport_of(self.entry.data) in RADIOS

    @property
    def by_utility(self) -> bool:
        """Whether the device is known to the utility alone, which sends its controls: no gateway is to list it."""
        if self.begun:
            return bool(self.record.data.get(CONF_BY_UTILITY))
        return self.utility.offers(Feature.REGISTRATION, Feature.CONTROLS)

    def take_record(self, record: Record) -> None:
        """Go on with a device whose registration has begun."""
        self.record, self.begun = record, True

    async def async_registrations(self) -> Registrations:
        """Return what is kept of the hub's devices."""
        self.registrations = await Registrations.async_get(self.hass, self.entry.entry_id)
        return self.registrations

    async def async_models(self, kind: str) -> Sequence[CompatibleDevice]:
        """Return what the utility supports of a kind (UR-1); nothing where it keeps no list.

        :raises UtilityError: where it cannot be had.
        """
        if not self.utility.offers(Feature.MODELS):
            return ()
        if kind not in self._known_models:
            self._known_models = {**self._known_models, kind: await self.utility.compatible_devices(kind)}
        return self._known_models[kind]

    async def async_keep_draft(self) -> None:
        """Keep what was typed until the device is registered."""
        registrations = await self.async_registrations()
        registrations.draft = self.whole or self.data
        await registrations.async_save()

    async def async_prepare(self) -> None:
        """Get what the page after commissioning shows.

        Progress ends for Home Assistant and for the frontend at once, and both ask for that page: it must not wait.
        """

    # The doors from page to page

    async def async_step_kind(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Go on to a device that Home Assistant does not control (UR-1)."""
        raise NotImplementedError

    async def async_step_several(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Go on to several devices in one go."""
        raise NotImplementedError

    async def async_step_method(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Go on to how the gateway comes to know the device (IP-5)."""
        raise NotImplementedError

    async def async_commissioned(self) -> SubentryFlowResult:
        """Go on with a device that the gateway lists."""
        raise NotImplementedError

    async def async_finish(self, said: str) -> SubentryFlowResult:
        """Show the device in Home Assistant; its last page says what is ``said`` (``create_entry``)."""
        raise NotImplementedError
