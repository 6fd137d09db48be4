"""Repairs that somebody asks for by name: what is done, what begins for a person, what is not there to be done."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntry, ConfigEntryState, ConfigFlow
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import (
    MockModule,
    mock_config_flow,
    mock_integration,
    mock_platform,
)

from custom_components.utility_han.health import repairing
from tests.component.test_health import patient as patient  # noqa: PLC0414 - the fixture
from tests.conftest import SimulatedGateway
from tests.helpers.health import Patient
from tests.helpers.radio import Radio, link_radio


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repairing, "_AFTER_RELOAD", 0.0)


@pytest.fixture
def meter(hass: HomeAssistant, hub: ConfigEntry) -> Patient:
    """The gateway of a hub."""
    return Patient(hass, hub, hub.entry_id)


def done(answer: Mapping[str, Any]) -> list[tuple[str, str, str | None]]:
    """Return what was done: step, outcome and reason of each."""
    return [(each["step"], each["outcome"], each["reason"]) for each in answer["repair_steps"]]


@pytest.mark.use_case("DM-6", "RD-3")
async def test_gateway_is_looked_for_again(meter: Patient, gateway: SimulatedGateway) -> None:
    await gateway.fault("refuse")
    answer = await meter.act("repair", repair="resynchronise")
    assert done(answer) == [("DM-6", "failed", "unreachable")]
    assert (answer["fixed"], answer["verdict"]) == (False, "gateway_down")
    await gateway.mend()
    answer = await meter.act("repair", repair="resynchronise")
    assert done(answer) == [("DM-6", "done", None)]
    assert answer["fixed"]
    assert meter.well


@pytest.mark.use_case("RD-8")
@pytest.mark.parametrize("repair", ["commission_again", "renew_certificate"])
async def test_commissioning_again_waits_for_a_person(hass: HomeAssistant, meter: Patient, repair: str) -> None:
    answer = await meter.act("repair", repair=repair)
    assert done(answer) == [("RD-8", "waiting", None)]
    await hass.async_block_till_done()
    (flow,) = meter.entry.async_get_active_flows(hass, {SOURCE_REAUTH})
    assert flow["step_id"] == "reauth_confirm", "the account has nothing to do with it"
    result = await hass.config_entries.flow.async_configure(flow["flow_id"])
    assert result["menu_options"] == ["method", "identity_new", "identity_import"]


@pytest.mark.use_case("RD-8")
async def test_meter_that_is_another_is_confirmed_by_changing_the_hub(
    hass: HomeAssistant, meter: Patient, gateway: SimulatedGateway
) -> None:
    """Signing in again says nothing of which meter is meant."""
    await gateway.fault("wrong_certificate")
    await meter.entry.runtime_data.coordinator.async_refresh()
    answer = await meter.act("repair", repair="commission_again")
    assert done(answer) == [("RD-8", "waiting", "wrong_gateway")]
    assert answer["fixed"] is False
    await hass.async_block_till_done()
    assert not list(meter.entry.async_get_active_flows(hass, {SOURCE_REAUTH}))


class OtherIntegration:
    """The integration that a device's entity comes from: loaded anew, the entity is there again, if it ``helps``."""

    def __init__(self, hass: HomeAssistant, radio: Radio) -> None:
        self.radio = radio
        self.helps = True
        self.unloads = True
        mock_integration(hass, MockModule("radio", async_setup_entry=self._set_up, async_unload_entry=self._unload))
        mock_platform(hass, "radio.config_flow")
        (self.entry,) = hass.config_entries.async_entries("radio")

    async def _set_up(self, _hass: HomeAssistant, _entry: ConfigEntry) -> bool:
        self.radio.switch("on" if self.helps else "unavailable")
        return self.helps

    async def _unload(self, _hass: HomeAssistant, _entry: ConfigEntry) -> bool:
        return self.unloads


@pytest.fixture
async def other(hass: HomeAssistant, patient: Patient) -> AsyncIterator[OtherIntegration]:
    """The integration of the patient's entity, which has it no more."""
    with mock_config_flow("radio", ConfigFlow):
        made = OtherIntegration(hass, link_radio(hass, patient))
        assert await hass.config_entries.async_setup(made.entry.entry_id)
        made.radio.switch("unavailable")
        yield made


@pytest.mark.use_case("DM-4a", "DM-6")
async def test_integration_of_a_device_that_is_away_is_loaded_anew(patient: Patient, other: OtherIntegration) -> None:
    other.helps = False
    answer = await patient.act("repair")
    assert (answer["repair"], done(answer)) == ("check_device", [("DM-6", "failed", None)])
    assert answer["repair_steps"][0]["evidence"] == {"entity": other.radio.entity_id}
    other.helps = True
    answer = await patient.act("repair")
    assert (done(answer), answer["fixed"]) == ([("DM-6", "done", None)], True)
    assert patient.well


@pytest.mark.use_case("DM-4a", "DM-6")
async def test_integration_that_cannot_be_unloaded_is_left_to_a_restart(
    hass: HomeAssistant, patient: Patient, other: OtherIntegration
) -> None:
    other.unloads = False
    assert not await hass.config_entries.async_unload(other.entry.entry_id)
    assert other.entry.state is ConfigEntryState.FAILED_UNLOAD
    answer = await patient.act("repair")
    assert (done(answer), answer["fixed"]) == ([("DM-6", "failed", None)], False)
    assert (answer["verdict"], answer["reason"]) == ("faulty_device", "entity_unavailable")


@pytest.mark.use_case("DM-4a", "DM-6")
async def test_entity_of_no_integration_is_for_a_person_to_look_at(hass: HomeAssistant, patient: Patient) -> None:
    hass.states.async_set("input_boolean.pump", "unavailable")
    answer = await patient.act("repair")
    assert (answer["repair"], done(answer)) == ("check_device", [("DM-6", "not_offered", None)])
    assert answer["repair_steps"][0]["evidence"] == {"entity": "input_boolean.pump"}
    assert patient.health == ("failing", "entity_unavailable")
