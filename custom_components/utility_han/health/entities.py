"""How something is and why, what was last diagnosed, and which cases are open."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.sensor import SensorDeviceClass, SensorEntity, SensorEntityDescription
from homeassistant.const import EntityCategory

from ..hub.coordinator import GatewayCoordinator
from ..procedures.health import HealthState
from ..procedures.verdict import Verdict
from .entity import HealthEntity
from .manager import HealthManager
from .store import Condition
from .subjects import Watched


@dataclass(frozen=True, kw_only=True)
class ConditionSensorDescription(SensorEntityDescription):
    """A sensor of a condition."""

    value: Callable[[HealthManager, Condition], str | int | None]
    attributes: Callable[[HealthManager, Condition], Mapping[str, Any]]


def _health_attributes(_manager: HealthManager, condition: Condition) -> dict[str, Any]:
    health = condition.health
    return {
        "reason": health.reason and health.reason.value,
        "since": health.since.isoformat() if health.since else None,
    }


def _diagnosis_attributes(_manager: HealthManager, condition: Condition) -> dict[str, Any]:
    diagnosis = condition.diagnosis or {}
    found = {name: diagnosis.get(name) for name in ("reason", "next", "at")}
    return found | {"case": condition.case and condition.case["id"]}


def _cases(manager: HealthManager, _condition: Condition) -> dict[str, Any]:
    return {"cases": [{"device": watched.title, **case} for watched, case in manager.open_cases()]}


OF_EACH = (
    ConditionSensorDescription(
        key="health",
        translation_key="health",
        device_class=SensorDeviceClass.ENUM,
        options=[state.value for state in HealthState],
        value=lambda _manager, condition: condition.health.state.value,
        attributes=_health_attributes,
    ),
    ConditionSensorDescription(
        key="last_diagnosis",
        translation_key="last_diagnosis",
        device_class=SensorDeviceClass.ENUM,
        entity_category=EntityCategory.DIAGNOSTIC,
        options=[verdict.value for verdict in Verdict],
        value=lambda _manager, condition: (condition.diagnosis or {}).get("verdict"),
        attributes=_diagnosis_attributes,
    ),
)
OF_GATEWAY = ConditionSensorDescription(
    key="open_cases",
    translation_key="open_cases",
    entity_category=EntityCategory.DIAGNOSTIC,
    value=lambda manager, _condition: sum(1 for _ in manager.open_cases()),
    attributes=_cases,
)


def health_sensors(coordinator: GatewayCoordinator, watched: Watched) -> Iterator[ConditionSensor]:
    """Return the sensors of a subject."""
    descriptions = (*OF_EACH, OF_GATEWAY) if watched.subentry_id is None else OF_EACH
    return (ConditionSensor(coordinator, watched, description) for description in descriptions)


class ConditionSensor(HealthEntity, SensorEntity):
    """A sensor of a subject's condition."""

    entity_description: ConditionSensorDescription

    @property
    @override
    def native_value(self) -> str | int | None:
        return self.entity_description.value(self.health, self.condition)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        return self.entity_description.attributes(self.health, self.condition)
