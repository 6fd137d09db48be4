"""Takes what chargers have signed of their counters, from entities and from actions, to the sessions that it is of."""

from collections.abc import Iterable

from homeassistant.core import CALLBACK_TYPE, Event, EventStateChangedData, HomeAssistant, State, callback
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.util import dt as dt_util

from ..const import LOGGER
from ..hub.rounds import Rounds
from ..procedures import LedgerEntry, MeasuredSession, SignedValueError, keep_signed, read_signed, session_of
from .sources import CONF_ENERGY, CONF_SIGNED
from .store import Charging, VehicleRecord

_HEADER = "OCMF|"


class SignedValues:
    """The signed records of one hub's chargers."""

    def __init__(self, hass: HomeAssistant, charging: Charging, rounds: Rounds) -> None:
        """Nothing is watched before it begins."""
        self._hass = hass
        self._charging = charging
        self._rounds = rounds
        self._points: dict[str, str] = {}
        """Charging points by the entities that tell what is signed at them."""

    @callback
    def async_start(self, vehicles: Iterable[VehicleRecord]) -> CALLBACK_TYPE:
        """Begin to watch the entities of vehicles; return what ends it."""
        self._points = {of: each.data[CONF_ENERGY] for each in vehicles if (of := each.data.get(CONF_SIGNED))}
        return async_track_state_change_event(self._hass, list(self._points), self._told)

    @callback
    def _told(self, event: Event[EventStateChangedData]) -> None:
        state, point_id = event.data["new_state"], self._points[event.data["entity_id"]]
        for text in _texts(state):
            self._rounds.begin("signed meter values", self._async_take(point_id, text))

    async def _async_take(self, point_id: str, text: str) -> None:
        try:
            await self.async_add(point_id, text)
        except SignedValueError as err:
            LOGGER.debug("%s: what the charger has signed is left: %s", point_id, err)

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
            open_ones = (*point.closed, *point.ending, point.session)
            sessions |= {each.id: each for each in open_ones if each is not None and each.id not in sessions}
        if (session := session_of(value, sessions.values(), now)) is None:
            raise SignedValueError("signed_no_session", str(value.at or now))
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
