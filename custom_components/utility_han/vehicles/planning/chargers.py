"""What those who plan charging know of the chargers of a hub and of the vehicles at them."""

from collections.abc import Sequence
from typing import Protocol

from ...procedures import MeasuredSession
from ..store import VehicleRecord


class Chargers(Protocol):
    """What is known now of the vehicles of a hub and their charging."""

    @property
    def vehicles(self) -> Sequence[VehicleRecord]:
        """The vehicles that are shown."""

    def plugged(self, record: VehicleRecord) -> bool | None:
        """Whether the vehicle is plugged in, None where that is not known."""

    def session(self, record: VehicleRecord) -> MeasuredSession | None:
        """Return the open session of the vehicle."""

    def battery(self, record: VehicleRecord) -> float | None:
        """Return its battery level in percent."""

    def async_tell(self) -> None:
        """Have everything shown as it is now."""
