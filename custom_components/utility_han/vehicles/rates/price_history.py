"""What a price entity stated while nobody here listened, from Home Assistant's history."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from homeassistant.components.recorder import DOMAIN as RECORDER_DOMAIN
from homeassistant.components.recorder import get_instance, history
from homeassistant.components.recorder.db_schema import RecorderRuns
from homeassistant.components.recorder.util import session_scope
from homeassistant.core import HomeAssistant, State
from homeassistant.util import dt as dt_util

from .price_units import price_of

_SURE = timedelta(hours=1)
"""How long a price is taken to have held before a crash of which nobody knows when it was."""

type Span = tuple[datetime, datetime]
type Priced = tuple[datetime, datetime, Decimal]


async def async_stated(hass: HomeAssistant, entity_id: str, currency: str, spans: Iterable[Span]) -> list[Priced]:
    """Return the prices that an entity stated in spans of time, in a currency; nothing without the recorder."""
    if RECORDER_DOMAIN not in hass.config.components:
        return []
    return await get_instance(hass).async_add_executor_job(_stated, hass, entity_id, currency, list(spans))


def _stated(hass: HomeAssistant, entity_id: str, currency: str, spans: list[Span]) -> list[Priced]:
    found: list[Priced] = []
    for start, end in spans:
        states = history.state_changes_during_period(hass, start, end, entity_id).get(entity_id, [])
        runs = _runs(hass, start, end)
        for state, until in zip(states, [*(each.last_updated for each in states[1:]), end], strict=True):
            told = price_of(state)
            if told is not None and currency in told.currencies:
                held = _held(state, until, runs)
                clipped = ((max(one, start), min(other, end)) for one, other in held)
                found += [(one, other, told.per_kwh) for one, other in clipped if one < other]
    return found


def _runs(hass: HomeAssistant, start: datetime, end: datetime) -> list[tuple[datetime, datetime, bool]]:
    """Return when Home Assistant ran, and whether it is known when it ended."""
    with session_scope(hass=hass, read_only=True) as session:
        rows = session.query(RecorderRuns).filter(RecorderRuns.start < end).order_by(RecorderRuns.start).all()
        runs = [(dt_util.as_utc(_aware(each.start)), each.end, bool(each.closed_incorrect)) for each in rows]
    ended = [(one, dt_util.as_utc(_aware(other)) if other else end, crashed) for one, other, crashed in runs]
    return [each for each in ended if each[1] > start]


def _aware(time: datetime) -> datetime:
    return time if time.tzinfo else time.replace(tzinfo=dt_util.UTC)


def _held(state: State, until: datetime, runs: Iterable[tuple[datetime, datetime, bool]]) -> list[Span]:
    """Return when a state held: in the run in which it was stated, and in no other."""
    for begun, ended, crashed in runs:
        if begun <= state.last_updated < ended:
            over = min(until, ended)
            if crashed and until >= ended:
                over = min(over, state.last_updated + _SURE)
            return [(state.last_updated, over)]
    return []
