"""Has one linked entity do what the control in force asks for, and puts it back when it is over."""

from asyncio import Lock
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any, Protocol

from homeassistant.core import HomeAssistant, State, callback
from homeassistant.exceptions import HomeAssistantError

from ..const import AWAY_STATES, LOGGER
from ..devices.applied import applied_of
from ..devices.linked_entity import drawn_by, is_missing
from ..devices.responses import Situation, answers_of, plan_of
from ..devices.settings import DOMAINS, PRESET, Settings, same
from ..hub.acting import NotDoneError, SilentError, async_do
from ..procedures import ControlRecord, asks_nothing

_SETTLES = timedelta(minutes=2)
"""How long an entity that is in sight again may show what was remembered of it, before it shows what it does."""


class Followed(Enum):
    """What an appliance makes of the control in force."""

    NOT_ASKED = auto()
    """There is none, and nothing is left to put back."""
    DOES = auto()
    """It was seen to do what is asked."""
    UNAVAILABLE = auto()
    REFUSES = auto()
    """It does not take what it is told."""
    SILENT = auto()
    """It was told, and its action did not come back."""
    LATE = auto()
    """It took it and has not come to it yet: some show what they do minutes later."""
    NOTHING_TO_DO = auto()
    """There is nothing about it as it is that could follow."""
    OVERRIDDEN = auto()
    """A person has taken it over by hand."""


@dataclass(slots=True)
class Job:
    """What was done to an entity for a control."""

    control: str
    entity_id: str
    before: Settings
    """The entity's settings as they would be without us."""
    made: Settings
    """Those that the control wants; some may have been so before."""
    acted: bool = False
    """Whether they were made: a job is kept before anything is done."""
    reached: bool = False
    """Whether the entity has shown them since; only then another value is a person's doing, and not just late."""
    released: bool = False
    """A person took over; nothing more is done to the entity for this control."""
    lost: bool = False
    """It was out of sight since: what it is found doing then is no person's doing, but a power cut's, say."""
    drawn: float | None = None
    """What the load drew when the control began, in the unit of its limit, where that was measured."""

    def to_dict(self) -> dict[str, Any]:
        """Return it JSON-safe."""
        # Written with each step of each of many devices: nothing is copied that is not changed in place.
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return values | {"before": dict(self.before), "made": dict(self.made)}


@dataclass(frozen=True, slots=True)
class Found:
    """How an entity that was out of sight was found."""

    control: str
    """What it was to do, by mRID."""
    as_left: bool
    """Whether it does what it did then; else it does something else by nobody's hand."""


class Jobs(Protocol):
    """Where jobs are kept over a restart."""

    jobs: dict[str, Job]
    """By LFDI."""

    async def async_save(self) -> None:
        """Write them; on disk when this returns."""


