"""One gateway: who it is, whom it knows, what it measures.

Resources are made from this, and the radios of its Zigbee network speak for it; how it is reached is in ``service``.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, Protocol

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from simulator.gateway import identity
from simulator.gateway.contacts import Contacts
from simulator.gateway.demand_response import DemandResponse
from simulator.gateway.event_responses import EventResponses
from simulator.gateway.faults import ActiveFaults
from simulator.gateway.identity import DeviceIdentity
from simulator.gateway.messages import Messages
from simulator.gateway.registrations import LogEvent, Registrations
from simulator.gateway.reservations import Reservations
from simulator.gateway.settings import Settings
from simulator.gateway.subscriptions import Subscriptions
from simulator.gateway.tls import Alert
from simulator.gateway.traffic import Traffic
from simulator.household.household import REFERENCE, Household
from simulator.household.meter import Meter


async def _keep_nothing() -> None:
    """For gateways that live in memory only."""


class MeterNetwork(Protocol):
    """A network of the gateway's besides IP: it is told what becomes of devices, and kept with the rest."""

    def withdraw(self, lfdi: str) -> None:
        """Take the node off the network that a device was registered as."""

    def forget_devices(self) -> None:
        """Begin anew, as another meter does."""

    def to_dict(self) -> dict[str, Any]:
        """For storage."""

    def load(self, data: dict[str, Any]) -> None:
        """The reverse of ``to_dict``."""


class GatewayState:
    """The state of one gateway. ``changed`` is awaited after every change of what is kept over restarts."""

    def __init__(self, number: str, settings: Settings) -> None:
        self.id = number
        self.settings = settings
        self.identity = self._new_identity()
        self.meter = Meter(Household(settings.seed, settings.tz_offset))
        self.registrations = Registrations()
        self.contacts = Contacts()
        self.faults = ActiveFaults()
        self.traffic = Traffic()
        self.events: list[LogEvent] = []
        self.prices = {1: 118, 2: 214, 3: 342}
        """Price per Wh in millionths of a dollar, by tier."""
        self.demand_response = DemandResponse(self.clock, self.mrid, offered=settings.personality.demand_response)
        self.event_responses = EventResponses()
        self.prices_want = 0
        """``responseRequired`` of the prices."""
        self.subscriptions = Subscriptions()
        self.reservations = Reservations(self.clock)
        self.started_at = int(time.time())
        self.messages = Messages(self.started_at)
        self.session_epoch = 0
        self.lag = 0
        """How far its household is behind the clock, in seconds: it lives on from when the gateway was kept."""
        self.changed: Callable[[], Awaitable[None]] = _keep_nothing
        self.meter_network: MeterNetwork | None = None

    def _new_identity(self) -> identity.DeviceIdentity:
        return identity.generate("Simulated AMI gateway", self.settings.host if self.settings.named else None)

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
        self.contacts.forget(lfdi)
        if self.meter_network is not None:
            self.meter_network.withdraw(lfdi)
        return self.registrations.remove(lfdi)

    def replace(self, *, keep_registrations: bool) -> None:
        """Put a new meter in place: another certificate, registers at 0."""
        self.identity = self._new_identity()
        self.meter = Meter(self.meter.household, time.time())
        self.events.clear()
        self.demand_response.clear_events()
        self.subscriptions.clear()
        self.reservations.clear()
        self.contacts.clear()
        if self.meter_network is not None:
            self.meter_network.forget_devices()
        if not keep_registrations:
            for entry in self.registrations:
                self.demand_response.unenroll_all(entry.lfdi)
            self.registrations.clear()
        self.forget_sessions()

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
            "event_responses": self.event_responses.to_dict(),
            "subscriptions": self.subscriptions.to_dict(),
            "reservations": self.reservations.to_dict(),
            "contacts": self.contacts.to_dict(),
            "zigbee": self.meter_network.to_dict() if self.meter_network is not None else None,
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
        if "event_responses" in data:
            self.event_responses.load(data["event_responses"])
        if "subscriptions" in data:
            self.subscriptions.load(data["subscriptions"])
        if "reservations" in data:
            self.reservations.load(data["reservations"])
        self.contacts.load(data.get("contacts", {}))
        if self.meter_network is not None and data.get("zigbee") is not None:
            self.meter_network.load(data["zigbee"])
