"""Controls and the answers to them, prices, messages: what a home is told, by whichever way."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from .answers import Answerable, ResponseStatus


@dataclass(frozen=True, slots=True)
class Price:
    """What a kWh costs from ``start`` to ``end``, in the schedule's currency, and the tier that it is the price of."""

    start: datetime
    end: datetime
    per_kwh: float
    tier: int
    tier_name: str | None = None
    """How its tier is called, where that is told with it."""


@dataclass(frozen=True, slots=True)
class PriceSchedule:
    """Prices without overlaps, soonest first; ``currency`` is an ISO 4217 code, None where the gateway gives none."""

    currency: str | None
    prices: tuple[Price, ...]
    received: tuple[Price, ...] = ()
    """What is paid for a kWh that the customer gives to the grid; none where nothing is said of it."""
    answers: tuple[Answerable, ...] = ()
    """How the prices want to be answered, those that do."""
    rivals: tuple[str, ...] = ()
    """Programs, by name, whose prices hold at once, none before the other: a person has to say which is theirs."""


@dataclass(frozen=True, slots=True)
class Signal:
    """A value over time that is shown and nothing more; ``type`` and ``units`` are OpenADR's enumerated words."""

    type: str
    start: datetime
    end: datetime
    values: tuple[float | int | str | bool, ...]
    units: str | None = None
    currency: str | None = None
    program: str | None = None
    """The id of the program that it belongs to."""


class Source(StrEnum):
    """By which of the two doors something came; answers go back by it."""

    GATEWAY = "gateway"
    UTILITY = "utility"


class Priority(StrEnum):
    """How important a message is."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True)
class Message:
    """A text message in force; ``id`` is the gateway's own and stays the same while the message is in force."""

    id: str
    text: str
    priority: Priority
    originator: str | None
    start: datetime
    end: datetime
    answer: Answerable | None = None
    """How it wants to be answered, if at all."""
    instruction: bool = False
    """Whether it is named as what is to be done to be registered with the utility (IP-11)."""
    alert: str | None = None
    """What it alerts to, where it is an alert of OpenADR: the enumerated word."""


@dataclass(frozen=True, slots=True)
class DemandResponseProgram:
    """A demand response program of the gateway; of two that ask for different things the lower ``primacy`` wins."""

    href: str
    description: str | None
    primacy: int
    controls_href: str | None
    subscribable: bool = False
    source: Source = Source.GATEWAY
    """Who asks for its controls."""


class ControlStatus(IntEnum):
    """EventStatus.currentStatus (IEEE 2030.5 XSD)."""

    SCHEDULED = 0
    ACTIVE = 1
    CANCELLED = 2
    CANCELLED_RANDOMIZED = 3
    SUPERSEDED = 4


class ReductionUnit(IntEnum):
    """UnitType (sep.xsd) of a TargetReduction where it is about electricity; others are volumes and pressures."""

    KILOWATT_HOURS = 0
    KILOWATTS = 1
    WATTS = 2


@dataclass(frozen=True, slots=True)
class TargetReduction:
    """EndDeviceControl.TargetReduction (sep.xsd): a threshold that consumption is recommended to stay below.

    The documentation of the element calls it a threshold "that a device/premises should maintain its consumption
    below", that of its ``value`` an amount "to be reduced". It is taken as the threshold: the element's own text gives
    an example of it. ``unit`` is a UnitType, of which those of ``ReductionUnit`` are acted on.
    """

    unit: int
    value: int


@dataclass(frozen=True, slots=True)
class LoadControl:
    """One EndDeviceControl (sep.xsd) or LoadControlEvent (Zigbee Smart Energy) with what it asks for.

    One meaning for both wires: temperatures are in °C, offsets as amounts to move away from comfort by (cooling:
    warmer, heating: colder; negative the other way), ``duty_cycle`` is the most percent of time on,
    ``load_adjustment`` the percent of its normal load that a device keeps to (100 changes nothing). What a control
    does not ask for is None.
    """

    id: str
    """The mRID, upper-case hexadecimal."""
    program: str
    """The href of its program."""
    primacy: int
    device_category: int
    """Kinds of devices meant (DeviceCategoryType bit map)."""
    created: datetime
    start: datetime
    duration: timedelta
    status: ControlStatus
    mandatory: bool
    """drProgramMandatory: nobody may opt out (an emergency)."""
    randomize_start: timedelta = timedelta(0)
    randomize_duration: timedelta = timedelta(0)
    reply_to: str | None = None
    response_required: int = 0
    """Bit 0: say that it was received; bit 1: say what became of it (IEEE 2030.5 XSD, HexBinary8)."""
    duty_cycle: int | None = None
    cooling_offset: float | None = None
    heating_offset: float | None = None
    load_adjustment: float | None = None
    cooling_setpoint: float | None = None
    heating_setpoint: float | None = None
    appliance_load_reduction: int | None = None
    target_reduction: TargetReduction | None = None
    override_duration: timedelta | None = None
    """For how long it may be overridden without opting out; none at all where it is not given (sep.xsd)."""
    shift_forward: bool = False
    """loadShiftForward: it asks for more consumption now (pre-heat, pre-cool, load up), not for less."""
    level: int | None = None
    """SIMPLE (OpenADR): 0 is normal operation, 1 to 3 shed more and more; a person says what that is to a device."""
    level_offset: int | None = None
    """CONTROL_LEVEL_OFFSET (OpenADR): -10 to 10, 0 is normal operation, higher is less load."""
    charge_state: float | None = None
    """CHARGE_STATE_SETPOINT (OpenADR) of a storage or vehicle, in percent of what it holds."""
    charge_energy: float | None = None
    """The same where it is given in kWh."""
    source: Source = Source.GATEWAY
    """Who asks for it; its times are on the clock of that."""

    @property
    def end(self) -> datetime:
        """When it is over, before randomisation."""
        return self.start + self.duration

    @property
    def asks_for_more(self) -> bool:
        """Whether it asks for more consumption, and not for less."""
        return self.shift_forward or (self.load_adjustment or 0) > 100 or (self.level_offset or 0) < 0


@dataclass(frozen=True, slots=True)
class ControlResponse:
    """One Response (DrResponse) of one device to one control; ``at`` is when it happened."""

    control: str
    lfdi: str
    status: ResponseStatus
    at: datetime
    reply_to: str
    applied: dict[str, float] = field(default_factory=dict)
    """What of the control was applied, by the names of its fields (target reductions in their unit)."""
    overridden: float | None = None
    """Seconds for which a person overrode it, within what it allows."""
    running: bool | None = None
    """Whether the device uses energy to speak of then, None where that is not known."""
    heightened: bool = False
    """Whether the control asks for more consumption, and not for less."""

    @property
    def subject(self) -> str:
        """What it is about."""
        return self.control
