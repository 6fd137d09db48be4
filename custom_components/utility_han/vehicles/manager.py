"""Watches the home's chargers, cuts sessions, and says whose they are; one manager for each hub."""

from collections.abc import Collection
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from homeassistant.core import CALLBACK_TYPE, Event, EventStateChangedData, HomeAssistant, State, callback
from homeassistant.helpers.event import (
    async_call_later,
    async_track_state_change_event,
    async_track_time_interval,
)
from homeassistant.util import dt as dt_util

from ..account.manager import AccountManager
from ..account.told import ToldByVtn
from ..const import DOMAIN
from ..devices.manager import Registrar
from ..hub.hub import Hub
from ..hub.prices.priced import PricedSubject
from ..hub.telling.person import Person
from ..load_control.manager import LoadControlManager
from ..procedures import (
    Candidate,
    Charge,
    ChargingPoint,
    EnergyMeter,
    MeasuredSession,
    whose,
)
from ..utility import PriceKind
from . import notices
from .billers import Billers
from .chargers.points import candidates_of, enter, read_charger
from .chargers.shared import async_follow
from .chargers.signed_values import SignedValues
from .chargers.sources import (
    CONF_BATTERY,
    CONF_ENERGY,
    CONF_MAX_POWER,
    CONF_PLUG,
    CONF_PRESENCE,
    gives,
    read_percent,
    read_plug,
)
from .chargers.unwatched import async_end_unwatched
from .delivery import Delivery
from .download import document_url
from .planning.planning import Planning
from .rates.price_following import PriceFollowing
from .session_news import SessionNews
from .settling import Settling
from .store import Charging, VehicleRecord
from .vehicle import VehicleSubject

_EVERY = timedelta(minutes=1)
_SURE_AFTER = timedelta(minutes=1)
"""What a vehicle says of its plug right after the charger's changed may still be of the time before."""


