"""Home Assistant as the client of an IEEE 2030.5 server that none of us wrote: GridAPPS-D's (``gridappsd-2030-5``).

``script/interop-gateway`` installs it and names its Python in ``GRIDAPPSD_PYTHON``; this file is collected there only.
It is a server as they are: it closes each connection after an answer, has the entries of its EndDeviceList in that
list alone, and in its Time neither quality nor when summer time begins. Its meter readings name types that it does
not serve, so that there are none to be read, and it has no demand response.
"""

import asyncio
import os
import re
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from subprocess import PIPE, STDOUT, Popen
from unittest.mock import patch
from urllib.request import Request, urlopen
from xml.etree import ElementTree as ET

import pytest
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from custom_components.utility_han.gateway.errors import Reason
from custom_components.utility_han.gateway.ieee2030_5.client import Ieee2030_5Gateway
from custom_components.utility_han.gateway.ieee2030_5.identity import Identity, create_identity, load_identity
from custom_components.utility_han.gateway.model import ListedDevice, VehiclePowerStatus
from custom_components.utility_han.hub.flow import finding
from custom_components.utility_han.procedures.commissioning import CommissioningRun, Method, commission
from custom_components.utility_han.procedures.step import Outcome, Step, StepResult
from script.demo_home.process import led
from tests.conftest import PACING, TIMEOUTS
from tests.helpers import flows

pytestmark = [pytest.mark.interop, pytest.mark.timeout(300), pytest.mark.xdist_group("gridappsd")]

PIN = 111115
EMS = 1 << 14
SERVE = Path(__file__).parent / "gridappsd" / "serve.py"
_PATIENCE = 120
_AT = re.compile(r"Running on https://127\.0\.0\.1:(\d+)")
_SEP = "{urn:ieee:std:2030.5:ns}"


@dataclass(frozen=True)
class Server:
    """The server, and the certificate that its authority made for Home Assistant."""

    port: int
    tls: Path

    @property
    def certificate(self) -> str:
        """The certificate as PEM, as openssl writes it: with its text before."""
        return (self.tls / "certs" / "home.crt").read_text()

    @property
    def key(self) -> str:
        """Its key as PEM."""
        return (self.tls / "private" / "home.pem").read_text()

    def has(self, path: str) -> ET.Element:
        """Return what the server has at a path, asked for as Home Assistant, and not by it."""
        context = ssl.create_default_context(cafile=str(self.tls / "certs" / "ca.crt"))
        context.check_hostname = False
        context.load_cert_chain(self.tls / "certs" / "home.crt", self.tls / "private" / "home.pem")
        with urlopen(Request(f"https://127.0.0.1:{self.port}{path}"), context=context) as answer:
            return ET.fromstring(answer.read())  # noqa: S314


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server, with one device that its operator has registered."""
    folder = tmp_path_factory.mktemp("gridappsd")
    # Its clock wants a place with summer time.
    environment = os.environ | {"HOME": str(folder), "TZ": "America/Los_Angeles"}
    command = led("-x", os.environ["GRIDAPPSD_PYTHON"], str(SERVE), str(folder), str(PIN), "home")
    said = folder / "said"
    with (
        said.open("w") as log,
        Popen(command, cwd=folder, env=environment, stdin=PIPE, stdout=log, stderr=STDOUT) as process,  # noqa: S603
    ):
        try:
            end = time.monotonic() + _PATIENCE
            while (at := _AT.search(said.read_text())) is None:
                assert process.poll() is None, said.read_text()
                assert time.monotonic() < end, said.read_text()
                time.sleep(0.2)
            yield Server(int(at[1]), folder / "tls")
        finally:
            process.terminate()


@pytest.fixture
async def identity(server: Server) -> Identity:
    """The identity that the server's authority vouches for."""
    return await asyncio.to_thread(load_identity, server.certificate, server.key)


async def _client(server: Server, identity: Identity) -> Ieee2030_5Gateway:
    return await Ieee2030_5Gateway.create("127.0.0.1", server.port, identity, pacing=PACING, timeouts=TIMEOUTS)


async def _taken(client: Ieee2030_5Gateway, run: CommissioningRun) -> dict[Step, StepResult]:
    async def save(run: CommissioningRun) -> None:
        """Nothing is begun anew here."""

    return {each.step: each async for each in commission(client, run, save) if each.outcome is not Outcome.RUNNING}


async def _only_device(client: Ieee2030_5Gateway) -> ListedDevice:
    listed = await client.listed_devices()
    assert listed is not None
    (device,) = listed
    return device


