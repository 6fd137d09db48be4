"""Reports that the utility asks for, from what the recorder has; the utility's side is openadr3-client's."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from unittest.mock import patch

import pytest
from homeassistant.components.energy.data import async_get_manager
from homeassistant.components.recorder import Recorder
from homeassistant.components.recorder.models import StatisticData, StatisticMeanType, StatisticMetaData
from homeassistant.components.recorder.statistics import async_import_statistics
from homeassistant.config_entries import ConfigEntry, ConfigSubentryData
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from openadr3_client.oadr310.models.report.report import ExistingReport
from pytest_homeassistant_custom_component.components.recorder.common import async_wait_recording_done

from custom_components.utility_han.const import CONF_VTN
from custom_components.utility_han.devices.manager import Registrar
from custom_components.utility_han.diagnostics import async_get_config_entry_diagnostics
from custom_components.utility_han.load_control.manager import LoadControlManager
from custom_components.utility_han.procedures import VehicleRun
from custom_components.utility_han.reports import store
from custom_components.utility_han.reports.manager import ReportsManager
from custom_components.utility_han.utility import WantedReport
from custom_components.utility_han.vehicles.chargers.battery import storage_source
from custom_components.utility_han.vehicles.store import VehicleRecord
from tests.helpers.files import start_anew
from tests.helpers.model_gateway import ENERGY, ModelGateway, model_entry
from tests.helpers.recorder import compile_statistics
from tests.helpers.simulated_vtn import SimulatedVtn
from tests.helpers.states import entity_id_of, eventually
from tests.helpers.vtn_hub import coordinator_of, hub_without_meter, known_of, poll
from tests.openadr.under_test import Vtn

LFDI = "3E4F45AB31EDFE5B67E343E5E4562E31984E23E5"
PUMP = f"water_heater-{LFDI}"
HOUR, FIVE = timedelta(hours=1), timedelta(minutes=5)
AD_HOC: dict[str, Any] = {"reportIntervals": "OPEN_INTERVALS", "frequency": 0}


class Home:
    """A hub with a meter, a VTN, and a pump that is enrolled and measured."""

    def __init__(self, hass: HomeAssistant, vtn: Vtn, entry: ConfigEntry, program: str) -> None:
        self.hass, self.vtn, self.entry, self.program = hass, vtn, entry, program
        self.begun = datetime.now(UTC)
        self.hour = self.begun.replace(minute=0, second=0, microsecond=0)

    async def enroll(self) -> None:
        """Have a pump enrolled in the program."""
        openadr = coordinator_of(self.entry).openadr
        opened = await openadr.open_registration("", "", "", "water_heater", LFDI, "any", "")
        consent = {"program_id": self.program, "terms_version": "1", "consented_at": "2026-11-26T10:00:00+00:00"}
        await openadr.set_programs(opened.id, [consent])

    async def ask(self, payload_type: str, hours: int = 2, **descriptor: Any) -> str:
        """Have the utility ask for a report of the last hours; return the id of the event."""
        return await self._ask(self.hour - hours * HOUR, HOUR, hours, {"payloadType": payload_type} | descriptor)

    async def ask_lately(self, payload_type: str, **descriptor: Any) -> str:
        """Have the utility ask for a report of the time since the test began, which no statistics are made of yet."""
        length = datetime.now(UTC) - self.begun
        return await self._ask(self.begun, length, 1, {"payloadType": payload_type} | descriptor)

    async def _ask(self, start: datetime, length: timedelta, count: int, descriptor: dict[str, Any]) -> str:
        made = await self.vtn.make_event(
            self.program,
            intervalPeriod={
                "start": start.isoformat().replace("+00:00", "Z"),
                "duration": f"PT{length.total_seconds()}S",
            },
            intervals=[{"id": each, "payloads": [{"type": "PRICE", "values": [0.17]}]} for each in range(count)],
            reportDescriptors=[descriptor],
        )
        return str(made["id"])

    async def compiled(self) -> None:
        """Have statistics made of the time since the test began."""
        start = self.begun.replace(minute=self.begun.minute // 5 * 5, second=0, microsecond=0)
        while start < datetime.now(UTC):
            await compile_statistics(self.hass, start)
            start += FIVE

    async def counted(self, entity_id: str, *kilowatt_hours: float | None) -> None:
        """Have the recorder know what a counter showed at the ends of the last hours."""
        metadata = StatisticMetaData(
            mean_type=StatisticMeanType.NONE,
            has_sum=True,
            name=None,
            source="recorder",
            statistic_id=entity_id,
            unit_class="energy",
            unit_of_measurement="Wh",
        )
        begun = self.hour - len(kilowatt_hours) * HOUR
        rows = [
            StatisticData(start=begun + place * HOUR, state=each * 1000, sum=each * 1000)
            for place, each in enumerate(kilowatt_hours)
            if each is not None
        ]
        async_import_statistics(self.hass, metadata, rows)
        await async_wait_recording_done(self.hass)

    async def restart(self) -> None:
        await start_anew(self.hass, self.entry)
        await self.hass.async_block_till_done(wait_background_tasks=True)

    async def poll(self) -> None:
        await poll(self.hass, self.entry)
        await self.hass.async_block_till_done(wait_background_tasks=True)

    async def told(self, event: str) -> dict[str, list[Mapping[str, Any]]]:
        """Return what was reported to an event, by resource: the payloads of each interval, by their type."""
        (report,) = await self.vtn.reports(event)
        # Its payload descriptors are of events.
        plain = {name: value for name, value in report.items() if name != "payloadDescriptors"}
        read = ExistingReport.model_validate(plain)
        return {
            each.resource_name: [
                {str(payload.type): payload.values[0] for payload in interval.payloads} for interval in each.intervals
            ]
            for each in read.resources
        }

    async def diagnosed(self) -> dict[str, Any]:
        found: dict[str, Any] = (await async_get_config_entry_diagnostics(self.hass, self.entry))["reports"]
        return found

    def show(self, entity_id: str, state: str, **attributes: str) -> None:
        self.hass.states.async_set(entity_id, state, attributes)


@pytest.fixture
async def home(recorder_mock: Recorder, hass: HomeAssistant, vtn: Vtn) -> AsyncIterator[Home]:
    device = ConfigSubentryData(
        data={"lfdi": LFDI, "kind": "water_heater", "control": {"entity_id": "switch.pump", "response": "off"}},
        subentry_type="device",
        title="Pump",
        unique_id=LFDI,
    )
    entry = model_entry({CONF_VTN: known_of(vtn)}, [device])
    entry.add_to_hass(hass)
    program = await vtn.make_program("Measure")
    pump = dr.async_get(hass).async_get_or_create(config_entry_id=entry.entry_id, identifiers={("plug", "1")})
    registry = er.async_get(hass)
    for platform, name, device_class in (
        ("switch", "pump", None),
        ("sensor", "pump_energy", "energy"),
        ("sensor", "pump_power", "power"),
    ):
        registry.async_get_or_create(
            platform, "plug", name, suggested_object_id=name, device_id=pump.id, original_device_class=device_class
        )
    made = Home(hass, vtn, entry, program["id"])
    made.show("switch.pump", "on")
    made.show("sensor.pump_energy", "100", unit_of_measurement="kWh", state_class="total_increasing")
    made.show("sensor.pump_power", "1500", unit_of_measurement="W", state_class="measurement")
    meter = ModelGateway(7, FIVE, timedelta(minutes=20))
    with patch("custom_components.utility_han.async_open_link", return_value=meter):
        assert await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done(wait_background_tasks=True)
        await made.enroll()
        yield made
        assert await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.use_case("UR-P")
async def test_what_was_used_is_reported_once_it_is_known_and_once_only(home: Home) -> None:
    """User guide 7.5: a report of all intervals when the last one is over."""
    lately = await home.ask_lately("DEMAND", readingType="MEAN")
    await home.poll()
    assert await home.vtn.reports() == [], "statistics are not made yet"
    assert [each["what"] for each in (await home.diagnosed())["waiting"]] == ["DEMAND"]
    await home.restart()

    usage = await home.ask("USAGE", hours=3, readingType="DIRECT_READ", units="KWH")
    demand = await home.ask("DEMAND", readingType="MEAN", units="KW")
    reading = await home.ask("READING", units="KWH")
    await home.compiled()
    await home.counted("sensor.pump_energy", 100.0, None, 101.0, 101.25)
    await home.poll()
    missing = {"DATA_QUALITY": "MISSING"}
    assert await home.told(lately) == {PUMP: [{"DEMAND": 1.5, "DATA_QUALITY": "ESTIMATED"}]}
    assert await home.told(usage) == {PUMP: [missing, missing, {"USAGE": 0.25}]}
    assert await home.told(demand) == {PUMP: [missing, {"DEMAND": 0.25}]}
    assert await home.told(reading) == {PUMP: [{"READING": 101.0}, {"READING": 101.25}]}

    await home.restart()
    await home.poll()
    assert len(await home.vtn.reports()) == 4
    diagnosed = await home.diagnosed()
    assert (diagnosed["due"], diagnosed["given"], diagnosed["waiting"], diagnosed["refused"]) == (4, 4, [], {})


async def test_the_ven_itself_is_asked_for_what_the_meter_counted(home: Home) -> None:
    """ "Aggregation means the data from a set of resources are summed" (user guide 7.7)."""
    ven = known_of(home.vtn)["ven_name"]
    await home.compiled()
    await home.counted(entity_id_of(home.hass, home.entry, ENERGY), 10.0, 11.5, 12.0)
    await home.counted("sensor.pump_energy", 100.0, 101.0, 101.25)
    devices = await home.ask("USAGE", aggregate=True)
    both = await home.ask("USAGE", targets=[ven])
    whole = await home.ask("USAGE", targets=[ven], aggregate=True)
    await home.poll()
    assert await home.told(devices) == {"AGGREGATED_REPORT": [{"USAGE": 1.0}, {"USAGE": 0.25}]}
    assert await home.told(both) == {PUMP: [{"USAGE": 1.0}, {"USAGE": 0.25}], ven: [{"USAGE": 1.5}, {"USAGE": 0.5}]}
    assert await home.told(whole) == {"AGGREGATED_REPORT": [{"USAGE": 1.5}, {"USAGE": 0.5}]}


async def test_operating_state_goes_by_opt_out_and_by_what_is_measured(home: Home) -> None:
    """report-payloads.schema.yaml: IDLE is "no/insignificant energy consumption", ERROR "not addressable by VEN"."""

    async def state() -> object:
        event = await home.ask("OPERATING_STATE", **AD_HOC)
        await home.poll()
        (interval,) = (await home.told(event))[PUMP]
        return interval["OPERATING_STATE"]

    assert await state() == "RUNNING_NORMAL"
    home.show("sensor.pump_power", "2", unit_of_measurement="W", state_class="measurement")
    await eventually(state, lambda told: told == "IDLE_NORMAL")
    hub = home.entry.runtime_data
    (device,) = hub.manager(Registrar).devices.values()
    await hub.manager(LoadControlManager).async_set_standing_opt_out(device, out=True)
    await eventually(state, lambda told: told == "IDLE_OPTED_OUT")
    home.show("sensor.pump_power", "1.2", unit_of_measurement="kW", state_class="measurement")
    await eventually(state, lambda told: told == "RUNNING_OPTED_OUT")
    home.show("switch.pump", "unavailable")
    await eventually(state, lambda told: told == "ERROR")


async def test_what_is_not_told_is_refused_with_a_reason(home: Home) -> None:
    gone = await home.ask_lately("USAGE")
    await home.ask("USAGE", units="THERMS")
    await home.poll()
    await home.vtn.request("DELETE", f"/events/{gone}")
    await home.compiled()
    await home.poll()
    assert await home.vtn.reports() == []
    diagnosed = await home.diagnosed()
    assert diagnosed["refused"] == {"not_told_in_this_unit": 1, "unknown_to_utility": 1}
    assert diagnosed["waiting"] == []


@pytest.mark.simulator_only("faults")
async def test_answer_that_was_lost_leaves_one_report(home: Home, simulated_vtn: SimulatedVtn) -> None:
    """The VTN has it, and nobody heard so."""
    await home.poll()
    event = await home.ask_lately("DEMAND")
    await home.poll()
    await home.compiled()
    await simulated_vtn.call("PUT", "/faults/lost_answer", path="/reports", count=1)
    await home.poll()
    diagnosed = await home.diagnosed()
    assert (diagnosed["given"], diagnosed["reason"]) == (0, "utility_unreachable")
    await home.poll()
    assert await home.told(event) == {PUMP: [{"DEMAND": 1.5, "DATA_QUALITY": "ESTIMATED"}]}
    diagnosed = await home.diagnosed()
    assert (diagnosed["given"], diagnosed["waiting"], diagnosed["reason"]) == (1, [], None)


async def test_baseline_is_an_estimate_and_what_differs_from_it_too(home: Home) -> None:
    await home.compiled()
    # Half a kWh each hour of the month before, and a tenth of it in the last.
    month = [100.0 + 0.5 * each for each in range(32 * 24)]
    await home.counted("sensor.pump_energy", *month, month[-1] + 0.05)
    base = await home.ask("BASELINE", hours=1)
    power = await home.ask("BASELINE", hours=1, units="KW")
    delta = await home.ask("DELTA_USAGE", hours=1)
    await home.poll()
    quality = {"DATA_QUALITY": "ESTIMATED"}
    assert await home.told(base) == {PUMP: [{"BASELINE": 0.5} | quality]}
    assert await home.told(power) == {PUMP: [{"BASELINE": 0.5} | quality]}
    assert await home.told(delta) == {PUMP: [{"DELTA_USAGE": -0.45} | quality]}


async def test_of_several_sensors_it_is_the_one_that_is_meant(home: Home) -> None:
    """A strip has one for each outlet: that named like the device, else that in the Energy dashboard, else none."""
    registry = er.async_get(home.hass)
    strip = dr.async_get(home.hass).async_get_device_by_identifier(("plug", "1"), home.entry.entry_id)
    assert strip is not None

    def add(name: str) -> None:
        registry.async_get_or_create(
            "sensor", "plug", name, suggested_object_id=name, device_id=strip.id, original_device_class="energy"
        )
        home.show(f"sensor.{name}", "7", unit_of_measurement="kWh", state_class="total_increasing")

    async def told() -> list[Mapping[str, Any]]:
        event = await home.ask("USAGE", hours=1)
        await home.poll()
        return (await home.told(event))[PUMP]

    add("washer_energy")
    await home.compiled()
    await home.counted("sensor.washer_energy", 50.0, 58.0)
    await home.counted("sensor.pump_energy", 100.0, 100.25)
    assert await told() == [{"USAGE": 0.25}]
    add("pump_spare_energy")
    assert await told() == [{"DATA_QUALITY": "MISSING"}]
    assert await async_setup_component(home.hass, "energy", {})
    dashboard = await async_get_manager(home.hass)
    await dashboard.async_update(
        {"energy_sources": [], "device_consumption": [{"stat_consumption": "sensor.pump_energy"}]}
    )
    assert await told() == [{"USAGE": 0.25}]


async def test_what_no_meter_measures_is_missing(home: Home) -> None:
    ven = known_of(home.vtn)["ven_name"]
    event = await home.ask("READING", hours=1, units="VOLTS", targets=[ven])
    await home.compiled()
    await home.poll()
    assert (await home.told(event))[ven] == [{"DATA_QUALITY": "MISSING"}]


async def test_reports_that_wait_are_bounded_in_number_and_time(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_MOST_WAITING", 2)
    asked = [await home.ask_lately(what) for what in ("DEMAND", "USAGE", "DEMAND")]
    await home.poll()
    diagnosed = await home.diagnosed()
    assert [each["what"] for each in diagnosed["waiting"]] == ["USAGE", "DEMAND"], "those that fell due last"
    assert diagnosed["refused"] == {"too_many": 1}
    await home.restart()
    monkeypatch.setattr(store, "_WAIT", timedelta(0))
    await home.poll()
    diagnosed = await home.diagnosed()
    assert (diagnosed["waiting"], diagnosed["refused"]) == ([], {"too_many": 1, "too_late": 2})
    await home.compiled()
    await home.poll()
    assert [await home.vtn.reports(event) for event in asked] == [[], [], []]


async def test_battery_is_told_of_while_its_vehicle_is_known_to_be_there(home: Home) -> None:
    """STORAGE_CHARGE_LEVEL is of a resource (report-payloads.schema.yaml): of the vehicle at its charging station."""
    (station,) = home.entry.subentries
    run = VehicleRun("1FTVW1EL9NWG00000", "Ford", "F-150", "premise", battery_wh=98_000)
    known = {"evse_device": station, "battery": "sensor.truck", "plug": "binary_sensor.plug", "max_power": 11.0}
    facts = home.entry.runtime_data.manager(ReportsManager).facts
    home.show("sensor.truck", "62.5", unit_of_measurement="%", device_class="battery")

    async def told(what: str, units: str) -> list[Mapping[str, Any]]:
        event = await home.ask(what, units=units, **AD_HOC)
        await home.poll()
        return (await home.told(event))[PUMP]

    level, missing = ("STORAGE_CHARGE_LEVEL", "PERCENT"), [{"DATA_QUALITY": "MISSING"}]
    assert await told(*level) == missing, "no vehicle is known"
    facts.storage_of = partial(storage_source, [VehicleRecord(run, "Truck", known)])
    assert await told(*level) == missing, "its plug says nothing"
    home.show("binary_sensor.plug", "on")
    assert await told(*level) == [{"STORAGE_CHARGE_LEVEL": 0.625}]
    assert await told("STORAGE_USABLE_CAPACITY", "KWH") == [{"STORAGE_USABLE_CAPACITY": 98.0}]
    assert await told("STORAGE_MAX_CHARGE_POWER", "KW") == [{"STORAGE_MAX_CHARGE_POWER": 11.0}]
    home.show("binary_sensor.plug", "off")
    assert await told(*level) == missing


async def test_without_a_meter_the_premise_is_what_the_energy_dashboard_has(
    recorder_mock: Recorder, hass: HomeAssistant, vtn: Vtn
) -> None:
    """A device that Home Assistant does not have is not known; of two grids, none is the premise's."""
    entry = await hub_without_meter(hass, vtn)
    program = await vtn.make_program("Measure")
    home = Home(hass, vtn, entry, program["id"])
    await home.enroll()
    assert await async_setup_component(hass, "energy", {})
    manager = await async_get_manager(hass)
    grid: Any = {"type": "grid", "stat_energy_from": "sensor.grid", "cost_adjustment_day": 0}
    await manager.async_update({"energy_sources": [grid], "device_consumption": []})
    await home.compiled()
    await home.counted("sensor.grid", 100.0, 100.75)
    ven = known_of(vtn)["ven_name"]
    one = await home.ask("USAGE", hours=1, targets=[ven])
    await home.poll()
    missing = {"DATA_QUALITY": "MISSING"}
    assert await home.told(one) == {PUMP: [missing], ven: [{"USAGE": 0.75}]}

    barn = grid | {"stat_energy_from": "sensor.barn"}
    await manager.async_update({"energy_sources": [grid, barn], "device_consumption": []})
    two = await home.ask("USAGE", hours=1, targets=[ven])
    await home.poll()
    assert await home.told(two) == {PUMP: [missing], ven: [missing]}
    assert await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.use_case("UR-P")
