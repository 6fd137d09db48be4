"""What becomes of a device's registration while utility or gateway cannot be spoken with: it is done once they can."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from custom_components.utility_han.account.manager import AccountManager
from custom_components.utility_han.devices.manager import Registrar
from custom_components.utility_han.devices.store import Registrations
from custom_components.utility_han.esi import Source
from custom_components.utility_han.hub.background import rounds
from custom_components.utility_han.hub.kept.storage import _OPEN
from custom_components.utility_han.load_control.manager import LoadControlManager
from custom_components.utility_han.utility import asking
from tests.component.test_device_flow import device_state
from tests.component.test_health import own_patient as own_patient  # noqa: PLC0414 - the fixture
from tests.component.test_health import patient as patient  # noqa: PLC0414 - the fixture
from tests.conftest import SimulatedGateway
from tests.helpers.files import start_anew, start_before
from tests.helpers.health import Patient
from tests.helpers.states import eventually, until
from tests.helpers.utility import SimulatedUtility

REGISTRATIONS = "/api/v1/device-registrations"


@pytest.fixture(autouse=True)
def _not_asked_again_slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "_PAUSE", 0.0)
    monkeypatch.setattr(rounds, "_FIRST", 0.05)


def wake(entry: ConfigEntry) -> None:
    """Have what is left to do be looked at."""
    entry.runtime_data.manager(AccountManager).async_wake()


async def stages(utility: SimulatedUtility) -> list[str]:
    """Return how the utility's registrations stand."""
    return [each["stage"] for each in await utility.registrations()]


@pytest.mark.use_case("UR-15")
@pytest.mark.parametrize("status", [503, 400])
async def test_device_that_was_removed_is_deregistered_once_the_utility_takes_it(
    hass: HomeAssistant,
    patient: Patient,
    utility: SimulatedUtility,
    caplog: pytest.LogCaptureFixture,
    status: int,
) -> None:
    entry, title = patient.entry, patient.entry.subentries[patient.key].title
    await utility.fault("http_error", status=status, path=REGISTRATIONS)
    assert hass.config_entries.async_remove_subentry(entry, patient.key)
    await hass.async_block_till_done()
    registrar = entry.runtime_data.manager(Registrar)
    if status == 400:
        await until(lambda: f"{title} could not be deregistered" in caplog.text)
    else:
        await until(lambda: entry.runtime_data.manager(AccountManager).reason is not None)
    (record,) = registrar.registrations.records.values()
    assert record.run.closing, "it is not forgotten"
    assert await stages(utility) == ["active"]
    await utility.mend()
    wake(entry)
    await eventually(lambda: stages(utility), lambda found: found == ["closed"])
    await until(lambda: not registrar.registrations.records)


@pytest.mark.use_case("UR-c", "UR-15")
async def test_device_that_is_brought_again_while_its_end_is_told_is_not_forgotten(
    hass: HomeAssistant, patient: Patient, utility: SimulatedUtility, monkeypatch: pytest.MonkeyPatch
) -> None:
    registrar = patient.entry.runtime_data.manager(Registrar)
    (record,) = registrar.registrations.records.values()
    close = registrar.account.utility.close_registration

    async def bring_again(registration_id: str, key: str) -> None:
        await close(registration_id, key)
        record.run.closing = False  # as its dialog does

    monkeypatch.setattr(registrar.account.utility, "close_registration", bring_again)
    record.run.closing = True
    await registrar.async_close(record)
    assert [*registrar.registrations.records.values()] == [record]
    await registrar.async_pass(record)
    assert (await stages(utility))[0] == "closed"
    assert record.run.registration_id is not None, "another was opened"


@pytest.mark.use_case("UR-c", "UR-15")
@pytest.mark.parametrize("cut", ["close_registration", "async_take_off_list"])
async def test_device_that_is_brought_again_just_before_a_power_cut_is_registered_anew(
    hass: HomeAssistant,
    patient: Patient,
    gateway: SimulatedGateway,
    utility: SimulatedUtility,
    monkeypatch: pytest.MonkeyPatch,
    cut: str,
) -> None:
    """The utility has heard that it is gone, and what comes of that is written down nowhere."""
    registrar = patient.entry.runtime_data.manager(Registrar)
    (record,) = registrar.registrations.records.values()
    of = registrar if cut == "async_take_off_list" else registrar.account.utility
    close = registrar.account.utility.close_registration

    async def power_fails(*asked: Any) -> None:
        if cut == "close_registration":
            await close(*asked)
        record.run.bring_again()  # as its dialog does
        record.run.key = gateway.pin
        await registrar.registrations.async_save()
        raise RuntimeError("nothing is written after that")

    with monkeypatch.context() as patched:
        patched.setattr(of, cut, power_fails)
        record.run.closing = True
        with pytest.raises(RuntimeError):
            await registrar.async_close(record)
    assert await stages(utility) == ["closed"]
    await start_anew(hass, patient.entry)
    await eventually(lambda: stages(utility), lambda found: found == ["closed", "active"])


