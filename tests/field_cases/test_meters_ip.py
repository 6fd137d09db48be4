"""Meters over IEEE 2030.5 that count otherwise than the simulator's: meters.yaml, the id of each case in the name."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from freezegun import freeze_time
from freezegun.api import TickingDateTimeFactory
from homeassistant.components.recorder import Recorder
from homeassistant.components.recorder.statistics import statistics_during_period
from homeassistant.components.sensor import ATTR_STATE_CLASS
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import ATTR_FRIENDLY_NAME
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)

from custom_components.utility_han.diagnostics import async_get_config_entry_diagnostics
from custom_components.utility_han.gateway.ieee2030_5 import metering as ieee2030_5_metering
from tests.field_cases.test_servers import finished, in_band, utility_server
from tests.helpers import canned, flows
from tests.helpers.metering import BEGUN, Metered, Point, metering, power, reading
from tests.helpers.recorder import compile_statistics
from tests.helpers.states import entity_id_of, state_of

MINE = {"M4", "M5", "M10", "M11", "M12"}
CASES = [case for case in yaml.safe_load((Path(__file__).parent / "meters.yaml").read_text()) if case["id"] in MINE]
MOST_INT48 = 0x7FFFFFFFFFFF
MIRRORED, SUBMETER = "03", "40"
FIVE_MINUTES = timedelta(minutes=5)
DELIVERED = "energy_summation_delivered"


def test_every_case_has_its_test() -> None:
    names = "\n".join(name for name in globals() if name.startswith("test_"))
    assert {case["id"] for case in CASES} == MINE
    for case in CASES:
        assert re.search(rf"_{case['id'].lower()}_", names), case


@contextmanager
def meters(*points: Point) -> Iterator[canned.CannedServer]:
    """Serve a gateway with usage points."""
    resources = utility_server() | metering(points)
    link = f'<TimeLink href="/tm"/><UsagePointListLink href="/upt" all="{len(points)}"/>'
    resources["/dcap"] = str(resources["/dcap"]).replace('<TimeLink href="/tm"/>', link)
    with canned.serving(resources) as server:
        yield server


def say(server: canned.CannedServer, number: str, metered: Metered, point: int = 1) -> None:
    """Have a register say something else from now on."""
    at = f"/upt/{point}/mr/{number}"
    server.resources[f"{at}/r"] = reading(at, metered)


async def commissioned(hass: HomeAssistant, server: canned.CannedServer) -> ConfigEntry:
    """Return the entry of a gateway that was commissioned on, after its first poll."""
    result = await in_band(hass, server.host, server.port)
    assert flows.remarks(result) == [], result
    return await finished(hass, result)


async def poll(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Read the gateway now."""
    await entry.runtime_data.coordinator.async_refresh()
    await hass.async_block_till_done(wait_background_tasks=True)


def shown(hass: HomeAssistant, entry: ConfigEntry, key: str) -> float | None:
    """Return what the sensor of a register shows, in Wh or W; None where it shows no number."""
    state = state_of(hass, entry, key)
    if state.state in ("unknown", "unavailable"):
        return None
    return float(state.state) * (1000 if state.attributes["unit_of_measurement"] == "kWh" else 1)


def sensors(hass: HomeAssistant, entry: ConfigEntry) -> set[str]:
    """Return the registers that have sensors."""
    keys = {register.key for register in entry.runtime_data.registers}
    found = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    return keys & {each.unique_id.removeprefix(f"{entry.entry_id}_") for each in found}


def name(hass: HomeAssistant, entry: ConfigEntry, key: str) -> str:
    """Return the name of a register's sensor, without that of the gateway."""
    return str(state_of(hass, entry, key).attributes[ATTR_FRIENDLY_NAME]).removeprefix(f"{entry.title} ")


async def left_out(hass: HomeAssistant, entry: ConfigEntry) -> Sequence[Mapping[str, Any]]:
    """Return what the diagnostics say that is metered and not read."""
    found: list[dict[str, Any]] = (await async_get_config_entry_diagnostics(hass, entry))["gateway"]["left_out"]
    return found


async def options(hass: HomeAssistant, entry: ConfigEntry, **answer: object) -> None:
    """Choose options as a person does, and wait until the hub is loaded with them."""
    result = await hass.config_entries.options.async_init(entry.entry_id)
    result = await hass.config_entries.options.async_configure(result["flow_id"], answer)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done(wait_background_tasks=True)