async def test_report_that_gave_way_while_it_was_given_is_counted_once(hass: HomeAssistant) -> None:
    kept = store.KeptReports(hass, "a-hub")
    now = dt_util.utcnow()
    first, *more = (
        WantedReport(f"r{number}", "e", "p", "USAGE", None, "KWH", False, now, (), {})
        for number in range(store._MOST_WAITING + 1)
    )
    kept.add(first, now, first=True)
    for each in more:
        kept.add(each, now, first=False)
    assert first.name not in kept.waiting
    refused = kept.refused.total()
    kept.drop(first.name)  # its answer comes now
    assert (kept.given, kept.refused.total()) == (0, refused)


@pytest.mark.use_case("UR-P")
async def test_reports_that_wait_for_one_vtn_are_not_given_to_another(home: Home) -> None:
    await home.ask_lately("DEMAND", readingType="MEAN")
    await home.poll()

    async def waiting() -> int:
        await home.restart()
        return len((await home.diagnosed())["waiting"])

    assert await waiting() == 1
    known = home.entry.data[CONF_VTN]
    for changed, kept in (
        ({"client_id": "renewed", "client_secret": "renewed"}, 1),
        ({"url": "https://vtn.invalid/openadr3/3.1.0"}, 0),
    ):
        data = {**home.entry.data, CONF_VTN: known | changed}
        home.hass.config_entries.async_update_entry(home.entry, data=data)
        assert await waiting() == kept, changed
