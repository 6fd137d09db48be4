"""What xcel_itron2mqtt, the widely used bridge of Itron's meter to MQTT, reads on agent 3.2.50.

Paths, elements and how they are looked for are facts of that project (``endpoints_3_2_50.yaml``, ``xcelMeter.py``,
``xcelEndpoint.py``): one connection that is kept, any certificate of the meter, any Accept, the first element of a
name wherever it stands.
"""

import asyncio
import ssl
from http.client import HTTPSConnection
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.conftest import GatewayFactory, SimulatedGateway
from tests.interop.conftest import Stranger

pytestmark = [pytest.mark.interop, pytest.mark.timeout(400)]

HARDWARE = ("/sdev/sdi", ("lFDI", "swVer", "mfID"))
POWER = "/upt/1/mr/1/r"
ENERGY = {
    "/upt/1/mr/2/rs/1/r/1": ("received_wh", None),
    "/upt/1/mr/3/rs/1/r/1": ("delivered_wh", None),
    **{f"/upt/1/mr/8/rs/1/r/{1 + tier}": ("received", str(tier)) for tier in range(1, 4)},
    **{f"/upt/1/mr/9/rs/1/r/{1 + tier}": ("delivered", str(tier)) for tier in range(1, 4)},
    "/upt/1/mr/8/rs/1/r/1": ("received_wh", None),
    "/upt/1/mr/9/rs/1/r/1": ("delivered_wh", None),
}
"""Of these the simulator's truth is known."""
OTHERS = {f"/upt/1/mr/{number}/r" for number in (4, 5, 6, 7, 17, 18)}
"""VAh, VARh and maximum demand, both ways."""
POWER_FACTORS = {f"/upt/1/mr/{number}/r" for number in (19, 20, 21, 22)}


def _read(gateway: SimulatedGateway, stranger: Stranger, wanted: dict[str, tuple[str, ...]]) -> dict[str, Any]:
    """Return the elements of each path's answer that are there, over one connection."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("ECDHE:@SECLEVEL=0")
    context.load_cert_chain(stranger.cert, stranger.key)
    connection = HTTPSConnection(gateway.host, gateway.port, context=context, timeout=15)
    found: dict[str, Any] = {}
    try:
        for path, names in wanted.items():
            connection.request("GET", path, headers={"Accept": "*/*", "Connection": "keep-alive"})
            answer = connection.getresponse()
            root = ElementTree.fromstring(answer.read())  # noqa: S314 - the simulator is trusted
            assert answer.status == 200, path
            elements = {name: root.find(f".//{{urn:ieee:std:2030.5:ns}}{name}") for name in names}
            found[path] = {name: element.text for name, element in elements.items() if element is not None}
    finally:
        connection.close()
    return found


async def test_everything_it_reads_is_there(make_gateway: GatewayFactory, stranger: Stranger) -> None:
    gateway = await make_gateway(personality="riva", bad_signature_rate=0)
    await gateway.register(stranger.lfdi)
    wanted: dict[str, tuple[str, ...]] = dict([HARDWARE])
    wanted |= dict.fromkeys([*ENERGY, *OTHERS], ("start", "value"))
    wanted |= dict.fromkeys([POWER, *POWER_FACTORS], ("value",))
    before = await gateway.readings()
    found = await asyncio.to_thread(_read, gateway, stranger, wanted)
    after = await gateway.readings()
    assert found.pop("/sdev/sdi") == {"lFDI": gateway.lfdi, "swVer": "3.2.50", "mfID": "1233"}
    assert int(found.pop(POWER)["value"]) in (before["power_w"], after["power_w"])
    for path, (of, tier) in ENERGY.items():
        least, most = (each[of] if tier is None else each["tiers"][of][tier] for each in (before, after))
        assert least <= int(found[path]["value"]) <= most, path
    for path in (*ENERGY, *OTHERS):
        assert int(before["time"]) <= int(found[path]["start"]) <= after["time"], path
        assert int(found[path]["value"]) > 0, path
    # It multiplies by 0.001, and leaves out what is not there: phase C has no load.
    factors = {path: found[path].get("value") for path in sorted(POWER_FACTORS)}
    assert [None if each is None else int(each) * 0.001 for each in factors.values()] == [
        pytest.approx(0.95, abs=0.02), pytest.approx(0.95, abs=0.02), pytest.approx(0.95, abs=0.02), None,
    ]  # fmt: skip
    assert (await gateway.log())["connections"] == 1
