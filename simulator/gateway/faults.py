"""Faults on demand: a table of those there are, and which are on."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from simulator.gateway.parameters import BadParameterError, Parameter, read_parameters

_COUNT = {"count": Parameter(int, minimum=1)}
_ON_REQUEST = {"path": Parameter(str), **_COUNT}


@dataclass(frozen=True, slots=True)
class Fault:
    """What a fault does and its parameters.

    ``needs_handshake``: it shows only in a full handshake, so TLS sessions are forgotten when it is set.
    """

    summary: str
    parameters: dict[str, Parameter] = field(default_factory=dict)
    needs_handshake: bool = False


FAULTS = {
    "silence": Fault("accepts the connection and never answers", _ON_REQUEST),
    "refuse": Fault("the port is closed: connection refused"),
    "slow": Fault(
        "waits before it answers",
        {"seconds": Parameter(float, 5.0, minimum=0, maximum=3600), **_ON_REQUEST},
    ),
    "reset": Fault("resets the TCP connection in the middle of an answer", _ON_REQUEST),
    "half_answer": Fault("closes the connection after half of an answer", _ON_REQUEST),
    "wrong_certificate": Fault("another device's certificate is presented", _COUNT, needs_handshake=True),
    "certificate_refused": Fault(
        "the handshake ends with the alert bad_certificate, also for registered clients",
        _COUNT,
        needs_handshake=True,
    ),
    "bad_signature": Fault("the handshake's signature does not verify", _COUNT, needs_handshake=True),
    "wrong_clock": Fault(
        "the gateway's clock is off",
        {"seconds": Parameter(int, 7200, minimum=-(2**31), maximum=2**31)},
    ),
    "malformed_xml": Fault("answers end in the middle of the XML, with a matching length", _ON_REQUEST),
    "entity_expansion": Fault("answers are an entity-expansion bomb", _ON_REQUEST),
    "oversized_xml": Fault(
        "answers are this long; undeclared lengths are sent chunked",
        {
            "bytes": Parameter(int, 100_000_000, minimum=1, maximum=10_000_000_000),
            "declared": Parameter(bool, True),
            **_ON_REQUEST,
        },
    ),
    "spoilt": Fault(
        "answers have pieces left out, repeated and exchanged; the same for a seed, other with each answer. "
        "Over Zigbee those of the meter (/zcl/0702, /zdo/8005) and of a radio (/ezsp/getEui64, /raven/get_time)",
        {"seed": Parameter(int, 0, minimum=0, maximum=2**31), **_ON_REQUEST},
    ),
    "http_error": Fault(
        "answers have this status",
        {"status": Parameter(int, 500, minimum=400, maximum=599), **_ON_REQUEST},
    ),
    "not_2030_5": Fault("answers are a web page", _ON_REQUEST),
    "wrong_pin": Fault("Registration shows another PIN", _COUNT),
    "unlisted": Fault("EndDeviceList lacks the client that asks", _COUNT),
    "no_lfdi": Fault("EndDeviceList tells devices by their sFDI alone", _COUNT),
    "no_metering": Fault("DeviceCapability names no UsagePointList", _COUNT),
    "no_time": Fault("DeviceCapability names no Time; FunctionSetAssignments do", _COUNT),
    "no_assigned_time": Fault("FunctionSetAssignments name a Time that is not there", _COUNT),
    "empty_reading": Fault("readings have no value", _ON_REQUEST),
    "weak_link": Fault(
        "Zigbee: the meter is heard badly, and messages are lost",
        {
            "lqi": Parameter(int, 40, minimum=0, maximum=255),
            "loss": Parameter(float, 0.0, minimum=0, maximum=1),
        },
    ),
    "meter_status": Fault(
        "Zigbee: the meter raises these status flags, by default a low battery",
        {"flags": Parameter(int, 0b10, minimum=0, maximum=127)},
    ),
    "other_scale": Fault(
        "Zigbee: the meter counts in other units: its Divisor and Multiplier are these",
        {
            "divisor": Parameter(int, 10_000, minimum=0, maximum=2**24 - 1),
            "multiplier": Parameter(int, 1, minimum=0, maximum=2**24 - 1),
        },
    ),
    "lost_attributes": Fault(
        "Zigbee: the meter leaves these attributes of the Metering cluster out of its answers",
        {
            "first": Parameter(int, 0x0301, minimum=0, maximum=0xFFFF),
            "last": Parameter(int, 0x0302, minimum=0, maximum=0xFFFF),
            **_COUNT,
        },
    ),
    "wrong_key": Fault("Zigbee: the meter has another link key for those who join", _COUNT),
    "unsecured": Fault("Zigbee: what the meter says comes without the link key", _COUNT),
    "corrupted_frames": Fault(
        "Zigbee: this share of the radio's frames arrives spoilt at its host",
        {"share": Parameter(float, 0.3, minimum=0, maximum=1)},
    ),
    "zeroed": Fault("every summation is 0", _COUNT),
    "leap": Fault(
        "every summation shows so many Wh more, as another meter would",
        {"wh": Parameter(int, 1_844_000, minimum=-(2**47), maximum=2**47 - 1)},
    ),
    "spike": Fault(
        "instantaneous power is absurd",
        {"watts": Parameter(int, 50_000_000, minimum=-(2**47), maximum=2**47 - 1), **_COUNT},
    ),
}


class UnknownFaultError(BadParameterError):
    """There is no such fault."""

    def __init__(self, name: str) -> None:
        super().__init__(f"unknown fault {name!r}; known: {', '.join(FAULTS)}")


class ActiveFaults:
    """The faults of one gateway that are on."""

    def __init__(self) -> None:
        self._active: dict[str, dict[str, Any]] = {}
        self._chances: dict[str, random.Random] = {}

    def set(self, name: str, data: Any) -> None:
        """Turn a fault on, or change it; ``BadParameterError`` when it or its parameters are unknown."""
        if name not in FAULTS:
            raise UnknownFaultError(name)
        self._active[name] = read_parameters(FAULTS[name].parameters, data)
        self._chances[name] = random.Random(name)  # the same each time: what happens does not depend on the day

    def clear(self, name: str | None = None) -> None:
        """Turn one fault off, or all."""
        if name is None:
            self._active.clear()
        elif name not in FAULTS:
            raise UnknownFaultError(name)
        else:
            self._active.pop(name, None)

    def peek(self, name: str) -> dict[str, Any] | None:
        """The fault's parameters when it is on, without using it up."""
        return self._active.get(name)

    def take(self, name: str, path: str | None = None) -> dict[str, Any] | None:
        """The fault's parameters when it is on and meant for ``path``; a fault with a count is used once.

        Without a path the question is about the connection, which only faults without a path prefix concern.
        """
        fault = self._active.get(name)
        if fault is None or ((prefix := fault.get("path")) and (path is None or not path.startswith(prefix))):
            return None
        if (count := fault.get("count")) is not None:
            fault["count"] = count - 1
            if count == 1:
                del self._active[name]
        return fault

    def registers(self, path: str | None = None) -> Callable[[int], int]:
        """What becomes of the summations of one answer."""
        if self.take("zeroed", path):
            return lambda _value: 0
        leap = self.peek("leap")
        return lambda value: max(value + (leap["wh"] if leap else 0), 0)

    def share(self, name: str, parameter: str = "share") -> bool:
        """Whether a fault that hits a share of cases, which its parameter says, hits this one."""
        fault = self._active.get(name)
        return fault is not None and self._chances[name].random() < fault[parameter]

    def to_dict(self) -> dict[str, dict[str, Any]]:
        """The faults that are on, with the parameters that are set."""
        return {
            name: {key: value for key, value in fault.items() if value is not None}
            for name, fault in self._active.items()
        }
