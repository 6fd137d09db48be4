"""What is kept of a hub's controls over restarts: how they stand, answers not taken yet, what was done to entities."""

from asyncio import Lock, gather
from dataclasses import asdict
from datetime import timedelta
from functools import partial
from typing import Any, override

from homeassistant.components import webhook
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..devices.linked_entity import is_missing
from ..esi import ControlResponse, DemandResponseProgram, Source
from ..hub.background.outbox import Outbox
from ..hub.handing_back import async_hand_back_later
from ..hub.kept.storage import Kept, MadeByNewerVersionError
from ..procedures import ControlRecord, ControlRules, LimitState, PremiseGoal, read_record, read_value
from .appliance import Appliance, Job

_OUTBOXES = {Source.GATEWAY: "outbox", Source.UTILITY: "utility_outbox"}
"""Under which names answers are kept."""


class KeptControls(Kept):
    """The controls of one hub."""

    what = "load_control"
    suffix = "load_control"

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """There are none before it is read."""
        super().__init__(hass, entry_id)
        self.rules = ControlRules()
        self.outboxes: dict[Source, Outbox[ControlResponse]] = {source: Outbox() for source in Source}
        """Answers, by who waits for them."""
        self.jobs: dict[str, Job] = {}
        """What is done to the entities of devices, by LFDI."""
        self.goals: dict[str, PremiseGoal] = {}
        """What is asked of the premise as a whole comes to, by the id of the control."""
        self.limits: dict[str, LimitState] = {}
        """How devices stand under a limit of the premise, by the id of the control."""
        self.own_programs: list[DemandResponseProgram] = []
        """What the gateway assigns to Home Assistant itself."""
        self.webhook_id: str | None = None
        """Under which the gateway tells of changes; kept so that subscriptions outlive a restart."""
        self._saving = Lock()
        self._changes = self._written = 0
        self._saved: dict[str, Any] | None = None

    async def async_webhook_id(self) -> str:
        """Return the id under which the gateway tells of changes, which is made once."""
        if self.webhook_id is None:
            self.webhook_id = webhook.async_generate_id()
            await self.async_save()
        return self.webhook_id

    @override
    def restore(self, data: dict[str, Any]) -> None:
        rules = self.read_value(data, "rules", dict[str, Any], {})
        self.rules.restore(
            self.read_records(rules, "records", ControlRecord.from_dict).values(),
            self.read_records(rules, "remembered", _interval),
            self.read_value(rules, "standing", list[str], []),
        )
        self.outboxes = {
            source: Outbox(self.read_records(data, name, _response).values()) for source, name in _OUTBOXES.items()
        }
        self.jobs = self.read_records(data, "jobs", _job)
        self.goals = self.read_records(data, "goals", _goal)
        self.limits = self.read_records(data, "limits", _limit)
        self.own_programs = list(self.read_records(data, "own_programs", _program).values())
        self.rules.clock_offset = timedelta(seconds=self.read_value(data, "clock_offset", float, 0.0))
        self.webhook_id = self.read_value(data, "webhook_id", str | None)
        self._saved = data

    @override
    def snapshot(self) -> dict[str, Any]:
        return {
            "rules": self.rules.to_dict(),
            **{name: self.outboxes[source].to_list() for source, name in _OUTBOXES.items()},
            "jobs": {lfdi: job.to_dict() for lfdi, job in self.jobs.items()},
            "goals": {control_id: asdict(goal) for control_id, goal in self.goals.items()},
            "limits": {control_id: asdict(state) for control_id, state in self.limits.items()},
            "own_programs": [asdict(program) for program in self.own_programs],
            "clock_offset": self.rules.clock_offset.total_seconds(),
            "webhook_id": self.webhook_id,
        }

    def rename(self, before: str, after: str) -> None:
        """Take up that an entity has another id."""
        for job in self.jobs.values():
            if job.entity_id == before:
                job.entity_id = after

    @override
    async def async_save(self) -> None:
        """Write what has changed; on disk when this returns.

        Many devices begin at once: those that wait while it is being written share the next writing.
        """
        self._changes += 1
        mine = self._changes
        async with self._saving:
            if self._written >= mine:
                return
            changes = self._changes
            if (snapshot := self.snapshot()) != self._saved:
                self._saved = None  # who is cancelled while it is written does not know what is on disk
                if await self.async_write(snapshot):
                    self._saved = snapshot
            self._written = changes


def _interval(data: Any) -> tuple[str, float]:
    start, duration = read_value(tuple[str, float], data, "interval")
    return start, duration


def _response(data: Any) -> ControlResponse:
    return read_record(ControlResponse, data)


def _job(data: Any) -> Job:
    return read_record(Job, data)


def _program(data: Any) -> DemandResponseProgram:
    return read_record(DemandResponseProgram, data)


def _goal(data: Any) -> PremiseGoal:
    return read_record(PremiseGoal, data)


def _limit(data: Any) -> LimitState:
    return read_record(LimitState, data)


class _OfRemoved:
    """What is done to an entity for a hub that is no more, of which nothing is written."""

    def __init__(self, lfdi: str, job: Job) -> None:
        self.jobs = {lfdi: job}

    async def async_save(self) -> None:
        """Write nothing."""


async def async_put_back(hass: HomeAssistant, entry_id: str) -> dict[str, Job]:
    """Put back what a hub's controls changed, while nobody acts for it; return what could not be, by LFDI."""
    try:
        kept = await KeptControls.async_get(hass, entry_id)
    except MadeByNewerVersionError:
        return {}  # what it did is not known to this version
    now = dt_util.utcnow()
    # All at once: one whose action takes its time keeps no other off.
    await gather(*(Appliance(hass, lfdi, kept).async_carry_out(None, None, now) for lfdi in list(kept.jobs)))
    return {lfdi: job for lfdi, job in kept.jobs.items() if not is_missing(hass, job.entity_id)}


async def async_put_back_entities(hass: HomeAssistant, entry_id: str) -> set[str]:
    """Do the same; return the entities of what could not be put back."""
    return {job.entity_id for job in (await async_put_back(hass, entry_id)).values()}


async def async_forget_controls(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Put back what a hub's controls changed, and forget them; for a hub that is removed."""
    for lfdi, job in (await async_put_back(hass, entry.entry_id)).items():
        async_hand_back_later(hass, entry, job.entity_id, partial(_async_hand_back, hass, lfdi, job))
    await KeptControls.async_remove(hass, entry.entry_id)


async def _async_hand_back(hass: HomeAssistant, lfdi: str, job: Job) -> bool:
    of_removed = _OfRemoved(lfdi, job)
    await Appliance(hass, lfdi, of_removed).async_carry_out(None, None, dt_util.utcnow())
    return not of_removed.jobs
