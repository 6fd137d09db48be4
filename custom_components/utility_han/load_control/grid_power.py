"""What the premise draws from the grid where no meter of the hub tells it: by the sensors of the energy dashboard."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from homeassistant.const import UnitOfPower
from homeassistant.core import CALLBACK_TYPE, Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers.event import async_track_state_change_event, async_track_time_interval
from homeassistant.util.unit_conversion import PowerConverter

from ..devices.energy_dashboard import async_grids
from ..devices.linked_entity import value_in
from .premise import Premise

_EVERY = timedelta(seconds=15)
"""How often sensors are asked while there is a limit: they tell of changes only."""


class GridPower:
    """Tells the premise what its person chose in the energy dashboard as the power of the grid."""

    def __init__(self, hass: HomeAssistant, premise: Premise) -> None:
        """``premise`` asks here what it draws; nothing is followed yet."""
        self._hass = hass
        self._premise = premise
        self._sensors: Sequence[str] = ()
        self._cancels: list[CALLBACK_TYPE] = []
        premise.grid = self.watts

    async def async_look(self) -> None:
        """Follow the sensors that are chosen now."""
        sensors = await self._chosen()
        if sensors != self._sensors:
            self.async_stop()
            self._sensors = sensors
            if sensors:
                self._cancels = [
                    async_track_state_change_event(self._hass, sensors, self._changed),
                    async_track_time_interval(self._hass, self._look_again, _EVERY, cancel_on_shutdown=True),
                ]
        self._tell()

    @callback
    def async_stop(self) -> None:
        """Follow nothing."""
        while self._cancels:
            self._cancels.pop()()

    async def _chosen(self) -> Sequence[str]:
        """Return the sensors of the grid's power; positive is what comes from there (``GridSourceType.stat_rate``)."""
        grids = await async_grids(self._hass)
        return [grid["stat_rate"] for grid in grids if "stat_rate" in grid]

    @callback
    def _changed(self, _event: Event[EventStateChangedData]) -> None:
        self._tell()

    @callback
    def _look_again(self, _now: datetime) -> None:
        """Tell what has not changed: above a limit, what was done so far was not enough."""
        if self._premise.limited:
            self._tell()

    @callback
    def _tell(self) -> None:
        self._premise.async_measured(self.watts())

    @callback
    def watts(self) -> float | None:
        """Return the sum of all sensors, None where one of them says nothing, or there is none."""
        watts = [value_in(self._hass, sensor, PowerConverter, UnitOfPower.WATT) for sensor in self._sensors]
        known = [each for each in watts if each is not None]
        return sum(known) if known and len(known) == len(watts) else None
