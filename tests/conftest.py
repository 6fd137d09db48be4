"""The running simulator and a Home Assistant for every test that asks for them."""

import asyncio
import gc
import json
import logging
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import aiohttp
import pytest
from aio2030dot5 import Timeouts
from homeassistant.core import HomeAssistant
from hypothesis import HealthCheck, settings
from zeroconf import Zeroconf

from custom_components.utility_han.gateway.ieee2030_5.connection import Pacing
from custom_components.utility_han.gateway.ieee2030_5.identity import create_identity
from custom_components.utility_han.gateway.zigbee import waiting
from custom_components.utility_han.hub.entity import SubjectEntity
from custom_components.utility_han.hub.flow import stepping
from custom_components.utility_han.hub.reach import link
from script.demo_home.process import led
from tests.helpers.documents import problems
from tests.helpers.workers import async_end_workers

# Until all tests are found nearly everything that is made stays: looking for garbage takes a quarter of that time.
gc.disable()

pytest_plugins = [
    "pytest_homeassistant_custom_component",
    "tests.fault_matrix_report",
    "tests.soak_report",
    "tests.helpers.demo",
    "tests.helpers.raised",
    "tests.helpers.simulated_vtn",
    "tests.helpers.utility",
    "tests.helpers.vtn_under_test",
    "tests.packing",
]


def pytest_configure() -> None:
    """Have the database's statements out of the log: they hide what a failed test has to say."""
    logging.getLogger("sqlalchemy.engine").setLevel(logging.WARNING)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what may take longest, so that no worker is left with it when all others have ended."""
    items.sort(key=_patience, reverse=True)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop() -> None:
    """Have garbage looked for from now on, but not among what is there for all tests."""
    gc.freeze()
    gc.enable()


def _patience(item: pytest.Item) -> float:
    marker = item.get_closest_marker("timeout")
    return float(marker.args[0] or 600) if marker else 180.0


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Have the log of a test that was given half a character written: with one in it xdist ends the whole run."""
    report = yield
    report.sections = [(name, text.encode(errors="backslashreplace").decode()) for name, text in report.sections]
    return report


# The library of certificates keeps the kind of time that it meets first: that must not be one of a frozen clock.
create_identity()

