"""A person commissions Home Assistant on a gateway, page by page (IP-1 to IP-11)."""

import asyncio
import errno
import re
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
from tests.gateway.test_identity import certificate_for, p256
from tests.helpers import flows
from tests.helpers.states import persistent_notifications, state_of


@pytest.mark.use_case(*(step.value for step in Step))
async def test_in_band_from_nothing_to_readings(hass: HomeAssistant, gateway: SimulatedGateway) -> None:
    area = ar.async_get(hass).async_create("Basement")
    result = await flows.start(hass)
    assert result["step_id"] == "manual"

    result = await flows.submit(hass, result, {"host": gateway.host, "port": gateway.port, "sfdi": gateway.sfdi})
    assert result["step_id"] == "location"
    # Over IP answers are timed: nobody measured a signal.
    assert flows.placeholder(result, "way").startswith("✓ **Way to the gateway:** Good: every answer came soon")
    assert flows.shown(result, "name") == hass.config.location_name

    result = await flows.submit(hass, result, {"name": "\t", "area": area.id})
    assert result["errors"] == {"name": "name_missing"}
    result = await flows.submit(hass, result, {**flows.PREMISE, "area": area.id})
    assert result["step_id"] == "method"  # all is well: the self-check is told in the end
    assert flows.comes_at_once(hass, result)
    result = await flows.by_pin(hass, result, gateway.pin)

    assert result["step_id"] == "commissioned"
    assert flows.comes_at_once(hass, result)
    said = flows.placeholder(result, "found").splitlines()
    assert said[0].startswith("**Model:** ")
    assert all(line.startswith("✓ ") for line in said[1:])
    for fact in (
        "Way to the gateway",
        "Link secured by",
        "Values that it measures",
        "Power now",
        "Home Assistant itself",
    ):
        assert any(line.startswith(f"✓ **{fact}:**") for line in said), said
    assert said[-1].endswith(" Certificate and key, Clock, Storage")
    assert "portal" in flows.placeholder(result, "told")
    assert flows.placeholder(result, "gateway") == gateway.sfdi

    result = await flows.finish(hass, result)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done(wait_background_tasks=True)
    entry = result["result"]
    assert entry.runtime_data.identity.lfdi in (await gateway.describe())["registered"]
    assert entry.unique_id == gateway.sfdi
    assert entry.title == flows.PREMISE["name"]
    steps = {step.step: step for step in entry.runtime_data.coordinator.commissioning.steps}
    assert list(steps) == [step for step in Step if step.name.startswith("IP_")]
    assert steps[Step.IP_2].evidence == {"confirmed": ["network", "power"]}
    assert {found["verdict"] for found in steps[Step.IP_3].evidence.values()} == {"passed"}
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
    assert "Wi-Fi" not in flows.placeholder(result, "way")  # the Supervisor has not told yet
    hass.config_entries.flow.async_abort(result["flow_id"])
    hass.data[DATA_NETWORK_INFO] = NetworkInfo.from_dict(network_of_supervisor(primary=primary))
    result = await flows.submit(hass, await flows.start(hass), {"host": gateway.host, "port": gateway.port})
    lines = [line for line in flows.placeholder(result, "way").splitlines() if "Wi-Fi" in line]
    assert lines == ([] if shown is None else [f"**Wi-Fi signal of Home Assistant:** {shown}"])


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
    lfdi = flows.placeholder(result, "lfdi")
    told = flows.placeholder(result, "sfdi"), flows.placeholder(result, "pin")
    label = result["data_schema"].schema["known_as"].schema.schema["qr"].config["data"]  # type: ignore[union-attr]
    assert label.splitlines() == [f"LFDI: {lfdi}", f"SFDI: {told[0]}", f"PIN: {told[1]}"]

    result = await hass.config_entries.flow.async_configure(result["flow_id"], {"way": "portal"})
    result = await flows.settled(hass, result, until="waiting_portal")
    assert result["progress_action"] == "waiting_portal"
    assert flows.placeholder(result, "lfdi") == lfdi, "it is still to be typed elsewhere"
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
    result = await flows.walk(hass, result, "method")
    lfdi = flows.placeholder(result, "lfdi")
    result = await flows.by_portal(hass, result)
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
    result = await flows.walk(hass, result, "method")
    for typed in ("123456", "999991"):
        result = await flows.by_pin(hass, result, typed)
        assert result["errors"] == {"pin": "invalid_pin"}
    result = await flows.by_pin(hass, result, "111115")
    assert result["step_id"] == "pin_differs"
    assert flows.placeholder(result, "pin") == "111115"
    result = await flows.choose(hass, result, "pin_again")
    assert result["step_id"] == "method"
    assert (await gateway.describe())["registered"] == []
    result = await flows.by_pin(hass, result, gateway.pin)
    assert result["step_id"] == "commissioned"


