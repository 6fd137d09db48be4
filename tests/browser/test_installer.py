"""An installer with a phone: commissions, surveys, diagnoses, and hands over a report to keep."""

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Page, expect
from pypdf import PdfReader

from script.demo_home import charging, registration
from script.demo_home.check import commission
from script.demo_home.home import Home
from script.demo_home.simulator import Simulator
from tests.browser.axe import findings
from tests.browser.frontend import Frontend
from tests.browser.test_home_page import PHONE, add_dashboard

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
CARDS = ("commission", "survey", "diagnose", "handover")
PAGE = "/utility-han/installer"
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"viewport": PHONE},
    "dark-german": {"viewport": PHONE, "color_scheme": "dark", "locale": "de-DE"},
    "tablet": {"viewport": {"width": 1180, "height": 820}},
}
_MAKE = {"en": "Make the report", "de": "Bericht erstellen"}


def _card(page: Page, name: str) -> Locator:
    return page.locator(f"utility-han-{name}-card")


async def _live(home: Home, simulator: Simulator) -> None:
    entry = await commission(home, simulator.gateway)
    await registration.link_account(home, simulator, entry["entry_id"])
    await registration.register(home, entry["entry_id"], "Pool pump")
    await registration.register(home, entry["entry_id"], "Hall thermostat")
    await registration.enrolled(home, 2)
    await charging.bind_and_charge(home, simulator, entry["entry_id"])
    for name in ("Cellar", "Garden shed"):
        await home.ws("config/area_registry/create", name=name)
    pump = await home.device("Pool pump")
    areas = {area["name"]: area["area_id"] for area in await home.ws("config/area_registry/list")}
    await home.ws("config/device_registry/update", device_id=pump["id"], area_id=areas["Garden shed"])
    await add_dashboard(home)


@pytest.mark.use_case("IP-4", "DM-2", "DM-4b", "DM-5b", "RD-2")
async def test_installer_commissions_surveys_diagnoses_and_hands_over(
    browser: Browser, frontend: Frontend, home: Home, simulator: Simulator, console: Page, tmp_path: Path
) -> None:
    await _live(home, simulator)
    page = frontend.page
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await frontend.visit("/profile")
    await frontend.open_dashboard(PAGE)

    commissioning = _card(page, "commission")
    await commissioning.get_by_role("link", name="Add a device or vehicle").click()
    await expect(page.locator("ha-config-entry-row")).to_be_visible()
    await page.go_back()
    await commissioning.get_by_role("link", name="Commission a gateway").click()
    question = page.locator("dialog-box")
    await expect(question.get_by_role("button", name="OK")).to_be_visible()
    await question.get_by_role("button", name="Cancel").click()
    await expect(question.get_by_role("button", name="OK")).to_be_hidden()
    await page.go_back()

    await commissioning.get_by_text("Numbers for your utility").click()
    lfdi = await commissioning.locator("code").first.inner_text()
    await commissioning.get_by_role("button", name=re.compile("^Copy: .*, LFDI$")).first.click()
    await expect(commissioning.get_by_role("button", name=re.compile("^Copy: .*, LFDI$")).first).to_have_text("Copied")
    assert await page.evaluate("navigator.clipboard.readText()") == lfdi
    await frontend.screenshot("71-numbers")

    survey = _card(page, "survey")
    await survey.get_by_role("button", name="Pool pump", exact=True).click()
    await survey.get_by_role("button", name="Garden shed").click()
    await survey.get_by_role("button", name="Measure here: Pool pump").click()
    place = survey.locator("li", has_text="Garden shed")
    await expect(place).to_contain_text("Only the way to the gateway was measured")
    await expect(place).to_contain_text("0 % lost")
    await survey.get_by_role("button", name="Tell the utility: Pool pump").click()
    await expect(survey).to_contain_text("Your utility knows of it")
    await expect(console.locator("#case-list")).to_contain_text("coverage")

    diagnosis = _card(page, "diagnose")
    pump = diagnosis.locator("li", has_text="Pool pump")
    await pump.get_by_role("button", name="Diagnose: Pool pump").click()
    await expect(pump).to_contain_text("Nothing is wrong")

    handing_over = _card(page, "handover")
    await handing_over.get_by_label("Your name").fill("Ada Installer")
    await handing_over.get_by_label("Notes").fill("Meter behind the stairs")
    await handing_over.get_by_role("button", name="Make the report").click()
    report = handing_over.get_by_role("article", name="Hand-over report")
    await expect(report).to_contain_text("Ada Installer")
    await expect(report.get_by_role("heading", name="Hand-over report")).to_be_in_viewport()
    await expect(handing_over.get_by_role("button", name="Download (PDF)")).to_be_in_viewport()
    await expect(report).to_contain_text("Pool pump through Home Assistant")
    await expect(report).not_to_contain_text("Home Assistant Pool pump")
    part = report.locator("section", has=page.get_by_role("heading", name="Pool pump"))
    for said in ("OK, seen", "Garden shed", "Enrolled", "Peak Saver, agreed on", "Nothing is wrong"):
        await expect(part).to_contain_text(said)
    async with page.expect_download() as download:
        await handing_over.get_by_role("button", name="Download (PDF)").click()
    kept = tmp_path / (await download.value).suggested_filename
    assert kept.name.startswith("hand-over-")
    await (await download.value).save_as(kept)
    paper = " ".join(" ".join(each.extract_text().split()) for each in PdfReader(BytesIO(kept.read_bytes())).pages)
    for said in (await report.locator("dd, .mark").all_inner_texts())[:40]:
        assert " ".join(said.split()) in paper, said
    assert "Meter behind the stairs" in paper

    for name, options in LOOKS.items():
        await _look(browser, home, name, options)


async def _look(browser: Browser, home: Home, name: str, options: dict[str, Any]) -> None:
    """Look at the page with its report in one of the ways in which people have it, and have axe look at it."""
    language = options.get("locale", "en")[:2]
    tab = await Frontend.open(browser, home, **options)
    await tab.speak(language)
    page = tab.page
    await tab.visit("/profile")
    await tab.open_dashboard(PAGE)
    for each in CARDS:
        await expect(_card(page, each)).to_be_visible()
    await _card(page, "survey").locator("button[aria-pressed]", has_text="Pool pump").click()
    await expect(_card(page, "survey").locator("li")).to_contain_text("Garden shed")
    await page.evaluate("scrollTo(0, 0)")  # the click may have scrolled
    await tab.screenshot(f"72-installer-{name}-top")
    await page.locator("utility-han-numbers summary").click()
    await expect(page.locator("utility-han-numbers code").first).to_be_visible()
    await tab.screenshot(f"72-installer-{name}-numbers")
    await _card(page, "handover").get_by_role("button", name=_MAKE[language]).click()
    await expect(_card(page, "handover").locator("article")).to_be_visible()
    width = options["viewport"]["width"]
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    assert await findings(page, "utility-han-", len(CARDS)) == []
    height = await page.evaluate("() => Math.max(document.documentElement.scrollHeight, innerHeight)")
    await page.set_viewport_size({"width": width, "height": height})
    await tab.screenshot(f"72-installer-{name}")
    await page.context.close()
