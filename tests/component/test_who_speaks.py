"""Who speaks for a device: Home Assistant for those that it announced, also with a new identity, and else nobody here.

IEEE 2030.5-2018, 8.5.3: what is written below an EndDevice should be restricted to the client that it stands for; the
gateway here lets the client that announced a device speak for it, known by the LFDI of its certificate (6.3.4).
"""

from datetime import timedelta

import pytest
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from custom_components.utility_han.const import DOMAIN
from custom_components.utility_han.health.replacing import Replacement, async_replace
from custom_components.utility_han.load_control.manager import LoadControlManager
from custom_components.utility_han.procedures import Outcome
from tests.component.test_changes import lfdi_shown, reconfigure
from tests.component.test_device_flow import DeviceFlow, registered
from tests.conftest import SimulatedGateway
from tests.helpers import flows
from tests.helpers.health import Patient
from tests.helpers.states import state_of, until
from tests.helpers.utility import SimulatedUtility


@pytest.fixture
async def patient(hass: HomeAssistant, hub: ConfigEntry, gateway: SimulatedGateway) -> Patient:
    """A device that Home Assistant announced, registered and well."""
    flow = DeviceFlow(hass, hub)
    await flow.start()
    await registered(flow, gateway)
    await hass.async_block_till_done()
    return Patient(hass, hub, next(iter(hub.subentries)))


@pytest.fixture
async def silent(hass: HomeAssistant, hub: ConfigEntry, gateway: SimulatedGateway) -> Patient:
    """Another whose certificate is elsewhere, by the LFDI on its label: nobody here can speak with it."""
    flow = DeviceFlow(hass, hub)
    await flow.start()
    await flow.walk("method")
    await flow.choose("in_band")
    await flow.submit({"lfdi": "3E4F45AB31EDFE5B67E343E5E4562E31984E23E5", "key": gateway.pin})
    await flow.walk("identification")
    await flow.submit({"serial": gateway.free_serial, "key": gateway.pin})
    assert flow.page == "registered", flow.result
    await flow.submit({})
    await until(lambda: hub.subentries)
    await hass.async_block_till_done()
    return Patient(hass, hub, next(iter(hub.subentries)))


async def take_new_identity(hass: HomeAssistant, entry: ConfigEntry, gateway: SimulatedGateway) -> str:
    """Have Home Assistant be somebody else for the gateway; return its new LFDI."""
    result = await reconfigure(hass, entry, "identity_change")
    result = await flows.choose(hass, result, "identity_new")
    new = lfdi_shown(result)
    await flows.by_pin(hass, result, gateway.pin)
    await until(lambda: state_of(hass, entry, "commissioning_state").state == "commissioned")
    await until(lambda: entry.runtime_data.identity.lfdi == new)
    return new


async def who_answers(patient: Patient, gateway: SimulatedGateway) -> set[tuple[str, str]]:
    """Publish a control and cancel it; return for whom it is answered, and by whom."""
    controls = patient.entry.runtime_data.manager(LoadControlManager)
    made = await gateway.publish(program=1, duration=3600)
    await controls.async_look()
    await gateway.cancel(made["number"])
    await controls.async_look()
    return {(each["lfdi"], each["client"]) for each in await gateway.responses() if each["mrid"] == made["mrid"]}


def told(hass: HomeAssistant, entry: ConfigEntry) -> ir.IssueEntry | None:
    """Return the notice of devices that the gateway keeps."""
    return ir.async_get(hass).async_get_issue(DOMAIN, f"left_behind_{entry.entry_id}")


