"""The utility's people at the VTN, on a phone: a program, a VEN that is granted a target, an event, a report."""

from typing import Any

import aiohttp
import pytest
from playwright.async_api import Page, expect

from script.demo_home.simulator import Simulator

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


class Ven:
    """A VEN of the demo's credentials."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url
        self._token = ""

    async def ask(self, method: str, path: str, **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        async with self._session.request(method, self._url + path, headers=headers, ssl=False, **more) as response:
            assert response.ok, await response.text()
            return await response.json()

    async def sign_in(self) -> None:
        form = {"grant_type": "client_credentials", "client_id": "ven", "client_secret": "ven-secret"}
        self._token = (await self.ask("POST", "/auth/token", data=form))["access_token"]


@pytest.mark.use_case("UR-3", "UR-7", "UR-8", "UR-10", "UR-13")
async def test_a_target_is_granted_and_an_event_answered(console: Page, simulator: Simulator) -> None:
    await console.get_by_role("link", name="OpenADR").click()
    await expect(console.get_by_role("heading", name="OpenADR")).to_be_visible()
    await console.get_by_role("tab", name="Programs").click()
    form = console.locator("form[data-do=program]")
    await form.get_by_label("Name").fill("  ")
    await form.get_by_role("button", name="Make program").click()
    await expect(form.get_by_role("alert").first).to_have_text("Please fill this in.")
    await form.get_by_label("Name").fill("Peak <b>")
    await form.get_by_label("Sends").select_option("IMPORT_CAPACITY_LIMIT")
    await form.get_by_label("For targets").fill("homes")
    await form.get_by_role("button", name="Make program").click()
    await expect(console.locator("#program-list li")).to_contain_text("For homes")
    await expect(console.get_by_role("heading", name="Peak <b>")).to_be_visible()

    async with aiohttp.ClientSession() as session:
        async with session.get(f"{simulator.control}/vtn") as response:
            url = (await response.json())["url"]
        ven = Ven(session, url)
        await ven.sign_in()
        made = await ven.ask("POST", "/vens", json={"objectType": "VEN_VEN_REQUEST", "venName": "Our home"})
        device = {"objectType": "VEN_RESOURCE_REQUEST", "resourceName": "water heater", "venID": made["id"]}
        await ven.ask("POST", "/resources", json=device)
        assert await ven.ask("GET", "/programs", params={"targets": "homes"}) == []

        await console.get_by_role("tab", name="VENs").click()
        card = console.locator("#ven-list li", has_text="VEN of client ven")
        await card.get_by_label("Targets of Our home").fill("homes")
        await card.get_by_role("button", name="Grant").click()
        await expect(console.get_by_role("status")).to_have_text("Grant Our home: done")
        assert [each["programName"] for each in await ven.ask("GET", "/programs", params={"targets": "homes"})] == [
            "Peak <b>"
        ]

        await console.get_by_role("tab", name="Events").click()
        form = console.locator("form[data-do=event]")
        await expect(form.get_by_label("Type")).to_have_value("IMPORT_CAPACITY_LIMIT")
        await form.get_by_label("Values").fill("4.2, 3")
        await form.get_by_label("Report wanted").select_option("OPERATING_STATE")
        await form.get_by_role("button", name="Send event").click()
        card = console.locator("#event-list li")
        await expect(card).to_contain_text("IMPORT_CAPACITY_LIMIT 4.2, 3")
        (event,) = await ven.ask("GET", "/events")
        assert event["payloadDescriptors"][0]["units"] == "KW"
        interval = {"id": 0, "payloads": [{"type": "OPERATING_STATE", "values": ["RUNNING_NORMAL"]}]}
        report = {"eventID": event["id"], "clientName": "Our home", "reportName": "State of the heater"}
        resources = [{"resourceName": "water heater", "intervals": [interval]}]
        await ven.ask("POST", "/reports", json=report | {"resources": resources})
        await expect(console.locator("#report-list li")).to_contain_text("OPERATING_STATE RUNNING_NORMAL")

        await card.get_by_role("button", name="End now").click()
        await expect(card).to_contain_text("From now, PT0S each")
        assert await ven.ask("GET", "/events", params={"active": "true"}) == []
    assert await console.evaluate("document.documentElement.scrollWidth") <= 360