class Appliance:
    """The linked entity of one device."""

    def __init__(self, hass: HomeAssistant, lfdi: str, kept: Jobs) -> None:
        """What was done to it before a restart is in ``kept``; nobody has looked at it since."""
        self._hass = hass
        self._lfdi = lfdi
        self._kept = kept
        self._lock = Lock()
        self.look_again: datetime | None = None
        """When there is something to do next in this control, on the clock of the record."""
        self.applied: dict[str, float] = {}
        """What of the control it was brought to, by the names of ``ASKS``, once it was seen to do it."""
        self.found: Found | None = None
        """How it was found; whoever takes note of that clears it."""
        self._in_sight_since: datetime | None = None
        """When it was found, on the clock of the record."""
        self.async_lost()

    @property
    def _job(self) -> Job | None:
        """What is done to the entity."""
        return self._kept.jobs.get(self._lfdi)

    @property
    def entity_id(self) -> str | None:
        """The entity that something is done to."""
        return self._job.entity_id if self._job else None

    @property
    def control_id(self) -> str | None:
        """The control for which something is done to it, by mRID."""
        return self._job.control if self._job else None

    @callback
    def async_note(self, state: State, now: datetime, *, told: bool = True) -> None:
        """Look whether the entity has come to what was made of it, or left it.

        ``told`` is whether somebody had it changed through Home Assistant. One that came in sight just now and leaves
        it untold shows only now what the power cut made of it.
        """
        job = self._job
        if job is None or not job.acted or state.state in AWAY_STATES:
            return
        shows = _shows(job, state)
        if not job.reached:
            job.reached = shows
        elif not shows and not told and self._in_sight_since is not None:
            job.lost = job.lost or now - self._in_sight_since < _SETTLES

    @callback
    def async_lost(self) -> None:
        """Take note that the entity is out of sight."""
        self._in_sight_since = None
        if self._job is not None:
            self._job.lost = True

    async def async_carry_out(
        self, record: ControlRecord | None, config: Mapping[str, Any] | None, now: datetime
    ) -> Followed:
        """Bring the entity where ``record``, the control in force, wants it; None puts it back.

        Safe to repeat at any time. What cannot be done now (entity away, action fails) is left for the next call.
        """
        async with self._lock:
            self.look_again = None
            if config is not None and answers_of(config) == frozenset():
                config = None  # no longer linked to anything that can respond
            wanted = config["entity_id"] if record is not None and config is not None else None
            if self._job is not None and (state := self._state(self._job.entity_id)) is not None:
                self._find_again(self._job, state, now, record)
            if self._job is not None and self._job.entity_id != wanted:
                await self._put_back(self._job)
                if self._job is not None and (wanted is None or not is_missing(self._hass, self._job.entity_id)):
                    return Followed.UNAVAILABLE
                # What is no more is never put back, and keeps the device from no other entity.
                self._kept.jobs.pop(self._lfdi, None)
            if record is None or config is None:
                return Followed.NOT_ASKED
            if (state := self._state(config["entity_id"])) is None:
                return Followed.UNAVAILABLE
            return await self._do(record, config, state, now)

    def _state(self, entity_id: str) -> State | None:
        state = self._hass.states.get(entity_id)
        return None if state is None or state.state in AWAY_STATES else state

    async def _put_back(self, job: Job) -> None:
        if not job.released:
            if (state := self._state(job.entity_id)) is None:
                return
            settings = DOMAINS[state.domain].read(state)
            back = _ours(job, state, settings)
            # One that has not come to what was made yet may still: it is told in any case.
            change = back if not job.reached else _difference(state, settings, back)
            if await self._make(state, change, settings | back) is not None:
                return
        del self._kept.jobs[self._lfdi]
        await self._kept.async_save()

    async def _do(self, record: ControlRecord, config: Mapping[str, Any], state: State, now: datetime) -> Followed:
        job, settings = self._job, DOMAINS[state.domain].read(state)
        if job is not None and job.control == record.control.id and await self._taken_over(job, state, settings):
            return Followed.OVERRIDDEN
        # What has to be put back unless it is made again.
        left = _ours(job, state, settings) if job is not None and not job.released else {}
        before = settings | left
        drawn = job.drawn if job is not None else drawn_by(self._hass, state)
        situation = Situation(
            state, before, record.control, now - record.start, config, self._hass.config.units.temperature_unit, drawn
        )
        plan = plan_of(config["response"], situation)
        if plan.look_again is not None:
            self.look_again = record.start + plan.look_again
        elif not plan.settings and not asks_nothing(record.control):
            return Followed.NOTHING_TO_DO
        made = plan.settings
        if job is None or not job.acted or (job.control, job.made) != (record.control.id, made):
            job = self._kept.jobs[self._lfdi] = Job(record.control.id, state.entity_id, before, made, drawn=drawn)
            await self._kept.async_save()
            change = _difference(state, settings, left | made)
            if made:
                change.pop(PRESET, None)  # it would undo what is made now; it is put back in the end
            if (not_made := await self._make(state, change, settings | left | made)) is not None:
                return not_made
            job.acted = True
            if (now_there := self._state(state.entity_id)) is not None:
                self.async_note(now_there, now)
            await self._kept.async_save()
        if not job.reached:
            return Followed.LATE
        self.applied = applied_of(situation, self._settings_now(state))
        return Followed.DOES

    def _settings_now(self, before: State) -> Settings:
        """Return how the entity is after what was made of it; as it was ``before`` where it has gone since."""
        state = self._state(before.entity_id) or before
        return DOMAINS[state.domain].read(state)

    def _find_again(self, job: Job, state: State, now: datetime, record: ControlRecord | None) -> None:
        """Look at an entity that was out of sight; where it does something else, it is told once more.

        What a person had taken over stays theirs, but for an emergency: nobody may be out of that.
        """
        if not job.lost:
            return
        job.lost = False
        self._in_sight_since = self._in_sight_since or now
        control = record.control if record is not None and record.control.id == job.control else None
        if not job.acted or (job.released and not (control is not None and control.mandatory)):
            return
        shows = _shows(job, state)
        self.found = Found(job.control, as_left=shows)
        if shows:
            job.reached, job.released = True, False
        elif control is not None:
            job.acted = job.reached = job.released = False

    async def _taken_over(self, job: Job, state: State, settings: Settings) -> bool:
        """Whether a person has changed what we made; it is left alone then."""
        if not job.released and _ours(job, state, settings).keys() >= job.made.keys():
            return False
        if not job.released:
            LOGGER.info("%s was changed by hand during a control; it is left alone", state.entity_id)
            job.released = True
            await self._kept.async_save()
        return True

    async def _make(self, state: State, change: Settings, settings: Settings) -> Followed | None:
        """Call the actions for ``change``, ``settings`` being how all shall be; None once all are done."""
        for call in DOMAINS[state.domain].calls(state, change, settings):
            try:
                await async_do(self._hass, state.domain, call.action, {"entity_id": state.entity_id, **call.data})
            except NotDoneError as err:
                LOGGER.warning(
                    "%s: %s failed and is tried again: %s",
                    state.entity_id,
                    call.action,
                    err,
                    exc_info=not isinstance(err.__cause__, HomeAssistantError | TimeoutError),
                )
                return Followed.SILENT if isinstance(err, SilentError) else Followed.REFUSES
        return None


def _shows(job: Job, state: State) -> bool:
    """Whether the entity is as we made it."""
    settings = DOMAINS[state.domain].read(state)
    return all(same(state, settings.get(name), value) for name, value in job.made.items())


def _ours(job: Job, state: State, settings: Settings) -> Settings:
    """Return what was before of the settings that are as we made them; what a person changed meanwhile is theirs.

    A preset that our temperatures ended goes with them.
    """
    ours = {
        name: job.before.get(name)
        for name, value in job.made.items()
        if not job.reached or same(state, settings.get(name), value)
    }
    if ours and job.before.get(PRESET) is not None:
        ours[PRESET] = job.before[PRESET]
    return ours


def _difference(state: State, settings: Settings, wanted: Settings) -> Settings:
    return {name: value for name, value in wanted.items() if not same(state, settings.get(name), value)}