@pytest.mark.use_case("IP-6", "UR-P")
@pytest.mark.parametrize("away", [False, True], ids=["gateway there", "gateway away at first"])
async def test_devices_move_with_home_assistant(
    hass: HomeAssistant, patient: Patient, gateway: SimulatedGateway, *, away: bool
) -> None:
    entry, before = patient.entry, patient.entry.runtime_data.identity.lfdi
    assert await who_answers(patient, gateway) == {(patient.lfdi, before)}
    if away:
        await gateway.fault("silence", path="/edev/2")
    new = await take_new_identity(hass, entry, gateway)
    if away:
        assert [former["devices"] for former in entry.data["former"]] == [[patient.lfdi]]
        await gateway.mend()
        await hass.config_entries.async_reload(entry.entry_id)
    assert new != before
    await until(lambda: "former" not in entry.data)
    assert sorted((await gateway.describe())["registered"]) == sorted([new, patient.lfdi])
    assert told(hass, entry) is None
    assert patient.state("registration_state").state == "enrolled"
    assert await who_answers(patient, gateway) == {(patient.lfdi, new)}


@pytest.mark.use_case("IP-6", "RD-8b")
async def test_device_that_the_gateway_keeps_speaks_for_itself(
    hass: HomeAssistant, patient: Patient, gateway: SimulatedGateway
) -> None:
    await gateway.fault("http_error", path="/edev/2", status=403)
    await take_new_identity(hass, patient.entry, gateway)
    await gateway.mend()
    assert await who_answers(patient, gateway) == {(patient.lfdi, patient.lfdi)}
    assert told(hass, patient.entry) is None


@pytest.mark.use_case("IP-6", "RD-8b")
async def test_device_that_the_gateway_keeps_is_told_of_until_the_utility_takes_it_off(
    hass: HomeAssistant, silent: Patient, gateway: SimulatedGateway
) -> None:
    patient, entry = silent, silent.entry
    await gateway.fault("http_error", path="/edev/2", status=403)
    new = await take_new_identity(hass, entry, gateway)
    await until(lambda: told(hass, entry) is not None)
    notice = told(hass, entry)
    assert notice is not None
    assert notice.translation_placeholders == {"title": entry.title, "devices": entry.subentries[patient.key].title}
    await gateway.mend()
    assert await who_answers(patient, gateway) == set(), "the gateway takes it to be the former's"

    await gateway.withdraw(patient.lfdi)
    await patient.look()
    assert told(hass, entry) is None
    assert "former" not in entry.data
    assert patient.health == ("failed", "not_listed")
    assert (await patient.act("repair"))["fixed"]
    assert await who_answers(patient, gateway) == {(patient.lfdi, new)}


@pytest.mark.use_case("DM-1", "DM-2", "DM-5a", "UR-P")
async def test_device_that_another_certificate_speaks_for_is_told_of_and_can_be_replaced(
    hass: HomeAssistant, silent: Patient, gateway: SimulatedGateway, utility: SimulatedUtility
) -> None:
    patient = silent
    await utility.set(answer_seconds=0.2)  # nobody answers it here
    await gateway.withdraw(patient.lfdi)
    await gateway.register(patient.lfdi)  # now it is the utility's, by a certificate that is elsewhere
    await gateway.enroll(patient.lfdi)
    await patient.look()
    assert await who_answers(patient, gateway) == set()
    await patient.manager.async_evaluate()
    await patient.manager.async_evaluate(dt_util.utcnow() + timedelta(minutes=4))
    assert patient.health == ("failing", "not_spoken_for")
    found = await patient.act("diagnose")
    assert (found["verdict"], found["reason"], found["next"]) == (
        "commissioning_problem", "not_spoken_for", "replace_device",
    )  # fmt: skip

    watched = patient.manager.subjects.of(patient.key)
    assert watched is not None
    before = patient.lfdi
    result = await async_replace(patient.manager, watched, Replacement(None, "HA-0000000001", None))
    assert result.outcome is Outcome.DONE, result
    await hass.async_block_till_done()
    await until(lambda: patient.state("registration_state").state == "enrolled")
    assert patient.lfdi != before
    assert await who_answers(patient, gateway) == {(patient.lfdi, patient.entry.runtime_data.identity.lfdi)}
