"""Whose vehicle was charged: told by evidence, else asked about, never guessed (UR-EV)."""

from collections.abc import Sequence
from dataclasses import dataclass

from .session import MeasuredSession


@dataclass(frozen=True, slots=True)
class Candidate:
    """A vehicle that uses the EVSE; ``id`` is its subentry's."""

    id: str
    guest: bool
    tells: bool
    """Whether it says itself if it is plugged in."""
    bound: bool = True
    """Whether it has a binding, or may have one."""


def whose(session: MeasuredSession, candidates: Sequence[Candidate]) -> str | None:
    """Return whose session it is, None where a person has to be asked.

    A vehicle that says it is plugged in here is the one, unless another one says so too. A vehicle that cannot say is
    taken for it only where it is the only one that can be, is no guest, and no vehicle that can say kept silent. Whose
    it is that may not have been charged at all, only a person can say. One that is not bound may have been charged
    too, but that is not taken for granted.
    """
    if session.decided:
        return session.vehicle
    if session.doubted:
        return None
    present = [each.id for each in candidates if each.id in session.seen]
    if present:
        return present[0] if len(present) == 1 else None
    silent = [each for each in candidates if each.tells and each.id not in session.away]
    mute = [each for each in candidates if not each.tells]
    if silent or len(mute) != 1 or mute[0].guest or not mute[0].bound:
        return None
    return mute[0].id
