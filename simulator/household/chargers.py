"""A charging station and the vehicles of a home: what is plugged in, what flows, and what the meter says of it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

FAULTS = ("offline", "stuck")
"""``offline``: nothing can be read. ``stuck``: the counter shows what it showed; both while it charges on."""


class UnknownChargerError(Exception):
    """There is no such charger or vehicle."""


@dataclass(slots=True)
class Vehicle:
    """A vehicle: battery in kWh, charge in percent, ``max_power_w`` being what it takes at most."""

    id: str
    name: str
    vin: str
    battery_kwh: float
    state_of_charge: float
    max_power_w: float = 11_000.0


@dataclass(slots=True)
class Charger:
    """A charger; ``delivered_wh`` is the truth, the counter what its meter shows, in steps of ``resolution_kwh``.

    ``speed`` makes charging faster than ``max_power_w`` alone would, for demonstrations.
    """

    id: str
    name: str
    serial: str
    max_power_w: float = 11_000.0
    speed: float = 1.0
    resolution_kwh: float = 0.001
    enabled: bool = True
    vehicle: str | None = None
    delivered_wh: float = 0.0
    offset_wh: float = 1_234_500.0
    """What the counter shows above ``delivered_wh``."""
    plugged_at_wh: float = 0.0
    """``delivered_wh`` when the vehicle was plugged in."""
    faults: list[str] = field(default_factory=list)
    stuck_at: float | None = None
    at: float = 0.0
    """When ``delivered_wh`` was brought up to date, Unix time."""


class Chargers:
    """One charger, the family's vehicle and a visitor's; ``changed`` is called after every change."""

    def __init__(
        self,
        data: dict[str, Any] | None,
        changed: Callable[[dict[str, Any]], None],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._changed = changed
        self._clock = clock
        self.chargers = {"garage": Charger("garage", "Garage charger", "VL11-004711", at=clock())}
        self.vehicles = {
            "family": Vehicle("family", "Family car", "1M8GDM9AXKP042788", 60.0, 40.0),
            "visitor": Vehicle("visitor", "Visitor's car", "WVWZZZ1JZXW000001", 77.0, 55.0, 7_400.0),
        }
        if data is not None:
            self.chargers = {each["id"]: Charger(**each) for each in data["chargers"]}
            self.vehicles = {each["id"]: Vehicle(**each) for each in data["vehicles"]}

    def to_dict(self) -> dict[str, Any]:
        """What is kept over restarts."""
        return {
            "chargers": [asdict(each) for each in self.chargers.values()],
            "vehicles": [asdict(each) for each in self.vehicles.values()],
        }

    def find(self, identifier: str) -> Charger:
        """A charger, with everything that flowed until now."""
        if (charger := self.chargers.get(identifier)) is None:
            raise UnknownChargerError(f"there is no charger {identifier}")
        self._advance(charger)
        return charger

    def find_vehicle(self, identifier: str) -> Vehicle:
        """A vehicle, with everything that flowed into it until now."""
        if (vehicle := self.vehicles.get(identifier)) is None:
            raise UnknownChargerError(f"there is no vehicle {identifier}")
        for charger in self.chargers.values():
            self._advance(charger)
        return vehicle

    def _vehicle(self, charger: Charger) -> Vehicle | None:
        return self.vehicles[charger.vehicle] if charger.vehicle else None

    def power(self, charger: Charger) -> float:
        """What flows now, W."""
        vehicle = self._vehicle(charger)
        if vehicle is None or not charger.enabled or vehicle.state_of_charge >= 100:
            return 0.0
        return min(charger.max_power_w, vehicle.max_power_w) * charger.speed

    def _advance(self, charger: Charger) -> None:
        now = self._clock()
        elapsed, charger.at = max(now - charger.at, 0.0), now
        vehicle = self._vehicle(charger)
        if vehicle is None:
            return
        room = (100 - vehicle.state_of_charge) / 100 * vehicle.battery_kwh * 1000
        energy = min(self.power(charger) * elapsed / 3600, room)
        charger.delivered_wh += energy
        vehicle.state_of_charge = min(vehicle.state_of_charge + energy / vehicle.battery_kwh / 10, 100.0)
        if room - energy < 0.01:
            vehicle.state_of_charge = 100.0

    def changed(self) -> None:
        """Keep how it stands."""
        self._changed(self.to_dict())

    def plug(self, charger: Charger, vehicle: str) -> None:
        """Plug a vehicle in, in place of another."""
        if vehicle not in self.vehicles:
            raise UnknownChargerError(f"there is no vehicle {vehicle}")
        if charger.vehicle != vehicle:
            charger.vehicle, charger.plugged_at_wh = vehicle, charger.delivered_wh
        self.changed()

    def unplug(self, charger: Charger) -> None:
        """Take the vehicle away."""
        charger.vehicle = None
        self.changed()

    def reset_counter(self, charger: Charger, total_kwh: float = 0.0) -> None:
        """Have the counter begin at another number, as after a restart of its firmware or a replacement."""
        charger.offset_wh = total_kwh * 1000 - charger.delivered_wh
        self.changed()

    def set_fault(self, charger: Charger, name: str, *, on: bool) -> None:
        """Switch a fault on or off."""
        if name not in FAULTS:
            raise UnknownChargerError(f"there is no fault {name}; there are {', '.join(FAULTS)}")
        if on and name not in charger.faults:
            charger.faults.append(name)
            charger.stuck_at = charger.delivered_wh + charger.offset_wh if name == "stuck" else charger.stuck_at
        elif not on and name in charger.faults:
            charger.faults.remove(name)
            charger.stuck_at = None if name == "stuck" else charger.stuck_at
        self.changed()

    def clear_faults(self, charger: Charger) -> None:
        """Switch all faults off."""
        for name in tuple(charger.faults):
            self.set_fault(charger, name, on=False)

    def _state(self, charger: Charger) -> str:
        vehicle = self._vehicle(charger)
        if vehicle is None:
            return "available"
        if vehicle.state_of_charge >= 100:
            return "finished"
        if self.power(charger):
            return "charging"
        return "suspended" if charger.delivered_wh > charger.plugged_at_wh else "connected"

    def _shown_kwh(self, charger: Charger) -> float:
        counter = charger.delivered_wh + charger.offset_wh if charger.stuck_at is None else charger.stuck_at
        # A whole number of steps may have become a hair less than that when delivered energy and offset were added.
        steps = math.floor(counter / 1000 / charger.resolution_kwh + 1e-6)
        return round(steps * charger.resolution_kwh, 6)

    def describe_vehicle(self, vehicle: Vehicle) -> dict[str, Any]:
        """A vehicle as its maker's cloud tells: also while the charger is offline."""
        return {**asdict(vehicle), "plugged": any(each.vehicle == vehicle.id for each in self.chargers.values())}

    def describe(self, charger: Charger) -> dict[str, Any]:
        """A charger as its own interface tells: nulls while it is offline; and the truth of its vehicles besides."""
        vehicle, power = self._vehicle(charger), self.power(charger)
        told = {
            "state": self._state(charger),
            "plugged": vehicle is not None,
            "charging": power > 0,
            "power_w": round(power),
            "total_kwh": self._shown_kwh(charger),
            "enabled": charger.enabled,
            "vehicle": charger.vehicle,
            "vehicle_name": vehicle.name if vehicle else None,
            "state_of_charge": vehicle.state_of_charge if vehicle else None,
        }
        if "offline" in charger.faults:
            told = dict.fromkeys(told)
        return {
            "id": charger.id,
            "name": charger.name,
            "serial": charger.serial,
            **told,
            "online": "offline" not in charger.faults,
            "speed": charger.speed,
            "max_power_w": charger.max_power_w,
            "resolution_kwh": charger.resolution_kwh,
            "delivered_kwh": charger.delivered_wh / 1000,
            "faults": charger.faults,
            "vehicles": {each.id: self.describe_vehicle(each) for each in self.vehicles.values()},
        }
