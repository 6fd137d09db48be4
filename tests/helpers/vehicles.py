"""A home with a charger, and a person who binds a vehicle in it."""

import asyncio
from contextlib import AbstractContextManager
from datetime import timedelta
from math import ceil
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from custom_components.utility_han.const import DOMAIN
from custom_components.utility_han.vehicles.manager import VehicleManager
from custom_components.utility_han.vehicles.store import VehicleRecord
from tests.helpers.subentries import SubentryFlow

ENERGY = "sensor.garage_charger_energy"
PLUG = "binary_sensor.garage_charger_plug"
SWITCH = "input_boolean.pump"
"""What the home of the tests has to be switched."""
CAR_PLUG = "binary_sensor.family_car_plug"
CAR_BATTERY = "sensor.family_car_battery"
POWER = 11_000
"""What the charger gives, W."""
VIN = "1M8GDM9AXKP042788"
ANSWERS: dict[str, dict[str, Any]] = {
    "vehicle": {
        "vin": VIN,
        "vehicle_model": "One",
        "more": {"make": "Voltline", "battery_size": "60", "name": "Family car"},
        "energy": ENERGY,
        "station": {
            "name": "Garage",
            "serial": "VL11-004711",
            "plug": PLUG,
            "meter": "evse",
            "max_power": f"{POWER / 1000}",
            "switch": SWITCH,
            "battery": CAR_BATTERY,
            "presence": CAR_PLUG,
        },
    },
    "account": {"pays": "own", "program": "ev-flat"},
    "program": {"consent": True},
    "home_account": {
        "payer": "employer",
        "holder": "Example Works",
        "payer_number": "PN 0815-4711",
        "rate": "typed",
        "more": {"premise": "Example Lane 1"},
    },
    "price_typed": {"rate_name": "Company car", "price": "0.32", "currency": "EUR"},
    "preview": {"consent": True},
}
"""What a person says on each page."""
NIGHT: dict[str, Any] = {
    "tier": "Night",
    "price": "0.21",
    "start": "22:00:00",
    "end": "06:00:00",
    "days": [str(day) for day in range(1, 8)],
    "holidays": "any",
}
"""A period that is typed where the household keeps the books."""


class VehicleFlow(SubentryFlow):
    """A person in the vehicle dialog of a hub."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        super().__init__(hass, entry, "vehicle", ANSWERS)

    async def bind(self, **other: dict[str, Any]) -> None:
        """Answer every page until the vehicle is bound; ``other`` answers win."""
        await self.walk(None, **other)
        assert self.result["type"] is FlowResultType.CREATE_ENTRY, self.result
        await self._hass.async_block_till_done()  # it has the hub load anew


async def describe_at_home(hass: HomeAssistant, entry: ConfigEntry) -> VehicleFlow:
    """Return the dialog of a home that keeps the books itself, up to who pays, and where prices come from."""
    flow = VehicleFlow(hass, entry)
    await flow.start()
    await flow.walk("home_account")
    return flow


class Charger:
    """The charger of the home as its entities show it, by a clock of its own; ``delivered`` is the truth, in Wh."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self.at = dt_util.utcnow()
        self.counter = 1_234_500
        self.delivered = 0
        self.show()
        self.plug(present=False, plugged=False)
        hass.states.async_set(CAR_BATTERY, "40", {"device_class": "battery", "unit_of_measurement": "%"})

    def _set(self, entity_id: str, state: str, attributes: dict[str, Any] | None = None) -> None:
        self._hass.states.async_set(entity_id, state, attributes, timestamp=self.at.timestamp())

    def clock(self) -> AbstractContextManager[Any]:
        """Have Home Assistant go by the charger's clock."""
        return patch.object(dt_util, "utcnow", lambda: self.at)

    def show(self, counter: float | None = None, unit: str = "kWh") -> None:
        """Show the counter, or what it is said to be, Wh."""
        shown = self.counter if counter is None else counter
        attributes = {
            "device_class": "energy",
            "state_class": "total_increasing",
            "unit_of_measurement": unit,
            "friendly_name": "Garage charger energy",
        }
        self._set(ENERGY, f"{shown / 1000:.3f}" if unit == "kWh" else f"{shown:.3f}", attributes)

    def hide(self, *, plug: bool = True) -> None:
        """Show no counter, nor whether a vehicle is plugged in."""
        for entity_id in (ENERGY, PLUG) if plug else (ENERGY,):
            self._set(entity_id, "unavailable")

    def plug(self, *, plugged: bool = True, present: bool = True) -> None:
        """Plug a vehicle in; the family's where it is ``present``."""
        attributes = {"device_class": "plug"}
        own = plugged and present
        car = attributes | {"friendly_name": "Family car plug"}
        self._set(CAR_PLUG, "on" if own else "off", car)
        charger = attributes | {"friendly_name": "Garage charger plug"}
        self._set(PLUG, "on" if plugged else "off", charger)

    def charge(self, energy: int) -> None:
        """Deliver Wh and count them, minute by minute for as long as that takes."""
        before, minutes = self.counter, ceil(energy * 60 / POWER)
        for minute in range(1, minutes + 1):
            self.at += timedelta(minutes=1)
            self.counter = before + round(energy * minute / minutes)
            self.show()
        self.delivered += energy

    async def session(self, *energies: int, present: bool = True) -> None:
        """Plug in, charge, and unplug."""
        self.plug(present=present)
        for energy in energies:
            await asyncio.sleep(0.01)
            self.charge(energy)
        await asyncio.sleep(0.01)
        self.plug(plugged=False)


