"""A person with a phone commissions Home Assistant in the real frontend; the screenshots stay in ``artifacts/``."""

import pytest

from script.demo_home.check import readings
from script.demo_home.home import Home
from script.demo_home.simulator import Simulator
from tests.browser.frontend import Frontend

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


@pytest.mark.use_case("IP-1", "IP-2", "IP-3", "IP-4", "IP-5", "IP-6", "IP-7", "IP-8", "IP-9", "IP-10", "IP-11")
async def test_from_add_integration_to_readings(frontend: Frontend, home: Home, simulator: Simulator) -> None:
    await frontend.add_integration("utility_han")
    await frontend.screenshot("00-way")
    await frontend.choose("Over my home network")
    await frontend.sees("Usually 8081.")
    await frontend.fill("Address", simulator.gateway["host"])
    await frontend.fill("Port", simulator.gateway["port"])
    await frontend.screenshot("01-address")
    await frontend.submit()

    await frontend.sees("Is this a good place to reach it from?")
    await frontend.screenshot("02-location")
    await frontend.submit()

    await frontend.sees("Please see to what this kind of device needs")
    await frontend.tick("On the same network")
    await frontend.tick("Powered at all times")
    await frontend.screenshot("03-installation")
    await frontend.submit()

    await frontend.sees("Certificate and key")
    await frontend.screenshot("04-self-check")
    await frontend.submit()

    await frontend.sees("Name of the premises")
    await frontend.screenshot("05-premises")
    await frontend.submit()

    await frontend.sees("How does the gateway get to know Home Assistant?")
    await frontend.screenshot("06-method")
    await frontend.choose("Through my utility")
    await frontend.sees("Some utilities ask for this shorter one")
    await frontend.screenshot("07-portal")
    await frontend.close()

    # What was entered is kept: adding it again goes on at the same place.
    await frontend.add_integration("utility_han")
    await frontend.choose("Over my home network")
    await frontend.sees("These gateways were found")
    await frontend.submit()
    await frontend.choose("With a PIN")
    await frontend.fill("PIN", simulator.gateway["pin"])
    await frontend.screenshot("08-pin")
    await frontend.submit()
    await frontend.screenshot("09-progress")

    await frontend.sees("Home Assistant is commissioned.")
    await frontend.screenshot("10-commissioned")
    await frontend.submit()
    await frontend.choose("Not now, or my utility has none")
    await frontend.finish()

    (entry,) = await home.ws("config_entries/get", domain="utility_han")
    assert entry["state"] == "loaded"
    found = await readings(home, entry["entry_id"])
    assert len(found) == 9
    (device,) = [d for d in await home.ws("config/device_registry/list") if entry["entry_id"] in d["config_entries"]]
    await frontend.visit(f"/config/devices/device/{device['id']}")
    await frontend.page.get_by_text("Energy delivered tier 1").first.wait_for()
    await frontend.screenshot("11-device")
