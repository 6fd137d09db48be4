"""The one owner of the way to the utility: follows what it tells, and leaves it alone while it is away."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ..const import CONF_ACCOUNT_REFUSED, CONF_UTILITY, CONF_VTN, DOMAIN
from ..hub.background.listeners import Listeners
from ..hub.background.rounds import Rounds
from ..utility import Event, Feature, Utility, UtilityError, UtilityReason, Witness
from .access import async_open_utility, async_open_vtn
from .news import VtnNews
from .notices import async_follow_vtn
from .refusals import Refusals
from .vtn import VtnCoordinator

LONG_POLL = 50
"""Seconds that the utility may keep a request for events."""
_FOLLOWING = "following the utility"
_NOTHING_TOLD = 1.0
"""Seconds of rest after an answer that leads no further: a utility may not keep requests for events at all."""

_FOR_A_PERSON = frozenset(
    {
        UtilityReason.UNAUTHORIZED,
        UtilityReason.CREDENTIALS_REFUSED,
        UtilityReason.SCOPE_MISSING,
        UtilityReason.ELSEWHERE,
    }
)
"""Reasons that only a person can end, who is asked to sign in again."""
_QUESTIONS = ("reauth_account", "reauth_vtn", "vtn_elsewhere", "vtn_credentials")

type Round = Callable[[], Awaitable[None]]
type Heard = Callable[[Sequence[Event]], Awaitable[None]]


class EventCursor(Protocol):
    """Where we are in the utility's events, kept over restarts by whoever has a file for it."""

    cursor: str | None

    def note_whose(self, whose: str | None) -> None:
        """Take note of whose events are followed now; another's have other numbers."""

    def save_later(self) -> None:
        """Write it within a few seconds."""