@pytest.mark.use_case("IP-5", "IP-7")
async def test_home_assistant_has_a_pin_of_its_own(hass: HomeAssistant, gateway: SimulatedGateway) -> None:
    result = await flows.submit(hass, await flows.start(hass), {"host": gateway.host, "port": gateway.port})
    result = await flows.walk(hass, result, "method")
    pin = flows.placeholder(result, "pin")
    assert parse_pin(pin) == int(pin)
    assert flows.placeholder(result, "sfdi")
    assert result["data_schema"] is not None
    (field,) = (field for field in result["data_schema"].schema if field == "pin")
    assert field.description is None, "one that the utility gave is typed, and nothing is in its way"
    # Left empty, it is ours. The gateway holds a default: a person says that it is the right one.
    result = await flows.submit(hass, result, {"way": "in_band"})
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
    result = await flows.walk(hass, result, "method")
    pin = flows.placeholder(result, "pin")
    await gateway.register(flows.placeholder(result, "lfdi"), **({"pin": pin} if told else {}))
    result = await flows.by_portal(hass, result)
    assert flows.remarks(result) == ([] if told else ["pin_differs"])


@pytest.mark.use_case("IP-5")
async def test_certificate_brought_by_the_person(hass: HomeAssistant, gateway: SimulatedGateway) -> None:
    mine = await hass.async_add_executor_job(create_identity)
    result = await flows.submit(hass, await flows.start(hass), {"host": gateway.host, "port": gateway.port})
    result = await flows.submit(hass, await flows.walk(hass, result, "method"), {"way": "identity_import"})
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
    result = await flows.walk(hass, result, "method")
    await gateway.fault(fault, **parameters)
    result = await flows.by_pin(hass, result, gateway.pin)
    assert flows.failure(result) == reason
    assert not re.search(r"IP.\d", str(result["description_placeholders"]))  # a step is said in words
    await gateway.mend()
    result = await flows.choose(hass, result, "commission")
    assert result["step_id"] == "commissioned"


@pytest.mark.use_case("IP-5")
@pytest.mark.parametrize(
    ("meter", "ways"),
    [
        ({}, ["in_band", "portal", "identity_import"]),
        ({"personality": "riva", "registration": "out-of-band"}, ["portal", "identity_import"]),
    ],
    ids=["standard", "riva"],
)
async def test_pin_is_offered_only_where_the_gateway_takes_it(
    hass: HomeAssistant, make_gateway: GatewayFactory, meter: dict[str, str], ways: list[str]
) -> None:
    gateway = await make_gateway(**meter)
    result = await flows.submit(hass, await flows.start(hass), {"host": gateway.host, "port": gateway.port})
    result = await flows.walk(hass, result, "method")
    assert result["data_schema"] is not None
    fields = {str(marker): field for marker, field in result["data_schema"].schema.items()}
    assert fields["way"].config["options"] == ways
    assert flows.shown(result, "way") == ways[0]
    assert ("pin" in fields) == ("in_band" in ways)


