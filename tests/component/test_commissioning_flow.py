"""A person commissions Home Assistant on a gateway, page by page (IP-1 to IP-11)."""

import asyncio
from typing import Any

import pytest
from aiohasupervisor.models import NetworkInfo
from homeassistant.components.hassio.const import DATA_NETWORK_INFO
from homeassistant.const import CONF_HOST, CONF_PORT
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr

from custom_components.utility_han.const import DOMAIN
from custom_components.utility_han.gateway.commissioning_data import parse_lfdi, parse_pin
from custom_components.utility_han.gateway.ieee2030_5.identity import create_identity
from custom_components.utility_han.procedures.step import Step
from tests.conftest import GatewayFactory, SimulatedGateway
from tests.helpers import flows
from tests.helpers.states import persistent_notifications, state_of


@pytest.mark.use_case(*(step.value for step in Step))
async def test_in_band_from_nothing_to_readings(hass: HomeAssistant, gateway: SimulatedGateway) -> None:
    area = ar.async_get(hass).async_create("Basement")
    result = await flows.start(hass)
    assert result["step_id"] == "manual"

    result = await flows.submit(hass, result, {"host": gateway.host, "port": gateway.port, "sfdi": gateway.sfdi})
    assert result["step_id"] == "location"
    assert flows.shown(result, "way") == "good"  # over IP answers are timed: nobody measured a signal
    assert "signal" not in result["data_schema"].schema  # type: ignore[union-attr]

    result = await flows.submit(hass, result, {"kind": "energy_management_system", "area": area.id})
    assert result["step_id"] == "installation"
    result = await flows.submit(hass, result, {"network": True, "power": False})
    assert result["errors"] == {"power": "not_confirmed"}
    result = await flows.submit(hass, result, {"network": True, "power": True})

    assert result["step_id"] == "self_check_result"
    assert all(
        flows.placeholder(result, item).startswith(flows.placeholder(result, "passed"))
        for item in ("identity", "clock", "network", "storage")
    )
    result = await flows.submit(hass, result, {})
    assert result["step_id"] == "premises"
    result = await flows.submit(hass, result, flows.PREMISE)
    assert result["type"] is FlowResultType.MENU
    result = await flows.choose(hass, result, "in_band")
    result = await flows.submit(hass, result, {"pin": gateway.pin})

    assert result["step_id"] == "commissioned"
    assert flows.shown(result, "way") == "good"
    assert "portal" in str(flows.shown(result, "instructions"))
    assert flows.placeholder(result, "gateway") == gateway.sfdi
    lfdi = parse_lfdi(flows.placeholder(result, "lfdi"))
    listed = (await gateway.describe())["registered"]
    assert lfdi in listed

    result = await flows.finish(hass, result)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done(wait_background_tasks=True)
    entry = result["result"]
    assert entry.unique_id == gateway.sfdi
    assert [step.step for step in entry.runtime_data.coordinator.commissioning.steps] == [
        Step.IP_6,
        Step.IP_7,
        Step.IP_8,
        Step.IP_9,
        Step.IP_10,
        Step.IP_11,
    ]
    device = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, entry.entry_id), entry.entry_id)
    assert device is not None
    assert device.area_id == area.id
    assert device.sw_version == "1.0.0"
    truth = await gateway.readings()
    assert float(state_of(hass, entry, "energy_summation_delivered").state) == pytest.approx(
        truth["delivered_wh"] / 1000, abs=0.1
    )


@pytest.mark.use_case("IP-1")
@pytest.mark.parametrize(("primary", "shown"), [(True, "74 %"), (False, None)], ids=["wi-fi", "cable"])
async def test_wifi_of_home_assistants_own_machine(
    hass: HomeAssistant, gateway: SimulatedGateway, *, primary: bool, shown: str | None
) -> None:
    hass.config.components.add("hassio")
    result = await flows.submit(hass, await flows.start(hass), {"host": gateway.host, "port": gateway.port})
    assert "wifi" not in result["data_schema"].schema  # type: ignore[union-attr]  # the Supervisor has not told yet
    hass.config_entries.flow.async_abort(result["flow_id"])
    hass.data[DATA_NETWORK_INFO] = NetworkInfo.from_dict(network_of_supervisor(primary=primary))
    result = await flows.submit(hass, await flows.start(hass), {"host": gateway.host, "port": gateway.port})
    fields = {str(marker.schema): marker for marker in result["data_schema"].schema}  # type: ignore[union-attr]
    assert (fields["wifi"].default() if "wifi" in fields else None) == shown


def network_of_supervisor(*, primary: bool) -> dict[str, Any]:
    """Return what the Supervisor tells of a machine on Wi-Fi, which is its ``primary`` way or beside a cable."""
    return {
        "interfaces": [
            {
                "interface": "wlan0",
                "type": "wireless",
                "enabled": True,
                "connected": True,
                "primary": primary,
                "mac": "00:00:5E:00:53:01",
                "ipv4": None,
                "ipv6": None,
                "wifi": {"mode": "infrastructure", "auth": "wpa-psk", "ssid": "Home", "signal": 74},
                "vlan": None,
                "mdns": None,
                "llmnr": None,
            }
        ],
        "docker": {"interface": "hassio", "address": "172.30.32.0/23", "gateway": "172.30.32.1", "dns": "172.30.32.3"},
        "host_internet": True,
        "supervisor_internet": True,
    }


