"""One gateway: who it is, whom it knows, what it measures. How it is reached is in ``service``."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from simulator import identity
from simulator.demand_response import DemandResponse
from simulator.faults import ActiveFaults
from simulator.household import REFERENCE, Household
from simulator.identity import DeviceIdentity
from simulator.meter import Meter
from simulator.registrations import LogEvent, Registrations
from simulator.reservations import Reservations
from simulator.settings import Settings
from simulator.subscriptions import Subscriptions
from simulator.tls import Alert
from simulator.traffic import Traffic

if TYPE_CHECKING:
    from simulator.zigbee.side import ZigbeeSide


async def _keep_nothing() -> None:
    """For gateways that live in memory only."""


@dataclass(frozen=True, slots=True)
class TextMessage:
    """A message for people: ``start`` in Unix time, ``duration`` in seconds, priority 0 (low) to 3 (critical)."""

    text: str
    start: int
    duration: int
    priority: int

    @property
    def end(self) -> int:
        """When it is over, in Unix time."""
        return self.start + self.duration


class Gateway:
    """The state of one gateway. ``changed`` is awaited after every change of what is kept over restarts."""

    def __init__(self, number: str, settings: Settings) -> None:
        self.id = number
        self.settings = settings
        self.identity = identity.generate("Simulated AMI gateway")
        self.meter = Meter(Household(settings.seed, settings.tz_offset))
        self.registrations = Registrations()
        self.faults = ActiveFaults()
        self.traffic = Traffic()
        self.events: list[LogEvent] = []
        self.messages: list[TextMessage] = []
        self.confirmed_messages: list[int] = []
        """Numbers of messages that a Zigbee client confirmed."""
        self.prices = {1: 118, 2: 214, 3: 342}
        """Price per Wh in millionths of a dollar, by tier."""
        self.demand_response = DemandResponse(self.clock, self.mrid, offered=settings.personality.demand_response)
        self.subscriptions = Subscriptions()
        self.reservations = Reservations(self.clock)
        self.started_at = int(time.time())
        self.session_epoch = 0
        self.lag = 0
        """How far its household is behind the clock, in seconds: it lives on from when the gateway was kept."""
        self.changed: Callable[[], Awaitable[None]] = _keep_nothing
        self.zigbee: ZigbeeSide | None = None
        if settings.zigbee:
            from simulator.zigbee.side import ZigbeeSide  # noqa: PLC0415 - half a second that others need not wait

            self.zigbee = ZigbeeSide(self)

    def clock(self) -> float:
        """Unix time as the gateway believes it."""
        fault = self.faults.peek("wrong_clock")
        return time.time() + (fault["seconds"] if fault else 0)

    def forget_sessions(self) -> None:
        """Make every client do a full handshake the next time."""
        self.session_epoch += 1

    def judge(self, certificate: x509.Certificate) -> Alert | None:
        """Whether a client may complete the handshake (IEEE 2030.5-2018 clause 6.11): None, or the reason why not."""
        if self.faults.take("certificate_refused"):
            return Alert.BAD_CERTIFICATE
        key = certificate.public_key()
        if not (isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)):
            return Alert.UNSUPPORTED_CERTIFICATE
        now = datetime.now(UTC)
        if certificate.not_valid_after_utc <= now:
            return Alert.CERTIFICATE_EXPIRED
        known = self.settings.in_band or self.registrations.accepted(identity.certificate_lfdi(certificate))
        return None if known and certificate.not_valid_before_utc <= now else Alert.BAD_CERTIFICATE

    def withdraw(self, lfdi: str) -> bool:
        """Forget a device, its TLS sessions included; False if it is not known."""
        self.forget_sessions()
        self.demand_response.unenroll_all(lfdi)
        self.subscriptions.remove_all(lfdi)
        self.reservations.forget(lfdi)
        if self.zigbee is not None:
            self.zigbee.withdraw(lfdi)
        return self.registrations.remove(lfdi)

    def replace(self, *, keep_registrations: bool) -> None:
        """Put a new meter in place: another certificate, registers at 0."""
        self.identity = identity.generate("Simulated AMI gateway")
        self.meter = Meter(self.meter.household, time.time())
        self.events.clear()
        self.demand_response.clear_events()
        self.subscriptions.clear()
        self.reservations.clear()
        if self.zigbee is not None:
            self.zigbee.network.forget_all()
        if not keep_registrations:
            for entry in self.registrations:
                self.demand_response.unenroll_all(entry.lfdi)
            self.registrations.clear()
        self.forget_sessions()

    def known_as(self, lfdi: str) -> bool:
        """Whether utilities know the gateway by an LFDI: that of its certificate, or the one of its Zigbee side."""
        return lfdi == self.identity.lfdi or (self.zigbee is not None and lfdi == self.zigbee.lfdi)

    def mrid(self, name: str) -> bytes:
        """An mRID for something of this gateway: 96 bits of a hash, then the manufacturer's PEN (clause 8.2.1)."""
        unique = hashlib.sha256(f"{self.identity.lfdi}/{name}".encode()).digest()[:12]
        return unique + self.settings.personality.manufacturer_id.to_bytes(4)

    def to_dict(self) -> dict[str, Any]:
        """What is kept over restarts, the private key among it."""
        return {
            "identity": self.identity.to_dict(),
            "installed_at": self.meter.installed_at,
            "lag": self.lag,
            "registrations": self.registrations.to_dict(),
            "demand_response": self.demand_response.to_dict(),
            "subscriptions": self.subscriptions.to_dict(),
            "reservations": self.reservations.to_dict(),
            "zigbee": self.zigbee.to_dict() if self.zigbee is not None else None,
        }

    def load(self, data: dict[str, Any]) -> None:
        """The reverse of ``to_dict``."""
        self.identity = DeviceIdentity.from_dict(data["identity"])
        self.lag = data.get("lag", 0)
        household = Household(self.settings.seed, self.settings.tz_offset - self.lag)
        self.meter = Meter(household, data.get("installed_at", REFERENCE))
        self.registrations.load(data["registrations"])
        if "demand_response" in data:
            self.demand_response.load(data["demand_response"])
        if "subscriptions" in data:
            self.subscriptions.load(data["subscriptions"])
        if "reservations" in data:
            self.reservations.load(data["reservations"])
        if self.zigbee is not None and data.get("zigbee") is not None:
            self.zigbee.load(data["zigbee"])
