"""Whoever tries the demo plugs a car in, on a phone: the charger on the console of the simulated utility."""

import re

import aiohttp
import pytest
from playwright.async_api import Locator, Page, expect

from script.demo_home.simulator import Simulator

_PLACE = "button => button.getBoundingClientRect().top + scrollY"
pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


async def press(card: Locator, name: str) -> None:
    """Press a button of the card."""
    await card.get_by_role("button", name=name).click()


async def test_a_car_is_plugged_in_and_charged(console: Page, simulator: Simulator) -> None:
    await console.get_by_role("tab", name="Vehicles").click()
    card = console.locator("#charger-list li")
    await expect(card).to_contain_text("Garage charger: available")
    await expect(card).to_contain_text("Family car: 40.0 %")
    await expect(card).to_contain_text("Visitor's car: 55.0 %")

    speed, setting = console.get_by_label("Charges so many times"), console.get_by_role("button", name="Set speed")
    await expect(card).to_contain_text("Charges as fast as in life")
    await expect(speed).to_have_value("1")
    place = await setting.evaluate(_PLACE)
    await speed.fill("1000")
    await setting.click()
    await expect(console.get_by_role("status")).to_contain_text("Set speed: done")
    await expect(card).to_contain_text("1000 times as fast as in life")
    await expect(speed).to_have_value("1000")
    assert await setting.evaluate(_PLACE) == place, "a line about what was done moves nothing"
    await press(card, "Pause")
    await press(card, "Plug in Family car")
    await expect(card.get_by_role("button", name="Drive Family car")).to_be_disabled()
    await expect(card).to_contain_text("Garage charger: connected")
    await expect(card).to_contain_text("Family car: 40.0 %, plugged in")
    await press(card, "Enable")
    await expect(card).to_contain_text("Garage charger: finished")
    await expect(card).to_contain_text("Family car: 100.0 %")
    await expect(card).to_contain_text("delivered 36.000 kWh")
    assert await console.evaluate("document.documentElement.scrollWidth") <= 360, "nothing sticks out of a phone"

    await press(card, "Plug in Visitor's car")
    await expect(card).to_contain_text(re.compile("Visitor's car: [0-9.]+ %, plugged in"))
    await press(card, "Unplug")
    await expect(card).to_contain_text("Garage charger: available")
    await press(card, "Drive Family car")
    await expect(card).to_contain_text("Family car: 70.0 %")
    await press(card, "Offline")
    await expect(card).to_contain_text("Garage charger: offline")
    await expect(card).to_contain_text("Counter – kWh")
    await press(card, "Online")
    await press(card, "Reset counter")
    await expect(card).to_contain_text("Counter 0 kWh")
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{simulator.control}/chargers/garage") as response,
    ):
        assert (await response.json())["total_kwh"] == 0


async def test_a_press_survives_what_changes_meanwhile(console: Page, simulator: Simulator) -> None:
    await console.get_by_role("tab", name="Vehicles").click()
    card = console.locator("#charger-list li")
    await press(card, "Plug in Visitor's car")
    await expect(card).to_contain_text("Garage charger: charging")
    await card.get_by_role("button", name="Pause").hover()
    await console.mouse.down()
    async with console.expect_response(lambda response: response.url.endswith("/utility/bills")):
        pass
    async with console.expect_response(lambda response: response.url.endswith("/utility/bills")):
        pass
    await console.mouse.up()
    await expect(card).to_contain_text("Garage charger: suspended")
