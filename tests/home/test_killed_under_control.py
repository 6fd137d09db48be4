"""A power cut while a load control runs, in a real Home Assistant: that devices come back on is no person's hand.

Of the demo home's appliances the pump comes back on, and the thermostat at a set point of its own (21 °C).
"""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from custom_components.utility_han.esi import ResponseStatus
from script.demo_home import registration
from script.demo_home.check import commission
from script.demo_home.home import Home
from script.demo_home.lived_in import Control, control_of
from script.demo_home.simulator import Simulator
from tests.helpers.demo import credentials_on_disk

pytestmark = [pytest.mark.timeout(600), pytest.mark.use_case("UR-P")]
R = ResponseStatus
HOUR = 3600
PATIENCE = 180


class Controlled:
    """A home whose pump and thermostat the utility controls."""

    def __init__(self, home: Home, control: Control, entry_id: str) -> None:
        self._home, self._control, self._entry_id = home, control, entry_id
        self._passed = 0

    async def ask(self, **control: Any) -> int:
        """Have the utility ask for less for an hour; return the control's number."""
        asked = {"program": 1, "duration": HOUR, "heating_offset": 20} | control
        return int((await self._control("POST", f"{self._control.gateway}/controls", **asked))["number"])

    async def turn_to(self, temperature: float) -> None:
        """Have a person turn the thermostat."""
        data = {"temperature": temperature}
        target = {"entity_id": "climate.hall"}
        await self._home.ws(
            "call_service", domain="climate", service="set_temperature", service_data=data, target=target
        )

    async def seen(self, pump: str, hall: float) -> None:
        """Wait until pump and thermostat are like that."""
        found = ("", 0.0)
        try:
            async with asyncio.timeout(PATIENCE):
                while found != (pump, hall):
                    states = {each["entity_id"]: each for each in await self._home.states()}
                    if {"input_boolean.pool_pump", "climate.hall"} <= states.keys():
                        thermostat = states["climate.hall"]["attributes"]["temperature"]
                        found = (states["input_boolean.pool_pump"]["state"], thermostat)
                    await asyncio.sleep(0.2)
        except TimeoutError:
            pytest.fail(f"pump and thermostat are {found}, not {(pump, hall)}")

    async def power_cut(self, *, passing: int = 0, called_off: int | None = None) -> datetime:
        """Kill Home Assistant; return when it starts again, after time passed or a control was called off."""
        await self._home.kill()
        if called_off is not None:
            await self._control("POST", f"{self._control.gateway}/controls/{called_off}/cancel")
        if passing:
            self._let_pass(passing)
            await self._tell_gateway()
        started = datetime.now(UTC)
        await self._home.start()
        return started

    def _let_pass(self, seconds: int) -> None:
        # Home Assistant's clock is the machine's: what it kept of the gateway's clock is put forward instead.
        file = self._home.folder / ".storage" / f"utility_han.{self._entry_id}.load_control"
        kept = json.loads(file.read_text())
        kept["data"]["clock_offset"] += seconds
        file.write_text(json.dumps(kept))
        self._passed += seconds

    async def _tell_gateway(self) -> None:
        await self._control("PUT", f"{self._control.gateway}/faults/wrong_clock", seconds=self._passed)

    async def an_hour_later(self) -> None:
        """Let an hour pass with Home Assistant up."""
        self._passed += HOUR
        await self._tell_gateway()
        await self._home.post(f"/api/config/config_entries/entry/{self._entry_id}/reload", {})

    async def pump_since(self, started: datetime) -> list[str]:
        """Return what the pump was since a start, once the recorder has all of it."""
        path = f"/api/history/period/{started.isoformat().replace('+00:00', 'Z')}"
        path = f"{path}?filter_entity_id=input_boolean.pool_pump&skip_initial_state"
        now = (await self._home.get("/api/states/input_boolean.pool_pump"))["state"]
        async with asyncio.timeout(PATIENCE):
            while True:
                found = [each["state"] for entity in await self._home.get(path) for each in entity]
                if found[-1:] == [now]:
                    return found
                await asyncio.sleep(0.2)

    async def answers(self, *, pump: list[ResponseStatus], hall: list[ResponseStatus]) -> None:
        """Wait until the utility has been told these of each device, and no others."""
        wanted = {"pool_pump": pump, "thermostat": hall}
        answers: dict[str, list[int]] = {}
        try:
            async with asyncio.timeout(PATIENCE):
                while answers != wanted:
                    await asyncio.sleep(0.2)
                    registered = await self._control("GET", "/utility/registrations")
                    kinds = {each["device"]["lfdi"]: each["device"]["kind"] for each in registered}
                    answers = {kind: [] for kind in wanted}
                    for each in await self._control("GET", f"{self._control.gateway}/responses"):
                        answers[kinds[each["lfdi"]]].append(each["status"])
        except TimeoutError:
            pytest.fail(f"the utility was told {answers}, not {wanted}")


