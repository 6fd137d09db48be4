"""What the utility's API tells of vehicles, bindings and billing (docs/utility-api.yaml, tag ``vehicles``).

Read by ``from_json`` as in :mod:`.model`. Energy is in whole watt-hours, money a ``Decimal`` in its currency.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from .answer import Fields

_MOST_WH = 10**12
_EVSE = ("name", "serial", "lfdi")
"""What the API is told of an EVSE."""


@dataclass(frozen=True, slots=True)
class Payer:
    """An account that pays; ``number`` is masked but for its end."""

    number: str
    holder: str

    @classmethod
    def from_json(cls, data: Any) -> Payer:
        """Take a Payer of the API."""
        fields = Fields(data, cls.__name__)
        return cls(fields.take("number", str), fields.take("holder", str))

    def to_json(self) -> dict[str, str]:
        """Return it as the API has it, for storage."""
        return {"number": self.number, "holder": self.holder}


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A vehicle; a ``guest`` belongs to another customer."""

    id: str
    vin: str
    make: str
    model: str
    battery_wh: int | None
    guest: bool
    owner: Payer

    @classmethod
    def from_json(cls, data: Any) -> Vehicle:
        """Take a Vehicle of the API."""
        fields = Fields(data, cls.__name__)
        return cls(
            id=fields.take("id", str),
            vin=fields.take("vin", str),
            make=fields.take("make", str),
            model=fields.take("model", str),
            battery_wh=fields.maybe("battery_wh", int),
            guest=fields.take("guest", bool),
            owner=fields.read("owner", Payer.from_json),
        )

    def to_json(self) -> dict[str, Any]:
        """Return it as the API has it, for storage."""
        return {
            "id": self.id,
            "vin": self.vin,
            "make": self.make,
            "model": self.model,
            "battery_wh": self.battery_wh,
            "guest": self.guest,
            "owner": self.owner.to_json(),
        }


class BindingStatus(StrEnum):
    """How the utility has it."""

    PENDING = "pending"
    IN_FORCE = "in_force"
    REFUSED = "refused"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Binding:
    """A vehicle bound to account, premise, EVSE and rate program from ``valid_from`` until before ``valid_until``."""

    id: str
    version: int
    status: BindingStatus
    vehicle_id: str
    premise_id: str
    evse: str
    program_id: str
    terms_version: str
    bill_to: str
    payer: Payer
    guest: bool
    valid_from: datetime
    valid_until: datetime | None
    reason: str | None
    evse_id: str | None = None
    """EVSEID of ISO 15118 (DIN SPEC 91286), where it is known."""
    contract_id: str | None = None
    """EMAID of ISO 15118-2, where there is a contract."""

    @classmethod
    def from_json(cls, data: Any) -> Binding:
        """Take a Binding of the API."""
        fields = Fields(data, cls.__name__)
        return cls(
            id=fields.take("id", str),
            version=fields.take("version", int),
            status=fields.take("status", BindingStatus),
            vehicle_id=fields.take("vehicle_id", str),
            premise_id=fields.take("premise_id", str),
            evse=fields.inner("evse").take("name", str),
            program_id=fields.take("program_id", str),
            terms_version=fields.take("terms_version", str),
            bill_to=fields.take("bill_to", str),
            payer=fields.read("payer", Payer.from_json),
            guest=fields.take("guest", bool),
            valid_from=fields.time("valid_from"),
            valid_until=fields.maybe_time("valid_until"),
            reason=fields.maybe_said("reason"),
            evse_id=fields.inner("evse").maybe("evse_id", str),
            contract_id=fields.maybe("contract_id", str),
        )

    def to_json(self) -> dict[str, Any]:
        """Return it as the API has it, for storage."""
        return {
            "id": self.id,
            "version": self.version,
            "status": self.status.value,
            "vehicle_id": self.vehicle_id,
            "premise_id": self.premise_id,
            "evse": {"name": self.evse, **({"evse_id": self.evse_id} if self.evse_id else {})},
            "program_id": self.program_id,
            "terms_version": self.terms_version,
            "bill_to": self.bill_to,
            **({"contract_id": self.contract_id} if self.contract_id else {}),
            "payer": self.payer.to_json(),
            "guest": self.guest,
            "valid_from": self.valid_from.isoformat(),
            "valid_until": self.valid_until.isoformat() if self.valid_until else None,
            "reason": self.reason,
        }

    @property
    def is_void(self) -> bool:
        """Whether it has ended before it began: something else took its place."""
        return self.valid_until is not None and self.valid_until <= self.valid_from

    def covers(self, time: datetime) -> bool:
        """Whether ``time`` is within its period."""
        return self.valid_from <= time and (self.valid_until is None or time < self.valid_until)