class AccountManager:
    """The customer's account at the utility, as far as the way to it has one."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        utility: Utility,
        cursor: EventCursor,
        reason: UtilityReason | None,
        rounds: Rounds,
        vtn: VtnCoordinator | None = None,
    ) -> None:
        """``reason`` is why the utility cannot be spoken with from the start; a ``vtn`` is polled."""
        self._hass = hass
        self._entry = entry
        self._cursor = cursor
        self.utility = utility
        self.vtn = vtn
        """Polls the utility, where it is one that speaks OpenADR."""
        self.reason = reason
        """Why the utility could not be spoken with the last time, None where nothing is known against it."""
        self.heard_of = False
        """Whether the utility has answered since the start."""
        self.changed: Listeners[()] = Listeners()
        """Told when ``reason`` is another one, and when the utility answers for the first time."""
        self.events: Listeners[Event] = Listeners()
        """Told of every event at the utility."""
        self.missed: Listeners[()] = Listeners()
        """Told when the utility keeps no more what happened since it was heard of: everything may be otherwise."""
        self._each_round: Round | None = None
        self._heard: Heard | None = None
        self.rounds = rounds
        """What goes on in the background of the hub."""
        self._wake = asyncio.Event()
        self._refusals = Refusals({UtilityReason.UNAUTHORIZED})
        if vtn is not None:
            vtn.polled.add(self._vtn_polled)
        self.news = VtnNews(hass, entry, vtn, rounds) if vtn is not None else None
        """How the VTN tells of what is new before it is polled."""

    @property
    def premise_id(self) -> str | None:
        """The premise of the linked account."""
        account = self._entry.data.get(CONF_UTILITY)
        return str(account["premise_id"]) if account else None

    @property
    def account_key(self) -> str | None:
        """What no two accounts at any utilities share; None where none is linked, or it is not known which."""
        return account_key(self._entry.data)

    @property
    def linked(self) -> bool:
        """Whether an account is linked, however it answers."""
        return CONF_UTILITY in self._entry.data

    @property
    def connected(self) -> bool | None:
        """Whether the utility can be spoken with; None before it was."""
        if self.reason is not None:
            return False
        return True if self.heard_of else None

    def follow(self, each_round: Round, heard: Heard) -> None:
        """Have ``each_round`` done before events are waited for, and ``heard`` what came."""
        self._each_round, self._heard = each_round, heard

    @callback
    def async_start(self) -> None:
        """Begin to follow the utility, where it tells anything."""
        self._cursor.note_whose(self.account_key)
        if self.utility.offers(Feature.EVENTS) and self.reason is not UtilityReason.UNAUTHORIZED:
            following = self.rounds.repeat(_FOLLOWING, self._follow, self._failed, self._wake)
            self._entry.async_create_background_task(self._hass, following, f"{DOMAIN} registrations")

    @callback
    def _vtn_polled(self, succeeded: bool) -> None:
        """Take over what is known of the VTN, before anybody else is told of the poll."""
        if self.vtn is None:
            return
        self.async_set_reason(self.vtn.reason)
        if succeeded and not self.heard_of:
            self.heard_of = True
            self.changed.tell()

    @callback
    def async_wake(self) -> None:
        """Look at once at what is left to do."""
        self._wake.set()

    @callback
    def async_set_reason(self, reason: UtilityReason | None) -> None:
        """Take note of why the utility cannot be spoken with; a person is asked where the permission is gone."""
        if reason is self.reason:
            return
        before, self.reason = self.reason, reason
        if reason in _FOR_A_PERSON:
            self._entry.async_start_reauth(self._hass)
        elif reason is None and before in _FOR_A_PERSON:
            self._withdraw_question()
        self.changed.tell()

    def _withdraw_question(self) -> None:
        """Ask no longer to sign in, unless somebody is about to."""
        for flow in self._entry.async_get_active_flows(self._hass, {SOURCE_REAUTH}):
            if flow.get("step_id") in _QUESTIONS:
                self._hass.config_entries.flow.async_abort(flow["flow_id"])

    async def _follow(self) -> float:
        """Do what is left to do, then wait for the utility's events; return for how many seconds to rest then."""
        if self._each_round is not None:
            await self._each_round()
        told = await self._wait_for_news()
        if told is None:
            return 0.0
        self._refusals.believe(None)
        self.async_set_reason(None)
        if not self.heard_of:
            self.heard_of = True
            self.changed.tell()
        return 0.0 if told else _NOTHING_TOLD

    def _failed(self, err: UtilityError) -> None:
        if self._refusals.believe(err.reason):
            self.async_set_reason(err.reason)

    async def _wait_for_news(self) -> bool | None:
        """Return when the utility answered what happened, or when something was begun here.

        Whether there may be more at once; None where the utility was not heard of: that is no sign that it is well.
        """
        # Who was away shall be known to be back as soon as it is, and not when it has something to tell.
        well = self.connected and _FOLLOWING not in self.rounds.failing
        patience = LONG_POLL if well else 0
        news = asyncio.ensure_future(self.utility.events(self._cursor.cursor, patience))
        woken = asyncio.ensure_future(self._wake.wait())
        try:
            done, _ = await asyncio.wait({news, woken}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            woken.cancel()
            if not news.cancel() and not news.cancelled():
                news.exception()  # seen, also where this ends before it is told
        if news not in done:
            return None
        try:
            events, cursor = news.result()
        except UtilityError as err:
            if err.reason is not UtilityReason.CURSOR_EXPIRED or self._cursor.cursor is None:
                raise
            self.missed.tell()
            self._cursor.cursor = None
            return False
        for event in events:
            self.events.tell(event)
        if self._heard is not None:
            await self._heard(events)
        if cursor == self._cursor.cursor:  # a quiet utility is no reason to write a file each minute
            return False
        # Only now: what somebody could not take up is told again.
        self._cursor.cursor = cursor
        self._cursor.save_later()
        return bool(events)


async def async_account_of(
    hass: HomeAssistant, entry: ConfigEntry, cursor: EventCursor, witness: Witness, rounds: Rounds
) -> AccountManager:
    """Return the account of ``entry``, its utility not asked for anything; ``witness`` is what its gateway says."""
    if (known := entry.data.get(CONF_VTN)) is not None:
        vtn = VtnCoordinator(hass, entry, known, await async_open_vtn(hass, known, witness), rounds)
        account = AccountManager(hass, entry, vtn.openadr, cursor, None, rounds, vtn)
        async_follow_vtn(hass, vtn)
        return account
    utility, reason = await async_open_utility(hass, entry, witness)
    if reason is not None:
        entry.async_start_reauth(hass, data={CONF_ACCOUNT_REFUSED: True})
    return AccountManager(hass, entry, utility, cursor, reason, rounds)


def account_key(data: Mapping[str, Any]) -> str | None:
    """Return :attr:`AccountManager.account_key` by what an entry has."""
    account = data.get(CONF_UTILITY) or {}
    return f"{account['api_base']} {account['account_id']}" if "account_id" in account else None
