"""Gives the utility the reports that it asks for (OpenADR 3.1 user guide, 7.5), from what the home recorded.

What fell due is on disk before anything else is made of it, and stays there until the utility has taken it. None is
given before Home Assistant has made the statistics that it is of.
"""

from asyncio import Lock
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..account.manager import AccountManager
from ..const import LOGGER
from ..devices.device import HanDevice
from ..hub.hub import Hub
from ..load_control.manager import LoadControlManager
from ..procedures import Effect, next_five_minutes
from ..utility import PASSING, Feature, ReportInterval, ReportValues, UtilityError, UtilityReason, WantedReport
from .facts import ReportFacts
from .recorded import async_compiled_until, is_recorded
from .store import KeptReports
from .values import ReportKind, kind_of, told

_HOUR = timedelta(hours=1)
_PATIENCE = timedelta(hours=1)
"""How long statistics are waited for; what they do not say then is not known."""
_AT_ONCE = 50
_SAVED_WITHIN = 900
"""Seconds; what fell due since what is on disk is due once more after a power cut."""
_WAITED_OUT = PASSING | {UtilityReason.SCOPE_MISSING}
"""What says nothing about a report; a scope may still be granted."""
_NOT_TOLD = "not_told_in_this_unit"


class ReportsManager:
    """The reports of one hub."""

    def __init__(
        self,
        hass: HomeAssistant,
        hub: Hub,
        account: AccountManager,
        devices: Iterable[HanDevice],
        controls: LoadControlManager,
        kept: KeptReports,
    ) -> None:
        self._hass = hass
        self._entry = hub.entry
        self._rounds = hub.rounds
        self._account = account
        self._devices = {device.lfdi: device for device in devices}
        self._controls = controls
        self._kept = kept
        self.facts = ReportFacts(hass, hub.entry, controls, kept.standings)
        self.reason: UtilityReason | None = None
        """Why the utility took no reports the last time, None where it took them."""
        self._looked: datetime | None = None
        """When it was last looked what is due, since the start: what is on disk may be of a backup."""
        self._busy = Lock()

    @callback
    def async_start(self) -> None:
        """Begin, where the utility asks for reports and is polled."""
        vtn = self._account.vtn
        if vtn is None or not self._account.utility.offers(Feature.REPORTS):
            return
        self._kept.note_whose(vtn.key)
        self._kept.standings.begin(dt_util.utcnow())
        self._entry.async_on_unload(self._controls.effects.add(self._happened))
        self._entry.async_on_unload(vtn.polled.add(self._polled))

    def snapshot(self) -> dict[str, Any]:
        """Return how it stands, for diagnostics: how many are due, given, waiting and refused, and why."""
        waiting = [each.wanted for each in self._kept.waiting.values()]
        return {
            "looked_at": self._kept.since.isoformat() if self._kept.since else None,
            "due": len(waiting) + self._kept.given + self._kept.refused.total(),
            "given": self._kept.given,
            "waiting": [{"what": each.what, "at": each.at.isoformat()} for each in waiting],
            "refused": dict(self._kept.refused),
            "reason": self.reason,
        }

    @callback
    def _happened(self, device: HanDevice, effect: Effect) -> None:
        begins = self._controls.begins(effect.control)
        self._kept.standings.note(device.lfdi, effect.control, effect.status, begins, dt_util.utcnow())
        self._kept.save_later()

    @callback
    def _polled(self, succeeded: bool) -> None:
        if succeeded and not self._busy.locked():
            self._rounds.begin("reporting", self._async_report)

    async def _async_report(self) -> None:
        async with self._busy:
            now = dt_util.utcnow()
            for lfdi, device in self._devices.items():
                self._kept.standings.note_standing(lfdi, now, out=self._controls.standing_opt_out(device))
            due = await self._hass.async_add_executor_job(self._account.utility.due, self._kept.since, now)
            for wanted in sorted(due, key=lambda each: each.at):
                if wanted.devices or wanted.premise:
                    self._kept.add(wanted, now, first=self._looked is not None and wanted.at > self._looked)
            self._kept.since = self._looked = now
            self._kept.drop_late(now)
            if due:
                await self._kept.async_save()
            else:
                self._kept.save_later(_SAVED_WITHIN)
            if self._kept.waiting:
                await self._give()

    async def _give(self) -> None:
        """Give what can be given by now, in the order in which it came; what the utility does not take now stays."""
        compiled = await async_compiled_until(self._hass) if is_recorded(self._hass) else None
        waiting = list(self._kept.waiting.values())
        ready = [(*chosen, each.first) for each in waiting if (chosen := self._chosen(each.wanted, compiled))]
        ready = ready[:_AT_ONCE]
        self._kept.tried(wanted.name for wanted, _, _ in ready)
        await self._kept.async_save()
        for wanted, kind, first in ready:
            with self._rounds.round("reporting", wanted.what):  # one that fails holds up no other
                if not await self._give_one(wanted, kind, first=first):
                    break
        await self._kept.async_save()

    def _chosen(self, wanted: WantedReport, compiled: datetime | None) -> tuple[WantedReport, ReportKind] | None:
        """Return a report with its intervals, chosen where we may; None where it has to wait."""
        if (kind := kind_of(wanted.what, wanted.unit)) is None:
            LOGGER.info("%s: %s is not told in %s", self._entry.title, wanted.what, wanted.unit)
            self._kept.drop(wanted.name, _NOT_TOLD)
            return None
        now = dt_util.utcnow()
        if not wanted.intervals:
            hour = now.replace(minute=0, second=0, microsecond=0)
            own = ReportInterval(0, hour - _HOUR, hour) if kind.over_time else ReportInterval(0, now, now)
            wanted = replace(wanted, intervals=(own,))
            if not kind.over_time:
                return wanted, kind
        end = max(each.end for each in wanted.intervals)
        made = compiled is not None and compiled >= next_five_minutes(end)
        if is_recorded(self._hass) and not made and now - end < _PATIENCE:
            return None
        return wanted, kind

    async def _give_one(self, wanted: WantedReport, kind: ReportKind, *, first: bool) -> bool:
        """Give a report; return whether it is worth going on with the next."""
        values = await self._values(wanted, kind)
        try:
            await self._account.utility.report(wanted, values, first=first)
        except UtilityError as err:
            self.reason = err.reason
            if err.reason in _WAITED_OUT:
                LOGGER.debug("%s: reports wait: %s", self._entry.title, err)
                return False
            LOGGER.warning("%s: the utility takes no report of %s: %s", self._entry.title, wanted.what, err)
            self._kept.drop(wanted.name, err.reason.value)
        else:
            self.reason = None
            self._kept.drop(wanted.name)
        return True

    async def _values(self, wanted: WantedReport, kind: ReportKind) -> Mapping[str, ReportValues]:
        found: dict[str, ReportValues] = {}
        known = {
            name: await self.facts.async_of_device(self._devices.get(lfdi), wanted, kind)
            for name, lfdi in wanted.devices.items()
        }
        if wanted.premise is not None:
            known[wanted.premise] = await self.facts.async_of_premise(wanted, kind)
        for name, each in known.items():
            # A baseline goes through ten days of statistics for each interval: not in the loop.
            found[name] = await self._hass.async_add_executor_job(told, kind, each, wanted.intervals)
        return found
