"""What is known of a hub's vehicles and their charging, kept over restarts.

One private file per hub: a record per vehicle, the charging points with their open sessions, and the ledger of what
ended. It holds VINs, and the number of a guest's account until the utility has taken it.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store

from ..hub.storage import HubFiles
from ..procedures import ChargingPoint, Ledger, VehicleRun

_VERSION = 1


@dataclass(slots=True)
class ChargingPlan:
    """What the person wants of the next charging, and what the gateway was asked for."""

    departure: datetime | None = None
    energy_wh: float = 0.0
    request: str | None = None
    """The mRID of the reservation asked for."""
    href: str | None = None
    """Its address on the gateway."""
    asked: datetime | None = None
    override: bool = False
    """The person wants it charged now, reservation or not, until it is unplugged."""
    held: bool = False
    """The charger was switched off until the reserved time."""

    def to_dict(self) -> dict[str, Any]:
        """Return it JSON-safe."""
        return {
            "departure": self.departure.isoformat() if self.departure else None,
            "energy_wh": self.energy_wh,
            "request": self.request,
            "href": self.href,
            "asked": self.asked.isoformat() if self.asked else None,
            "override": self.override,
            "held": self.held,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> ChargingPlan:
        """Take up what :meth:`to_dict` gave."""
        times = {name: datetime.fromisoformat(data[name]) if data[name] else None for name in ("departure", "asked")}
        return cls(**{**data, **times})


@dataclass(slots=True)
class VehicleRecord:
    """A vehicle; ``subentry_id`` is None until it is shown, and again once it was removed."""

    run: VehicleRun
    title: str
    data: dict[str, Any]
    """The subentry's data."""
    subentry_id: str | None = None
    removed: bool = False
    """Its subentry was removed: its bindings are to be ended; what was billed is kept."""
    plan: ChargingPlan = field(default_factory=ChargingPlan)

    @property
    def key(self) -> str:
        """What sessions call the vehicle."""
        return self.run.id

    def to_dict(self) -> dict[str, Any]:
        """Return the record for storage."""
        return {
            "run": self.run.to_dict(),
            "title": self.title,
            "data": self.data,
            "subentry_id": self.subentry_id,
            "removed": self.removed,
            "plan": self.plan.to_dict(),
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> VehicleRecord:
        """Take up what :meth:`to_dict` gave."""
        return cls(**{**data, "run": VehicleRun.from_dict(data["run"]), "plan": ChargingPlan.from_dict(data["plan"])})


@dataclass
class Charging:
    """The vehicles and charging of one hub."""

    store: Store[dict[str, Any]]
    vehicles: dict[str, VehicleRecord] = field(default_factory=dict)
    """By key."""
    points: dict[str, ChargingPoint] = field(default_factory=dict)
    """By the entity that gives their energy."""
    ledger: Ledger = field(default_factory=Ledger)
    draft: dict[str, Any] | None = None
    """What was typed into a flow that has not come to binding yet."""
    claimed: set[str] = field(default_factory=set)
    """Keys of vehicles that a flow in progress binds; nobody else does then."""
    _points: dict[str, dict[str, Any]] = field(default_factory=dict)

    async def async_load(self) -> None:
        """Read the file, once."""
        data: dict[str, Any] = await self.store.async_load() or {}
        for each in data.get("vehicles", []):
            record = VehicleRecord.from_dict(each)
            self.vehicles[record.key] = record
        self._points = data.get("points", {})
        self.ledger = Ledger.from_list(data.get("ledger", []))
        self.draft = data.get("draft")

    def take_point(self, point_id: str) -> dict[str, Any] | None:
        """Return what was kept of a charging point."""
        return self._points.get(point_id)

    async def async_save(self) -> None:
        """Write everything; on disk when this returns."""
        await self.store.async_save(self._snapshot())

    def _snapshot(self) -> dict[str, Any]:
        # A point that no vehicle uses now is kept as it was: its vehicle may come back.
        self._points |= {point_id: point.to_dict() for point_id, point in self.points.items()}
        return {
            "vehicles": [record.to_dict() for record in self.vehicles.values()],
            "points": self._points,
            "ledger": self.ledger.to_list(),
            "draft": self.draft,
        }

    def by_subentry(self, subentry_id: str) -> VehicleRecord | None:
        """Return the vehicle that a subentry shows."""
        return next((each for each in self.vehicles.values() if each.subentry_id == subentry_id), None)


_FILES = HubFiles("charging", _VERSION, Charging)


async def async_get_charging(hass: HomeAssistant, entry_id: str) -> Charging:
    """Return the charging of a hub, read on first use; the same for flows and for the hub."""
    return await _FILES.async_get(hass, entry_id)


async def async_remove_charging(hass: HomeAssistant, entry_id: str) -> None:
    """Forget everything about a hub that was removed."""
    await _FILES.async_remove(hass, entry_id)
