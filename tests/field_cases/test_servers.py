"""Gateways and utilities that answer otherwise than the simulator: servers.yaml, the id of each case in the name."""

import time
from collections.abc import Mapping
from typing import Any

import pytest
from homeassistant.config_entries import ConfigEntry, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util

from custom_components.utility_han.procedures.step import Outcome, Step
from tests.conftest import SimulatedGateway
from tests.helpers import canned, flows
from tests.helpers.states import entity_id_of, state_of

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


def utility_server(*, dcap: str = "/dcap", before: str = "") -> dict[str, canned.Body]:
    """Return what a utility's server without metering has."""
    return {dcap: CAPABILITY.format(href=dcap, before=before), "/tm": clock()}


async def in_band(hass: HomeAssistant, host: str, port: int, pin: str = "123455") -> ConfigFlowResult:
    """Commission in-band, up to the page that tells how it went."""
    result = await flows.submit(hass, await flows.start(hass), {"host": host, "port": port})
    result = await flows.choose(hass, await flows.walk(hass, result, "method"), "in_band")
    return await flows.submit(hass, result, {"pin": pin})


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
    found: Mapping[str, Any] = entry.runtime_data.subject.found(step)
    return found


@pytest.mark.use_case("IP-6", "IP-7", "IP-8", "IP-9")
async def test_s1_server_without_metering_is_commissioned_with_what_it_offers(hass: HomeAssistant) -> None:
    with canned.serving(utility_server()) as server:
        result = await in_band(hass, server.host, server.port)
        assert result["step_id"] == "commissioned", result
        # Who wanted readings is told that there are none.
        assert result["errors"] == {"base": "no_readings"}
        entry = await finished(hass, result)
        assert set(steps(entry)) == {Step.IP_6, Step.IP_7, Step.IP_8, Step.IP_9, Step.IP_10, Step.IP_11}
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
    assert result["errors"] == {"base": "no_readings"}
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
        patched.setattr("custom_components.utility_han.hub.flow.commissioning.WAIT_FOR_ACCEPTANCE", 0.0)
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
        result = await flows.choose(hass, await flows.walk(hass, result, "method"), "in_band")
        result = await flows.submit(hass, result, {"pin": "123455"})
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
        er.async_get(hass).async_update_entity(entity_id_of(hass, entry, "export_price"), disabled_by=None)
        await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done(wait_background_tasks=True)
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
        assert state_of(hass, entry, "price").state == "unavailable"
        assert entry.runtime_data.coordinator.data.prices.received_at(dt_util.utcnow()).per_kwh == pytest.approx(0.08)
        await hass.config_entries.async_unload(entry.entry_id)
