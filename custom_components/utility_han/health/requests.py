"""What the utility says and asks about health: whether the account is suspended, cases, diagnoses it wants (RD-5a)."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.event import async_track_time_interval

from ..const import LOGGER
from ..utility import DiagnosticsRequest, Event, Feature, UtilityError
from . import notices
from .diagnosing import async_answer_request
from .manager import HealthManager

_EVERY = timedelta(minutes=1)
_EVENTS = frozenset({"account.updated", "case.updated", "diagnostics.requested"})


class UtilityRequests:
    """Asks the utility after each of its events; where that fails, it is tried each minute."""

    def __init__(self, health: HealthManager) -> None:
        """What is heard goes to ``health``."""
        self._health = health
        self._asking = asyncio.Lock()
        self._to_ask = False
        """Whether the utility has still to be asked."""
        self._unsubscribe: list[CALLBACK_TYPE] = []

    @callback
    def async_start(self) -> None:
        """Begin, where the utility has cases."""
        account = self._health.account
        if not account.utility.offers(Feature.CASES):
            return
        self._unsubscribe += [
            account.events.add(self._heard),
            async_track_time_interval(self._health.hass, self._minute, _EVERY),
        ]
        self._soon()

    @callback
    def async_stop(self) -> None:
        """End."""
        for cancel in self._unsubscribe:
            cancel()
        self._unsubscribe.clear()

    @callback
    def _heard(self, event: Event) -> None:
        if event.type in _EVENTS:
            self._soon()

    @callback
    def _soon(self) -> None:
        self._health.hub.rounds.begin("cases", self.async_ask)

    @callback
    def _minute(self, _now: datetime) -> None:
        if self._to_ask and not self._asking.locked():
            self._soon()

    async def async_ask(self) -> None:
        """Bring account, cases and what is to be diagnosed up to date."""
        async with self._asking:
            self._to_ask = True
            await self._ask()

    async def _ask(self) -> None:
        health, utility = self._health, self._health.account.utility
        if (premise_id := health.account.premise_id) is None:
            self._to_ask = False
            return
        try:
            accounts = await utility.accounts()
            cases = await utility.cases(premise_id)
            requests = await utility.diagnostics_requests(premise_id)
        except UtilityError as err:
            LOGGER.debug("%s: cases are asked for later: %s", health.entry.title, err)
            return
        health.account_suspended = any(account.status == "suspended" for account in accounts)
        for case in cases:
            health.async_take_case(case)
        await health.async_evaluate()
        self._to_ask = not await self._answer(requests)

    async def _answer(self, requests: Sequence[DiagnosticsRequest]) -> bool:
        """Do what the utility may do, and ask the person about the rest; return whether all was returned."""
        health = self._health
        to_ask: list[DiagnosticsRequest] = []
        returned = True
        for request in requests:
            if request.status != "allowed" and not health.conditions.always_allowed:
                to_ask.append(request)
                continue
            try:
                await async_answer_request(health, request.id, allowed=True)
            except UtilityError as err:
                LOGGER.debug("%s: diagnosis %s is returned later: %s", health.entry.title, request.id, err)
                returned = False
        notices.async_ask_permission(health.hass, health.entry, to_ask)
        return returned
