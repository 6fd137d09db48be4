"""What ends of vehicles at the utility of a removed hub: what they have charged is billed, and bindings end."""

from functools import partial

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..account.access import Goodbye
from ..account.manager import account_key
from ..hub.background.rounds import Rounds
from ..procedures import BillableRecord, deliver_records, end_binding
from ..utility import Utility, UtilityError, UtilityReason
from .billers import Billers
from .chargers.points import candidates_of
from .chargers.unwatched import async_end_unwatched
from .rates.price_following import PriceFollowing
from .settling import Settling
from .store import Charging, VehicleRecord
from .subentries import end_of_removed


async def async_end_sessions(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """End the sessions that are under way, and work out what is billed of them.

    Raises ``MadeByNewerVersionError`` where what is kept is another version's.
    """
    charging = await Charging.async_get(hass, entry.entry_id)
    now = dt_util.utcnow()
    for record in charging.vehicles.values():
        record.note_use(None, now)
    await async_end_unwatched(hass, charging, ())
    prices = PriceFollowing(hass, charging.prices, {}, Rounds(hass, entry), lambda: None)
    await Settling(hass, charging, prices, partial(candidates_of, charging)).async_settle_all()


async def async_vehicle_goodbyes(hass: HomeAssistant, entry: ConfigEntry) -> list[Goodbye]:
    """Return what is to be ended of each vehicle that a utility has, by its name; raises the same."""
    charging = await Charging.async_get(hass, entry.entry_id)
    of_utility = [each for each in charging.vehicles.values() if each.run.vehicle_id is not None]
    return [
        (each.title, partial(_async_end, charging, each, account_key(entry.data)))
        for each in of_utility
        if not each.run.at_home
    ]


async def _async_end(charging: Charging, record: VehicleRecord, account: str | None, utility: Utility) -> None:
    """Hand over what can be, then end the bindings; ``UtilityError`` where a binding, or what was charged, is left."""
    billers = Billers(utility, charging, account)
    if billers.is_elsewhere(record):
        return  # that account was told of as it was left
    run, biller = record.run, billers.utility

    def its(billable: BillableRecord) -> bool:
        return billable.session.binding_id in run.bindings and billers.takes(biller, billable)

    refused: UtilityError | None = None
    try:
        await deliver_records(biller, charging.ledger, {record.key: run}, charging.async_save, its)
    except UtilityError as err:
        refused = err  # the binding is ended all the same
    run.ending = end_of_removed(run.ending, dt_util.utcnow())
    await end_binding(biller, run, charging.async_save)
    if refused is not None:
        raise refused
    if any(each.untold and its(each) for each in charging.ledger.open_of(record.key)):
        raise UtilityError(UtilityReason.SESSION_NOT_CONFIRMED, "what it has charged is not confirmed yet")
