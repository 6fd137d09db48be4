"""A gateway that says too much, too large, too deep, or at no time that there is: it is bounded where it comes in."""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, cast

import pytest
from py20305.models import sep

from custom_components.utility_han.gateway.commissioning_data import parse_label
from custom_components.utility_han.gateway.errors import GatewayError, Reason
from custom_components.utility_han.gateway.ieee2030_5.client import Ieee2030_5Gateway
from custom_components.utility_han.gateway.ieee2030_5.connection import ConnectionSession
from custom_components.utility_han.gateway.ieee2030_5.end_devices import EndDevices
from custom_components.utility_han.gateway.ieee2030_5.identity import (
    Identity,
    IdentityProblem,
    UnusableIdentityError,
    create_identity,
    load_identity,
)
from custom_components.utility_han.gateway.ieee2030_5.messaging import read_messages
from custom_components.utility_han.gateway.ieee2030_5.reader import Reader
from custom_components.utility_han.gateway.ieee2030_5.resources import lasting, moment, parse, power_of_ten
from tests.conftest import PACING, TIMEOUTS
from tests.helpers import canned

NAMESPACE = "urn:ieee:std:2030.5:ns"
FAR = 10**12


class Said:
    """A session in which a gateway says what a test has written down, by path."""

    def __init__(self, answers: dict[str, Callable[[str], str]]) -> None:
        self.answers = answers
        self.asked: list[str] = []

    async def get(self, href: str) -> bytes:
        """Return what is said at ``href``."""
        self.asked.append(href)
        body = self.answers[href.partition("?")[0]](href)
        return re.sub(r"^<(\w+)", rf'<\1 xmlns="{NAMESPACE}"', body).encode()


def _body(body: str, _href: str) -> str:
    return body


def reader(**answers: str) -> Reader:
    """A reader of a gateway that says ``answers``."""
    said = Said({f"/{path}": partial(_body, body) for path, body in answers.items()})
    return Reader(cast("ConnectionSession", said))


@pytest.mark.use_case("IP-8")
async def test_endless_list_of_devices_is_left() -> None:
    """A server says that there are a million, and has another page whatever is asked."""

    def page(href: str) -> str:
        start = int(re.findall(r"s=(\d+)", href)[0])
        entries = "".join(
            f"<EndDevice href='/edev/{number}'><sFDI>{number}0</sFDI><changedTime>1</changedTime></EndDevice>"
            for number in range(start, start + 25)
        )
        return f'<EndDeviceList href="/edev" all="1000000" results="25">{entries}</EndDeviceList>'

    dcap = '<DeviceCapability href="/dcap"><EndDeviceListLink href="/edev" all="1000000"/></DeviceCapability>'
    said = Said({"/dcap": lambda _href: dcap, "/edev": page})

    class Connection:
        dcap_path = "/dcap"

        @asynccontextmanager
        async def session(self) -> AsyncIterator[Said]:
            yield said

    with pytest.raises(GatewayError) as caught:
        await EndDevices(cast("Any", Connection()), "AB" * 20).listed()
    assert caught.value.reason is Reason.TOO_LARGE
    assert len(said.asked) < 410


def message(start: int, duration: int) -> str:
    """A list with one message that is in force."""
    return (
        '<TextMessageList all="1" results="1"><TextMessage href="/m"><mRID>0A</mRID><description>d</description>'
        "<creationTime>1</creationTime><EventStatus><currentStatus>1</currentStatus><dateTime>1</dateTime>"
        "<potentiallySuperseded>false</potentiallySuperseded></EventStatus>"
        f"<interval><duration>{duration}</duration><start>{start}</start></interval><originator>o</originator>"
        "<priority>1</priority><textMessage>Hello</textMessage></TextMessage></TextMessageList>"
    )


PROGRAMS = (
    '<MessagingProgramList all="1" results="1"><MessagingProgram href="/p"><mRID>0A</mRID>'
    '<ActiveTextMessageListLink href="/messages" all="1"/><locale>en</locale><primacy>1</primacy>'
    "</MessagingProgram></MessagingProgramList>"
)


@pytest.mark.parametrize("duration", [60, FAR, 10**18, -FAR])
@pytest.mark.parametrize("start", [1_790_000_000, 253_402_300_799, FAR, -62_135_596_800, -FAR, 2**63 - 1])
async def test_message_lasts_as_long_as_there_is_time(start: int, duration: int) -> None:
    (found,) = await read_messages(reader(programs=PROGRAMS, messages=message(start, duration)), "/programs")
    assert found.text == "Hello"
    # What follows calculates with it, in every time zone.
    assert found.start - timedelta(days=1) < found.end + timedelta(days=1)
    assert found.end.astimezone(UTC) >= found.start


@pytest.mark.parametrize("seconds", [0, 2**32 - 1, 2**64, -1, FAR])
def test_times_and_durations_can_be_calculated_with(seconds: int) -> None:
    assert datetime(1969, 1, 1, tzinfo=UTC) < moment(seconds) + lasting(seconds) + timedelta(days=365)
    multiplier = sep.PowerOfTenMultiplierType(value=seconds)
    assert -9 <= power_of_ten(multiplier) <= 9


