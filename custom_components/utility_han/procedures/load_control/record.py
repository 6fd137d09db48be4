"""What is kept of one control for one device, JSON-safe, from its receipt until it is forgotten."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from ...esi import LoadControl, ResponseStatus
from ...esi.typed import UnreadableRecordError, read_record, read_value


class Phase(StrEnum):
    """How far a control has come for a device."""

    SCHEDULED = "scheduled"
    ACTIVE = "active"
    RUN_OUT = "run_out"
    """Past its end, and the appliance is still to be looked at: it was out of sight when it ended."""
    ENDED = "ended"
    """Over, by whatever: completed, cancelled, superseded."""
    REJECTED = "rejected"


class OptedOut(StrEnum):
    """How a person got out of a control."""

    BEFORE = "before"
    DURING = "during"
    STANDING = "standing"
    """By the standing opt-out, before it started."""
    STANDING_DURING = "standing_during"
    """By the standing opt-out, while it lasted."""


class Refusal(StrEnum):
    """Why a control was refused; for the log, for people and for automations."""

    NOT_ENROLLED = "not_enrolled"
    REPLAY = "replay"
    EXPIRED = "expired"
    DURATION = "duration"
    START = "start"
    RANDOMIZATION = "randomization"
    DUTY_CYCLE = "duty_cycle"
    OFFSET = "offset"
    SETPOINT = "setpoint"
    LOAD_ADJUSTMENT = "load_adjustment"
    UNSUPPORTED = "unsupported"
    """It asks for nothing that the device's stated response can do."""
    LEVEL_NOT_SET = "level_not_set"
    """Nobody has said what the levels of load are to the device."""
    CHARGE_STATE = "charge_state"
    """It asks for a state of charge, and nobody knows how full the vehicle or storage is."""
    ENTITY_MISSING = "entity_missing"
    ENTITY_UNAVAILABLE = "entity_unavailable"
    ENTITY_REFUSES = "entity_refuses"
    """The entity does not do what it is told."""
    ENTITY_SILENT = "entity_silent"
    """Its action does not come back: nobody knows whether it will."""
    NOTHING_TO_DO = "nothing_to_do"
    """There is nothing about the entity as it is that could follow."""
    INTERRUPTED = "interrupted"
    """The device did something else for a while, by nobody's hand: after a power cut, for example."""


@dataclass(slots=True)
class ControlRecord:
    """A control as one device goes through it; ``start`` and ``end`` are randomised, once and for all.

    All times are the gateway's.
    """

    lfdi: str
    control: LoadControl
    phase: Phase
    start: datetime
    end: datetime
    changed: datetime
    """When something happened to it last."""
    out: OptedOut | None = None
    cancelling: bool = False
    """Called off, and running on to ``end`` because the gateway spreads the ends of all devices."""
    applied: dict[str, float] = field(default_factory=dict)
    """What of it the appliance does, by the names of what a control asks for; empty before it does anything."""
    acted: bool = False
    """Whether the appliance was seen to do it."""
    unseen: bool = False
    """The appliance is out of sight since it did it: nobody knows what it does."""
    interrupted: bool = False
    """It was found doing something else that nobody had told it to."""
    back_in: bool = False
    """A person opted out while it lasted, and in again."""
    overridden_at: datetime | None = None
    """When a person took the appliance over by hand, as long as they have it."""
    overridden: float = 0.0
    """For how many seconds a person had it before, until it was brought back."""
    told: list[int] = field(default_factory=list)
    """The statuses that came about, as ResponseStatus, in order."""
    refusal: Refusal | None = None

    @property
    def over(self) -> bool:
        """Whether nothing more comes of it."""
        return self.phase in (Phase.ENDED, Phase.REJECTED)

    @property
    def took_place(self) -> bool:
        """Whether it began for the device, and lasts or has ended since, whoever took part."""
        lasted = (ResponseStatus.STARTED, ResponseStatus.COMPLETED_WITHOUT_PARTICIPATION)
        return self.phase is not Phase.SCHEDULED and any(status in self.told for status in lasted)

    @property
    def to_come(self) -> bool:
        """Whether it starts or ends yet."""
        return self.phase in (Phase.SCHEDULED, Phase.ACTIVE)

    @property
    def in_force(self) -> bool:
        """Whether the device is to do what the control asks for now."""
        return self.phase is Phase.ACTIVE and self.out is None

    @property
    def outcome(self) -> ResponseStatus | None:
        """What came about last."""
        return ResponseStatus(self.told[-1]) if self.told else None

    @property
    def superseded(self) -> bool:
        """Whether another control went before it."""
        return self.outcome in (ResponseStatus.SUPERSEDED, ResponseStatus.SUPERSEDED_BY_OTHER_PROGRAM)

    def to_dict(self, control: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the record JSON-safe; ``control`` is what :func:`control_to_dict` made of its control before."""
        return {
            "lfdi": self.lfdi,
            "control": control_to_dict(self.control) if control is None else control,
            "phase": self.phase.value,
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "changed": self.changed.isoformat(),
            "out": self.out and self.out.value,
            "cancelling": self.cancelling,
            "applied": dict(self.applied),
            "acted": self.acted,
            "unseen": self.unseen,
            "interrupted": self.interrupted,
            "back_in": self.back_in,
            "overridden_at": self.overridden_at.isoformat() if self.overridden_at else None,
            "overridden": self.overridden,
            "told": list(self.told),
            "refusal": self.refusal and self.refusal.value,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> ControlRecord:
        """Take up what :meth:`to_dict` gave."""
        if not isinstance(data, Mapping):
            raise UnreadableRecordError(cls.__name__, "no record")
        # Who opted out is not controlled because that is missing.
        return read_record(cls, data, needs=("out",), control=control_from_dict(data.get("control")))


_TIMES = ("created", "start")
_DURATIONS = ("duration", "randomize_start", "randomize_duration", "override_duration")
_NAMES = tuple(found.name for found in fields(LoadControl))


def control_to_dict(control: LoadControl) -> dict[str, Any]:
    """Return a control JSON-safe: times in ISO 8601, durations in seconds."""
    data: dict[str, Any] = {name: getattr(control, name) for name in _NAMES}
    data["status"] = int(control.status)
    data["target_reduction"] = asdict(control.target_reduction) if control.target_reduction else None
    for name in _TIMES:
        data[name] = data[name].isoformat()
    for name in _DURATIONS:
        data[name] = None if data[name] is None else data[name].total_seconds()
    return data


def control_from_dict(data: Any) -> LoadControl:
    """Take up what :func:`control_to_dict` gave."""
    if not isinstance(data, Mapping):
        raise UnreadableRecordError("LoadControl", "no record")
    durations: dict[str, Any] = {}
    for name in _DURATIONS:
        seconds = read_value(float | None, data[name], f"LoadControl.{name}") if name in data else None
        if name in data:
            durations[name] = None if seconds is None else timedelta(seconds=seconds)
    return read_record(LoadControl, data, **durations)
