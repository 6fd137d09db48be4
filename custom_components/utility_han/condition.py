"""Conditions of health: whether gateways, HAN devices and vehicles are well."""

from typing import override

from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.condition import Condition, EntityStateConditionBase

from .health.automation import entities_of_health
from .procedures import HealthState


class HealthCondition(EntityStateConditionBase):
    """The health sensor of something shows one of some states."""

    _domain_specs = {SENSOR_DOMAIN: DomainSpec()}  # noqa: RUF012 - as the base class has it

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        return entities_of_health(self._hass, super().entity_filter(entities), "health")


def _condition(*states: HealthState) -> type[Condition]:
    class OneHealthCondition(HealthCondition):
        _states = {state.value for state in states}  # noqa: RUF012 - as the base class has it

    return OneHealthCondition


CONDITIONS: dict[str, type[Condition]] = {
    "is_healthy": _condition(HealthState.OK),
    "is_marginal": _condition(HealthState.MARGINAL),
    "is_failing": _condition(HealthState.FAILING, HealthState.FAILED),
}


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Condition]]:
    """Return the conditions."""
    return CONDITIONS
