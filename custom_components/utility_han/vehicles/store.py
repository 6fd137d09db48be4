"""What is known of a hub's vehicles and their charging, kept over restarts.

Two private files per hub. One has a record per vehicle and the ledger of what ended; it holds VINs, and the number of
a guest's account until the utility has taken it. The other has the charging points with their open sessions: it is
written each minute while something is charged, and stays as small as that is.
"""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, override

from homeassistant.core import HomeAssistant

from ..documents import Style
from ..gateway import Reservation
from ..hub.kept.storage import Kept
from ..hub.renaming import renamed, taken_over
from ..hub.telling.person import Person
from ..procedures import (
    ChargingPoint,
    Elsewhere,
    HandedOver,
    HouseholdRecords,
    Ledger,
    LedgerEntry,
    SessionElsewhere,
    VehicleRun,
    read_record,
)
from ..utility import RateProgram
from .kept_reservation import reservation_from_dict, reservation_to_dict
from .rates.price_book import PriceBook


@dataclass(slots=True)
class ChargingPlan:
    """What the person wants of the next charging, and what the gateway was asked for."""

    departure: datetime | None = None
    energy_wh: float = 0.0
    """What is needed until then, from when it was planned on."""
    before: tuple[str, float] | None = None
    """The session that was open when it was planned, by its id, and what it had charged by then, Wh."""
    request: str | None = None
    """The mRID of the reservation asked for."""
    href: str | None = None
    """Its address on the gateway."""
    override: bool = False
    """The person wants it charged now, reservation or not, until it is unplugged."""
    reservation: Reservation | None = None
    """What the gateway answered to the request."""
    held: bool = False
    """The charger was switched off until the reserved time."""
    held_by: str | None = None
    """The switch that it was switched off by; None where an older version did it, by the vehicle's."""

    def to_dict(self) -> dict[str, Any]:
        """Return it JSON-safe."""
        return {
            "departure": self.departure.isoformat() if self.departure else None,
            "energy_wh": self.energy_wh,
            "before": list(self.before) if self.before else None,
            "request": self.request,
            "href": self.href,
            "override": self.override,
            "reservation": reservation_to_dict(self.reservation) if self.reservation else None,
            "held": self.held,
            "held_by": self.held_by,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> ChargingPlan:
        """Take up what :meth:`to_dict` gave."""
        kept = data.get("reservation")
        return read_record(cls, data, reservation=reservation_from_dict(kept) if kept is not None else None)


@dataclass(slots=True)
class VehicleRecord:
    """A vehicle; ``subentry_id`` is None until it is shown, and again once it was removed."""

    run: VehicleRun
    title: str
    data: dict[str, Any]
    """The subentry's data."""
    subentry_id: str | None = None
    shown_at: datetime | None = None
    """As :class:`~..hub.subentries.KeptSubentry` says."""
    removed: bool = False
    """Its subentry was removed: its bindings are to be ended; what was billed is kept."""
    plan: ChargingPlan = field(default_factory=ChargingPlan)
    chargers: list[str] = field(default_factory=list)
    """The charging points of the home that it was ever charged at: what they counted stays counted."""
    used: dict[str, datetime | None] = field(default_factory=dict)
    """The charging points that were ever watched for it, and when it left each; None for the one it uses."""

    @property
    def key(self) -> str:
        """What sessions call the vehicle."""
        return self.run.id

    def uses(self, point_id: str, since: datetime) -> bool:
        """Whether the vehicle has used a charging point after ``since``."""
        left = self.used.get(point_id, since)
        return left is None or left > since

    def note_use(self, point_id: str | None, now: datetime) -> None:
        """Note which charging point the vehicle uses from now on, if any, and that it has left the others."""
        self.used = {each: now if since is None else since for each, since in self.used.items()}
        if point_id is not None:
            self.used[point_id] = None

    def to_dict(self) -> dict[str, Any]:
        """Return the record for storage."""
        return {
            "run": self.run.to_dict(),
            "title": self.title,
            "data": self.data,
            "subentry_id": self.subentry_id,
            "shown_at": self.shown_at.isoformat() if self.shown_at else None,
            "removed": self.removed,
            "plan": self.plan.to_dict(),
            "chargers": self.chargers,
            "used": {point_id: left.isoformat() if left else None for point_id, left in self.used.items()},
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> VehicleRecord:
        """Take up what :meth:`to_dict` gave."""
        # Whose subentry was removed is not to come back because that is missing.
        return read_record(cls, data, needs=("removed",))


class ChargingPoints(Kept):
    """The charging points of one hub, with what of their sessions the ledger has not taken up yet."""

    what = "charging_points"
    suffix = "charging_points"

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """There is nothing before it is read."""
        super().__init__(hass, entry_id)
        self.watched: dict[str, ChargingPoint] = {}
        """Those of vehicles that are shown, by the entity that gives their energy."""
        self.kept: dict[str, dict[str, Any]] = {}
        """All, as they were last kept: one that no vehicle uses now may be used again."""

    @override
    def restore(self, data: dict[str, Any]) -> None:
        self.kept = self.read_records(data, "points", _readable_point)

    @override
    def snapshot(self) -> dict[str, Any]:
        self.kept |= {point_id: point.to_dict() for point_id, point in self.watched.items()}
        return {"points": self.kept}

    def rename(self, before: str, after: str) -> None:
        """Take up that an entity has another id, while none is watched."""
        self.snapshot()
        self.watched.clear()
        self.kept = taken_over(self.kept, before, after)


class Charging(Kept):
    """The vehicles and charging of one hub.

    A session that ended is in the file of the charging points until it is in the ledger: whoever enters it keeps the
    points before and after, and the ledger knows what it has. So a power cut between two writes loses none of it, and
    enters none twice.
    """

    what = "charging"
    suffix = "charging"

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """There is nothing before it is read."""
        super().__init__(hass, entry_id)
        self.vehicles: dict[str, VehicleRecord] = {}
        """By key."""
        self.ledger = Ledger()
        self.household = HouseholdRecords()
        """What the household's own books are made of."""
        self.elsewhere = Elsewhere()
        self.handed_over = HandedOver()
        self.draft: dict[str, Any] | None = None
        """What was typed into a flow that has not come to binding yet."""
        self.claimed: dict[str, str] = {}
        """The vehicles, by key, that a dialog in progress binds, with its id; nobody else does then."""
        self.pictures: dict[str, list[bytes]] = {}
        """What flows in progress show of rates, by their ids."""
        self.prices = PriceBook(hass, entry_id)
        """What is told of prices, in a file of its own."""
        self.style: Style
        """How the home writes numbers and days, for what is told to nobody in particular; there once it is open."""
        self._points = ChargingPoints(hass, entry_id)
        self.points_changed = False
        """Whether something was counted since the charging points were written."""
        self._moving: dict[str, dict[str, Any]] | None = None
        """Charging points that an older version kept in this file."""

    @override
    async def async_open(self) -> None:
        self.style = await Person.of_home(self._hass).async_style(self._hass)
        self._points = await ChargingPoints.async_get(self._hass, self._entry_id)
        self.prices = await PriceBook.async_get(self._hass, self._entry_id)
        await super().async_open()
        if (moving := self._moving) is not None:
            self._moving = None
            # They go on where the older version left them, whatever a newer one before it knew. For a moment they are
            # in both files and the same: a power cut between the two changes nothing.
            self._points.kept |= moving
            await self._points.async_save()
            await self.async_save()

    @override
    def restore(self, data: dict[str, Any]) -> None:
        records = self.read_records(data, "vehicles", VehicleRecord.from_dict).values()
        self.vehicles = {record.key: record for record in records}
        if "points" in data:
            self._moving = self.read_records(data, "points", _readable_point)
        entries = self.read_records(data, "ledger", LedgerEntry.from_dict).values()
        self.ledger = Ledger({entry.session.id: entry for entry in entries})
        self.elsewhere = Elsewhere(self.read_records(data, "elsewhere", SessionElsewhere.from_dict).values())
        self.draft = self.read_value(data, "draft", dict[str, Any] | None)
        self.household = self.read_value(data, "household", HouseholdRecords | None) or HouseholdRecords()
        self.handed_over = self.read_value(data, "handed_over", HandedOver | None) or HandedOver()

    @override
    def snapshot(self) -> dict[str, Any]:
        return {
            "vehicles": [record.to_dict() for record in self.vehicles.values()],
            "ledger": self.ledger.to_list(),
            "draft": self.draft,
            "household": self.household.to_dict(),
            "elsewhere": self.elsewhere.to_list(),
            "handed_over": self.handed_over.to_dict(),
        }

    @property
    def points(self) -> dict[str, ChargingPoint]:
        """The charging points that are watched, by the entity that gives their energy."""
        return self._points.watched

    def counted(self, point_id: str) -> float:
        """Return what was ever counted at a charging point, Wh."""
        if (point := self.points.get(point_id)) is not None:
            return point.meter.total
        kept = self._points.kept.get(point_id)
        return ChargingPoint.from_dict(kept, 0.0).meter.total if kept else 0.0

    def take_point(self, point_id: str) -> dict[str, Any] | None:
        """Return what was kept of a charging point."""
        return self._points.kept.get(point_id)

    def others(self, watched: Container[str]) -> dict[str, dict[str, Any]]:
        """Return what is kept of the charging points that are not ``watched``."""
        return {point_id: kept for point_id, kept in self._points.kept.items() if point_id not in watched}

    def keep_others(self, points: Mapping[str, ChargingPoint]) -> None:
        """Take note of how charging points are that nobody watches; written with all of them."""
        self._points.kept |= {point_id: point.to_dict() for point_id, point in points.items()}

    async def async_rename(self, before: str, after: str) -> None:
        """Take up that an entity has another id, while the hub is not loaded; on disk when this returns."""
        self.draft = renamed(self.draft, before, after)
        for record in self.vehicles.values():
            record.data = renamed(record.data, before, after)
            record.plan.held_by = renamed(record.plan.held_by, before, after)
            record.chargers = list(taken_over(dict.fromkeys(record.chargers), before, after))
            record.used = taken_over(record.used, before, after)
        entries = self.ledger.entries.values()
        points = taken_over({entry.point: entry.point for entry in entries}, before, after)
        now = {former: point for point, former in points.items()}
        for entry in entries:
            entry.point = now[entry.point]
        for programs, key, program in list(self._programs()):
            if program.source is not None and program.source.entity_id == before:
                programs[key] = replace(program, source=replace(program.source, entity_id=after))
        self._points.rename(before, after)
        self.prices.rename(before, after)
        for kept in (self._points, self.prices, self):
            await kept.async_save()

    def takes_prices_of(self, entity_id: str) -> bool:
        """Whether a rate program takes its prices from an entity."""
        sources = (program.source for _, _, program in self._programs())
        return any(source is not None and source.entity_id == entity_id for source in sources)

    def _programs(self) -> Iterator[tuple[dict[str, RateProgram], str, RateProgram]]:
        """Yield all rate programs, each with where it is kept."""
        runs = (record.run.programs for record in self.vehicles.values())
        for programs in (*runs, self.household.programs, self.household.agreed):
            yield from ((programs, key, program) for key, program in programs.items())

    async def async_save_points(self) -> None:
        """Write the charging points, and nothing of what ended; on disk when this returns."""
        self.points_changed = False
        try:
            await self._points.async_save()
        except Exception:
            self.points_changed = True  # it is on no disk yet
            raise

    async def async_keep_points(self) -> None:
        """Write them where something was counted since."""
        if self.points_changed:
            await self.async_save_points()

    def by_subentry(self, subentry_id: str) -> VehicleRecord:
        """Return the vehicle that a subentry of a loaded hub shows: each has a record (``async_adopt_vehicles``)."""
        return {each.subentry_id: each for each in self.vehicles.values()}[subentry_id]

    def lost_key(self, vin: str) -> str | None:
        """Return the key that sessions know a vehicle by whose own record cannot be read, if it still says so."""
        for lost in self.unread("vehicles"):
            run = lost.get("run") if isinstance(lost, dict) else None
            if isinstance(run, dict) and run.get("vin") == vin and isinstance(run.get("id"), str):
                return str(run["id"])
        return None


def _readable_point(data: Any) -> dict[str, Any]:
    """Return what was kept of a point once it is sure that it can be read: how much it can give is known later."""
    ChargingPoint.from_dict(data, 0.0)
    return dict(data)