class Statistics:
    """What the recorder makes of a register, five minutes after five minutes."""

    def __init__(self, hass: HomeAssistant, recorder: Recorder, clock: TickingDateTimeFactory) -> None:
        self._hass, self._recorder, self._clock = hass, recorder, clock

    async def five_minutes(self) -> None:
        """Let five minutes pass, and compile their statistics."""
        await async_wait_recording_done(self._hass)
        now = dt_util.utcnow()
        start = now - timedelta(minutes=now.minute % 5, seconds=now.second, microseconds=now.microsecond)
        self._clock.move_to(start + FIVE_MINUTES + timedelta(seconds=1))
        await compile_statistics(self._hass, start)

    async def sums(self, entity_id: str) -> list[float]:
        """Return the sums so far, in Wh."""
        found: list[Any] = (
            await self._recorder.async_add_executor_job(
                lambda: statistics_during_period(
                    self._hass,
                    dt_util.utcnow() - timedelta(hours=3),
                    None,
                    {entity_id},
                    "5minute",
                    {"energy": "Wh"},
                    {"sum"},
                )
            )
        )[entity_id]
        return [row["sum"] for row in found]


@pytest.fixture
def clock() -> Iterator[TickingDateTimeFactory]:
    """The clock of Home Assistant, which can be set; the event loop has its own.

    It begins after the recorder has: what was before that it does not take for what a period began with.
    """
    begins = (dt_util.utcnow() + timedelta(hours=1)).replace(minute=1, second=0)
    with freeze_time(begins, real_asyncio=True, tick=True) as frozen:
        assert isinstance(frozen, TickingDateTimeFactory)
        yield frozen


@pytest.fixture
def statistics(recorder_mock: Recorder, hass: HomeAssistant, clock: TickingDateTimeFactory) -> Statistics:
    """What the recorder makes of it."""
    return Statistics(hass, recorder_mock, clock)


@pytest.mark.use_case("IP-7")
@pytest.mark.parametrize(
    ("multiplier", "none", "truth"),
    [
        (0, MOST_INT48, 8_123_456),
        (3, MOST_INT48, 8_123),
        (-1, MOST_INT48, 81_234_560),
        (0, MOST_INT48 + 1, 8_123_456),
        (0, -MOST_INT48 - 1, 8_123_456),
    ],
)
async def test_m4_what_stands_for_no_value_is_never_shown(
    hass: HomeAssistant, multiplier: int, none: int, truth: int
) -> None:
    first, other = Metered(none, multiplier=multiplier), Metered(5_000, flow=19)
    with meters(Point({"1": first, "2": other})) as server:
        entry = await commissioned(hass, server)
        assert shown(hass, entry, DELIVERED) is None
        assert shown(hass, entry, "energy_summation_received") == 5_000
        say(server, "1", Metered(truth, multiplier=multiplier))
        await poll(hass, entry)
        assert shown(hass, entry, DELIVERED) == truth * 10**multiplier
        assert not entry.runtime_data.coordinator.data.doubted
        # It is no value later on either, and does not become the next one's measure.
        say(server, "1", first)
        await poll(hass, entry)
        assert shown(hass, entry, DELIVERED) is None
        say(server, "1", Metered(truth + 1, multiplier=multiplier))
        await poll(hass, entry)
        assert shown(hass, entry, DELIVERED) == (truth + 1) * 10**multiplier
        await hass.config_entries.async_unload(entry.entry_id)


