"""Debian's Chromium, showing a demo home."""

import asyncio
import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, async_playwright

from script.demo_home.home import Home
from tests.browser.frontend import Frontend

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
    await frontend.screenshot("99-end")
