"""What becomes of a case at the utility, from one look at it to the next."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from homeassistant.util import dt as dt_util

from ..procedures import HealthReason, Verdict
from ..utility import Case, CaseStatus, Slot

type KnownCase = Mapping[str, str]
"""How an open case stands, as it is kept: with what it is about where that is a code, and no text of a person."""
ABOUT: Mapping[str, type[HealthReason | Verdict]] = {"reason": HealthReason, "verdict": Verdict}
"""What a case may be about by a code: its words are read in the language that the home has by then."""


class CaseChange(StrEnum):
    """What became of a case, in the words of events and automations."""

    OPENED = "opened"
    APPOINTMENT = "appointment"
    """Somebody comes, or comes at another time."""
    UPDATED = "updated"
    CLOSED = "closed"


def about(known: KnownCase) -> HealthReason | Verdict | None:
    """Return what a case is about, None where its summary is the text of a person, or of another time."""
    return next((kind(known[name]) for name, kind in ABOUT.items() if known.get(name) in kind), None)


def appointment_of(known: KnownCase) -> tuple[datetime, datetime] | None:
    """Return from when to when somebody comes, None where nobody does (RD-10a)."""
    start, end = (dt_util.parse_datetime(known.get(name, "")) for name in ("appointment", "appointment_end"))
    return (start, end) if start is not None and end is not None else None


def standing(case: Case) -> dict[str, str] | None:
    """Return how a case stands, None where it is closed."""
    if case.status is CaseStatus.CLOSED:
        return None
    said = {"id": case.id, "status": case.status.value, "summary": case.summary}
    said |= {"note": case.note} if case.note else {}
    return said | (_when(case.appointment) if case.appointment else {})


def _when(appointment: Slot) -> dict[str, str]:
    return {"appointment": appointment.start.isoformat(), "appointment_end": appointment.end.isoformat()}


def change(known: KnownCase | None, case: Case) -> CaseChange | None:
    """Return what became of a case since it was ``known``, None where nothing did that concerns it."""
    said = standing(case)
    same = known is not None and known["id"] == case.id
    if said is None:
        return CaseChange.CLOSED if same else None
    if known is None or not same:
        return CaseChange.OPENED
    if said == {name: told for name, told in known.items() if name not in ABOUT}:
        return None
    made = "appointment" in said and said["appointment"] != known.get("appointment")
    return CaseChange.APPOINTMENT if made else CaseChange.UPDATED
