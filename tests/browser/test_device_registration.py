"""A person with a phone signs in with the utility and registers a device in the real frontend."""

import pytest
from playwright.async_api import expect

from script.demo_home.check import commission
from script.demo_home.home import Home
from script.demo_home.simulator import Simulator
from tests.browser.frontend import Frontend

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


@pytest.mark.use_case("UR-1", "UR-2", "UR-3", "UR-5", "UR-8", "UR-9", "UR-10", "UR-15")
async def test_from_sign_in_to_confirmation(frontend: Frontend, home: Home, simulator: Simulator) -> None:
    await commission(home, simulator.gateway)

    await frontend.visit("/config/integrations/integration/utility_han")
    row = frontend.page.locator("ha-config-entry-row").first
    await row.locator("ha-dropdown").first.click()
    await frontend.page.get_by_text("Reconfigure").locator("visible=true").first.click()
    await frontend.choose("Utility account")
    await frontend.sees("From your utility's instructions")
    await frontend.fill("Address", simulator.utility)
    await frontend.screenshot("30-account")
    async with frontend.page.context.expect_page() as opened:
        await frontend.submit()
    utility = await opened.value
    await utility.get_by_label("User").fill("demo")
    await utility.get_by_label("Password").fill("demo")
    await utility.screenshot(path="artifacts/31-sign-in.png")
    await utility.get_by_role("button", name="Allow", exact=True).click()
    await frontend.sees("at this address")
    await frontend.screenshot("32-premise")
    await frontend.submit()
    await frontend.sees("The account is linked.")
    await frontend.finish_abort()

    await frontend.page.get_by_text("Add device").locator("visible=true").first.click()
    await frontend.sees("Which device is it?")
    frontend.count()
    await frontend.pick_entity("Pool pump")
    await frontend.screenshot("33-entity")
    await frontend.submit()
    await frontend.sees("This is what Home Assistant knows of it")
    await frontend.screenshot("34-device")
    await frontend.submit()
    await frontend.sees("you may opt out")
    await frontend.choose("less at peak hours")
    await frontend.tick("I have read the terms")
    await frontend.screenshot("38-programs")
    await frontend.submit()
    await frontend.page.wait_for_timeout(1500)
    await frontend.screenshot("40-progress")
    await frontend.sees("is registered and its programs are active")
    await frontend.screenshot("41-registered")
    await frontend.submit()
    await frontend.finish()
    assert len(frontend.experience.pages) == 5, frontend.experience.pages  # the last is Home Assistant's own
    await frontend.keep_experience("a device that Home Assistant controls")

    device = await home.device("Pool pump")
    await frontend.visit(f"/config/devices/device/{device['id']}")
    await expect(frontend.page.get_by_text("Enrolled").first).to_be_visible()
    await frontend.screenshot("42-device")
