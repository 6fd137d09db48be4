"""Gathers what is known of devices and premise for a report: sensors, states, controls, a vehicle's battery."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, State
from homeassistant.util import dt as dt_util

from ..devices.device import HanDevice
from ..devices.linked_entity import value_in
from ..load_control.manager import LoadControlManager
from ..procedures import baseline_since
from ..utility import ReportInterval, WantedReport
from .recorded import ENERGY, POWER, READINGS, Quantity, async_recorded_values, async_states, state_at
from .sensors import async_sensor_of_device, async_sensor_of_premise
from .standings import Standings
from .values import Known, ReportKind, Storage

_NOW = {"power": "drawn", "read": "now"}
"""Where in ``Known`` it is kept what the sensor shows now, by where its statistics are."""


@dataclass(frozen=True, slots=True)
class StorageSource:
    """The entities of a vehicle that is charged at a device, and how much it holds (kWh) and takes there (kW)."""

    battery: str | None
    plug: str | None
    plugged: Callable[[State | None], bool | None]
    """What a state of ``plug`` says."""
    capacity: float | None
    max_power: float | None


class ReportFacts:
    """What is known of the devices of one hub."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, controls: LoadControlManager, standings: Standings
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._controls = controls
        self._standings = standings
        self.storage_of: Callable[[HanDevice], StorageSource | None] = lambda _: None
        """Told by who knows vehicles."""

    async def async_of_device(self, device: HanDevice | None, wanted: WantedReport, kind: ReportKind) -> Known:
        """Return what is known of a device; nothing of one that is linked to no entity here."""
        known = self._nothing(wanted)
        if device is None or not device.control:
            return known
        entity_id: str = device.control["entity_id"]
        since, until = _around(wanted.intervals, kind)
        known = replace(
            known,
            states=await self._states(entity_id, since, until) if kind.entity else (),
            standing=partial(self._standings.at, device.lfdi),
            controlled=self._controlled(device),
            storage=await self._storage(device, since, until) if kind.storage else None,
        )
        return await self._measured(known, wanted, kind, partial(async_sensor_of_device, self._hass, entity_id))

    async def async_of_premise(self, wanted: WantedReport, kind: ReportKind) -> Known:
        """Return what is known of the premise as a whole."""
        sensor = partial(async_sensor_of_premise, self._hass, self._entry)
        return await self._measured(self._nothing(wanted), wanted, kind, sensor)

    def _nothing(self, wanted: WantedReport) -> Known:
        config = self._hass.config
        return Known(wanted.unit, wanted.reading, config.units.temperature_unit, dt_util.get_default_time_zone())

    async def _measured(
        self,
        known: Known,
        wanted: WantedReport,
        kind: ReportKind,
        sensor: Callable[[SensorDeviceClass], Awaitable[str | None]],
    ) -> Known:
        """Return what is known with what ``sensor`` of each kind says."""
        since, until = _around(wanted.intervals, kind)
        quantities = {"energy": ENERGY, "power": POWER}
        if wanted.unit in READINGS:
            quantities["read"] = READINGS[wanted.unit]
        for name in kind.sensors:
            quantity = quantities[name]
            measures = await sensor(quantity.of)
            found: dict[str, Any] = {
                name: await async_recorded_values(self._hass, measures, quantity, since, until),
                **({_NOW[name]: self._shows(measures, quantity)} if name in _NOW else {}),
            }
            known = replace(known, **found)
        return known

    def _shows(self, sensor: str | None, quantity: Quantity) -> float | None:
        """Return what a sensor shows now, in the unit of what is asked for."""
        return value_in(self._hass, sensor, quantity.converter, quantity.unit) if sensor is not None else None

    def _controlled(self, device: HanDevice) -> Callable[[datetime, datetime], bool]:
        """Return what says whether a device did what a control asked for at any time between two."""
        records = [*self._controls.history(device), *filter(None, [self._controls.active(device)])]
        times = [(each.start, each.end) for each in records if each.acted]
        return lambda since, until: any(start < until and since < end for start, end in times)

    async def _storage(self, device: HanDevice, since: datetime, until: datetime) -> Storage | None:
        if (source := self.storage_of(device)) is None:
            return None
        plug = await self._states(source.plug, since, until)
        return Storage(
            level=await self._states(source.battery, since, until),
            there=lambda time: source.plugged(state_at(plug, time)),
            capacity=source.capacity,
            max_power=source.max_power,
        )

    async def _states(self, entity_id: str | None, since: datetime, until: datetime) -> list[State]:
        present = self._hass.states.get(entity_id) if entity_id is not None else None
        return [*await async_states(self._hass, entity_id, since, until), *filter(None, [present])]


def _around(intervals: Sequence[ReportInterval], kind: ReportKind) -> tuple[datetime, datetime]:
    """Return the time that is looked at for intervals."""
    since, until = min(each.start for each in intervals), max(each.end for each in intervals)
    return baseline_since(since) if kind.before else since, until
