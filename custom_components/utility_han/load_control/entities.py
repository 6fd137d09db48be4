"""The load control that a device is in now, and the next."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, override

from homeassistant.components.sensor import SensorDeviceClass, SensorEntity, SensorEntityDescription

from ..devices.device import HanDevice
from ..procedures.control_record import ControlRecord
from ..procedures.control_validity import asked
from .entity import ControlEntity
from .manager import LoadControlManager
from .words import ASKED_WORDS, what_is_asked

_NOTHING = "none"


@dataclass(frozen=True, kw_only=True)
class ControlSensorDescription(SensorEntityDescription):
    """A sensor of one control of a device."""

    record: Callable[[LoadControlManager, HanDevice], ControlRecord | None]
    value: Callable[[LoadControlManager, ControlRecord | None], str | datetime | None]


CONTROL_SENSORS = (
    ControlSensorDescription(
        key="active_event",
        translation_key="active_event",
        device_class=SensorDeviceClass.ENUM,
        options=[_NOTHING, *ASKED_WORDS],
        record=lambda controls, device: controls.active(device),
        value=lambda _, record: what_is_asked(record.control) if record else _NOTHING,
    ),
    ControlSensorDescription(
        key="next_event",
        translation_key="next_event",
        device_class=SensorDeviceClass.TIMESTAMP,
        record=lambda controls, device: next(iter(controls.upcoming(device)), None),
        value=lambda controls, record: controls.ours(record.start) if record else None,
    ),
)


class ControlSensor(ControlEntity, SensorEntity):
    """One control of a device: ``what`` is asked (°C, percent), from when to when, whether it can be opted out of."""

    entity_description: ControlSensorDescription

    @property
    def _record(self) -> ControlRecord | None:
        return self.entity_description.record(self.controls, self.device)

    @property
    @override
    def native_value(self) -> str | datetime | None:
        return self.entity_description.value(self.controls, self._record)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        if (record := self._record) is None:
            return None
        return {
            "control": record.control.id,
            "start": self.controls.ours(record.start).isoformat(),
            "end": self.controls.ours(record.end).isoformat(),
            "mandatory": record.control.mandatory,
            "participating": record.out is None,
            "what": asked(record.control),
        }
