"""What becomes of the gateway's load controls (use case UR-P): decided here, carried out by others.

IEEE 2030.5-2018, Demand Response and Load Control, with its rules for events: each control is received, started,
completed or not, once, for each device. What comes from the utility itself goes the same way (``revision.py`` has what
is different). The times of a control are on the clock of who asks for it; ``now`` is always ours.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from random import uniform

from ...esi import ControlStatus, LoadControl, ResponseStatus
from .book import ControlBook
from .effects import Effect, end, only_answered, refuse, run_out, tell
from .premise import whole_id
from .record import ControlRecord, OptedOut, Phase, Refusal
from .revision import comes_anew, follow_change, forgotten, out_before
from .validity import parameter_refusal

_OVER = {
    ControlStatus.CANCELLED: ResponseStatus.CANCELLED,
    ControlStatus.CANCELLED_RANDOMIZED: ResponseStatus.CANCELLED,
    ControlStatus.SUPERSEDED: ResponseStatus.SUPERSEDED,
}
_NOT_HELD = ResponseStatus.REJECTED_PARAMETER


class OptReason(StrEnum):
    """Why a person cannot opt out or in."""

    NO_CONTROL = "no_control"
    """There is no such control, or none at all, that is active or to come."""
    EMERGENCY = "emergency_cannot_opt_out"


class OptError(Exception):
    """A person cannot opt out or in; ``reason`` says why."""

    def __init__(self, reason: OptReason) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class ControlledDevice:
    """A device for which controls are answered."""

    lfdi: str
    device_category: int
    programs: frozenset[str]
    """hrefs of the demand response programs assigned to it."""
    allowed: bool
    """Whether command and control of it is allowed: registered and enrolled."""
    answers: frozenset[str] | None = None
    """What it can answer to, by the names of ``validity.ASKS``; None: to anything."""
    refusal: Refusal | None = None
    """Why it can carry out nothing at all, if so."""
    forward: bool = True
    """Whether it can use more when it is asked to (``loadShiftForward``)."""
    beyond: frozenset[str] = frozenset()
    """What it can answer to because more is known of it: levels of load, a state of charge."""


class ControlRules(ControlBook):
    """The controls of all devices of a gateway and how they stand.

    Every method that lets something happen returns it as effects, each once; what a device is to do now is
    :meth:`in_force`, which therefore is safe to be carried out again at any time.
    """

    def __init__(self, spread: Callable[[float, float], float] = uniform) -> None:
        """``spread`` draws a number of seconds from a range, for randomisation."""
        super().__init__()
        self._spread = spread

    # What who asks does

    def take(
        self,
        controls: Sequence[LoadControl],
        read_fully: Collection[str],
        devices: Collection[ControlledDevice],
        now: datetime,
    ) -> list[Effect]:
        """Take up the controls as read; what is missing of the programs (href) in ``read_fully`` is called off.

        Order, duplicates and repetition make no difference.
        """
        effects = self.advance(now)
        # Of two entries with one mRID the one that says more is the later: a status only ever grows.
        listed = {control.id: control for control in sorted(controls, key=lambda each: (each.status, each.created))}
        rivals = [each for each in self._known.open() if each.control.id in listed]
        for control in sorted(listed.values(), key=_rank):
            replayed, there = self._known.replays(control), self._there(control, now)
            for device in devices:
                if control.program in device.programs and control.device_category & device.device_category:
                    effects += self._take_one(control, device, there, rivals, replayed=replayed)
        by_lfdi = {device.lfdi: device for device in devices}
        for record in self._known.open():
            there = self._there(record.control, now)
            if (its := by_lfdi.get(record.lfdi)) is not None and not _still_controlled(its, record.control):
                effects += end(record, ResponseStatus.REJECTED_INVALID, there, Refusal.NOT_ENROLLED)
            elif (now_listed := listed.get(record.control.id)) is not None:
                effects += self._follow(record, now_listed.status, there)
            elif record.control.program in read_fully and there < record.control.end:
                # Such a list leaves out what is long over, and what was taken back without a word.
                effects += self._follow(record, ControlStatus.CANCELLED, there)
        effects += self.advance(now)
        self._known.forget_old(now)
        return effects

    def _take_one(
        self,
        control: LoadControl,
        device: ControlledDevice,
        now: datetime,
        listed: Iterable[ControlRecord],
        *,
        replayed: bool,
    ) -> Iterator[Effect]:
        before = self._known.get(control.id, device.lfdi)
        rivals = (each for each in listed if each.lfdi == device.lfdi and _goes_before(each, control))
        if before is not None and comes_anew(before, control, rivals, now):
            self._known.drop(before)
        elif before is not None:
            if replayed and before.over:
                yield from refuse(before, Refusal.REPLAY, now)
            elif not replayed and not before.over:
                follow_change(before, control, self._drawn)
            return
        if not replayed and forgotten(control, self._known.remembered):
            return
        record = ControlRecord(device.lfdi, control, Phase.SCHEDULED, control.start, control.end, now)
        record.out = out_before(before)
        if (over := _OVER.get(control.status)) is not None:
            # It was over before we ever heard of it, and that is the answer.
            self._known.add(record)
            if device.allowed:
                yield from _receive(record, now)
                ended = end(record, over, now)
                yield from ended if now < control.end else only_answered(ended)
            record.phase = Phase.ENDED
            return
        refusal = Refusal.REPLAY if replayed else _refusal(control, device, now)
        if refusal is Refusal.UNSUPPORTED and whole_id(control) is not None:
            return  # of what is asked of all, a device does what fits it
        self._known.add(record)
        if refusal is not None:
            yield from _receive(record, now)
            yield from refuse(record, refusal, now)
            return
        record.start, record.end = self._drawn(control)
        yield from tell(record, ResponseStatus.RECEIVED, now)
        if device.lfdi in self._standing and not control.mandatory:
            record.out = OptedOut.STANDING
            yield from tell(record, ResponseStatus.OPTED_OUT, now)

    def _drawn(self, control: LoadControl) -> tuple[datetime, datetime]:
        """Return when a control starts and ends, which is drawn where that is to be random."""
        start = control.start + self._draw(control.randomize_start)
        return start, max(start, start + control.duration + self._draw(control.randomize_duration))

    def _follow(self, record: ControlRecord, status: ControlStatus, now: datetime) -> Iterator[Effect]:
        """Let a control that is not over go the way that the gateway says it went."""
        if (over := _OVER.get(status)) is None:
            return
        within = max(abs(record.control.randomize_start), abs(record.control.randomize_duration))
        if status is not ControlStatus.CANCELLED_RANDOMIZED or record.phase is not Phase.ACTIVE or not within:
            yield from end(record, over, now)
        elif not record.cancelling:
            record.cancelling = True
            record.end = min(record.end, now + self._draw(within))

    # What time does

    def advance(self, now: datetime) -> list[Effect]:
        """Start and end what is due; for each device in the order in which it was due."""
        effects: list[Effect] = []
        for records in self._known.by_device():
            while (record := self._due(records, now)) is not None:
                there = self._there(record.control, now)
                if record.phase is Phase.ACTIVE:
                    effects += run_out(record, there)
                elif record.end <= there:
                    # It came and went while nobody was there to carry it out.
                    status = _NOT_HELD if record.out is None else ResponseStatus.COMPLETED_WITHOUT_PARTICIPATION
                    effects += end(record, status, there, Refusal.INTERRUPTED if record.out is None else None)
                else:
                    effects += self._begin(record, now)
        return effects

    def _due(self, records: Iterable[ControlRecord], now: datetime) -> ControlRecord | None:
        """Return which of a device's records has been due for the longest."""
        due = [
            # At one moment ends come before starts: one after the other is no overlap.
            (time, each.phase is not Phase.ACTIVE, *_rank(each.control), each)
            for each in records
            if each.to_come and (time := self._next(each)) <= now
        ]
        return min(due, key=lambda found: found[:-1])[-1] if due else None

    def _begin(self, record: ControlRecord, now: datetime) -> Iterator[Effect]:
        for other in self._known.of(record.lfdi):
            if other.phase is not Phase.ACTIVE:
                continue
            if _rank(other.control) < _rank(record.control):
                yield from end(record, _superseding(record.control, other.control), self._there(record.control, now))
                return
            yield from end(other, _superseding(other.control, record.control), self._there(other.control, now))
        record.phase = Phase.ACTIVE

    # What the appliance does

    def acted(self, lfdi: str, control_id: str, applied: Mapping[str, float], now: datetime) -> list[Effect]:
        """Take note that the appliance does what the control in force asks; ``applied`` is what it does of it."""
        record = self._in_force(lfdi, control_id)
        if record is None:
            return []
        record.acted, record.unseen, record.applied = True, False, dict(applied)
        return list(tell(record, ResponseStatus.STARTED, self._there(record.control, now)))

    def could_not(self, lfdi: str, control_id: str, refusal: Refusal, now: datetime) -> list[Effect]:
        """Take note that the appliance does not follow the control in force, and never did: that is the end of it."""
        record = self._in_force(lfdi, control_id)
        if record is None or record.acted:
            return []
        return list(refuse(record, refusal, self._there(record.control, now)))

    def out_of_sight(self, lfdi: str) -> None:
        """Take note that nobody knows what the appliance does from now on."""
        if (record := self.active(lfdi)) is not None and record.in_force:
            record.unseen = record.acted

    def found(self, lfdi: str, control_id: str, now: datetime, *, as_left: bool) -> list[Effect]:
        """Take note of how an appliance that was out of sight was found; otherwise than left, it was nobody's hand.

        Where a person had taken it over before, that ends here.
        """
        record = self._known.get(control_id, lfdi)
        if record is None or not (record.in_force or record.phase is Phase.RUN_OUT):
            return []
        record.unseen, there = False, self._there(record.control, now)
        if record.overridden_at is not None:
            record.overridden += (there - record.overridden_at).total_seconds()
            record.overridden_at = None
        elif not as_left:
            record.interrupted = True
        return list(run_out(record, there)) if record.phase is Phase.RUN_OUT else []

    def not_found(self, lfdi: str, control_id: str, now: datetime) -> list[Effect]:
        """Take note that an appliance, out of sight when its control ended, is not looked for any longer."""
        record = self._known.get(control_id, lfdi)
        if record is None or record.phase is not Phase.RUN_OUT:
            return []
        return list(end(record, _NOT_HELD, self._there(record.control, now), Refusal.ENTITY_UNAVAILABLE))

    def overridden(self, lfdi: str, control_id: str, now: datetime) -> None:
        """Take note that a person took the appliance over by hand."""
        if (record := self._in_force(lfdi, control_id)) is not None and record.overridden_at is None:
            record.overridden_at = self._there(record.control, now)

    def _in_force(self, lfdi: str, control_id: str) -> ControlRecord | None:
        record = self._known.get(control_id, lfdi)
        return record if record is not None and record.in_force else None

    # What people do

    def opt_out(self, lfdi: str, control_id: str | None, now: datetime) -> list[Effect]:
        """Take a device out of a control: the one named, else the active one, else the next.

        ``OptError`` where there is none, or where it is an emergency.
        """
        record = self._named(lfdi, control_id)
        if record.control.mandatory:
            raise OptError(OptReason.EMERGENCY)
        if record.out is not None:
            return []
        record.out = OptedOut.DURING if record.phase is Phase.ACTIVE else OptedOut.BEFORE
        return list(tell(record, ResponseStatus.OPTED_OUT, self._there(record.control, now)))

    def opt_in(self, lfdi: str, control_id: str | None, now: datetime) -> list[Effect]:
        """Put a device back into a control, while it lasts or before; ``OptError`` where there is none."""
        return self._back_in(self._named(lfdi, control_id), now)

    def _back_in(self, record: ControlRecord, now: datetime) -> list[Effect]:
        if record.out is None:
            return []
        record.out = None
        record.back_in = record.phase is Phase.ACTIVE
        return list(tell(record, ResponseStatus.OPTED_IN, self._there(record.control, now)))

    def standing(self, lfdi: str) -> bool:
        """Whether a device stays out of all controls that it may stay out of."""
        return lfdi in self._standing

    def set_standing(self, lfdi: str, now: datetime, *, out: bool) -> list[Effect]:
        """Have a device stay out of all controls, emergencies apart, or take part again.

        What lasts now is left at once, and gone back to where it was left by this.
        """
        if out:
            self._standing.add(lfdi)
        else:
            self._standing.discard(lfdi)
        effects: list[Effect] = []
        active = self.active(lfdi)
        for record in [*([active] if active else []), *self.upcoming(lfdi)]:
            if out and record.out is None and not record.control.mandatory:
                record.out = OptedOut.STANDING_DURING if record.phase is Phase.ACTIVE else OptedOut.STANDING
                effects += tell(record, ResponseStatus.OPTED_OUT, self._there(record.control, now))
            elif not out and record.out in (OptedOut.STANDING, OptedOut.STANDING_DURING):
                effects += self._back_in(record, now)
        return effects

    def meant(self, lfdi: str, control_id: str | None = None) -> ControlRecord | None:
        """Return the control that a person opts out of or into: the one named, else the active one, else the next."""
        found = (each for each in self._known.of(lfdi) if each.to_come and control_id in (None, each.control.id))
        return min(found, key=lambda each: (each.phase is not Phase.ACTIVE, each.start), default=None)

    def _named(self, lfdi: str, control_id: str | None) -> ControlRecord:
        if (record := self.meant(lfdi, control_id)) is None:
            raise OptError(OptReason.NO_CONTROL)
        return record

    def _draw(self, within: timedelta) -> timedelta:
        seconds = within.total_seconds()
        return timedelta(seconds=round(self._spread(min(seconds, 0), max(seconds, 0)))) if seconds else timedelta(0)


