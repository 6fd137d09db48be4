"""What a procedure tells of each step it takes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from ..esi.typed import read_record
from ..gateway.errors import Reason
from ..utility.errors import UtilityReason
from .health import HealthReason

type AnyReason = Reason | UtilityReason | HealthReason


class Step(StrEnum):
    """The ids of docs/use-cases.md."""

    IP_1 = "IP-1"
    IP_2 = "IP-2"
    IP_3 = "IP-3"
    IP_4 = "IP-4"
    IP_5 = "IP-5"
    IP_6 = "IP-6"
    IP_7 = "IP-7"
    IP_8 = "IP-8"
    IP_9 = "IP-9"
    IP_10 = "IP-10"
    IP_11 = "IP-11"
    UR_1 = "UR-1"
    UR_3 = "UR-3"
    UR_4 = "UR-4"
    UR_5 = "UR-5"
    UR_6 = "UR-6"
    UR_7 = "UR-7"
    UR_8 = "UR-8"
    UR_9 = "UR-9"
    UR_10 = "UR-10"
    UR_12 = "UR-12"
    UR_13 = "UR-13"
    UR_14 = "UR-14"
    UR_15 = "UR-15"
    SC_1 = "SC-1"
    UR_EV = "UR-EV"
    RD_2 = "RD-2"
    RD_3 = "RD-3"
    RD_6 = "RD-6"
    RD_7 = "RD-7"
    RD_8 = "RD-8"
    RD_9 = "RD-9"
    RD_10 = "RD-10"
    RD_11 = "RD-11"
    RD_12 = "RD-12"
    DM_1 = "DM-1"
    DM_3 = "DM-3"
    DM_4 = "DM-4"
    DM_5 = "DM-5"
    DM_6 = "DM-6"


class Outcome(StrEnum):
    """How a step stands."""

    RUNNING = "running"
    DONE = "done"
    WAITING = "waiting"
    """Nothing more to do on our side now; the procedure is run again later and goes on here."""
    NOT_OFFERED = "not_offered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class StepResult:
    """One step as it was taken: ``evidence`` is JSON-safe and holds no secret; ``next`` is the step that follows."""

    step: Step
    outcome: Outcome
    reason: AnyReason | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)
    next: Step | None = None
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def to_dict(self) -> dict[str, Any]:
        """Return the result JSON-safe, for storage, diagnostics and actions."""
        return {
            "step": self.step.value,
            "outcome": self.outcome.value,
            "reason": self.reason.value if self.reason else None,
            "evidence": dict(self.evidence),
            "next": self.next.value if self.next else None,
            "at": self.at.isoformat(),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> StepResult:
        """Take up what :meth:`to_dict` gave."""
        # What was done at an unknown time was not done now.
        return read_record(cls, data, needs=("at",))
