"""What the utility's API tells (docs/utility-api.yaml), as far as a home needs it.

Every class is read by ``from_json`` (:mod:`.answer`), which raises ``UnreadableRecordError`` for what is not as the
API says, and ignores what it does not know.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from .answer import Fields
from .endpoints import url_of


@dataclass(frozen=True, slots=True)
class AuthorizationServer:
    """What RFC 8414 metadata say; ``registration`` is RFC 7591's, ``revocation`` RFC 7009's.

    ``protected_resources`` are those that it says it gives out tokens for (RFC 9728, 4).
    """

    issuer: str
    authorization: str
    token: str
    registration: str | None = None
    revocation: str | None = None
    protected_resources: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, data: Any) -> AuthorizationServer:
        """Take RFC 8414 metadata; ``ValueError`` where an endpoint is no URL."""
        fields = Fields(data, cls.__name__)
        server = cls(
            issuer=fields.take("issuer", str),
            authorization=fields.take("authorization_endpoint", str),
            token=fields.take("token_endpoint", str),
            registration=fields.maybe("registration_endpoint", str),
            revocation=fields.maybe("revocation_endpoint", str),
            protected_resources=fields.maybe("protected_resources", tuple[str, ...]) or (),
        )
        for endpoint in server.endpoints:
            url_of(endpoint)
        return server

    @property
    def endpoints(self) -> list[str]:
        """The addresses that there are."""
        every = (self.authorization, self.token, self.registration, self.revocation)
        return [endpoint for endpoint in every if endpoint is not None]


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
    def from_json(cls, data: Any) -> Premise:
        """Take a Premise of the API."""
        fields = Fields(data, cls.__name__)
        gateways = tuple(gateway.take("lfdi", str) for gateway in fields.inners("gateways"))
        return cls(fields.take("id", str), fields.take("address", str), gateways)


@dataclass(frozen=True, slots=True)
class Account:
    """A customer's account; ``number`` is masked but for its end."""

    id: str
    holder: str
    number: str
    status: str
    premises: tuple[Premise, ...]

    @classmethod
    def from_json(cls, data: Any) -> Account:
        """Take an Account of the API."""
        fields = Fields(data, cls.__name__)
        return cls(
            id=fields.take("id", str),
            holder=fields.take("holder", str),
            number=fields.take("number", str),
            status=fields.take("status", str),
            premises=fields.each("premises", Premise.from_json),
        )


@dataclass(frozen=True, slots=True)
class CompatibleDevice:
    """A model that the utility supports; its serial numbers match ``serial_pattern``, where there is one."""

    id: str
    kind: str
    manufacturer: str
    name: str
    serial_pattern: str | None = None

    @classmethod
    def from_json(cls, data: Any) -> CompatibleDevice:
        """Take a CompatibleDevice of the API."""
        fields = Fields(data, cls.__name__)
        return cls(
            id=fields.take("id", str),
            kind=fields.take("kind", str),
            manufacturer=fields.take("manufacturer", str),
            name=fields.take("name", str),
            serial_pattern=fields.maybe("serial_pattern", str),
        )


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
    links: tuple[str, ...] = ()
    """Where its terms and description are, for who gives no text of them."""
    signals: tuple[str, ...] = ()
    """The payload types that its events have, by OpenADR's enumerated words, as far as it says."""

    @classmethod
    def from_json(cls, data: Any) -> Program:
        """Take a Program of the API."""
        fields = Fields(data, cls.__name__)
        terms = fields.inner("terms")
        return cls(
            id=fields.take("id", str),
            name=fields.take("name", str),
            summary=fields.take("summary", str),
            device_kinds=fields.take("device_kinds", tuple[str, ...]),
            open=fields.take("open", bool),
            terms_version=terms.take("version", str),
            terms=terms.take("text", str),
        )


@dataclass(frozen=True, slots=True)
class CommissioningRequest:
    """A request to have the gateway accept a device: ``pending``, ``accepted`` or ``refused``."""

    id: str
    status: str
    reason: str | None

    @classmethod
    def from_json(cls, data: Any) -> CommissioningRequest:
        """Take a CommissioningRequest of the API."""
        fields = Fields(data, cls.__name__)
        return cls(fields.take("id", str), fields.take("status", str), fields.maybe_said("reason"))


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
    programs: tuple[str, ...]
    """What a configuration says the gateway is to assign the device to, by description."""
    acknowledged: bool

    @classmethod
    def from_json(cls, data: Any) -> DeviceMessage:
        """Take a message of a Registration of the API."""
        fields = Fields(data, cls.__name__)
        kind, body = fields.take("kind", str), fields.inner("body")
        programs = body.maybe("programs", list[Any]) if kind == "configuration" else None
        return cls(
            id=fields.take("id", str),
            kind=kind,
            programs=tuple(each.take("description", str) for each in body.inners("programs")) if programs else (),
            acknowledged=fields.take("acknowledged", bool),
        )


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
    def from_json(cls, data: Any) -> Registration:
        """Take a Registration of the API."""
        fields = Fields(data, cls.__name__)
        device, link, reason = fields.inner("device"), fields.inner("link"), fields.maybe_inner("reason")
        return cls(
            id=fields.take("id", str),
            version=fields.take("version", int),
            stage=fields.take("stage", Stage),
            premise_id=fields.take("premise_id", str),
            gateway_lfdi=fields.take("gateway_lfdi", str),
            lfdi=device.take("lfdi", str),
            kind=device.take("kind", str),
            model_id=device.maybe("model_id", str),
            serial=device.maybe("serial", str),
            name=device.maybe("name", str),
            found={"found": True, "not_found": False}.get(fields.take("discovery", str)),
            identified=fields.take("identified", bool),
            programs={
                each.take("program_id", str): each.take("terms_version", str) for each in fields.inners("programs")
            },
            link=link.take("status", str),
            link_stages={each.take("name", str): each.take("status", str) for each in link.inners("stages")},
            messages=fields.each("messages", DeviceMessage.from_json),
            record_id=fields.maybe("record_id", str),
            reason=reason.maybe("type", str) if reason else None,
            detail=reason.maybe_said("detail") if reason else None,
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
        configurations = [message.programs for message in self.messages if message.kind == "configuration"]
        return set(configurations[-1]) if configurations else set()


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened at the utility; ``subject`` is the id of what changed."""

    id: str
    type: str
    at: datetime
    subject: str | None
    version: int | None

    @classmethod
    def from_json(cls, data: Any) -> Event:
        """Take an Event of the API."""
        fields = Fields(data, cls.__name__)
        return cls(
            id=fields.take("id", str),
            type=fields.take("type", str),
            at=fields.time("at"),
            subject=fields.maybe("subject", str),
            version=fields.maybe("version", int),
        )
