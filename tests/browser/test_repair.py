"""A device is lost on its gateway: on a phone it is diagnosed, repaired from its notice, and seen healthy."""

import re

import pytest
from playwright.async_api import Page, expect

from script.demo_home import registration
from script.demo_home.check import commission
from script.demo_home.home import Home
from script.demo_home.simulator import Simulator
from tests.browser.frontend import PHONE, Frontend
from tests.browser.test_home_page import add_dashboard

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


_PUMP = "utility-han-health-card li:has-text('Pool pump')"


async def _with_pump(home: Home, simulator: Simulator) -> None:
    """Have a pump enrolled with the utility."""
    entry = await commission(home, simulator.gateway)
    await registration.link_account(home, simulator, entry["entry_id"])
    await registration.register(home, entry["entry_id"], "Pool pump")
    await registration.enrolled(home, 1)


async def _withdraw(console: Page) -> None:
    """Take the pump off the gateway's list, as the utility would."""
    question = console.get_by_role("alertdialog")
    await console.get_by_role("tab", name="Gateways").click()
    await console.get_by_role("button", name=re.compile("Withdraw Home Assistant")).click()
    await expect(question).to_contain_text("The whole home is off this gateway")
    await question.get_by_role("button", name="Go back").click()
    await console.get_by_role("button", name=re.compile("Withdraw Pool pump")).click()
    await expect(question).to_contain_text("until it is put back")
    await question.get_by_role("button", name="Withdraw").click()
    await expect(console.get_by_role("status")).to_contain_text("done")


@pytest.mark.use_case("DM-2", "DM-6", "RD-8b", "RD-11")
async def test_repaired_on_the_home_page_and_told_there(
    frontend: Frontend, home: Home, simulator: Simulator, console: Page
) -> None:
    await _with_pump(home, simulator)
    await add_dashboard(home)
    page = frontend.page
    await page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    await frontend.visit("/profile")
    await frontend.open_dashboard("/utility-han")
    pump = page.locator(_PUMP)
    diagnose, repair = (pump.get_by_role("button", name=f"{each}: Pool pump") for each in ("Diagnose", "Repair"))

    await page.locator("utility-han-health-card button.summary").click()
    await diagnose.click()
    await expect(pump).to_contain_text(re.compile(r"Nothing is wrong · \d+:\d+"))
    await frontend.screenshot("75-nothing-wrong")

    await _withdraw(console)
    await diagnose.click()
    await expect(pump).to_contain_text(re.compile(r"A problem with the commissioning · \d+:\d+"))
    await frontend.visit("/profile")
    await frontend.open_dashboard("/utility-han")
    await expect(pump).to_contain_text("What helps: Put the device on the gateway's list again")
    await frontend.screenshot("76-open-from-the-beginning")

    places = [await each.bounding_box() for each in (diagnose, repair)]
    await repair.click()
    await expect(pump).to_contain_text("puts it back on the gateway’s list and tests it. Repair now?")
    assert [await each.bounding_box() for each in (diagnose, repair)] == places
    await frontend.screenshot("77-repair-now")
    await pump.get_by_role("button", name="Yes, repair").click()
    await expect(pump.locator("ha-spinner")).to_be_visible()
    assert [await each.bounding_box() for each in (diagnose, repair)] == places
    await frontend.screenshot("78-repairing")
    await expect(pump).to_contain_text(
        re.compile(r"Repaired · \d+:\d+ [AP]M: put back on the gateway's list; case closed")
    )
    await expect(page.locator("utility-han-health-card")).to_contain_text("All is well")
    await frontend.screenshot("79-repaired-and-told")
    await frontend.visit("/profile")
    await frontend.open_dashboard("/utility-han")
    await page.locator("utility-han-health-card button.summary").click()
    await expect(pump).to_contain_text("Repaired ·")
    await home.shows({"sensor.pool_pump_health": "ok"})


@pytest.mark.use_case("DM-2", "DM-6", "RD-8b", "RD-11")
async def test_broken_diagnosed_repaired_healthy(
    frontend: Frontend, home: Home, simulator: Simulator, console: Page
) -> None:
    await _with_pump(home, simulator)

    await _withdraw(console)

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
