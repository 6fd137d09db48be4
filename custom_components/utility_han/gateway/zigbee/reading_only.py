"""What a certified stick does not do: it reads, and speaks for nobody but itself."""

from collections.abc import Collection

from ...esi import ControlResponse, EventResponse
from ..errors import GatewayError, Reason
from ..lacking import WithoutControls
from .smart_energy import SmartEnergyGateway


class ReadingGateway(WithoutControls, SmartEnergyGateway):
    """A stick: it tells nothing of events, of other devices and of the meter's battery, and does no load control.

    Sticks tell profiles in many ways; none is relied on.
    """

    def unused_lfdi(self, taken: Collection[str]) -> str | None:
        """A stick speaks for nobody but itself."""
        raise _no_load_control()

    async def respond(self, response: ControlResponse | EventResponse) -> None:
        """A stick does no load control."""
        raise _no_load_control()


def _no_load_control() -> GatewayError:
    return GatewayError(Reason.REGISTRATION_REFUSED, "a stick of this kind can do no load control")
