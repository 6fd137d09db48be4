"""What a load control came to is said once the recorder knows it, and never made up."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from custom_components.utility_han.esi import ControlStatus, LoadControl, ResponseStatus
from custom_components.utility_han.hub.happenings import SIGNAL_HAPPENED, Happened
from custom_components.utility_han.load_control.manager import CONTROL, MEASURED, LoadControlManager
from custom_components.utility_han.procedures import ControlRecord, Effect
from custom_components.utility_han.procedures.load_control.record import Phase
from custom_components.utility_han.reports.outcomes import ControlOutcomes
from tests.component.test_reports import LFDI, Home
from tests.component.test_reports import home as home  # noqa: PLC0414 - the fixture

HOUR = timedelta(hours=1)


@pytest.fixture
def measured(hass: HomeAssistant) -> list[Mapping[str, Any]]:
    """What is told of controls that were measured."""
    told: list[Mapping[str, Any]] = []

    @callback
    def heard(happened: Happened) -> None:
        if (happened.of, happened.type) == (CONTROL, MEASURED):
            told.append(happened.attributes)

    async_dispatcher_connect(hass, SIGNAL_HAPPENED, heard)
    return told


async def ended(home: Home, control_id: str = "C1") -> None:
    """Let a control end that lasted for the last full hour, and have it looked at."""
    controls = home.entry.runtime_data.manager(LoadControlManager)
    control = LoadControl(
        control_id, "peak", 1, 16, home.hour - HOUR, home.hour - HOUR, HOUR, ControlStatus.ACTIVE, mandatory=False,
        heating_setpoint=48.0,
    )  # fmt: skip
    record = ControlRecord(
        LFDI, control, Phase.ENDED, home.hour - HOUR, home.hour, home.begun, acted=True,
        applied={"heating_setpoint": 48.0},
    )  # fmt: skip
    with patch.object(controls, "history", return_value=[record]):
        controls.effects.tell(controls.subjects[LFDI].device, Effect(LFDI, control, ResponseStatus.COMPLETED, None))
        await home.entry.runtime_data.manager(ControlOutcomes).async_look(datetime.now(UTC))


@pytest.mark.use_case("UR-P")
async def test_what_was_saved_is_said_where_the_days_before_are_known(
    home: Home, measured: list[Mapping[str, Any]]
) -> None:
    await home.compiled()
    month = [100.0 + 0.5 * each for each in range(32 * 24)]
    await home.counted("sensor.pump_energy", *month, month[-1] + 0.05)
    await ended(home)
    (told,) = measured
    figures = {name: told[name] for name in ("control", "what", "energy_kwh", "saved_kwh")}
    assert figures == {"control": "C1", "what": "reduction", "energy_kwh": 0.05, "saved_kwh": 0.45}
    assert "Reduce the load" in told["summary"], "it is switched off"
    assert told["summary"].endswith("about 0.4\N{NO-BREAK SPACE}kWh less than usual.")


async def test_outcome_that_fails_holds_up_no_other_and_is_told_later(
    home: Home, measured: list[Mapping[str, Any]]
) -> None:
    await home.compiled()
    await home.counted("sensor.pump_energy", 100.0, 100.5)
    outcomes, tell, told_of = home.entry.runtime_data.manager(ControlOutcomes), ControlOutcomes._async_tell, 0

    async def odd(self: ControlOutcomes, each: Any) -> None:
        nonlocal told_of
        told_of += 1
        if told_of == 1:
            raise ZeroDivisionError
        await tell(self, each)

    with patch.object(ControlOutcomes, "_async_tell", odd):
        with patch.object(ControlOutcomes, "async_look"):
            await ended(home)
            await ended(home, "C2")
        await outcomes.async_look(datetime.now(UTC))
        assert len(measured) == 1
        assert home.entry.runtime_data.rounds.failing
        await outcomes.async_look(datetime.now(UTC))
    assert len(measured) == 2
    assert not home.entry.runtime_data.rounds.failing


async def test_of_what_is_not_known_nothing_is_said(home: Home, measured: list[Mapping[str, Any]]) -> None:
    await home.compiled()
    await ended(home)
    assert measured == [], "nothing was counted"
    await home.counted("sensor.pump_energy", 100.0, 100.5)
    await ended(home)
    (told,) = measured
    assert (told["energy_kwh"], told["saved_kwh"]) == (0.5, None)
    assert told["summary"].endswith("used 0.5\N{NO-BREAK SPACE}kWh.")
