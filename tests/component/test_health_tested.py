"""What only a diagnosis finds out holds until another looks for it and does not find it."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from custom_components.utility_han.account.manager import AccountManager
from custom_components.utility_han.health.manager import HealthManager
from custom_components.utility_han.health.store import Conditions
from custom_components.utility_han.utility import Event, UtilityError
from tests.component.test_device_flow import DeviceFlow, registered, registered_by_itself
from tests.conftest import SimulatedGateway
from tests.helpers.health import Patient
from tests.helpers.states import until
from tests.helpers.utility import SimulatedUtility

pytestmark = pytest.mark.use_case("RD-9", "RD-10", "RD-10b", "RD-11", "DM-1", "DM-4a")

type Register = Callable[[DeviceFlow, SimulatedGateway], Awaitable[object]]


@pytest.fixture(params=[registered, registered_by_itself], ids=["linked", "own"])
async def patient(
    request: pytest.FixtureRequest, hass: HomeAssistant, hub: ConfigEntry, gateway: SimulatedGateway
) -> Patient:
    """A device that is registered and well, one of Home Assistant's entities or one by itself."""
    flow = DeviceFlow(hass, hub)
    await flow.start()
    await request.param(flow, gateway)
    await hass.async_block_till_done()
    return Patient(hass, hub, next(iter(hub.subentries)))


OWN = pytest.mark.parametrize("patient", [registered_by_itself], indirect=True, ids=["own"])
LINKED = pytest.mark.parametrize("patient", [registered], indirect=True, ids=["linked"])


async def long_after(patient: Patient) -> None:
    """Two days go by in which nobody looks with care."""
    for _ in range(2):
        await patient.manager.async_evaluate(dt_util.utcnow() + timedelta(days=2))


@LINKED
async def test_low_battery_that_the_gateway_alone_tells_lasts_until_it_is_changed(
    patient: Patient, gateway: SimulatedGateway
) -> None:
    await gateway.set_device(patient.lfdi, battery=2)
    found = await patient.act("diagnose", report=False)
    assert found["reasons"] == ["battery_low"], found
    await long_after(patient)
    assert patient.health == ("marginal", "battery_low")
    await gateway.set_device(patient.lfdi, battery=1)
    await patient.act("diagnose", report=False)
    assert patient.well


@OWN
async def test_device_does_not_look_well_by_a_diagnosis_that_could_not_test_it(
    hass: HomeAssistant, patient: Patient, gateway: SimulatedGateway, utility: SimulatedUtility
) -> None:
    await utility.set(answer_seconds=1.0)
    await gateway.set_device(patient.lfdi, answering=False)
    found = await patient.act("diagnose", report=False)
    assert found["reasons"] == ["no_answer"]

    await gateway.fault("silence")
    found = await patient.act("diagnose", report=False)
    assert (found["reason"], "no_answer" in found["reasons"]) == ("gateway_silent", True)
    await gateway.mend()
    await patient.look()
    await long_after(patient)
    assert patient.health == ("failed", "no_answer")

    # Over a restart too.
    await hass.config_entries.async_reload(patient.entry.entry_id)
    await long_after(patient)
    assert patient.health == ("failed", "no_answer")
    await gateway.set_device(patient.lfdi, answering=True)
    await utility.set(answer_seconds=30.0)
    await patient.act("diagnose", report=False)
    assert patient.well


async def _not_heard_of(patient: Patient) -> None:
    """Have what the utility tells from now on overlooked."""
    account: AccountManager = patient.manager.account

    async def nothing(_events: object) -> None:
        """It goes past."""

    account._heard = nothing


@LINKED
@pytest.mark.parametrize(
    ("decision", "health"),
    [("close", ("failed", "registration_lost")), ("suspend", ("failing", "registration_suspended"))],
)
async def test_what_became_of_a_registration_is_evident_once_a_diagnosis_has_seen_it(
    patient: Patient, utility: SimulatedUtility, decision: str, health: tuple[str, str]
) -> None:
    await _not_heard_of(patient)
    (registration,) = await utility.registrations()
    await utility.decide(registration["id"], decision)
    await patient.manager.async_evaluate()
    assert patient.well, "nobody has told of it"
    found = await patient.act("diagnose", report=False)
    assert found["reason"] == health[1]
    await long_after(patient)
    assert patient.health == health


@LINKED
async def test_registration_that_the_utility_closed_unheard_is_looked_at_when_events_are_missed(
    hass: HomeAssistant, patient: Patient, utility: SimulatedUtility, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _not_heard_of(patient)
    account = patient.manager.account
    (registration,) = await utility.registrations()
    before = account._cursor.cursor
    await utility.decide(registration["id"], "close")
    await until(lambda: account._cursor.cursor != before)
    assert patient.state("registration_state").state == "enrolled"
    real = account.utility.events

    async def lapsed(_cursor: str | None, wait: int) -> tuple[list[Event], str]:
        """Ask from where the utility keeps nothing any more, until it has said so."""
        try:
            return await real("999999", wait)
        except UtilityError:
            monkeypatch.setattr(account.utility, "events", real)
            raise

    # Not by the cursor that is kept: a question that is under way may come back with another one.
    monkeypatch.setattr(account.utility, "events", lapsed)
    account.async_wake()
    await until(lambda: patient.state("registration_state").state == "failed")
    await long_after(patient)
    assert patient.health == ("failed", "registration_lost")


@LINKED
async def test_device_that_could_not_be_registered_is_not_well(patient: Patient, utility: SimulatedUtility) -> None:
    """It has to be registered again, and the terms that were agreed to are none any more."""
    (record,) = patient.manager.registrar.registrations.records.values()
    consent = (record.run.consents or [])[0]
    (registration,) = await utility.registrations()
    await utility.decide(registration["id"], "close")
    await until(lambda: patient.health == ("failed", "registration_lost"))
    await utility.set_terms(consent["program_id"], "2031-01")
    answer = await patient.act("repair")
    assert (answer["fixed"], answer["reason"]) == (False, "registration_failed")
    assert patient.state("registration_state").state == "failed"
    await long_after(patient)
    assert patient.health == ("failed", "registration_failed")
    await utility.set_terms(consent["program_id"], consent["terms_version"])
    answer = await patient.act("repair")
    assert (answer["repair"], answer["fixed"]) == ("reregister", True), answer
    assert patient.well


@LINKED
async def test_what_was_tested_before_it_was_kept_what_was(hass: HomeAssistant, patient: Patient) -> None:
    health: HealthManager = patient.manager
    conditions = health.conditions
    snapshot = conditions.snapshot()
    snapshot["known"][patient.key] |= {"diagnosis": {"reasons": ["no_answer", "battery_low"]}}
    del snapshot["known"][patient.key]["tested"]
    migrated = Conditions.migrations[1, 2](snapshot)
    assert migrated["known"][patient.key]["tested"] == {"no_answer": "RD-10"}
    conditions.restore(migrated)
    await long_after(patient)
    assert patient.health == ("failed", "no_answer")