async def test_m4_no_interval_is_filled_in_from_it(hass: HomeAssistant) -> None:
    """The neighbour: intervals go into statistics past everything that judges registers."""
    start = int(dt_util.utcnow().timestamp()) // 3600 * 3600 - 7200
    sets = "/upt/1/mr/2/rs"
    values = {"0": ("01", 250), "1": ("01", MOST_INT48), "2": ("10", 9_999_999), "3": ("01", 300)}
    listed = "".join(
        f'<Reading href="{sets}/1/r/{slot}"><qualityFlags>{quality}</qualityFlags><value>{value}</value>'
        f"<localID>0{slot}</localID></Reading>"
        for slot, (quality, value) in values.items()
    )
    interval = Metered(0, accumulation=4, description="Intervals")
    with meters(Point({"1": Metered(8_123_456), "2": interval})) as server:
        server.resources["/upt/1/mr/2/rt"] = str(server.resources["/upt/1/mr/2/rt"]).replace(
            "<phase>", "<intervalLength>900</intervalLength><phase>"
        )
        server.resources["/upt/1/mr"] = str(server.resources["/upt/1/mr"]).replace(
            '<ReadingLink href="/upt/1/mr/2/r"/>', f'<ReadingSetListLink href="{sets}" all="1"/>'
        )
        server.resources[sets] = (
            f'<ReadingSetList href="{sets}" all="1" results="1"><ReadingSet href="{sets}/1"><mRID>0F01</mRID>'
            f"<timePeriod><duration>3600</duration><start>{start}</start></timePeriod>"
            f'<ReadingListLink href="{sets}/1/r" all="4"/></ReadingSet></ReadingSetList>'
        )
        server.resources[f"{sets}/1/r"] = f'<ReadingList href="{sets}/1/r" all="4" results="4">{listed}</ReadingList>'
        entry = await commissioned(hass, server)
        meter = entry.runtime_data.coordinator.meter
        found = await meter.intervals("delivered", dt_util.utc_from_timestamp(start))
        assert [(each.start.timestamp() - start, each.energy) for each in found] == [(0, 250), (2700, 300)]
        await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.use_case("IP-7")
async def test_m5_net_register_counts_both_ways(hass: HomeAssistant, statistics: Statistics) -> None:
    with meters(Point({"1": Metered(600, flow=4)})) as server:
        entry = await commissioned(hass, server)
        net = entity_id_of(hass, entry, "energy_summation_net")
        assert state_of(hass, entry, "energy_summation_net").attributes[ATTR_STATE_CLASS] == "total"
        await statistics.five_minutes()
        for value in (-120, 30):
            say(server, "1", Metered(value, flow=4))
            await poll(hass, entry)
            assert shown(hass, entry, "energy_summation_net") == value
            await statistics.five_minutes()
        start, *_, end = await statistics.sums(net)
        assert end - start == -570
        await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.use_case("IP-7")
async def test_m10_gas_beside_electricity_is_not_shown(hass: HomeAssistant) -> None:
    """By its usage point (serviceCategoryKind 1, which is listed first), and by a commodity in the same one."""
    gas = Metered(777_000, commodity=7, description="Gas")
    with meters(
        Point({"1": gas}, service=1),
        Point({"1": gas, "2": Metered(8_123_456), "3": Metered(555, commodity=9, flow=19)}),
    ) as server:
        entry = await commissioned(hass, server)
        assert sensors(hass, entry) == {DELIVERED}
        assert shown(hass, entry, DELIVERED) == 8_123_456
        assert {(each["href"], each["why"]) for each in await left_out(hass, entry)} == {
            ("/upt/1", "not_electricity"),
            ("/upt/2/mr/1", "not_electricity"),
            ("/upt/2/mr/3", "not_electricity"),
        }
        await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.use_case("IP-7")
@pytest.mark.parametrize(
    "point",
    [
        Point({"1": Metered(777_000, commodity=7)}, service=1),
        Point({"1": Metered(777_000, commodity=7)}),
        Point({"1": Metered(777_000, commodity=None)}, service=2),
    ],
)
async def test_m10_gas_or_water_alone_is_no_electricity(hass: HomeAssistant, point: Point) -> None:
    with meters(point) as server:
        result = await in_band(hass, server.host, server.port)
        assert result["step_id"] == "commissioned", result
        assert flows.remarks(result) == ["no_readings"]
        entry = await finished(hass, result)
        assert not entry.runtime_data.registers
        assert state_of(hass, entry, "connectivity").state == "on"
        await hass.config_entries.async_unload(entry.entry_id)


