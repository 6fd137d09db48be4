"""What can be chosen for a gateway when it is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from simulator.gateway import pins
from simulator.gateway.parameters import BadParameterError, Parameter, read_parameters
from simulator.gateway.personality import PERSONALITIES, Personality


def read_pin(text: str) -> int:
    """A PIN as a person types it; ``ValueError`` when its check digit is wrong."""
    if not (text.isascii() and text.isdigit() and len(text) <= 6 and pins.is_valid(int(text))):
        raise ValueError("a PIN is six digits, the last of which makes their sum a multiple of ten")
    return int(text)


def read_offset(seconds: int) -> int:
    """An offset from UTC; ``ValueError`` for one that no place has."""
    if seconds % 900:
        raise ValueError("places are a whole number of quarters of an hour from UTC")
    return seconds


SETTINGS = {
    "personality": Parameter(str, "standard", choices=tuple(PERSONALITIES)),
    "registration": Parameter(str, choices=("in-band", "out-of-band", "both")),
    "pin": Parameter(str, 123455, convert=read_pin),
    "host": Parameter(str, "127.0.0.1"),
    "port": Parameter(int, 0, minimum=0, maximum=65535),
    "named": Parameter(bool, False),
    "mdns": Parameter(bool, False),
    "seed": Parameter(int, 1),
    "poll_rate": Parameter(int, minimum=1, maximum=86400),
    "idle_seconds": Parameter(float, minimum=0.1, maximum=3600),
    "bad_signature_rate": Parameter(float, minimum=0, maximum=1),
    "own_only": Parameter(bool, False),
    "accept_after_seconds": Parameter(float, 0.0, minimum=0, maximum=86400),
    "tz_offset": Parameter(int, -25200, minimum=-50400, maximum=50400, convert=read_offset),
    "subscriptions": Parameter(bool, True),
    "flow_reservation": Parameter(bool, True),
    "reservation_seconds": Parameter(float, 0.0, minimum=0, maximum=86400),
    "zigbee": Parameter(bool, False),
    "ezsp_port": Parameter(int, 0, minimum=0, maximum=65535),
    "raven_port": Parameter(int, 0, minimum=0, maximum=65535),
    "ezsp_version": Parameter(int, 13, minimum=8, maximum=19),
    "certified": Parameter(bool, False),
    "coordinator": Parameter(bool, False),
    "reporting": Parameter(bool, False),
    "endpoints": Parameter(str, "one", choices=("one", "several", "gas", "unmetered")),
}


@dataclass(frozen=True, slots=True)
class Settings:
    """The choices for one gateway, complete.

    ``named``: its certificate names ``host``, an IP address then, which device certificates do not. ``own_only``: it
    registers who speaks, whatever the EndDevice says that is POSTed, and shows and takes what is of a device by that
    device alone, as GridAPPS-D's ``ieee-2030_5-server-go`` does (``docs/enddevice-access.md`` there).
    ``accept_after_seconds`` is how long the utility takes to accept an in-band registration, ``reservation_seconds``
    how long a flow reservation is waited for; ``tz_offset`` is the household's, in seconds east of UTC;
    ``bad_signature_rate`` is the share of handshakes that fail so. With ``zigbee`` the gateway has a Smart Energy
    network too, with an EZSP radio (``certified``: one that holds a Smart Energy certificate; ``coordinator``: one
    that has a network of its own) and a RAVEn near it, behind ``ezsp_port`` and ``raven_port``; with ``reporting``
    its meter tells values by itself to those who ask for that. ``endpoints`` is how its services are spread: over
    ``one``, over ``several`` with a gas meter's among them, or over one whose meter is a ``gas`` meter, or that has no
    Metering at all (``unmetered``).
    """

    personality: Personality
    registration: str
    pin: int
    host: str
    port: int
    named: bool
    mdns: bool
    seed: int
    poll_rate: int | None
    idle_seconds: float
    bad_signature_rate: float
    own_only: bool
    accept_after_seconds: float
    tz_offset: int
    subscriptions: bool
    flow_reservation: bool
    reservation_seconds: float
    zigbee: bool
    ezsp_port: int
    raven_port: int
    ezsp_version: int
    certified: bool
    coordinator: bool
    reporting: bool
    endpoints: str

    @property
    def reservable(self) -> bool:
        """Whether clients can have energy reserved."""
        return self.flow_reservation and self.personality.end_devices

    @property
    def subscribable(self) -> bool:
        """Whether clients can ask to be told of changes: of demand response, which is all they can be told of."""
        return self.subscriptions and self.personality.demand_response

    @property
    def in_band(self) -> bool:
        """Whether a client may register itself by POST EndDevice."""
        return self.registration != "out-of-band"

    @property
    def out_of_band(self) -> bool:
        """Whether the utility's portal can register an LFDI."""
        return self.registration != "in-band"


def read_settings(data: Any) -> Settings:
    """Settings from a JSON object; ``BadParameterError`` says what is wrong with it."""
    chosen = read_parameters(SETTINGS, data)
    personality = PERSONALITIES[chosen["personality"]]
    chosen["personality"] = personality
    chosen["registration"] = chosen["registration"] or personality.registration[0]
    if chosen["registration"] not in personality.registration:
        raise BadParameterError(f"personality {personality.name} registers only {', '.join(personality.registration)}")
    for name in ("poll_rate", "idle_seconds", "bad_signature_rate"):
        if chosen[name] is None:
            chosen[name] = getattr(personality, name)
    return Settings(**chosen)
