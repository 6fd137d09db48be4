"""What a certified stick does not do: it reads, and speaks for nobody but itself."""

from collections.abc import Callable, Collection
from datetime import datetime

from ...esi import ControlResponse, DemandResponseProgram, EventResponse, LoadControl
from ..errors import GatewayError, Reason
from ..model import Interval, ListedDevice, SelfReport
from .smart_energy import SmartEnergyGateway


class ReadingGateway(SmartEnergyGateway):
    """Answers for what a stick has no commands for, as :class:`~..protocol.Gateway` has it."""

    def watch(self, changed: Callable[[], None]) -> None:
        """A stick tells nothing of events."""

    def unused_lfdi(self, taken: Collection[str]) -> str | None:
        """A stick speaks for nobody but itself."""
        raise GatewayError(Reason.REGISTRATION_REFUSED, "a stick of this kind can do no load control")

    async def intervals(self, direction: str, since: datetime) -> list[Interval]:
        """Sticks tell profiles in many ways; none is relied on."""
        return []

    async def listed_devices(self) -> list[ListedDevice] | None:
        """A stick tells nothing of other devices."""
        return None

    async def self_report(self, href: str | None = None) -> SelfReport:
        """A stick tells nothing of the meter's battery."""
        return SelfReport(None, ())

    async def device_programs(self, href: str) -> list[DemandResponseProgram]:
        """A stick does no load control."""
        return []

    async def controls(self, programs: Collection[DemandResponseProgram]) -> list[LoadControl]:
        """A stick does no load control."""
        return []

    def controls_left(self, program: str) -> int:
        """A stick does no load control."""
        return 0

    async def respond(self, response: ControlResponse | EventResponse) -> None:
        """A stick does no load control."""
        raise GatewayError(Reason.REGISTRATION_REFUSED, "a stick of this kind can do no load control")
