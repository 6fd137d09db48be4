"""The customer representative on a phone: the console of the simulated utility."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from script.demo_home.simulator import Simulator
from tests.browser.frontend import ARTIFACTS

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120), pytest.mark.xdist_group("mdns")]
LFDI = "0123456789ABCDEF0123456789ABCDEF01234567"


@pytest.fixture
async def console(browser: Browser, tmp_path: Path) -> AsyncIterator[Page]:
    """The console on a narrow phone."""
    simulator = Simulator(tmp_path, "--port", "0", "--control-port", "0", "--registration", "both")
    await simulator.start()
    page = await browser.new_page(viewport={"width": 360, "height": 740})
    await page.goto(f"{simulator.utility}/console/")
    await expect(page.get_by_role("heading", name="Simulated Power & Light")).to_be_visible()
    yield page
    ARTIFACTS.mkdir(exist_ok=True)
    await page.screenshot(path=ARTIFACTS / "60-console.png", full_page=True)
    await page.close()
    await simulator.stop()


@pytest.mark.use_case("UR-4", "UR-10")
async def test_representative_registers_controls_and_refuses(console: Page) -> None:
    width = await console.evaluate("document.documentElement.scrollWidth")
    assert width <= 360, "nothing sticks out of a phone"

    await console.get_by_text("Register a device beforehand").click()
    form = console.locator("form[data-do=pre-register]")
    await form.get_by_label("Name").fill("Hall thermostat <b>")
    await form.get_by_label("LFDI").fill(LFDI)
    await form.get_by_label("Serial number").fill("AT00000001")
    await form.get_by_role("button", name="Register").click()
    registered = console.get_by_role("heading", name="Hall thermostat <b>: registered beforehand")
    await expect(registered).to_be_visible()

    form = console.locator("form[data-do=control]")
    await form.get_by_label("What").select_option("heating_offset")
    await form.get_by_label("How much").fill("1.5")
    await form.get_by_label("Emergency").check()
    await form.get_by_role("button", name="Send").click()
    card = console.locator("#control-list li")
    await expect(card).to_contain_text("Control 1: active, emergency")
    await expect(card).to_contain_text("heating offset 1.5 °C")
    await card.get_by_role("button", name="Cancel").click()
    await expect(card).to_contain_text("cancelled")

    await console.locator("form[data-do=message]").get_by_label("Text").fill("Less from five to nine, please.")
    await console.locator("form[data-do=message]").get_by_role("button", name="Send").click()
    await expect(console.get_by_role("status")).to_contain_text("done")
    await console.get_by_label("Prices per kWh").fill("0.1, 0.2")
    await console.get_by_role("button", name="Put in force").first.click()
    await expect(console.get_by_role("status")).to_contain_text(re.compile("must be a list of 3"))

    form = console.locator("form[data-do=fault]")
    await form.get_by_label("Fault").select_option("rate_limit")
    await form.get_by_role("button", name="Switch on").click()
    await expect(console.locator("#fault-list")).to_contain_text("rate_limit (API)")
    await console.get_by_role("button", name="Switch off rate_limit").click()
    await expect(console.locator("#fault-list")).to_contain_text("None.")

    await console.get_by_role("button", name="Close Hall").click()
    await expect(console.get_by_role("heading", name=re.compile("Hall.*closed"))).to_be_visible()
    assert await console.evaluate("document.documentElement.scrollWidth") <= 360
