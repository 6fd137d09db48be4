"""A person with a phone joins the meter's Zigbee network in the real frontend."""

import pytest
from playwright.async_api import expect

from script.demo_home import joining
from script.demo_home.check import readings
from script.demo_home.home import Home
from script.demo_home.simulator import Simulator
from tests.browser.frontend import Frontend

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


@pytest.mark.parametrize("simulator", [("--zigbee",)], indirect=True)
@pytest.mark.use_case("IP-1", "IP-5", "IP-6", "IP-7", "IP-10")
async def test_radio_joins_the_meter(frontend: Frontend, home: Home, simulator: Simulator) -> None:
    await frontend.listens_late(3)  # to a page that is over by then
    radio = simulator.gateway["zigbee"]["radios"]["ezsp"]
    await frontend.add_integration("utility_han")
    await frontend.sees("With a Zigbee radio or stick")
    await frontend.screenshot("90-way")
    await frontend.choose("With a Zigbee radio or stick")
    await frontend.sees("A radio that ZHA uses")
    await frontend.type_port(radio["url"])
    await frontend.screenshot("91-radio")
    await frontend.submit()
    await frontend.sees("LQI 220")
    await frontend.screenshot("92-network")
    await frontend.submit()
    await frontend.sees("Is this a good place to reach it from?")
    await frontend.screenshot("93-location")
    await frontend.submit()
    await frontend.tick("On the same network")
    await frontend.tick("Powered at all times")
    await frontend.submit()
    await frontend.sees("Certificate and key")
    await frontend.screenshot("94-self-check")
    await frontend.submit()
    await frontend.sees("Name of the premises")
    await frontend.submit()
    await frontend.sees("lets a radio in by its install code")
    await frontend.screenshot("95-install-code")
    await frontend.submit()
    await frontend.sees("only once your utility has told it to")
    await frontend.screenshot("96-utility")
    await frontend.choose("I enter it in its portal")
    await frontend.sees("EUI64 (MAC address)")
    await frontend.screenshot("97-portal")
    await joining.permit(simulator)
    await frontend.submit()
    await frontend.sees("Home Assistant is commissioned.")
    await frontend.screenshot("98-commissioned")
    await frontend.submit()
    await frontend.choose("Not now, or my utility has none")
    await frontend.finish()

    (entry,) = await home.ws("config_entries/get", domain="utility_han")
    assert await readings(home, entry["entry_id"])
    (device,) = [d for d in await home.ws("config/device_registry/list") if entry["entry_id"] in d["config_entries"]]
    await frontend.visit(f"/config/devices/device/{device['id']}")
    await expect(frontend.page.get_by_text("Link quality").first).to_be_visible()
    await frontend.screenshot("99-device")
