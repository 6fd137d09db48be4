"""What a charger has signed of its counter, as OCMF: taken as it is, and found the session that it is of.

The Open Charge Metering Format of the S.A.F.E. initiative: ``OCMF|payload|signature``, two JSON objects. In ``RD`` of
the payload are readings; their ``TM`` is a time with the state of the clock, of which ``U`` is "unknown,
unsynchronized". In OCPP, says its text, it is "encoded as hex data". Whether the signature is right is for who has the
charger's key, with the transparency software: here nothing is claimed of it.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from .session import MeasuredSession

MOST_SIGNED = 3750
"""Bytes of a record: in Base64 it has 5,000 characters then, which is what ``SignedValue.signed_data`` of OCPI has."""
_MOST_OF_SESSION = 8
_NEAR = timedelta(minutes=15)
"""How far from a session what is signed of it may be: chargers begin and end theirs when they are told to."""
_HEADER = "OCMF"
_UNSYNCHRONIZED = "U"
BEGINS = "B"
"""``TX`` of a reading at the beginning of a transaction."""


class SignedValueError(ValueError):
    """No record that can be kept; ``reason`` is the key of its words."""

    def __init__(self, reason: str, why: str) -> None:
        """``why`` says what is wrong with it."""
        super().__init__(f"{reason}: {why}")
        self.reason = reason
        self.why = why


@dataclass(frozen=True, slots=True)
class SignedValue:
    """A record as the charger gave it."""

    text: str
    at: datetime | None
    """Of its last reading; None where the charger does not know what time it is."""
    begins: bool = False
    """Its last reading is of the beginning of a transaction (``TX``: B)."""


def read_signed(text: str) -> SignedValue:
    """Return a record once it is sure that it is one; ``SignedValueError`` otherwise."""
    text = text.strip()
    if len(text) > 2 * MOST_SIGNED:
        raise SignedValueError("signed_too_long", f"{len(text)}")
    text = _of_hex(text)
    if (size := len(text.encode("utf-8", "replace"))) > MOST_SIGNED:
        raise SignedValueError("signed_too_long", f"{size}")
    header, *sections = text.split("|")
    if header != _HEADER or len(sections) != 2:
        raise SignedValueError("signed_no_ocmf", "OCMF|{…}|{…}")
    payload, signature = (_object(section) for section in sections)
    if not isinstance(signature.get("SD"), str) or not signature["SD"]:
        raise SignedValueError("signed_no_ocmf", "SD")
    readings = payload.get("RD")
    if not isinstance(readings, list) or not readings or not all(isinstance(each, dict) for each in readings):
        raise SignedValueError("signed_no_ocmf", "RD")
    return SignedValue(text, _last_time(readings), begins=moments_of(readings)[-1] == BEGINS)


def moments_of(readings: Iterable[Any]) -> list[str]:
    """Return of which moment of the transaction each reading is (``TX``), nothing where it is of none.

    "For the readings, fields that have an identical value to the previous reading are omitted."
    """
    found: list[str] = []
    for each in readings:
        if isinstance(each, dict):
            found.append(str(each.get("TX") or (found[-1] if found else "")))
    return found


def _of_hex(text: str) -> str:
    try:
        return bytes.fromhex(text).decode()
    except ValueError:
        return text


def _object(section: str) -> dict[str, Any]:
    try:
        found = json.loads(section)
    except (ValueError, RecursionError) as err:
        raise SignedValueError("signed_no_ocmf", "JSON") from err
    if not isinstance(found, dict):
        raise SignedValueError("signed_no_ocmf", "JSON")
    return found


def _last_time(readings: Iterable[dict[str, Any]]) -> datetime | None:
    """Return the time of the last reading that has one: "2018-07-24T13:22:04,000+0200 S"."""
    times = [each["TM"] for each in readings if isinstance(each.get("TM"), str)]
    if not times:
        raise SignedValueError("signed_no_ocmf", "TM")
    told, _, clock = times[-1].strip().partition(" ")
    try:
        at = datetime.fromisoformat(told)
    except ValueError as err:
        raise SignedValueError("signed_no_ocmf", "TM") from err
    if at.tzinfo is None:
        raise SignedValueError("signed_no_ocmf", "TM")
    return None if clock == _UNSYNCHRONIZED else at


def session_of(value: SignedValue, sessions: Iterable[MeasuredSession], now: datetime) -> MeasuredSession | None:
    """Return the session in whose time a record is, or that is nearest to it; None where none is near.

    One that has it already is the one: entities go on showing it, and where its time is not known, now says nothing.
    """
    there = list(sessions)
    if (kept := next((each for each in there if value.text in each.signed), None)) is not None:
        return kept
    at = value.at or now

    def apart(session: MeasuredSession) -> timedelta:
        ended = session.ended_at or max(now, at)
        if value.begins and ended < at:
            return _NEAR * 2  # it is of the session that follows, which may not be seen yet
        return max(session.started_at - at, at - ended, timedelta(0))

    near = [each for each in there if apart(each) <= _NEAR]
    return min(near, key=lambda each: (apart(each), -each.started_at.timestamp()), default=None)


def keep_signed(session: MeasuredSession, value: SignedValue) -> bool:
    """Keep a record with its session, once; return whether it is new. The first and the latest ones are kept."""
    if value.text in session.signed:
        return False
    session.signed.append(value.text)
    if len(session.signed) > _MOST_OF_SESSION:
        del session.signed[1]
    return True
