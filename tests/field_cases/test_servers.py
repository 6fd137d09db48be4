"""Gateways and utilities that answer otherwise than the simulator: servers.yaml, the id of each case in the name."""

import asyncio
import re
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
import yaml
from aio2030dot5 import Advertisement
from homeassistant.config_entries import ConfigEntry, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.utility_han.account.manager import AccountManager
from custom_components.utility_han.account.tokens import Tokens
from custom_components.utility_han.const import DOMAIN
from custom_components.utility_han.devices.device import HanDevice
from custom_components.utility_han.devices.manager import Registrar
from custom_components.utility_han.load_control.store import KeptControls
from custom_components.utility_han.procedures.step import Outcome, Step
from custom_components.utility_han.utility import UtilityError, UtilityReason
from tests.component.conftest import Commission
from tests.component.test_device_flow import DeviceFlow, device_state
from tests.component.test_discovery_flow import announce, announcement, heard_as
from tests.conftest import GatewayFactory, SimulatedGateway
from tests.helpers import canned, flows
from tests.helpers.states import eventually, state_of, until
from tests.helpers.utility import SimulatedUtility

CASES = yaml.safe_load((Path(__file__).parent / "servers.yaml").read_text())
CAPABILITY = (
    '<DeviceCapability href="{href}">{before}<TimeLink href="/tm"/><EndDeviceListLink href="/edev" all="1"/>'
    "</DeviceCapability>"
)


def clock() -> str:
    """Return a Time that is right."""
    return (
        f'<Time href="/tm"><currentTime>{int(time.time())}</currentTime><dstEndTime>0</dstEndTime>'
        "<dstOffset>0</dstOffset><dstStartTime>0</dstStartTime><quality>7</quality><tzOffset>0</tzOffset></Time>"
    )


def test_every_case_has_its_test() -> None:
    names = "\n".join(name for name in globals() if name.startswith("test_"))
    for case in CASES:
        assert re.search(rf"_{case['id'].lower()}_", names), case


def utility_server(*, dcap: str = "/dcap", before: str = "") -> dict[str, canned.Body]:
    """Return what a utility's server without metering has."""
    return {dcap: CAPABILITY.format(href=dcap, before=before), "/tm": clock()}


async def in_band(hass: HomeAssistant, host: str, port: int, pin: str = "123455") -> ConfigFlowResult:
    """Commission in-band, up to the page that tells how it went."""
    result = await flows.submit(hass, await flows.start(hass), {"host": host, "port": port})
    result = await flows.walk(hass, result, "method")
    return await flows.by_pin(hass, result, pin)


async def finished(hass: HomeAssistant, result: ConfigFlowResult) -> ConfigEntry:
    """Return the entry that a dialog ends with, after its first poll."""
    result = await flows.finish(hass, result)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done(wait_background_tasks=True)
    entry: ConfigEntry = result["result"]
    return entry


def steps(entry: ConfigEntry) -> dict[Step, Outcome]:
    """Return how the steps of commissioning ended."""
    return {step.step: step.outcome for step in entry.runtime_data.coordinator.commissioning.steps}


def steps_evidence(entry: ConfigEntry, step: Step) -> Mapping[str, Any]:
    """Return what a step found."""
    found: Mapping[str, Any] = entry.runtime_data.coordinator.commissioning.run.found(step)
    return found


@pytest.mark.use_case("IP-6", "IP-7", "IP-8", "IP-9")
async def test_s1_server_without_metering_is_commissioned_with_what_it_offers(hass: HomeAssistant) -> None:
    with canned.serving(utility_server()) as server:
        result = await in_band(hass, server.host, server.port)
        assert result["step_id"] == "commissioned", result
        # Who wanted readings is told that there are none.
        assert flows.remarks(result) == ["no_readings"]
        entry = await finished(hass, result)
        assert set(steps(entry)) == {step for step in Step if step.name.startswith("IP_")}
        assert list(server.posted.values()) == [entry.runtime_data.identity.lfdi]
        assert state_of(hass, entry, "connectivity").state == "on"
        assert state_of(hass, entry, "problem").state == "off"

        # A start does not wait for it, and it is asked for metering once, not at each poll.
        await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done(wait_background_tasks=True)
        for _ in range(3):
            await entry.runtime_data.coordinator.async_refresh()
        assert state_of(hass, entry, "connectivity").state == "on"
        await hass.config_entries.async_unload(entry.entry_id)