@pytest.fixture
async def controlled(home: Home, simulator: Simulator) -> AsyncIterator[Controlled]:
    """A home with pump and thermostat, all of it on disk."""
    entry = await commission(home, simulator.gateway)
    await registration.link_account(home, simulator, entry["entry_id"])
    for name in registration.DEVICES:
        await registration.register(home, entry["entry_id"], name)
    await registration.enrolled(home, len(registration.DEVICES))
    await credentials_on_disk(home)
    async with control_of(simulator) as control:
        yield Controlled(home, control, entry["entry_id"])


async def test_what_comes_back_on_is_brought_under_the_control_again(controlled: Controlled) -> None:
    await controlled.turn_to(23)
    await controlled.seen("on", 23.0)
    await controlled.ask()
    await controlled.seen("off", 21.0)
    started = await controlled.power_cut()
    await controlled.seen("off", 21.0)
    assert await controlled.pump_since(started) == ["on", "off"]
    told = [R.RECEIVED, R.STARTED]
    await controlled.answers(pump=told, hall=told)

    # An emergency, out of which the person turns the thermostat by hand.
    await controlled.ask(mandatory=True, heating_offset=10, override_duration=HOUR)
    await controlled.seen("off", 22.0)
    await controlled.turn_to(25)
    await controlled.seen("off", 25.0)
    started = await controlled.power_cut()
    await controlled.seen("off", 22.0)
    assert await controlled.pump_since(started) == ["on", "off"]
    told += [R.RECEIVED, R.SUPERSEDED, R.STARTED]
    await controlled.answers(pump=told, hall=told)

    await controlled.an_hour_later()
    await controlled.seen("on", 23.0)
    # The person had the thermostat for less than DrResponse.overrideDuration; nobody had the pump turned on.
    await controlled.answers(pump=[*told, R.REJECTED_PARAMETER], hall=[*told, R.PARTIALLY_COMPLETED_OPT_OUT])


async def test_what_is_found_on_after_the_end_has_not_completed(controlled: Controlled) -> None:
    await controlled.turn_to(23)
    await controlled.seen("on", 23.0)
    await controlled.ask()
    await controlled.seen("off", 21.0)
    started = await controlled.power_cut(passing=HOUR)
    await controlled.seen("on", 23.0)
    assert await controlled.pump_since(started) == ["on"]
    told = [R.RECEIVED, R.STARTED]
    # The thermostat's own set point is the one that it was left at: it did what was asked.
    pump, hall = [*told, R.REJECTED_PARAMETER], [*told, R.COMPLETED]
    await controlled.answers(pump=pump, hall=hall)

    number = await controlled.ask()
    await controlled.seen("off", 21.0)
    await controlled.power_cut(called_off=number)
    await controlled.seen("on", 23.0)
    called_off = [*told, R.CANCELLED]
    await controlled.answers(pump=pump + called_off, hall=hall + called_off)
