"""The home's meter: what it tells, what it asks for, what it was answered, and how it can be out of order."""

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from custom_components.utility_han.esi import (
    ControlResponse,
    ControlStatus,
    DemandResponseProgram,
    EventResponse,
    LoadControl,
    ResponseStatus,
)
from custom_components.utility_han.gateway import GatewayError, ListedDevice, Readings
from tests.helpers.model_gateway import ENERGY, ModelGateway
from tests.helpers.soak.clock import now

PROGRAM = DemandResponseProgram("/dr/1", "Peak saver", 5, "/dr/1/edc")
_LISTED_AFTER = timedelta(hours=2)
_CATEGORY = 16
"""DeviceCategoryType of a pool pump (sep.xsd)."""


@dataclass
class Asked:
    """A control that was published, whether the home has read it while it could still be acted on, and its answers."""

    control: LoadControl
    read: bool = False
    answers: dict[str, list[ResponseStatus]] = field(default_factory=dict)
    """By the device that gave them."""

    def as_listed(self, at: datetime) -> LoadControl:
        """The control as it is listed, by the time that it is."""
        began = self.control.status is ControlStatus.SCHEDULED and at >= self.control.start
        return replace(self.control, status=ControlStatus.ACTIVE) if began else self.control


class SoakGateway(ModelGateway):
    """A meter with a device on its list, its controls, and a truth to compare with."""

    def __init__(self, seed: int, update: timedelta, poll: timedelta) -> None:
        super().__init__(seed, update, poll)
        self.breaks: dict[str, Callable[[], Exception]] = {}
        """What is raised, by what is asked."""
        self.clock_off = timedelta(0)
        self.absurd_power = False
        self.devices: dict[str, str] = {}
        """Places on the list by LFDI."""
        self.asked: dict[str, Asked] = {}
        self.wrong: list[str] = []
        """What the home did that no client may do."""
        self.unmeasured = 0
        """Wh that went by between two meters."""
        self.changes: list[tuple[datetime, int]] = []
        """When a meter's first value was read, and what was unmeasured until then."""
        self.read_last: int | None = None
        """What the register truly was when it was read last."""
        self._before_change: int | None = None

    # Readings

    async def read(self, keys: Collection[str], *, include_clock: bool = False) -> Readings:
        self._break("read")
        told = await super().read(keys, include_clock=include_clock)
        seconds = self.update.total_seconds()
        true = self.meter.summation("delivered", now().timestamp() // seconds * seconds)
        if self._before_change is not None and ENERGY in keys:
            self.unmeasured += true - self._before_change
            self.changes.append((now(), self.unmeasured))
            self._before_change = None
        if ENERGY in keys:
            self.read_last = true
        values = dict(told.values)
        if self.absurd_power and "power" in values:
            values["power"] = 50e6
        return replace(told, values=values, clock_offset=self.clock_off if include_clock else None)

    def change_meter(self, shows: int) -> None:
        """Have another meter in its place, which shows so many Wh now."""
        shown_by_this = self.meter.summation("delivered", now().timestamp())
        self._before_change = self.read_last
        self.shows = lambda value: value - shown_by_this + shows

    def _break(self, what: str) -> None:
        if (make := self.breaks.get(what)) is not None:
            raise make()

    @asynccontextmanager
    async def session(self, *, joined: bool = True) -> AsyncIterator[None]:
        if self.away is not None:
            raise GatewayError(self.away, "as the soak has it")
        yield

    # Devices and controls

    async def listed_devices(self) -> list[ListedDevice] | None:
        self._break("listed_devices")
        return [ListedDevice(lfdi, lfdi[-16:], href) for lfdi, href in self.devices.items()]

    async def device_programs(self, href: str) -> list[DemandResponseProgram]:
        return [PROGRAM] if href in self.devices.values() else []

    async def controls(self, programs: Collection[DemandResponseProgram]) -> list[LoadControl]:
        self._break("controls")
        at = now()
        listed = []
        for asked in self.asked.values():
            if at < asked.control.end + _LISTED_AFTER:
                asked.read = asked.read or at < asked.control.end
                listed.append(asked.as_listed(at))
        return listed

    async def respond(self, response: ControlResponse | EventResponse) -> None:
        if self.away is not None:
            raise GatewayError(self.away, "as the soak has it")
        if (asked := self.asked.get(response.subject)) is None:
            self.wrong.append(f"an answer to {response.subject}, which nobody asked for")
        elif response.status in (given := asked.answers.setdefault(response.lfdi, [])):
            self.wrong.append(f"{response.status.name} to {response.subject} twice")
        else:
            given.append(response.status)

    # What the utility has it ask for

    def publish(self, begins_in: timedelta, duration: timedelta) -> str:
        """Ask for an hour or so of less."""
        number, at = f"{len(self.asked) + 1:032X}", now()
        control = LoadControl(
            id=number,
            program=PROGRAM.href,
            primacy=PROGRAM.primacy,
            device_category=_CATEGORY,
            created=at,
            start=at + begins_in,
            duration=duration,
            status=ControlStatus.SCHEDULED,
            mandatory=False,
            reply_to="/rsp",
            response_required=3,
            duty_cycle=0,
        )
        self.asked[number] = Asked(control)
        return number

    def end(self, number: str, status: ControlStatus) -> None:
        """Call a control off, or have another take its place."""
        asked = self.asked[number]
        asked.control = replace(asked.control, status=status)

    def answered_wrongly(self, until: datetime) -> list[str]:
        """Return what is missing in the answers to controls that were over by then."""
        found = list(self.wrong)
        for number, asked in self.asked.items():
            if asked.read and asked.control.end <= until:
                found += [
                    f"answers to {number} were {[each.name.lower() for each in given]}"
                    for given in asked.answers.values() or [[]]
                    if not _complete(given)
                ]
        return found


def _complete(answers: Sequence[ResponseStatus]) -> bool:
    """Whether the last answer says how it ended, and those before say how it came to that."""
    if not answers:
        return False
    *before, last = answers
    began: tuple[list[ResponseStatus], ...] = (
        [],
        [ResponseStatus.RECEIVED],
        [ResponseStatus.RECEIVED, ResponseStatus.STARTED],
    )
    return last not in (ResponseStatus.RECEIVED, ResponseStatus.STARTED) and before in began
