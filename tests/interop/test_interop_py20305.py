"""The command line of ``py20305``, a client of utility servers, registers and looks round."""

import pytest

from tests.conftest import GatewayFactory, SimulatedGateway
from tests.helpers.documents import problems
from tests.interop.conftest import Configure, Start, Stranger

pytestmark = [pytest.mark.interop, pytest.mark.timeout(400)]

LOOKED_ROUND = "Starting poll loop"


async def _requests(gateway: SimulatedGateway, method: str) -> list[tuple[str, int]]:
    """Return the paths of all requests with a method, and how they were answered."""
    log = await gateway.log()
    return [(each["path"], each["status"]) for each in log["requests"] if each["method"] == method]


async def test_a_stranger_registers_in_band(
    make_gateway: GatewayFactory, stranger: Stranger, configure: Configure, start: Start
) -> None:
    """It POSTs its EndDevice (IEEE 2030.5-2018, 8.2), finds it in the list, and what is assigned to it."""
    gateway = await make_gateway(registration="in-band")
    client = await start(await configure(gateway))
    assert (await client.until("registered EndDevice at")).endswith("/edev/1")
    await client.until("Discovery complete: 1 devices")
    await client.until(LOOKED_ROUND)
    assert await client.stop() == 0
    assert (await gateway.describe())["registered"] == [stranger.lfdi]
    assert await _requests(gateway, "POST") == [("/edev", 201)]
    read = await _requests(gateway, "GET")
    assert {"/dcap", "/tm", "/sdev", "/edev", "/edev/1/fsa", "/edev/1/sub"} == {path for path, _ in read}
    assert {status for _, status in read} == {200}
    (sent,) = [each["body"] for each in (await gateway.log())["requests"] if each["method"] == "POST"]
    assert list(problems(sent.encode())) == []


async def test_one_registered_out_of_band_is_found(
    make_gateway: GatewayFactory, stranger: Stranger, configure: Configure, start: Start
) -> None:
    gateway = await make_gateway(registration="out-of-band")
    await gateway.register(stranger.lfdi, pin="111115")
    client = await start(await configure(gateway, registration_pins={stranger.lfdi: 111115}))
    await client.until("EndDevice already registered for")
    await client.until(LOOKED_ROUND)
    assert any("Registration PIN verified" in line for line in client.lines)
    assert await client.stop() == 0
    assert await _requests(gateway, "POST") == []


async def test_another_pin_is_noticed(
    make_gateway: GatewayFactory, stranger: Stranger, configure: Configure, start: Start
) -> None:
    gateway = await make_gateway()
    await gateway.register(stranger.lfdi, pin="111115")
    client = await start(await configure(gateway, registration_pins={stranger.lfdi: 123455}))
    line = await client.until("PIN mismatch")
    assert "111115" in line or "123455" in line
    assert await client.stop() == 0


async def test_a_meter_without_a_list_of_devices_serves_it_still(
    make_gateway: GatewayFactory, stranger: Stranger, configure: Configure, start: Start
) -> None:
    gateway = await make_gateway(personality="riva", bad_signature_rate=0)
    await gateway.register(stranger.lfdi)
    client = await start(await configure(gateway))
    await client.until("No EndDeviceListLink in DeviceCapability")
    await client.until("in-band registration did not succeed")
    await client.until(LOOKED_ROUND)
    assert await client.stop() == 0
    assert {path for path, _ in await _requests(gateway, "GET")} == {"/dcap", "/tm", "/sdev"}
