"""A person with a phone looks at their home, and takes a device out of a load control that runs."""

import asyncio
import json
import logging
import os
import re
import statistics
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser, Page, Route, expect

from custom_components.utility_han.esi import ResponseStatus
from script.demo_home import charging, registration
from script.demo_home.check import commission
from script.demo_home.home import Home
from script.demo_home.lived_in import Control, control_of
from script.demo_home.simulator import Simulator
from tests.browser.axe import findings
from tests.browser.frontend import IMAGES, Frontend

_LOGGER = logging.getLogger(__name__)

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
PHONE = {"width": 390, "height": 844}
TABLET = {"width": 1180, "height": 820}
CARDS = ("health", "control", "power", "today", "price", "vehicle", "cases")
R = ResponseStatus
PUMP = "input_boolean.pool_pump"
PATIENCE = 180
_BY_CUSTOMER = 4
"""RespondableResource.responseRequired (sep.xsd), bit 2: a person's response."""
LOADS = int(os.environ.get("HOME_PAGE_LOADS", "6"))
"""How often the page is loaded anew; ``HOME_PAGE_LOADS=30`` for who has a minute more."""
DAY = (
    0.3,
    0.2,
    0.2,
    0.2,
    0.3,
    0.4,
    0.9,
    1.2,
    0.8,
    0.5,
    0.4,
    0.6,
    1.1,
    0.7,
    0.4,
    0.5,
    0.8,
    1.4,
    1.9,
    1.6,
    1.1,
    0.8,
    0.5,
    0.4,
)
"""kWh that a home takes in each hour of its day."""
LOOKS: dict[str, dict[str, Any]] = {
    "phone-dark-german": {"viewport": PHONE, "color_scheme": "dark", "locale": "de-DE"},
    "tablet-light": {"viewport": TABLET},
}
MORE_LOOKS: dict[str, dict[str, Any]] = {"phone-light": {"viewport": PHONE}}
"""For pictures only: what is different in them is looked at above."""


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

    async def hears_acknowledged(self) -> None:
        """Wait until it has been told once that a person has acknowledged its message."""
        async with asyncio.timeout(PATIENCE):
            while await self._acknowledged() != 1:  # noqa: ASYNC110
                await asyncio.sleep(0.2)

    async def _acknowledged(self) -> int:
        told = await self._control("GET", f"{self._control.gateway}/event_responses")
        return [each["status"] for each in told].count(R.ACKNOWLEDGED)

    async def _told(self) -> list[int]:
        return [each["status"] for each in await self._control("GET", f"{self._control.gateway}/responses")]


async def add_dashboard(home: Home) -> None:
    """Add the dashboard as a person does it."""
    made = {"url_path": "utility-han", "title": "Utility HAN", "require_admin": False, "show_in_sidebar": True}
    await home.ws("lovelace/dashboards/create", mode="storage", **made)
    strategy = {"strategy": {"type": "custom:utility-han"}}
    await home.ws("lovelace/config/save", url_path=made["url_path"], config=strategy)


def _afternoon() -> str:
    """Return a time zone in which it is about five in the afternoon: the day is the same one whenever this runs."""
    ahead = (17 - datetime.now(UTC).hour + 11) % 24 - 11
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"


async def _meter_entity(home: Home, key: str) -> str:
    """Return the entity of a translation key that only the meter has; prices come by a poll of their own."""
    async with asyncio.timeout(PATIENCE):
        while True:
            entities = await home.ws("config/entity_registry/list")
            for each in entities:
                if each["translation_key"] == key:
                    return str(each["entity_id"])
            await asyncio.sleep(0.2)


