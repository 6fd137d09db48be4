"""Which charges there are of which vehicles."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from ...const import DOMAIN
from ...procedures import Charge, ChargedVehicle, ForeignSession
from ...utility import Binding, Payer, RateProgram
from ..manager import VehicleManager
from ..payers import find_payers
from ..store import VehicleRecord


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
    span: tuple[datetime, datetime]
    """The time that was asked for."""

    async def async_issued(self) -> None:
        """Keep that the charges were handed over: what is found wrong with them later is credited.

        What becomes known later of the same time goes out with what is made then.
        """
        managers = {held.manager for held in self.held.values()}
        for manager in managers:
            of_it = [charge for charge in self.charges if self.held[charge.binding.id].manager is manager]
            bindings = {binding.id for _, binding, _ in self.bindings if self.held[binding.id].manager is manager}
            await manager.settling.async_issued(of_it, bindings, self.span)


type Agreed = tuple[ChargedVehicle, Binding, RateProgram]
type Payers = frozenset[Payer] | None
"""Whose charging is asked for; with None everybody's."""


def all_vehicles(hass: HomeAssistant) -> list[Held]:
    """Return every vehicle of every hub that is loaded, those that were removed among them."""
    found: list[Held] = []
    entries: list[ConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    for entry in entries:
        manager: VehicleManager = entry.runtime_data.manager(VehicleManager)
        found += [Held(manager, record, entry) for record in manager.charging.vehicles.values()]
    return found


async def async_take(
    vehicles: Iterable[Held], since: datetime, until: datetime, payers: Payers, *, as_made: bool = False
) -> Taken:
    """Return what there is of vehicles in a time; what ``payers`` pay, or all of it.

    Who pays elsewhere is not known: where payers are asked for, nothing of elsewhere is among it.
    """
    held = list(vehicles)
    of_managers: dict[VehicleManager, list[VehicleRecord]] = {}
    for each in held:
        of_managers.setdefault(each.manager, []).append(each.record)
    charges: list[Charge] = []
    for manager, records in of_managers.items():
        charges += await manager.async_charges(records, since, until, as_made=as_made)
    paid = [charge for charge in charges if _pays(charge.binding, payers)]
    paid.sort(key=lambda charge: (charge.started_at, charge.issued_at))
    of_bindings = {binding: each for each in held for binding in each.record.run.bindings}
    elsewhere = _elsewhere(held, since, until) if payers is None else []
    return Taken(paid, bindings_of(held, payers), of_bindings, elsewhere, (since, until))


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


def bindings_of(vehicles: Iterable[Held], payers: Payers) -> list[Agreed]:
    """Return the bindings of vehicles, with the rate program of each as it was agreed to."""
    found: list[Agreed] = []
    for held in vehicles:
        run = held.record.run
        vehicle = _charged(held.record)
        found += [
            (vehicle, binding, run.programs[binding.id]) for binding in run.bindings.values() if _pays(binding, payers)
        ]
    return found


def _pays(binding: Binding, payers: Payers) -> bool:
    return payers is None or binding.payer in payers


def payers_named(asked: str | None, vehicles: Iterable[Held], all_here: Iterable[Held]) -> Payers:
    """Return who is meant by a text; ``PayerError`` where that is nobody of this home, or not one alone."""
    if asked is None:
        return None
    here, others = (
        [binding for held in each for binding in held.record.run.bindings.values()] for each in (vehicles, all_here)
    )
    return find_payers(asked, here, others)


def payer_ids(vehicles: Iterable[Held], payers: frozenset[Payer]) -> list[str]:
    """Return what stands for payers where others read along: of each, the id of a binding under which they pay."""
    bindings = [binding for held in vehicles for binding in held.record.run.bindings.values()]
    first = {each.payer: each.id for each in sorted(bindings, key=lambda each: each.valid_from, reverse=True)}
    return sorted(first[payer] for payer in payers if payer in first)


def payers_of(vehicles: Iterable[Held], ids: Iterable[str]) -> Payers:
    """Return whom :func:`payer_ids` are of; where there are no ids, everybody."""
    wanted = set(ids)
    found = (each for held in vehicles for each in held.record.run.bindings.values() if each.id in wanted)
    return frozenset(each.payer for each in found) if wanted else None
