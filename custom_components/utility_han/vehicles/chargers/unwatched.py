"""Charging points that no vehicle uses any more, as one was removed or has another charger: maybe while it charged.

What was open there then ends with what was counted until then, and is its own.
"""

from collections.abc import Container
from datetime import datetime

from homeassistant.core import HomeAssistant, State
from homeassistant.util import dt as dt_util

from ...const import CONF_SERIAL, LOGGER
from ...procedures import LONGEST_GAP, Candidate, ChargingPoint, Measured, MeasuredSession
from ...utility import BindingStatus
from ..store import Charging, VehicleRecord
from .sources import CONF_ENERGY, CONF_MAX_POWER, CONF_METER, CONF_PRESENCE, is_power, read_energy, read_power


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


def read_charger(point: ChargingPoint, at: datetime, state: State | None) -> bool:
    """Take what the entity of a charging point says of what was charged; whether it says anything."""
    if state is not None and is_power(state):
        point.read_power(at, read_power(state))
    elif (counter := read_energy(state)) is not None:
        point.read_counter(at, counter)
    else:
        return False
    return True


def enter(charging: Charging, point_id: str, session: MeasuredSession, record: VehicleRecord) -> None:
    """Have a session that ended in the ledger; ``record`` is a vehicle of the charging point."""
    serial = (record.data.get("evse") or {}).get(CONF_SERIAL) if record.data[CONF_ENERGY] == point_id else None
    entry = charging.ledger.add(session, point_id, Measured(record.data[CONF_METER], serial or point_id))
    if entry is not None:
        LOGGER.debug("%s: a session ended, %d Wh", point_id, entry.energy_wh)


def candidates_of(charging: Charging, point_id: str, session: MeasuredSession) -> list[Candidate]:
    """Return the vehicles that may have been charged in a session: which used the charging point after it began."""
    return [
        Candidate(record.key, record.run.guest, bool(record.data.get(CONF_PRESENCE)), _is_bound(record))
        for record in charging.vehicles.values()
        if record.uses(point_id, session.started_at)
    ]


def _is_bound(record: VehicleRecord) -> bool:
    return any(each.status is not BindingStatus.REFUSED for each in record.run.bindings.values())
