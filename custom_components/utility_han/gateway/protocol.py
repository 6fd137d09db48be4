"""The one protocol that procedures and Home Assistant's files speak with a gateway, whatever the transport."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any, Protocol

from aio2030dot5 import Identity

from ..esi import ControlResponse, DemandResponseProgram, EventResponse, LoadControl, Message, PriceSchedule
from .model import (
    GatewayConfiguration,
    Interval,
    LinkSecurity,
    ListedDevice,
    Peer,
    Readings,
    Register,
    Reservation,
    ReservationRequest,
    SelfReport,
    Signal,
    VehiclePowerStatus,
)


class Gateway(Protocol):
    """A gateway at one address, as seen by one HAN client.

    Every method raises :class:`~.errors.GatewayError` and nothing else for what the gateway or the way to it does.
    Times are on our clock (:mod:`.clock`), but for those of load controls, and of what was written down
    before, a log or intervals.
    """

    @property
    def client_lfdi(self) -> str:
        """The LFDI of our own certificate."""

    @property
    def expected_lfdi(self) -> str | None:
        """The pinned identity of the gateway; a device with another one is refused before any request."""

    @property
    def link_security(self) -> LinkSecurity:
        """By what the link is secured, as far as it is up."""

    def watch(self, changed: Callable[[], None]) -> None:
        """Have ``changed`` called when the gateway tells of controls by itself; a hint to read again."""

    def watch_messages(self, changed: Callable[[], None]) -> None:
        """Have ``changed`` called when the gateway tells of text messages by itself; a hint to read again."""

    async def close(self) -> None:
        """Let go of what is held open between sessions, for good: no other call may follow."""

    def unused_lfdi(self, taken: Collection[str]) -> str | None:
        """Return an identifier, none of ``taken``, for one more device that we speak for.

        None where such a device has a certificate of its own, which its LFDI follows from.
        """

    def session(self, *, joined: bool = True) -> AbstractAsyncContextManager[None]:
        """Keep one connection for all calls made inside, by the task that opened it.

        Where we may not have ``joined`` its network yet, :meth:`identify` is the first of them.
        """

    async def identify(self) -> Peer:
        """Learn who answers and whether it lets us in; works before we are accepted, checks no pin."""

    async def measure_signal(self, *, recent: bool = False) -> Signal:
        """Measure the way to the gateway without needing to be accepted.

        ``recent`` is content with what was measured a few minutes ago, where that spares the gateway connections.
        """

    async def takes_announcements(self) -> bool:
        """Whether a client may put itself on the gateway's list; False where it lets us in only once it was told."""

    async def announce(
        self, device_category: int, lfdi: str | None = None, *, adding: Callable[[], Awaitable[None]] | None = None
    ) -> str:
        """Put ourselves, or the device ``lfdi`` that we speak for, on the gateway's list (in-band).

        Return the address of the entry. Safe to repeat: an entry that is already there is found, not added again; else
        ``adding`` is waited for before it is added.
        """

    async def withdraw(self, href: str, lfdi: str) -> None:
        """Take the entry of ``lfdi``, which we added at ``href``, off the gateway's list again; no other one."""

    async def registration_pin(self, href: str) -> int | None:
        """Return the PIN the gateway holds for the entry, None where it holds none."""

    async def configuration(self) -> GatewayConfiguration:
        """Read what the gateway gives its clients to go by."""

    async def prices(self) -> PriceSchedule | None:
        """Read the prices of delivered energy that the gateway gives, None where it gives none."""

    async def messages(self) -> list[Message]:
        """Read the text messages in force, oldest first."""

    async def listed_devices(self) -> list[ListedDevice] | None:
        """Return the gateway's list of available devices as far as we may see it, None where it keeps none."""

    async def self_report(self, href: str | None = None) -> SelfReport:
        """Return what the device at ``href`` tells of itself, or the gateway; what it does not tell is empty."""

    async def device_programs(self, href: str) -> list[DemandResponseProgram]:
        """Return the demand response programs that the gateway assigns to the device at ``href``."""

    async def own_programs(self) -> list[DemandResponseProgram]:
        """Return the programs that the gateway assigns to Home Assistant itself; none where it assigns none."""

    async def controls(self, programs: Collection[DemandResponseProgram]) -> list[LoadControl]:
        """Read the controls of ``programs``: scheduled, active, and those that ended lately."""

    def controls_left(self, program: str) -> int:
        """Return how many controls of a program were left when they were read last, because there were too many."""

    def removal_cancels(self, program: str) -> bool:
        """Return whether a control of a program that is listed no longer, and not over, is called off by that."""

    async def respond(self, response: ControlResponse | EventResponse) -> None:
        """Tell the gateway what became of a control, or of another event."""

    async def give_voice(
        self, lfdi: str, load: Callable[[], Awaitable[Identity]], *, alone: bool, href: str | None = None
    ) -> None:
        """Have what is said of a device said with its certificate, which ``load`` gives as soon as it is needed.

        ``alone`` where nobody else can say it, which is made ready now: ``InvalidIdentity`` or ``GatewayError`` where
        the certificate cannot be used; else where the gateway does not take it from us. ``href`` is where its entry
        was when that was known last.
        """

    async def prove(self, lfdi: str) -> bool:
        """Have the gateway hear something that only the holder of the device's identity can say.

        False where that is not with us: the device has to be heard by itself, or what we say of it counts.
        """

    async def subscribe(self, programs: Collection[DemandResponseProgram], uri: str) -> bool:
        """Ask to be told at ``uri`` (http or https) when controls of ``programs`` change; False where it cannot.

        Safe to repeat. What arrives there is a hint to read again, never a control itself.
        """

    async def publish_vehicle(self, device_href: str, status: VehiclePowerStatus) -> bool:
        """Tell how the vehicle at the device ``device_href`` charges; False where the gateway does not take that."""

    async def request_reservation(self, device_href: str, request: ReservationRequest) -> str | None:
        """Ask for energy for the device; return the request's address, None where the gateway reserves none.

        Safe to repeat: a request with the same mRID that is there already is found, not made again.
        """

    async def cancel_reservation(self, href: str) -> None:
        """Withdraw a request; one that is gone already is as good."""

    async def reservations(self, device_href: str) -> list[Reservation]:
        """Return what the gateway answered to the requests for the device."""

    async def discover_registers(self) -> Sequence[Register]:
        """Find every register the gateway offers."""

    def known_registers(self) -> Sequence[Register]:
        """Return the registers found or restored before, without asking the gateway."""

    async def read(self, keys: Collection[str], *, include_clock: bool = False) -> Readings:
        """Read the registers named, over one connection."""

    async def intervals(self, direction: str, since: datetime) -> list[Interval]:
        """Return completed intervals of energy ending after ``since``, oldest first; none where none are kept.

        Where there are none of the whole meter, those of each phase, a phase after the other.
        """

    def snapshot(self) -> dict[str, Any]:
        """Return what is worth keeping over a restart (JSON-safe), for ``restore``."""

    def restore(self, data: dict[str, Any]) -> None:
        """Take up again what ``snapshot`` gave; what does not fit is ignored and read anew."""

    def statistics(self) -> dict[str, Any]:
        """Return counters of connections and requests, for diagnostics.

        ``failing``, where it is there, is what of our own ends in errors that nobody thought of.
        """
