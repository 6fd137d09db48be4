"""Says whose the sessions are that ended, works out what is billed of them, and makes charges of that."""

import asyncio
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from decimal import Decimal
from operator import is_

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..hub.background.pacing import is_time
from ..procedures import (
    BillableRecord,
    Candidate,
    Charge,
    LedgerEntry,
    MeasuredSession,
    VehicleRun,
    charges_of,
    is_home,
    issue,
    price_waiting,
    reckon,
    settle_session,
    take_back_records,
    whose,
)
from ..utility import RateProgram
from .rates.price_following import PriceFollowing
from .rates.programs import HomeRates
from .store import Charging, VehicleRecord

_LOOK_BACK_EVERY = timedelta(hours=1)
_LATE = timedelta(days=1)
"""How long prices are followed after the last binding has ended: what was charged may be told late."""
_AT_ONCE = 50
"""Sessions of which charges are made before others have their turn."""


class Settling:
    """What becomes of the sessions in the ledger of one home."""

    def __init__(
        self,
        hass: HomeAssistant,
        charging: Charging,
        prices: PriceFollowing,
        candidates: Callable[[str, MeasuredSession], list[Candidate]],
    ) -> None:
        """``prices`` are followed by whoever starts them; ``candidates`` gives who may be charged at a point."""
        self._charging = charging
        self._candidates = candidates
        self.prices = prices
        self.rates = HomeRates(hass, prices)
        self._looked_back: dict[str, datetime] = {}
        """When history was last asked for the prices of a session."""

    async def async_settle_all(self) -> None:
        """Say whose the sessions are that nobody has been found for, and work out what is billed of them."""
        await self.rates.async_load(
            program for record in self._charging.vehicles.values() for program in record.run.programs.values()
        )
        self.prices.async_flush()
        ledger, changed = self._charging.ledger, False
        for entry in list(ledger.attention.values()):
            if entry.settled:
                continue
            session = entry.session
            if (of := ledger.entries.get(session.late_of or "")) is not None:
                session.vehicle, session.decided = of.session.vehicle, of.session.decided
            elif session.vehicle is None and not session.decided:
                session.vehicle = whose(session, self._candidates(entry.point, session))
            if (record := self._charging.vehicles.get(session.vehicle or "")) is not None:
                changed = self._settle(entry, record) or changed
            elif session.decided:
                entry.settled = changed = True
            ledger.note(entry)
        if self._reckon() or changed:
            await self._charging.async_save()
        await self._async_price_waiting()

    def _reckon(self) -> bool:
        """Have what is billed as it is by all that is known now; return whether anything changed."""
        return reckon(self._charging.ledger, self._runs, dt_util.utcnow())

    @property
    def _runs(self) -> dict[str, VehicleRun]:
        return {record.key: record.run for record in self._charging.vehicles.values()}

    async def async_reckon(self) -> None:
        """Put right what depends on what a biller did not take."""
        if self._reckon():
            await self._charging.async_save()

    def _settle(self, entry: LedgerEntry, record: VehicleRecord) -> bool:
        if not all(self.rates.ready(program) for program in record.run.programs.values()):
            return False
        settle_session(entry, record.run, self.rates, dt_util.utcnow())
        return True

    @property
    def waiting(self) -> list[tuple[RateProgram, BillableRecord]]:
        """What waits for prices, and the programs that these are of."""
        return [
            (run.programs[record.session.binding_id], record)
            for entry, record in self._charging.ledger.open_records()
            if record.missing and (run := self._run(entry)) and record.session.binding_id in run.programs
        ]

    def _run(self, entry: LedgerEntry) -> VehicleRun | None:
        record = self._charging.vehicles.get(entry.session.vehicle or "")
        return record.run if record else None

    async def _async_price_waiting(self) -> None:
        """Price what waited for its prices and has them now."""
        if not (waiting := self.waiting):
            return
        now = dt_util.utcnow()
        due = [each for each in waiting if is_time(self._looked_back.get(each[1].charge_id), _LOOK_BACK_EVERY, now)]
        await self.prices.async_look_back(due)
        ids = {each.charge_id for _, each in waiting}
        self._looked_back = {charge_id: at for charge_id, at in self._looked_back.items() if charge_id in ids}
        self._looked_back |= {each.charge_id: now for _, each in due}
        if price_waiting(self._charging.ledger, self._runs, self.rates, now):
            await self._charging.async_save()

    async def async_tell_price(self, session_id: str, per_kwh: Decimal) -> None:
        """Take a person's word for what a kWh cost while nobody else told it."""
        entry = self._charging.ledger.entries[session_id]
        currency = next((each.currency for each in entry.records if each.missing), None)  # as it was asked for
        for program, record in self.waiting:
            if record.currency == currency and any(record is each for each in entry.records):
                for start, end in record.missing:
                    self.prices.book.points(program).fill(start, end, per_kwh)
        self.prices.book.note()
        await self.prices.book.async_keep()
        await self.async_settle_all()

    def sources(self) -> list[RateProgram]:
        """Return the rate programs under which is charged now, or will be, and whose prices others tell."""
        since = dt_util.utcnow() - _LATE
        return [
            program
            for record in self._charging.vehicles.values()
            for binding in record.run.bindings.values()
            if (program := record.run.programs[binding.id]).source is not None
            and (binding.valid_until is None or binding.valid_until > since)
        ]

    async def async_rebound(self, record: VehicleRecord) -> None:
        """Work out anew what falls under the bindings of a vehicle as they are now."""
        await self.rates.async_load(record.run.programs.values())
        for entry in self._charging.ledger.entries.values():
            if entry.session.vehicle == record.key and entry.settled and entry.unbound_wh:
                self._settle(entry, record)
                self._charging.ledger.note(entry)
        self.prices.async_follow(self.sources())
        await self.async_settle_all()
        await self._charging.async_save()

    def assign(self, entry: LedgerEntry, key: str | None) -> None:
        """Say whose a session was; with None it is billed to nobody here. What that changes is settled after it.

        What is billed under a binding at home may be corrected; ``ValueError`` where a utility has it.
        """
        # What was told late of a session is of the same vehicle.
        whole = self._charging.ledger.whole(entry.session.id)
        if not all(self._is_own(each, key) for each in whole if each.settled):
            raise ValueError("what is billed of the session was worked out already")
        for each in whole:
            if each.settled and each.session.vehicle == key:
                continue
            if each.settled:
                take_back_records(each, dt_util.utcnow())
            each.session.vehicle, each.session.decided = key, True
            self._charging.ledger.note(each)

    def _is_own(self, entry: LedgerEntry, key: str | None) -> bool:
        """Whether what was worked out of a session is the household's own to correct."""
        if entry.records:
            return all(is_home(record.session.binding_id) for record in entry.records)
        vehicles = (self._charging.vehicles.get(each or "") for each in (entry.session.vehicle, key))
        return any(each is not None and each.run.at_home for each in vehicles)

    async def async_accept_unbound(self, session_id: str) -> None:
        """Take note that the energy of a session under no binding is billed to nobody."""
        entry = self._charging.ledger.entries[session_id]
        entry.accepted = True
        self._charging.ledger.note(entry)
        await self._charging.async_save()

    # Charges

    async def async_charges(
        self, vehicles: Collection[str], since: datetime, until: datetime, *, as_made: bool = False
    ) -> list[Charge]:
        """Return the charges of vehicles (by key) that began from ``since`` until before ``until``, oldest first.

        What was corrected is among them three times: as it was, as the credit, and as it is. With ``as_made`` the
        latter two are of the time when they were made, as is what was not known when its time was handed over: what
        is handed over month by month has each of them once.
        """
        self._reckon()
        held = self._charging.vehicles
        titled = {key: (held[key].run, held[key].title) for key in vehicles}
        taken: list[tuple[LedgerEntry, list[BillableRecord], list[Charge]]] = []
        for count, entry in enumerate(list(self._charging.ledger.entries.values())):
            if count % _AT_ONCE == _AT_ONCE - 1:
                await asyncio.sleep(0)
            if entry.session.started_at < until and (entry.ended_at > since or (as_made and _made(entry) >= since)):
                taken.append((entry, [*entry.records], charges_of(entry, titled)))
        # What was put right while others had their turn is as it is now.
        found = [each if _are(records, entry) else charges_of(entry, titled) for entry, records, each in taken]
        of_time = self._charging.handed_over.as_made if as_made else _of_its_start
        return sorted(
            (each for charges in found for each in charges if since <= of_time(each) < until),
            key=lambda charge: (charge.started_at, charge.issued_at),
        )

    async def async_issued(
        self, charges: Collection[Charge], bindings: Collection[str], span: tuple[datetime, datetime]
    ) -> None:
        """Keep that charges were handed over: from now on they are corrected, and never made anew.

        They are all that was known of ``bindings`` in a time.
        """
        handed_over, now = {charge.id for charge in charges}, dt_util.utcnow()
        sessions = {charge.session_id for charge in charges}
        for entry in filter(None, map(self._charging.ledger.entries.get, sessions)):
            issue(entry, handed_over, now)
        self._charging.handed_over.add(bindings, *span, now)
        await self._charging.async_save()


def _of_its_start(charge: Charge) -> datetime:
    return charge.started_at


def _made(entry: LedgerEntry) -> datetime:
    """Return when the last charge of a session was made."""
    made = (record.priced_at for record in entry.records if record.priced_at is not None)
    return max((*made, *(credited.at for credited in entry.credited)), default=entry.ended_at)


def _are(records: list[BillableRecord], entry: LedgerEntry) -> bool:
    """Whether these are still what is billed of a session: what is put right, or taken back, is another record."""
    return len(records) == len(entry.records) and all(map(is_, records, entry.records, strict=True))
