"""The home page is read with its text twice as large, as by who zooms the page on a phone."""

from itertools import pairwise

import pytest
from playwright.async_api import expect

from script.demo_home.check import commission
from script.demo_home.home import Home
from script.demo_home.simulator import Simulator
from tests.browser.frontend import Frontend
from tests.browser.test_home_page import PHONE, add_dashboard

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
_LABELS = """spans => spans.map(each => each.getBoundingClientRect()).filter(each => each.width)
  .map(each => [each.left, each.right])"""


async def test_hours_of_prices_keep_apart(frontend: Frontend, home: Home, simulator: Simulator) -> None:
    await commission(home, simulator.gateway)
    await add_dashboard(home)
    page = frontend.page
    await frontend.visit("/profile")
    await frontend.open_dashboard("/utility-han")
    hours = page.locator("utility-han-price-card .hours span")
    await expect(hours.first).to_be_visible()
    for share in (1, 2):
        await page.set_viewport_size({"width": PHONE["width"] // share, "height": PHONE["height"] // share})
        await frontend.screenshot(f"112-hours-{share}")
        places = await hours.evaluate_all(_LABELS)
        assert places
        assert all(right < left for (_, right), (left, _) in pairwise(places)), places
        assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"] // share
