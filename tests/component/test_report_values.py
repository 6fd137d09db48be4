"""What is told of a device by what is known of it, by payload type and unit (OpenADR 3.1.1, enumerations)."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, cast

import pytest
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import State

from custom_components.utility_han.devices.device import HanDevice
from custom_components.utility_han.devices.linked_entity import number_of
from custom_components.utility_han.hub.subject import DeviceSubject
from custom_components.utility_han.procedures import RecordedValues, StatisticsRow, VehicleRun
from custom_components.utility_han.reports.values import Known, Storage, kind_of, told
from custom_components.utility_han.utility import Estimated, ReportInterval
from custom_components.utility_han.vehicles.chargers.battery import storage_source
from custom_components.utility_han.vehicles.store import VehicleRecord
from custom_components.utility_han.vehicles.vehicle import VehicleSubject

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
FIVE, HOUR = timedelta(minutes=5), timedelta(hours=1)
OVER = ReportInterval(0, NOON, NOON + HOUR)
NOW = ReportInterval(0, NOON + HOUR, NOON + HOUR)


def tell(
    what: str, unit: str | None, interval: ReportInterval = OVER, reading: str | None = None, **known: Any
) -> Any:
    kind = kind_of(what, unit)
    assert kind is not None
    (value,) = told(kind, Known(unit, reading, "°F", UTC, **known), [interval])
    return value


def shown(entity_id: str, state: str, at: datetime = NOON, **attributes: Any) -> State:
    return State(entity_id, state, attributes, last_changed=at, last_updated=at)


def power(*kilowatts: float) -> RecordedValues:
    """Return five minutes of each, the second half of which is twice as much."""
    return RecordedValues(
        StatisticsRow(NOON + k * FIVE, NOON + (k + 1) * FIVE, each, each / 2, each * 2)
        for k, each in enumerate(kilowatts)
    )


@pytest.mark.parametrize(
    ("unit", "state", "set_to"),
    [
        ("CELSIUS", shown("climate.hall", "heat", temperature=68.0), 20.0),
        ("FAHRENHEIT", shown("climate.hall", "heat", temperature=68.0), 68.0),
        (
            "CELSIUS",
            shown("climate.hall", "heat", temperature=None, target_temp_high=75.0, target_temp_low=68.0),
            None,
        ),
        ("KW", shown("number.limit", "3700", unit_of_measurement="W"), 3.7),
        ("AMPS", shown("number.limit", "16", unit_of_measurement="A"), 16.0),
        ("AMPS", shown("number.limit", "16", unit_of_measurement="%"), None),
        ("AMPS", shown("number.limit", "unknown", unit_of_measurement="A"), None),
        ("CELSIUS", shown("water_heater.tank", "unavailable"), None),
        ("CELSIUS", shown("switch.pump", "on"), None),
    ],
)
def test_set_point_is_what_the_entity_was_set_to(unit: str, state: State, set_to: float | None) -> None:
    later = shown(state.entity_id, "unavailable", OVER.end + FIVE)
    assert tell("SETPOINT", unit, states=[state, later]) == set_to
    assert tell("SETPOINT", unit, states=[later]) is None, "nobody knows what was before"


def test_demand_is_the_mean_or_the_peak_of_what_is_drawn() -> None:
    drawn, energy = power(*[1.0] * 11, 2.0), RecordedValues([StatisticsRow(NOON, NOON + HOUR)])
    assert tell("DEMAND", "KW", power=drawn) == pytest.approx(13 / 12, abs=1e-6)
    assert tell("DEMAND", "KW", reading="PEAK", power=drawn, energy=energy) == 4.0
    assert tell("DEMAND", "KW", power=power(*[1.0] * 11)) is None


def test_what_is_given_back_is_no_demand() -> None:
    """USAGE and DEMAND have a minimum of 0: where power turns negative, what was counted tells what was taken."""
    netted = power(*[1.0] * 6, *[-1.0] * 6)
    counted = RecordedValues(
        [
            StatisticsRow(NOON - HOUR, NOON, state=7.0, total=7.0),
            StatisticsRow(NOON, NOON + HOUR, state=7.5, total=7.5),
        ]
    )
    assert tell("DEMAND", "KW", power=netted) is None
    assert tell("DEMAND", "KW", power=netted, energy=counted) == 0.5
    shrunk = RecordedValues([StatisticsRow(NOON - HOUR, NOON, total=7.0), StatisticsRow(NOON, NOON + HOUR, total=6.0)])
    assert tell("USAGE", "KWH", energy=shrunk) is None


def test_reading_of_what_has_no_counter_is_an_estimate_unless_it_is_of_now() -> None:
    volts = RecordedValues([StatisticsRow(OVER.end - FIVE, OVER.end, 231.5)])
    assert tell("READING", "VOLTS", read=volts) == Estimated(231.5)
    assert tell("READING", "VOLTS", NOW, read=volts, now=229.0) == 229.0
    assert tell("READING", "KWH", NOW, now=1234.5) == 1234.5


@pytest.mark.parametrize("what", ["USAGE", "DEMAND", "READING", "SETPOINT"])
def test_what_is_not_told_in_a_unit_has_no_value_in_it(what: str) -> None:
    assert kind_of(what, "THERMS") is None


def vehicle(**data: str | float) -> VehicleRecord:
    run = VehicleRun("1FTVW1EL9NWG00000", "Ford", "F-150", "premise", battery_wh=98_000)
    return VehicleRecord(run, "Truck", {"evse_device": "evse", **data})


def test_storage_is_told_of_the_vehicle_that_is_plugged_in() -> None:
    """PERCENT is "represented as a floating point number between -1.0 and 1.0" (units.schema.yaml)."""
    record = vehicle(battery="sensor.truck", plug="binary_sensor.plug", max_power=11.0)
    data = MappingProxyType({"lfdi": "3E" * 20, "kind": "evse"})
    evse = ConfigSubentry(data=data, subentry_type="device", title="EVSE", unique_id="1", subentry_id="evse")
    device = HanDevice(evse, VehicleSubject(record, cast("DeviceSubject", None)))
    source = storage_source([record], device)
    assert source is not None
    assert storage_source([record, record], device) is None, "which of them is there is not known"

    def storage(plug: str) -> Mapping[str, Any]:
        assert source is not None
        there = source.plugged(shown("binary_sensor.plug", plug))
        level = [shown("sensor.truck", "62.5")]
        return {"storage": Storage(level, lambda _: there, source.capacity, source.max_power)}

    assert tell("STORAGE_CHARGE_LEVEL", "PERCENT", **storage("on")) == 0.625
    assert tell("STORAGE_USABLE_CAPACITY", "KWH", **storage("on")) == 98.0
    assert tell("STORAGE_MAX_CHARGE_POWER", "KW", **storage("on")) == 11.0
    for away in ("off", "unavailable"):
        assert tell("STORAGE_CHARGE_LEVEL", "PERCENT", **storage(away)) is None
        assert tell("STORAGE_USABLE_CAPACITY", "KWH", **storage(away)) is None


@pytest.mark.parametrize(("said", "number"), [("2.5", 2.5), ("nan", None), ("inf", None), ("unavailable", None)])
def test_what_is_no_number_says_nothing(said: str, number: float | None) -> None:
    """A premise that draws "nan" would be below every limit."""
    assert number_of(State("sensor.grid", said)) == number