@pytest.mark.use_case("UR-c")
async def test_device_whose_removal_was_lost_in_a_power_cut_is_there_and_stays(
    hass: HomeAssistant, patient: Patient, utility: SimulatedUtility
) -> None:
    """Home Assistant writes its entries a second later, and shows the device again."""
    registrations = patient.entry.runtime_data.manager(Registrar).registrations
    (record,) = registrations.records.values()
    record.run.closing = True
    await registrations.async_save()
    await start_anew(hass, patient.entry)
    registrar = patient.entry.runtime_data.manager(Registrar)
    await registrar._do_what_is_left()
    (record,) = registrar.registrations.records.values()
    assert not record.run.returned
    assert await stages(utility) == ["active"]


@pytest.mark.use_case("UR-c")
async def test_device_that_was_lost_in_a_power_cut_is_there_again_and_stays(
    hass: HomeAssistant, patient: Patient, utility: SimulatedUtility
) -> None:
    """Its registration is on disk at once, and the page that shows it a second later."""
    entry = patient.entry
    await entry.runtime_data.manager(Registrar).registrations.async_save()
    shown = entry.subentries[patient.key]
    await start_before(hass, entry, entry.created_at, [patient.key])
    registrar = entry.runtime_data.manager(Registrar)
    await registrar._do_what_is_left()
    (again,) = entry.get_subentries_of_type("device")
    assert (again.unique_id, again.title, again.data) == (shown.unique_id, shown.title, shown.data)
    assert not next(iter(registrar.registrations.records.values())).run.closing
    assert await stages(utility) == ["active"]


@pytest.mark.use_case("UR-15")
async def test_device_that_the_gateway_keeps_is_told_of_and_deregistered_all_the_same(
    hass: HomeAssistant,
    patient: Patient,
    gateway: SimulatedGateway,
    utility: SimulatedUtility,
    caplog: pytest.LogCaptureFixture,
) -> None:
    entry, title = patient.entry, patient.entry.subentries[patient.key].title
    await gateway.fault("http_error", status=403, path="/edev/2")
    assert hass.config_entries.async_remove_subentry(entry, patient.key)
    await hass.async_block_till_done()
    await eventually(lambda: stages(utility), lambda found: found == ["closed"])
    await until(lambda: f"{title} stays on the gateway's list" in caplog.text)


@pytest.mark.use_case("UR-8", "UR-P")
@pytest.mark.parametrize("status", [503, 400])
async def test_registration_that_was_lost_here_is_found_again_and_not_made_twice(
    hass: HomeAssistant, patient: Patient, utility: SimulatedUtility, status: int
) -> None:
    entry = patient.entry
    assert await hass.config_entries.async_unload(entry.entry_id)
    await Registrations.async_remove(hass, entry.entry_id)
    hass.data.pop(_OPEN)
    await utility.fault("http_error", status=status, path=REGISTRATIONS)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    (record,) = entry.runtime_data.manager(Registrar).registrations.records.values()
    if status == 503:
        await until(lambda: entry.runtime_data.manager(AccountManager).reason is not None)
    assert record.run.registration_id is None
    await utility.mend()
    wake(entry)
    await until(lambda: device_state(hass, entry, "registration_state") == "enrolled")
    assert await stages(utility) == ["active"]


@pytest.mark.use_case("UR-10")
async def test_certificate_that_is_damaged_is_told_with_what_helps(
    hass: HomeAssistant, own_patient: Patient, caplog: pytest.LogCaptureFixture
) -> None:
    entry = own_patient.entry
    subentry = entry.subentries[own_patient.key]
    damaged = {"cert_pem": "-----BEGIN CERTIFICATE-----\nnone", "key_pem": "none"}
    registrar = entry.runtime_data.manager(Registrar)
    (record,) = registrar.registrations.records.values()
    data = {**subentry.data, "identity": damaged}
    record.data = data
    hass.config_entries.async_update_subentry(entry, subentry, data=data)
    await hass.async_block_till_done()
    assert f"{subentry.title} cannot answer the gateway" in caplog.text
    assert "replace the device for another" in caplog.text
    assert entry.state.recoverable
    assert device_state(hass, entry, "registration_state") == "enrolled"


@pytest.mark.use_case("UR-P")
async def test_programs_that_cannot_be_read_stay_as_they_were(
    hass: HomeAssistant, patient: Patient, gateway: SimulatedGateway
) -> None:
    """They are read anew where the gateway ends a subscription: they may have moved."""
    registrar = patient.entry.runtime_data.manager(Registrar)
    read: Callable[[], Awaitable[None]] = registrar.async_read_programs
    controls = patient.entry.runtime_data.manager(LoadControlManager)

    def followed() -> int:
        return len(controls.programs(Source.GATEWAY))

    assert followed() == 1
    await gateway.enroll(patient.lfdi, program=2)
    await gateway.fault("http_error", path="/edev/2")
    await read()
    assert followed() == 1
    await gateway.mend()
    await read()
    assert followed() == 2
    await gateway.unenroll(patient.lfdi, program=2)
    await gateway.unenroll(patient.lfdi)
    await read()
    (record,) = registrar.registrations.records.values()
    assert (followed(), record.run.dr_programs) == (0, [])
    await gateway.clear_log()
    await read()
    assert (await gateway.log())["requests"] == [], "who is in no program is not asked about"