# What hypothesis finds is not how fast the machine is, nor what chance has it try today: script/fuzz looks further.
settings.register_profile("any machine", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

ZEROCONF = Zeroconf.__init__

PACING = Pacing(connections=0.05, requests=0.0, probes=0.02)
TIMEOUTS = Timeouts(connect=6.0, handshake=6.0, response=6.0)
ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def _sockets(socket_enabled: None) -> None:
    """Let tests reach the simulator on loopback."""


@pytest.fixture(autouse=True)
def _unhurried() -> Iterator[None]:
    """Give the simulator none of the breaks and little of the time that a meter needs."""
    with (
        patch.object(link, "PACING", PACING),
        patch.object(link, "TIMEOUTS", TIMEOUTS),
        patch.object(stepping, "RETRY_EVERY", 0.05),
        patch.object(waiting, "QUIET_SECONDS", 0.3),
        patch.object(waiting, "ANSWER_SECONDS", 3.0),
    ):
        yield


@pytest.fixture(autouse=True)
async def enable_event_loop_debug() -> None:
    """Have the loop check its threads, as for Home Assistant's own tests, but keep no stack of every call that waits.

    Those are for who reads them, and are a third of all time.
    """
    loop = asyncio.get_running_loop()
    loop.set_debug(True)
    loop.get_debug = lambda: False  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
async def _workers_end(verify_cleanup: None) -> AsyncIterator[None]:
    """Have the threads of the executor end before they are looked for."""
    yield
    loop: Any = asyncio.get_running_loop()
    await async_end_workers(loop._default_executor)


@pytest.fixture(autouse=True)
def _zeroconf_of_its_own() -> Iterator[None]:
    """Give the process its Zeroconf back: Home Assistant's puts itself in its place, also for what comes after."""
    yield
    if Zeroconf.__init__ is not ZEROCONF:
        # What Home Assistant has set cannot be deleted: the class would refuse its arguments from then on.
        Zeroconf.__new__ = lambda cls, *_, **__: object.__new__(cls)  # type: ignore[method-assign]
        Zeroconf.__init__ = ZEROCONF  # type: ignore[method-assign]


@pytest.fixture
async def hass(hass: HomeAssistant) -> AsyncIterator[HomeAssistant]:
    """A Home Assistant that is stopped when no hub is being set up or unloaded.

    A reload that the last step of a test began would end after Home Assistant, and begin what nobody stops.
    """
    yield hass
    for entry in hass.config_entries.async_entries():
        async with entry.setup_lock:
            pass


@pytest.fixture
def as_found() -> None:
    """A home in which nobody has enabled or disabled an entity yet."""


@pytest.fixture(autouse=True)
def _looked_into(request: pytest.FixtureRequest) -> Iterator[None]:
    """Have what is there to be enabled enabled, but registers that are no tier, which are read for it.

    Most tests look closer than people do at first.
    """
    if "as_found" in request.fixturenames:
        yield
        return

    def enabled(entity: SubjectEntity) -> bool:
        row = entity.entity_description
        return row.register is None or "_tier_" in row.register or row.entity_registry_enabled_default

    with patch.object(SubjectEntity, "entity_registry_enabled_default", property(enabled)):
        yield


@pytest.fixture(scope="session")
def simulator_url() -> Generator[str]:
    """Start the simulator once and return the address of its control endpoint."""
    process = subprocess.Popen(  # noqa: S603 - our own code
        led("-m", "simulator", "--port", "0", "--control-port", "0"),
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    started = json.loads(process.stdout.readline())
    yield started["control"]
    process.terminate()
    assert process.wait(60) == 0


class SimulatedGateway:
    """One gateway of the simulator, and what can be done to it."""

    def __init__(
        self, session: aiohttp.ClientSession, url: str, description: dict[str, Any], options: dict[str, Any]
    ) -> None:
        self._session = session
        self.options = options
        """What it was made with."""
        self._url = f"{url}/gateways/{description['id']}"
        self.zigbee: dict[str, Any] | None = description["zigbee"]
        self.host: str = description["host"]
        self.port: int = description["port"]
        self.lfdi: str = (self.zigbee or description)["lfdi"]
        self.sfdi: str = description["sfdi"]
        self.pin: str = f"{int(description['pin']):06d}"
        # Gateways of one simulator share a utility, and serial numbers with it; the LFDI may have been another's.
        self.free_serial = f"HA-{int(description['id']):012}"

    async def _call(self, method: str, path: str = "", /, **json_body: Any) -> Any:
        async with self._session.request(method, f"{self._url}{path}", json=json_body) as response:
            body = await response.json() if response.content_type == "application/json" else None
            assert response.status < 400, body
            return body

    def radio(self, kind: str = "ezsp") -> dict[str, str]:
        """Return ``url``, ``eui64`` and ``install_code`` of a radio near the meter."""
        assert self.zigbee is not None
        return dict(self.zigbee["radios"][kind])

    async def permit(self, kind: str = "ezsp", **other: str) -> None:
        """Have the utility let a radio onto the meter's network, or another device."""
        radio = self.radio(kind)
        named = {"eui64": radio["eui64"], "install_code": radio["install_code"]} | other
        await self._call("POST", "/zigbee/permitted", **named)

    async def tell_to_leave(self, eui64: str) -> None:
        """Have the meter take a device off its network."""
        await self._call("DELETE", f"/zigbee/members/{eui64}")

    async def switch_network_key(self) -> None:
        """Have the meter give its network another key."""
        await self._call("POST", "/zigbee/key")

    async def frame(self, cluster: int, payload: bytes, **how: Any) -> None:
        """Have the meter, or a ``stranger`` on its network, send the EZSP radio a frame."""
        await self._call("POST", "/zigbee/frames", cluster=cluster, payload=payload.hex(), **how)

    async def unplug(self, kind: str = "ezsp") -> None:
        """Pull a radio out."""
        await self._call("DELETE", f"/zigbee/radios/{kind}")

    async def plug_in(self, kind: str = "ezsp") -> None:
        """Put a radio back."""
        await self._call("PUT", f"/zigbee/radios/{kind}")

    async def network(self) -> dict[str, Any]:
        """Return how the meter's network stands."""
        return dict(await self._call("GET", "/zigbee"))

    async def register(self, lfdi: str, **more: Any) -> None:
        """Have the utility accept a certificate."""
        await self._call("POST", "/registrations", lfdi=lfdi, **more)

    async def withdraw(self, lfdi: str) -> None:
        """Have the utility forget a certificate."""
        await self._call("DELETE", f"/registrations/{lfdi}")

    async def log_event(self, **event: Any) -> None:
        """Have the gateway, or the device ``lfdi``, write into its log."""
        await self._call("POST", "/log_events", **event)

    async def bring_device(self, *, register: bool = True, **more: Any) -> dict[str, Any]:
        """Bring a device with a client of its own near; return what its label says (``lfdi``, ``pin``) and more.

        ``register``: the utility tells the gateway of it too.
        """
        device = dict(await self._call("POST", "/devices", **{"poll_seconds": 0.2, **more}))
        if register:
            await self.register(device["lfdi"], pin=device["pin"])
        return device

    async def set_device(self, lfdi: str, **how: bool | int) -> None:
        """Have a device that speaks for itself be ``answering`` or not; the ``battery`` (batteryStatus) of any."""
        await self._call("PATCH", f"/registrations/{lfdi}", **how)

    async def cancel_subscriptions(self, status: int) -> None:
        """End every subscription, and tell so with a Notification of this status."""
        await self._call("POST", "/subscriptions/cancel", status=status)

    async def unenroll(self, lfdi: str, program: int = 1) -> None:
        """Take a device out of a program behind the utility's back."""
        await self._call("DELETE", f"/programs/{program}/devices/{lfdi}")

    async def fault(self, name: str, **parameters: Any) -> None:
        """Switch a fault on."""
        await self._call("PUT", f"/faults/{name}", **parameters)

    async def mend(self) -> None:
        """Switch all faults off."""
        await self._call("DELETE", "/faults")

    async def send(self, text: str, **more: Any) -> None:
        """Have the utility send a text message."""
        await self._call("POST", "/messages", text=text, **more)

    async def recall(self, number: int) -> None:
        """Have the utility take a text message back."""
        await self._call("DELETE", f"/messages/{number}")

    async def replace(self, **more: Any) -> None:
        """Put another meter in its place."""
        description = await self._call("POST", "/replace", **more)
        self.lfdi, self.sfdi = description["lfdi"], description["sfdi"]

    async def move(self) -> None:
        """Have it listen on another port."""
        self.port = (await self._call("POST", "/move"))["port"]

    async def describe(self) -> dict[str, Any]:
        """Return what the simulator says of it now."""
        return dict(await self._call("GET"))

    async def kept(self) -> dict[str, Any]:
        """Return what is kept of it over restarts, by which another goes on as it."""
        return dict(await self._call("GET", "/kept"))

    async def log(self) -> dict[str, Any]:
        """Return its connections and requests so far."""
        return dict(await self._call("GET", "/log"))

    async def clear_log(self) -> None:
        """Begin counting anew."""
        await self._call("DELETE", "/log")

    async def readings(self) -> dict[str, Any]:
        """Return the truth behind its registers."""
        return dict(await self._call("GET", "/readings"))

    async def publish(self, **control: Any) -> dict[str, Any]:
        """Have the utility ask devices for something."""
        return dict(await self._call("POST", "/controls", **control))

    async def cancel(self, number: int, **how: Any) -> None:
        """Have the utility call a control off."""
        await self._call("POST", f"/controls/{number}/cancel", **how)

    async def unlist(self, number: int) -> None:
        """Have a control listed no longer, and not called off."""
        await self._call("DELETE", f"/controls/{number}")

    async def enroll(self, lfdi: str, program: int = 1) -> None:
        """Have the utility let a device take part in a program."""
        await self._call("PUT", f"/programs/{program}/devices/{lfdi}")

    async def power_status(self, lfdi: str) -> dict[str, Any] | None:
        """Return what a device told of its charging."""
        found = await self._call("GET", "/vehicles")
        return dict(found[lfdi]) if lfdi in found else None

    async def reservations(self) -> list[dict[str, Any]]:
        """Return the flow reservations asked for, oldest first."""
        return list(await self._call("GET", "/reservations"))

    async def answer_reservation(self, mrid: str, **answer: Any) -> None:
        """Answer a request otherwise than it asks."""
        await self._call("POST", f"/reservations/{mrid}", **answer)

    async def call_off_reservation(self, mrid: str) -> None:
        """Have what was reserved be cancelled by the utility."""
        await self._call("DELETE", f"/reservations/{mrid}")

    async def event_responses(self) -> list[dict[str, Any]]:
        """Return what was answered to messages, prices and reservations, oldest first."""
        return list(await self._call("GET", "/event_responses"))

    async def set_prices(self, *prices: float, response_required: int = 0) -> None:
        """Put prices per kWh in force, that of tier 1 first."""
        await self._call("PUT", "/prices", prices=list(prices), response_required=response_required)

    async def responses(self) -> list[dict[str, Any]]:
        """Return what devices answered to controls, oldest first."""
        return list(await self._call("GET", "/responses"))


type GatewayFactory = Callable[..., Awaitable[SimulatedGateway]]


async def _wrong_in_what_was_sent(session: aiohttp.ClientSession, url: str) -> list[str]:
    """Return what the schemas and others' models find wrong in the documents that a gateway was sent."""
    async with session.get(f"{url}/log") as response:
        requests = (await response.json())["requests"] if response.status == 200 else []
    sent = {each["body"]: f"{each['method']} {each['path']}" for each in requests if each["body"]}
    return [f"{where}: {problem}" for body, where in sent.items() for problem in problems(body.encode())]


@pytest.fixture
async def make_gateway(simulator_url: str) -> AsyncIterator[GatewayFactory]:
    """Return a maker of gateways that are gone after the test; whatever they were sent has to be valid."""
    async with aiohttp.ClientSession() as session:
        made: list[str] = []

        async def make(**options: Any) -> SimulatedGateway:
            async with session.post(f"{simulator_url}/gateways", json=options) as response:
                description = await response.json()
                assert response.status == 201, description
            made.append(description["id"])
            return SimulatedGateway(session, simulator_url, description, options)

        yield make
        wrong: list[str] = []
        for identifier in made:
            wrong += await _wrong_in_what_was_sent(session, f"{simulator_url}/gateways/{identifier}")
            async with session.delete(f"{simulator_url}/gateways/{identifier}"):
                pass
        assert not wrong
    await asyncio.sleep(0)


@pytest.fixture
def transport() -> str:
    """How the gateway is reached; tests of both ways are parametrised by ``BOTH_TRANSPORTS``."""
    return "ip"


BOTH_TRANSPORTS = pytest.mark.parametrize("transport", ["ip", "ezsp"])


STANDARD = {"personality": "standard", "registration": "both"}
"""A gateway of the standard personality that takes in-band and out-of-band registrations."""


@pytest.fixture
async def gateway(make_gateway: GatewayFactory, transport: str) -> SimulatedGateway:
    """A standard gateway."""
    return await make_gateway(**STANDARD, zigbee=transport != "ip")