async def test_m10_the_meter_of_the_premises_goes_before_that_of_a_part(hass: HomeAssistant) -> None:
    """The neighbour: several usage points of electricity, and one ReadingType that cannot be had."""
    with meters(
        Point({"1": Metered(1_000)}, roles=SUBMETER),
        Point({"1": Metered(2_000), "2": Metered(3_000, flow=19)}, roles=MIRRORED),
    ) as server:
        server.resources["/upt/2/mr/2/rt"] = 404
        entry = await commissioned(hass, server)
        assert shown(hass, entry, DELIVERED) == 2_000
        assert [(each["href"], each["why"]) for each in await left_out(hass, entry)] == [("/upt/2/mr/2", "unreadable")]
        await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.use_case("IP-7")
@pytest.mark.parametrize("separate", [False, True])
@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("en", ("Power from the grid", "Power to the grid")),
        ("de", ("Leistung aus dem Netz", "Leistung ins Netz")),
        ("es", ("Potencia desde la red", "Potencia hacia la red")),
        ("fr", ("Puissance depuis le réseau", "Puissance vers le réseau")),
    ],
)
async def test_m11_import_and_export_have_names_of_their_own(
    hass: HomeAssistant, language: str, names: tuple[str, str], *, separate: bool
) -> None:
    """Two mirrors of one device: two of its readings, or a usage point for each."""
    hass.config.language = language
    taken, given = power(1_500), power(200, flow=19)
    device = "3E4F45AB31EDFE5B67E343E5E4562E31984E23E5"
    points = (
        [Point({"1": taken}, device=device), Point({"2": given}, device=device)]
        if separate
        else [Point({"1": taken, "2": given}, device=device)]
    )
    with meters(*points) as server:
        entry = await commissioned(hass, server)
        assert sensors(hass, entry) == {"power", "power_received"}
        assert (shown(hass, entry, "power"), shown(hass, entry, "power_received")) == (1_500, 200)
        assert (name(hass, entry, "power"), name(hass, entry, "power_received")) == names
        await hass.config_entries.async_unload(entry.entry_id)


async def test_m11_usage_points_of_two_devices_are_not_mixed(hass: HomeAssistant) -> None:
    """The neighbour: what another device mirrors is another meter's, and a signed power keeps its plain name."""
    with meters(
        Point({"1": power(1_500)}, device="3E4F45AB31EDFE5B67E343E5E4562E31984E23E5"),
        Point({"1": power(200, flow=19)}, device="4E4F45AB31EDFE5B67E343E5E4562E31984E23E5"),
    ) as server:
        entry = await commissioned(hass, server)
        assert sensors(hass, entry) == {"power"}
        assert name(hass, entry, "power") == "Power"
        await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.use_case("IP-7")