class VehicleManager:
    """The charging of one hub's vehicles.

    Readings go into the charging points as they come, and once a minute as they are; sessions that ended go into the
    ledger, on disk before anything else is made of them.
    """

    def __init__(
        self, hass: HomeAssistant, hub: Hub, charging: Charging, registrar: Registrar, controls: LoadControlManager
    ) -> None:
        """The hub's ``vehicle`` subentries must have been brought together with ``charging``."""
        self._hass = hass
        self._entry = hub.entry
        self._rounds = hub.rounds
        self.charging = charging
        self.subjects = [VehicleSubject(record, hub.subject) for record in self.vehicles]
        account = registrar.account
        self.billers = Billers(account.utility, charging, account.account_key, linked=account.linked)
        self.prices = PriceFollowing(hass, charging.prices, price_tellers(hub), hub.rounds, self._prices_known)
        self.settling = Settling(hass, charging, self.prices, self._candidates)
        self.delivery = Delivery(
            hass, hub.entry, charging, account, self.billers, self.async_tell, self._open_sessions,
            self.settling.async_rebound, self.settling.async_reckon,
        )  # fmt: skip
        self.signed = SignedValues(hass, charging, hub.rounds)
        self.planning = Planning(hass, hub, charging, registrar, controls, self)
        self._news = SessionNews(charging, self.subjects, self.session)
        self._by_point: dict[str, list[VehicleRecord]] = {}
        self._points_of: dict[str, set[str]] = {}
        """Points by the entities that say something about them."""
        self._unsubscribe: list[CALLBACK_TYPE] = []
        self._settling: dict[str, CALLBACK_TYPE] = {}
        self._closed = False

    # Start and end

    async def async_start(self) -> None:
        """Begin to watch the chargers of the vehicles that are shown."""
        for record in self.vehicles:
            point_id = record.data[CONF_ENERGY]
            self._by_point.setdefault(point_id, []).append(record)
            for use in (CONF_ENERGY, CONF_PLUG, CONF_PRESENCE):
                if entity_id := record.data.get(use):
                    self._points_of.setdefault(entity_id, set()).add(point_id)
        await async_end_unwatched(self._hass, self.charging, self._by_point)
        for point_id, records in self._by_point.items():
            max_power = 1000 * max(record.data[CONF_MAX_POWER] for record in records)
            kept = self.charging.take_point(point_id)
            point = ChargingPoint.from_dict(kept, max_power) if kept else ChargingPoint(EnergyMeter(max_power))
            self.charging.points[point_id] = point
        if self._points_of:
            self._unsubscribe += [
                async_track_state_change_event(self._hass, set(self._points_of), self._entity_changed),
                async_track_time_interval(self._hass, self._rounds.timed("measuring", self.async_look), _EVERY),
            ]
        self._news.async_begin()
        self._feed_all(self.charging.points, dt_util.utcnow())
        self._unsubscribe += [self.signed.async_start(self.vehicles), async_follow(self._hass, self._entry)]
        self.prices.async_follow(self.settling.sources())
        await self.settling.async_settle_all()
        self.delivery.async_start()
        self.planning.async_start()

    async def async_shutdown(self) -> None:
        """End everything and keep how it stands; an open session stays open."""
        self._closed = True
        for cancel in (*self._unsubscribe, *self._settling.values()):
            cancel()
        self._unsubscribe.clear()
        self._settling.clear()
        await self.planning.async_end()
        self.prices.async_end()
        await self.prices.book.async_keep()
        await self.charging.async_save_points()
        await self.charging.async_save()

    # What there is

    @property
    def vehicles(self) -> list[VehicleRecord]:
        """The vehicles that are shown."""
        return [record for record in self.charging.vehicles.values() if record.subentry_id in self._entry.subentries]

    def session(self, record: VehicleRecord) -> MeasuredSession | None:
        """Return the open session at a vehicle's charger that is taken for its own as far as can be said now."""
        point = self.charging.points.get(record.data[CONF_ENERGY])
        if point is None or point.current is None:
            return None
        return point.current if self._whose(record, point.current) == record.key else None

    def _whose(self, record: VehicleRecord, session: MeasuredSession) -> str | None:
        return whose(session, self._candidates(record.data[CONF_ENERGY], session))

    def unassigned(self, record: VehicleRecord) -> MeasuredSession | None:
        """Return the session of a vehicle that is plugged in at a vehicle's charger, and nobody can say yet which."""
        point = self.charging.points.get(record.data[CONF_ENERGY])
        if point is None or not point.plugged or point.session is None:
            return None
        return point.session if self._whose(record, point.session) is None else None

    def _open_sessions(self) -> list[tuple[VehicleRecord, MeasuredSession]]:
        found = ((record, self.session(record)) for record in self.vehicles)
        return [(record, session) for record, session in found if session is not None]

    def plugged(self, record: VehicleRecord) -> bool | None:
        """Whether the vehicle is plugged in at its charger, None where that, or which vehicle it is, is not known."""
        point = self.charging.points.get(record.data[CONF_ENERGY])
        if point is None or point.plugged is None:
            return None
        if (session := self.unassigned(record)) is not None and record.key not in session.away:
            return None
        return point.plugged and self.session(record) is not None

    def battery(self, record: VehicleRecord) -> float | None:
        """Return the battery level of a vehicle in percent."""
        return read_percent(self._state(record.data.get(CONF_BATTERY)))

    def missing(self, record: VehicleRecord) -> list[str]:
        """Return the entities of a vehicle's charger that give nothing now."""
        return [entity_id for entity_id in self.entities(record) if not gives(self._state(entity_id))]

    @staticmethod
    def entities(record: VehicleRecord) -> list[str]:
        """Return the entities of a vehicle's charger that its sessions are cut from."""
        return [record.data[CONF_ENERGY], record.data[CONF_PLUG]]

    def _state(self, entity_id: str | None) -> State | None:
        return self._hass.states.get(entity_id) if entity_id else None

    def document_url(self, record: VehicleRecord, person: Person) -> str:
        """Return where the binding record of a vehicle can be downloaded for minutes."""
        return document_url(self._hass, self._entry.entry_id, record.key, person)

    @callback
    def async_tell(self) -> None:
        """Have everything shown as it is now, and noticed what is to be noticed."""
        if self._closed:
            return  # what outlives the hub, as an action does, would raise notices that nobody takes back
        foreign, unknown = self.prices.foreign.values(), self.settling.rates.unknown
        notices.async_update(self._hass, self._entry, self.charging, foreign, unknown)
        for subject in self.subjects:
            subject.async_tell()
        self._news.async_look()

    @callback
    def _show(self, points: Collection[str]) -> None:
        """Have the vehicles of charging points shown as they are now."""
        for subject in self.subjects:
            if subject.record.data[CONF_ENERGY] in points:
                subject.async_tell()
        self._news.async_look_at_running()

    # What is measured

    @callback
    def _entity_changed(self, event: Event[EventStateChangedData]) -> None:
        self._feed_all(self._points_of.get(event.data["entity_id"], ()), event.time_fired)

    async def async_look(self, now: datetime) -> None:
        """Read the chargers as they are, whether they told anything or not; it is done each minute."""
        self._feed_all(self.charging.points, now)
        await self._rounds.do("keeping what was charged", self.charging.async_keep_points)

    @callback
    def _feed_all(self, points: Collection[str], now: datetime) -> None:
        """Read charging points; one that cannot be keeps no other from being read."""
        for point_id in points:
            with self._rounds.round("measuring", point_id):
                self._feed(point_id, now)
        self._show(points)

    @callback
    def _feed(self, point_id: str, now: datetime) -> None:
        """Read a charging point: first what was charged, then whether a vehicle is there."""
        point = self.charging.points[point_id]
        state = self._state(point_id)
        before = (point.session, len(point.ending), point.plugged)
        counted = (point.meter.total, point.meter.counter)
        if not read_charger(point, now, state) and point.meter.counter is not None and point.resumed:
            return  # what was charged meanwhile is needed first
        point.set_plugged(now, self._plug(point_id))
        self._note_presence(point_id, point)
        self.charging.points_changed |= (point.meter.total, point.meter.counter) != counted
        point.settle(now)
        if (cancel := self._settling.pop(point_id, None)) is not None:
            cancel()
        if (due := point.settles_at) is not None:
            close = partial(self._close, point_id, due)
            self._settling[point_id] = async_call_later(self._hass, max(due - now, timedelta(0)), close)
        if point.closed or (point.session, len(point.ending), point.plugged) != before:
            self._entry.async_create_task(self._hass, self._async_changed(point_id), f"{DOMAIN} charging")

    def _plug(self, point_id: str) -> bool | None:
        """Whether a vehicle is plugged in, as the first of the entities says that knows."""
        said = (read_plug(self._state(record.data[CONF_PLUG])) for record in self._by_point[point_id])
        return next((plug for plug in said if plug is not None), None)

    def _note_presence(self, point_id: str, point: ChargingPoint) -> None:
        session = point.session
        if session is None:
            return
        begun = session.started_at - point.clock.ahead  # by the clock, as the states are
        for record in self._by_point[point_id]:
            state = self._state(record.data.get(CONF_PRESENCE))
            present = read_plug(state)
            if state is None or present is None:
                continue
            if point.clock.since(session.started_at) < _SURE_AFTER and state.last_changed < begun - _SURE_AFTER:
                continue
            noted = session.seen if present else session.away
            if record.key not in noted:
                noted.append(record.key)

    @callback
    def _close(self, point_id: str, due: datetime, _now: datetime) -> None:
        self._settling.pop(point_id, None)
        point = self.charging.points[point_id]
        point.settle(due)
        if point.closed:
            self._entry.async_create_task(self._hass, self._async_changed(point_id), f"{DOMAIN} charging")

    async def _async_changed(self, point_id: str) -> None:
        """Keep a change of plug or session, and make of sessions that ended what is to be made of them."""
        await self._rounds.do("sessions", partial(self._async_take_up, point_id), point_id)

    async def _async_take_up(self, point_id: str) -> None:
        point = self.charging.points[point_id]
        # What has just been closed is kept with the point until the ledger has it: at any moment it is on disk, and
        # where it is in both files, it has the same id.
        await self.charging.async_save_points()
        closed = {session.id: session for session in point.closed}
        for session in closed.values():
            enter(self.charging, point_id, session, self._by_point[point_id][0])
        if closed:
            await self.charging.async_save()
            # Before they leave the point: what ends in an error is done once more for them.
            await self.settling.async_settle_all()
            point.closed = [session for session in point.closed if session.id not in closed]
            await self.charging.async_save_points()
        if closed or (point.session is not None and any(each.run.guest for each in self._by_point[point_id])):
            self.delivery.async_wake()
        self.planning.async_plug_changed(point_id)
        self.async_tell()

    # Whose it is

    def _candidates(self, point_id: str, session: MeasuredSession) -> list[Candidate]:
        return candidates_of(self.charging, point_id, session)

    def who_may_be(self, session_id: str) -> list[VehicleRecord]:
        """Return the vehicles that a person may say a session is of: all that are shown, and who else it may be."""
        entry = self.charging.ledger.entries[session_id]
        others = (self.charging.vehicles[each.id] for each in self._candidates(entry.point, entry.session))
        return list({each.key: each for each in (*self.vehicles, *others)}.values())

    async def async_assign(self, session_id: str, key: str | None) -> None:
        """Say whose a session was; with None it is billed to nobody here. ``KeyError`` for an unknown session.

        ``ValueError`` where what is billed of it was worked out, and is not the household's own to correct.
        """
        entry = self.charging.ledger.entries[session_id]
        self.settling.assign(entry, key)
        if entry.session.doubted and key is not None and (point := self.charging.points.get(entry.point)) is not None:
            point.meter.confirm_claim()
            await self.charging.async_save_points()
        await self._async_settle()

    @callback
    def _prices_known(self) -> None:
        if self.settling.waiting:
            self._rounds.begin("pricing", self._async_settle)

    async def _async_settle(self) -> None:
        """Work out what can be worked out now, and have it handed over."""
        await self.settling.async_settle_all()
        self.delivery.async_wake()
        self.async_tell()

    async def async_tell_price(self, session_id: str, per_kwh: Decimal) -> None:
        """Take a person's word for what a kWh cost while a session lasted and nobody else told it."""
        await self.settling.async_tell_price(session_id, per_kwh)
        await self._async_settle()

    async def async_accept_unbound(self, session_id: str) -> None:
        """Take note that the energy of a session under no binding is billed to nobody."""
        await self.settling.async_accept_unbound(session_id)
        self.async_tell()

    async def async_charges(
        self, vehicles: Collection[VehicleRecord], since: datetime, until: datetime, *, as_made: bool = False
    ) -> list[Charge]:
        """Return what vehicles were charged for, as :meth:`Settling.async_charges` says."""
        return await self.settling.async_charges({each.key for each in vehicles}, since, until, as_made=as_made)


def price_tellers(hub: Hub) -> dict[PriceKind, PricedSubject]:
    """Return who tells prices at a hub."""
    tellers = {PriceKind.GATEWAY: hub.tariff}
    if hub.manager(AccountManager).vtn is not None:
        tellers[PriceKind.UTILITY] = hub.manager(ToldByVtn).subject
    return tellers
