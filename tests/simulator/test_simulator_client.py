"""aio2030dot5 as it is works with both personalities."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from aio2030dot5 import MeterConnectionError
from aio2030dot5.identity import Identity

from tests.helpers.states import PATIENCE

if TYPE_CHECKING:
    from tests.simulator.conftest import Connect, Control

pytestmark = pytest.mark.parametrize("personality", ["standard", "riva"])

KEYS = {
    "power", "energy_summation_delivered", "energy_summation_received", "energy_tou_summation_delivered",
    "energy_tou_summation_received", "energy_interval_delivered", "energy_interval_received",
}  # fmt: skip


async def test_discover_and_read(control: Control, connect: Connect, client: Identity, personality: str) -> None:
    gateway = await control.gateway(personality=personality, bad_signature_rate=0)
    path = f"/gateways/{gateway['id']}"
    await control.call("POST", f"{path}/registrations", {"lfdi": client.lfdi.lower()})
    meter = await connect(gateway)
    peer = await meter.probe_tls()
    assert (peer.lfdi, peer.sfdi, peer.client_accepted) == (gateway["lfdi"], gateway["sfdi"], True)
    profile = await meter.discover()
    assert profile.meter_lfdi == profile.certificate_lfdi == gateway["lfdi"]
    assert profile.meter_sfdi == gateway["sfdi"]
    assert profile.poll_rate == {"standard": 30, "riva": 900}[personality]
    if personality == "riva":
        assert (profile.manufacturer_id, profile.software_version) == (1233, "3.2.50")
    channels = {channel.key: channel for channel in profile.channels}
    assert channels.keys() >= KEYS
    assert not any(channel.ambiguous for channel in profile.channels)

    before = await control.call("GET", f"{path}/readings")
    snapshot = await meter.read(profile, profile.channels, include_time=True)
    after = await control.call("GET", f"{path}/readings")
    assert snapshot.values["power"].value in {before["power_w"], after["power_w"]}
    for flow in ("delivered", "received"):
        shown = snapshot.values[f"energy_summation_{flow}"].value
        assert before[f"{flow}_wh"] <= shown <= after[f"{flow}_wh"]
        register = snapshot.tou[f"energy_tou_summation_{flow}"]
        assert register.total is not None
        assert before[f"{flow}_wh"] <= register.total.value <= after[f"{flow}_wh"]
        for tier, measurement in register.tiers.items():
            assert before["tiers"][flow][str(tier)] <= measurement.value <= after["tiers"][flow][str(tier)]
    assert snapshot.clock_skew is not None
    assert abs(snapshot.clock_skew) < timedelta(minutes=1)
    assert snapshot.values["power_factor_phase_c"].value is None

    since = datetime.now(UTC) - timedelta(hours=30)
    values = await meter.read_intervals_since(channels["energy_interval_delivered"], since)
    assert len(values) in {120, 121}
    assert all(one.end == two.start for one, two in pairwise(values))
    sets = await meter.list_interval_sets(channels["energy_interval_delivered"])
    assert len(sets) == 60
    assert all(each.start is not None and each.start.hour in {0, 12} for each in sets)


async def test_sessions_are_resumed(control: Control, connect: Connect, client: Identity, personality: str) -> None:
    gateway = await control.gateway(personality=personality, bad_signature_rate=0)
    path = f"/gateways/{gateway['id']}"
    await control.call("POST", f"{path}/registrations", {"lfdi": client.lfdi})
    meter = await connect(gateway)
    for _ in range(4):
        await meter.probe()
    assert (meter.stats.connections, meter.stats.resumed_connections) == (4, 3)
    log = await control.call("GET", f"{path}/log")
    assert (log["connections"], log["resumed"]) == (4, 3)
    assert log["requests"][0] == {
        "method": "GET", "path": "/dcap", "status": 200, "lfdi": client.lfdi[-6:], "body": "",
    }  # fmt: skip
    await control.call("DELETE", f"{path}/log")
    assert (await control.call("GET", f"{path}/log"))["connections"] == 0


async def test_connections_at_a_time(control: Control, connect: Connect, client: Identity, personality: str) -> None:
    gateway = await control.gateway(personality=personality, bad_signature_rate=0)
    await control.call("POST", f"/gateways/{gateway['id']}/registrations", {"lfdi": client.lfdi})
    meter = await connect(gateway)
    async with meter._transport.batch() as first:
        await first.get("/dcap")
        second = asyncio.create_task(
            asyncio.open_connection(gateway["host"], gateway["port"], ssl=meter._transport._ctx)
        )
        done, _ = await asyncio.wait([second], timeout=PATIENCE if personality == "standard" else 0.5)
        assert bool(done) == (personality == "standard")
    _, writer = await asyncio.wait_for(second, PATIENCE)
    writer.close()
    log = await control.call("GET", f"/gateways/{gateway['id']}/log")
    assert log["concurrent_max"] == 2


async def test_idle_connections_are_closed(
    control: Control, connect: Connect, client: Identity, personality: str
) -> None:
    gateway = await control.gateway(personality=personality, bad_signature_rate=0, idle_seconds=0.2)
    await control.call("POST", f"/gateways/{gateway['id']}/registrations", {"lfdi": client.lfdi})
    meter = await connect(gateway)
    async with meter._transport.batch() as batch:
        await batch.get("/dcap")
        await asyncio.sleep(0.5)
        await batch.get("/dcap")
    assert meter.stats.connections == 2


async def test_a_bad_signature_now_and_then(
    control: Control, connect: Connect, client: Identity, personality: str
) -> None:
    gateway = await control.gateway(personality=personality, bad_signature_rate=0.5, seed=3)
    await control.call("POST", f"/gateways/{gateway['id']}/registrations", {"lfdi": client.lfdi})
    failed = 0
    for _ in range(12):
        try:
            meter = await connect(gateway)
            await meter.probe_tls()
            failed += meter.stats.bad_signature_retries
        except MeterConnectionError:
            failed += 1
    assert 2 <= failed <= 12


async def test_nonsense_does_no_harm(control: Control, connect: Connect, client: Identity, personality: str) -> None:
    gateway = await control.gateway(personality=personality, bad_signature_rate=0)
    await control.call("POST", f"/gateways/{gateway['id']}/registrations", {"lfdi": client.lfdi})
    meter = await connect(gateway)
    for data in (b"GET /dcap HTTP/1.1\r\n\r\n", bytes(range(256)), b""):
        reader, writer = await asyncio.open_connection(gateway["host"], gateway["port"])
        writer.write(data)
        writer.write_eof()
        await reader.read()
        writer.close()
    for request in (b"GET //[ HTTP/1.1", b"nonsense", b"HEAD /nothing HTTP/1.1", b"GET /upt?s=%00 HTTP/1.1"):
        reader, writer = await asyncio.open_connection(gateway["host"], gateway["port"], ssl=meter._transport._ctx)
        writer.write(request + b"\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert (await reader.read()).startswith(b"HTTP/1.1 40")
        writer.close()
    await meter.probe()
    log = await control.call("GET", f"/gateways/{gateway['id']}/log")
    assert log["failed_handshakes"] == 3
