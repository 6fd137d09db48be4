"""What all pages of a device's dialog share: what was answered so far, and the doors from page to page."""

from collections.abc import Mapping, Sequence, Set
from typing import Any

from homeassistant.config_entries import SubentryFlowResult
from homeassistant.const import CONF_ENTITY_ID
from homeassistant.data_entry_flow import AbortFlow

from ...account.manager import AccountManager
from ...const import CONF_BY_UTILITY, CONF_CONTROL, CONF_IDENTITY, CONF_LFDI, CONF_METHOD, CONF_SFDI
from ...hub.flow.stepping import Stepping
from ...hub.flow.subentry import HubSubentryFlow
from ...hub.flow.words import WordedPages
from ...hub.reach.transport import RADIOS, transport_of
from ...hub.telling.texts import plain
from ...utility import CompatibleDevice, Feature, Utility
from ..manager import Registrar
from ..store import Record, Registrations
from .forms import CONF_KEY, CONF_SEVERAL

_MADE = (CONF_IDENTITY, CONF_LFDI, CONF_SFDI, CONF_KEY, CONF_METHOD)
"""Of a device's answers: what was made for it, and how far it has come with that."""


def entity_of(answers: Mapping[str, Any]) -> str | None:
    """Return which entity a device is, None for one that follows the gateway by itself."""
    return (answers.get(CONF_CONTROL) or {}).get(CONF_ENTITY_ID)


class DeviceDialog(Stepping, WordedPages, HubSubentryFlow):
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

    def linked_elsewhere(self) -> set[str]:
        """Return the entities that are other devices of this hub already."""
        linked = (entity_of(each.data) for each in self.entry.subentries.values())
        return {entity_id for entity_id in linked if entity_id is not None} - {entity_of(self.data)}

    async def async_take_entities(self, entity_ids: Set[str]) -> dict[str, dict[str, Any]]:
        """Be the dialog in which these entities become devices; one that was left open with one of them is ended.

        Return by entity what earlier dialogs had made for it (:data:`_MADE`), by which the gateway may know it.
        ``AbortFlow`` where one is a device by now.
        """
        registrations = await self.async_registrations()
        for flow_id in registrations.take(entity_ids, self.flow_id):
            self.hass.config_entries.subentries.async_abort(flow_id)
        shown = [
            plain(record.title)
            for record in registrations.records.values()
            if not record.run.closing and entity_of(record.data) in entity_ids
        ]
        if shown:
            raise AbortFlow("device_is_shown", {"devices": ", ".join(shown)})
        draft = registrations.draft or {}
        return {
            entity_id: {key: answers[key] for key in _MADE if key in answers}
            for answers in draft.get(CONF_SEVERAL, [draft])
            if (entity_id := entity_of(answers)) is not None and entity_id in entity_ids
        }

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
