"""A person with a small phone binds a vehicle where the utility has nothing for that: by prices of their own."""

import re

import pytest
from playwright.async_api import expect

from script.demo_home.check import commission
from script.demo_home.home import Home
from script.demo_home.simulator import Simulator
from tests.browser.frontend import Frontend

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


async def begin(frontend: Frontend) -> None:
    """Open the dialog that adds a vehicle, in a home that the utility offers nothing for vehicles."""
    await frontend.visit("/config/integrations/integration/utility_han")
    await (
        frontend.page.get_by_text(re.compile("Add vehicle|Fahrzeug hinzufügen")).locator("visible=true").first.click()
    )
    await frontend.dialog.wait_for(state="attached")
    frontend.count()


async def write(home: Home, language: str, clock: str) -> None:
    """Have the person's profile say in which language, and by which clock, they write."""
    profile = {"language": language, "number_format": "language", "time_format": clock}
    await home.ws("frontend/set_user_data", key="language", value=profile)


@pytest.mark.use_case("SC-1")
async def test_vehicle_is_bound_in_four_pages(frontend: Frontend, home: Home, simulator: Simulator) -> None:
    await commission(home, simulator.gateway)
    await begin(frontend)
    await frontend.sees("17 letters and digits")
    await frontend.fill("VIN", "WVWZZZ1JZXW000007")
    await frontend.fill("Model", "One")
    await frontend.sees_all()
    await frontend.screenshot("100-vehicle")
    await frontend.submit()
    await frontend.sees("As the meter says")
    await frontend.fill("Name", "Example Works")
    await frontend.fill("Account number", "PN 0815-4711")
    await frontend.sees_all()
    await frontend.screenshot("101-payer")
    await frontend.submit()
    await frontend.sees("This is what it costs")
    await frontend.tick("These are the prices as agreed")
    await frontend.sees_all()
    await frontend.screenshot("102-agree")
    await frontend.submit()
    await frontend.sees("Each charging is recorded here and priced")
    await frontend.sees("plug it in")
    await frontend.screenshot("103-bound")
    await frontend.finish()
    assert len(frontend.experience.pages) == 4, frontend.experience.pages  # the last is Home Assistant's own
    await frontend.keep_experience("binding a vehicle at home, as the meter says")
    await frontend.visit("/config/integrations/integration/utility_han")
    await expect(frontend.page.get_by_text("Volkswagen One").first).to_be_visible()


@pytest.mark.use_case("SC-1")
async def test_numbers_and_times_are_a_phones_in_german_and_in_american(
    frontend: Frontend, home: Home, simulator: Simulator
) -> None:
    """What is typed with a comma is that number, and no field is wider than the phone."""
    await commission(home, simulator.gateway)
    await write(home, "de", "24")
    await begin(frontend)
    await frontend.sees("17 Buchstaben und Ziffern")
    await frontend.fill("FIN", "WVWZZZ1JZXW000007")
    await frontend.fill("Modell", "Eins")
    await frontend.unfold("Mehr zur Ladestation")
    power = frontend.dialog.locator("ha-selector-text", has_text="Größte Leistung").locator("input").first
    await power.fill("7,4 kW")
    await frontend.submit()
    await frontend.sees("ohne Einheit")
    await frontend.screenshot("104-power-de")
    await power.fill("7,4")
    await frontend.submit()
    await frontend.sees("Wie der Zähler sagt")
    await frontend.fill("Name", "Beispiel GmbH")
    await frontend.fill("Kontonummer", "PN 0815-4711")
    await frontend.sees_all()
    await frontend.screenshot("105-payer-de")
    await frontend.submit()
    await frontend.sees("Das kostet es")
    await frontend.tick("Diese Preise sind so vereinbart")
    await frontend.sees_all()
    await frontend.screenshot("106-agree-de")
    await frontend.submit()
    await frontend.sees("Als Nächstes")
    await frontend.screenshot("107-bound-de")
    await frontend.finish()
    (entry,) = await home.ws("config_entries/get", domain="utility_han")
    diagnostics = await home.get(f"/api/diagnostics/config_entry/{entry['entry_id']}")
    assert "7.4" in str(diagnostics)

    await write(home, "en", "12")
    await frontend.visit("/config/integrations/integration/utility_han")
    await frontend.page.get_by_role("button", name="Change vehicle").first.click()
    await frontend.choose("End the binding")
    await frontend.sees("Ends on")
    await frontend.page.wait_for_timeout(500)
    await frontend.screenshot("108-end")
    assert await frontend.widest() <= 390


@pytest.mark.use_case("SC-1")
async def test_vehicle_is_bound_at_home_on_a_phone(frontend: Frontend, home: Home, simulator: Simulator) -> None:
    await commission(home, simulator.gateway)
    await frontend.page.set_viewport_size({"width": 390, "height": 844})
    price = frontend.dialog.locator("ha-selector-text", has_text=re.compile("Price")).locator("input").first

    await begin(frontend)
    await frontend.sees("17 letters and digits")
    await frontend.fill("VIN", "WVWZZZ1JZXW000007")
    await frontend.fill("Model", "One")
    await frontend.unfold("More about the vehicle")
    await frontend.fill("Make", "Voltline")
    await frontend.fill("Name", "Company car")
    await frontend.unfold("More about the charging station")
    await frontend.fill("EVSEID", "DE*AB7*E840*6487")
    await frontend.screenshot("111-evse")
    await frontend.submit()
    await frontend.sees("Who pays, and by which rate")
    await frontend.fill("Name", "Example Works")
    await frontend.fill("Account number", "PN 0815-4711")
    await frontend.unfold("Premises and contract")
    await frontend.fill("Contract number", "DE8AA0012345671")
    await frontend.pick("The employer")
    await frontend.pick("I enter hours and prices")
    await frontend.submit()
    await frontend.sees("its check digit does not fit")
    await frontend.screenshot("110-payer")
    await frontend.fill("Contract number", "DE8AA0012345670")
    await frontend.submit()
    await frontend.sees("This one counts whenever no other does.")
    await price.fill("31,99")
    await frontend.submit()
    await frontend.sees("That is a lot for one kilowatt-hour.")
    await frontend.screenshot("113-price")
    await price.fill("0,3199")
    await frontend.submit()
    await frontend.sees("Look at it and agree")
    await frontend.screenshot("114-prices")
    await frontend.choose("Add hours with their own price")
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
    await frontend.sees("Each charging is recorded here and priced")
    await frontend.screenshot("119-bound")
    await frontend.finish()

    await frontend.visit("/config/integrations/integration/utility_han")
    await expect(frontend.page.get_by_text("Company car").first).to_be_visible()
