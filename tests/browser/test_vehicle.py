"""A person with a phone binds a vehicle in the real frontend, and charges it."""

import asyncio
from pathlib import Path

import aiohttp
import pytest
from playwright.async_api import expect

from script.demo_home import registration
from script.demo_home.check import commission
from script.demo_home.home import Home
from script.demo_home.simulator import Simulator
from tests.browser.frontend import Frontend

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


@pytest.mark.use_case("SC-1", "UR-EV")
async def test_vehicle_is_bound_on_a_phone(frontend: Frontend, home: Home, simulator: Simulator) -> None:
    entry = await commission(home, simulator.gateway)
    await registration.link_account(home, simulator, entry["entry_id"])

    await frontend.visit("/config/integrations/integration/utility_han")
    await frontend.page.get_by_text("Add vehicle").locator("visible=true").first.click()
    await frontend.dialog.wait_for(state="attached")
    frontend.count()
    await frontend.sees("17 letters and digits")
    await frontend.fill("VIN", "5YJSA1DG9DFP14705")
    await frontend.fill("Model", "One")
    await frontend.sees_all()
    await frontend.screenshot("50-vehicle")
    await frontend.submit()
    await frontend.sees("EV Time of Use")
    await frontend.pick("one price at all times")
    await frontend.sees_all()
    await frontend.screenshot("51-account")
    await frontend.submit()
    await frontend.sees("I have read the terms")
    week = frontend.dialog.locator("ha-markdown img")
    await expect(week).to_have_js_property("complete", value=True)
    assert await week.evaluate("picture => picture.naturalWidth") > 0
    await frontend.tick("I have read the terms")
    await frontend.sees_all()
    await frontend.screenshot("52-agree")
    await frontend.submit()
    await frontend.sees("Your utility bills its charging.")
    await frontend.screenshot("53-bound")
    await frontend.finish()
    assert len(frontend.experience.pages) == 4, frontend.experience.pages  # the last is Home Assistant's own
    await frontend.keep_experience("binding a vehicle that the utility bills")

    async with aiohttp.ClientSession() as session:
        async with session.get(f"{simulator.control}/utility/bindings") as response:
            (binding,) = await response.json()
        assert (binding["status"], binding["program_id"]) == ("in_force", "ev-flat")
    await frontend.visit("/config/integrations/integration/utility_han")
    await expect(frontend.page.get_by_text("Tesla One").first).to_be_visible()
    await frontend.screenshot("57-vehicle")

    # What a phone's browser is given by a link in the dialog it keeps as a file; the tab stays where it is.
    await frontend.page.get_by_role("button", name="Change vehicle").first.click()
    await frontend.choose("Statements and binding record")
    await frontend.sees("To download:")
    await frontend.screenshot("58-statements")
    for link, suffix, begins in (
        ("PDF", ".pdf", b"%PDF-"),
        ("CSV", ".csv", b"\xef\xbb\xbf"),
        ("CDR", ".json", b"["),
        ("Green Button", ".xml", b"<?xml"),
        ("Binding record", ".md", b"# Tesla One"),
    ):
        async with frontend.page.expect_download() as download:
            await frontend.dialog.get_by_role("link", name=link).first.click()
        kept = await download.value
        assert kept.suggested_filename.endswith(suffix)
        file = Path(await kept.path())
        assert (await asyncio.to_thread(file.read_bytes)).lstrip().startswith(begins), link
    assert "/config/integrations" in frontend.page.url
