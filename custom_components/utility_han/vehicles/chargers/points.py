"""What becomes of a charging point's readings, whoever looks at it: what was charged, in which sessions, and whose."""

from datetime import datetime

from homeassistant.core import State

from ...const import CONF_SERIAL, LOGGER
from ...procedures import Candidate, ChargingPoint, Measured, MeasuredSession
from ...utility import BindingStatus
from ..store import Charging, VehicleRecord
from .sources import (
    CONF_ENERGY,
    CONF_EVSE,
    CONF_METER,
    CONF_PRESENCE,
    is_power,
    read_energy,
    read_power,
)


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
    serial = (record.data.get(CONF_EVSE) or {}).get(CONF_SERIAL) if record.data[CONF_ENERGY] == point_id else None
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
