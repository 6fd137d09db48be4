"""The Energy dashboard of a home with two vehicles adds up: what the meter counts is the home's and the vehicles'."""

from collections.abc import AsyncIterator, Collection, Sequence
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import patch

import pytest
from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.energy.data import async_get_manager
from homeassistant.components.energy.validate import async_validate
from homeassistant.components.recorder import Recorder, get_instance
from homeassistant.components.recorder.statistics import statistics_during_period
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component

from custom_components.utility_han.const import DOMAIN
from custom_components.utility_han.esi import Price, PriceSchedule
from custom_components.utility_han.gateway import GatewayConfiguration, Readings, Register, RegisterKind
from custom_components.utility_han.hub.background import rounds
from custom_components.utility_han.hub.kept.storage import _OPEN
from custom_components.utility_han.hub.prices.kept import KeptPrices
from custom_components.utility_han.procedures import Counted, HomeUse
from custom_components.utility_han.vehicles.premise.entities import _imported
from custom_components.utility_han.vehicles.premise.premise import HomeWithoutVehicles
from custom_components.utility_han.vehicles.store import Charging
from tests.component.test_household_charging import CAR, VAN, bind
from tests.helpers.model_gateway import ModelGateway, model_entry
from tests.helpers.recorder import compile_statistics
from tests.helpers.states import entity_id_of, state_of
from tests.helpers.vehicles import ENERGY as CAR_ENERGY
from tests.procedures.test_charging_sessions import program

pytestmark = [pytest.mark.use_case("UR-EV"), pytest.mark.timeout(400)]
DELIVERED, RECEIVED = "energy_summation_delivered", "energy_summation_received"
TIERS = (f"{DELIVERED}_tier_1", f"{DELIVERED}_tier_2")
REGISTERS = (
    *(Register(key, "energy", RegisterKind.SUMMATION, key.split("_")[2], "Wh") for key in (DELIVERED, RECEIVED)),
    *(Register(key, "energy", RegisterKind.SUMMATION, "delivered", "Wh", tier) for tier, key in enumerate(TIERS, 1)),
)
VAN_ENERGY = "sensor.carport_charger_energy"
BEGUN = datetime(2026, 6, 3, tzinfo=UTC)
POLL, HOUR = timedelta(minutes=7.5), timedelta(hours=1)
PRICES = {1: 0.10, 2: 0.40}
_LOST = 7_000.0
"""What another meter shows less, Wh."""


def tier_at(at: datetime) -> int:
    return 2 if 8 <= at.hour < 11 else 1


class SolarMeter(ModelGateway):
    """Measures a home by its powers (W), moment by moment, and tells a tariff of two tiers."""

    def __init__(self) -> None:
        super().__init__(7, POLL, POLL)
        self.shown = {DELIVERED: 900_000.0, RECEIVED: 80_000.0, TIERS[0]: 600_000.0, TIERS[1]: 300_000.0}
        self.less = 0.0
        self.quiet = False

    def pass_(self, at: datetime, time: timedelta, net: float) -> None:
        for key in (DELIVERED, TIERS[tier_at(at) - 1]) if net > 0 else (RECEIVED,):
            self.shown[key] += abs(net) * (time / HOUR)

    def known_registers(self) -> Sequence[Register]:
        return REGISTERS

    async def discover_registers(self) -> Sequence[Register]:
        return REGISTERS

    async def configuration(self) -> GatewayConfiguration:
        found = await super().configuration()
        return GatewayConfiguration(self.poll, ("metering", "pricing"), (), (), timedelta(0), found.info)

    async def read(self, keys: Collection[str], *, include_clock: bool = False) -> Readings:
        read = await super().read(set(), include_clock=include_clock)  # fails where it is away
        return Readings(
            read.at, {key: wh - self.less for key, wh in self.shown.items() if key in keys}, read.clock_offset
        )

    async def prices(self) -> PriceSchedule | None:
        if self.quiet:
            return None
        hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
        hours = (hour + n * HOUR for n in range(24))
        return PriceSchedule(
            "USD", tuple(Price(each, each + HOUR, PRICES[tier_at(each)], tier_at(each)) for each in hours)
        )