@dataclass(frozen=True, slots=True)
class BindingRequest:
    """What a binding is asked for with; ``replaces`` is the binding that ends where this one begins."""

    vehicle_id: str
    premise_id: str
    evse: dict[str, str]
    """``name``, and where known ``serial``, ``lfdi`` and ``evse_id``."""
    program_id: str
    terms_version: str
    consented_at: datetime
    bill_to: str
    valid_from: datetime
    valid_until: datetime | None = None
    replaces: str | None = None
    payer: Payer | None = None
    """Who pays, where the household keeps the books; a utility knows its accounts itself."""
    contract_id: str | None = None
    """EMAID of ISO 15118-2, where there is a contract."""

    def to_json(self) -> dict[str, Any]:
        """Return it as the API takes it, without what it has no place for: EVSEID, payer and contract."""
        body: dict[str, Any] = {
            "vehicle_id": self.vehicle_id,
            "premise_id": self.premise_id,
            "evse": {name: value for name, value in self.evse.items() if name in _EVSE},
            "program_id": self.program_id,
            "terms_version": self.terms_version,
            "consented_at": self.consented_at.isoformat(),
            "bill_to": self.bill_to,
            "valid_from": self.valid_from.isoformat(),
        }
        if self.valid_until is not None:
            body["valid_until"] = self.valid_until.isoformat()
        if self.replaces is not None:
            body["replaces"] = self.replaces
        return body


@dataclass(frozen=True, slots=True)
class Confirmation:
    """How the vehicle's owner decided on a session: ``pending``, ``confirmed`` or ``refused``."""

    session_id: str
    status: str
    payer: Payer

    @classmethod
    def from_json(cls, data: Any) -> Confirmation:
        """Take a Confirmation of the API."""
        fields = Fields(data, cls.__name__)
        payer = fields.read("payer", Payer.from_json)
        return cls(fields.take("session_id", str), fields.take("status", str), payer)


@dataclass(frozen=True, slots=True)
class SessionPart:
    """What was charged in one tier without a break, Wh; ``quality`` is ``measured`` or ``estimated``."""

    tier: str
    started_at: datetime
    ended_at: datetime
    energy_wh: int
    quality: str

    def to_json(self) -> dict[str, Any]:
        """Return it as the API takes it."""
        return {
            "tier": self.tier,
            "started_at": self.started_at.isoformat(),
            "ended_at": self.ended_at.isoformat(),
            "energy_wh": self.energy_wh,
            "quality": self.quality,
        }

    @classmethod
    def from_json(cls, data: Any) -> SessionPart:
        """Take up what :meth:`to_json` gave."""
        fields = Fields(data, cls.__name__)
        return cls(
            tier=fields.take("tier", str),
            started_at=fields.time("started_at"),
            ended_at=fields.time("ended_at"),
            energy_wh=fields.number("energy_wh", 0, _MOST_WH),
            quality=fields.take("quality", str),
        )


