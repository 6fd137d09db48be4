"""What every transport tells about a gateway and the devices on it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


class DeviceState(StrEnum):
    """The life of a HAN device (OpenHAN): commissioning, then registration, then enrollment."""

    NOT_COMMISSIONED = "not_commissioned"
    COMMISSIONING = "commissioning"
    COMMISSIONED = "commissioned"
    REGISTERING = "registering"
    REGISTERED = "registered"
    ENROLLED = "enrolled"
    FAILED = "failed"
    REMOVED = "removed"


class SignalQuality(StrEnum):
    """How good the way between an installation point and the gateway is."""

    GOOD = "good"
    MARGINAL = "marginal"
    TOO_WEAK = "too_weak"


@dataclass(frozen=True, slots=True)
class Signal:
    """A measured way to the gateway: round trip in ms (None if nothing came back) and share of attempts lost."""

    quality: SignalQuality
    latency_ms: float | None
    loss: float
    attempts: int


@dataclass(frozen=True, slots=True)
class Peer:
    """Who answers at an address, and whether it lets us in."""

    lfdi: str
    sfdi: str
    accepts_us: bool


@dataclass(frozen=True, slots=True)
class GatewayInfo:
    """What the gateway says it is."""

    manufacturer: str | None
    model: str | None
    serial_number: str | None
    hardware_version: str | None
    software_version: str | None


@dataclass(frozen=True, slots=True)
class GatewayConfiguration:
    """What the gateway gives its clients to go by (use case step IP-8)."""

    poll_interval: timedelta | None
    """How often readings may be fetched, where the gateway says so."""
    function_sets: tuple[str, ...]
    programs: tuple[str, ...]
    notices: tuple[str, ...]
    """Texts of the messages in force, the gateway's registration instruction among them (IP-11)."""
    clock_offset: timedelta | None
    """The gateway's clock less ours."""
    info: GatewayInfo


@dataclass(frozen=True, slots=True)
class ListedDevice:
    """One device on the gateway's own list of available devices."""

    lfdi: str | None
    sfdi: str
    href: str
    registered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Interval:
    """Energy in Wh of one completed metering interval."""

    start: datetime
    end: datetime
    energy: float


@dataclass(frozen=True, slots=True)
class Price:
    """What a kWh costs from ``start`` to ``end``, in the schedule's currency, and the tier that it is the price of."""

    start: datetime
    end: datetime
    per_kwh: float
    tier: int


@dataclass(frozen=True, slots=True)
class PriceSchedule:
    """Prices without overlaps, soonest first; ``currency`` is an ISO 4217 code, None where the gateway gives none."""

    currency: str | None
    prices: tuple[Price, ...]

    def at(self, time: datetime) -> Price | None:
        """Return the price in force at ``time``."""
        return next((price for price in self.prices if price.start <= time < price.end), None)


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


class RegisterKind(StrEnum):
    """How a register's value comes about, as far as an entity needs to know."""

    INSTANTANEOUS = "instantaneous"
    SUMMATION = "summation"
    MAXIMUM = "maximum"
    MINIMUM = "minimum"


@dataclass(frozen=True, slots=True)
class Register:
    """One value the gateway can be asked for.

    ``key`` is stable over restarts and firmware versions; ``tier`` is set for one tier of a time-of-use register,
    ``phase`` (A, BN, CA …) for what is measured on less than the whole meter.
    """

    key: str
    quantity: str
    kind: RegisterKind
    direction: str
    unit: str
    tier: int | None = None
    phase: str | None = None


@dataclass(frozen=True, slots=True)
class Readings:
    """One poll: values by register key, in the register's unit; a value that was not read is not there."""

    at: datetime
    values: dict[str, float]
    clock_offset: timedelta | None = None
    rebased: frozenset[str] = frozenset()
    """Registers whose value begins a new series (meter reset or replaced)."""
    failed: frozenset[str] = field(default_factory=frozenset)