def _rank(control: LoadControl) -> tuple[int, float, str]:
    """Return what two controls that overlap are compared by; the lower goes first."""
    return control.primacy, -control.created.timestamp(), control.id


def _receive(record: ControlRecord, now: datetime) -> Iterator[Effect]:
    """Say that a control was received of which nothing comes.

    RespondableResource.responseRequired (sep.xsd), bit 0: "End device shall indicate that message was received",
    whatever it makes of it.
    """
    return only_answered(tell(record, ResponseStatus.RECEIVED, now))


def _goes_before(record: ControlRecord, control: LoadControl) -> bool:
    return record.phase is Phase.ACTIVE and _rank(record.control) < _rank(control)


def _superseding(loser: LoadControl, winner: LoadControl) -> ResponseStatus:
    if loser.program == winner.program:
        return ResponseStatus.SUPERSEDED
    return ResponseStatus.SUPERSEDED_BY_OTHER_PROGRAM


def _still_controlled(device: ControlledDevice, control: LoadControl) -> bool:
    """Whether a device is still registered, enrolled and in the control's program; no longer is the end of it."""
    return device.allowed and control.program in device.programs


def _refusal(control: LoadControl, device: ControlledDevice, now: datetime) -> Refusal | None:
    if not device.allowed:
        return Refusal.NOT_ENROLLED
    if control.duration and now >= control.end:
        return Refusal.EXPIRED
    return device.refusal or parameter_refusal(
        control, now, device.answers, forward=device.forward, beyond=device.beyond
    )
