"""The one who speaks with those who bill vehicles, the utility or the household itself: bindings, sessions, bills."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..account.manager import AccountManager
from ..const import DOMAIN, LOGGER
from ..hub.background.pacing import is_time
from ..hub.telling.notifications import async_notify
from ..procedures import (
    MeasuredSession,
    Outcome,
    StepResult,
    bind_vehicle,
    compare_bills,
    deliver_records,
    end_binding,
    find_vehicle,
    record_id,
    refresh_bindings,
)
from ..utility import PASSING, BindingStatus, Event, UtilityError, UtilityReason, VehicleFunctions
from .billers import Billers
from .store import Charging, VehicleRecord

_WAITING = 60.0
"""Seconds after which what the utility has still to confirm is asked about again, events or not."""
_IDLE = 3600.0
_COMPARED_EVERY = timedelta(hours=6)
_EVENTS = frozenset({"binding.updated", "confirmation.updated", "billing_record.updated"})


class Delivery:
    """Brings bindings and sessions to who bills them, while the hub is loaded; what fails is tried for days."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        charging: Charging,
        account: AccountManager,
        billers: Billers,
        tell: CALLBACK_TYPE,
        open_sessions: Callable[[], list[tuple[VehicleRecord, MeasuredSession]]],
        rebound: Callable[[VehicleRecord], Awaitable[None]],
        reckon: Callable[[], Awaitable[None]],
    ) -> None:
        """``tell`` is called after every change; ``open_sessions`` gives the sessions of vehicles that charge now.

        ``rebound`` works out what is billed of sessions, once the bindings of a vehicle changed; ``reckon`` puts
        right what depends on what was not taken.
        """
        self._hass = hass
        self._entry = entry
        self._charging = charging
        self._account = account
        self._tell = tell
        self._open_sessions = open_sessions
        self._billers = billers
        self._rebound = rebound
        self._reckon = reckon
        self._announced: set[str] = set()
        self._wake = asyncio.Event()
        self._locks: dict[str, asyncio.Lock] = {}
        self._compared: datetime | None = None
        self._news = 0
        """How often the utility told something for which bindings have to be looked at."""
        self._seen: int | None = None
        """For how much of that they were."""
        self.reason: UtilityReason | None = None
        """Why the utility could not be spoken with, None while it can."""

    @callback
    def async_start(self) -> None:
        """Begin, where there is a vehicle."""
        if self._billers.note_account():
            self._charging.save_later()
        if self._charging.vehicles:
            self._account.events.add(self._heard)
            self._account.missed.add(self.async_look)
            billing = self._account.rounds.repeat("billing", self._async_round, self._failed, self._wake)
            self._entry.async_create_background_task(self._hass, billing, f"{DOMAIN} billing")

    @callback
    def async_wake(self) -> None:
        """Look at once at what is left to do."""
        self._wake.set()

    @callback
    def _heard(self, event: Event) -> None:
        if event.type in _EVENTS:
            self.async_look()

    @callback
    def async_look(self) -> None:
        """Look at once at what the utility says of bindings and bills: it may be otherwise than was heard."""
        self._news += 1
        self._compared = None
        self._wake.set()

    async def _async_round(self) -> float:
        """Do what can be done now; return for how many seconds to rest then."""
        waiting = await self._async_pass()
        self.reason = None
        self._tell()
        return _WAITING if waiting else _IDLE

    def _failed(self, err: UtilityError) -> None:
        self.reason = err.reason
        self._tell()

    async def _async_pass(self) -> bool:
        """Do what can be done now; return whether something waits for the utility.

        Raises what one of them is refused only after all others.
        """
        waiting, refused = False, list[UtilityError]()
        if self._billers.note_former():
            await self._charging.async_save()
        news = self._news  # what is heard of from here on is for the next pass
        for biller in self._billers.all:
            for record in self._of(biller):
                if record.key in self._charging.claimed:
                    continue
                # One that fails keeps no other from its bill.
                with self._account.rounds.round("binding", record.key, record.title), _taking_note(refused):
                    waiting = await self._async_bound(biller, record) or waiting
            await self._async_announce(biller, refused)
            runs = {record.key: record.run for record in self._charging.vehicles.values()}
            its = partial(self._billers.takes, biller)
            saved = self._charging.async_save
            try:
                with _taking_note(refused):
                    waiting = await deliver_records(biller, self._charging.ledger, runs, saved, its) or waiting
            finally:
                await self._reckon()
        if not refused:
            self._seen = news
        await self._async_compare(dt_util.utcnow(), news)
        if refused:
            raise refused[0]
        return waiting

    def _of(self, biller: VehicleFunctions) -> list[VehicleRecord]:
        """Return the vehicles that a biller has, or is to have; those of a former account are left alone."""
        its = [record for record in self._charging.vehicles.values() if self._billers.of(record) is biller]
        return [each for each in its if each.run.wanted is not None or not self._billers.is_elsewhere(each)]

    async def _async_compare(self, now: datetime, news: int) -> None:
        """Compare what is billed with what was handed over, from time to time, and forget what is long billed."""
        if not is_time(self._compared, _COMPARED_EVERY, now):
            return
        ledger, utility = self._charging.ledger, self._billers.utility
        if utility in self._billers.all:
            its = partial(self._billers.takes, utility)
            for premise_id in {record.run.premise_id for record in self._of(utility)}:
                if await compare_bills(utility, ledger, premise_id, now, its):
                    await self._charging.async_save()
                    self._wake.set()
        self._compared = now if self._news == news else None
        ledger.prune(now)
        self._charging.elsewhere.prune(now)

    async def _async_announce(self, biller: VehicleFunctions, refused: list[UtilityError]) -> None:
        """Have the sessions of guests confirmed when they begin, so that their owners know while they charge."""
        for record, session in self._open_sessions():
            binding = record.run.current(session.started_at)
            if binding is None or not binding.guest or binding.status is not BindingStatus.IN_FORCE:
                continue
            if self._billers.is_elsewhere(record):
                continue
            if self._billers.of(record) is biller and (name := record_id(session, binding)) not in self._announced:
                with _taking_note(refused):
                    await biller.confirm_session(binding.id, name, session.started_at)
                    self._announced.add(name)

    async def _async_bound(self, utility: VehicleFunctions, record: VehicleRecord) -> bool:
        """Bring a vehicle's bindings up to date; return whether one waits to be confirmed."""
        run = record.run
        before = {each.id: each.status for each in run.bindings.values()}
        async with self._locks.setdefault(record.key, asyncio.Lock()):
            if run.wanted is not None:
                run.at_home = utility is self._billers.books
                self._billers.take_over(record, self._account.premise_id)
                async for result in bind_vehicle(utility, run, self._charging.async_save):
                    if result.outcome is Outcome.WAITING and result.reason is not UtilityReason.AWAITING_APPROVAL:
                        raise UtilityError(UtilityReason(str(result.reason)), "a binding is still to be made")
            if run.vehicle_id is None and run.wanted is None:
                await find_vehicle(utility, run, self._charging.async_save)
                run.at_home = run.at_home or (run.vehicle_id is not None and utility is self._billers.books)
            await end_binding(utility, run, self._charging.async_save)
            if self._seen != self._news or any(status is BindingStatus.PENDING for status in before.values()):
                await refresh_bindings(utility, run, self._charging.async_save)
        if self._billers.note_account():
            await self._charging.async_save()
        after = {each.id: each.status for each in run.bindings.values()}
        if after != before:
            await self._async_rebound(record, before)
        return BindingStatus.PENDING in after.values()

    async def _async_rebound(self, record: VehicleRecord, before: dict[str, BindingStatus]) -> None:
        """Work out anew what falls under the bindings as they are now, and tell what was decided."""
        await self._rebound(record)
        for binding in record.run.bindings.values():
            if before.get(binding.id) is not BindingStatus.PENDING:
                continue
            told = {BindingStatus.IN_FORCE: "vehicle_bound", BindingStatus.REFUSED: "vehicle_refused"}
            if (key := told.get(binding.status)) is not None:
                placeholders = {"vehicle": record.title, "said": binding.reason or "–"}
                await async_notify(self._hass, self._entry, key, placeholders)

    async def async_bind(self, record: VehicleRecord) -> StepResult | None:
        """Make the binding that a vehicle wants, for a flow; return how that ended."""
        biller = self._billers.of(record)
        record.run.at_home = biller is self._billers.books
        self._billers.take_over(record, self._account.premise_id)
        result: StepResult | None = None
        before = {each.id: each.status for each in record.run.bindings.values()}
        async with self._locks.setdefault(record.key, asyncio.Lock()):
            async for result in bind_vehicle(biller, record.run, self._charging.async_save):
                LOGGER.debug("%s: %s %s", record.title, result.evidence.get("stage"), result.outcome)
        if self._billers.note_account():
            await self._charging.async_save()
        if {each.id: each.status for each in record.run.bindings.values()} != before:
            await self._async_rebound(record, before)
        return result

    async def async_end(self, record: VehicleRecord) -> None:
        """Tell the end of a binding now; ``UtilityError`` where it is not taken."""
        async with self._locks.setdefault(record.key, asyncio.Lock()):
            await end_binding(self._billers.of(record), record.run, self._charging.async_save)


@contextmanager
def _taking_note(refused: list[UtilityError]) -> Iterator[None]:
    """Keep an error that may be about what is done inside alone; ``UtilityError`` where the utility is in trouble."""
    try:
        yield
    except UtilityError as err:
        if err.reason in PASSING and err.reason is not UtilityReason.UTILITY_NOT_UNDERSTOOD:
            raise
        refused.append(err)
