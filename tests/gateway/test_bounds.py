"""A gateway that says too much, too large, too deep, or at no time that there is: it is bounded where it comes in."""

import asyncio
import base64
import re
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import chain, repeat
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
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
from custom_components.utility_han.gateway.ieee2030_5.key_derivation import opens_in_time
from custom_components.utility_han.gateway.ieee2030_5.messaging import read_messages
from custom_components.utility_han.gateway.ieee2030_5.reader import Reader
from custom_components.utility_han.gateway.ieee2030_5.registers import _by_number
from custom_components.utility_han.gateway.ieee2030_5.resources import lasting, moment, parse, power_of_ten
from tests.conftest import PACING, TIMEOUTS
from tests.helpers import canned

NAMESPACE = "urn:ieee:std:2030.5:ns"
FAR = 10**12


class Said:
    """A session in which a gateway says what a test has written down, by path."""

    dcap_path = "/dcap"

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


_OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/sep+xml\r\n"
_CHUNKED = _OK + b"Transfer-Encoding: chunked\r\n\r\n"
_PIECE = b" " * 65536


def _flood(begin: bytes, piece: bytes = _PIECE) -> Callable[[], Iterator[bytes]]:
    """Return an answer that begins so and goes on for 200 MB."""
    return lambda: chain([begin], repeat(piece, 200 * 2**20 // len(piece)))


def _drip() -> Iterator[bytes]:
    yield _CHUNKED
    while True:
        time.sleep(0.02)
        yield b"1\r\n \r\n"


@pytest.mark.use_case("IP-9")
@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (_flood(_CHUNKED + b"FFFFFFF0\r\n"), Reason.TOO_LARGE),
        (_flood(_CHUNKED, b"10000\r\n" + _PIECE + b"\r\n"), Reason.TOO_LARGE),
        (_flood(_CHUNKED + b"0" * 2**16), Reason.TOO_LARGE),
        (_flood(_CHUNKED + b"0\r\nTrailer: "), Reason.TOO_LARGE),
        (_flood(_OK + b"Content-Length: 209715200\r\n\r\n"), Reason.TOO_LARGE),
        (_flood(_OK + b"Content-Length: 1100000\r\n\r\n"), Reason.TOO_LARGE),
        (_flood(_OK + b"\r\n"), Reason.TOO_LARGE),
        (_flood(_OK + b"Header: "), Reason.TOO_LARGE),
        (_drip, Reason.GATEWAY_SILENT),
    ],
    ids=["one chunk", "chunks", "size", "trailers", "length", "some length", "no length", "header", "drip"],
)
@pytest.mark.parametrize("method", ["GET", "PUT"])
async def test_answer_that_does_not_end_is_left(
    identity: Identity, method: str, raw: Callable[[], Iterator[bytes]], reason: Reason
) -> None:
    """Rogue or broken: little of it is taken, and the time for an answer is that of all of it."""
    with canned.serving({}) as server:
        server.raw = {"/dcap": raw, "/edev/9": raw}
        client = await Ieee2030_5Gateway.create(
            server.host, server.port, identity, expected_lfdi=server.lfdi, pacing=PACING, timeouts=TIMEOUTS
        )
        with pytest.raises(GatewayError) as caught:
            await (client.configuration() if method == "GET" else client.cancel_reservation("/edev/9"))
        for _ in range(3):
            await asyncio.sleep(0)  # the loop closes the connection, whose end the server's thread waits for
    assert caught.value.reason is reason
    assert server.sent < 16 * 2**20


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_gateway_that_sends_elsewhere_is_not_followed(identity: Identity, status: int) -> None:
    """What it wants deleted or read elsewhere would be asked by our certificate."""
    with canned.serving({}) as server, canned.serving({}) as elsewhere:
        there = f"https://{elsewhere.host}:{elsewhere.port}/edev/9"
        sends = f"HTTP/1.1 {status} -\r\nLocation: {there}\r\nContent-Length: 0\r\n\r\n".encode()
        server.raw = dict.fromkeys(("/dcap", "/edev/9"), lambda: [sends])
        client = await Ieee2030_5Gateway.create(
            server.host, server.port, identity, expected_lfdi=server.lfdi, pacing=PACING, timeouts=TIMEOUTS
        )
        for asked in (
            client.configuration,
            partial(client.withdraw, "/edev/9", identity.lfdi),
            partial(client.cancel_reservation, "/edev/9"),
        ):
            with pytest.raises(GatewayError):
                await asked()
    assert elsewhere.requests == []


def test_registers_are_in_their_order_however_long_their_numbers_are() -> None:
    hrefs = ["/mr/2", "/mr/10", "/mr/010", f"/mr/{'9' * 5000}", f"/mr/1{'0' * 5000}", "/mr/²", "/mr/x"]
    ordered = sorted(hrefs, key=_by_number)
    assert ordered.index("/mr/2") < ordered.index("/mr/10")
    assert ordered.index(f"/mr/{'9' * 5000}") < ordered.index(f"/mr/1{'0' * 5000}")


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


