"""A reservation of the gateway as it is kept over a restart."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from ..gateway import Reservation
from ..procedures import read_record, read_value


def reservation_to_dict(reservation: Reservation) -> dict[str, Any]:
    """Return it JSON-safe."""
    return asdict(reservation) | {
        "start": reservation.start.isoformat(),
        "duration": reservation.duration.total_seconds(),
        "created": reservation.created.isoformat(),
    }


def reservation_from_dict(data: Any) -> Reservation:
    """Take up what :func:`reservation_to_dict` gave; ``UnreadableRecordError`` where it is something else."""
    given = data.get("duration") if isinstance(data, dict) else None
    seconds = read_value(float, given, "Reservation.duration")
    return read_record(Reservation, data, duration=timedelta(seconds=seconds))
