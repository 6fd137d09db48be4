"""A person with a phone finds the blueprints where Home Assistant has its own, and makes an automation of one."""

import asyncio
import contextlib
import re

import pytest
from playwright.async_api import Error, Page, expect

from script.demo_home.check import commission
from script.demo_home.home import Home
from script.demo_home.simulator import Simulator
from tests.browser.frontend import Frontend

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
_PATIENCE = 120


async def _pick(page: Page, number: int, name: str) -> None:
    """Choose an entity in one of the editor's fields."""
    await page.locator("ha-entity-picker").nth(number).click()
    search = page.locator("ha-picker-combo-box input").locator("visible=true").first
    await search.fill(name)
    found = page.locator("ha-picker-combo-box ha-combo-box-item", has_text=name).locator("visible=true").first
    # While the list narrows, a click may land on a row that is just being replaced.
    for _ in range(5):
        await found.click()
        with contextlib.suppress(AssertionError):
            return await expect(search).to_be_hidden(timeout=3_000)
    raise AssertionError(f"The picker does not take {name!r}")


async def _save(page: Page) -> None:
    """Press *Save* until the editor has the page of an automation that is there, as a person would."""
    for _ in range(5):
        with contextlib.suppress(Error):
            await page.get_by_role("button", name="Save").last.click(timeout=10_000)
            return await page.wait_for_url(re.compile(r"/automation/edit/\d+$"), timeout=10_000)
    raise AssertionError("The editor does not save")


async def test_blueprint_is_found_saved_and_run(frontend: Frontend, home: Home, simulator: Simulator) -> None:
    await commission(home, simulator.gateway)
    await home.shows({"input_boolean.furnace": "off"})
    async with asyncio.timeout(_PATIENCE):  # prices come by a poll of their own
        while not any(each["entity_id"] == "sensor.demo_home_price" for each in await home.states()):  # noqa: ASYNC110
            await asyncio.sleep(0.2)
    page = frontend.page
    await frontend.visit("/config/blueprint/dashboard")
    await page.get_by_text("Utility HAN - use electricity below a price", exact=True).first.click()
    await page.get_by_text("Something is on while a kilowatt-hour costs less").first.wait_for()
    await _pick(page, 0, "Price")
    await page.locator("ha-selector-number input").first.fill("9")
    await _pick(page, 1, "Furnace")
    await frontend.screenshot("110-blueprint")
    await _save(page)
    await home.shows({"automation.utility_han_use_electricity_below_a_price": "on", "input_boolean.furnace": "on"})
