"""A person with a phone sets up a utility that has OpenADR and no meter, in the real frontend."""

import pytest

from script.demo_home.home import Home
from script.demo_home.simulator import Simulator
from script.demo_home.vtn import DemoVtn
from tests.browser.frontend import Frontend

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


@pytest.mark.use_case("UR-5")
async def test_utility_with_openadr_is_set_up(frontend: Frontend, home: Home, simulator: Simulator) -> None:
    await DemoVtn(simulator.vtn).offer()
    await frontend.add_integration("utility_han")
    await frontend.sees("No meter that I can read")
    await frontend.screenshot("100-openadr-way")
    await frontend.choose("No meter that I can read")
    await frontend.sees("Begins with https")
    await frontend.screenshot("101-openadr-address")
    await frontend.fill("Address", simulator.vtn["url"])
    await frontend.submit()
    await frontend.sees("The certificate is self-signed")
    await frontend.screenshot("102-openadr-certificate")
    await frontend.tick("It is on my network")
    await frontend.submit()
    await frontend.sees("wants to know who asks")
    await frontend.fill("Client ID", "ven")
    await frontend.fill("Secret", "ven-secret")
    await frontend.screenshot("103-openadr-credentials")
    await frontend.submit()
    await frontend.sees("Name at the utility")
    await frontend.screenshot("104-openadr-programs")
    await frontend.fill("Name", "Simulated utility")
    await frontend.submit()
    await frontend.finish()

    (entry,) = await home.ws("config_entries/get", domain="utility_han")
    assert (entry["title"], entry["state"]) == ("Simulated utility", "loaded")
