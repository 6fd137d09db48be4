"""What the utility says and asks about health: whether the account is suspended, cases, diagnoses it wants (RD-5a)."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from datetime import datetime, timedelta

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.event import async_track_time_interval

from ..const import LOGGER
from ..procedures import Diagnosis, StepResult
from ..utility import DiagnosticsRequest, Event, Feature, Report, UtilityError
from . import notices
from .diagnosing import async_diagnosis_steps, report_of
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
        self._answering = asyncio.Lock()
        """Held while one of what it asked for is diagnosed: a dialog and each minute may both be at it."""
        self._results: dict[str, Report] = {}
        """What was found and the utility does not have yet, by the request."""
        self._unsubscribe: list[CALLBACK_TYPE] = []

    @callback
    def async_start(self) -> None:
        """Begin, where the utility has cases."""
        account = self._health.account
        if not account.utility.offers(Feature.CASES):
            return
        self._unsubscribe += [
            account.events.add(self._heard),
            account.missed.add(self._soon),
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

    async def async_deny(self, request_id: str) -> None:
        """Have the utility know that it may not diagnose; ``UtilityError`` where it was not told."""
        await self._health.account.utility.answer_diagnostics_request(request_id, allowed=False)

    def keeps_result(self, request_id: str) -> bool:
        """Whether there is a result of this request that the utility does not have yet."""
        return request_id in self._results

    async def async_diagnosis_steps(self, request_id: str) -> AsyncGenerator[StepResult]:
        """Have the utility know that it may diagnose, do that, telling each step, and return the result (RD-5a).

        ``UtilityError`` where the utility was not told; a result is kept then, and the next time only sent. Where
        nobody begins it again, the next minute does.
        """
        health, utility = self._health, self._health.account.utility
        async with self._answering:
            request = await utility.answer_diagnostics_request(request_id, allowed=True)
            if request.status == "allowed":
                self._to_ask = True
                if request_id not in self._results:
                    watched = health.subjects.about(request.registration_id) or health.subjects.gateway
                    found = Diagnosis()
                    async for result in async_diagnosis_steps(health, watched, found, report=False):
                        yield result
                    self._results[request_id] = report_of(found)
                await utility.return_diagnosis(request_id, self._results[request_id])
            self._results.pop(request_id, None)

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
        asked = {request.id for request in requests}
        self._results = {key: report for key, report in self._results.items() if key in asked}
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
                async for _ in self.async_diagnosis_steps(request.id):
                    pass
            except UtilityError as err:
                LOGGER.debug("%s: diagnosis %s is returned later: %s", health.entry.title, request.id, err)
                returned = False
        notices.async_ask_permission(health.hass, health.entry, to_ask)
        return returned