@pytest.mark.parametrize(
    "body",
    [
        f'<Time xmlns="{NAMESPACE}" xmlns:x="http://www.w3.org/2001/XMLSchema-instance" x:type="EndDevice"><sFDI>10'
        "</sFDI><changedTime>1</changedTime></Time>",
        f'<Time xmlns="{NAMESPACE}" xmlns:x="http://www.w3.org/2001/XMLSchema-instance" x:type="a:b:c"/>',
        f'<Time xmlns="{NAMESPACE}" xmlns:x="http://www.w3.org/2001/XMLSchema-instance" x:nil="true"/>',
        f'<a:Time xmlns:a="{NAMESPACE}" xmlns:b=""><a:currentTime a:b="c">1</a:currentTime></a:Time>',
        f'<Time xmlns="{NAMESPACE}"><currentTime>{"9" * 5000}</currentTime></Time>',
        '<Time xmlns=" "><b xmlns=":::"/></Time>',
        "<a>" * 100_000,
        "<a " * 100_000,
        "<Time" + "".join(f' xmlns:n{number}="urn:{number}"' for number in range(5_000)) + "/>",
    ],
    ids=["other type", "no type", "nil", "prefix", "digits", "blank", "depth", "attributes", "namespaces"],
)
def test_document_that_is_none_is_malformed(body: str) -> None:
    with pytest.raises(GatewayError) as caught:
        parse(body.encode(), sep.Time, "/tm")
    assert caught.value.reason is Reason.MALFORMED


def test_library_that_stumbles_is_a_malformed_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*_: object) -> None:
        raise TypeError("unsupported operand")

    monkeypatch.setattr("custom_components.utility_han.gateway.ieee2030_5.resources.from_xml", stumble)
    with pytest.raises(GatewayError) as caught:
        parse(b"<Time/>", sep.Time, "/tm")
    assert caught.value.reason is Reason.MALFORMED


_IDENTITY = create_identity()
_OTHER = create_identity()


@pytest.mark.use_case("IP-5")
@pytest.mark.parametrize(
    ("certificate", "key", "problem"),
    [
        ("", _IDENTITY.key_pem, IdentityProblem.CERTIFICATE_UNREADABLE),
        ("-----BEGIN CERTIFICATE-----\n", _IDENTITY.key_pem, IdentityProblem.CERTIFICATE_UNREADABLE),
        (_IDENTITY.key_pem, _IDENTITY.key_pem, IdentityProblem.CERTIFICATE_UNREADABLE),
        (
            "-----BEGIN CERTIFICATE-----\n!!!no base64!!!\n-----END CERTIFICATE-----\n",
            _IDENTITY.key_pem,
            IdentityProblem.CERTIFICATE_UNREADABLE,
        ),
        (_IDENTITY.cert_pem + "A" * 2**20, _IDENTITY.key_pem, IdentityProblem.CERTIFICATE_UNREADABLE),
        ("\x00ä" + _IDENTITY.cert_pem[:200], _IDENTITY.key_pem, IdentityProblem.CERTIFICATE_UNREADABLE),
        (_IDENTITY.cert_pem, "", IdentityProblem.KEY_UNREADABLE),
        (_IDENTITY.cert_pem, "Ü" + _IDENTITY.key_pem, IdentityProblem.KEY_UNREADABLE),
        (_IDENTITY.cert_pem, _IDENTITY.cert_pem, IdentityProblem.KEY_UNREADABLE),
        (_IDENTITY.cert_pem, _OTHER.key_pem + _IDENTITY.key_pem, IdentityProblem.KEY_MISMATCH),
        (
            _IDENTITY.cert_pem,
            "-----BEGIN PRIVATE KEY-----\n%%%\n-----END PRIVATE KEY-----\n",
            IdentityProblem.KEY_UNREADABLE,
        ),
    ],
    ids=range(11),
)
def test_odd_pem_is_refused_with_a_reason(certificate: str, key: str, problem: IdentityProblem) -> None:
    with pytest.raises(UnusableIdentityError) as caught:
        load_identity(certificate, key)
    assert caught.value.problem is problem


@pytest.mark.parametrize("text", ["Z:0123456789ABCDEF$" * 60_000, "EUI64:" * 200_000, "0" * 10**6, "\n" * 10**6])
def test_label_that_is_too_long_is_not_looked_at(text: str) -> None:
    """The patterns would take a time that grows with the square of the length: hours."""
    with pytest.raises(ValueError, match="label"):
        parse_label(text)


@pytest.mark.use_case("IP-9")
async def test_stored_address_leads_nowhere_but_to_the_gateway(identity: Identity) -> None:
    """What was stored may be absolute, of another host, or of another protocol: it is a path here, or an error."""
    other = "https://elsewhere.invalid:1"
    with canned.serving({"/edev": 404}) as server, canned.serving({}) as elsewhere:
        server.posted["/edev/9"] = identity.lfdi
        client = await Ieee2030_5Gateway.create(
            server.host, server.port, identity, expected_lfdi=server.lfdi, pacing=PACING, timeouts=TIMEOUTS
        )
        await client.withdraw(f"{other}/edev/9")
        await client.withdraw(f"https://{elsewhere.host}:{elsewhere.port}/edev/8")
        await client.withdraw("//elsewhere.invalid/edev/7")
        await client.withdraw("/edev/6\r\nHost: elsewhere.invalid\r\n\r\nDELETE /edev/5")
        with pytest.raises(GatewayError):
            await client.withdraw("https://[x")
        with pytest.raises(GatewayError):
            await client.cancel_reservation("https://[x")
    assert server.posted == {}
    assert [path for _, path in server.requests][:3] == ["/edev/9", "/edev/8", "/edev/7"]
    assert len(server.requests) == 4
    assert elsewhere.requests == []
