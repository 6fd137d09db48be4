"""A person with a phone commissions Home Assistant in the real frontend; the screenshots stay in ``artifacts/``."""

import pytest

from script.demo_home.check import readings
from script.demo_home.home import Home
from script.demo_home.simulator import Simulator
from tests.browser.frontend import Frontend
from tests.browser.gateway import control

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


@pytest.mark.use_case("IP-1", "IP-2", "IP-3", "IP-4", "IP-5", "IP-6", "IP-7", "IP-8", "IP-9", "IP-10", "IP-11")
async def test_from_add_integration_to_readings(frontend: Frontend, home: Home, simulator: Simulator) -> None:
    await frontend.add_integration("utility_han")
    await frontend.sees("How is your meter reached?")
    await frontend.sees_all()
    await frontend.screenshot("00-way")
    await frontend.choose("Over my home network")
    await frontend.sees("Usually 8081.")
    await frontend.fill("Address", simulator.gateway["host"])
    await frontend.fill("Port", simulator.gateway["port"])
    await frontend.screenshot("01-address")
    await frontend.submit()

    await frontend.sees("Good: every answer came soon")
    await frontend.fill("Name of the premises", " ")
    await frontend.submit()
    await frontend.sees("Give it a name.")
    await frontend.fill("Name of the premises", "Elm Street 5")
    await frontend.sees_all()
    await frontend.screenshot("02-found")
    await frontend.submit()

    await frontend.sees("For the way through your utility")
    await frontend.sees_all()
    await frontend.screenshot("03-way-to-register")
    await frontend.close()

    # What was entered is kept: adding it again goes on at the same place.
    await frontend.add_integration("utility_han")
    await frontend.choose("Over my home network")
    await frontend.sees("These gateways were found")
    await frontend.submit()
    await frontend.sees("For the way through your utility")
    await control(simulator, "PUT", "/faults/certificate_refused")
    await frontend.fill("PIN", simulator.gateway["pin"])
    await frontend.submit()

    await frontend.sees("The gateway takes no registration from devices themselves.")
    await frontend.sees("Through my utility instead")
    await frontend.sees_all()
    await frontend.screenshot("04-refused")
    await control(simulator, "DELETE", "/faults")
    await frontend.choose("Try again")
    await frontend.sees("Home Assistant is commissioned")
    await frontend.sees("Sign in with my utility")
    await frontend.sees_all()
    await frontend.screenshot("05-commissioned")
    await frontend.choose("The meter is read from now on.")
    await frontend.finish()

    (entry,) = await home.ws("config_entries/get", domain="utility_han")
    assert entry["state"] == "loaded"
    found = await readings(home, entry["entry_id"])
    assert len(found) == 3  # power, from the grid, to the grid
    (device,) = [d for d in await home.ws("config/device_registry/list") if entry["entry_id"] in d["config_entries"]]
    await frontend.visit(f"/config/devices/device/{device['id']}")
    await frontend.page.get_by_text("From the grid").first.wait_for()
    await frontend.screenshot("06-device")


@pytest.mark.use_case("IP-1", "IP-5", "IP-10")
async def test_in_german_with_the_fewest_pages(frontend: Frontend, home: Home, simulator: Simulator) -> None:
    await home.ws("config/core/update", language="de")
    await frontend.speak("de")
    await frontend.add_integration("utility_han")
    await frontend.sees("Der Weg zu deinem Zähler")
    await frontend.sees_all()
    await frontend.screenshot("10-de-way")
    await frontend.choose("Über mein Heimnetz")
    await frontend.fill("Adresse", simulator.gateway["host"])
    await frontend.fill("Port", simulator.gateway["port"])
    await frontend.submit()
    await frontend.sees("Gut: jede Antwort kam schnell")
    await frontend.sees_all()
    await frontend.screenshot("11-de-found")
    await frontend.submit()
    await frontend.sees("Für den Weg über deinen Versorger")
    await frontend.sees_all()
    await frontend.fill("PIN", simulator.gateway["pin"])
    await frontend.screenshot("12-de-way-to-register")
    await frontend.submit()
    await frontend.sees("Der Zähler wird ab jetzt gelesen.")
    await frontend.sees_all()
    await frontend.screenshot("13-de-commissioned")
    await frontend.choose("Der Zähler wird ab jetzt gelesen.")
    await frontend.finish()
    # Two pages say where the meter is, the last is Home Assistant's own.
    assert len(frontend.experience.pages) == 6, frontend.experience.pages
    assert frontend.experience.clicks == 6
    await frontend.keep_experience("commissioning by address, with a PIN (German)")
