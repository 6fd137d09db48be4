"""Charging points that no vehicle uses any more, as one was removed or has another charger: maybe while it charged.

What was open there then ends with what was counted until then, and is its own.
"""

from collections.abc import Container, Sequence
from datetime import UTC, datetime

from homeassistant.core import HomeAssistant, State
from homeassistant.util import dt as dt_util

from ..const import CONF_SERIAL, LOGGER
from ..procedures import Candidate, ChargingPoint, Measured, MeasuredSession
from ..utility import BindingStatus
from .sources import CONF_ENERGY, CONF_MAX_POWER, CONF_METER, CONF_PRESENCE, is_power, read_energy, read_power
from .store import Charging, VehicleRecord

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


async def async_end_unwatched(hass: HomeAssistant, charging: Charging, watched: Container[str]) -> None:
    """Bring what is open at the other charging points into the ledger; on disk when this returns."""
    found: dict[str, tuple[ChargingPoint, VehicleRecord]] = {}
    for point_id, kept in charging.others(watched).items():
        if not (users := _users_of(charging, point_id)):
            continue
        record = max(users, key=lambda each: _removed_at(each) or _LONG_AGO)
        point = ChargingPoint.from_dict(kept, 1000 * record.data[CONF_MAX_POWER])
        if point.open or point.closed:
            _end(hass, point_id, point, _removed_at(record))
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


def _end(hass: HomeAssistant, point_id: str, point: ChargingPoint, removed_at: datetime | None) -> None:
    """End what is open at a charging point with what it shows now; no later than its vehicle was removed."""
    now = dt_util.utcnow()
    at = now if removed_at is None else min(removed_at, now)
    read_charger(point, at, hass.states.get(point_id))
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


def candidates_of(
    charging: Charging, point_id: str, users: Sequence[VehicleRecord], session: MeasuredSession
) -> list[Candidate]:
    """Return the vehicles that may have been charged in a session: the ``users`` of the charging point.

    Also one that was removed after it began, and where there is no user, whoever was one.
    """
    others = [each for each in _users_of(charging, point_id) if each not in users and (each.removed or not users)]
    left = [(each, _removed_at(each)) for each in others]
    there = [each for each, removed_at in left if removed_at is None or removed_at > session.started_at]
    return [
        Candidate(record.key, record.run.guest, bool(record.data.get(CONF_PRESENCE)))
        for record in (*users, *there)
        if any(each.status is not BindingStatus.REFUSED for each in record.run.bindings.values())
    ]


def _users_of(charging: Charging, point_id: str) -> list[VehicleRecord]:
    """Return the vehicles, removed ones too, that use a charging point, or did."""
    return [
        record for record in charging.vehicles.values()
        if record.data and point_id in (record.data[CONF_ENERGY], *record.chargers)
    ]  # fmt: skip


def _removed_at(record: VehicleRecord) -> datetime | None:
    """Return when a vehicle was removed, None of one that is shown."""
    if not record.removed:
        return None
    if record.run.ending is not None:
        return datetime.fromisoformat(record.run.ending["valid_until"])
    ends = [each.valid_until for each in record.run.bindings.values() if each.valid_until is not None]
    return max(ends, default=_LONG_AGO)
