"""What a charger's reading, its keeping each minute, and a session's end cost where years of sessions are kept.

A home of four vehicles and chargers, whose gateway is a double, is measured twice: with a month of sessions and with
three years of them. Each vehicle charges; what changes is only how much was charged before.
"""

import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntry, ConfigSubentryData
from homeassistant.core import HomeAssistant
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_test_home_assistant

from bench.ledger import ledger_of
from custom_components.utility_han.const import SUBENTRY_VEHICLE
from custom_components.utility_han.procedures import VehicleRun
from custom_components.utility_han.utility.rate_model import RateProgram, TierPeriod
from custom_components.utility_han.vehicles.manager import VehicleManager
from custom_components.utility_han.vehicles.store import Charging, VehicleRecord
from tests.helpers.bindings import made_binding
from tests.helpers.model_gateway import ModelGateway, model_entry

_VEHICLES = 4
_DAYS = {"month": 31, "years": 3 * 365}
_READINGS = 500
_MINUTES = 20
_EVERY = timedelta(seconds=30)
_ENERGY = 50
"""Wh between two readings: 6 kW."""


async def measure() -> dict[str, Any]:
    """Return what a reading, a minute and an end cost with years of sessions, and as ratios to one month of them."""
    found = {name: await _with_sessions(days) for name, days in _DAYS.items()}
    young, old = found["month"], found["years"]
    return {
        "vehicles": _VEHICLES,
        **{figure: [each[figure] for each in found.values()] for figure in young},
        "ratio_reading": round(old["reading_us"] / young["reading_us"], 2),
        "ratio_kept": round(old["kept_ms"] / young["kept_ms"], 2),
    }


async def _with_sessions(days: int) -> dict[str, float]:
    """Return the medians of a reading (until everything is shown), of a minute's keeping, and of the ledger's."""
    with tempfile.TemporaryDirectory() as folder:
        async with _home(folder, days) as (hass, entry):
            manager: VehicleManager = entry.runtime_data.manager(VehicleManager)
            at = dt_util.utcnow()
            readings, kept, snapshots, entered = [], [], [], []
            for number in range(_READINGS):
                at += _EVERY
                start = time.process_time()
                for vehicle in range(_VEHICLES):
                    _show(hass, vehicle, number, at.timestamp())
                readings.append((time.process_time() - start) / _VEHICLES)
                if number % (_READINGS // _MINUTES) == 0:
                    start = time.perf_counter()
                    await manager.async_look(at)
                    kept.append(time.perf_counter() - start)
                    start = time.process_time()
                    manager.charging.snapshot()
                    snapshots.append(time.process_time() - start)
                    start = time.perf_counter()
                    await manager.charging.async_save()
                    entered.append(time.perf_counter() - start)
            if any(manager.session(record) is None for record in manager.vehicles):
                raise RuntimeError("a vehicle does not charge")
            sessions = len(manager.charging.ledger.entries)
            sizes = await hass.async_add_executor_job(_sizes, folder)
    return {
        "sessions": sessions,
        "reading_us": round(statistics.median(readings) * 1e6, 1),
        "kept_ms": round(statistics.median(kept) * 1000, 2),
        "snapshot_ms": round(statistics.median(snapshots) * 1000, 2),
        "entered_ms": round(statistics.median(entered) * 1000, 2),
        **sizes,
    }


def _sizes(folder: str) -> dict[str, float]:
    """Return how large the file of the charging points is, and that of what ended, kB."""
    files = {"kept_kb": "*.charging_points", "entered_kb": "*.charging"}
    found = {name: next(Path(folder, ".storage").glob(pattern)) for name, pattern in files.items()}
    return {name: round(path.stat().st_size / 1024, 1) for name, path in found.items()}


@asynccontextmanager
async def _home(folder: str, days: int) -> AsyncIterator[tuple[HomeAssistant, ConfigEntry[Any]]]:
    async def open_link(*_: Any, **__: Any) -> ModelGateway:
        return ModelGateway(1, timedelta(minutes=5), timedelta(minutes=5))

    async with async_test_home_assistant(config_dir=folder) as hass:
        hass.data.pop(DATA_CUSTOM_COMPONENTS)  # the test instance finds no custom integrations by itself
        shown = [_vehicle(number) for number in range(_VEHICLES)]
        entry = model_entry(subentries=shown)
        entry.add_to_hass(hass)
        charging = await Charging.async_get(hass, entry.entry_id)
        charging.ledger = ledger_of(days, _VEHICLES, dt_util.utcnow())
        for number, vehicle in enumerate(shown):
            charging.vehicles[f"{number}"] = VehicleRecord(
                _bound(number, str(vehicle["unique_id"])), vehicle["title"], dict(vehicle["data"])
            )
            hass.states.async_set(f"binary_sensor.plug_{number}", "on", {"device_class": "plug"})
            _show(hass, number, -1, dt_util.utcnow().timestamp())
        with patch("custom_components.utility_han.async_open_link", open_link):
            assert await hass.config_entries.async_setup(entry.entry_id)
            await hass.async_block_till_done()  # billing goes on in the background all the time
        yield hass, entry
        await hass.config_entries.async_unload(entry.entry_id)
        await hass.async_stop(force=True)


def _vehicle(number: int) -> ConfigSubentryData:
    data = {
        "vin": f"1M8GDM9AXKP04278{number}",
        "energy": f"sensor.charger_{number}",
        "plug": f"binary_sensor.plug_{number}",
        "meter": "evse",
        "max_power": 11.0,
        "evse": {"name": f"Garage {number}"},
    }
    return ConfigSubentryData(
        data=data, subentry_type=SUBENTRY_VEHICLE, title=f"Car {number}", unique_id=str(data["vin"])
    )


def _bound(number: int, vin: str) -> VehicleRun:
    program = RateProgram(
        id="ev",
        name="Charging",
        summary="By time of day",
        open=True,
        guests=False,
        currency="USD",
        time_zone="America/Denver",
        prices={"on": Decimal("0.30"), "off": Decimal("0.10")},
        names={"on": "On-peak", "off": "Off-peak"},
        periods=(TierPeriod("on", (0, 1, 2, 3, 4), "15:00", "19:00"),),
        default_tier="off",
        terms_version="1",
        terms="Terms",
    )
    binding = made_binding(
        evse=f"Garage {number}",
        program_id=program.id,
        terms_version=program.terms_version,
        valid_from=dt_util.utcnow() - timedelta(days=2000),
    )
    return VehicleRun(
        vin=vin,
        make="Voltline",
        model="One",
        premise_id="prem-1",
        id=f"{number}",
        vehicle_id="veh-1",
        bindings={binding.id: binding},
        programs={binding.id: program},
    )


def _show(hass: HomeAssistant, vehicle: int, number: int, at: float) -> None:
    attributes = {"device_class": "energy", "state_class": "total_increasing", "unit_of_measurement": "Wh"}
    counter = 1_000_000 + _ENERGY * (number + 1)
    hass.states.async_set(f"sensor.charger_{vehicle}", f"{counter}", attributes, timestamp=at)
