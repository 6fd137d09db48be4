"""What happens to a device's load controls, as events."""

from typing import override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import callback

from ..procedures.load_control import Effect, Happening
from .entity import ControlEntity
from .words import what_is_asked

CONTROL = EventEntityDescription(
    key="control", translation_key="control", event_types=[happening.value for happening in Happening]
)


class ControlEvent(ControlEntity, EventEntity):
    """The last thing that happened to a control of the device; each is told once."""

    @callback
    @override
    def _controls_changed(self, effect: Effect | None) -> None:
        if effect is None:
            return
        self._trigger_event(
            effect.happening.value,
            {
                "control": effect.control.id,
                "what": what_is_asked(effect.control),
                "mandatory": effect.control.mandatory,
                "reason": effect.refusal and effect.refusal.value,
            },
        )
        self.async_write_ha_state()
