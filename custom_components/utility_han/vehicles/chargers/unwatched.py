"""Charging points that no vehicle uses any more, as one was removed or has another charger: maybe while it charged.

What was open there then ends with what was counted until then, and is its own.
"""

from collections.abc import Container
from datetime import datetime

from homeassistant.core import HomeAssistant, State
from homeassistant.util import dt as dt_util

from ...procedures import LONGEST_GAP, ChargingPoint
from ..store import Charging, VehicleRecord
from .points import enter, read_charger
from .sources import CONF_MAX_POWER


async def async_end_unwatched(hass: HomeAssistant, charging: Charging, watched: Container[str]) -> None:
    """Bring what is open at the other charging points into the ledger; on disk when this returns.

    Those that are ``watched`` are not yet, or not any more.
    """
    charging.points.clear()
    found: dict[str, tuple[ChargingPoint, VehicleRecord]] = {}
    for point_id, kept in charging.others(watched).items():
        left = [(at, record) for record in charging.vehicles.values() if (at := record.used.get(point_id)) is not None]
        if not left:
            continue
        at, record = max(left, key=lambda each: each[0])
        point = ChargingPoint.from_dict(kept, 1000 * record.data[CONF_MAX_POWER])
        if point.watched or point.closed:
            _give_up(point, at, hass.states.get(point_id))
            found[point_id] = (point, record)
    if not found:
        return
    charging.keep_others({point_id: point for point_id, (point, _) in found.items()})
    await charging.async_save_points()
    for point_id, (point, record) in found.items():
        for session in point.closed:
            enter(charging, point_id, session, record)
    await charging.async_save()
    for point, _ in found.values():
        point.closed = []
    charging.keep_others({point_id: point for point_id, (point, _) in found.items()})
    await charging.async_save_points()


def _give_up(point: ChargingPoint, at: datetime, state: State | None) -> None:
    """End what is open at a charging point that its last vehicle left at a time."""
    looked_at = point.clock.said or at
    if dt_util.utcnow() - looked_at < LONGEST_GAP:
        read_charger(point, at, state)
    else:  # of what was charged since then nobody knows whose it is
        at = min(at, looked_at)
    point.give_up(at)