@dataclass(frozen=True, slots=True)
class ChargingSession:
    """A session, or the part of one that falls under a binding, as it is handed over."""

    session_id: str
    binding_id: str
    started_at: datetime
    ended_at: datetime
    energy_wh: int
    quality: str
    meter: dict[str, Any]
    """``kind`` (evse, vehicle, submeter), ``id``, and ``start_wh`` and ``end_wh`` where it counted without a break."""
    parts: tuple[SessionPart, ...]

    def to_json(self) -> dict[str, Any]:
        """Return it as the API takes it."""
        return {
            "session_id": self.session_id,
            "binding_id": self.binding_id,
            "started_at": self.started_at.isoformat(),
            "ended_at": self.ended_at.isoformat(),
            "energy_wh": self.energy_wh,
            "quality": self.quality,
            "meter": self.meter,
            "parts": [part.to_json() for part in self.parts],
        }

    @classmethod
    def from_json(cls, data: Any) -> ChargingSession:
        """Take up what :meth:`to_json` gave."""
        fields = Fields(data, cls.__name__)
        return cls(
            session_id=fields.take("session_id", str),
            binding_id=fields.take("binding_id", str),
            started_at=fields.time("started_at"),
            ended_at=fields.time("ended_at"),
            energy_wh=fields.number("energy_wh", 0, _MOST_WH),
            quality=fields.take("quality", str),
            meter=fields.take("meter", dict[str, Any]),
            parts=fields.each("parts", SessionPart.from_json),
        )


@dataclass(frozen=True, slots=True)
class BillingRecord:
    """What the utility made of a session."""

    id: str
    session_id: str
    binding_id: str
    vehicle_id: str
    premise_id: str
    payer: Payer
    month: str
    started_at: datetime
    ended_at: datetime
    energy_wh: int
    quality: str
    amount: Decimal
    currency: str

    @classmethod
    def from_json(cls, data: Any) -> BillingRecord:
        """Take a BillingRecord of the API."""
        fields = Fields(data, cls.__name__)
        return cls(
            id=fields.take("id", str),
            session_id=fields.take("session_id", str),
            binding_id=fields.take("binding_id", str),
            vehicle_id=fields.take("vehicle_id", str),
            premise_id=fields.take("premise_id", str),
            payer=fields.read("payer", Payer.from_json),
            month=fields.take("month", str),
            started_at=fields.time("started_at"),
            ended_at=fields.time("ended_at"),
            energy_wh=fields.number("energy_wh", 0, _MOST_WH),
            quality=fields.take("quality", str),
            amount=fields.money("amount"),
            currency=fields.take("currency", str),
        )

    def to_json(self) -> dict[str, Any]:
        """Return it as the API has it, for storage and for actions."""
        return {
            "id": self.id,
            "session_id": self.session_id,
            "binding_id": self.binding_id,
            "vehicle_id": self.vehicle_id,
            "premise_id": self.premise_id,
            "payer": self.payer.to_json(),
            "month": self.month,
            "started_at": self.started_at.isoformat(),
            "ended_at": self.ended_at.isoformat(),
            "energy_wh": self.energy_wh,
            "quality": self.quality,
            "amount": str(self.amount),
            "currency": self.currency,
        }


@dataclass(frozen=True, slots=True)
class Bill:
    """The charging of a vehicle on the bill of an account for a month."""

    account: Payer
    vehicle_id: str
    month: str
    energy_wh: int
    amount: Decimal
    currency: str
    record_ids: tuple[str, ...]

    @classmethod
    def from_json(cls, data: Any) -> Bill:
        """Take a VehicleBill of the API."""
        fields = Fields(data, cls.__name__)
        return cls(
            account=fields.read("account", Payer.from_json),
            vehicle_id=fields.take("vehicle_id", str),
            month=fields.take("month", str),
            energy_wh=fields.number("energy_wh", 0, _MOST_WH),
            amount=fields.money("amount"),
            currency=fields.take("currency", str),
            record_ids=fields.take("record_ids", tuple[str, ...]),
        )