def _kept(*numbers: int, scheme: str = "2a864886f70d01050c") -> str:
    """Return an encrypted key whose parameters are these, of PBKDF2 unless said otherwise."""
    salt = b"\x04\x08" + b"saltsalt"
    said = salt + b"".join(_der(2, number.to_bytes(9, signed=True)) for number in numbers)
    derivation = _der(0x30, _der(6, bytes.fromhex(scheme)) + _der(0x30, said))
    cipher = _der(0x30, _der(6, bytes.fromhex("60864801650304012a")) + _der(4, b"i" * 16))
    algorithm = _der(0x30, _der(6, bytes.fromhex("2a864886f70d01050d")) + _der(0x30, derivation + cipher))
    key = base64.b64encode(_der(0x30, algorithm + _der(4, b"k" * 160))).decode()
    return f"-----BEGIN ENCRYPTED PRIVATE KEY-----\n{key}\n-----END ENCRYPTED PRIVATE KEY-----\n"


def _der(tag: int, value: bytes) -> bytes:
    size = bytes([len(value)]) if len(value) < 128 else b"\x82" + len(value).to_bytes(2)
    return bytes([tag]) + size + value


_SCRYPT = "2b06010401da47040b"


@pytest.mark.use_case("IP-5")
@pytest.mark.parametrize(
    ("numbers", "scheme", "opens"),
    [
        ((2048,), None, True),
        ((1_300_000, 32), None, True),
        ((2**31 - 1,), None, False),
        ((2**62, 32), None, False),
        ((16384, 8, 1), _SCRYPT, True),
        ((2**20, 8, 1), _SCRYPT, False),
        ((16384, 8, 2**30 - 1), _SCRYPT, False),
        ((16384, 2**20, 1), _SCRYPT, False),
        ((-16384, -8, 1), _SCRYPT, False),
        ((), _SCRYPT, False),
    ],
)
def test_key_that_would_be_opened_for_ever_is_not_tried(
    numbers: tuple[int, ...], scheme: str | None, *, opens: bool
) -> None:
    """2³¹ rounds take eight minutes, and scrypt as much memory as a key wants, before anybody knows the passphrase."""
    key = _kept(*numbers, scheme=scheme) if scheme else _kept(*numbers)
    assert opens_in_time(key) is opens
    with pytest.raises(UnusableIdentityError) as caught:
        load_identity(_IDENTITY.cert_pem, key, "passphrase")
    assert caught.value.problem is (IdentityProblem.KEY_PASSPHRASE if opens else IdentityProblem.KEY_UNREADABLE)


@pytest.mark.use_case("IP-5")
def test_key_whose_parameters_are_within_each_other_without_end_is_not_tried() -> None:
    value = b""
    while len(value) < 8000:
        value = _der(0x30, value)
    text = base64.b64encode(_der(0x30, _der(0x30, value))).decode()
    key = f"-----BEGIN ENCRYPTED PRIVATE KEY-----\n{text}\n-----END ENCRYPTED PRIVATE KEY-----\n"
    assert not opens_in_time(key)


@given(raw=st.binary(max_size=300))
def test_any_bytes_of_a_key_are_looked_at_without_a_stray_exception(raw: bytes) -> None:
    text = base64.b64encode(raw).decode()
    assert opens_in_time(f"-----BEGIN ENCRYPTED PRIVATE KEY-----\n{text}\n-----END ENCRYPTED PRIVATE KEY-----") in (
        True,
        False,
    )


def test_key_of_a_size_that_no_meter_has_is_not_looked_at() -> None:
    with pytest.raises(UnusableIdentityError) as caught:
        load_identity(_IDENTITY.cert_pem, f"{_IDENTITY.key_pem}{'A' * 4096}")
    assert caught.value.problem is IdentityProblem.KEY_UNREADABLE


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
        await client.withdraw(f"{other}/edev/9", identity.lfdi)
        await client.withdraw(f"https://{elsewhere.host}:{elsewhere.port}/edev/8", identity.lfdi)
        await client.withdraw("//elsewhere.invalid/edev/7", identity.lfdi)
        await client.withdraw("/edev/6\r\nHost: elsewhere.invalid\r\n\r\nDELETE /edev/5", identity.lfdi)
        with pytest.raises(GatewayError):
            await client.withdraw("https://[x", identity.lfdi)
        with pytest.raises(GatewayError):
            await client.cancel_reservation("https://[x")
    assert server.posted == {}
    asked = [path for _, path in server.requests if path not in ("/dcap", "/edev")]
    assert asked[:4] == ["/edev/9", "/edev/9", "/edev/8", "/edev/7"]
    assert len(asked) == 5
    assert elsewhere.requests == []
