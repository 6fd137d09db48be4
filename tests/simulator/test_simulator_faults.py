"""Each fault as a client sees it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from aio2030dot5 import (
    MeterAuthError,
    MeterConnectionError,
    MeterHttpError,
    MeterIdentityMismatch,
    MeterProtocolError,
    MeterTimeout,
    Timeouts,
)
from aio2030dot5.identity import Identity
from py20305.models import sep
from py20305.xml import from_xml

from simulator.gateway.faults import FAULTS

if TYPE_CHECKING:
    from tests.simulator.conftest import Connect, Control, Described, OpenHttp, PutFault

_QUICK = Timeouts(connect=5, handshake=3, response=3)


@pytest.fixture
async def gateway(control: Control, client: Identity) -> Described:
    made = await control.gateway()
    await control.call("POST", f"/gateways/{made['id']}/registrations", {"lfdi": client.lfdi})
    return made


@pytest.fixture
def fault(control: Control, gateway: Described) -> PutFault:
    async def put(name: str, **parameters: Any) -> None:
        await control.call("PUT", f"/gateways/{gateway['id']}/faults/{name}", parameters)

    return put


@pytest.mark.parametrize(
    ("name", "parameters", "error"),
    [
        ("silence", {}, MeterTimeout),
        ("silence", {"path": "/dcap"}, MeterTimeout),
        ("refuse", {}, MeterConnectionError),
        ("slow", {"seconds": 30}, MeterTimeout),
        ("reset", {}, MeterConnectionError),
        ("half_answer", {}, MeterConnectionError),
        ("wrong_certificate", {}, MeterIdentityMismatch),
        ("certificate_refused", {}, MeterAuthError),
        ("bad_signature", {}, MeterConnectionError),
        ("malformed_xml", {}, MeterProtocolError),
        ("entity_expansion", {}, MeterProtocolError),
        ("oversized_xml", {}, MeterProtocolError),
        ("oversized_xml", {"declared": False, "bytes": 6_000_000}, MeterProtocolError),
        ("http_error", {}, MeterHttpError),
        ("http_error", {"status": 499}, MeterHttpError),
        ("not_2030_5", {}, MeterProtocolError),
    ],
)
async def test_fault_and_recovery(
    control: Control,
    connect: Connect,
    gateway: Described,
    fault: PutFault,
    name: str,
    parameters: dict[str, Any],
    error: type[Exception],
) -> None:
    meter = await connect(gateway, expected_lfdi=gateway["lfdi"], timeouts=_QUICK)
    await meter.probe()
    await fault(name, **parameters)
    with pytest.raises(error):
        await meter.probe()
    assert name in await control.call("GET", f"/gateways/{gateway['id']}/faults")
    await control.call("DELETE", f"/gateways/{gateway['id']}/faults/{name}")
    await meter.probe()


async def test_every_fault_is_tested() -> None:
    elsewhere = {
        "wrong_clock",
        "wrong_pin",
        "empty_reading",
        "spike",
        "unlisted",
        "no_lfdi",
        "no_metering",
        "no_time",
        "no_assigned_time",
        "zeroed",
        "leap",
        "spoilt",
    }
    over_zigbee = {
        "weak_link", "meter_status", "other_scale", "lost_attributes", "wrong_key", "unsecured", "corrupted_frames"
    }  # fmt: skip
    tested = {case[0] for case in test_fault_and_recovery.pytestmark[0].args[1]}
    assert tested | elsewhere | over_zigbee == set(FAULTS)


async def test_faults_in_what_is_said(connect: Connect, gateway: Described, fault: PutFault) -> None:
    meter = await connect(gateway)
    profile = await meter.discover()
    await fault("wrong_clock", seconds=-7200)
    await fault("spike", count=1)
    await fault("empty_reading", path="/upt/1/mr/3/")
    snapshot = await meter.read(profile, profile.channels, include_time=True)
    assert snapshot.clock_skew is not None
    assert abs(snapshot.clock_skew + timedelta(hours=2)) < timedelta(minutes=1)
    assert snapshot.values["power"].value == 50_000_000
    assert snapshot.values["energy_summation_delivered"].value is None
    assert snapshot.values["energy_summation_received"].value is not None
    again = await meter.read(profile, profile.channels)
    power = again.values["power"].value
    assert power is not None
    assert abs(power) < 30_000


async def test_wrong_pin(open_http: OpenHttp, client: Identity, gateway: Described, fault: PutFault) -> None:
    http = await open_http(gateway, client)
    await fault("wrong_pin", count=1)
    pins = [from_xml((await http.call("GET", "/edev/1/rg"))[1], sep.Registration).p_in.value for _ in range(2)]
    assert pins[0] != pins[1] == 123455
    assert sum(map(int, f"{pins[0]:06}")) % 10 == 0


async def test_things_that_are_missing(
    open_http: OpenHttp, client: Identity, gateway: Described, fault: PutFault
) -> None:
    http = await open_http(gateway, client)
    await fault("unlisted", count=1)
    lists = [from_xml((await http.call("GET", "/edev?s=0&l=9"))[1], sep.EndDeviceList) for _ in range(2)]
    assert [page.all for page in lists] == [0, 1]
    await fault("no_lfdi", count=1)
    lists = [from_xml((await http.call("GET", "/edev?s=0&l=9"))[1], sep.EndDeviceList) for _ in range(2)]
    assert [page.end_device[0].l_fdi is None for page in lists] == [True, False]
    assert lists[0].end_device[0].s_fdi == lists[1].end_device[0].s_fdi
    await fault("no_metering", count=1)
    capabilities = [from_xml((await http.call("GET", "/dcap"))[1], sep.DeviceCapability) for _ in range(2)]
    assert [c.usage_point_list_link is None for c in capabilities] == [True, False]


async def test_counts_and_paths(connect: Connect, gateway: Described, fault: PutFault) -> None:
    meter = await connect(gateway)
    await fault("http_error", status=503, count=2, path="/sdev")
    async with meter._transport.batch() as batch:
        statuses = [(await batch.request(path)).status for path in ("/dcap", "/sdev", "/tm", "/sdev/sdi", "/sdev")]
    assert statuses == [200, 503, 200, 503, 200]


async def test_bad_signature_once_is_retried(connect: Connect, gateway: Described, fault: PutFault) -> None:
    meter = await connect(gateway)
    await fault("bad_signature", count=1)
    await meter.probe()
    assert meter.stats.bad_signature_retries == 1


async def test_a_refused_port_stays_reserved(
    control: Control, connect: Connect, gateway: Described, fault: PutFault
) -> None:
    await fault("refuse")
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(gateway["host"], gateway["port"])
    assert (await control.gateway())["port"] != gateway["port"]
    await control.call("DELETE", f"/gateways/{gateway['id']}/faults")
    await (await connect(gateway)).probe()


async def test_oversized_answers_are_streamed(
    open_http: OpenHttp, client: Identity, gateway: Described, fault: PutFault
) -> None:
    await fault("oversized_xml", bytes=3_000_001)
    http = await open_http(gateway, client)
    assert len((await http.call("GET", "/dcap"))[1]) == 3_000_001


async def test_half_answers_claim_more(
    open_http: OpenHttp, client: Identity, gateway: Described, fault: PutFault
) -> None:
    http = await open_http(gateway, client)
    await fault("half_answer")
    with pytest.raises(aiohttp.ClientPayloadError):
        await http.call("GET", "/dcap")
