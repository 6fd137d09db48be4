"""What the utility of a hub goes on knowing when another account is linked in its place."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from ..devices.manager import by_utility
from ..devices.store import Registrations
from ..procedures import is_home
from ..utility import Stage
from .store import Charging

_ENDED = (Stage.CLOSED.value, Stage.REFUSED.value)


async def async_left_behind(hass: HomeAssistant, entry: ConfigEntry) -> tuple[list[str], int]:
    """Return the names of devices registered and vehicles bound there, and how many sessions it has not billed yet.

    Raises ``MadeByNewerVersionError`` where what is kept is another version's.
    """
    records = (await Registrations.async_get(hass, entry.entry_id)).records.values()
    charging = await Charging.async_get(hass, entry.entry_id)
    devices = [
        each.title
        for each in records
        if each.run.registration_id is not None and each.run.stage not in _ENDED and not by_utility(each)
    ]
    vehicles = [
        each.title for each in charging.vehicles.values() if each.run.vehicle_id is not None and not each.run.at_home
    ]
    unbilled = [
        record
        for _, record in charging.ledger.open_records()
        if record.untold and not is_home(record.session.binding_id)
    ]
    return [*devices, *vehicles], len(unbilled)
