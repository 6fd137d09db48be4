"""What a charger has signed reaches the record of its session, from an entity or an automation (UR-EV)."""

import base64
import json
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.utility_han.diagnostics import async_get_config_entry_diagnostics
from custom_components.utility_han.hub.background import rounds
from custom_components.utility_han.procedures import MeasuredSession, keep_signed
from custom_components.utility_han.procedures.charging.signed_values import SignedValue
from custom_components.utility_han.vehicles.chargers import signed_values
from tests.component.test_exporting import _soon, act, this_month
from tests.helpers.states import until
from tests.helpers.vehicles import ANSWERS, Charger, VehicleFlow, manager_of, vehicle_device_id

__all__ = ["_soon"]

pytestmark = pytest.mark.use_case("UR-EV")

SIGNED = "sensor.garage_charger_signed"


def ocmf(at: datetime, moment: str) -> str:
    """Return a record as chargers sign it, of a moment of a session."""
    reading = {"TM": f"{at:%Y-%m-%dT%H:%M:%S},000{at:%z} S", "TX": moment, "RV": 1234.5, "RU": "kWh", "ST": "G"}
    return f'OCMF|{json.dumps({"FV": "1.0", "PG": "T1", "RD": [reading]})}|{{"SD":"887FABF407AC82782EEF"}}'


@pytest.fixture
async def charger(hass: HomeAssistant, hub: ConfigEntry) -> Charger:
    """A home whose charger tells what it has signed in an attribute, as it may be longer than a state."""
    charger = Charger(hass)
    hass.states.async_set(SIGNED, "ok")
    flow = VehicleFlow(hass, hub)
    await flow.start()
    station = ANSWERS["vehicle"]["station"] | {"signed": SIGNED}
    await flow.bind(vehicle=ANSWERS["vehicle"] | {"station": station})
    charger.at = dt_util.utcnow()
    return charger


async def signed_of(hass: HomeAssistant) -> list[str]:
    """Return the signed records that the one charge detail record of the month has."""
    (record,) = json.loads((await act(hass, "export_sessions", format="cdr", month=this_month()))["content"])
    values = record.get("signed_data", {}).get("signed_values", [])
    return [base64.b64decode(each["signed_data"]).decode() for each in values]


async def test_record_of_a_session_has_what_the_charger_signed_of_it(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger
) -> None:
    hass.config.country = "US"
    device_id, manager = vehicle_device_id(hass, hub), manager_of(hub)
    begin, end = ocmf(charger.at, "B"), ocmf(charger.at + timedelta(minutes=55), "E")
    # It is told a moment before the plug is, and looked at again in a minute.
    hass.states.async_set(SIGNED, "ok", {"signed_meter_value": begin, "other": 7})
    await hass.async_block_till_done()
    charger.plug()
    (point,) = manager.charging.points.values()
    await until(lambda: point.session is not None)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=1))
    await until(lambda: point.session is not None and point.session.signed == [begin])
    charger.charge(10_000)
    await hass.async_block_till_done()
    charger.plug(plugged=False)
    await until(lambda: list(manager.charging.ledger.records()))
    (session,) = manager.charging.ledger.entries
    answer = await act(hass, "add_signed_meter_value", device_id=device_id, value=end)
    assert answer == {"session": session}
    wrong: tuple[tuple[str, str], ...] = (
        ("OCMF|{}", "signed_no_ocmf"),
        (ocmf(charger.at - timedelta(days=2), "E"), "signed_no_session"),
        (ocmf(charger.at, "T").replace("T1", "T" * 4000), "signed_too_long"),
    )
    await refused(hass, device_id, wrong)
    assert await signed_of(hass) == [begin, end]
    # What was handed over is not written anew.
    await refused(hass, device_id, [(ocmf(charger.at, "T"), "signed_too_late")])
    assert (await act(hass, "add_signed_meter_value", device_id=device_id, value=end)) == {"session": session}
    assert await signed_of(hass) == [begin, end]


async def test_what_could_not_be_kept_is_taken_again_and_keeps_no_other_from_it(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger
) -> None:
    manager, told = manager_of(hub), [ocmf(charger.at, moment) for moment in "BTE"]
    charger.plug()
    (point,) = manager.charging.points.values()
    await until(lambda: point.session is not None)
    keep, tried = keep_signed, list[str]()

    def odd(session: MeasuredSession, value: SignedValue) -> bool:
        tried.append(value.text)
        if value.text == told[0] and tried.count(told[0]) < 3:
            raise RuntimeError
        return keep(session, value)

    with (
        patch(f"{signed_values.__name__}.keep_signed", odd),
        patch.multiple(rounds, _FIRST=0.05, _LONGEST=0.1),
    ):
        hass.states.async_set(SIGNED, "ok", {f"value_{number}": text for number, text in enumerate(told)})
        await until(lambda: point.session is not None and sorted(point.session.signed) == sorted(told))
        await until(lambda: not hub.runtime_data.rounds.failing)
    assert tried.count(told[0]) == 3


async def refused(hass: HomeAssistant, device_id: str, values: Any) -> None:
    for value, key in values:
        with pytest.raises(ServiceValidationError) as raised:
            await act(hass, "add_signed_meter_value", device_id=device_id, value=value)
        assert raised.value.translation_key == key


async def test_diagnostics_have_nothing_of_what_the_charger_signed(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger
) -> None:
    """A record of OCMF names the meter by its number, and who charged by a card or contract (MS, ID)."""
    charger.plug()
    manager = manager_of(hub)
    (point,) = manager.charging.points.values()
    await until(lambda: point.session is not None)
    signed = ocmf(charger.at, "B").replace('"PG"', '"MS": "1EMH00096", "ID": "1F2D3A4F5506C7", "PG"')
    await act(hass, "add_signed_meter_value", device_id=vehicle_device_id(hass, hub), value=signed)
    open_session = json.dumps(await async_get_config_entry_diagnostics(hass, hub), default=str)
    charger.charge(10_000)
    await hass.async_block_till_done()
    charger.plug(plugged=False)
    await until(lambda: list(manager.charging.ledger.records()))
    told = open_session + json.dumps(await async_get_config_entry_diagnostics(hass, hub), default=str)
    assert [each for each in ("1EMH00096", "1F2D3A4F5506C7") if each in told] == []
