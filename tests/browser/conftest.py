"""Debian's Chromium, showing a demo home."""

import asyncio
import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from script.demo_home.home import Home
from script.demo_home.simulator import Simulator
from tests.browser.frontend import ARTIFACTS, Frontend

_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Chromium without a window."""
    executable = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=_ARGUMENTS)
        yield browser
        await browser.close()
    await asyncio.sleep(0)


@pytest.fixture
async def frontend(browser: Browser, home: Home) -> AsyncIterator[Frontend]:
    """The frontend on a phone; where it stopped stays in a screenshot."""
    frontend = await Frontend.open(browser, home)
    yield frontend
    await frontend.tell()
    await frontend.screenshot("99-end")


@pytest.fixture
async def console(request: pytest.FixtureRequest, browser: Browser, simulator: Simulator) -> AsyncIterator[Page]:
    """The console of the simulated utility on a narrow phone; where it stopped stays in a screenshot."""
    page = await browser.new_page(viewport={"width": 360, "height": 740})
    page.set_default_timeout(150_000)
    await page.goto(f"{simulator.utility}/console/")
    await expect(page.get_by_role("heading", name="Simulated Power & Light")).to_be_visible()
    yield page
    ARTIFACTS.mkdir(exist_ok=True)
    await page.screenshot(path=ARTIFACTS / f"60-{request.node.originalname}.png", full_page=True)
    await page.close()
