"""What a VTN says of how it tells of changes: ``GET /notifiers`` (``notifiersResponse`` in openadr3.yaml).

There is always the webhook ("Currently MUST be true"), and there may be an MQTT broker. A VTN that does not say so has
none: openleadr-vtn leaves out what it has not. TLS is a MUST for the broker (Definition, "MQTT"), and its address is
whatever the VTN says: our token goes to the VTN's own host only.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ...esi.typed import UnreadableRecordError
from ..answer import Fields
from ..endpoints import host_of

_MQTTS = 8883
"""The port of MQTT over TLS (IANA, secure-mqtt), where the address names none."""
_MOST_ADDRESSES = 20
_LONGEST_PEM = 65536
_LONGEST_TOPIC = 1024
_CLIENT_ID = "{clientID}"
"""The word that stands for the client id (``mqttNotifierAuthenticationOauth2BearerToken.username``)."""


class Authentication(StrEnum):
    """How a broker wants to know who we are (Definition, Table 12)."""

    ANONYMOUS = "ANONYMOUS"
    OAUTH2_BEARER_TOKEN = "OAUTH2_BEARER_TOKEN"  # noqa: S105 - the name of a method
    CERTIFICATE = "CERTIFICATE"


_METHODS = {each.value.replace("_", ""): each for each in Authentication}
"""By their words without underscores: openleadr-vtn writes OAUTH2BEARERTOKEN."""


@dataclass(frozen=True, slots=True)
class Certificates:
    """What a VTN gives for its broker, each in PEM: its authority, and a certificate with key for us."""

    authority: str
    certificate: str = field(repr=False)
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Broker:
    """An MQTT broker that we may speak with; ``username`` is None where the client id is meant."""

    host: str
    port: int
    authentication: Authentication
    username: str | None = None
    certificates: Certificates | None = None


@dataclass(frozen=True, slots=True)
class Notifiers:
    """How changes may be heard of; ``note`` says why not of the broker, where there is one that we cannot use."""

    webhook: bool = True
    broker: Broker | None = None
    note: str = ""


def read_notifiers(data: Any, own_host: str, *, named: bool) -> Notifiers:
    """Return what a VTN offers; ``named`` is whether it knows us by credentials."""
    told = Fields(data, "notifiersResponse")
    webhook = told.maybe("WEBHOOK", bool) or False
    try:
        mqtt = told.maybe_inner("MQTT")
        if mqtt is None:
            return Notifiers(webhook, note="" if webhook else "the VTN has neither webhooks nor a broker")
        return Notifiers(webhook, _broker(mqtt, own_host, named=named))
    except UnreadableRecordError as err:
        return Notifiers(webhook, None, f"MQTT: {err}"[:200])
    except ValueError as err:
        return Notifiers(webhook, None, f"MQTT is not used: {err}"[:200])


def read_topics(data: Any) -> list[str]:
    """Return the topics of all operations on some objects (``notifierTopicsResponse``)."""
    topics = Fields(data, "notifierTopicsResponse").inner("topics")
    every = topics.maybe("ALL", str)
    said = [every] if every else [topics.maybe(name, str) for name in ("CREATE", "UPDATE", "DELETE")]
    return [each for each in said if each and len(each) <= _LONGEST_TOPIC and "\0" not in each]


def _broker(mqtt: Fields, own_host: str, *, named: bool) -> Broker:
    """Return the broker that is said; ``ValueError`` says why it cannot be used."""
    if (form := mqtt.take("serialization", str)) != "JSON":
        raise ValueError(f"messages are {form[:40]}")
    said = mqtt.inner("authentication")
    method = _METHODS.get(said.take("method", str).replace("_", ""))
    if method is None:
        raise ValueError("it wants to know who we are in a way that OpenADR 3.1 does not have")
    addresses = _addresses(mqtt.take("URIS", list[str])[:_MOST_ADDRESSES])
    if not addresses:
        raise ValueError("it has no mqtts address, and OpenADR is spoken over TLS only")
    username, certificates = None, None
    if method is Authentication.OAUTH2_BEARER_TOKEN:
        if not named:
            raise ValueError("it wants a token, for which there are no credentials")
        addresses = [each for each in addresses if each[0] == own_host]
        if not addresses:
            raise ValueError("it is at another host than the VTN, to which our token does not go")
        username = said.take("username", str)
        username = None if username == _CLIENT_ID else username
    elif method is Authentication.CERTIFICATE:
        certificates = Certificates(*(_pem(said, name) for name in ("caCert", "clientCert", "clientKey")))
    return Broker(*addresses[0], method, username, certificates)


def _addresses(uris: Collection[str]) -> list[tuple[str, int]]:
    found = []
    for uri in uris:
        try:
            url = host_of(uri)
            if url.scheme == "mqtts":
                found.append((url.host or "", url.explicit_port or _MQTTS))
        except ValueError:
            continue
    return found


def _pem(said: Fields, name: str) -> str:
    text = said.take(name, str)
    if len(text) > _LONGEST_PEM or not text.isascii():
        raise ValueError(f"{name} is no certificate or key")
    return text
