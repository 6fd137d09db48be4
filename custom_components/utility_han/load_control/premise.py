"""Home Assistant as the premise's energy management system: controls aimed at it are carried out by its devices."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..devices.device import HanDevice
from ..devices.linked_entity import power_of
from ..devices.responses import answers_of, goes_forward
from ..esi import DemandResponseProgram, LoadControl, Source
from ..hub.background.listeners import Listeners
from ..procedures import (
    MANAGER_CATEGORY,
    ControlledDevice,
    ControlRecord,
    Effect,
    Refusal,
    applied_to_premise,
    goal_of,
    is_limit,
    is_of_premise,
    part_id,
    part_of,
    program_of_parts,
    whole_id,
)
from .limiting import Limiting
from .store import KeptControls

POWER = "power"
"""The register of what the premise takes from the grid, in watts."""
_AVERAGED_OVER = timedelta(hours=1)
_SAMPLES = 1000
_TOLD_AT_LEAST = timedelta(minutes=1)
_LATE = timedelta(minutes=1)
"""How late a reading may be."""
_SHARE, _THRESHOLD = "load_adjustment", "target_reduction"


def premise_lfdi(entry_id: str) -> str:
    """Return by which name the premise goes where no gateway knows Home Assistant: as long as an LFDI, and its own."""
    return sha256(f"premise of {entry_id}".encode()).hexdigest()[:40].upper()


def _of_utility(device: HanDevice) -> list[DemandResponseProgram]:
    return [program for program in device.dr_programs if program.source is Source.UTILITY]


def _can_use_less(device: HanDevice) -> bool:
    """Whether a device can use less of what it uses: enrolled by a person, and not left out by one."""
    return device.may_be_controlled and bool(device.control) and answers_of(device.control or {}) != frozenset()


class Premise:
    """What is asked of the premise as a whole."""

    def __init__(
        self,
        hass: HomeAssistant,
        kept: KeptControls,
        lfdi: str | None,
        devices: Mapping[str, HanDevice],
    ) -> None:
        """``lfdi`` is Home Assistant's, None where it is no such system; ``devices`` are by LFDI."""
        self._hass = hass
        self._kept = kept
        self._rules = kept.rules
        self.lfdi = lfdi
        self._devices = devices
        self._limiting = Limiting(hass, kept)
        self.grid: Callable[[], float | None] | None = None
        """Says what the premise draws, where that is not told by a meter."""
        self.changed: Listeners[()] = Listeners()
        """Told when a device is to keep to another share."""
        self._samples: deque[tuple[datetime, float]] = deque(maxlen=_SAMPLES)

    @property
    def programs(self) -> list[DemandResponseProgram]:
        """The premise's programs: those that the gateway assigns to Home Assistant itself, and the utility's.

        A utility without a gateway enrolls devices only; what it asks of their premise is asked of all that are in the
        program.
        """
        enrolled = [program for device in self._at_disposal() for program in _of_utility(device)]
        return [*self._kept.own_programs, *{program.href: program for program in enrolled}.values()]

    @callback
    def async_assigned(self, programs: list[DemandResponseProgram]) -> None:
        """Take note of what the gateway assigns to Home Assistant itself; known over restarts."""
        self._kept.own_programs = programs

    # What devices are asked

    def controlled(self) -> list[ControlledDevice]:
        """Return Home Assistant as what the controls are aimed at."""
        if self.lfdi is None or not self.programs:
            return []
        configs = [device.control for device in self._at_disposal() if device.control]
        able = [answers_of(config) for config in configs]
        answers = None if None in able else frozenset[str]().union(*filter(None, able))
        if answers is not None and _SHARE in answers:
            answers |= {_THRESHOLD}
        programs = frozenset(program.href for program in self.programs)
        forward = any(goes_forward(config) for config in configs)
        return [
            ControlledDevice(self.lfdi, MANAGER_CATEGORY, programs, allowed=True, answers=answers, forward=forward)
        ]

    def programs_of(self, device: HanDevice) -> frozenset[str]:
        """Return the programs of the parts that a device has in what is asked of the premise."""
        if self._devices.get(device.lfdi) is not device or not _can_use_less(device):
            return frozenset()
        return frozenset(program_of_parts(each.href) for each in (*self._kept.own_programs, *_of_utility(device)))

    def parts(self, controls: Iterable[LoadControl]) -> list[LoadControl]:
        """Return what the devices are asked of the controls that are aimed at Home Assistant."""
        mine = {program.href for program in self.programs}
        average, drawn = self._average(), self._drawn(self._at_disposal())
        return [
            part_of(control, (self._kept.goals.get(control.id) or goal_of(control, average, drawn)).share)
            for control in controls
            if control.program in mine and control.device_category & MANAGER_CATEGORY
        ]

    def as_asked(self, device: HanDevice, record: ControlRecord) -> tuple[ControlRecord, Mapping[str, Any]]:
        """Return a record with the share of its device, where it is part of what is asked of the premise.

        A share is settled when the first device begins, and stays; a limit is held by the meter. With it comes the
        ``control`` of the device by which it responds.
        """
        whole = self._record(whole_id(record.control))
        config = device.control or {}
        if whole is None or not is_of_premise(whole.control):
            return record, config
        if (goal := self._kept.goals.get(whole.control.id)) is None:
            drawn = self._drawn(self._taking_part(whole.control.id))
            goal = self._kept.goals[whole.control.id] = goal_of(whole.control, self._average(), drawn)
        if not is_limit(whole.control):
            return replace(record, control=replace(record.control, load_adjustment=goal.share)), config
        self._look_at_grid(now := dt_util.utcnow())
        self._limiting.settle(whole.control, self._taking_part(whole.control.id), now)
        return self._limiting.as_asked(whole.control.id, device, record)

    def within_limit(
        self, device: HanDevice, record: ControlRecord, config: Mapping[str, Any]
    ) -> tuple[ControlRecord, Mapping[str, Any]]:
        """Return what a control that goes before the device's part in a limit comes to: no more than that part."""
        whole = self._limit_in_force()
        if whole is None or device not in self._taking_part(whole.control.id):
            return record, config
        return self._limiting.within(whole.control.id, device, record, config)

    def _limit_in_force(self) -> ControlRecord | None:
        whole = self._rules.active(self.lfdi) if self.lfdi else None
        return whole if whole is not None and whole.in_force and is_limit(whole.control) else None

    @property
    def limited(self) -> bool:
        """Whether there is a limit in force."""
        return self._limit_in_force() is not None

    def by_meter(self, record: ControlRecord) -> bool | None:
        """Return whether a limit that a record is part of is held by the meter, None where it is no such part."""
        whole = whole_id(record.control)
        return self._limiting.by_meter(whole) if whole is not None else None

    @property
    def unmeasured(self) -> bool:
        """Whether a limit is kept to without knowing what the premise draws."""
        return self._limiting.unmeasured

    def _at_disposal(self) -> list[HanDevice]:
        return [device for device in self._devices.values() if _can_use_less(device)]

    def _average(self) -> float | None:
        """Return the watts that the premise used lately, None where the meter did not say."""
        since = dt_util.utcnow() - _AVERAGED_OVER
        recent = [watts for at, watts in self._samples if at > since]
        return sum(recent) / len(recent) if recent else None

    def _drawn(self, devices: Iterable[HanDevice]) -> float:
        """Return the watts that devices draw, as far as they are measured."""
        entities = [device.control["entity_id"] for device in devices if device.control]
        return sum(power_of(self._hass, entity_id) or 0.0 for entity_id in entities)

    def _taking_part(self, control_id: str) -> list[HanDevice]:
        """Return the devices that nobody left out of a control, those among them of which another asks more now."""
        found = [(device, self._rules.record(device.lfdi, part_id(control_id))) for device in self._at_disposal()]
        return [
            device
            for device, part in found
            if part is not None
            and part.out is None
            and (not part.over or (part.superseded and self._rules.in_force(device.lfdi) is not None))
        ]

    def _record(self, control_id: str | None) -> ControlRecord | None:
        return self._rules.record(self.lfdi, control_id) if self.lfdi and control_id else None

    # What came of it

    @callback
    def async_measured(self, watts: float | None, every: timedelta = _TOLD_AT_LEAST) -> None:
        """Take what the meter says that the premise uses, which it tells ``every`` so often."""
        if watts is None or self.lfdi is None:
            return
        now = dt_util.utcnow()
        self._samples.append((now, watts))
        self._limiting.measured(watts, now, 2 * every + _LATE)
        self._hold(now, anew=True)
        active = self._rules.active(self.lfdi)
        if active is not None and active.acted and (goal := self._kept.goals.get(active.control.id)) is not None:
            goal.total += watts
            goal.samples += 1

    def _look_at_grid(self, now: datetime) -> None:
        """Take what a sensor says now: one that does not change tells nothing, and is right all the same."""
        if self.grid is not None and (watts := self.grid()) is not None:
            self._limiting.measured(watts, now, _LATE)

    def _hold(self, now: datetime, *, anew: bool) -> None:
        """Have devices lowered or raised as the limit in force wants it."""
        if (whole := self._limit_in_force()) is None:
            return
        self._look_at_grid(now)
        taking_part = self._taking_part(whole.control.id)
        if taking_part and self._limiting.settle(whole.control, taking_part, now, anew=anew):
            self.changed.tell()

    def look(self, now: datetime) -> list[Effect]:
        """Tell what the devices, and the meter, make of the control that lasts."""
        if self.lfdi is None:
            return []
        listed = {each.control.id for each in self._rules.records(self.lfdi) if not each.over}
        self._kept.goals = {name: goal for name, goal in self._kept.goals.items() if name in listed}
        self._limiting.keep_only(listed)
        self._hold(now, anew=False)
        if not self.limited:
            self._limiting.forget()
        record = self._rules.active(self.lfdi)
        if record is None:
            return []
        control = record.control
        found = [self._rules.record(lfdi, part_id(control.id)) for lfdi in self._devices]
        parts = [part for part in found if part is not None]
        there = [part for part in parts if not part.over]
        everybody_out = bool(there) and all(part.out is not None for part in there)
        if everybody_out and record.out is None and not control.mandatory:
            return self._rules.opt_out(self.lfdi, control.id, now)
        if record.out is not None and there and not everybody_out:
            return self._rules.opt_in(self.lfdi, control.id, now)
        if any(part.acted for part in parts):
            goal = self._kept.goals.get(control.id)
            applied = applied_to_premise(control, goal) if goal is not None else {}
            return self._rules.acted(self.lfdi, control.id, applied, now)
        if not there:
            return self._rules.could_not(self.lfdi, control.id, Refusal.NOTHING_TO_DO, now)
        return []