async def test_s1_metering_that_comes_later_is_found(hass: HomeAssistant, gateway: SimulatedGateway) -> None:
    await gateway.fault("http_error", status=403, path="/upt")
    result = await in_band(hass, gateway.host, gateway.port, gateway.pin)
    assert flows.remarks(result) == ["no_readings"]
    entry = await finished(hass, result)
    assert not entry.runtime_data.registers
    await gateway.mend()
    coordinator = entry.runtime_data.coordinator
    coordinator.read_anew()
    await coordinator.async_refresh()
    await hass.async_block_till_done(wait_background_tasks=True)
    assert float(state_of(hass, entry, "energy_summation_delivered").state) > 0


@pytest.mark.parametrize("status", [401, 403, 500, 503, canned.DROPPED])
@pytest.mark.parametrize("path", ["/msg", "/tm", "/fsa", "/tp"])
async def test_s2_one_list_that_cannot_be_had_is_not_offered_for_now(
    hass: HomeAssistant, status: int, path: str
) -> None:
    resources = utility_server(
        before='<MessagingProgramListLink href="/msg" all="0"/><TariffProfileListLink href="/tp" all="0"/>'
    )
    resources["/msg"] = '<MessagingProgramList href="/msg" all="0" results="0"/>'
    resources["/tp"] = '<TariffProfileList href="/tp" all="0" results="0"/>'
    resources["/fsa"] = '<FunctionSetAssignmentsList href="/fsa" all="0" results="0"/>'
    resources[path] = status
    with canned.serving(resources) as server:
        server.entry = lambda href, lfdi: (
            f'<EndDevice href="{href}"><lFDI>{lfdi}</lFDI><sFDI>{canned.sfdi_of(lfdi)}</sFDI>'
            '<changedTime>1790000000</changedTime><FunctionSetAssignmentsListLink href="/fsa" all="0"/></EndDevice>'
        )
        result = await in_band(hass, server.host, server.port)
        assert result["step_id"] == "commissioned", result
        entry = await finished(hass, result)
        assert state_of(hass, entry, "connectivity").state == "on"
        assert state_of(hass, entry, "problem").state == "off"
        name = {"/msg": "messaging", "/tp": "pricing"}.get(path)
        assert entry.runtime_data.coordinator.offers("messaging") is (name != "messaging")
        assert entry.runtime_data.coordinator.offers("pricing") is (name != "pricing")
        await hass.config_entries.async_unload(entry.entry_id)


async def test_s2_everything_refused_is_not_accepted_yet(hass: HomeAssistant) -> None:
    """The neighbour of the case: where nothing at all is given, it is us who are refused."""
    resources = utility_server(before='<MessagingProgramListLink href="/msg" all="0"/>')
    resources["/msg"] = 403
    with canned.serving(resources) as server, pytest.MonkeyPatch.context() as patched:
        patched.setattr("custom_components.utility_han.hub.flow.stepping.WAIT_FOR_ACCEPTANCE", 0.0)
        result = await in_band(hass, server.host, server.port)
        assert result["step_id"] == "pending", result
        assert len(server.posted) == 1


ASSIGNED = (
    '<FunctionSetAssignmentsList href="/fsa" all="1" results="1"><FunctionSetAssignments href="/fsa/1">'
    '<MessagingProgramListLink href="/ours/msg" all="1"/><TariffProfileListLink href="/ours/tp" all="1"/>'
    "{more}<mRID>0FB7</mRID><description>Saver</description></FunctionSetAssignments></FunctionSetAssignmentsList>"
)


def with_assignments(href: str, lfdi: str) -> str:
    """Return an EndDevice that has FunctionSetAssignments."""
    return (
        f'<EndDevice href="{href}"><lFDI>{lfdi}</lFDI><sFDI>{canned.sfdi_of(lfdi)}</sFDI>'
        '<changedTime>1790000000</changedTime><FunctionSetAssignmentsListLink href="/fsa" all="1"/></EndDevice>'
    )


