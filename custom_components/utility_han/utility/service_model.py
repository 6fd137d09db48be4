"""What the utility's API tells of problems: cases, tests, appointments and remote diagnosis (docs/utility-api.yaml).

Every class is read by ``from_json``, as in :mod:`.model`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from .answer import Fields


class CaseStatus(StrEnum):
    """How a case stands."""

    OPEN = "open"
    SCHEDULED = "scheduled"
    """Somebody comes."""
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Slot:
    """A time in which somebody can come."""

    id: str
    start: datetime
    end: datetime

    @classmethod
    def from_json(cls, data: Any) -> Slot:
        """Take a Slot of the API."""
        fields = Fields(data, cls.__name__)
        return cls(fields.take("id", str), fields.time("start"), fields.time("end"))


@dataclass(frozen=True, slots=True)
class Case:
    """A problem that was reported; both ids are None where it is about the gateway."""

    id: str
    version: int
    registration_id: str | None
    binding_id: str | None
    status: CaseStatus
    summary: str
    note: str | None
    """What the representative last said."""
    opened_at: datetime
    appointment: Slot | None

    @classmethod
    def from_json(cls, data: Any) -> Case:
        """Take a Case of the API."""
        fields = Fields(data, cls.__name__)
        return cls(
            id=fields.take("id", str),
            version=fields.take("version", int),
            registration_id=fields.maybe("registration_id", str),
            binding_id=fields.maybe("binding_id", str),
            status=fields.take("status", CaseStatus),
            summary=fields.said("summary"),
            note=fields.maybe_said("note"),
            opened_at=fields.time("opened_at"),
            appointment=fields.maybe_read("appointment", Slot.from_json),
        )


@dataclass(frozen=True, slots=True)
class Report:
    """What a diagnosis, a repair or a coverage survey found, for the utility; without secrets."""

    kind: str
    verdict: str | None = None
    reason: str | None = None
    evidence: Mapping[str, Any] | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the Report of the API."""
        said = {"verdict": self.verdict, "reason": self.reason, "evidence": self.evidence}
        return {"kind": self.kind, **{name: value for name, value in said.items() if value is not None}}


@dataclass(frozen=True, slots=True)
class Reachability:
    """Whether the utility reaches a device through the gateway, and whether the gateway lists it."""

    reachable: bool
    commissioned: bool
    detail: str | None

    @classmethod
    def from_json(cls, data: Any) -> Reachability:
        """Take a Reachability of the API."""
        fields = Fields(data, cls.__name__)
        return cls(fields.take("reachable", bool), fields.take("commissioned", bool), fields.maybe_said("detail"))


@dataclass(frozen=True, slots=True)
class TestSignal:
    """A control that asks for nothing; ``answers`` are the device's (IEEE 2030.5-2018, table 27)."""

    __test__ = False  # pytest looks for classes with such a name

    id: str
    control: str
    """The mRID, upper-case hexadecimal."""
    answers: tuple[int, ...]
    status: str
    """``sent``, ``answered`` or ``refused``."""

    @classmethod
    def from_json(cls, data: Any) -> TestSignal:
        """Take a TestSignal of the API."""
        fields = Fields(data, cls.__name__)
        return cls(
            id=fields.take("id", str),
            control=fields.take("control", str).upper(),
            answers=fields.take("answers", tuple[int, ...]),
            status=fields.take("status", str),
        )


@dataclass(frozen=True, slots=True)
class DiagnosticsRequest:
    """What a representative wants diagnosed; None for the registration asks about the gateway."""

    id: str
    registration_id: str | None
    case_id: str | None
    status: str
    """``requested``, ``allowed``, ``denied`` or ``done``."""
    note: str

    @classmethod
    def from_json(cls, data: Any) -> DiagnosticsRequest:
        """Take a DiagnosticsRequest of the API."""
        fields = Fields(data, cls.__name__)
        return cls(
            id=fields.take("id", str),
            registration_id=fields.maybe("registration_id", str),
            case_id=fields.maybe("case_id", str),
            status=fields.take("status", str),
            note=fields.said("note"),
        )
