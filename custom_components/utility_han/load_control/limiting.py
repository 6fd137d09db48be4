"""Has the devices of a premise keep it at or under a limit, as far as each is told to by the controller."""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..const import LOGGER
from ..devices.device import HanDevice
from ..devices.linked_entity import number_of, watts_of
from ..devices.responses import CONF_IMPORTANCE, DEFAULT_IMPORTANCE, OF_LIMIT, WATTS
from ..devices.settings import VALUE, number
from ..esi import LoadControl
from ..procedures import (
    ASKS,
    ControlRecord,
    LimitedLoad,
    LimitState,
    PremiseLimit,
    asks_nothing,
    threshold_watts,
)
from .store import KeptControls

_LIMIT = "limit"
_READ_WITHIN = timedelta(minutes=6)
"""How long after a start the first reading of the premise may take: a meter's poll is five minutes at most."""


class Limiting:
    """What each device keeps to under the limit of the premise that is in force."""

    def __init__(self, hass: HomeAssistant, kept: KeptControls) -> None:
        """How devices stand is in ``kept``, so that a restart has none of them go up and down."""
        self._hass = hass
        self._kept = kept
        self._reading: tuple[datetime, timedelta, float] | None = None
        self._began = dt_util.utcnow()
        self._before: LimitState | None = None
        """How devices stood under the limit that has just given way to another."""

    def measured(self, watts: float, now: datetime, lasts: timedelta) -> None:
        """Take note of what the premise draws, and for how long that says something of it."""
        self._reading = now, lasts, watts

    def settle(self, control: LoadControl, devices: Iterable[HanDevice], now: datetime, *, anew: bool = False) -> bool:
        """Look at the last reading; return whether a device is to keep to another share now.

        ``anew`` is where there is another reading: one that was looked at says nothing more, but that it became stale.
        """
        # As far apart either way: the machine's clock may have been put back meanwhile.
        fresh = self._reading is not None and abs(now - self._reading[0]) < self._reading[1]
        state = self._kept.limits.get(control.id)
        if not anew and state is not None and state.measured is not None and (fresh or state.measured is False):
            return False
        if state is None:
            state = self._kept.limits[control.id] = self._taken_over()
        if state.measured and self._reading is None and abs(now - self._began) < _READ_WITHIN:
            return False  # they stand as they did before the start, which kept the limit
        if not fresh and state.measured is not False:
            LOGGER.warning(
                "Nothing tells what the premise draws: its limit is kept to by leaving half of it to what is not "
                "controlled. Have the power of the grid in the energy dashboard, or a meter that tells it"
            )
        reading = self._reading[-1] if fresh and self._reading is not None else None
        limit = PremiseLimit(state, threshold_watts(control) or 0.0)
        return limit.settle([self._load(device, state) for device in devices], reading, now.timestamp())

    def by_meter(self, control_id: str) -> bool | None:
        """Return whether a limit is kept by what is measured, None where there is none."""
        state = self._kept.limits.get(control_id)
        return state.measured if state is not None else None

    @property
    def unmeasured(self) -> bool:
        """Whether a limit is kept to without a reading of what the premise draws."""
        return any(state.measured is False for state in self._kept.limits.values())

    def keep_only(self, control_ids: Iterable[str]) -> None:
        """Forget limits that are over, once it is known whether another begins where they ended."""
        known = set(control_ids)
        over = [state for name, state in self._kept.limits.items() if name not in known]
        self._before = over[-1] if over else self._before
        self._kept.limits = {name: state for name, state in self._kept.limits.items() if name in known}

    def forget(self) -> None:
        """Have the next limit find devices as they are by themselves."""
        self._before = None

    def _taken_over(self) -> LimitState:
        """Return how devices stand that another limit has lowered until now."""
        before, self._before = self._before or next(reversed(self._kept.limits.values()), None), None
        if before is None:
            return LimitState()
        return replace(deepcopy(before), measured=None, changes=[], unsure=[])

    def as_asked(
        self, control_id: str, device: HanDevice, record: ControlRecord
    ) -> tuple[ControlRecord, Mapping[str, Any]]:
        """Return what the part of a device in a limit comes to, and the ``control`` of the device that responds so."""
        config = device.control or {}
        state = self._kept.limits.get(control_id) or LimitState()
        level = state.levels.get(device.lfdi, 1.0)
        if not _stepless(config):
            level = float(level >= 1)
        nothing_else: dict[str, Any] = dict.fromkeys(ASKS)
        part = replace(record.control, **nothing_else | {"load_adjustment": level * 100}, shift_forward=False)
        if config.get("response") == "duty_cycle":
            config = {**config, "response": "off"}  # in turns it would be above the limit in between
        return replace(record, control=part), {**config, OF_LIMIT: True}

    def within(
        self, control_id: str, device: HanDevice, record: ControlRecord, config: Mapping[str, Any]
    ) -> tuple[ControlRecord, Mapping[str, Any]]:
        """Return what a control comes to, or the part of its device in a limit where that asks for less load."""
        part, response = self.as_asked(control_id, device, record)
        share = part.control.load_adjustment
        return (record, config) if share is None or _share_of(record.control, config) <= share else (part, response)

    def _load(self, device: HanDevice, state: LimitState) -> LimitedLoad:
        config = device.control or {}
        entity_id = config["entity_id"]
        drawn = watts_of(self._hass, entity_id)
        importance = round(config.get(CONF_IMPORTANCE, DEFAULT_IMPORTANCE))
        if not _stepless(config):
            return LimitedLoad(device.lfdi, importance, False, drawn)
        job, limit = self._kept.jobs.get(device.lfdi), self._hass.states.get(entity_id)
        now = number_of(limit)
        before = number(job.before.get(VALUE)) if job is not None and job.entity_id == entity_id else now
        if limit is None or not before:
            return LimitedLoad(device.lfdi, importance, True, drawn)
        unit = WATTS.get(limit.attributes.get(ATTR_UNIT_OF_MEASUREMENT, ""))
        most = before * unit if unit else state.learned.get(device.lfdi)
        if most is None and drawn and now:
            most = drawn * before / now
        least = min((number(config.get(_LIMIT)) or 0.0) / before, 1.0)
        return LimitedLoad(device.lfdi, importance, True, drawn, most, least)


def _share_of(control: LoadControl, config: Mapping[str, Any]) -> float:
    """Return the percent of its load that a device keeps to by a control, as far as it is one of load."""
    percent = control.duty_cycle if control.duty_cycle is not None else control.load_adjustment
    if percent is not None:
        return percent
    return 0.0 if config.get("response") == "off" and not asks_nothing(control) else 100.0


def _stepless(config: Mapping[str, Any]) -> bool:
    return config.get("response") == _LIMIT
