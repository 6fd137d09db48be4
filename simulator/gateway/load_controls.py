"""What demand response is made of: programs, load controls and responses (IEEE 2030.5-2018 clauses 10.3 and 8.8)."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import IntEnum
from typing import Any

from simulator.gateway.parameters import Parameter
from simulator.gateway.texts import STRING32

_UINT8, _UINT16, _UINT32 = 2**8 - 1, 2**16 - 1, 2**32 - 1
ALL_CATEGORIES = 2**26 - 1
"""Every kind of device that both editions of sep.xsd know (DeviceCategoryType, bits 0 to 25); others are reserved."""


class EventStatus(IntEnum):
    """EventStatus.currentStatus."""

    SCHEDULED = 0
    ACTIVE = 1
    CANCELLED = 2
    CANCELLED_WITH_RANDOMIZATION = 3
    SUPERSEDED = 4


def _read_mrid(text: str) -> bytes:
    mrid = bytes.fromhex(text)
    if len(mrid) != 16:
        raise ValueError("an mRID is 32 hex digits")
    return mrid


def _int16() -> Parameter:
    return Parameter(int, minimum=-(2**15), maximum=2**15 - 1)


def _description(text: str) -> str:
    if not (text.isprintable() and 0 < len(text) <= STRING32):
        raise ValueError(f"at most {STRING32} characters")
    return text


PROGRAM = {
    "description": Parameter(str, required=True, convert=_description),
    "primacy": Parameter(int, 1, minimum=0, maximum=_UINT8),
}
"""What can be said of a program."""

REDUCTIONS = {
    "duty_cycle": Parameter(int, minimum=0, maximum=_UINT8),
    "cooling_offset": Parameter(int, minimum=0, maximum=_UINT8),
    "heating_offset": Parameter(int, minimum=0, maximum=_UINT8),
    "load_adjustment": Parameter(int, minimum=0, maximum=_UINT16),
    "cooling_setpoint": _int16(),
    "heating_setpoint": _int16(),
    "appliance_load_reduction": Parameter(int, minimum=0, maximum=_UINT8),
    "target_type": Parameter(int, minimum=0, maximum=_UINT8),
    "target_value": Parameter(int, minimum=0, maximum=_UINT16),
    "override_duration": Parameter(int, minimum=0, maximum=_UINT16),
}
"""What a control asks for, and a DrResponse says was done, in the units of sep.xsd."""

LOAD_CONTROL = {
    "start": Parameter(int, minimum=0, maximum=2**40),
    "start_in": Parameter(int, 0, minimum=-(2**30), maximum=2**30),
    "duration": Parameter(int, 3600, minimum=0, maximum=_UINT32),
    "randomize_start": _int16(),
    "randomize_duration": _int16(),
    "device_category": Parameter(int, ALL_CATEGORIES, minimum=0, maximum=_UINT32),
    "mandatory": Parameter(bool, False),
    "load_shift_forward": Parameter(bool, False),
    "mrid": Parameter(str, convert=_read_mrid),
    **REDUCTIONS,
}
"""What can be said of a control. Anything that XML can carry goes: clients are to find out what is wrong with it.

``start`` is Unix time; without it, it is ``start_in`` seconds from now.
"""


@dataclass(slots=True)
class DrProgram:
    """A DemandResponseProgram, with the LFDIs of those who take part; a lower ``primacy`` goes first."""

    number: int
    description: str
    primacy: int = 1
    enrolled: set[str] = field(default_factory=set)

    @property
    def href(self) -> str:
        """Where the gateway serves it."""
        return f"/dr/{self.number}"

    @property
    def controls_href(self) -> str:
        """Where the gateway lists its controls."""
        return f"{self.href}/edc"

    def to_dict(self) -> dict[str, Any]:
        """For storage and the control endpoint."""
        return asdict(self) | {"enrolled": sorted(self.enrolled)}


@dataclass(slots=True, kw_only=True)
class LoadControl:
    """An EndDeviceControl.

    ``created``, ``start`` and ``cancelled_at`` are Unix times; ``duration``, ``randomize_start``,
    ``randomize_duration`` (both -3600 to 3600 if they are as they should be) and ``override_duration`` are seconds.
    ``device_category`` is the bit map of DeviceCategoryType. ``duty_cycle`` is the percentage of time that a device
    may be on, the offsets tenths of a kelvin, the setpoints hundredths of a degree Celsius. ``load_adjustment``
    (``loadAdjustmentPercentageOffset``) is what the load is less by in hundredths of a percent, or more where
    ``load_shift_forward``. ``appliance_load_reduction`` is 0 (delay) or 1 (temporary reduction), ``target_type`` and
    ``target_value`` a UnitType and how many of it to stay below.
    """

    number: int
    event_id: int
    """Over Zigbee; that of the control whose mRID it has, as somebody has it who says a control once more."""
    program: int
    mrid: bytes
    created: int
    start: int
    duration: int
    randomize_start: int | None = None
    randomize_duration: int | None = None
    device_category: int = ALL_CATEGORIES
    mandatory: bool = False
    load_shift_forward: bool = False
    duty_cycle: int | None = None
    cooling_offset: int | None = None
    heating_offset: int | None = None
    load_adjustment: int | None = None
    cooling_setpoint: int | None = None
    heating_setpoint: int | None = None
    appliance_load_reduction: int | None = None
    target_type: int | None = None
    target_value: int | None = None
    override_duration: int | None = None
    cancelled_at: int | None = None
    cancelled_randomized: bool = False
    unlisted: bool = False
    """Left out of all lists, as by a server with little room for them."""

    @property
    def subject(self) -> str:
        """Its mRID in hexadecimal digits, which is what responses name."""
        return self.mrid.hex().upper()

    @property
    def earliest_start(self) -> int:
        """When the first device may start, which is when the event counts as active."""
        return self.start + min(self.randomize_start or 0, 0)

    @property
    def latest_end(self) -> int:
        """When the last device is done."""
        return self.start + max(self.randomize_start or 0, 0) + self.duration + max(self.randomize_duration or 0, 0)

    def overlaps(self, other: LoadControl) -> bool:
        """Whether both are for some of the same devices at some of the same time."""
        together = self.start < other.start + other.duration and other.start < self.start + self.duration
        return together and bool(self.device_category & other.device_category)

    def to_dict(self) -> dict[str, Any]:
        """For storage and the control endpoint."""
        return asdict(self) | {"mrid": self.subject}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> LoadControl:
        """The reverse of ``to_dict``; what was kept before events had an id of their own had the control's number."""
        return cls(**{"event_id": data["number"]} | data | {"mrid": bytes.fromhex(data["mrid"])})


@dataclass(slots=True)
class LoadControlResponse:
    """A Response or DrResponse: to the control with this ``mrid`` (hex), for device ``lfdi``, posted by ``client``.

    ``created`` is the Unix time the client names; ``extras`` are those of ``REDUCTIONS`` it names; ``count`` is how
    often it was posted.
    """

    number: int
    mrid: str
    lfdi: str
    status: int | None
    created: int | None
    client: str
    extras: dict[str, int]
    count: int = 1


@dataclass(frozen=True, slots=True)
class Standing:
    """A control's EventStatus: since when (Unix time), and since when it may be superseded, if at all."""

    status: EventStatus
    since: int
    potentially_superseded_at: int | None