@pytest.mark.use_case("IP-5", "IP-6", "IP-7")
async def test_out_of_band_waits_until_the_utility_acts(hass: HomeAssistant, make_gateway: GatewayFactory) -> None:
    meter = await make_gateway(personality="riva", registration="out-of-band")
    result = await flows.submit(hass, await flows.start(hass), {"host": meter.host, "port": meter.port})
    result = await flows.walk(hass, result, "method")
    result = await flows.choose(hass, result, "portal")
    lfdi = flows.placeholder(result, "lfdi")
    told = flows.placeholder(result, "sfdi"), flows.placeholder(result, "pin")
    label = result["data_schema"].schema["qr"].config["data"]  # type: ignore[union-attr]
    assert label.splitlines() == [f"LFDI: {lfdi}", f"SFDI: {told[0]}", f"PIN: {told[1]}"]

    result = await hass.config_entries.flow.async_configure(result["flow_id"], {})
    result = await flows.settled(hass, result, until="waiting")
    assert result["progress_action"] == "waiting"
    await asyncio.sleep(0.2)
    await meter.register(lfdi)
    result = await flows.settled(hass, result)
    assert result["step_id"] == "commissioned"
    assert (await meter.log())["concurrent_max"] == 1


@pytest.mark.use_case("IP-5", "IP-10")
async def test_waiting_goes_on_in_the_background(
    hass: HomeAssistant, make_gateway: GatewayFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.utility_han.hub.flow.stepping.WAIT_FOR_ACCEPTANCE", 0.0)
    meter = await make_gateway(personality="riva", registration="out-of-band")
    result = await flows.submit(hass, await flows.start(hass), {"host": meter.host, "port": meter.port})
    result = await flows.choose(hass, await flows.walk(hass, result, "method"), "portal")
    lfdi = flows.placeholder(result, "lfdi")
    result = await flows.submit(hass, result, {})
    assert result["step_id"] == "pending"
    result = await flows.choose(hass, result, "background")
    await hass.async_block_till_done(wait_background_tasks=True)
    entry = result["result"]
    assert state_of(hass, entry, "commissioning_state").state == "commissioning"
    assert state_of(hass, entry, "problem").attributes["reason"] == "portal_pending"

    # A restart while it waits loses nothing.
    await hass.config_entries.async_unload(entry.entry_id)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    await meter.register(lfdi)
    await entry.runtime_data.coordinator.async_refresh()
    await hass.async_block_till_done(wait_background_tasks=True)
    assert state_of(hass, entry, "commissioning_state").state == "commissioned"
    assert float(state_of(hass, entry, "energy_summation_delivered").state) > 0
    assert "Elm Street 5" in persistent_notifications(hass)[0]["message"]


@pytest.mark.use_case("IP-5", "IP-7")
async def test_another_pin_is_asked_about(hass: HomeAssistant, gateway: SimulatedGateway) -> None:
    result = await flows.submit(hass, await flows.start(hass), {"host": gateway.host, "port": gateway.port})
    result = await flows.choose(hass, await flows.walk(hass, result, "method"), "in_band")
    for typed in ("123456", "999991"):
        result = await flows.submit(hass, result, {"pin": typed})
        assert result["errors"] == {"pin": "invalid_pin"}
    result = await flows.submit(hass, result, {"pin": "111115"})
    assert result["step_id"] == "pin_differs"
    assert flows.placeholder(result, "pin") == "111115"
    result = await flows.choose(hass, result, "pin_again")
    assert result["step_id"] == "in_band"
    assert (await gateway.describe())["registered"] == []
    result = await flows.submit(hass, result, {"pin": gateway.pin})
    assert result["step_id"] == "commissioned"


@pytest.mark.use_case("IP-5", "IP-7")
async def test_home_assistant_has_a_pin_of_its_own(hass: HomeAssistant, gateway: SimulatedGateway) -> None:
    result = await flows.submit(hass, await flows.start(hass), {"host": gateway.host, "port": gateway.port})
    result = await flows.choose(hass, await flows.walk(hass, result, "method"), "in_band")
    pin = flows.placeholder(result, "pin")
    assert parse_pin(pin) == int(pin)
    assert flows.placeholder(result, "sfdi")
    # The gateway holds a default: a person says that it is the right one.
    result = await flows.submit(hass, result, {"pin": pin})
    assert result["step_id"] == "pin_differs"
    result = await flows.choose(hass, result, "pin_accept")
    assert result["step_id"] == "commissioned", result
    result = await flows.finish(hass, result)
    assert result["result"].data["pin"] == pin


@pytest.mark.use_case("IP-5", "IP-9")
@pytest.mark.parametrize("told", [True, False])
async def test_pin_is_told_to_the_utility_with_the_lfdi(
    hass: HomeAssistant, gateway: SimulatedGateway, *, told: bool
) -> None:
    result = await flows.submit(hass, await flows.start(hass), {"host": gateway.host, "port": gateway.port})
    result = await flows.choose(hass, await flows.walk(hass, result, "method"), "portal")
    pin = flows.placeholder(result, "pin")
    await gateway.register(flows.placeholder(result, "lfdi"), **({"pin": pin} if told else {}))
    result = await flows.submit(hass, result, {})
    assert result["step_id"] == "commissioned"
    assert result["errors"] == ({} if told else {"base": "pin_differs"})


@pytest.mark.use_case("IP-5")
async def test_certificate_brought_by_the_person(hass: HomeAssistant, gateway: SimulatedGateway) -> None:
    mine = await hass.async_add_executor_job(create_identity)
    result = await flows.submit(hass, await flows.start(hass), {"host": gateway.host, "port": gateway.port})
    result = await flows.choose(hass, await flows.walk(hass, result, "method"), "identity_import")
    result = await flows.submit(hass, result, {"certificate": "nonsense", "key": mine.key_pem})
    assert result["errors"] == {"certificate": "certificate_unreadable"}
    result = await flows.submit(hass, result, {"certificate": mine.cert_pem, "key": mine.key_pem})
    assert result["step_id"] == "method"
    assert parse_lfdi(flows.placeholder(result, "lfdi")) == mine.lfdi


@pytest.mark.use_case("IP-5", "IP-7")
@pytest.mark.parametrize(
    ("fault", "parameters", "reason"),
    [
        ("silence", {}, "gateway_silent"),
        ("refuse", {}, "unreachable"),
        ("not_2030_5", {}, "not_2030_5"),
        ("malformed_xml", {}, "malformed"),
        ("entity_expansion", {}, "malformed"),
        ("oversized_xml", {}, "too_large"),
        ("http_error", {"status": 500}, "http_error"),
        ("http_error", {"status": 503}, "gateway_busy"),
        ("reset", {}, "gateway_silent"),
        ("half_answer", {}, "gateway_silent"),
        ("wrong_certificate", {}, "wrong_gateway"),
        ("certificate_refused", {}, "registration_refused"),
    ],
)
async def test_what_goes_wrong_is_said_and_nothing_typed_is_lost(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    fault: str,
    parameters: dict[str, int | str],
    reason: str,
) -> None:
    result = await flows.submit(hass, await flows.start(hass), {"host": gateway.host, "port": gateway.port})
    result = await flows.choose(hass, await flows.walk(hass, result, "method"), "in_band")
    await gateway.fault(fault, **parameters)
    result = await flows.submit(hass, result, {"pin": gateway.pin})
    assert result["step_id"] == "commission_failed", result
    assert result["errors"] == {"base": reason}
    await gateway.mend()
    result = await flows.submit(hass, result, {})
    assert result["step_id"] == "commissioned"


@pytest.mark.use_case("IP-9")
async def test_gateway_that_does_not_list_us_is_not_believed(
    hass: HomeAssistant, make_gateway: GatewayFactory
) -> None:
    gateway = await make_gateway(personality="standard", registration="out-of-band")
    result = await flows.submit(hass, await flows.start(hass), {"host": gateway.host, "port": gateway.port})
    result = await flows.choose(hass, await flows.walk(hass, result, "method"), "portal")
    await gateway.register(flows.placeholder(result, "lfdi"))
    await gateway.fault("unlisted")
    result = await flows.submit(hass, result, {})
    assert result["step_id"] == "commission_failed"
    assert result["errors"] == {"base": "not_listed"}
    await gateway.mend()
    result = await flows.submit(hass, result, {})
    assert result["step_id"] == "commissioned"


@pytest.mark.parametrize("answer", [b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", b"SSH-2.0-x\r\n"])
async def test_server_of_another_kind_is_recognised(hass: HomeAssistant, answer: bytes) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        result = await flows.submit(hass, await flows.start(hass), {"host": "127.0.0.1", "port": port})
    assert result["errors"] == {"base": "tls_failed"}


async def test_wrong_address_and_wrong_label_are_told_apart(
    hass: HomeAssistant, gateway: SimulatedGateway, unused_tcp_port: int
) -> None:
    result = await flows.start(hass)
    result = await flows.submit(hass, result, {"host": "127.0.0.1", "port": unused_tcp_port})
    assert result["errors"] == {"base": "unreachable"}
    at = {CONF_HOST: gateway.host, CONF_PORT: gateway.port}
    result = await flows.submit(hass, result, {**at, "sfdi": "123456789015"})
    assert result["errors"] == {"sfdi": "invalid_sfdi"}
    result = await flows.submit(hass, result, {**at, "sfdi": "123456789014"})
    assert result["errors"] == {"base": "wrong_gateway"}
    result = await flows.submit(hass, result, at)
    assert result["step_id"] == "location"