def event(mrid: str, *, start: int = -600, duration: int = 3600) -> str:
    """Return what all events begin with, this one being active now."""
    now = int(time.time())
    return (
        f"<mRID>{mrid}</mRID><creationTime>{now - 900}</creationTime><EventStatus><currentStatus>1</currentStatus>"
        f"<dateTime>{now + start}</dateTime><potentiallySuperseded>false</potentiallySuperseded></EventStatus>"
        f"<interval><duration>{duration}</duration><start>{now + start}</start></interval>"
    )


def tariff(base: str, components: Mapping[str, tuple[int | None, int]]) -> dict[str, canned.Body]:
    """Return a tariff with rate components by their number: flowDirection, and the price in thousandths per kWh."""
    found: dict[str, canned.Body] = {
        base: (
            f'<TariffProfileList href="{base}" all="1" results="1"><TariffProfile href="{base}/1"><mRID>0A01</mRID>'
            "<currency>978</currency><pricePowerOfTenMultiplier>-3</pricePowerOfTenMultiplier><primacy>1</primacy>"
            f'<RateComponentListLink href="{base}/1/rc" all="{len(components)}"/>'
            "<serviceCategoryKind>0</serviceCategoryKind></TariffProfile></TariffProfileList>"
        )
    }
    listed = ""
    for number, (direction, price) in components.items():
        at = f"{base}/1/rc/{number}"
        listed += (
            f'<RateComponent href="{at}"><mRID>0B0{number}</mRID><ReadingTypeLink href="{at}/rt"/>'
            f'<roleFlags>00</roleFlags><TimeTariffIntervalListLink href="{at}/tti" all="1"/></RateComponent>'
        )
        flow = "" if direction is None else f"<flowDirection>{direction}</flowDirection>"
        found |= {
            f"{at}/rt": (
                f'<ReadingType href="{at}/rt">{flow}<powerOfTenMultiplier>3</powerOfTenMultiplier><uom>72</uom>'
                "</ReadingType>"
            ),
            f"{at}/tti": (
                f'<TimeTariffIntervalList href="{at}/tti" all="1" results="1"><TimeTariffInterval href="{at}/tti/1">'
                f"{event(f'0C0{number}')}"
                f'<ConsumptionTariffIntervalListLink href="{at}/cti" all="1"/><touTier>0</touTier>'
                "</TimeTariffInterval></TimeTariffIntervalList>"
            ),
            f"{at}/cti": (
                f'<ConsumptionTariffIntervalList href="{at}/cti" all="1" results="1"><ConsumptionTariffInterval '
                f'href="{at}/cti/1"><consumptionBlock>0</consumptionBlock><price>{price}</price>'
                "<startValue>0</startValue></ConsumptionTariffInterval></ConsumptionTariffIntervalList>"
            ),
        }
    count = len(components)
    found[f"{base}/1/rc"] = (
        f'<RateComponentList href="{base}/1/rc" all="{count}" results="{count}">{listed}</RateComponentList>'
    )
    return found


def message(base: str, text: str) -> dict[str, canned.Body]:
    """Return a messaging program with one message in force."""
    return {
        base: (
            f'<MessagingProgramList href="{base}" all="1" results="1"><MessagingProgram href="{base}/1">'
            "<mRID>0D01</mRID><locale>en-US</locale><primacy>1</primacy>"
            f'<TextMessageListLink href="{base}/1/txt" all="1"/></MessagingProgram></MessagingProgramList>'
        ),
        f"{base}/1/txt": (
            f'<TextMessageList href="{base}/1/txt" all="1" results="1"><TextMessage href="{base}/1/txt/1">'
            f"{event('0E01')}<priority>1</priority><textMessage>{text}</textMessage></TextMessage></TextMessageList>"
        ),
    }


