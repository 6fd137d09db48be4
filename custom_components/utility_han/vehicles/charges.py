"""Which charges there are of which vehicles."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from ..const import DOMAIN
from ..procedures import Charge, ChargedVehicle, ForeignSession
from ..utility import Binding, RateProgram
from .manager import VehicleManager
from .store import VehicleRecord


@dataclass(frozen=True, slots=True)
class Held:
    """A vehicle, who manages its charging, and its hub."""

    manager: VehicleManager
    record: VehicleRecord
    entry: ConfigEntry


@dataclass(frozen=True, slots=True)
class Taken:
    """What documents are written from: charges, oldest first, and the bindings of their vehicles."""

    charges: list[Charge]
    bindings: list[Agreed]
    held: dict[str, Held]
    """Whose each binding is, by its id."""
    elsewhere: list[tuple[ChargedVehicle, ForeignSession]]
    """What was charged elsewhere, which nobody is billed for here."""

    async def async_issued(self) -> None:
        """Keep that the charges were handed over: what is found wrong with them later is credited."""
        managers = {held.manager for held in self.held.values()}
        for manager in managers:
            of_it = [charge for charge in self.charges if self.held[charge.binding.id].manager is manager]
            await manager.async_issued(of_it)


type Agreed = tuple[ChargedVehicle, Binding, RateProgram]


def all_vehicles(hass: HomeAssistant) -> list[Held]:
    """Return every vehicle of every hub that is loaded, those that were removed among them."""
    found: list[Held] = []
    entries: list[ConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    for entry in entries:
        manager: VehicleManager = entry.runtime_data.manager(VehicleManager)
        found += [Held(manager, record, entry) for record in manager.charging.vehicles.values()]
    return found


async def async_take(
    vehicles: Iterable[Held], since: datetime, until: datetime, payer: str | None, *, as_made: bool = False
) -> Taken:
    """Return what there is of vehicles in a time; ``payer`` is a part of their name, or the end of their account.

    Who pays elsewhere is not known: where a payer is asked for, nothing of elsewhere is among it.
    """
    held = list(vehicles)
    of_managers: dict[VehicleManager, list[VehicleRecord]] = {}
    for each in held:
        of_managers.setdefault(each.manager, []).append(each.record)
    charges: list[Charge] = []
    for manager, records in of_managers.items():
        charges += await manager.async_charges(records, since, until, as_made=as_made)
    paid = [charge for charge in charges if _pays(charge.binding, payer)]
    paid.sort(key=lambda charge: (charge.started_at, charge.issued_at))
    of_bindings = {binding: each for each in held for binding in each.record.run.bindings}
    elsewhere = _elsewhere(held, since, until) if payer is None else []
    return Taken(paid, bindings_of(held, payer), of_bindings, elsewhere)


def _elsewhere(
    vehicles: Iterable[Held], since: datetime, until: datetime
) -> list[tuple[ChargedVehicle, ForeignSession]]:
    found = [
        (_charged(held.record), told)
        for held in vehicles
        for told in held.manager.charging.elsewhere.of_vehicle(held.record.key, since, until)
        if told.started_at >= since
    ]
    return sorted(found, key=lambda each: each[1].started_at)


def _charged(record: VehicleRecord) -> ChargedVehicle:
    return ChargedVehicle(record.title, record.run.vin, record.run.make, record.run.model)


def bindings_of(vehicles: Iterable[Held], payer: str | None) -> list[Agreed]:
    """Return the bindings of vehicles, with the rate program of each as it was agreed to."""
    found: list[Agreed] = []
    for held in vehicles:
        run = held.record.run
        vehicle = _charged(held.record)
        found += [
            (vehicle, binding, run.programs[binding.id]) for binding in run.bindings.values() if _pays(binding, payer)
        ]
    return found


def _pays(binding: Binding, asked: str | None) -> bool:
    if asked is None:
        return True
    wanted, payer = asked.strip().casefold(), binding.payer
    named = wanted in payer.holder.casefold() or payer.number.casefold().endswith(wanted)
    return named or wanted == binding.bill_to.casefold()