@pytest.mark.use_case("IP-6", "IP-7", "IP-8", "IP-9", "IP-10", "IP-11")
@pytest.mark.parametrize("method", list(Method))
async def test_who_its_operator_registered_is_commissioned(server: Server, identity: Identity, method: Method) -> None:
    taken = await _taken(await _client(server, identity), CommissioningRun(method, EMS, pin=PIN))
    assert {step: each.outcome for step, each in taken.items()} == {
        **dict.fromkeys((Step.IP_6, Step.IP_7, Step.IP_8, Step.IP_9, Step.IP_10), Outcome.DONE),
        Step.IP_11: Outcome.NOT_OFFERED,
    }
    assert {"end_device", "metering", "time"} <= set(taken[Step.IP_8].evidence["function_sets"])
    assert taken[Step.IP_8].evidence["programs"] == ["Homes"]
    assert abs(taken[Step.IP_8].evidence["clock_offset"]) < 3
    assert taken[Step.IP_9].evidence["listed"] == 1
    compared = Step.IP_7 if method is Method.IN_BAND else Step.IP_9
    assert taken[compared].evidence["pin_fits"] is True


@pytest.mark.use_case("IP-7")
async def test_pin_that_it_was_not_given_is_asked_about(server: Server, identity: Identity) -> None:
    taken = await _taken(await _client(server, identity), CommissioningRun(Method.IN_BAND, EMS, pin=123455))
    assert (taken[Step.IP_7].outcome, taken[Step.IP_7].reason) == (Outcome.FAILED, Reason.WRONG_PIN)


@pytest.mark.use_case("IP-6")
async def test_who_it_does_not_know_waits_for_its_operator(server: Server) -> None:
    stranger = await asyncio.to_thread(create_identity)
    taken = await _taken(await _client(server, stranger), CommissioningRun(Method.OUT_OF_BAND, EMS, pin=PIN))
    assert (taken[Step.IP_6].outcome, taken[Step.IP_6].reason) == (Outcome.WAITING, Reason.PORTAL_PENDING)


@pytest.mark.use_case("IP-9", "UR-12")
async def test_its_list_has_the_device_and_nothing_is_assigned_to_it(server: Server, identity: Identity) -> None:
    client = await _client(server, identity)
    listed = await _only_device(client)
    assert (listed.lfdi, listed.sfdi, listed.enabled) == (identity.lfdi, identity.sfdi, True)
    assert await client.device_programs(listed.href) == []


@pytest.mark.use_case("UR-EV")
async def test_what_a_vehicle_tells_is_kept_as_it_was_told(server: Server, identity: Identity) -> None:
    client = await _client(server, identity)
    listed = await _only_device(client)
    now = datetime.now(UTC).replace(microsecond=0)
    leaves = now + timedelta(hours=9)
    status = VehiclePowerStatus(7360.0, 22_500.0, 11_000.0, timedelta(hours=2), 80.0, 41.5, leaves, now)
    assert await client.publish_vehicle(listed.href, status)
    kept = await asyncio.to_thread(server.has, f"{listed.href}_ps")
    assert kept.findtext(f"{_SEP}estimatedChargeRemaining") == "4150"
    (vehicle,) = kept.iter(f"{_SEP}PEVInfo")
    assert vehicle.findtext(f"{_SEP}chargingPowerNow/{_SEP}value") == "7360"
    assert vehicle.findtext(f"{_SEP}energyRequestNow/{_SEP}value") == "22500"
    assert vehicle.findtext(f"{_SEP}minimumChargingDuration") == "7200"
    assert vehicle.findtext(f"{_SEP}targetStateOfCharge") == "8000"
    assert vehicle.findtext(f"{_SEP}timeChargeIsNeeded") == str(int(leaves.timestamp()))


@pytest.mark.use_case("IP-1", "IP-5", "IP-6", "IP-7", "IP-9", "IP-10")
@pytest.mark.usefixtures("enable_custom_integrations", "mock_async_zeroconf")
async def test_home_assistant_is_set_up_with_a_certificate_that_it_brings(hass: HomeAssistant, server: Server) -> None:
    with patch.object(finding, "async_browse_gateways", return_value=[]):  # it announces itself to nobody
        result = await flows.start(hass)
    result = await flows.submit(hass, result, {"host": "127.0.0.1", "port": server.port})
    result = await flows.submit(hass, await flows.walk(hass, result, "method"), {"way": "identity_import"})
    result = await flows.submit(hass, result, {"certificate": server.certificate, "key": server.key})
    result = await flows.finish(hass, await flows.by_portal(hass, result))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    entry = result["result"]
    assert entry.state is ConfigEntryState.LOADED
    await entry.runtime_data.coordinator.async_refresh()
    assert entry.runtime_data.coordinator.connected is True
