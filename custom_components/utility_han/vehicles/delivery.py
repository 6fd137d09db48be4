"""The one who speaks with the utility about vehicles: bindings, sessions, what is billed."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..account.manager import AccountManager
from ..const import DOMAIN, LOGGER
from ..hub.notifications import async_notify
from ..procedures import (
    MeasuredSession,
    Outcome,
    RecordState,
    StepResult,
    bind_vehicle,
    compare_bills,
    deliver_records,
    end_binding,
    find_vehicle,
    record_id,
    refresh_bindings,
    settle_session,
)
from ..utility import BindingStatus, Event, Feature, Utility, UtilityError, UtilityReason
from .store import Charging, VehicleRecord

_WAITING = 60.0
"""Seconds after which what the utility has still to confirm is asked about again, events or not."""
_IDLE = 3600.0
_COMPARED_EVERY = timedelta(hours=6)
_EVENTS = frozenset({"binding.updated", "confirmation.updated", "billing_record.updated"})


class Delivery:
    """Brings bindings and sessions to the utility, for as long as the hub is loaded; what fails is tried for days."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        charging: Charging,
        account: AccountManager,
        tell: CALLBACK_TYPE,
        open_sessions: Callable[[], list[tuple[VehicleRecord, MeasuredSession]]],
        settle: Callable[[], Awaitable[None]],
    ) -> None:
        """``tell`` is called after every change; ``open_sessions`` gives the sessions of vehicles that charge now.

        ``settle`` says whose the sessions are that are nobody's yet, once bindings changed.
        """
        self._hass = hass
        self._entry = entry
        self._charging = charging
        self._account = account
        self._tell = tell
        self._open_sessions = open_sessions
        self._settle = settle
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
        """Begin, where the utility bills vehicles and there is one."""
        if self._account.utility.offers(Feature.VEHICLES) and self._charging.vehicles:
            self._account.events.add(self._heard)
            billing = self._account.rounds.repeat("billing", self._async_round, self._failed, self._wake)
            self._entry.async_create_background_task(self._hass, billing, f"{DOMAIN} billing")

    @callback
    def async_wake(self) -> None:
        """Look at once at what is left to do."""
        self._wake.set()

    @callback
    def _heard(self, event: Event) -> None:
        if event.type in _EVENTS:
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
        """Do what can be done now; return whether something waits for the utility."""
        utility = self._account.utility
        waiting = False
        news = self._news  # what is heard of from here on is for the next pass
        for record in list(self._charging.vehicles.values()):
            if record.key in self._charging.claimed:
                continue
            with self._account.rounds.round("binding", record.title):  # one that fails keeps no other from its bill
                waiting = await self._async_bound(utility, record) or waiting
        self._seen = news
        await self._async_announce(utility)
        runs = {record.key: record.run for record in self._charging.vehicles.values()}
        waiting = await deliver_records(utility, self._charging.ledger, runs, self._charging.async_save) or waiting
        now = dt_util.utcnow()
        if self._compared is None or now - self._compared > _COMPARED_EVERY:
            for premise_id in {record.run.premise_id for record in self._charging.vehicles.values()}:
                if await compare_bills(utility, self._charging.ledger, premise_id, now):
                    await self._charging.async_save()
            self._compared = now if self._news == news else None
            self._charging.ledger.prune(now)
            lost = any(each.state is RecordState.TO_SEND for _, each in self._charging.ledger.open_records())
            if lost:
                self._wake.set()
        return waiting

    async def _async_announce(self, utility: Utility) -> None:
        """Have the sessions of guests confirmed when they begin, so that their owners know while they charge."""
        for record, session in self._open_sessions():
            binding = record.run.current(session.started_at)
            if binding is None or not binding.guest or binding.status is not BindingStatus.IN_FORCE:
                continue
            if (name := record_id(session, binding)) not in self._announced:
                await utility.confirm_session(binding.id, name, session.started_at)
                self._announced.add(name)

    async def _async_bound(self, utility: Utility, record: VehicleRecord) -> bool:
        """Bring a vehicle's bindings up to date; return whether one waits to be confirmed."""
        run = record.run
        before = {each.id: each.status for each in run.bindings.values()}
        async with self._locks.setdefault(record.key, asyncio.Lock()):
            if run.wanted is not None:
                async for result in bind_vehicle(utility, run, self._charging.async_save):
                    if result.outcome is Outcome.WAITING and result.reason is not UtilityReason.AWAITING_APPROVAL:
                        raise UtilityError(UtilityReason(str(result.reason)), "a binding is still to be made")
            if run.vehicle_id is None and run.wanted is None:
                await find_vehicle(utility, run, self._charging.async_save)
            await end_binding(utility, run, self._charging.async_save)
            if self._seen != self._news or any(status is BindingStatus.PENDING for status in before.values()):
                await refresh_bindings(utility, run, self._charging.async_save)
        after = {each.id: each.status for each in run.bindings.values()}
        if after != before:
            await self._async_rebound(record, before)
        return BindingStatus.PENDING in after.values()

    async def _async_rebound(self, record: VehicleRecord, before: dict[str, BindingStatus]) -> None:
        """Work out anew what falls under the bindings as they are now, and tell what was decided."""
        for entry in self._charging.ledger.entries.values():
            if entry.session.vehicle == record.key and entry.settled and entry.unbound_wh:
                settle_session(entry, record.run)
                self._charging.ledger.note(entry)
        await self._settle()
        await self._charging.async_save()
        for binding in record.run.bindings.values():
            if before.get(binding.id) is not BindingStatus.PENDING:
                continue
            told = {BindingStatus.IN_FORCE: "vehicle_bound", BindingStatus.REFUSED: "vehicle_refused"}
            if (key := told.get(binding.status)) is not None:
                placeholders = {"vehicle": record.title, "detail": binding.reason or "–"}
                await async_notify(self._hass, self._entry, key, placeholders)

    async def async_bind(self, record: VehicleRecord) -> StepResult | None:
        """Make the binding that a vehicle wants, for a flow; return how that ended."""
        utility = self._account.utility
        result: StepResult | None = None
        async with self._locks.setdefault(record.key, asyncio.Lock()):
            async for result in bind_vehicle(utility, record.run, self._charging.async_save):
                LOGGER.debug("%s: %s %s", record.title, result.evidence.get("stage"), result.outcome)
        return result

    async def async_end(self, record: VehicleRecord) -> None:
        """Tell the end of a binding to the utility now; ``UtilityError`` where it does not take it."""
        utility = self._account.utility
        async with self._locks.setdefault(record.key, asyncio.Lock()):
            await end_binding(utility, record.run, self._charging.async_save)
