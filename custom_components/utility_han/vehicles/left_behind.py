"""What the utility of a hub goes on knowing when another account is linked in its place."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from ..devices.manager import by_utility
from ..devices.store import Registrations
from ..procedures import ChargingPoint, MeasuredSession, is_home
from ..utility import Stage
from .chargers.points import candidates_of
from .store import Charging, VehicleRecord

_ENDED = (Stage.CLOSED.value, Stage.REFUSED.value)


async def async_left_behind(hass: HomeAssistant, entry: ConfigEntry) -> tuple[list[str], int]:
    """Return the names of devices registered and vehicles bound there, and how many sessions it has not billed yet.

    Those that are under way are among them, and those of which nobody has said yet whose they are.
    Raises ``MadeByNewerVersionError`` where what is kept is another version's.
    """
    records = (await Registrations.async_get(hass, entry.entry_id)).records.values()
    charging = await Charging.async_get(hass, entry.entry_id)
    devices = [
        each.title
        for each in records
        if each.run.registration_id is not None and each.run.stage not in _ENDED and not by_utility(each)
    ]
    vehicles = [each.title for each in charging.vehicles.values() if _is_bound_there(each)]
    unbilled = [
        record
        for _, record in charging.ledger.open_records()
        if record.untold and not is_home(record.session.binding_id)
    ]
    return [*devices, *vehicles], len(unbilled) + _not_worked_out(charging)


def _is_bound_there(record: VehicleRecord) -> bool:
    return record.run.vehicle_id is not None and not record.run.at_home


def _not_worked_out(charging: Charging) -> int:
    """Return how many sessions may be billed there of which it is not worked out yet what is."""
    under_way = {
        session.id: (point_id, session)
        for point_id, point in _points(charging).items()
        for session in (*point.closed, *point.open)
        if session.energy_wh
    }
    asked = {
        entry.session.id: (entry.point, entry.session)
        for entry in charging.ledger.attention.values()
        if not entry.settled and not (entry.session.decided and entry.session.vehicle is None)
    }
    return sum(_may_be_billed_there(charging, *each) for each in (asked | under_way).values())


def _points(charging: Charging) -> dict[str, ChargingPoint]:
    kept = charging.others(charging.points)
    return charging.points | {point_id: ChargingPoint.from_dict(data, 0.0) for point_id, data in kept.items()}


def _may_be_billed_there(charging: Charging, point_id: str, session: MeasuredSession) -> bool:
    keys = (each.id for each in candidates_of(charging, point_id, session))
    vehicles = [charging.vehicles[key] for key in keys if session.vehicle in (None, key)]
    return any(_is_bound_there(each) for each in vehicles)
