"""A person with a phone registers through the utility's portal, from a gateway that was discovered."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from script.demo_home.check import readings
from script.demo_home.home import Home, free_port
from script.demo_home.nursery import Nursery
from script.demo_home.simulator import Simulator
from tests.browser.frontend import Frontend
from tests.browser.gateway import control

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600), pytest.mark.xdist_group("mdns")]


@pytest.fixture
async def simulator(tmp_path: Path) -> AsyncIterator[Simulator]:
    """A meter as in the field, advertised by mDNS."""
    options = (
        "--port",
        "0",
        "--control-port",
        "0",
        "--personality",
        "riva",
        "--registration",
        "out-of-band",
        "--mdns",
    )
    simulator = Simulator(tmp_path, *options)
    await simulator.start()
    yield simulator
    await simulator.stop()


@pytest.fixture
async def home(tmp_path: Path, nursery: Nursery) -> AsyncIterator[Home]:
    """A Home Assistant that hears mDNS on loopback."""
    home = Home(tmp_path / "config", free_port(), mdns=True, nursery=nursery)
    await home.start()
    yield home
    await home.stop()


@pytest.mark.use_case("IP-5", "IP-6", "IP-7", "IP-10")
async def test_discovered_registered_and_changed(frontend: Frontend, home: Home, simulator: Simulator) -> None:
    sfdi = simulator.gateway["sfdi"]
    await frontend.visit("/config/integrations/dashboard")
    card = frontend.page.locator("ha-config-flow-card", has_text=sfdi)
    await card.wait_for()
    await frontend.screenshot("20-discovered")
    frontend.count()
    await card.get_by_text("Add").first.click()
    await frontend.sees(f"The gateway {sfdi} was heard")
    await frontend.sees_all()
    await frontend.screenshot("20-found")
    await frontend.submit()
    await frontend.sees("which some utilities ask for instead")
    # This meter lets nobody announce himself: no PIN is asked for.
    await expect(frontend.dialog.get_by_text("At the gateway itself")).to_have_count(0)
    await frontend.screenshot("20-way-to-register")
    await frontend.submit()
    await frontend.sees("Waiting for your utility")
    await frontend.sees("You may close this window")
    await frontend.screenshot("21-waiting")
    lfdi = await frontend.dialog.locator("code").first.inner_text()
    await control(simulator, "POST", "/registrations", lfdi=lfdi)
    await frontend.sees("Home Assistant is commissioned")
    await frontend.sees_all()
    await frontend.screenshot("21-commissioned")
    await frontend.choose("The meter is read from now on.")
    await frontend.finish()
    assert len(frontend.experience.pages) == 4, frontend.experience.pages  # the last is Home Assistant's own
    await frontend.keep_experience("commissioning a gateway that was heard, through the utility's portal")
    (entry,) = await home.ws("config_entries/get", domain="utility_han")
    assert len(await readings(home, entry["entry_id"])) == 3  # power, from the grid, to the grid

    await frontend.visit("/config/integrations/integration/utility_han")
    row = frontend.page.locator("ha-config-entry-row")
    await row.first.wait_for()
    await frontend.screenshot("22-integration")
    await row.locator("ha-dropdown").first.click()
    await frontend.page.get_by_text("Reconfigure").locator("visible=true").first.click()
    await frontend.sees("What do you want to change about")
    await frontend.screenshot("23-reconfigure")
    await frontend.choose("The meter was replaced")
    await frontend.sees("Is it the successor of the old one?")
    await frontend.screenshot("24-replaced")
    await frontend.submit()
    await frontend.sees("This is still the same meter")
    await frontend.screenshot("25-same-meter")
