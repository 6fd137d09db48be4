"""The command line of ``aio2030dot5`` reads what the simulator offers, and prints what is true."""

import hashlib
import json
import re
import ssl
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.conftest import GatewayFactory
from tests.interop.conftest import PY20305, Configure, Stranger, run

pytestmark = [pytest.mark.interop, pytest.mark.timeout(400)]

_QUARTER = timedelta(minutes=15)


def _values(printed: str) -> dict[str, float | None]:
    """Return what ``read`` printed, by key: a line is a key, a value, a unit and perhaps a time."""
    lines = [line for line in printed.splitlines() if not line.startswith("clock_skew")]
    found = [re.fullmatch(r"(\w+(?:\[tier \d\])?) +(\S+)(?: .*)?", line) for line in lines]
    assert all(found), printed
    return {each[1]: None if each[2] == "None" else float(each[2]) for each in found if each}


def _expected(truth: dict[str, Any]) -> dict[str, float]:
    """Return what the simulator says of its registers, by ``aio2030dot5``'s keys."""
    values: dict[str, float] = {}
    for flow in ("delivered", "received"):
        total = truth[f"{flow}_wh"]
        tiers = {f"energy_tou_summation_{flow}[tier {tier}]": value for tier, value in truth["tiers"][flow].items()}
        values |= {f"energy_summation_{flow}": total, f"energy_tou_summation_{flow}[tier 0]": total, **tiers}
    return values


@pytest.mark.parametrize("personality", ["standard", "riva"])
async def test_reads_everything(make_gateway: GatewayFactory, stranger: Stranger, personality: str) -> None:
    gateway = await make_gateway(personality=personality, bad_signature_rate=0)
    await gateway.register(stranger.lfdi)
    profile = stranger.folder / "profile.json"
    before = await gateway.readings()
    read = await stranger.read("read", gateway, "--profile", str(profile))
    after = await gateway.readings()
    assert read.status == 0, read
    assert "'failures': 0" in read.told
    values = _values(read.said)
    for key, least in _expected(before).items():
        assert least <= (values[key] or 0) <= _expected(after)[key], key
    assert values["power"] in (before["power_w"], after["power_w"])
    assert values["power_factor_phase_c"] is None  # a phase without a load: a Reading without a value
    assert all(value is not None for key, value in values.items() if key != "power_factor_phase_c")

    known = json.loads(profile.read_text())
    assert (known["certificate_lfdi"], known["meter_lfdi"]) == (gateway.lfdi, gateway.lfdi)
    assert known["meter_sfdi"] == gateway.sfdi
    offered = {channel["key"]: channel for channel in known["channels"]}
    assert not any(channel["ambiguous"] for channel in offered.values())
    intervals = {f"energy_interval_{flow}" for flow in ("delivered", "received")}
    assert {key.partition("[")[0] for key in values} == offered.keys() - intervals

    printed = await stranger.read("intervals", gateway, "--profile", str(profile))
    assert printed.status == 0, printed
    starts = [datetime.fromisoformat(line.split()[0]) for line in printed.said.splitlines()]
    assert starts == [starts[0] + number * _QUARTER for number in range(len(starts))]
    assert starts[-1] + _QUARTER <= datetime.fromtimestamp(after["time"], UTC) + timedelta(seconds=60)
    assert datetime.fromtimestamp(after["time"], UTC) - starts[-1] < 2 * _QUARTER + timedelta(seconds=60)
    assert {line.split()[2] for line in printed.said.splitlines()} == {"Wh"}


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"registration": "both"}, "MeterAuthError: GET /sdev/sdi -> HTTP 403"),
        ({"registration": "out-of-band"}, "MeterAuthError: meter rejected the client certificate"),
        ({"personality": "riva", "bad_signature_rate": 0}, "MeterAuthError: meter rejected the client certificate"),
    ],
)
async def test_a_stranger_is_told_why(
    make_gateway: GatewayFactory, stranger: Stranger, settings: dict[str, Any], said: str
) -> None:
    gateway = await make_gateway(**settings)
    read = await stranger.read("discover", gateway)
    assert (read.status, read.said) == (1, "")
    assert said in read.told


async def test_who_a_certificate_is(make_gateway: GatewayFactory, stranger: Stranger, configure: Configure) -> None:
    """LFDI and SFDI as two others make them (IEEE 2030.5-2018 clauses 6.3.3 and 6.3.4), and the portal's grouping."""
    digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(stranger.cert.read_text())).hexdigest()
    assert stranger.lfdi == digest[:40].upper()
    gateway = await make_gateway()
    checked = await run(*PY20305, "--config", str(await configure(gateway)), "--check")
    assert checked.status == 0
    assert stranger.lfdi.lower() in (checked.said + checked.told).lower()
    assert stranger.sfdi in checked.said + checked.told
    await gateway.register("-".join(stranger.lfdi[at : at + 5] for at in range(0, 40, 5)))
    assert stranger.lfdi in (await gateway.describe())["registered"]
