"""What the utility's API tells of vehicles, bindings and billing (docs/utility-api.yaml, tag ``vehicles``).

Read by ``from_json`` as in :mod:`.model`. Energy is in whole watt-hours, money a ``Decimal`` in its currency.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from .model import Json


def _money(text: Any) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation as err:
        raise ValueError(f"no amount of money: {text!r}") from err


def _time(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError(f"no time of RFC 3339: {text!r}")
    return time


@dataclass(frozen=True, slots=True)
class Payer:
    """An account that pays; ``number`` is masked but for its end."""

    number: str
    holder: str

    @classmethod
    def from_json(cls, data: Json) -> Payer:
        """Take a Payer of the API."""
        return cls(str(data["number"]), str(data["holder"]))


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
    def from_json(cls, data: Json) -> Vehicle:
        """Take a Vehicle of the API."""
        return cls(
            id=data["id"],
            vin=data["vin"],
            make=data["make"],
            model=data["model"],
            battery_wh=data.get("battery_wh"),
            guest=data["guest"],
            owner=Payer.from_json(data["owner"]),
        )


@dataclass(frozen=True, slots=True)
class TierPeriod:
    """When a tier is in force: on ``days`` (ISO 8601, Monday is 1) from ``start`` until ``end`` (HH:MM, local)."""

    tier: str
    days: tuple[int, ...]
    start: str
    end: str


@dataclass(frozen=True, slots=True)
class RateProgram:
    """A rate program for charging; ``prices`` is the price of a kilowatt-hour by tier, ``names`` their names."""

    id: str
    name: str
    summary: str
    open: bool
    guests: bool
    currency: str
    time_zone: str
    prices: dict[str, Decimal]
    names: dict[str, str]
    periods: tuple[TierPeriod, ...]
    default_tier: str
    terms_version: str
    terms: str

    @classmethod
    def from_json(cls, data: Json) -> RateProgram:
        """Take a RateProgram of the API; ``ValueError`` where a tier is none of its own."""
        prices = {tier["id"]: _money(tier["price"]) for tier in data["tiers"]}
        periods = tuple(
            TierPeriod(each["tier"], tuple(each["days"]), each["start"], each["end"]) for each in data["periods"]
        )
        if unknown := {data["default_tier"], *(period.tier for period in periods)} - prices.keys():
            raise ValueError(f"unknown tiers: {sorted(unknown)}")
        return cls(
            id=data["id"],
            name=data["name"],
            summary=data["summary"],
            open=data["open"],
            guests=data["guests"],
            currency=data["currency"],
            time_zone=data["time_zone"],
            prices=prices,
            names={tier["id"]: tier["name"] for tier in data["tiers"]},
            periods=periods,
            default_tier=data["default_tier"],
            terms_version=data["terms"]["version"],
            terms=data["terms"]["text"],
        )

    def to_json(self) -> dict[str, Any]:
        """Return it as the API has it, for storage."""
        return {
            "id": self.id,
            "name": self.name,
            "summary": self.summary,
            "open": self.open,
            "guests": self.guests,
            "currency": self.currency,
            "time_zone": self.time_zone,
            "tiers": [
                {"id": tier, "name": self.names[tier], "price": str(price)} for tier, price in self.prices.items()
            ],
            "periods": [
                {"tier": each.tier, "days": list(each.days), "start": each.start, "end": each.end}
                for each in self.periods
            ],
            "default_tier": self.default_tier,
            "terms": {"version": self.terms_version, "text": self.terms},
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

    @classmethod
    def from_json(cls, data: Json) -> Binding:
        """Take a Binding of the API."""
        until = data.get("valid_until")
        return cls(
            id=data["id"],
            version=data["version"],
            status=BindingStatus(data["status"]),
            vehicle_id=data["vehicle_id"],
            premise_id=data["premise_id"],
            evse=data["evse"]["name"],
            program_id=data["program_id"],
            terms_version=data["terms_version"],
            bill_to=data["bill_to"],
            payer=Payer.from_json(data["payer"]),
            guest=data["guest"],
            valid_from=_time(data["valid_from"]),
            valid_until=_time(until) if until else None,
            reason=data.get("reason"),
        )

    def to_json(self) -> dict[str, Any]:
        """Return it as the API has it, for storage."""
        return {
            "id": self.id,
            "version": self.version,
            "status": self.status.value,
            "vehicle_id": self.vehicle_id,
            "premise_id": self.premise_id,
            "evse": {"name": self.evse},
            "program_id": self.program_id,
            "terms_version": self.terms_version,
            "bill_to": self.bill_to,
            "payer": {"number": self.payer.number, "holder": self.payer.holder},
            "guest": self.guest,
            "valid_from": self.valid_from.isoformat(),
            "valid_until": self.valid_until.isoformat() if self.valid_until else None,
            "reason": self.reason,
        }

    def covers(self, time: datetime) -> bool:
        """Whether ``time`` is within its period."""
        return self.valid_from <= time and (self.valid_until is None or time < self.valid_until)


@dataclass(frozen=True, slots=True)
class BindingRequest:
    """What a binding is asked for with; ``replaces`` is the binding that ends where this one begins."""

    vehicle_id: str
    premise_id: str
    evse: dict[str, str]
    """``name``, and where known ``serial`` and ``lfdi``."""
    program_id: str
    terms_version: str
    consented_at: datetime
    bill_to: str
    valid_from: datetime
    valid_until: datetime | None = None
    replaces: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return it as the API takes it."""
        body: dict[str, Any] = {
            "vehicle_id": self.vehicle_id,
            "premise_id": self.premise_id,
            "evse": self.evse,
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
    def from_json(cls, data: Json) -> Confirmation:
        """Take a Confirmation of the API."""
        return cls(data["session_id"], data["status"], Payer.from_json(data["payer"]))


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
    def from_json(cls, data: Json) -> SessionPart:
        """Take up what :meth:`to_json` gave."""
        return cls(
            data["tier"], _time(data["started_at"]), _time(data["ended_at"]), data["energy_wh"], data["quality"]
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
    def from_json(cls, data: Json) -> ChargingSession:
        """Take up what :meth:`to_json` gave."""
        return cls(
            session_id=data["session_id"],
            binding_id=data["binding_id"],
            started_at=_time(data["started_at"]),
            ended_at=_time(data["ended_at"]),
            energy_wh=data["energy_wh"],
            quality=data["quality"],
            meter=dict(data["meter"]),
            parts=tuple(SessionPart.from_json(part) for part in data["parts"]),
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
    def from_json(cls, data: Json) -> BillingRecord:
        """Take a BillingRecord of the API."""
        return cls(
            id=data["id"],
            session_id=data["session_id"],
            binding_id=data["binding_id"],
            vehicle_id=data["vehicle_id"],
            premise_id=data["premise_id"],
            payer=Payer.from_json(data["payer"]),
            month=data["month"],
            started_at=_time(data["started_at"]),
            ended_at=_time(data["ended_at"]),
            energy_wh=int(data["energy_wh"]),
            quality=data["quality"],
            amount=_money(data["amount"]),
            currency=data["currency"],
        )

    def to_json(self) -> dict[str, Any]:
        """Return it as the API has it, for storage and for actions."""
        return {
            "id": self.id,
            "session_id": self.session_id,
            "binding_id": self.binding_id,
            "vehicle_id": self.vehicle_id,
            "premise_id": self.premise_id,
            "payer": {"number": self.payer.number, "holder": self.payer.holder},
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
    def from_json(cls, data: Json) -> Bill:
        """Take a VehicleBill of the API."""
        return cls(
            account=Payer.from_json(data["account"]),
            vehicle_id=data["vehicle_id"],
            month=data["month"],
            energy_wh=int(data["energy_wh"]),
            amount=_money(data["amount"]),
            currency=data["currency"],
            record_ids=tuple(data["record_ids"]),
        )
