"""Triggers of health, for automations that react to what becomes of devices."""

from typing import override

from homeassistant.components.event import DOMAIN as EVENT_DOMAIN
from homeassistant.components.event import EventEntityStateAttribute
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.trigger import NotTriggeredReasonReporter, StatelessEntityTriggerBase, Trigger

from .health.automation import entities_of_health
from .health.manager import HEALTH
from .procedures import HealthEvent


class HealthTrigger(StatelessEntityTriggerBase):
    """Something was told by the health event of a gateway, a HAN device or a vehicle."""

    _domain_specs = {EVENT_DOMAIN: DomainSpec()}  # noqa: RUF012 - as the base class has it
    _told: frozenset[str]

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        return entities_of_health(self._hass, super().entity_filter(entities), HEALTH)

    @override
    def is_valid_state(self, state: State, report_not_triggered: NotTriggeredReasonReporter) -> bool:
        return state.attributes.get(EventEntityStateAttribute.EVENT_TYPE) in self._told


def _trigger(*told: HealthEvent) -> type[Trigger]:
    class OneHealthTrigger(HealthTrigger):
        _told = frozenset(event.value for event in told)

    return OneHealthTrigger


TRIGGERS: dict[str, type[Trigger]] = {
    "device_failed": _trigger(HealthEvent.FAILED, HealthEvent.FAILING),
    "device_recovered": _trigger(HealthEvent.RECOVERED),
    "device_marginal": _trigger(HealthEvent.MARGINAL),
    "registration_lost": _trigger(HealthEvent.REGISTRATION_LOST),
    "control_missed": _trigger(HealthEvent.CONTROL_MISSED),
    "case_updated": _trigger(HealthEvent.CASE_UPDATED),
}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return the triggers."""
    return TRIGGERS
