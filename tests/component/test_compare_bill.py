"""A bill is compared with the meter by an action, which tells what differs and why, and changes nothing."""

from collections.abc import Callable, Sequence
from errno import EIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from homeassistant.components.recorder import Recorder
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.utility_han.const import DOMAIN
from custom_components.utility_han.documents.green_button import parse
from custom_components.utility_han.reports import billed
from tests.documents.test_green_button_comparing import home
from tests.helpers.green_button import block, file, house, leaves, series, usage_point
from tests.helpers.green_button import entry as feed_entry
from tests.helpers.model_gateway import model_entry
from tests.helpers.recorder import record_hours

pytestmark = pytest.mark.use_case("UR-EV")

HOUR, START = 3600, 1_790_000_000 // 86_400 * 86_400
METER, OPOWER = "sensor.model_energy", "opower:utility_elec_1234567890_energy_consumption"
HOURS = 10 * 24


@pytest.fixture
async def entry(recorder_mock: Recorder, hass: HomeAssistant, tmp_path: Path) -> MockConfigEntry:
    """A hub whose meter has ten days of statistics, and a folder for bills."""
    assert await async_setup_component(hass, DOMAIN, {})
    entry = model_entry()
    entry.add_to_hass(hass)
    entry.mock_state(hass, ConfigEntryState.LOADED)
    key = f"{entry.entry_id}_energy_summation_delivered"
    registry = er.async_get(hass)
    registry.async_get_or_create("sensor", DOMAIN, key, object_id_base="model_energy", config_entry=entry)
    hass.config.allowlist_external_dirs = {str(tmp_path)}
    return entry


async def compare(hass: HomeAssistant, entry: MockConfigEntry, **asked: Any) -> dict[str, Any]:
    data = {"config_entry": entry.entry_id, **asked}
    answer = await hass.services.async_call(DOMAIN, "compare_bill", data, blocking=True, return_response=True)
    assert answer is not None
    return dict(answer)


def bill(folder: Path, energies: Sequence[float], start: int = START, **kind: Any) -> str:
    """Return the path of a Green Button file of hours."""
    path = folder / "bill.xml"
    path.write_bytes(house(block(start, series(start, [round(wh) for wh in energies], HOUR)), **kind))
    return str(path)


def summaries() -> bytes:
    """Return a file that has what was billed, and no readings."""
    period = f"<billingPeriod>{leaves(duration=30 * 86_400, start=START)}</billingPeriod>"
    return file(usage_point(), feed_entry("UsageSummary", period, up="UsagePoint/1/UsageSummary"))


async def test_a_file_that_agrees_and_one_that_does_not(
    hass: HomeAssistant, entry: MockConfigEntry, tmp_path: Path
) -> None:
    await record_hours(hass, METER, START, home(hours=HOURS))
    answer = await compare(hass, entry, path=bill(tmp_path, home(hours=HOURS)))
    assert answer["meter"] == [METER]
    (found,) = answer["compared"]
    assert (found["usage_point"], found["direction"], found["findings"], found["days"]) == (
        "House 1",
        "forward",
        [],
        [],
    )
    assert found["bill"] == pytest.approx(found["meter"], rel=0.001)
    assert found["meter"] == pytest.approx(sum(home(hours=HOURS)) / 1000, abs=0.01)
    (found,) = (await compare(hass, entry, path=bill(tmp_path, home(hours=HOURS), powerOfTenMultiplier=1)))["compared"]
    (finding,) = found["findings"]
    assert finding["factor"] == pytest.approx(10, rel=0.001)
    assert finding["text"].startswith("The bill has the same energy multiplied")
    assert len(found["days"]) >= 10
    answer = await compare(hass, entry, path=bill(tmp_path, home(hours=HOURS), flowDirection=19))
    assert answer["compared"] == []
    assert answer["skipped"] == [{"title": "House 1", "reason": "no_export_statistics", "detail": "reverse"}]


async def test_a_bill_of_another_time_zone_says_by_how_much(
    hass: HomeAssistant, entry: MockConfigEntry, tmp_path: Path
) -> None:
    await record_hours(hass, METER, START, home(hours=HOURS))
    (found,) = (await compare(hass, entry, path=bill(tmp_path, home(hours=HOURS), START + 2 * HOUR)))["compared"]
    (finding,) = (each for each in found["findings"] if each["reason"] == "shifted")
    assert finding["minutes"] == 120
    assert "factor" not in finding


