"""A person with a phone takes a device out of a load control that runs, in the real frontend."""

import asyncio
from datetime import UTC, datetime

import pytest
from playwright.async_api import ViewportSize, expect

from custom_components.utility_han.esi import ResponseStatus
from script.demo_home import registration
from script.demo_home.check import commission
from script.demo_home.home import Home
from script.demo_home.lived_in import Control, control_of
from script.demo_home.simulator import Simulator
from tests.browser.frontend import Frontend

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
PHONE: ViewportSize = {"width": 390, "height": 844}
R = ResponseStatus
PUMP = "input_boolean.pool_pump"
PATIENCE = 180


class Utility:
    """What the utility asks, hears and brings about."""

    def __init__(self, home: Home, control: Control) -> None:
        self._home, self._control = home, control

    async def ask(self) -> datetime:
        """Ask for less for an hour, and see the pump off; return when that is over."""
        asked = {"program": 1, "duration": 3600}
        made = await self._control("POST", f"{self._control.gateway}/controls", **asked)
        await self.pump("off")
        return datetime.fromtimestamp(made["start"] + made["duration"], UTC)

    async def pump(self, wanted: str) -> None:
        """Wait until the pump is on or off."""
        async with asyncio.timeout(PATIENCE):
            while await self._pump() != wanted:  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.2)

    async def _pump(self) -> str:
        (found,) = [each["state"] for each in await self._home.states() if each["entity_id"] == PUMP]
        return str(found)

    async def hears(self, *statuses: ResponseStatus) -> None:
        """Wait until it has been told these, and no others."""
        async with asyncio.timeout(PATIENCE):
            while await self._told() != list(statuses):  # noqa: ASYNC110
                await asyncio.sleep(0.2)

    async def _told(self) -> list[int]:
        return [each["status"] for each in await self._control("GET", f"{self._control.gateway}/responses")]


async def _add_dashboard(home: Home) -> None:
    made = {"url_path": "utility-han", "title": "Utility HAN", "require_admin": False, "show_in_sidebar": True}
    await home.ws("lovelace/dashboards/create", mode="storage", **made)
    strategy = {"strategy": {"type": "custom:utility-han"}}
    await home.ws("lovelace/config/save", url_path=made["url_path"], config=strategy)


@pytest.mark.use_case("UR-P")
async def test_leaves_what_runs_by_the_switch_and_one_event_by_the_button(
    frontend: Frontend, home: Home, simulator: Simulator
) -> None:
    entry = await commission(home, simulator.gateway)
    await registration.link_account(home, simulator, entry["entry_id"])
    await registration.register(home, simulator, entry["entry_id"], "Pool pump")
    await registration.enrolled(home, 1)
    await _add_dashboard(home)
    page = frontend.page
    await page.set_viewport_size(PHONE)
    async with control_of(simulator) as control:
        utility = Utility(home, control)
        over = await utility.ask()
        told = [R.RECEIVED, R.STARTED]
        await utility.hears(*told)

        await frontend.visit("/profile")
        await frontend.open_dashboard("/utility-han")
        switch = page.locator("hui-tile-card", has_text="Opt out of load control")
        await expect(switch).to_be_visible()
        await switch.scroll_into_view_if_needed()
        await frontend.screenshot("70-controlled")
        await switch.locator("ha-control-switch").click()
        await utility.pump("on")
        told += [R.OPTED_OUT]
        await utility.hears(*told)
        until = await page.evaluate("time => new Date(time).toLocaleTimeString('en-US')", over.isoformat())
        await expect(switch).to_contain_text(until)
        await expect(page.locator("hui-tile-card", has_text="Active load control")).to_contain_text(until)
        await frontend.screenshot("71-left-until")

        await switch.locator("ha-control-switch").click()
        await utility.pump("off")
        told += [R.OPTED_IN]
        await utility.hears(*told)
        await expect(switch).not_to_contain_text(until)
        leave = page.locator("hui-tile-card", has_text="Opt out of this load control")
        go_back = page.locator("hui-tile-card", has_text="Take part in this load control again")
        await expect(go_back).to_be_hidden()
        await leave.click()
        await utility.pump("on")
        told += [R.OPTED_OUT]
        await utility.hears(*told)
        await expect(leave).to_be_hidden()
        await expect(go_back).to_be_visible()
        await expect(page.locator("hui-tile-card", has_text="Opted out")).to_be_visible()
        await expect(switch).to_contain_text("Off")  # what comes next is taken part in
        assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        await frontend.screenshot("72-left-this-one")
