"""What no gateway over Zigbee Smart Energy 1.x has, whatever the radio: the protocol's other half."""

from collections.abc import Awaitable, Callable

from ...esi import Answerable, EventKind, Wanted
from ..errors import GatewayError, Reason
from ..lacking import WithoutServices


def confirmable(number: int) -> Answerable:
    """Return how a message wants to be answered that a person is to acknowledge, and nobody else."""
    return Answerable(EventKind.TEXT, f"{number:08X}", "messaging", Wanted.CUSTOMER)


class SmartEnergyGateway(WithoutServices):
    """A meter of Smart Energy 1.x.

    It holds no PIN (the install code proved who we are), and nothing of us that could be taken off again. Devices that
    we speak for are endpoints of our radio, whose link key is theirs, and answer by themselves. Its device classes
    have none for an energy management system (table D.2). It tells of events by itself, over the air, takes nothing
    about vehicles and reserves no energy.
    """

    async def announce(
        self, device_category: int, lfdi: str | None = None, *, adding: Callable[[], Awaitable[None]] | None = None
    ) -> str:
        """Only the utility lets another device onto the network."""
        raise GatewayError(
            Reason.REGISTRATION_REFUSED,
            "the meter takes no device from us: the utility has to be told its install code",
        )
