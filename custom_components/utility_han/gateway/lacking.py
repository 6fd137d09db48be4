"""What a gateway may be without, as :class:`~.protocol.Gateway` has it: each function for who has none of the kind."""

from collections.abc import Awaitable, Callable, Collection
from datetime import datetime

from aio2030dot5 import Identity

from ..esi import DemandResponseProgram, LoadControl
from .model import Interval, ListedDevice, Reservation, ReservationRequest, SelfReport, VehiclePowerStatus


class WithoutServices:
    """Keeps no entries of ours, has no programs for Home Assistant itself, and takes nothing about vehicles."""

    async def takes_announcements(self) -> bool:
        """Nothing is taken but what the utility tells."""
        return False

    async def withdraw(self, href: str, lfdi: str) -> None:
        """There is no entry that could be taken off again."""

    async def registration_pin(self, href: str) -> int | None:
        """No PIN is held."""
        return None

    async def own_programs(self) -> list[DemandResponseProgram]:
        """Nothing is assigned to Home Assistant itself."""
        return []

    async def give_voice(
        self, lfdi: str, load: Callable[[], Awaitable[Identity]], *, alone: bool, href: str | None = None
    ) -> None:
        """Nobody is spoken to by certificates of devices."""

    async def prove(self, lfdi: str) -> bool:
        """Nothing can be said that only the device's identity could say."""
        return False

    async def subscribe(self, programs: Collection[DemandResponseProgram], uri: str) -> bool:
        """Nothing is told at an address."""
        return False

    async def publish_vehicle(self, device_href: str, status: VehiclePowerStatus) -> bool:
        """Nothing is taken about vehicles."""
        return False

    async def request_reservation(self, device_href: str, request: ReservationRequest) -> str | None:
        """No energy is reserved."""
        return None

    async def cancel_reservation(self, href: str) -> None:
        """There is none."""

    async def reservations(self, device_href: str) -> list[Reservation]:
        """There are none."""
        return []


class WithoutControls:
    """Tells of no other devices, sends no load controls, and keeps no intervals."""

    def watch(self, changed: Callable[[], None]) -> None:
        """Nothing is told of events."""

    def watch_messages(self, changed: Callable[[], None]) -> None:
        """Nothing is told of messages."""

    async def intervals(self, direction: str, since: datetime) -> list[Interval]:
        """None are kept."""
        return []

    async def listed_devices(self) -> list[ListedDevice] | None:
        """No list is kept."""
        return None

    async def self_report(self, href: str | None = None) -> SelfReport:
        """Nothing tells of itself."""
        return SelfReport(None, ())

    async def device_programs(self, href: str) -> list[DemandResponseProgram]:
        """Nothing is assigned."""
        return []

    async def controls(self, programs: Collection[DemandResponseProgram]) -> list[LoadControl]:
        """There are none."""
        return []

    def controls_left(self, program: str) -> int:
        """None were left."""
        return 0

    def removal_cancels(self, program: str) -> bool:
        """There are none to be called off."""
        return False