@pytest.mark.use_case("IP-8")
async def test_s3_what_is_only_assigned_is_read(hass: HomeAssistant) -> None:
    resources = utility_server() | tariff("/ours/tp", {"1": (1, 300)}) | message("/ours/msg", "Peak at six")
    resources["/fsa"] = ASSIGNED.format(more="")
    with canned.serving(resources) as server:
        server.entry = with_assignments
        entry = await finished(hass, await in_band(hass, server.host, server.port))
        coordinator = entry.runtime_data.coordinator
        assert {"messaging", "pricing"} <= set(steps_evidence(entry, Step.IP_8)["function_sets"])
        assert steps_evidence(entry, Step.IP_8)["programs"] == ["Saver"]
        await coordinator.async_refresh()
        await hass.async_block_till_done(wait_background_tasks=True)
        assert float(state_of(hass, entry, "price").state) == pytest.approx(0.3)
        assert coordinator.data.messages[0].text == "Peak at six"
        await hass.config_entries.async_unload(entry.entry_id)


async def test_s3_what_is_assigned_goes_before_what_is_for_everybody(hass: HomeAssistant) -> None:
    """The neighbour: DeviceCapability has another tariff, which is not ours."""
    general = '<MessagingProgramListLink href="/msg" all="1"/><TariffProfileListLink href="/tp" all="1"/>'
    resources = utility_server(before=general) | tariff("/tp", {"1": (1, 900)}) | message("/msg", "Others")
    resources |= tariff("/ours/tp", {"1": (1, 300)}) | message("/ours/msg", "Ours")
    resources["/fsa"] = ASSIGNED.format(more="")
    with canned.serving(resources) as server:
        server.entry = with_assignments
        entry = await finished(hass, await in_band(hass, server.host, server.port))
        await entry.runtime_data.coordinator.async_refresh()
        await hass.async_block_till_done(wait_background_tasks=True)
        assert float(state_of(hass, entry, "price").state) == pytest.approx(0.3)
        assert [each.text for each in entry.runtime_data.coordinator.data.messages] == ["Ours"]
        await hass.config_entries.async_unload(entry.entry_id)


async def test_s3_usage_points_only_assigned_are_found(hass: HomeAssistant, gateway: SimulatedGateway) -> None:
    await gateway.fault("no_metering")
    entry = await finished(hass, await in_band(hass, gateway.host, gateway.port, gateway.pin))
    assert float(state_of(hass, entry, "energy_summation_delivered").state) > 0


@pytest.mark.use_case("IP-5")
@pytest.mark.parametrize("typed", ["{host}/csip/dcap", "https://{host}:{port}/csip/dcap", " {host}:{port}/csip/dcap "])
async def test_s5_address_may_have_a_path(hass: HomeAssistant, typed: str) -> None:
    with canned.serving(utility_server(dcap="/csip/dcap"), ciphers=canned.GCM) as server:
        result = await flows.submit(hass, await flows.start(hass), {"host": "http://nowhere/", "port": 1})
        assert result["errors"] == {"host": "invalid_address"}
        address = typed.format(host=server.host, port=server.port)
        result = await flows.submit(hass, result, {"host": address, "port": server.port})
        result = await flows.walk(hass, result, "method")
        result = await flows.by_pin(hass, result, "123455")
        entry = await finished(hass, result)
        assert entry.data["dcap_path"] == "/csip/dcap"
        assert state_of(hass, entry, "connectivity").state == "on"
        await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize(
    "components",
    [
        {"1": (19, 80), "2": (1, 300)},
        {"1": (1, 300), "2": (19, 80)},
        {"1": (19, 80), "2": (None, 300)},
        {"1": (4, 500), "2": (19, 80), "3": (0, 300)},
    ],
)
async def test_s4_export_price_is_not_the_price(
    hass: HomeAssistant, components: Mapping[str, tuple[int | None, int]]
) -> None:
    resources = utility_server(before='<TariffProfileListLink href="/tp" all="1"/>') | tariff("/tp", components)
    with canned.serving(resources) as server:
        entry = await finished(hass, await in_band(hass, server.host, server.port))
        await entry.runtime_data.coordinator.async_refresh()
        await hass.async_block_till_done(wait_background_tasks=True)
        assert float(state_of(hass, entry, "price").state) == pytest.approx(0.3)
        assert float(state_of(hass, entry, "export_price").state) == pytest.approx(0.08)
        assert state_of(hass, entry, "price").attributes["unit_of_measurement"] == "EUR/kWh"
        await hass.config_entries.async_unload(entry.entry_id)


