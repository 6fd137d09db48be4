"""Takes what chargers have signed of their counters, from entities and from actions, to the sessions that it is of."""

from collections import deque
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial

from homeassistant.core import CALLBACK_TYPE, Event, EventStateChangedData, HomeAssistant, State, callback
from homeassistant.helpers.event import async_track_state_change_event, async_track_time_interval
from homeassistant.util import dt as dt_util

from ...const import LOGGER
from ...hub.background.rounds import Rounds
from ...procedures import LedgerEntry, MeasuredSession, SignedValueError, keep_signed, read_signed, session_of
from ..store import Charging, VehicleRecord
from .sources import CONF_ENERGY, CONF_SIGNED

_NO_SESSION = "signed_no_session"
_HEADER = "OCMF|"
_EVERY = timedelta(minutes=1)
_MOST = 100
"""Records of an entity that wait to be taken: the oldest goes first."""


class SignedValues:
    """The signed records of one hub's chargers."""

    def __init__(self, hass: HomeAssistant, charging: Charging, rounds: Rounds) -> None:
        """Nothing is watched before it begins."""
        self._hass = hass
        self._charging = charging
        self._rounds = rounds
        self._points: dict[str, str] = {}
        """Charging points by the entities that tell what is signed at them."""
        self._known: dict[str, set[str]] = {}
        """What was taken of entities as they are now: others of their attributes may change each second."""
        self._waiting: dict[str, deque[str]] = {}
        """What was told and is not taken yet, by entity."""

    @callback
    def async_start(self, vehicles: Iterable[VehicleRecord]) -> CALLBACK_TYPE:
        """Begin to watch the entities of vehicles; return what ends it."""
        self._points = {of: each.data[CONF_ENERGY] for each in vehicles if (of := each.data.get(CONF_SIGNED))}
        if not self._points:
            return lambda: None
        end_told = async_track_state_change_event(self._hass, list(self._points), self._told)
        end_look = async_track_time_interval(self._hass, self._look, _EVERY)

        @callback
        def end() -> None:
            end_told()
            end_look()

        return end

    @callback
    def _told(self, event: Event[EventStateChangedData]) -> None:
        self._hear(event.data["entity_id"], event.data["new_state"])

    @callback
    def _look(self, now: datetime) -> None:
        """Take what was told before the session was seen that it is of."""
        for entity_id in self._points:
            self._hear(entity_id, self._hass.states.get(entity_id))

    @callback
    def _hear(self, entity_id: str, state: State | None) -> None:
        texts = _texts(state)
        known = self._known[entity_id] = self._known.get(entity_id, set()) & set(texts)
        for text in texts:
            if text not in known:
                known.add(text)
                self._waiting.setdefault(entity_id, deque(maxlen=_MOST)).append(text)
                self._rounds.begin("signed meter values", partial(self._async_take, entity_id), entity_id)

    async def _async_take(self, entity_id: str) -> None:
        """Take what an entity has told; what fails waits behind the rest of it, until all is taken again."""
        waiting = self._waiting[entity_id]
        while waiting:
            waiting.rotate(-1)
            text = waiting[-1]
            await self._async_take_one(entity_id, text)
            if text in waiting:
                waiting.remove(text)

    async def _async_take_one(self, entity_id: str, text: str) -> None:
        try:
            await self.async_add(self._points[entity_id], text)
        except SignedValueError as err:
            if err.reason == _NO_SESSION:
                self._known[entity_id].discard(text)  # its session may be seen in a minute
            LOGGER.debug("%s: what the charger has signed is left: %s", entity_id, err)

    async def async_add(self, point_id: str, text: str) -> str:
        """Keep a record with the session at a charging point that it is of, and return the id of that.

        ``SignedValueError`` where it is none, where there is no such session, or where that was handed over already:
        what was handed over is not written anew.
        """
        value, now = read_signed(text), dt_util.utcnow()
        ledger, point = self._charging.ledger.entries, self._charging.points.get(point_id)
        sessions: dict[str, MeasuredSession] = {
            each.session.id: each.session for each in ledger.values() if each.point == point_id
        }
        if point is not None:
            sessions |= {each.id: each for each in (*point.closed, *point.open) if each.id not in sessions}
        if (session := session_of(value, sessions.values(), now)) is None:
            raise SignedValueError(_NO_SESSION, str(value.at or now))
        entry = ledger.get(session.id)
        if entry is not None and _handed_over(entry) and value.text not in session.signed:
            raise SignedValueError("signed_too_late", session.id)
        if keep_signed(session, value):
            await (self._charging.async_save_points() if entry is None else self._charging.async_save())
        return session.id


def _handed_over(entry: LedgerEntry) -> bool:
    """Whether an export has given away a record of a session: what was credited was handed over, too."""
    return bool(entry.credited) or any(each.issued for each in entry.records)


def _texts(state: State | None) -> list[str]:
    """Return what of an entity is OCMF: its state, or attributes, for states are no longer than 255 characters."""
    told = [state.state, *state.attributes.values()] if state is not None else []
    return [each for each in told if isinstance(each, str) and each.lstrip().startswith(_HEADER)]
