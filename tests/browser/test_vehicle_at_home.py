"""A person with a small phone binds a vehicle where the utility has nothing for that: by prices of their own."""

import re

import pytest
from playwright.async_api import expect

from script.demo_home.check import commission
from script.demo_home.home import Home
from script.demo_home.simulator import Simulator
from tests.browser.frontend import Frontend

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


@pytest.mark.use_case("SC-1")
async def test_vehicle_is_bound_at_home_on_a_phone(frontend: Frontend, home: Home, simulator: Simulator) -> None:
    await commission(home, simulator.gateway)
    await frontend.page.set_viewport_size({"width": 390, "height": 844})
    price = frontend.dialog.locator("ha-selector-text", has_text=re.compile("Price")).locator("input").first

    await frontend.visit("/config/integrations/integration/utility_han")
    await frontend.page.get_by_text("Add vehicle").locator("visible=true").first.click()
    await frontend.sees("17 letters and digits")
    await frontend.fill("VIN", "WVWZZZ1JZXW000007")
    await frontend.fill("Make", "Voltline")
    await frontend.fill("Model", "One")
    await frontend.fill("Name", "Company car")
    await frontend.submit()
    await frontend.sees("Who pays?")
    await frontend.fill("Name", "Example Works")
    await frontend.fill("Account number", "PN 0815-4711")
    await frontend.fill("Contract number", "DE8AA0012345671")
    await frontend.choose("The employer")
    await frontend.submit()
    await frontend.sees("its check digit does not fit")
    await frontend.screenshot("110-payer")
    await frontend.fill("Contract number", "DE8AA0012345670")
    await frontend.submit()
    await frontend.sees("These look like chargers.")
    await frontend.submit()
    await frontend.sees("Sessions are cut from these entities")
    await frontend.submit()
    await frontend.sees("The charging station")
    await frontend.fill("EVSEID", "DE*AB7*E840*6487")
    await frontend.screenshot("111-evse")
    await frontend.submit()
    await frontend.sees("Choose where the prices come from.")
    await frontend.screenshot("112-rates")
    await frontend.choose("I enter hours and prices")
    await frontend.sees("This one counts whenever no other does.")
    await price.fill("31,99")
    await frontend.submit()
    await frontend.sees("That is a lot for one kilowatt-hour.")
    await frontend.screenshot("113-price")
    await price.fill("0,3199")
    await frontend.submit()
    await frontend.sees("Look at it and agree")
    await frontend.screenshot("114-prices")
    await frontend.choose("Add hours with a price of their own")
    await frontend.sees("Hours of one name and price count as one.")
    await frontend.fill("Name", "Night")
    await price.fill("0.21")
    until = frontend.dialog.locator("ha-selector-time").nth(1)
    await until.locator("input").first.fill("6")  # from midnight on
    await frontend.screenshot("115-hours")
    await frontend.submit()
    await frontend.sees("Night: Mon–Sun")
    await frontend.screenshot("116-prices")
    await frontend.choose("Look at it and agree")
    await frontend.sees("This is what it costs")
    week = frontend.dialog.locator("ha-markdown img")
    await expect(week).to_have_js_property("complete", value=True)
    assert await week.evaluate("picture => picture.naturalWidth") > 0
    await frontend.screenshot("117-week")
    await frontend.tick("These are the prices as agreed")
    await frontend.screenshot("118-agreed")
    await frontend.submit()
    await frontend.sees("each charging is recorded here and priced")
    await frontend.screenshot("119-bound")
    await frontend.submit()
    await frontend.finish()

    await frontend.visit("/config/integrations/integration/utility_han")
    await expect(frontend.page.get_by_text("Company car").first).to_be_visible()