@pytest.mark.use_case("IP-5", "IP-6")
async def test_gateway_that_refuses_announcements_is_no_dead_end(
    hass: HomeAssistant, gateway: SimulatedGateway
) -> None:
    at = {"host": gateway.host, "port": gateway.port}
    result = await flows.walk(hass, await flows.submit(hass, await flows.start(hass), at), "method")
    await gateway.fault("certificate_refused")
    result = await flows.by_pin(hass, result, gateway.pin)
    assert flows.failure(result) == "registration_refused"
    assert flows.comes_at_once(hass, result)
    assert result["menu_options"] == ["commission", "portal", "method", "start_over"]
    hass.config_entries.flow.async_abort(result["flow_id"])

    # Whoever closed the dialog is led on, too.
    await gateway.mend()
    result = await flows.submit(hass, await flows.start(hass), {"gateway": gateway.sfdi})
    assert result["menu_options"] == ["commission", "method", "start_over"]
    await gateway.fault("certificate_refused")
    result = await flows.choose(hass, await flows.choose(hass, result, "commission"), "portal")
    assert flows.shown(result, "way") == "portal"
    await gateway.mend()
    await gateway.register(flows.placeholder(result, "lfdi"))
    assert (await flows.by_portal(hass, result))["step_id"] == "commissioned"


@pytest.mark.use_case("IP-5", "IP-6")
async def test_starting_over_forgets_what_was_entered_and_announced(
    hass: HomeAssistant, gateway: SimulatedGateway
) -> None:
    at = {"host": gateway.host, "port": gateway.port}
    result = await flows.walk(hass, await flows.submit(hass, await flows.start(hass), at), "method")
    result = await flows.by_pin(hass, result, "111115")
    assert result["step_id"] == "pin_differs"
    assert len((await gateway.describe())["registered"]) == 1
    hass.config_entries.flow.async_abort(result["flow_id"])
    result = await flows.submit(hass, await flows.start(hass), {"gateway": gateway.sfdi})
    result = await flows.choose(hass, result, "start_over")
    assert result["step_id"] == "user"
    assert (await gateway.describe())["registered"] == []
    assert (await flows.choose(hass, result, "ip"))["step_id"] == "manual"  # nothing is left to go on with


@pytest.mark.use_case("IP-1", "IP-3")
async def test_what_is_not_well_has_a_page_of_its_own(
    hass: HomeAssistant, gateway: SimulatedGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full() -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    at = {"host": gateway.host, "port": gateway.port}
    result = await flows.submit(hass, await flows.start(hass), at)
    with monkeypatch.context() as patched:
        patched.setattr("custom_components.utility_han.hub.self_checks.async_probe_storage", lambda _hass: full())
        result = await flows.submit(hass, result, flows.PREMISE)
    assert result["step_id"] == "self_check_result"
    assert "✗ **Storage:** No space left on device" in flows.placeholder(result, "checks")
    assert result["menu_options"] == ["self_check", "start_over"]
    result = await flows.choose(hass, result, "self_check")
    assert result["step_id"] == "method"

    certificate, key = certificate_for(p256(), days_ago=10, valid_days=20)
    result = await flows.submit(hass, result, {"way": "identity_import"})
    result = await flows.submit(hass, result, {"certificate": certificate, "key": key})
    hass.config_entries.flow.async_abort(result["flow_id"])
    result = await flows.submit(hass, await flows.start(hass), {"gateway": gateway.sfdi})
    assert "⚠\ufe0e **Certificate and key:**" in flows.placeholder(result, "checks")
    assert result["menu_options"] == ["method", "self_check", "start_over"]
    result = await flows.by_pin(hass, await flows.choose(hass, result, "method"), gateway.pin)
    assert "⚠\ufe0e **Certificate and key:**" in flows.placeholder(result, "found")


@pytest.mark.use_case("IP-9")
async def test_gateway_that_does_not_list_us_is_not_believed(
    hass: HomeAssistant, make_gateway: GatewayFactory
) -> None:
    gateway = await make_gateway(personality="standard", registration="out-of-band")
    result = await flows.submit(hass, await flows.start(hass), {"host": gateway.host, "port": gateway.port})
    result = await flows.walk(hass, result, "method")
    await gateway.register(flows.placeholder(result, "lfdi"))
    await gateway.fault("unlisted")
    result = await flows.by_portal(hass, result)
    assert flows.failure(result) == "not_listed"
    await gateway.mend()
    result = await flows.choose(hass, result, "commission")
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
