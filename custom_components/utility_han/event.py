"""Messages that the utility sends through the gateway, as events."""

from typing import override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .gateway.model import DeviceState, Priority
from .health.event import HEALTH, HealthEventEntity
from .hub.coordinator import UtilityHanConfigEntry
from .hub.entity import GatewayEntity, HanDeviceEntity
from .load_control.entity import controlled_devices
from .load_control.event import CONTROL, ControlEvent

PARALLEL_UPDATES = 0

MESSAGE = EventEntityDescription(
    key="message", translation_key="message", event_types=[priority.value for priority in Priority]
)


REGISTRATION = EventEntityDescription(
    key="registration", translation_key="registration", event_types=[state.value for state in DeviceState]
)


async def async_setup_entry(
    hass: HomeAssistant, entry: UtilityHanConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the event entity, where the gateway has messages at all."""
    coordinator = entry.runtime_data.coordinator
    if coordinator.offers("messaging"):
        async_add_entities([MessageEvent(coordinator, MESSAGE)])
    for watched in entry.runtime_data.health.subjects.all():
        async_add_entities([HealthEventEntity(coordinator, watched, HEALTH)], config_subentry_id=watched.subentry_id)
    for device in entry.runtime_data.devices.values():
        async_add_entities(
            [RegistrationEvent(coordinator, device, REGISTRATION)], config_subentry_id=device.subentry_id
        )
    for device in controlled_devices(coordinator):
        async_add_entities([ControlEvent(coordinator, device, CONTROL)], config_subentry_id=device.subentry_id)


class MessageEvent(GatewayEntity, EventEntity):
    """The last message: its priority is the type of the event, its text an attribute.

    Each message is told once, also over restarts.
    """

    @property
    @override
    def available(self) -> bool:
        return True

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        seen = self.coordinator.seen_messages
        messages = self.coordinator.data.messages
        for message in messages:
            if message.id in seen:
                continue
            self._trigger_event(
                message.priority,
                {
                    "text": message.text,
                    "originator": message.originator,
                    "start": message.start.isoformat(),
                    "end": message.end.isoformat(),
                },
            )
            self.async_write_ha_state()
        if messages:
            self.coordinator.seen_messages = [message.id for message in messages]


class RegistrationEvent(HanDeviceEntity, EventEntity):
    """How a device's registration went on; the type of the event is what the device has become."""

    @property
    @override
    def available(self) -> bool:
        return True

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self._known = self.device.state

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        if self.device.state is not self._known:
            self._known = self.device.state
            self._trigger_event(self._known.value)
            self.async_write_ha_state()
