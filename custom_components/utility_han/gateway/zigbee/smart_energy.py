"""What no gateway over Zigbee Smart Energy 1.x has, whatever the radio: the protocol's other half."""

from collections.abc import Collection

from aio2030dot5 import Identity

from ...esi import Answerable, DemandResponseProgram, EventKind, Wanted
from ..errors import GatewayError, Reason
from ..model import Reservation, ReservationRequest, VehiclePowerStatus


def confirmable(number: int) -> Answerable:
    """Return how a message wants to be answered that a person is to acknowledge, and nobody else."""
    return Answerable(EventKind.TEXT, f"{number:08X}", "messaging", Wanted.CUSTOMER)


class SmartEnergyGateway:
    """Answers for what Smart Energy 1.x has no commands for, as :class:`~..protocol.Gateway` has it."""

    async def withdraw(self, href: str) -> None:
        """Nothing is on the meter that we could take off again."""

    async def registration_pin(self, href: str) -> int | None:
        """A meter holds no PIN; the install code proved who we are."""
        return None

    async def give_voice(self, identity: Identity) -> None:
        """Devices that we speak for are endpoints of our radio, whose link key is theirs."""

    async def prove(self, lfdi: str) -> bool:
        """An endpoint of ours answers the meter by itself; others are heard by themselves."""
        return False

    async def own_programs(self) -> list[DemandResponseProgram]:
        """Smart Energy's device classes have none for an energy management system (table D.2)."""
        return []

    async def subscribe(self, programs: Collection[DemandResponseProgram], uri: str) -> bool:
        """The meter tells of events by itself, over the air."""
        return False

    async def publish_vehicle(self, device_href: str, status: VehiclePowerStatus) -> bool:
        """Smart Energy 1.x takes nothing about vehicles."""
        return False

    async def request_reservation(self, device_href: str, request: ReservationRequest) -> str | None:
        """Smart Energy 1.x reserves no energy."""
        return None

    async def cancel_reservation(self, href: str) -> None:
        """There is none."""

    async def reservations(self, device_href: str) -> list[Reservation]:
        """There are none."""
        return []

    async def announce(self, device_category: int, lfdi: str | None = None) -> str:
        """Only the utility lets another device onto the network."""
        raise GatewayError(
            Reason.REGISTRATION_REFUSED,
            "the meter takes no device from us: the utility has to be told its install code",
        )