async def test_s4_tariff_for_what_is_fed_in_alone_is_no_price(hass: HomeAssistant) -> None:
    """The neighbour: nothing is said of what is used."""
    resources = utility_server(before='<TariffProfileListLink href="/tp" all="1"/>') | tariff("/tp", {"1": (19, 80)})
    with canned.serving(resources) as server:
        entry = await finished(hass, await in_band(hass, server.host, server.port))
        await entry.runtime_data.coordinator.async_refresh()
        await hass.async_block_till_done(wait_background_tasks=True)
        assert float(state_of(hass, entry, "export_price").state) == pytest.approx(0.08)
        registry = er.async_get(hass)
        assert registry.async_get_entity_id("sensor", DOMAIN, f"{entry.entry_id}_price") is None
        await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.use_case("IP-6", "IP-9")
async def test_s6_what_was_announced_is_taken_back_when_the_rest_fails(
    hass: HomeAssistant, gateway: SimulatedGateway
) -> None:
    result = await flows.submit(hass, await flows.start(hass), {"host": gateway.host, "port": gateway.port})
    result = await flows.walk(hass, result, "method")
    await gateway.fault("unlisted")
    result = await flows.by_pin(hass, result, gateway.pin)
    assert flows.failure(result) == "not_listed"
    assert (await gateway.describe())["registered"] == []
    await gateway.mend()
    result = await flows.choose(hass, result, "commission")
    assert result["step_id"] == "commissioned", result
    entry = await finished(hass, result)
    assert (await gateway.describe())["registered"] == [entry.runtime_data.identity.lfdi]

    await hass.config_entries.async_remove(entry.entry_id)
    assert (await gateway.describe())["registered"] == []


