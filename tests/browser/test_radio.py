"""A person with a phone joins the meter's Zigbee network in the real frontend."""

import re

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
    await frontend.sees_all()
    await frontend.screenshot("92-network")
    await frontend.submit()
    await frontend.sees("once your utility has told it both of these")
    await frontend.sees_all()
    code = frontend.dialog.locator("textarea").locator("visible=true").first
    await expect(code).to_have_value(re.compile(r"^(?:[0-9A-F]{4} ?){9}$"))
    assert await code.evaluate("field => field.scrollWidth <= field.clientWidth"), "the install code is not seen whole"
    await frontend.screenshot("95-install-code")
    await joining.permit(simulator)
    await frontend.submit()
    await frontend.sees("Home Assistant is commissioned")
    await frontend.sees_all()
    await frontend.screenshot("98-commissioned")
    await frontend.choose("The meter is read from now on.")
    await frontend.finish()
    await frontend.keep_experience("joining a meter's Zigbee network, through the utility's portal")

    (entry,) = await home.ws("config_entries/get", domain="utility_han")
    assert await readings(home, entry["entry_id"])
    (device,) = [d for d in await home.ws("config/device_registry/list") if entry["entry_id"] in d["config_entries"]]
    await frontend.visit(f"/config/devices/device/{device['id']}")
    await expect(frontend.page.get_by_text("From the grid").first).to_be_visible()
    await frontend.screenshot("99-device")
