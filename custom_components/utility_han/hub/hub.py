"""What a loaded config entry holds: the gateway as it is polled and shown, and the managers of the rooms above."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..const import CONF_GATEWAY_LFDI, CONF_STATE
from ..esi import Message
from ..gateway import DeviceState, Gateway, Identity, Register
from ..procedures import Step
from . import meter_notices, notices
from .answers import EventAnswers
from .background.prompted import REST, Prompted
from .background.rounds import Rounds
from .descriptions import Shown
from .gateway_subject import GatewaySubject
from .history import OutageFiller
from .link_record import LinkRecord
from .messages import messages_to_keep, not_told_yet
from .poll.coordinator import GatewayCoordinator
from .poll.parts import Messages
from .prices.priced import PricedSubject
from .prices.tiers import telling_apart, tier_names
from .telling.notifications import async_notify

_MESSAGES_EVERY = timedelta(minutes=5)
_MOST_SEEN = 100
"""Messages that are remembered as told."""


class Hub:
    """A home's gateway, or of a home without one the way to its utility alone.

    Each room above has one manager, which is added when the hub is set up and found again by its class: so the hub
    need not know the rooms above it, and who asks for one gets it in its own type.
    """

    def __init__(
        self, hass: HomeAssistant, coordinator: GatewayCoordinator, identity: Identity | None, link: LinkRecord
    ) -> None:
        """``identity`` is None over Zigbee, where the radio has its own."""
        self._hass = hass
        self.entry = coordinator.config_entry
        self.coordinator = coordinator
        self.identity = identity
        self.link = link
        self.registers: Sequence[Register] = coordinator.meter.registers
        self.subject = GatewaySubject(coordinator, identity)
        self.tariff = PricedSubject(hass, self.subject)
        """What the gateway tells of prices."""
        self.shown: Sequence[Shown[Any]] = ()
        """What each room shows, set before the platforms are."""
        self._managers: dict[type, object] = {}
        self.answers = EventAnswers(hass, self.subject, self.tariff, link, self.rounds)
        self._outages = OutageFiller(
            hass, self.entry, coordinator.meter, link, coordinator.poll_interval, coordinator.rounds
        )
        self._messages = Messages(
            coordinator.gateway, coordinator.data, _MESSAGES_EVERY, coordinator.offers, self._messages_read
        )
        coordinator.parts.append(self._messages)
        coordinator.data.messages = messages_to_keep(link.messages, dt_util.utcnow())
        self._read_soon = Prompted(
            hass,
            self.entry,
            coordinator.rounds,
            "reading messages",
            coordinator.async_refresh,
            rest=REST,
            longest=None,
        )
        coordinator.gateway.watch_messages(self._message_pushed)
        coordinator.polled.add(self._polled)
        self.entry.async_on_unload(self.tariff.async_stop)
        coordinator.commissioned.add(self._commissioned)

    @property
    def gateway(self) -> Gateway:
        """The client of the gateway."""
        return self.coordinator.gateway

    @property
    def has_meter(self) -> bool:
        """Whether there is a gateway: nothing of it is shown, asked or unhealthy where there is none."""
        return self.coordinator.has_gateway

    @property
    def rounds(self) -> Rounds:
        """What goes on in the background."""
        return self.coordinator.rounds

    @property
    def without_registers(self) -> bool:
        """Whether the gateway gave nothing to read when Home Assistant was commissioned on it."""
        return self.coordinator.commissioning.run.found(Step.IP_7).get("registers") == 0

    def add_manager[T](self, manager: T) -> T:
        """Keep the manager of a room, and return it."""
        self._managers[type(manager)] = manager
        return manager

    def manager[T](self, of: type[T]) -> T:
        """Return the manager of a room; ``KeyError`` before it was added."""
        manager = self._managers[of]
        if not isinstance(manager, of):
            raise KeyError(of)
        return manager

    async def async_discover_registers(self) -> None:
        """Poll for the first time a gateway whose registers are not known, and keep what was found."""
        await self.coordinator.async_config_entry_first_refresh()
        self.registers = self.coordinator.meter.registers
        await self.link.async_save()

    @property
    def prices_to_come(self) -> bool:
        """Whether the gateway has a tariff that was not read yet."""
        data = self.coordinator.data
        return self.coordinator.offers("pricing") and not data.prices_read and not self.tariff.prices

    async def async_read_prices(self) -> None:
        """Have them read now; the very first poll reads what is shown, and leaves them to the next."""
        for _ in range(2):
            if self.prices_to_come:
                await self.coordinator.async_refresh()
            if not self.coordinator.last_update_success:
                break  # it is away

    @callback
    def async_start(self) -> None:
        """Go on with the messages that were known before."""
        self.answers.async_messages(self.coordinator.data.messages)

    async def async_shutdown(self) -> None:
        """Keep what the next start needs."""
        await self.link.async_save()

    @callback
    def _polled(self, succeeded: bool) -> None:
        if succeeded:
            self._outages.async_polled(self.coordinator.data.values)
            self._take_prices()
            if self.coordinator.data.prices is not None:
                self.answers.async_prices(self.coordinator.data.prices.answers)
            self.answers.async_send()
            self.link.async_take(self.coordinator.data.values)
            self._show_other_registers()
            self._show_other_tiers()
        else:
            self.link.async_take({})
        notices.async_update(self._hass, self.coordinator, self.identity)
        meter_notices.async_update(self._hass, self.entry, self.link.guard)

    def _take_prices(self) -> None:
        """Take the prices that were read; none where the gateway is known to have no tariff."""
        data = self.coordinator.data
        if data.prices_read or (data.configuration is not None and not self.coordinator.offers("pricing")):
            self.tariff.async_take(data.prices)

    @callback
    def _show_other_registers(self) -> None:
        """Load the hub anew where the gateway's registers are others by now: firmware updates move and add some."""
        if (registers := self.coordinator.meter.registers) == self.registers:
            return
        found = {register.key for register in registers}
        if self.shown and found and found != {register.key for register in self.registers}:
            self._hass.config_entries.async_schedule_reload(self.entry.entry_id)

    @callback
    def _show_other_tiers(self) -> None:
        """Load the hub anew where the tariff's tiers have other names than were shown, or names at last."""
        prices = self.coordinator.data.prices
        told = tier_names(prices.prices if prices is not None else (), self.link.tiers)
        if told != self.link.tiers:
            before, self.link.tiers = self.link.tiers, told
            self.link.save_later()
            shown_otherwise = telling_apart(told) != telling_apart(before)
            if self.shown and shown_otherwise and any(register.tier is not None for register in self.registers):
                self._hass.config_entries.async_schedule_reload(self.entry.entry_id)

    @callback
    def _message_pushed(self) -> None:
        """Read the messages now, and once more those that come meanwhile."""
        self._messages.read_anew()
        self._read_soon.async_prompt()

    @callback
    def _messages_read(self, messages: Sequence[Message]) -> None:
        """Tell the messages that were not told yet, also not before a restart."""
        for happened in not_told_yet(messages, self.link.seen_messages):
            self.subject.async_tell(happened)
        self.answers.async_messages(messages)
        if messages:
            # Those of a program that cannot be read now will be there again.
            seen = dict.fromkeys([*(message.id for message in messages), *self.link.seen_messages])
            self.link.seen_messages = list(seen)[:_MOST_SEEN]
        if (kept := messages_to_keep(messages, dt_util.utcnow())) != self.link.messages:
            self.link.messages = kept
            self.link.save_later()

    @callback
    def _commissioned(self) -> None:
        self.rounds.begin("what follows commissioning", self._async_commissioned, waited_for=True)

    async def _async_commissioned(self) -> None:
        """Load the hub anew, as one that is commissioned."""
        await self.link.async_save()
        await async_notify(self._hass, self.entry, "commissioned")
        lfdi = self.gateway.expected_lfdi or self.entry.data[CONF_GATEWAY_LFDI]
        data = {**self.entry.data, CONF_STATE: DeviceState.COMMISSIONED.value, CONF_GATEWAY_LFDI: lfdi}
        self._hass.config_entries.async_update_entry(self.entry, data=data)
        self._hass.config_entries.async_schedule_reload(self.entry.entry_id)


type UtilityHanConfigEntry = ConfigEntry[Hub]
