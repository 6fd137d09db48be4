"""The utility lets clients and radios in, on a phone; what is typed wrong is said at its field."""

import asyncio

import aiohttp
import pytest
from playwright.async_api import Browser, Page, Route, expect

from script.demo_home.simulator import Simulator
from tests.browser.test_console import LFDI, answer, open_tab, problem

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


@pytest.mark.use_case("IP-6")
async def test_a_client_and_a_radio_are_let_in(console: Page, simulator: Simulator) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{simulator.control}/gateways", json={"zigbee": True, "registration": "both"}) as response,
    ):
        made = await response.json()
    radio = made["zigbee"]["radios"]["ezsp"]
    await open_tab(console, "Gateways")
    card = console.locator("#gateway-list li", has_text=f"Gateway {made['id']}")

    form = console.locator("form[data-do=let-in]")
    below, above = await form.bounding_box(), await card.bounding_box()
    assert above is not None
    assert below is not None
    assert above["y"] < below["y"], "what is there stands above what may be added"
    await form.get_by_label("Gateway").select_option(made["id"])
    await form.get_by_role("button", name="Let in").click()
    await expect(problem(form, "lfdi")).to_have_text("Please fill this in.")
    await form.get_by_label("LFDI").fill("0123-4567")
    await form.get_by_role("button", name="Let in").click()
    await expect(problem(form, "lfdi")).to_have_text("An LFDI has 40 hex digits; dashes may stand between them.")
    await form.get_by_label("LFDI").fill("-".join(LFDI[at : at + 5] for at in range(0, 40, 5)))
    await form.get_by_label("PIN").fill("111111")
    await form.get_by_role("button", name="Let in").click()
    await expect(problem(form, "pin")).to_contain_text("the last of which makes their sum a multiple of ten")
    await expect(form.get_by_label("PIN")).to_be_focused()
    await form.get_by_label("PIN").fill("123455")
    await form.get_by_role("button", name="Let in").click()
    await expect(card).to_contain_text("Registered devices: 1")

    form = console.locator("form[data-do=permit]")
    await form.get_by_label("EUI64").fill(radio["eui64"])
    wrong = radio["install_code"][:-1] + ("0" if radio["install_code"][-1] != "0" else "1")
    await form.get_by_label("Install code").fill(wrong)
    await form.get_by_role("button", name="Let in").click()
    await expect(problem(form, "install_code")).to_contain_text("checksum")
    await form.get_by_label("Install code").fill(radio["install_code"])
    await form.get_by_role("button", name="Let in").click()
    await expect(card).to_contain_text(f"May join: {radio['eui64'].upper()}")

    await card.get_by_role("button", name="Withdraw").click()
    await answer(console, "Withdraw")
    await expect(card).to_contain_text("Registered devices: 0")
    assert await console.evaluate("document.documentElement.scrollWidth") <= 360


async def test_what_no_home_can_do_is_refused_at_its_field(console: Page) -> None:
    await open_tab(console, "Controls")
    form = console.locator("form[data-do=control]")
    await form.get_by_label("What").select_option("heating_setpoint")
    await form.get_by_label("How much").fill("999")
    await form.get_by_role("button", name="Send").click()
    await expect(problem(form, "amount")).to_have_text("From 5 to 35.")
    await expect(console.locator("#control-list")).to_have_text("None.")

    await open_tab(console, "Devices")
    await console.get_by_text("Register a device beforehand").click()
    form = console.locator("form[data-do=pre-register]")
    await form.get_by_label("Name").fill("   ")
    await form.get_by_label("LFDI").fill(LFDI)
    await form.get_by_label("Serial number").fill("AT00000001")
    await form.get_by_role("button", name="Register").click()
    await expect(problem(form, "name")).to_have_text("Please fill this in.")

    await open_tab(console, "Faults")
    form = console.locator("form[data-do=fault]")
    await form.get_by_label("Fault").select_option("slow")
    await form.get_by_label("Parameters").fill('{"seconds": "soon"}')
    await form.get_by_role("button", name="Switch on").click()
    await expect(problem(form, "parameters")).to_have_text("Must be of type float")


async def test_tabs_are_walked_by_keyboard_and_found_again(console: Page) -> None:
    tabs = console.get_by_role("tablist")
    await expect(console.get_by_role("tabpanel", name="Devices")).to_be_visible()
    await tabs.get_by_role("tab", name="Devices").focus()
    await console.keyboard.press("ArrowRight")
    await expect(tabs.get_by_role("tab", name="Vehicles")).to_be_focused()
    await expect(console.get_by_role("tabpanel", name="Vehicles")).to_be_visible()
    await console.keyboard.press("End")
    await expect(console.get_by_role("tabpanel")).to_have_count(1)
    await expect(console.get_by_role("tabpanel", name="Faults")).to_be_visible()
    await console.keyboard.press("ArrowRight")
    await expect(console.get_by_role("tabpanel", name="Devices")).to_be_visible()
    await console.go_back()
    await expect(console.get_by_role("tabpanel", name="Faults")).to_be_visible()
    await console.reload()
    await expect(console.get_by_role("tabpanel", name="Faults")).to_be_visible()
    height = await console.evaluate("document.documentElement.scrollHeight")
    assert height < 3000, "a section is found without walking through all others"


async def test_tab_that_is_clicked_before_the_page_is_ready_is_opened(browser: Browser, simulator: Simulator) -> None:
    ready = asyncio.Event()

    async def held(route: Route) -> None:
        await ready.wait()
        await route.continue_()

    page = await browser.new_page()
    await page.route("**/*.js", held)
    await page.goto(f"{simulator.utility}/console/openadr.html", wait_until="commit")
    await page.get_by_role("tab", name="Programs").click()
    ready.set()
    await expect(page.get_by_role("tabpanel", name="Programs")).to_be_visible()
    await page.close()
