"""Whose vehicle was charged: told by evidence, else asked about, never guessed (UR-EV)."""

from collections.abc import Sequence
from dataclasses import dataclass

from .session import MeasuredSession


@dataclass(frozen=True, slots=True)
class Candidate:
    """A vehicle bound to the EVSE; ``id`` is its subentry's, ``tells`` whether it says if it is plugged in itself."""

    id: str
    guest: bool
    tells: bool


def whose(session: MeasuredSession, candidates: Sequence[Candidate]) -> str | None:
    """Return whose session it is, None where a person has to be asked.

    A vehicle that says it is plugged in here is the one, unless another one says so too. A vehicle that cannot say is
    taken for it only where it is the only one that can be, is no guest, and no vehicle that can say kept silent. Whose
    it is that may not have been charged at all, only a person can say.
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
    if silent or len(mute) != 1 or mute[0].guest:
        return None
    return mute[0].id