async def test_s6_what_could_not_be_taken_back_is_taken_up(hass: HomeAssistant) -> None:
    with canned.serving(utility_server()) as server:
        result = await flows.submit(hass, await flows.start(hass), {"host": server.host, "port": server.port})
        result = await flows.walk(hass, result, "method")
        server.resources["/tm"] = canned.DROPPED
        list_of = server.answer

        def lost_after_the_post(method: str, target: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
            if server.posted and method != "POST":
                return canned.DROPPED, {}, b""
            return list_of(method, target, body)

        server.answer = lost_after_the_post  # type: ignore[method-assign]
        result = await flows.by_pin(hass, result, "123455")
        assert result["step_id"] == "commission_failed"
        assert len(server.posted) == 1
        # Whoever chooses anew finds it again, and it is known to be ours.
        server.answer = list_of  # type: ignore[method-assign]
        result = await flows.choose(hass, result, "commission")
        entry = await finished(hass, result)
        assert len([each for each in server.requests if each[0] == "POST"]) == 1
        await hass.config_entries.async_remove(entry.entry_id)
        assert not server.posted


async def test_s6_what_others_registered_is_left_alone(hass: HomeAssistant, gateway: SimulatedGateway) -> None:
    """The neighbour: the utility had put us on the list; that is not ours to take back."""
    result = await flows.submit(hass, await flows.start(hass), {"host": gateway.host, "port": gateway.port})
    result = await flows.walk(hass, result, "method")
    await gateway.register(flows.placeholder(result, "lfdi"))
    entry = await finished(hass, await flows.by_pin(hass, result, gateway.pin))
    await hass.config_entries.async_remove(entry.entry_id)
    assert len((await gateway.describe())["registered"]) == 1


async def enrolled(hass: HomeAssistant, hub: ConfigEntry, gateway: SimulatedGateway) -> HanDevice:
    """Return a device that is enrolled in the gateway's first program."""
    flow = DeviceFlow(hass, hub)
    await flow.start()
    await flow.announce(gateway.pin)
    await flow.submit({"serial": gateway.free_serial, "key": gateway.pin})
    assert flow.page == "registered", flow.result
    await flow.submit({})
    await hass.async_block_till_done()
    await until(lambda: hub.runtime_data.coordinator.data.values)  # the very first poll is for readings only
    (device,) = hub.runtime_data.manager(Registrar).devices.values()
    found: HanDevice = device
    return found


@pytest.mark.use_case("UR-P")
@pytest.mark.parametrize("whose", ["the device's", "our own"])
async def test_s8_disabled_is_no_longer_registered(
    hass: HomeAssistant, hub: ConfigEntry, gateway: SimulatedGateway, whose: str
) -> None:
    device = await enrolled(hass, hub, gateway)
    coordinator = hub.runtime_data.coordinator
    lfdi = device.lfdi if whose == "the device's" else hub.runtime_data.identity.lfdi
    await gateway.set_device(lfdi, enabled=False)
    await gateway.publish(duty_cycle=0)
    coordinator.read_anew()
    await coordinator.async_refresh()
    await hass.async_block_till_done()
    assert device_state(hass, hub, "registration_state") == "commissioned"
    assert device_state(hass, hub, "connectivity") == "off"
    pump = hass.states.get("input_boolean.pump")
    assert pump is not None
    assert pump.state == "on"  # no control is carried out
    if whose == "our own":
        assert state_of(hass, hub, "problem").attributes["reason"] == "no_longer_registered"
    else:
        assert state_of(hass, hub, "problem").state == "off"

    await gateway.set_device(lfdi, enabled=True)
    coordinator.read_anew()
    await coordinator.async_refresh()
    await hass.async_block_till_done()
    assert device_state(hass, hub, "registration_state") == "enrolled"
    assert state_of(hass, hub, "problem").state == "off"


@pytest.mark.parametrize("status", [1, 2, 3, 4])
async def test_s9_subscription_that_was_cancelled_is_made_again_at_once(
    hass: HomeAssistant,
    hub: ConfigEntry,
    gateway: SimulatedGateway,
    hass_client_no_auth: ClientSessionGenerator,
    status: int,
) -> None:
    await enrolled(hass, hub, gateway)
    client = await hass_client_no_auth()
    hass.config.internal_url = str(client.make_url("/")).rstrip("/")
    await hass.config_entries.async_reload(hub.entry_id)
    coordinator = hub.runtime_data.coordinator
    await hass.async_block_till_done()
    await coordinator.async_refresh()

    async def subscriptions() -> int:
        requests = (await gateway.log())["requests"]
        return len([each for each in requests if each["method"] == "POST" and each["path"].endswith("/sub")])

    await eventually(subscriptions)
    await gateway.clear_log()
    await gateway.cancel_subscriptions(status)
    await eventually(subscriptions)

    # What is no notification, or too much of one, changes nothing.
    await gateway.clear_log()
    webhook = f"/api/webhook/{await (await KeptControls.async_get(hass, hub.entry_id)).async_webhook_id()}"
    for body in (b"", b"<x/>", b"<!DOCTYPE x><Notification/>", b"<" * 100_000):
        assert (await client.post(webhook, data=body)).status == 200
    await hass.async_block_till_done()
    assert await subscriptions() == 0


async def test_s10_address_that_is_dead_or_of_another_is_not_taken_over(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    make_gateway: GatewayFactory,
    commission: Commission,
    unused_tcp_port: int,
) -> None:
    entry, other = await commission(gateway), await make_gateway()
    before, runs = dict(entry.data), entry.runtime_data
    for port in (unused_tcp_port, other.port):
        info = announcement(gateway)
        info.port, info.properties["https"] = port, str(port)
        assert (await announce(hass, info))["reason"] == "already_configured"
        await hass.async_block_till_done(wait_background_tasks=True)
        assert dict(entry.data) == before
        assert entry.runtime_data is runs  # and nothing was loaded anew
    assert not (await other.log())["requests"]


async def test_s10_gateway_at_two_addresses_stays_where_it_is(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    """The neighbour: it announces itself at each of its addresses, and answers at all of them."""
    entry = await commission(gateway)
    runs = entry.runtime_data
    info = announcement(gateway)
    info.properties["dcap"] = "/dcap2"
    assert (await announce(hass, info))["reason"] == "already_configured"
    await hass.async_block_till_done(wait_background_tasks=True)
    assert entry.data["dcap_path"] == "/dcap"
    assert entry.runtime_data is runs


async def test_s10_gateway_that_fails_is_not_followed_to_somebody_else(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    make_gateway: GatewayFactory,
    commission: Commission,
    heard: list[Advertisement],
) -> None:
    entry, other = await commission(gateway), await make_gateway()
    await gateway.fault("refuse")
    heard.append(replace(heard_as(gateway), port=other.port))
    await entry.runtime_data.coordinator.async_refresh()
    await hass.async_block_till_done(wait_background_tasks=True)
    assert entry.data["port"] == gateway.port


def asked(hass: HomeAssistant) -> list[str]:
    """Return the pages on which a person is asked for something."""
    return [str(flow.get("step_id")) for flow in hass.config_entries.flow.async_progress()]


@pytest.mark.use_case("UR-5")
async def test_s7_stale_token_is_renewed_and_asked_again(
    hass: HomeAssistant, hub: ConfigEntry, utility: SimulatedUtility
) -> None:
    token = hub.data["token"]["access_token"]
    await utility.fault("http_error", status=401, path="/api/v1/accounts", count=1)
    assert await hub.runtime_data.manager(AccountManager).utility.accounts()
    assert hub.data["token"]["access_token"] != token
    await until(lambda: state_of(hass, hub, "utility").state == "on")
    assert not asked(hass)


@pytest.mark.use_case("UR-5")
async def test_s7_renewal_goes_on_when_nobody_waits_for_it_any_more(
    hass: HomeAssistant, hub: ConfigEntry, utility: SimulatedUtility
) -> None:
    token = hub.data["token"]["access_token"]
    await utility.fault("http_error", status=401, path="/api/v1/accounts", count=1)
    client = hub.runtime_data.manager(AccountManager).utility
    asking = asyncio.ensure_future(client.accounts())
    tokens = "custom_components.utility_han.account.tokens.Tokens._renew"
    renew, begun = Tokens._renew, asyncio.Event()

    async def slowly(self: Tokens) -> None:
        begun.set()
        await renew(self)

    with patch(tokens, slowly):
        await begun.wait()
        asking.cancel()
        # The next one asks with what came of it: the old token has been used up.
        assert await client.accounts()
    assert hub.data["token"]["access_token"] != token


@pytest.mark.use_case("UR-5")
async def test_s7_renewal_that_is_refused_when_nobody_waits_any_more_is_no_error(
    hass: HomeAssistant, hub: ConfigEntry, utility: SimulatedUtility
) -> None:
    await utility.fault("http_error", status=401, path="/api/v1/accounts", count=1)
    asking = asyncio.ensure_future(hub.runtime_data.manager(AccountManager).utility.accounts())
    begun, let = asyncio.Event(), asyncio.Event()

    async def refused(self: Tokens) -> None:
        begun.set()
        await let.wait()
        raise UtilityError(UtilityReason.UNAUTHORIZED, "the utility refuses to renew its permission")

    unhandled: list[dict[str, Any]] = []
    hass.loop.set_exception_handler(lambda _loop, context: unhandled.append(context))
    with patch("custom_components.utility_han.account.tokens.Tokens._renew", refused):
        await begun.wait()
        asking.cancel()
        await asyncio.sleep(0)
        let.set()
        await hass.async_block_till_done()
    assert not unhandled


@pytest.mark.use_case("UR-5")
async def test_s7_refusal_that_stands_asks_and_the_hub_goes_on_when_it_ends(
    hass: HomeAssistant, hub: ConfigEntry, utility: SimulatedUtility, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.utility_han.hub.background.rounds._FIRST", 0.3)
    refusals: list[tuple[int, UtilityReason | None]] = []
    noted = AccountManager._failed

    def note(account: AccountManager, err: UtilityError) -> None:
        noted(account, err)
        refusals.append((account._refusals.count, account.reason))

    monkeypatch.setattr(AccountManager, "_failed", note)
    assert await hass.config_entries.async_reload(hub.entry_id)
    account = hub.runtime_data.manager(AccountManager)
    await utility.fault("http_error", status=401)
    account.async_wake()
    await until(lambda: "reauth_account" in asked(hass))
    assert refusals[:2] == [(1, None), (2, UtilityReason.UNAUTHORIZED)], "one refusal is not believed"
    assert state_of(hass, hub, "utility").state == "off"
    await utility.mend()
    account.async_wake()
    await until(lambda: state_of(hass, hub, "utility").state == "on")
    await until(lambda: not asked(hass))
