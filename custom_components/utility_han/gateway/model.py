"""What every transport tells about a gateway and the devices on it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from aio2030dot5 import sfdi_from_lfdi

from ..esi import Answerable, ControlStatus


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


WEAK_LQI = 60
"""A link quality (0 to 255) below which a Zigbee link loses more than it should."""


class SignalQuality(StrEnum):
    """How good the way between an installation point and the gateway is."""

    GOOD = "good"
    MARGINAL = "marginal"
    TOO_WEAK = "too_weak"


@dataclass(frozen=True, slots=True)
class Signal:
    """A measured way to the gateway: round trip in ms (None if nothing came back) and share of attempts lost.

    Over Zigbee also how the last hop was heard: ``lqi`` from 0 to 255, ``rssi`` in dBm.
    """

    quality: SignalQuality
    latency_ms: float | None
    loss: float
    attempts: int
    lqi: int | None = None
    rssi: int | None = None


class LinkSecurity(StrEnum):
    """By what the link to the gateway is authenticated and encrypted."""

    TLS = "tls"
    INSTALL_CODE = "install_code"
    """Zigbee: the link key that both sides derive from the radio's install code."""
    CERTIFICATE = "certificate"
    """Zigbee: a link key established by certificates of both sides (CBKE)."""


class Battery(StrEnum):
    """How full the battery is that something is powered by."""

    NORMAL = "normal"
    LOW = "low"
    DEPLETED = "depleted"


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """An event that something wrote into its log; ``function_set`` and ``code`` are those of its ``profile``."""

    at: datetime
    profile: int
    function_set: int
    code: int
    details: str | None


@dataclass(frozen=True, slots=True)
class SelfReport:
    """What a device, or the gateway, tells of itself; ``log`` has the newest first."""

    battery: Battery | None
    """None where it does not tell, or has none."""
    log: tuple[LoggedEvent, ...]
    flags: tuple[str, ...] = ()
    """What is wrong by its status flags besides the battery, in the words of its standard."""


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


class FileKind(StrEnum):
    """What a file is that a gateway has for devices to load."""

    FIRMWARE = "firmware"
    CREDENTIAL = "credential"
    CONFIGURATION = "configuration"
    OTHER = "other"
    """A log, or something of the maker's own."""


@dataclass(frozen=True, slots=True)
class FileNotice:
    """A file that a gateway has for devices to load; it is told of, and never loaded by us."""

    kind: FileKind
    model: str
    """Of the devices that it is for, as their maker calls it."""
    version: str
    lfdi: str | None
    """The one device that it is for; None where it is for all of the model."""
    activates: datetime | None
    """When it is to take effect; None where devices are to wait."""

    def to_dict(self) -> dict[str, Any]:
        """Return what people may be shown of it, JSON-safe: for which one device it is stays out."""
        return {
            "kind": self.kind.value,
            "model": self.model,
            "version": self.version,
            "activates": self.activates.isoformat() if self.activates is not None else None,
        }


@dataclass(frozen=True, slots=True)
class GatewayConfiguration:
    """What the gateway gives its clients to go by (use case step IP-8)."""

    poll_interval: timedelta | None
    """How often readings may be fetched, where the gateway says so."""
    function_sets: tuple[str, ...]
    programs: tuple[str, ...]
    instructions: tuple[str, ...]
    """What is to be done to be registered with the utility, where the gateway names it so (IP-11)."""
    clock_offset: timedelta | None
    """The gateway's clock less ours."""
    info: GatewayInfo
    unavailable: tuple[str, ...] = ()
    """Function sets that it has and does not give for now: refused, broken off, or out of order."""
    rates: Mapping[str, timedelta] = field(default_factory=dict)
    """How often it wants function sets to be read, of those for which it says so."""
    post_rate: timedelta | None = None
    """How often it wants to be told of us, where it says so."""
    files: tuple[FileNotice, ...] = ()
    """What it has for devices to load."""


@dataclass(frozen=True, slots=True)
class ListedDevice:
    """One device on the gateway's own list of available devices."""

    lfdi: str | None
    sfdi: str
    href: str
    enabled: bool = True
    """False where the gateway says that it is no longer registered, although it is still on the list."""


class Listed:
    """The gateway's list, to look for devices by their LFDI.

    In sep.xsd ``lFDI`` of an EndDevice may be left out, and ``sFDI`` ("Short form of device identifier") is always
    there: an entry without the one is the device's whose SFDI it has.
    """

    def __init__(self, devices: Iterable[ListedDevice]) -> None:
        """``devices`` are as a gateway lists them; of two that are alike it is the first."""
        entries = [*devices][::-1]
        self._by_lfdi = {each.lfdi: each for each in entries if each.lfdi is not None}
        self._by_sfdi = {each.sfdi: each for each in entries if each.lfdi is None}

    def get(self, lfdi: str) -> ListedDevice | None:
        """Return the entry of a device, None where there is none, or it is no LFDI."""
        if (found := self._by_lfdi.get(lfdi)) is not None or not self._by_sfdi:
            return found
        try:
            return self._by_sfdi.get(sfdi_from_lfdi(lfdi))
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Interval:
    """Energy in Wh of one completed metering interval, of the whole meter or of one phase (as ``Register.phase``)."""

    start: datetime
    end: datetime
    energy: float
    phase: str | None = None


@dataclass(frozen=True, slots=True)
class VehiclePowerStatus:
    """What a vehicle tells of its charging (IEEE 2030.5-2018, PowerStatus with PEVInfo).

    Power in W, energy in Wh, charge in percent; ``charge_needed_at`` is when it leaves, None where that is not known.
    """

    charging_power: float
    energy_requested: float
    max_power: float
    minimum_duration: timedelta
    target_state_of_charge: float | None
    state_of_charge: float | None
    charge_needed_at: datetime | None
    changed: datetime


@dataclass(frozen=True, slots=True)
class ReservationRequest:
    """A FlowReservationRequest: ``energy`` (Wh) at up to ``power`` (W), some time within ``duration`` from ``start``.

    ``mrid`` is 32 upper-case hexadecimal digits and tells requests apart.
    """

    mrid: str
    created: datetime
    energy: float
    power: float
    start: datetime
    duration: timedelta
    description: str


@dataclass(frozen=True, slots=True)
class Reservation:
    """A FlowReservationResponse to the request ``subject``: ``energy`` (Wh) at ``power`` (W), when."""

    subject: str
    status: ControlStatus
    energy: float
    power: float
    start: datetime
    duration: timedelta
    created: datetime
    answer: Answerable | None = None
    """How it wants to be answered, if at all."""


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
    """One poll: values by register key, in the register's unit; a value that was not read is not there.

    A gateway tells what it was told; which of it can be, and goes on from what, is the guard's to say.
    """

    at: datetime
    values: dict[str, float]
    clock_offset: timedelta | None = None
    failed: frozenset[str] = frozenset()
    """Registers that were asked for and not read."""
    doubted: frozenset[str] = frozenset()
    """Registers that were read, and not believed."""