async def _lived_since_midnight(home: Home) -> None:
    """Have the recorder know of today what it would have counted, and what each kWh cost."""
    this_hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    starts = [this_hour - timedelta(hours=ago) for ago in range(30, -1, -1)]
    each = {"name": None, "source": "recorder"}
    energy = {"has_mean": False, "mean_type": 0, "has_sum": True, "unit_class": "energy", "unit_of_measurement": "kWh"}
    totals = accumulate(DAY[start.astimezone(ZoneInfo(_afternoon())).hour] for start in starts)
    counted = [
        {"start": start.isoformat(), "state": total, "sum": total} for start, total in zip(starts, totals, strict=True)
    ]
    entity_id = await _meter_entity(home, "energy_delivered")
    await home.ws("recorder/import_statistics", metadata={**each, **energy, "statistic_id": entity_id}, stats=counted)
    entity_id = await _meter_entity(home, "price")
    price = {"has_mean": True, "mean_type": 1, "has_sum": False, "unit_class": None, "unit_of_measurement": "USD/kWh"}
    means = [{"start": start.isoformat(), "mean": 0.2, "min": 0.2, "max": 0.2} for start in starts]
    await home.ws("recorder/import_statistics", metadata={**each, **price, "statistic_id": entity_id}, stats=means)


async def _act(home: Home, action: str, name: str, **data: Any) -> None:
    data["device_id"] = (await home.device(name))["id"]
    await home.ws("call_service", domain="utility_han", service=action, service_data=data)


async def _live(home: Home, simulator: Simulator) -> None:
    """Have a meter, a pump that hums, and a car that was charged and is to leave the day after tomorrow."""
    await home.ws("config/core/update", time_zone=_afternoon())
    entry = await commission(home, simulator.gateway)
    async with control_of(simulator) as control:
        await control("POST", f"{control.gateway}/messages", text="Works on Monday", response_required=_BY_CUSTOMER)
    await registration.link_account(home, simulator, entry["entry_id"])
    await registration.register(home, entry["entry_id"], "Pool pump")
    await registration.enrolled(home, 1)
    await charging.bind_and_charge(home, simulator, entry["entry_id"])
    await _act(home, "report_problem", "Pool pump", summary="It hums")
    departure = (datetime.now(UTC) + timedelta(days=2)).isoformat(timespec="seconds")
    await _act(home, "plan_charging", "Family car", departure=departure, energy=12)
    await _lived_since_midnight(home)
    await add_dashboard(home)


def _card(page: Page, name: str) -> Any:
    return page.locator(f"utility-han-{name}-card")


async def _shown(page: Page) -> None:
    for name in CARDS:
        await expect(_card(page, name)).to_be_visible()
    await expect(_card(page, "today").locator("dl")).to_be_visible()


@pytest.mark.use_case("UR-P", "UR-EV", "DM-2")
async def test_home_at_a_glance_and_the_way_out_of_a_load_control(
    browser: Browser, frontend: Frontend, home: Home, simulator: Simulator
) -> None:
    await _live(home, simulator)
    page = frontend.page
    await page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    async with control_of(simulator) as control:
        utility = Utility(home, control)
        over = await utility.ask()
        told = [R.RECEIVED, R.STARTED]
        await utility.hears(*told)

        await frontend.visit("/profile")
        await frontend.open_dashboard("/utility-han")
        await _shown(page)
        await expect(_card(page, "power")).to_contain_text("grid")
        await expect(_card(page, "today")).to_contain_text(re.compile(r"Cost\s*\$"))
        await expect(_card(page, "vehicle")).to_contain_text("Bill and meter agree.")
        await expect(_card(page, "cases")).to_contain_text("It hums")
        await expect(_card(page, "price").get_by_text("Pool pump: load control")).to_be_visible()
        running = _card(page, "control")
        await expect(running).to_contain_text("Pool pump")
        # The meter tells its clock in whole seconds, so that it may be a second later by Home Assistant's.
        until = [
            await page.evaluate(
                "time => new Date(time).toLocaleTimeString('en-US', {timeStyle: 'short'})", each.isoformat()
            )
            for each in (over, over + timedelta(seconds=1))
        ]
        await expect(running).to_contain_text(re.compile("|".join(until)))

        await running.get_by_role("button", name="Opt out now: Pool pump").click()
        await expect(running).to_contain_text("your utility is told")
        await frontend.screenshot("70-opting-out")
        await running.get_by_role("button", name="Yes, opt out").click()
        await utility.pump("on")
        told += [R.OPTED_OUT]
        await utility.hears(*told)
        await expect(running).to_contain_text("Opted out")
        await running.get_by_role("button", name="Take part again: Pool pump").click()
        await utility.pump("off")
        told += [R.OPTED_IN]
        await utility.hears(*told)
        await expect(running).not_to_contain_text("Opted out")

        await expect(running).to_contain_text("Works on Monday", timeout=1000 * PATIENCE)
        await running.get_by_role("button", name="Acknowledge: Works on Monday").click()
        await frontend.screenshot("70-acknowledging")
        await running.get_by_role("button", name="Yes, acknowledge").click()
        await expect(running).to_contain_text("Acknowledged: your utility is told.")
        await utility.hears_acknowledged()

        async with page.expect_download() as download:
            await _card(page, "vehicle").get_by_role("button", name="Statement (PDF)").click()
        assert (await download.value).suggested_filename.endswith(".pdf")

        await frontend.open_dashboard("/utility-han/devices")
        switch = page.locator("hui-tile-card", has_text="Opt out of load control")
        await expect(switch).to_be_visible()
        await switch.locator("ha-control-switch").click()
        await utility.pump("on")
        told += [R.OPTED_OUT]
        await utility.hears(*told)
        await expect(switch).to_contain_text(
            await page.evaluate("time => new Date(time).toLocaleTimeString('en-US')", over.isoformat())
        )
        assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        await switch.locator("ha-control-switch").click()
        await utility.pump("off")

    for name, options in (LOOKS | (MORE_LOOKS if "DOCS_IMAGES" in os.environ else {})).items():
        await _look(browser, home, name, options)
    await _load_again_and_again(browser, home)


