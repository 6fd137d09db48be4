"""A device is lost on its gateway: on a phone it is diagnosed, repaired from its notice, and seen healthy."""

import re

import pytest
from playwright.async_api import Page, expect

from script.demo_home import registration
from script.demo_home.check import commission
from script.demo_home.home import Home
from script.demo_home.simulator import Simulator
from tests.browser.frontend import Frontend

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


@pytest.mark.use_case("DM-2", "DM-6", "RD-8b", "RD-11")
async def test_broken_diagnosed_repaired_healthy(
    frontend: Frontend, home: Home, simulator: Simulator, console: Page
) -> None:
    entry = await commission(home, simulator.gateway)
    await registration.link_account(home, simulator, entry["entry_id"])
    await registration.register(home, entry["entry_id"], "Pool pump")
    await registration.enrolled(home, 1)

    await console.get_by_role("tab", name="Gateways").click()
    await console.get_by_role("button", name=re.compile("Withdraw Pool pump")).click()
    await console.get_by_role("alertdialog").get_by_role("button", name="Withdraw").click()
    await expect(console.get_by_role("status")).to_contain_text("done")

    device = await home.device("Pool pump")
    await frontend.visit(f"/config/devices/device/{device['id']}")
    await home.post("/api/services/utility_han/diagnose", {"device_id": device["id"]})
    await expect(frontend.page.get_by_text("Failed").locator("visible=true").first).to_be_visible()
    await frontend.screenshot("70-failed")
    await expect(console.locator("#case-list")).to_contain_text("commissioning problem")

    await frontend.visit("/config/repairs")
    await frontend.page.get_by_text("Pool pump is not well").locator("visible=true").first.click()
    await frontend.sees("does not list the device any more")
    await frontend.screenshot("71-notice")
    await frontend.choose("Repair it")
    await frontend.page.wait_for_timeout(3000)
    await frontend.screenshot("72-progress")
    await frontend.sees("works again")
    await frontend.sees("put the device on the gateway's list again")
    await frontend.screenshot("73-repaired")
    await frontend.finish_abort()
    await frontend.visit(f"/config/devices/device/{device['id']}")
    await expect(frontend.page.get_by_text("Last diagnosis").locator("visible=true").first).to_be_visible()
    await home.shows({"sensor.pool_pump_health": "ok"})
    await frontend.screenshot("74-healthy")
    await expect(console.locator("#case-list")).to_contain_text("closed")
    assert await console.evaluate("document.documentElement.scrollWidth") <= 360