async def bind(hass: HomeAssistant, entry: ConfigEntry) -> Charger:
    """Bind a vehicle of the hub, the usual way; return the charger it is bound at."""
    charger = Charger(hass)
    flow = VehicleFlow(hass, entry)
    await flow.start()
    await flow.bind()
    charger.at = dt_util.utcnow()  # the binding is in force from now on
    return charger


async def bind_and_charge(hass: HomeAssistant, entry: ConfigEntry, *, unplugged: bool) -> Charger:
    """Have the vehicle bound and 2 kWh charged; it charges still, or has just left and its counter may bring more."""
    charger = await bind(hass, entry)
    charger.plug()
    charger.charge(2000)
    charger.plug(plugged=not unplugged)
    await hass.async_block_till_done()
    charger.at += timedelta(seconds=5)
    return charger


def manager_of(entry: ConfigEntry) -> VehicleManager:
    """Return the hub's charging."""
    charging: VehicleManager = entry.runtime_data.manager(VehicleManager)
    return charging


def record_of(entry: ConfigEntry) -> VehicleRecord:
    """Return the hub's first vehicle."""
    return manager_of(entry).vehicles[0]


def issues_of(hass: HomeAssistant, key: str) -> list[ir.IssueEntry]:
    """Return the open notices of a kind."""
    issues = ir.async_get(hass).issues.values()
    return [each for each in issues if each.domain == DOMAIN and each.translation_key == key]


def vehicle_entity(hass: HomeAssistant, entry: ConfigEntry, key: str) -> str:
    """Return the id of the first vehicle's entity that shows ``key``."""
    subentry_id = entry.get_subentries_of_type("vehicle")[0].subentry_id
    registry = er.async_get(hass)
    return next(
        found.entity_id
        for found in er.async_entries_for_config_entry(registry, entry.entry_id)
        if found.unique_id == f"{subentry_id}_{key}"
    )


def vehicle_state(hass: HomeAssistant, entry: ConfigEntry, key: str) -> str:
    """Return the state of the first vehicle's entity that shows ``key``."""
    state = hass.states.get(vehicle_entity(hass, entry, key))
    assert state is not None
    return state.state


def vehicle_device_id(hass: HomeAssistant, entry: ConfigEntry) -> str:
    """Return the id of the first vehicle in the device registry."""
    identifier = (DOMAIN, str(record_of(entry).subentry_id))
    device = dr.async_get(hass).async_get_device_by_identifier(identifier, entry.entry_id)
    assert device is not None
    return device.id
