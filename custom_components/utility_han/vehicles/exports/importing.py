"""Reads in what a vehicle has charged elsewhere, from records of operators (CDRs of OCPI): all of a file, or none."""

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.importlib import async_import_module
from homeassistant.util import dt as dt_util

from ...const import DOMAIN, LOGGER
from ...hub.readable import file_not_read, readable_file
from ...hub.telling.texts import plain
from ...procedures import ForeignSession, LedgerEntry, TakenUp, TooManyError, plain_contract
from ..manager import VehicleManager
from ..store import Charging, VehicleRecord


@dataclass(frozen=True, slots=True)
class Source:
    """Where records are: a file, or what was given; as a text, as data that it was made into, or as bytes."""

    path: str | None = None
    content: Any = None
    called: str = "content"
    """What was given, as its giver calls it."""

    @property
    def name(self) -> str:
        """What messages call it."""
        return self.path or self.called


async def async_load(hass: HomeAssistant) -> None:
    """Have at hand what reads records: loaded only where there are any to read."""
    await async_import_module(hass, f"custom_components.{DOMAIN}.documents.ocpi")


async def async_import(
    hass: HomeAssistant, manager: VehicleManager, record: VehicleRecord, source: Source, *, force: bool
) -> dict[str, Any]:
    """Take up the records of a source for a vehicle, and return what became of them.

    With ``force`` also those of a contract that is not known to be the vehicle's, or that another vehicle has.
    """
    await async_load(hass)
    charging = manager.charging
    told = await hass.async_add_executor_job(_read, hass, source)
    own = await hass.async_add_executor_job(_handed_over, list(charging.ledger.entries.values()))
    if not force:
        _check_contracts(charging, record, told, source)
        _check_records(charging, record, told, source)
    try:
        made = charging.elsewhere.take(record.key, told, dt_util.utcnow(), own)
    except TooManyError as err:
        raise _refused("too_many_records", path=source.name, vehicle=record.title) from err
    await charging.async_save()
    manager.async_tell()
    return _answer(made)


def _read(hass: HomeAssistant, source: Source) -> list[ForeignSession]:
    from ...documents.ocpi import CdrFileError, read_cdrs  # noqa: PLC0415 - see async_load

    try:
        if source.path is not None:
            return read_cdrs(readable_file(hass, source.path))
        if isinstance(source.content, bytes):
            return read_cdrs(source.content)
        text = source.content if isinstance(source.content, str) else json.dumps(source.content, default=str)
        return read_cdrs(text.encode("utf-8", "surrogatepass"))
    except CdrFileError as err:
        LOGGER.warning("a file of charge detail records cannot be read: %s", plain(str(err)))
        raise _refused(err.fault.value, path=source.name, where=err.where or "–") from err
    except OSError as err:
        raise file_not_read(source.name, err) from err


def _handed_over(entries: list[LedgerEntry]) -> set[str]:
    """Return the ids of what was charged at home, as records that this home has written have them."""
    credited = [each for entry in entries for each in entry.credited]
    records = [record for entry in entries for record in entry.records] + [each.record for each in credited]
    return {each.charge_id.upper() for each in records} | {each.charge_id.upper() for each in credited}


def _check_contracts(charging: Charging, record: VehicleRecord, told: list[ForeignSession], source: Source) -> None:
    """Refuse a contract that is another vehicle's, or none of those that this one is bound under."""
    elsewhere = charging.elsewhere
    bound = _bound_contracts(record)
    own = bound | elsewhere.contracts(record.key)
    others = {
        contract: each.title
        for each in charging.vehicles.values()
        if each is not record
        for contract in _bound_contracts(each) | elsewhere.contracts(each.key)
    }
    for contract in sorted({each.contract_id for each in told if each.contract_id}):
        name = plain_contract(contract)
        if name in own:
            continue
        if (other := others.get(name)) is not None:
            raise _refused(
                "contract_of_another_vehicle", path=source.name, contract=contract, vehicle=record.title, other=other
            )
        if bound:
            raise _refused("another_contract", path=source.name, contract=contract, vehicle=record.title)


def _bound_contracts(record: VehicleRecord) -> set[str]:
    run = record.run
    named = [each.contract_id for each in run.bindings.values()]
    named += [run.wanted.contract_id] if run.wanted is not None else []
    return {plain_contract(each) for each in named if each}


def _check_records(charging: Charging, record: VehicleRecord, told: list[ForeignSession], source: Source) -> None:
    """Refuse what has been read in for another vehicle."""
    if others := charging.elsewhere.others(record.key, told):
        titles = sorted(each.title if (each := charging.vehicles.get(key)) else key for key in others)
        raise _refused("records_of_another_vehicle", path=source.name, vehicle=record.title, other=", ".join(titles))


def _answer(made: TakenUp) -> dict[str, Any]:
    money: dict[str, Decimal] = {}
    for each in made.taken:
        money[each.currency] = money.get(each.currency, Decimal(0)) + each.paid
    return {
        "taken": len(made.taken),
        "known": made.known,
        "taken_back": len(made.taken_back),
        "unmatched_credits": made.unmatched,
        "too_old": made.old,
        "energy_kwh": sum(each.energy_wh for each in made.taken) / 1000,
        "money": {currency: float(amount) for currency, amount in sorted(money.items())},
    }


def _refused(key: str, **placeholders: str) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders=placeholders
    )