class Home:
    """The home, what it uses and produces, and its two chargers."""

    def __init__(self, hass: HomeAssistant, clock: FrozenDateTimeFactory, meter: SolarMeter) -> None:
        self.hass, self.clock, self.meter = hass, clock, meter
        self.entry = model_entry()
        self.chargers = {CAR_ENERGY: 40_000.0, VAN_ENERGY: 0.0}
        self.cost = 0.0
        """What the home alone used cost."""
        self.alone = {DELIVERED: 0.0, RECEIVED: 0.0}

    def show(self) -> None:
        for entity_id, wh in self.chargers.items():
            attributes = {"device_class": "energy", "state_class": "total_increasing", "unit_of_measurement": "kWh"}
            self.hass.states.async_set(entity_id, f"{wh / 1000:.6f}", attributes)
            plug = entity_id.replace("sensor", "binary_sensor").replace("_energy", "_plug")
            self.hass.states.async_set(plug, "on", {"device_class": "plug"})

    async def live(self, time: timedelta, used: float, produced: float = 0.0, car: float = 0, van: float = 0) -> None:
        """Let time pass, read all the time, and have statistics made each hour."""
        for _ in range(int(time / POLL)):
            at = datetime.now(UTC)
            self.meter.pass_(at, POLL, used - produced + car + van)
            self.alone[DELIVERED if used > produced else RECEIVED] += abs(used - produced) * (POLL / HOUR)
            self.cost += max(used - produced, 0.0) / 1000 * (POLL / HOUR) * PRICES[tier_at(at)]
            self.chargers[CAR_ENERGY] += car * (POLL / HOUR)
            self.chargers[VAN_ENERGY] += van * (POLL / HOUR)
            self.clock.tick(POLL)
            self.show()
            await self.hass.async_block_till_done()
            await self.entry.runtime_data.coordinator.async_refresh()
            if datetime.now(UTC).minute == 0:
                await self.hass.async_block_till_done()
                await compile_statistics(self.hass, datetime.now(UTC) - timedelta(minutes=5))

    async def restart(self) -> None:
        """Begin anew with what is on disk, as after a restart of Home Assistant."""
        entry_id = self.entry.entry_id
        await self.hass.config_entries.async_unload(entry_id)
        await (await KeptPrices.async_get(self.hass, entry_id)).async_save()  # as everything is when it stops
        self.hass.data.pop(_OPEN)
        await self.hass.config_entries.async_setup(entry_id)
        await self.entry.runtime_data.coordinator.async_refresh()
        await self.hass.async_block_till_done()

    def shown(self, key: str) -> float:
        return float(state_of(self.hass, self.entry, key).state)

    async def change(self, *keys: str) -> dict[str, list[float]]:
        """Return what statistics have counted in each hour, kWh; nothing where an hour has none."""
        ids = {key if key.startswith("sensor.") else entity_id_of(self.hass, self.entry, key): key for key in keys}
        rows = await get_instance(self.hass).async_add_executor_job(
            statistics_during_period, self.hass, BEGUN, None, set(ids), "hour", {"energy": "kWh"}, {"change"}
        )
        hours = range(int((datetime.now(UTC) - BEGUN) / HOUR))
        found = {}
        for entity_id, key in ids.items():
            told = {(int(row["start"]) - int(BEGUN.timestamp())) // 3600: row["change"] for row in rows[entity_id]}
            found[key] = [float(told.get(hour) or 0.0) for hour in hours]
        return found


@pytest.fixture
async def home(recorder_mock: Recorder, hass: HomeAssistant, as_found: None) -> AsyncIterator[Home]:
    """A home that has two vehicles, a roof, a meter of two tiers and the Energy dashboard."""
    await hass.config.async_set_time_zone("UTC")
    hass.config.currency = "USD"
    meter = SolarMeter()
    with (
        freeze_time(BEGUN, real_asyncio=True) as clock,
        patch("custom_components.utility_han.async_open_link", return_value=meter),
        patch.object(rounds, "LONGEST_ROUND", 1e9),  # hours pass in one
    ):
        assert isinstance(clock, FrozenDateTimeFactory)
        home = Home(hass, clock, meter)
        assert await async_setup_component(hass, "energy", {})
        home.entry.add_to_hass(hass)
        home.show()
        assert await hass.config_entries.async_setup(home.entry.entry_id)
        await hass.async_block_till_done(wait_background_tasks=True)
        await bind(hass, home.entry, CAR, "Family car", program())
        van = await bind(hass, home.entry, VAN, "Van", program())
        charging = await Charging.async_get(hass, home.entry.entry_id)
        charging.vehicles[van.key].data |= {"energy": VAN_ENERGY, "plug": "binary_sensor.carport_charger_plug"}
        charging.vehicles[van.key].chargers.clear()
        await charging.async_save()
        await home.restart()
        for tier in TIERS:
            key = f"{home.entry.entry_id}_energy_without_vehicles_tier_{tier[-1]}"
            registry = er.async_get(hass)
            entity_id = registry.async_get_entity_id("sensor", DOMAIN, key)
            assert entity_id is not None
            assert registry.entities[entity_id].disabled, "few want each tier by itself"
            registry.async_update_entity(entity_id, disabled_by=None)
        await home.restart()
        await home.live(timedelta(minutes=15), 400, car=7_400, van=3_700)  # how quick the chargers are is known
        yield home


async def use_dashboard(home: Home, **grid: Any) -> None:
    """Choose in the dashboard what a person would."""
    manager = await async_get_manager(home.hass)
    sensors = {key: entity_id_of(home.hass, home.entry, key) for key in (DELIVERED, RECEIVED)}
    nothing = dict.fromkeys(
        ("stat_cost", "entity_energy_price", "number_energy_price", "stat_compensation",
         "entity_energy_price_export", "number_energy_price_export")
    )  # fmt: skip
    source = {"type": "grid", "stat_energy_from": sensors[DELIVERED], "stat_energy_to": sensors[RECEIVED]}
    devices = [*home.chargers, entity_id_of(home.hass, home.entry, "energy_without_vehicles")]
    await manager.async_update(
        {
            "energy_sources": [source | nothing | {"cost_adjustment_day": 0.0} | grid],  # type: ignore[list-item]
            "device_consumption": [{"stat_consumption": each} for each in devices],
        }
    )


async def test_home_and_vehicles_are_together_what_the_meter_counts(home: Home) -> None:
    await home.live(timedelta(minutes=45), 400)
    await use_dashboard(home)
    await home.live(HOUR, 400, car=7_400, van=3_700)  # both at once
    await home.restart()
    await home.live(HOUR, 300, 900)
    await home.live(HOUR, 500, 6_000, car=3_000)  # from the roof alone
    await home.live(HOUR, 500, 6_000, car=11_000)  # half of it from the grid
    home.meter.less = _LOST  # another meter
    await home.live(HOUR, 400)
    guard = home.entry.runtime_data.link.guard
    guard.go_over(list(guard.asks), datetime.now(UTC))
    await home.live(HOUR, 400)
    await home.restart()
    await home.live(2 * HOUR, 600, car=2_000)  # into the dear hours
    await home.live(3 * HOUR, 600)  # and out of them

    keys = (DELIVERED, RECEIVED, "energy_without_vehicles", "energy_received_without_vehicles")
    tiers = [f"energy_without_vehicles_tier_{tier[-1]}" for tier in TIERS]
    counted = await home.change(*keys, *tiers, *home.chargers)
    own, given = counted[keys[2]], counted[keys[3]]
    together = zip(*(counted[key] for key in (*keys, *home.chargers)), strict=True)
    for hour, (taken, fed, home_taken, home_fed, car, van) in enumerate(together):
        if hour not in (5, 6):  # nobody has measured what was used while the meter was changed
            assert home_taken - home_fed + car + van == pytest.approx(taken - fed, abs=0.002), hour
    assert min(own) > -0.1, "nothing leaps back"
    assert min(given) >= -0.001
    # What was used, and given, is what a home without vehicles would have, but for the time without a meter.
    assert sum(given) == pytest.approx(home.alone[RECEIVED] / 1000, abs=0.5)
    assert sum(own) == pytest.approx(home.alone[DELIVERED] / 1000, abs=1.0)
    assert sum(counted[tiers[0]]) + sum(counted[tiers[1]]) == pytest.approx(sum(own), abs=0.01)
    assert sum(counted[tiers[1]]) == pytest.approx(3 * 0.6, abs=0.05)
    validated = await async_validate(home.hass)
    assert not [issue for each in (*validated.energy_sources, *validated.device_consumption) for issue in each.issues]


async def test_cost_of_a_home_is_that_of_each_quarter_of_an_hour(home: Home) -> None:
    assert state_of(home.hass, home.entry, "cost_without_vehicles").attributes["unit_of_measurement"] == "USD"
    begun, home.cost = home.shown("cost_without_vehicles"), 0.0
    since = state_of(home.hass, home.entry, "cost_without_vehicles").attributes["last_reset"]
    await home.live(2 * HOUR, 2_000, car=7_400)
    await home.restart()
    home.clock.move_to(BEGUN + timedelta(hours=7, minutes=15))
    await home.live(3 * HOUR, 3_000, van=3_700)  # after a pause, how quick the charger is shows in a while
    shown = state_of(home.hass, home.entry, "cost_without_vehicles")
    assert float(shown.state) - begun == pytest.approx(home.cost, abs=0.02)
    assert shown.attributes["last_reset"] == since


async def test_cost_begins_anew_in_other_money(home: Home) -> None:
    """Dollars and euros add up to nothing."""
    await home.live(HOUR, 2_000)
    assert home.shown("cost_without_vehicles") > 0
    home.hass.states.async_set("sensor.spot_price", "0.25", {"unit_of_measurement": "EUR/kWh"})
    await use_dashboard(home, entity_energy_price="sensor.spot_price")
    with patch.object(home.hass.config, "currency", "EUR"):
        await home.restart()
        shown = state_of(home.hass, home.entry, "cost_without_vehicles")
    assert (float(shown.state), shown.attributes["unit_of_measurement"]) == (0, "EUR")


def test_what_vehicles_took_from_the_roof_is_taken_off_where_no_export_is_measured() -> None:
    """Import less export, and what the vehicles took, are together what the meter counts."""
    use = HomeUse()
    for minute, wh in ((0, 0.0), (15, 2_000.0), (16, 2_000.0)):
        use.take(Counted(BEGUN + timedelta(minutes=minute), 10_000.0, chargers={CAR_ENERGY: wh}), may_tell_more=False)
    for received, imported in ((None, 8_000.0), (REGISTERS[0], 10_000.0)):
        premise = cast("HomeWithoutVehicles", SimpleNamespace(use=use, received=received))
        assert _imported(premise) == imported


async def test_cost_is_not_known_before_its_price_is(home: Home) -> None:
    spot = "sensor.spot_price"
    money = {"unit_of_measurement": "USD/kWh"}
    home.meter.quiet = True
    home.hass.states.async_set(spot, "0.25", money)
    await use_dashboard(home, entity_energy_price=spot)
    await home.restart()
    await home.live(timedelta(minutes=30), 1_000, car=7_400)
    known = home.shown("cost_without_vehicles")
    assert known > 0
    home.hass.states.async_set(spot, "unavailable")
    await home.live(timedelta(minutes=30), 1_000)
    assert state_of(home.hass, home.entry, "cost_without_vehicles").state == "unknown"
    home.hass.states.async_set(spot, "0.50", money)
    await home.live(timedelta(minutes=30), 1_000)
    assert state_of(home.hass, home.entry, "cost_without_vehicles").state == "unknown", "half an hour has no price"
