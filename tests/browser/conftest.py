"""A demo home on free ports, and Debian's Chromium."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

from script.demo_home.home import Home, free_port
from script.demo_home.simulator import Simulator
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
async def simulator(tmp_path: Path) -> AsyncIterator[Simulator]:
    """A simulated gateway that takes both kinds of registration."""
    simulator = Simulator(tmp_path, "--port", "0", "--control-port", "0", "--registration", "both")
    await simulator.start()
    yield simulator
    await simulator.stop()


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    """A real Home Assistant, onboarded."""
    home = Home(tmp_path / "config", free_port())
    await home.start()
    yield home
    await home.stop()


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