@pytest.mark.parametrize(
    ("direction", "code", "counts"),
    [
        ("reverse", 19, lambda _, given: given),
        ("net", 4, lambda took, given: took - given),
        ("total", 20, lambda took, given: took + given),
    ],
)
async def test_a_home_that_gives_is_compared_by_the_direction_of_the_bill(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    tmp_path: Path,
    direction: str,
    code: int,
    counts: Callable[[float, float], float],
) -> None:
    """FlowDirectionKind: "net" is forward less reverse, "total" is both (ESPI)."""
    key = f"{entry.entry_id}_energy_summation_received"
    registry = er.async_get(hass)
    registry.async_get_or_create("sensor", DOMAIN, key, object_id_base="model_given", config_entry=entry)
    took = home(hours=HOURS)
    given = [float(hour % 24 > 9) * 10 * (hour % 24) for hour in range(HOURS)]
    await record_hours(hass, METER, START, took)
    await record_hours(hass, "sensor.model_given", START, given)
    billed = [counts(*each) for each in zip(took, given, strict=True)]
    answer = await compare(hass, entry, path=bill(tmp_path, billed, flowDirection=code))
    assert answer["meter"] == [METER, "sensor.model_given"]
    (found,) = answer["compared"]
    assert (found["direction"], found["findings"], answer["skipped"]) == (direction, [], [])
    assert found["meter"] == pytest.approx(sum(billed) / 1000, abs=0.01)


async def test_what_opower_keeps_by_the_day(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    await record_hours(hass, METER, START, home(hours=HOURS))
    days = [sum(home(hours=HOURS)[at : at + 24]) for at in range(0, HOURS, 24)]
    days[4] += 5000
    await record_hours(hass, OPOWER, START, days, 86_400)
    hass.config.language = "de"
    (found,) = (await compare(hass, entry, statistic_id=OPOWER))["compared"]
    (finding,) = found["findings"]
    assert (finding["reason"], finding["bill"] - finding["meter"]) == ("unexplained", pytest.approx(5, abs=0.01))
    assert finding["text"] == "Dieser Tag weicht ab, und nichts sagt, warum."
    assert (await compare(hass, entry, statistic_id=OPOWER, tolerance=50))["compared"][0]["findings"] == []


@pytest.mark.parametrize(
    ("written", "key"),
    [
        (b"date;kWh\n", "bill_not_xml"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "bill_declares_types"),
        (b"<html/>", "bill_not_green_button"),
        (house(block(START, series(START, [1])), uom=169, commodity=7), "bill_no_electricity"),
        (summaries(), "bill_no_electricity"),
        (house() + b" " * 3000, "bill_too_large"),
        (None, "no_such_file"),
        (house(block(START, series(START, [1]))), "no_meter_statistics"),
    ],
)
async def test_what_cannot_be_compared_says_why(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    written: bytes | None,
    key: str,
) -> None:
    monkeypatch.setattr(billed, "MOST_BYTES", 3000)
    monkeypatch.setattr(parse, "MOST_BYTES", 3000)
    if written is not None:
        (tmp_path / "bill.xml").write_bytes(written)
    with pytest.raises(ServiceValidationError) as caught:
        await compare(hass, entry, path=str(tmp_path / "bill.xml"))
    assert caught.value.translation_key == key
    assert str(tmp_path) in str(caught.value) or entry.title in str(caught.value)


async def test_file_that_the_disk_does_not_give_is_said_to_be_one(
    hass: HomeAssistant, entry: MockConfigEntry, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A disk with a fault, a share that is gone (EIO)."""
    path = bill(tmp_path, [1.0])
    with (
        patch.object(Path, "open", side_effect=OSError(EIO, "Input/output error")),
        pytest.raises(ServiceValidationError) as caught,
    ):
        await compare(hass, entry, path=path)
    assert caught.value.translation_key == "file_not_read"
    assert str(tmp_path / "bill.xml") in str(caught.value)
    assert "Input/output error" in caplog.text


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        ({"path": "/etc/passwd"}, "path_not_allowed"),
        ({"path": "/media/../etc/passwd"}, "path_not_allowed"),
        ({}, "no_bill_named"),
        ({"statistic_id": "opower:nothing"}, "no_energy_statistic"),
    ],
)
async def test_what_is_no_bill(hass: HomeAssistant, entry: MockConfigEntry, asked: dict[str, Any], key: str) -> None:
    with pytest.raises(ServiceValidationError) as caught:
        await compare(hass, entry, **asked)
    assert caught.value.translation_key == key
