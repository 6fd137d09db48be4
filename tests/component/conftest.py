"""A Home Assistant with commissioned gateways."""

from collections.abc import Callable, Iterator
from typing import Any, Protocol
from unittest.mock import patch

import pytest
from aio2030dot5 import Advertisement
from aiousbwatcher import AIOUSBWatcher
from homeassistant.config_entries import ConfigEntry, ConfigFlowResult
from homeassistant.core import HomeAssistant, callback
from homeassistant.data_entry_flow import FlowHandler, FlowManager
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.utility_han.account.discovery import FoundVtn
from custom_components.utility_han.const import DOMAIN
from tests.conftest import STANDARD, GatewayFactory, SimulatedGateway
from tests.helpers import accounts, described, flows
from tests.helpers.commissioned import CommissionedHome, remember
from tests.helpers.utility import SimulatedUtility


@pytest.fixture
def hass_config_dir(hass_tmp_config_dir: str) -> str:
    """A folder of each test's own: blueprints are written into it once automations are loaded."""
    return hass_tmp_config_dir


@pytest.fixture(autouse=True)
def heard() -> Iterator[list[Advertisement]]:
    """The gateways that mDNS would hear; tests hold no multicast sockets."""
    gateways: list[Advertisement] = []

    async def browse(hass: HomeAssistant) -> list[Advertisement]:
        return gateways

    async def locate(hass: HomeAssistant, sfdi: str) -> Advertisement | None:
        return next((found for found in gateways if found.sfdi == sfdi), None)

    with (
        patch("custom_components.utility_han.hub.flow.finding.async_browse_gateways", browse),
        patch("custom_components.utility_han.hub.reach.following.async_locate_gateway", locate),
    ):
        yield gateways


@pytest.fixture(autouse=True)
def heard_vtns() -> Iterator[list[FoundVtn]]:
    """The VTNs that mDNS would hear."""
    vtns: list[FoundVtn] = []

    async def browse(hass: HomeAssistant) -> list[FoundVtn]:
        return vtns

    with patch("custom_components.utility_han.account.flow.vtn.async_browse_vtns", browse):
        yield vtns


class _Watcher(AIOUSBWatcher):
    """A watcher of USB devices that sees none."""

    def async_start(self) -> Callable[[], None]:
        return lambda: None


@pytest.fixture(autouse=True)
def _usb() -> Iterator[None]:
    """Leave the machine's own USB bus alone, and what serial ports are registered with for the whole process."""
    with (
        patch("homeassistant.components.usb.AIOUSBWatcher", _Watcher),
        patch("homeassistant.components.usb.register_serialx_transport", return_value=callback(lambda _event: None)),
    ):
        yield


@pytest.fixture(autouse=True)
def _home_assistant(request: pytest.FixtureRequest) -> None:
    """Find the integration; the recorder, where a test wants it, has to be there before Home Assistant is."""
    if "recorder_mock" in request.fixturenames:
        request.getfixturevalue("recorder_mock")
    request.getfixturevalue("enable_custom_integrations")
    request.getfixturevalue("mock_async_zeroconf")


@pytest.fixture(autouse=True)
def _described() -> Iterator[None]:
    """Every field of every form that a test is shown has a name, and says what it is for: the rule *config-flow*."""
    shown: set[str] = set()
    show = FlowHandler.async_show_form

    def show_form(self: FlowHandler[Any, Any, Any], **form: Any) -> Any:
        shown.update(described.texts_of(self, form))
        return show(self, **form)

    with patch.object(FlowHandler, "async_show_form", show_form):
        yield
    assert described.missing(shown) == []


