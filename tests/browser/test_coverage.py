"""An installer with a phone walks through a home with a device, and the homeowner adds the dashboard."""

import pytest
from playwright.async_api import Page, expect

from script.demo_home import registration
from script.demo_home.check import commission
from script.demo_home.home import Home
from script.demo_home.simulator import Simulator
from tests.browser.frontend import Frontend

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


@pytest.mark.use_case("DM-2", "DM-4b", "DM-5b")
async def test_walk_and_dashboard(frontend: Frontend, home: Home, simulator: Simulator, console: Page) -> None:
    entry = await commission(home, simulator.gateway)
    await registration.link_account(home, simulator, entry["entry_id"])
    await registration.register(home, entry["entry_id"], "Pool pump")
    await registration.enrolled(home, 1)

    await frontend.visit("/config/integrations/integration/utility_han")
    row = frontend.page.locator("ha-config-sub-entry-row", has_text="Pool pump").first
    await row.locator("ha-icon-button:not(.expand-button)").first.click()
    await frontend.choose("Walk through and measure coverage")
    await frontend.sees("from place to place")
    await frontend.screenshot("80-where")
    await frontend.pick_or_type("Place", "Garden *shed*")
    await frontend.submit()
    await frontend.sees("of 5")
    await frontend.screenshot("81-measuring")
    await frontend.sees("Only the way from Home Assistant to the gateway was measured")
    # A title is shown as it is, and the text below is Markdown: the name has its stars in both.
    await frontend.sees("Garden *shed*: not measured")
    await expect(frontend.page.get_by_role("cell", name="Garden *shed*")).to_be_visible()
    await frontend.screenshot("82-measured")
    await frontend.choose("Tell the utility")
    await frontend.sees("knows of the coverage")
    await frontend.screenshot("83-reported")
    await frontend.finish_abort()
    await expect(console.locator("#case-list")).to_contain_text("coverage")

    await frontend.visit("/config/lovelace/dashboards")
    await frontend.page.get_by_text("Add dashboard").locator("visible=true").first.click()
    await frontend.page.get_by_text("Utility HAN").locator("visible=true").first.click()
    await (
        frontend.page.locator("dialog-lovelace-dashboard-detail input:not([type=checkbox])")
        .locator("visible=true")
        .first.fill("Meter")
    )
    await frontend.screenshot("84-add-dashboard")
    await frontend.page.get_by_text("Create", exact=True).locator("visible=true").last.click()
    await expect(frontend.page.get_by_text("Meter", exact=True).locator("visible=true").first).to_be_visible()
    (dashboard,) = [each for each in await home.ws("lovelace/dashboards/list") if each["title"] == "Meter"]
    await frontend.open_dashboard(f"/{dashboard['url_path']}/devices")
    page = frontend.page
    for text in ("Pool pump", "Registration", "Last diagnosis", "Open cases"):
        await expect(page.get_by_text(text, exact=True).locator("visible=true").first).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 412
    await frontend.screenshot("86-dashboard")
