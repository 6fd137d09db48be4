"""Says what a load control did to the energy of a device, once Home Assistant has recorded it.

What was used is what is measured beside the device; what was saved is that less the mean of days like this one, as
the utility is told it (BASELINE and DELTA_USAGE, ``values.py``). Where that is not measured, or of too few days,
nothing is said of it. What waits for the recorder while Home Assistant is stopped is not told afterwards.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.util import dt as dt_util

from ..devices.device import HanDevice
from ..hub.hub import Hub
from ..hub.subject import Occurrence
from ..hub.telling.wording import Wording, async_say
from ..load_control.asked import TEST, what_is_asked
from ..load_control.manager import CONTROL, MEASURED, LoadControlManager
from ..load_control.messages import about_outcome
from ..procedures import ControlRecord, Effect, Happening, next_five_minutes
from ..utility import Estimated, ReportInterval, ReportValue, WantedReport
from .facts import ReportFacts
from .recorded import async_compiled_until, is_recorded
from .values import kind_of, told

_EVERY = timedelta(minutes=1)
_PATIENCE = timedelta(hours=1)
_SHORTEST = timedelta(minutes=5)
"""What the recorder has statistics of."""
_MOST = 500
_WORK = "what load controls saved"


@dataclass(frozen=True, slots=True)
class _Ended:
    device: HanDevice
    record: ControlRecord


class ControlOutcomes:
    """The controls of one hub that ended, until it is known what was used meanwhile."""

    def __init__(self, hass: HomeAssistant, hub: Hub, controls: LoadControlManager, facts: ReportFacts) -> None:
        """``facts`` are those of the reports."""
        self._hass = hass
        self._entry = hub.entry
        self._rounds = hub.rounds
        self._controls = controls
        self._facts = facts
        self._waiting: list[_Ended] = []

    @callback
    def async_start(self) -> None:
        """Begin, where there is a recorder."""
        if is_recorded(self._hass):
            self._entry.async_on_unload(self._controls.effects.add(self._happened))
            look = self._rounds.timed(_WORK, self.async_look)
            self._entry.async_on_unload(async_track_time_interval(self._hass, look, _EVERY))

    @callback
    def _happened(self, device: HanDevice, effect: Effect) -> None:
        if effect.happening is not Happening.COMPLETED or what_is_asked(effect.control) == TEST:
            return
        ended = (each for each in self._controls.history(device) if each.control.id == effect.control.id)
        record = next(ended, None)
        if record is not None and record.acted and record.end - record.start >= _SHORTEST:
            self._waiting = [*self._waiting, _Ended(device, record)][-_MOST:]

    async def async_look(self, now: datetime) -> None:
        """Tell what is known by now, and of what has waited for too long nothing."""
        if not self._waiting:
            return
        with self._rounds.round(_WORK):
            compiled = await async_compiled_until(self._hass)
            waiting, self._waiting = self._waiting, []
            for each in waiting:
                if compiled is not None and compiled >= next_five_minutes(each.record.end):
                    await self._async_try(each)
                elif now - each.record.end < _PATIENCE:
                    self._waiting.append(each)

    async def _async_try(self, ended: _Ended) -> None:
        """Tell of one control; what fails holds up no other, and waits to be tried again."""
        control_id, device = ended.record.control.id, ended.device
        with self._rounds.round(_WORK, f"{device.key} {control_id}", f"{device.title} {control_id}") as this:
            await self._async_tell(ended)
        if this.failed:
            self._waiting = [*self._waiting, ended][-_MOST:]

    async def _async_tell(self, ended: _Ended) -> None:
        used = await self._async_value(ended, "USAGE")
        if used is None:
            return
        more = await self._async_value(ended, "DELTA_USAGE")
        saved = None if more is None else -more
        record, device = ended.record, ended.device
        said = about_outcome(self._controls, device, record, used, saved, await Wording.async_of(self._hass))
        told_of = {
            "control": record.control.id,
            "what": self._controls.what_is_done(device, record.control),
            "mandatory": record.control.mandatory,
            "reason": None,
            "start": record.start.isoformat(),
            "end": record.end.isoformat(),
            "energy_kwh": round(used, 3),
            "saved_kwh": None if saved is None else round(saved, 3),
            "summary": (await async_say(self._hass, self._entry, said))[1],
        }
        if (subject := self._controls.subjects.get(device.lfdi)) is not None:
            subject.async_tell(Occurrence(CONTROL, MEASURED, told_of))

    async def _async_value(self, ended: _Ended, what: str) -> float | None:
        kind, interval = kind_of(what, "KWH"), ReportInterval(0, ended.record.start, ended.record.end)
        if kind is None:
            return None
        wanted = WantedReport(
            name="", event="", program="", what=what, reading=None, unit="KWH", aggregate=False, at=dt_util.utcnow(),
            intervals=(interval,), devices={},
        )  # fmt: skip
        known = await self._facts.async_of_device(ended.device, wanted, kind)
        (value,) = await self._hass.async_add_executor_job(told, kind, known, wanted.intervals)
        return _number(value)


def _number(value: ReportValue | None) -> float | None:
    if isinstance(value, Estimated):
        return value.value
    return float(value) if isinstance(value, int | float) else None
