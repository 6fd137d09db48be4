"""What is kept of a hub's health over restarts: how everything is, what was diagnosed, and the open cases."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, override

from homeassistant.core import HomeAssistant

from ..hub.kept.storage import KeptForOne
from ..hub.kept.versions import Migrations
from ..procedures import Health, HealthReason, Place, Repair, Step, UnreadableRecordError, read_record


@dataclass(slots=True)
class Condition:
    """How one thing is.

    ``diagnosis`` is the last one (see ``Diagnosis.to_dict``) with its time, ``at``; ``repair``, what was done before
    it and since the one before; and ``case_closed``, whether the utility closed the case by it.
    """

    health: Health = field(default_factory=Health)
    diagnosis: dict[str, Any] | None = None
    case: dict[str, str] | None = None
    """The case open at the utility: ``id``, ``status``, ``summary``; ``note``, ``appointment`` and
    ``appointment_end`` where there are."""
    survey: list[Place] = field(default_factory=list)
    """The places it was carried to, the last measured last."""
    repair: Repair | None = None
    """What was done to repair it and was not tested since."""
    tested: dict[HealthReason, Step] = field(default_factory=dict)
    """What diagnoses found that shows nowhere else, each with the check that ends it when it finds it no more."""

    def to_dict(self) -> dict[str, Any]:
        """Return it for storage."""
        return {
            "health": self.health.to_dict(),
            "diagnosis": self.diagnosis,
            "case": self.case,
            "survey": [place.to_dict() for place in self.survey],
            "repair": self.repair,
            "tested": dict(self.tested),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Condition:
        """Take up what :meth:`to_dict` gave."""
        condition = read_record(cls, data)
        if condition.case is not None and not {"id", "status", "summary"} <= condition.case.keys():
            raise UnreadableRecordError("Condition.case", "not whole")
        return condition


_FORMERLY = {
    "self_test_failed": "DM-1",
    "account_differs": "RD-3",
    "programs_differ": "RD-12",
    "not_assigned": "RD-12",
    "no_answer": "RD-10",
}
"""What held of a diagnosis before it was kept what holds, and the check that ends it."""


def _with_tested(data: dict[str, Any]) -> dict[str, Any]:
    """Take what holds from the last diagnoses."""
    known = data.get("known")
    for condition in known.values() if isinstance(known, dict) else ():
        diagnosis = condition.get("diagnosis") if isinstance(condition, dict) else None
        if isinstance(diagnosis, dict):
            reasons = [reason for reason in diagnosis.get("reasons") or () if isinstance(reason, str)]
            condition["tested"] = {reason: _FORMERLY[reason] for reason in reasons if reason in _FORMERLY}
    return data


class Conditions(KeptForOne):
    """The conditions of one hub, by subject: the config entry's id for the gateway, else the subentry's."""

    what = "health"
    suffix = "health"
    version = (1, 2)
    migrations: ClassVar[Migrations] = {(1, 2): _with_tested}
    vital = False

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """All is well before it is read."""
        super().__init__(hass, entry_id)
        self.known: dict[str, Condition] = {}
        self.always_allowed = False
        """The person lets the utility diagnose whenever it wants to."""

    @override
    def restore(self, data: dict[str, Any]) -> None:
        self.known = self.read_records(data, "known", Condition.from_dict)
        self.always_allowed = self.read_value(data, "always_allowed", bool, False)
        self.whose = self.read_value(data, "account", str | None, None)

    @override
    def snapshot(self) -> dict[str, Any]:
        return {
            "known": {subject: each.to_dict() for subject, each in self.known.items()},
            "always_allowed": self.always_allowed,
            "account": self.whose,
        }

    def of(self, subject: str) -> Condition:
        """Return the condition of a subject; of one that nothing is known of it is well."""
        return self.known.setdefault(subject, Condition())

    @override
    def begin_anew(self) -> None:
        """Cases, and what was allowed at another utility, are none of this one's."""
        self.always_allowed = False
        for condition in self.known.values():
            condition.case = None

    def forget_all_but(self, subjects: Container[str]) -> None:
        """Forget how that was which is not there any more."""
        self.known = {subject: each for subject, each in self.known.items() if subject in subjects}