async def _look(browser: Browser, home: Home, name: str, options: dict[str, Any]) -> None:
    """Look at the page in one of the ways in which people have it, and have axe look at it."""
    tab = await Frontend.open(browser, home, timezone_id=_afternoon(), **options)
    page = tab.page
    await page.add_init_script(
        f"localStorage.setItem('selectedLanguage', '{json.dumps(options.get('locale', 'en')[:2])}')"
    )
    await tab.visit("/profile")
    await tab.open_dashboard("/utility-han")
    await _shown(page)
    assert await page.evaluate("document.documentElement.scrollWidth") <= options["viewport"]["width"]
    await _card(page, "health").locator("button.summary").click()
    await expect(_card(page, "health").locator("li").first).to_be_visible()
    assert await findings(page, "utility-han-", len(CARDS)) == []
    await _card(page, "health").locator("button.summary").click()
    height = await page.evaluate(_HEIGHT)
    await page.set_viewport_size({"width": options["viewport"]["width"], "height": height})
    await tab.screenshot(f"71-home-{name}")
    if "DOCS_IMAGES" in os.environ:
        await page.screenshot(path=IMAGES / f"home-{name}.png")
    await page.context.close()


_HEIGHT = "() => Math.max(document.documentElement.scrollHeight, innerHeight)"


async def _load_again_and_again(browser: Browser, home: Home) -> None:
    """Load the page as by a bookmark, with now the frontend's file late and now ours.

    The frontend gives a strategy five seconds by the clock; here, as many as this machine needs.
    """
    tab = await Frontend.open(browser, home, viewport=PHONE, service_workers="block")
    page, late = tab.page, ["/frontend_latest/app.", "/utility_han/home.js"]
    await page.add_init_script(
        "const timeout = window.setTimeout;"
        "window.setTimeout = (run, after, ...rest) => timeout(run, after === 5000 ? 150000 : after, ...rest);"
    )

    async def hold(route: Route) -> None:
        if late[0] in route.request.url:
            await asyncio.sleep(0.3)
        await route.continue_()

    await page.route(lambda url: any(each in url for each in late), hold)
    await tab.visit("/utility-han")
    took = []
    for _ in range(LOADS):
        await expect(_card(page, "health").get_by_role("button").first).to_be_visible()
        took.append(await page.evaluate("performance.now()"))
        late.reverse()
        await page.reload()
    _LOGGER.info("loaded in %.0f ms (median of %d)", statistics.median(took), LOADS)
    await page.context.close()
