"""Sessions from counters as real chargers report them: chargers.yaml, the id of each case in the name.

Each case runs through the states of a charger's entities, by a clock of its own, to what the utility bills.
"""

from collections.abc import Iterator
from datetime import timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest
import yaml
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, State
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.utility_han.const import DOMAIN
from custom_components.utility_han.vehicles.chargers.power import power_of
from custom_components.utility_han.vehicles.chargers.sources import async_find_chargers
from tests.helpers.states import eventually
from tests.helpers.utility import SimulatedUtility
from tests.helpers.vehicles import Charger, bind, issues_of, manager_of, record_of

pytestmark = pytest.mark.use_case("UR-EV")

CASES = yaml.safe_load((Path(__file__).parent / "chargers.yaml").read_text())
AFTERWARDS = 26 * 60
"""Minutes that are looked at when everything is over: late totals are waited for."""


def readings(counter: dict[str, Any]) -> dict[int, float | None]:
    """Return what a counter shows from each minute on at which that changes; None while it is unavailable."""
    shown: dict[int, float | None] = {0: counter["start"]}
    shown |= dict(counter.get("updates", []))
    for name in ("ramp", "ramp2"):
        if name in counter:
            first, last, step = counter[name]
            before = shown[max(minute for minute in shown if minute <= first)]
            assert before is not None
            shown |= {
                first + place: before + energy
                for place, energy in enumerate(accumulate([step] * (last - first)), start=1)
            }
    if "zero" in counter:
        first, last = counter["zero"]
        shown |= dict.fromkeys(range(first, last), 0.0)
    return shown


class Evening:
    """A home in which a case happens, minute by minute."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, charger: Charger) -> None:
        self.hass, self.entry, self.charger = hass, entry, charger
        self.begin = charger.at + timedelta(minutes=1)

    async def go_by(self, case: dict[str, Any], *, plug_first: bool = False) -> None:
        """Let a case happen."""
        counter, plug = readings(case["counter"]), dict(case["plug"])
        for minute in range(max(*counter, *plug) + AFTERWARDS):
            self.charger.at = self.begin + timedelta(minutes=minute)
            if plug_first and minute in plug:
                self.charger.plug(plugged=plug[minute])
            if minute in counter:
                self.show(counter[minute])
            if not plug_first and minute in plug:
                self.charger.plug(plugged=plug[minute])
            await manager_of(self.entry).async_look(self.charger.at)

    def show(self, counter: float | None) -> None:
        if counter is None:
            self.charger.hide(plug=False)
        else:
            self.charger.show(counter)

    def sessions(self) -> list[int]:
        """Return the Wh of each session that was found to be the family's."""
        entries = manager_of(self.entry).charging.ledger.entries.values()
        return [entry.energy_wh for entry in entries if entry.session.vehicle is not None]


@pytest.fixture
async def evening(hass: HomeAssistant, hub: ConfigEntry) -> Evening:
    """A home whose vehicle is bound."""
    return Evening(hass, hub, await bind(hass, hub))


async def billed(utility: SimulatedUtility, count: int) -> list[int]:
    """Return the Wh of each billing record, once there are as many."""
    found = await eventually(utility.billed, lambda found: len(found) >= count)
    return [record["energy_wh"] for record in sorted(found, key=lambda each: each["started_at"])]


def cases() -> Iterator[Any]:
    return (pytest.param(case, id=case["id"]) for case in CASES)


@pytest.mark.parametrize("case", cases())
@pytest.mark.parametrize("plug_first", [False, True], ids=["counter_first", "plug_first"])
async def test_what_was_charged_is_billed(
    hass: HomeAssistant, evening: Evening, utility: SimulatedUtility, case: dict[str, Any], *, plug_first: bool
) -> None:
    await evening.go_by(case, plug_first=plug_first)
    await hass.async_block_till_done()
    assert evening.sessions() == case["right"]
    assert await billed(utility, len(case["right"])) == case["right"]
    assert not issues_of(hass, "whose_energy")
    assert not issues_of(hass, "whose_session")


@pytest.mark.parametrize(
    ("limit", "volts", "kilowatts"),
    [(16, None, 11.0), (32, "239.6", 23.0), (80, "unavailable", 55.2), (None, "231", None)],
)
async def test_what_a_charger_can_give_is_found_out(
    hass: HomeAssistant, limit: int | None, volts: str | None, kilowatts: float | None
) -> None:
    energy = {"device_class": "energy", "unit_of_measurement": "kWh", "friendly_name": "Garage charger energy"}
    hass.states.async_set("sensor.garage_charger_energy", "12.5", energy)
    if limit is not None:
        current = {"unit_of_measurement": "A", "min": 6, "max": limit, "friendly_name": "Garage charger limit"}
        hass.states.async_set("number.garage_charger_limit", "10", current)
    if volts is not None:
        voltage = {"device_class": "voltage", "unit_of_measurement": "V", "friendly_name": "Garage charger voltage"}
        hass.states.async_set("sensor.garage_charger_voltage", volts, voltage)
    (found,) = async_find_chargers(hass)
    assert found.max_power == kilowatts


@pytest.mark.parametrize(
    ("country", "measured", "kilowatts"),
    [
        ("DE", {}, 22.1),  # nothing is said of phases: it may have three
        ("DE", {"L1 voltage": "231", "L2 voltage": "229", "L3 voltage": "230"}, 22.2),
        ("DE", {"voltage phase A": "231", "voltage phase B": "229"}, 14.8),
        ("DE", {"L1 voltage": "231"}, 22.2),  # the others may not be shown
        ("US", {}, 7.7),
        ("US", {"voltage": "118"}, 7.7),  # of one conductor, against neutral
        ("US", {"L1 voltage": "277", "L2 voltage": "277", "L3 voltage": "277"}, 26.6),
        ("US", {"power": "11100"}, 11.1),  # what it gives it can give
    ],
)
def test_charger_is_suggested_with_the_phases_it_has(country: str, measured: dict[str, str], kilowatts: float) -> None:
    states = [State("number.garage_limit", "10", {"unit_of_measurement": "A", "max": 32})]
    for name, value in measured.items():
        kind, unit = ("power", "W") if name == "power" else ("voltage", "V")
        attributes = {"device_class": kind, "unit_of_measurement": unit, "friendly_name": f"Garage {name}"}
        states.append(State(f"sensor.garage_{name.replace(' ', '_').lower()}", value, attributes))
    assert power_of(states, country) == kilowatts


async def test_energy_that_fits_no_session_is_asked_about(
    hass: HomeAssistant, evening: Evening, utility: SimulatedUtility, hass_client: ClientSessionGenerator
) -> None:
    """The counter rises by 9 kWh in a night in which nothing was plugged in."""
    await async_setup_component(hass, "repairs", {})
    await evening.go_by({"counter": {"start": 50_000, "updates": [[300, 59_000]]}, "plug": [[0, False]]})
    await hass.async_block_till_done()
    (issue,) = issues_of(hass, "whose_energy")
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["energy"] == "9.000"
    assert await utility.billed() == []
    web = await hass_client()
    response = await web.post("/api/repairs/issues/fix", json={"handler": DOMAIN, "issue_id": issue.issue_id})
    page = await response.json()
    family = record_of(evening.entry).key
    response = await web.post(f"/api/repairs/issues/fix/{page['flow_id']}", json={"vehicle": family})
    assert (await response.json())["type"] == "create_entry"
    assert await billed(utility, 1) == [9_000]
    assert not issues_of(hass, "whose_energy")
