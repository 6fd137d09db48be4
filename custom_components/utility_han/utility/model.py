"""What the utility's API tells (docs/utility-api.yaml), as far as a home needs it.

Every class is read by ``from_json``, which raises ``KeyError``, ``TypeError`` or ``ValueError`` for what is not as
the API says, and ignores what it does not know.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

type Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AuthorizationServer:
    """The endpoints of RFC 8414 metadata; ``registration`` is RFC 7591's, ``revocation`` RFC 7009's."""

    issuer: str
    authorization: str
    token: str
    registration: str | None = None
    revocation: str | None = None

    @classmethod
    def from_json(cls, data: Json) -> AuthorizationServer:
        """Take RFC 8414 metadata."""
        return cls(
            issuer=data["issuer"],
            authorization=data["authorization_endpoint"],
            token=data["token_endpoint"],
            registration=data.get("registration_endpoint"),
            revocation=data.get("revocation_endpoint"),
        )


@dataclass(frozen=True, slots=True)
class UtilityDescription:
    """A utility found at the URL a person typed."""

    name: str
    api_base: str
    features: tuple[str, ...]
    support: Mapping[str, str]
    server: AuthorizationServer


@dataclass(frozen=True, slots=True)
class Premise:
    """A place that the utility serves, with the LFDIs of its gateways."""

    id: str
    address: str
    gateways: tuple[str, ...]

    @classmethod
    def from_json(cls, data: Json) -> Premise:
        """Take a Premise of the API."""
        return cls(data["id"], data["address"], tuple(gateway["lfdi"] for gateway in data["gateways"]))


@dataclass(frozen=True, slots=True)
class Account:
    """A customer's account; ``number`` is masked but for its end."""

    id: str
    holder: str
    number: str
    status: str
    premises: tuple[Premise, ...]

    @classmethod
    def from_json(cls, data: Json) -> Account:
        """Take an Account of the API."""
        premises = tuple(Premise.from_json(premise) for premise in data["premises"])
        return cls(data["id"], data["holder"], data["number"], data["status"], premises)


@dataclass(frozen=True, slots=True)
class CompatibleDevice:
    """A model that the utility supports; its serial numbers match ``serial_pattern``, where there is one."""

    id: str
    kind: str
    manufacturer: str
    name: str
    serial_pattern: str | None = None

    @classmethod
    def from_json(cls, data: Json) -> CompatibleDevice:
        """Take a CompatibleDevice of the API."""
        return cls(data["id"], data["kind"], data["manufacturer"], data["name"], data.get("serial_pattern"))


@dataclass(frozen=True, slots=True)
class Program:
    """A program with the terms now in force."""

    id: str
    name: str
    summary: str
    device_kinds: tuple[str, ...]
    open: bool
    terms_version: str
    terms: str

    @classmethod
    def from_json(cls, data: Json) -> Program:
        """Take a Program of the API."""
        return cls(
            id=data["id"],
            name=data["name"],
            summary=data["summary"],
            device_kinds=tuple(data["device_kinds"]),
            open=data["open"],
            terms_version=data["terms"]["version"],
            terms=data["terms"]["text"],
        )


@dataclass(frozen=True, slots=True)
class CommissioningRequest:
    """A request to have the gateway accept a device: ``pending``, ``accepted`` or ``refused``."""

    id: str
    status: str
    reason: str | None

    @classmethod
    def from_json(cls, data: Json) -> CommissioningRequest:
        """Take a CommissioningRequest of the API."""
        return cls(data["id"], data["status"], data.get("reason"))


class Stage(StrEnum):
    """How far the utility has come with a registration."""

    PRE_REGISTERED = "pre_registered"
    OPEN = "open"
    LINKING = "linking"
    AWAITING_APPROVAL = "awaiting_approval"
    AWAITING_READINESS = "awaiting_readiness"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    REFUSED = "refused"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class DeviceMessage:
    """A registration, configuration or initiation message for the device."""

    id: str
    kind: str
    body: Json
    acknowledged: bool


@dataclass(frozen=True, slots=True)
class Registration:
    """A device's registration as the utility has it; ``programs`` maps program ids to the terms agreed to."""

    id: str
    version: int
    stage: Stage
    premise_id: str
    gateway_lfdi: str
    lfdi: str
    kind: str
    model_id: str | None
    serial: str | None
    name: str | None
    found: bool | None
    """What discovery found; None while it has not looked."""
    identified: bool
    programs: Mapping[str, str]
    link: str
    link_stages: Mapping[str, str]
    messages: tuple[DeviceMessage, ...]
    record_id: str | None
    reason: str | None
    """The problem type behind a refusal, suspension or failed link."""
    detail: str | None = field(default=None)

    @classmethod
    def from_json(cls, data: Json) -> Registration:
        """Take a Registration of the API."""
        device, reason = data["device"], data.get("reason") or {}
        return cls(
            id=data["id"],
            version=data["version"],
            stage=Stage(data["stage"]),
            premise_id=data["premise_id"],
            gateway_lfdi=data["gateway_lfdi"],
            lfdi=device["lfdi"],
            kind=device["kind"],
            model_id=device.get("model_id"),
            serial=device.get("serial"),
            name=device.get("name"),
            found={"found": True, "not_found": False}.get(data["discovery"]),
            identified=data["identified"],
            programs={program["program_id"]: program["terms_version"] for program in data["programs"]},
            link=data["link"]["status"],
            link_stages={stage["name"]: stage["status"] for stage in data["link"]["stages"]},
            messages=tuple(
                DeviceMessage(message["id"], message["kind"], message["body"], message["acknowledged"])
                for message in data["messages"]
            ),
            record_id=data.get("record_id"),
            reason=reason.get("type"),
            detail=reason.get("detail"),
        )

    @property
    def unacknowledged(self) -> tuple[DeviceMessage, ...]:
        """The messages that the device has not acknowledged yet."""
        return tuple(message for message in self.messages if not message.acknowledged)

    @property
    def promised(self) -> set[str]:
        """The programs, by description, that the gateway is to assign the device to.

        A later configuration replaces an earlier one.
        """
        configurations = [message.body for message in self.messages if message.kind == "configuration"]
        latest = configurations[-1] if configurations else {}
        return {program["description"] for program in latest.get("programs", ())}


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened at the utility; ``subject`` is the id of what changed."""

    id: str
    type: str
    at: datetime
    subject: str | None
    version: int | None

    @classmethod
    def from_json(cls, data: Json) -> Event:
        """Take an Event of the API."""
        at = datetime.fromisoformat(data["at"])
        return cls(data["id"], data["type"], at, data.get("subject"), data.get("version"))
