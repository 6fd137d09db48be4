"""The calendar of a vehicle: sessions that were, the one that lasts, and what is planned.

Its state, which Home Assistant records, stays as it is from one quarter of an hour to the next: what a charger counts
meanwhile is in the sensors, and in the events of whoever opens the calendar.
"""

from datetime import datetime, timedelta
from decimal import Decimal

from homeassistant.components.calendar import CalendarEvent
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..documents import Style
from ..hub.calendar_events import event_of, events_between
from ..hub.descriptions import SubjectCalendarDescription
from ..hub.telling.words import Sheet, word
from ..procedures import ForeignSession, LedgerEntry, MeasuredSession
from .chargers.charging_power import greatest_power
from .manager import VehicleManager
from .planning.departing import time_needed
from .store import VehicleRecord
from .summary import running_cost, tariff
from .vehicle import VehicleSubject

_QUARTER = timedelta(minutes=15)
_SHORTEST = timedelta(minutes=1)
_RESERVED = ("granted", "active")


def sessions_calendar(manager: VehicleManager) -> SubjectCalendarDescription[VehicleSubject]:
    """Return the calendar of vehicles."""

    def event(hass: HomeAssistant, subject: VehicleSubject) -> CalendarEvent | None:
        record = subject.record
        if (session := manager.session(record)) is not None:
            return _lasting(session, [word(hass, Sheet.DOCUMENT, "charging")])
        return _planned(hass, manager, record)

    def events(hass: HomeAssistant, subject: VehicleSubject, start: datetime, end: datetime) -> list[CalendarEvent]:
        record = subject.record
        style = manager.charging.style
        found = [_session(style, entry) for entry in manager.charging.ledger.of_vehicle(record.key, start, end)]
        found += [_elsewhere(style, each) for each in manager.charging.elsewhere.of_vehicle(record.key, start, end)]
        ahead = (_running(hass, manager, record), _planned(hass, manager, record))
        found += [each for each in ahead if each is not None]
        return events_between(found, start, end)

    return SubjectCalendarDescription(
        key="sessions",
        translation_key="charging_sessions",
        enabled_fn=lambda subject: manager.planning.evse(subject.record) is None,
        event_fn=event,
        events_fn=events,
    )


def _session(style: Style, entry: LedgerEntry) -> CalendarEvent:
    money: dict[str, Decimal] = {}
    for record in entry.records:
        if record.cost is None:
            continue  # its prices are not known yet
        money[record.currency] = money.get(record.currency, Decimal(0)) + record.cost
    return _event(
        entry.session.started_at,
        entry.ended_at,
        [_energy(style, entry.energy_wh), *(_money(style, *each) for each in money.items())],
        entry.session.id,
    )


def _elsewhere(style: Style, told: ForeignSession) -> CalendarEvent:
    said = [_energy(style, told.energy_wh), _money(style, told.currency, told.paid), told.place]
    return _event(told.started_at, told.ended_at, said, "-".join(told.key), told.place)


def _running(hass: HomeAssistant, manager: VehicleManager, record: VehicleRecord) -> CalendarEvent | None:
    session: MeasuredSession | None = manager.session(record)
    if session is None:
        return None
    style = manager.charging.style
    said = [word(hass, Sheet.DOCUMENT, "charging"), _energy(style, session.energy)]
    cost = running_cost(manager.charging, record, session, manager.settling.rates)
    program = tariff(record, dt_util.utcnow())
    if cost is not None and program is not None:
        said.append(_money(style, program.currency, cost))
    return _lasting(session, said)


def _lasting(session: MeasuredSession, said: list[str]) -> CalendarEvent:
    """Return a session that lasts, as one that lasts until the quarter of an hour is over."""
    return _event(session.started_at, _quarter(dt_util.utcnow()) + _QUARTER, said, session.id)


def _planned(hass: HomeAssistant, manager: VehicleManager, record: VehicleRecord) -> CalendarEvent | None:
    """Return what the gateway has reserved, or else what is wanted, as late as can be before the vehicle leaves."""
    now, plan, style = dt_util.utcnow(), record.plan, manager.charging.style
    reserved = manager.planning.reservation(record)
    if reserved is not None and manager.planning.reservation_state(record) in _RESERVED:
        said = [word(hass, Sheet.DOCUMENT, "reserved"), _energy(style, reserved.energy)]
        return _event(reserved.start, reserved.start + reserved.duration, said, reserved.subject)
    if plan.departure is None or plan.departure <= now or not plan.energy_wh:
        return None
    takes = time_needed(plan.energy_wh, greatest_power(record.data))
    begins = max(min(plan.departure - takes, plan.departure - _SHORTEST), _quarter(now))
    return _event(
        begins,
        plan.departure,
        [word(hass, Sheet.DOCUMENT, "planned"), _energy(style, plan.energy_wh)],
        f"{record.key}-plan",
    )


def _quarter(now: datetime) -> datetime:
    """Return when the quarter of an hour began that it is."""
    return now - (now - now.replace(minute=0, second=0, microsecond=0)) % _QUARTER


def _event(start: datetime, end: datetime, said: list[str], uid: str, location: str | None = None) -> CalendarEvent:
    return event_of(start, max(end, start + _SHORTEST), " · ".join(said), uid=uid, location=location)


def _energy(style: Style, watt_hours: float) -> str:
    return f"{style.number(round(Decimal(watt_hours) / 1000, 2))} kWh"


def _money(style: Style, currency: str, amount: Decimal) -> str:
    return f"{style.number(round(amount, 2))} {currency}"
