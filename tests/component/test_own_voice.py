"""Devices on a gateway that takes what is said of each from nobody but the device itself (IEEE 2030.5-2018, 8.5.3).

GridAPPS-D's server in Go is one (``docs/enddevice-access.md`` of ``ieee-2030_5-server-go``): who announces another
device gets the own entry, nobody is shown another's, and what is below it answers 403.
"""

from datetime import timedelta
from unittest.mock import AsyncMock

import pytest
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from custom_components.utility_han.const import CONF_ADDED_BY_US, CONF_IDENTITY
from custom_components.utility_han.devices.store import Record
from custom_components.utility_han.devices.voice import async_give_voice
from custom_components.utility_han.health.replacing import Replacement, async_replace
from custom_components.utility_han.load_control.manager import LoadControlManager
from custom_components.utility_han.procedures import Outcome, RegistrationRun
from tests.component.test_device_flow import DeviceFlow, device_state, registered
from tests.conftest import GatewayFactory, SimulatedGateway
from tests.helpers.health import Patient
from tests.helpers.states import eventually, until


@pytest.fixture
async def gateway(make_gateway: GatewayFactory) -> SimulatedGateway:
    """A gateway that goes by certificates alone."""
    return await make_gateway(registration="both", own_only=True)


async def add_device(hass: HomeAssistant, hub: ConfigEntry, gateway: SimulatedGateway) -> None:
    """Announce and register a device, by the dialog."""
    flow = DeviceFlow(hass, hub)
    await flow.start()
    await registered(flow, gateway)
    await hass.async_block_till_done()


async def entries(gateway: SimulatedGateway) -> list[str]:
    return list((await gateway.describe())["registered"])


@pytest.mark.use_case("IP-6", "IP-9", "UR-10", "UR-12", "UR-P", "DM-1")
async def test_device_is_announced_registered_controlled_and_withdrawn_by_itself(
    hass: HomeAssistant, hub: ConfigEntry, gateway: SimulatedGateway
) -> None:
    await add_device(hass, hub, gateway)
    (subentry,) = hub.subentries.values()
    own, device = hub.runtime_data.identity.lfdi, str(subentry.unique_id)
    assert await entries(gateway) == [own, device]
    await until(lambda: device_state(hass, hub, "connectivity") == "on")
    assert device_state(hass, hub, "registration_state") == "enrolled"

    for again in (False, True):  # also after a restart, which knows no more than what is kept
        if again:
            assert await hass.config_entries.async_reload(hub.entry_id)
            await hass.async_block_till_done()
            await until(lambda: device_state(hass, hub, "connectivity") == "on")
        made = await gateway.publish(program=1, duration=timedelta(hours=1).seconds)
        controls = hub.runtime_data.manager(LoadControlManager)
        await controls.async_look()
        await until(lambda: hass.states.is_state("input_boolean.pump", "off"))
        await gateway.cancel(made["number"])
        await controls.async_look()
        await until(lambda: hass.states.is_state("input_boolean.pump", "on"))
        answers = [each for each in await gateway.responses() if each["mrid"] == made["mrid"]]
        assert {(each["lfdi"], each["client"]) for each in answers} == {(device, device)}
        assert device_state(hass, hub, "health") == "ok"

    assert hass.config_entries.async_remove_subentry(hub, subentry.subentry_id)
    assert await eventually(lambda: entries(gateway), lambda left: device not in left) == [own]


@pytest.mark.use_case("IP-6")
async def test_hub_that_is_removed_takes_its_devices_along(
    hass: HomeAssistant, hub: ConfigEntry, gateway: SimulatedGateway
) -> None:
    await add_device(hass, hub, gateway)
    assert len(await entries(gateway)) == 2
    await hass.config_entries.async_remove(hub.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert await entries(gateway) == []


@pytest.mark.use_case("IP-6", "IP-9", "UR-P")
async def test_device_that_the_utility_tells_of_is_found_by_itself(
    hass: HomeAssistant, hub: ConfigEntry, gateway: SimulatedGateway
) -> None:
    """The list shows it to nobody but itself."""
    flow = DeviceFlow(hass, hub)
    await flow.start()
    await flow.walk("method")
    await flow.choose("request")
    await flow.submit({"key": gateway.pin})
    await flow.walk("identification")
    await flow.submit({"serial": gateway.free_serial, "key": gateway.pin})
    assert flow.page == "registered", flow.result
    await flow.submit({})
    await hass.async_block_till_done()
    await until(lambda: device_state(hass, hub, "connectivity") == "on")
    (subentry,) = hub.subentries.values()
    device = str(subentry.unique_id)
    made = await gateway.publish(program=1, duration=3600)
    await hub.runtime_data.manager(LoadControlManager).async_look()
    answers = await eventually(gateway.responses)
    assert {(each["lfdi"], each["client"]) for each in answers if each["mrid"] == made["mrid"]} == {(device, device)}


@pytest.mark.use_case("IP-6")
async def test_device_that_the_gateway_keeps_keeps_nothing_else_of_a_hub_that_is_removed(
    hass: HomeAssistant, hub: ConfigEntry, gateway: SimulatedGateway
) -> None:
    await add_device(hass, hub, gateway)
    own, device = await entries(gateway)
    await gateway.fault("http_error", path="/edev/2", status=403)
    await hass.config_entries.async_remove(hub.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert await entries(gateway) == [device]
    assert own != device


@pytest.mark.use_case("DM-5a", "IP-6")
async def test_device_that_takes_the_place_of_another_announces_itself(
    hass: HomeAssistant, hub: ConfigEntry, gateway: SimulatedGateway
) -> None:
    await add_device(hass, hub, gateway)
    patient = Patient(hass, hub, next(iter(hub.subentries)))
    before = patient.lfdi
    watched = patient.manager.subjects.of(patient.key)
    assert watched is not None
    result = await async_replace(patient.manager, watched, Replacement(None, "HA-0000000001", None))
    assert result.outcome is Outcome.DONE
    assert result.evidence["listed"] == "done"
    await hass.async_block_till_done()
    assert patient.lfdi != before
    assert await entries(gateway) == [hub.runtime_data.identity.lfdi, patient.lfdi]


@pytest.mark.use_case("IP-9")
@pytest.mark.parametrize("ours", [True, False], ids=["announced by us", "by the utility"])
async def test_device_is_heard_from_the_start_where_it_was(hass: HomeAssistant, *, ours: bool) -> None:
    run = RegistrationRun("3E4F45AB31EDFE5B67E343E5E4562E31984E23E5", "switch", "", "", "", href="/edev/3")
    gateway = AsyncMock()
    data = {CONF_IDENTITY: {}, CONF_ADDED_BY_US: ours}
    await async_give_voice(hass, gateway, Record(run, "Pump", data))
    assert gateway.give_voice.await_args.kwargs == {"alone": not ours, "href": "/edev/3"}
    gateway.reset_mock()
    await async_give_voice(hass, gateway, Record(run, "Pump", {CONF_ADDED_BY_US: ours}))
    gateway.give_voice.assert_not_awaited()