@pytest.fixture(autouse=True)
def _filled() -> Iterator[None]:
    """Every text of every page that a test is shown is given all that it needs to be filled with."""
    unfilled: set[str] = set()
    dialogs: dict[str, described.Dialog | None] = {}
    handle = FlowManager._async_handle_step

    async def handle_step(self: FlowManager[Any, Any, Any], flow: FlowHandler[Any, Any, Any], *step: Any) -> Any:
        if flow.flow_id not in dialogs:  # a notice may be gone before its dialog is
            dialogs[flow.flow_id] = described.dialog_of(flow)
        page = await handle(self, flow, *step)
        if (dialog := dialogs[flow.flow_id]) is not None:
            unfilled.update(dialog.unfilled(page))
        return page

    with patch.object(FlowManager, "_async_handle_step", handle_step):
        yield
    assert not unfilled


async def over_ip(hass: HomeAssistant, gateway: SimulatedGateway) -> ConfigFlowResult:
    """Commission in-band, up to the page that tells of success."""
    result = await flows.start(hass)
    result = await flows.submit(hass, result, {"host": gateway.host, "port": gateway.port})
    result = await flows.walk(hass, result, "method")
    return await flows.by_pin(hass, result, gateway.pin)


async def over_zigbee(hass: HomeAssistant, gateway: SimulatedGateway) -> ConfigFlowResult:
    """Join by the EZSP radio, the utility having been told, up to the page that tells of success."""
    assert gateway.zigbee is not None
    result = await flows.choose(hass, await flows.begin(hass), "radio")
    result = await flows.submit(hass, result, {"device": gateway.radio()["url"]})
    result = await flows.submit(hass, result, {"network": gateway.zigbee["eui64"], **flows.PREMISE})
    await gateway.permit()
    return await flows.join(hass, result, gateway.radio()["install_code"])


class Commission(Protocol):
    """Commissions on a gateway; ``beside`` a hub that follows its utility for as long as it is loaded."""

    async def __call__(self, gateway: SimulatedGateway, *, beside: bool = False) -> ConfigEntry: ...


@pytest.fixture
def commission(hass: HomeAssistant) -> Commission:
    """Commission Home Assistant on a gateway in-band and wait for its first readings."""

    async def commission(gateway: SimulatedGateway, *, beside: bool = False) -> ConfigEntry:
        way = over_zigbee if gateway.zigbee is not None else over_ip
        result = await flows.finish(hass, await way(hass, gateway))
        await hass.async_block_till_done(wait_background_tasks=not beside)
        entry = result["result"]
        assert entry.domain == DOMAIN
        return entry

    return commission


@pytest.fixture(scope="session")
def commissioned() -> list[CommissionedHome]:
    """The home that others begin as, once there is one."""
    return []


@pytest.fixture
async def gateway(
    request: pytest.FixtureRequest,
    make_gateway: GatewayFactory,
    transport: str,
    commissioned: list[CommissionedHome],
) -> SimulatedGateway:
    """A standard gateway; where there is to be a hub, the one that the commissioned home has."""
    if transport != "ip":
        return await make_gateway(**STANDARD, zigbee=True)
    if commissioned and "hub" in request.fixturenames:
        return await make_gateway(**STANDARD, kept=commissioned[0].kept)
    return await make_gateway(**STANDARD)


@pytest.fixture
async def hub(
    request: pytest.FixtureRequest,
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    utility: SimulatedUtility,
    commission: Commission,
    commissioned: list[CommissionedHome],
    current_request_with_host: None,
    hass_client_no_auth: ClientSessionGenerator,
) -> ConfigEntry:
    """A commissioned hub whose customer has an account with the utility linked.

    The first of all is commissioned and linked as a person does it, and those after it begin as it did.
    """
    assert await async_setup_component(hass, "input_boolean", {"input_boolean": {"pump": {"initial": True}}})
    if "kept" in gateway.options:
        await utility.attach(gateway.lfdi)
        return await commissioned[0].begin(hass, gateway, utility)
    entry = await commission(gateway)
    await utility.attach(gateway.lfdi)
    await accounts.link(hass, entry, utility, hass_client_no_auth)
    if not commissioned and gateway.options == STANDARD and "freezer" not in request.fixturenames:
        commissioned.extend(home for home in [await remember(hass, entry, gateway)] if home.untouched)
    return entry