async def test_m12_of_two_alike_one_is_kept_and_the_other_named(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    """The mRIDs are in the other order, and the list names /mr/10 before /mr/2."""
    with meters(Point({"10": Metered(2_000), "2": Metered(1_000), "3": power(400)})) as server:
        entry = await commissioned(hass, server)
        told = [each for each in caplog.messages if "/upt/1/mr/10" in each and "there is another" in each]
        assert len(told) == 1
        assert sensors(hass, entry) == {DELIVERED, "power"}
        for _ in range(2):
            assert shown(hass, entry, DELIVERED) == 1_000
            assert await left_out(hass, entry) == [
                {"href": "/upt/1/mr/10", "description": "Register 10", "why": "alike", "register": DELIVERED}
            ]
            await hass.config_entries.async_reload(entry.entry_id)
            await hass.async_block_till_done(wait_background_tasks=True)
            await poll(hass, entry)
        await entry.runtime_data.gateway.discover_registers()
        assert [each for each in caplog.messages if "/upt/1/mr/10" in each and "there is another" in each] == told
        await hass.config_entries.async_unload(entry.entry_id)


async def test_m12_what_an_earlier_version_kept_is_looked_at_again(hass: HomeAssistant) -> None:
    """It knew no commodities and dropped both of two alike; a start does not wait, and nothing is read by it."""
    with meters(Point({"1": Metered(1_000), "2": Metered(2_000)})) as server:
        entry = await commissioned(hass, server)
        link = entry.runtime_data.link
        await hass.config_entries.async_unload(entry.entry_id)
        kept = link.snapshot()
        del kept["gateway"]["left_out"]
        link._kept, link._gateway = kept, None
        for at in ("/upt/1/mr/1", "/upt/1/mr/2"):
            server.resources[f"{at}/rt"] = str(server.resources[f"{at}/rt"]).replace(
                "<commodity>1<", "<commodity>7<" if at.endswith("1") else "<commodity>2<"
            )
        server.requests.clear()
        await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done(wait_background_tasks=True)
        assert ("GET", "/upt/1/mr/1/r") not in server.requests
        assert shown(hass, entry, DELIVERED) == 2_000
        await hass.config_entries.async_unload(entry.entry_id)


async def test_m12_registers_that_firmware_adds_are_shown(hass: HomeAssistant) -> None:
    """The neighbour: a path is gone, the resources are walked again, and what is new has its sensor."""
    with meters(Point({"1": Metered(1_000)})) as server:
        entry = await commissioned(hass, server)
        server.resources |= metering([Point({"7": Metered(1_000), "8": power(300)})])
        del server.resources["/upt/1/mr/1/r"]
        server.resources["/upt/1/mr/1/rt"] = 404
        await poll(hass, entry)
        await poll(hass, entry)
        assert sensors(hass, entry) == {DELIVERED, "power"}
        assert (shown(hass, entry, DELIVERED), shown(hass, entry, "power")) == (1_000, 300)
        await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.use_case("IP-7")
async def test_phases_are_summed_where_there_is_no_total(hass: HomeAssistant) -> None:
    by_phase = {"1": Metered(1_000, phase=128), "2": Metered(2_000, phase=64), "3": Metered(3_000, phase=32)}
    powers = {"4": power(100, phase=129), "5": power(-20, phase=65), "6": power(30, phase=66)}
    received = {"7": Metered(50, flow=19), "8": Metered(40, flow=19, phase=128)}
    with meters(Point(by_phase | powers | received)) as server:
        entry = await commissioned(hass, server)
        assert shown(hass, entry, DELIVERED) == 6_000
        assert shown(hass, entry, "power") == 80  # what is between two phases is part of no sum
        assert shown(hass, entry, "energy_summation_received") == 50  # the meter's own, and no other beside it
        assert [each.key for each in entry.runtime_data.registers].count("energy_summation_received") == 1
        # A sum with a part missing is another one.
        say(server, "2", Metered(MOST_INT48, phase=64))
        await poll(hass, entry)
        assert shown(hass, entry, DELIVERED) is None
        await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.use_case("IP-7")
async def test_intervals_are_summed_where_phases_are(hass: HomeAssistant) -> None:
    """An outage is filled from them, whether the meter has the whole or its phases only."""
    energies = {128: (10, 20), 64: (1, 2), 32: (100, 200)}
    registers = {f"{n}": Metered(2_000, phase=phase) for n, phase in enumerate(energies, 1)}
    kept = {
        f"{n}": Metered(0, phase=phase, accumulation=4, intervals=found)
        for n, (phase, found) in enumerate(energies.items(), 4)
    }
    with meters(Point(registers | kept)) as server:
        entry = await commissioned(hass, server)
        assert shown(hass, entry, DELIVERED) == 6_000
        await options(hass, entry, correction_factor=2)
        found = await entry.runtime_data.coordinator.meter.intervals("delivered", dt_util.utc_from_timestamp(BEGUN))
        assert [(each.start.timestamp() - BEGUN, each.energy) for each in found] == [(0, 222), (900, 444)]
        await hass.config_entries.async_unload(entry.entry_id)


async def test_reading_that_stays_away_is_looked_for_less_often(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its address is listed and never answers: the resources are walked at once, and then later each time."""
    seconds = 1e6
    monkeypatch.setattr(ieee2030_5_metering, "monotonic", lambda: seconds)
    with meters(Point({"1": Metered(1_000), "2": power(300)})) as server:
        entry = await commissioned(hass, server)
        server.resources["/upt/1/mr/2/r"] = 404

        async def walks() -> int:
            server.requests.clear()
            for _ in range(4):
                await poll(hass, entry)
            return server.requests.count(("GET", "/upt/1/mr"))

        for passed, walked in ((0, 1), (900, 1), (900, 0), (900, 1), (3_000, 0), (600, 1)):
            seconds += passed
            assert await walks() == walked, seconds
        assert shown(hass, entry, DELIVERED) == 1_000
        # Once it was there, the next time is as the first.
        server.resources["/upt/1/mr/2/r"] = reading("/upt/1/mr/2", power(400))
        assert await walks() == 0
        server.resources["/upt/1/mr/2/r"] = 404
        assert await walks() == 1
        await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.use_case("IP-7")
async def test_correction_factor_holds_from_now_on(hass: HomeAssistant, statistics: Statistics) -> None:
    """A meter behind transformers of 200 to 5 A: what it counts from now on is forty times as much, without a jump."""
    with meters(Point({"1": Metered(100_000), "2": power(25)})) as server:
        entry = await commissioned(hass, server)
        delivered = entity_id_of(hass, entry, DELIVERED)
        await statistics.five_minutes()
        say(server, "1", Metered(100_010))
        await poll(hass, entry)
        await statistics.five_minutes()
        await options(hass, entry, correction_factor=40)
        await poll(hass, entry)
        assert shown(hass, entry, "power") == 1_000
        assert shown(hass, entry, DELIVERED) == 100_010
        await statistics.five_minutes()
        say(server, "1", Metered(100_020))
        await poll(hass, entry)
        assert shown(hass, entry, DELIVERED) == 100_410
        await statistics.five_minutes()
        # A restart is no change.
        await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done(wait_background_tasks=True)
        await poll(hass, entry)
        assert shown(hass, entry, DELIVERED) == 100_410
        assert [round(each) for each in await statistics.sums(delivered)] == [0, 10, 10, 410]
        await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.use_case("IP-7")
async def test_what_flows_through_large_transformers_is_not_doubted(
    hass: HomeAssistant, statistics: Statistics
) -> None:
    """Behind transformers of 400 to 5 A flows more than through any meter: 240 kW, counted by single kWh."""
    with meters(Point({"1": Metered(100_000), "2": power(3_000)})) as server:
        entry = await commissioned(hass, server)
        await options(hass, entry, correction_factor=80)
        await poll(hass, entry)
        await statistics.five_minutes()
        say(server, "1", Metered(100_250))
        await poll(hass, entry)
        assert shown(hass, entry, DELIVERED) == 100_000 + 80 * 250
        assert shown(hass, entry, "power") == 240_000
        await statistics.five_minutes()
        say(server, "1", Metered(101_250))
        await poll(hass, entry)
        assert shown(hass, entry, DELIVERED) == 100_000 + 80 * 1_250
        # What the meter itself cannot have counted is no more true behind transformers.
        await statistics.five_minutes()
        say(server, "1", Metered(120_000))
        await poll(hass, entry)
        assert shown(hass, entry, DELIVERED) is None
        await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.use_case("IP-7")
async def test_swapped_directions_hold_from_now_on(hass: HomeAssistant, statistics: Statistics) -> None:
    """A meter wired the other way round: what it calls delivered was received, and its signs are the other ones."""
    registers = {"1": Metered(100_000), "2": Metered(7_000, flow=19), "3": Metered(93_000, flow=4), "4": power(300)}
    with meters(Point(registers)) as server:
        entry = await commissioned(hass, server)
        ids = [entity_id_of(hass, entry, f"energy_summation_{each}") for each in ("delivered", "received", "net")]
        await statistics.five_minutes()
        await options(hass, entry, swap_directions=True)
        await poll(hass, entry)
        assert shown(hass, entry, "power") == -300
        assert [shown(hass, entry, f"energy_summation_{each}") for each in ("delivered", "received", "net")] == [
            100_000,
            7_000,
            93_000,
        ]
        await statistics.five_minutes()
        say(server, "1", Metered(100_500))
        say(server, "2", Metered(7_100, flow=19))
        say(server, "3", Metered(93_400, flow=4))
        await poll(hass, entry)
        await statistics.five_minutes()
        assert [round((await statistics.sums(each))[-1]) for each in ids] == [100, 500, -400]
        await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize("factor", [0, -1, 10_001, "many"])
async def test_a_factor_that_cannot_be_is_refused(hass: HomeAssistant, factor: object) -> None:
    with meters(Point({"1": Metered(100_000)})) as server:
        entry = await commissioned(hass, server)
        result = await hass.config_entries.options.async_init(entry.entry_id)
        with pytest.raises(InvalidData):
            await hass.config_entries.options.async_configure(result["flow_id"], {"correction_factor": factor})
        assert entry.options == {}
        await hass.config_entries.async_unload(entry.entry_id)
