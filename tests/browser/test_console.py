"""The customer representative on a phone: the console of the simulated utility."""

import re
from collections.abc import AsyncIterator

import aiohttp
import pytest
from playwright.async_api import Locator, Page, expect

from script.demo_home.simulator import Simulator
from tests.helpers.utility import SimulatedUtility

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
LFDI = "0123456789ABCDEF0123456789ABCDEF01234567"


@pytest.fixture
async def utility(simulator: Simulator) -> AsyncIterator[SimulatedUtility]:
    """The demo customer of the utility whose console it is."""
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{simulator.control}/utility") as response:
            (customer,) = (await response.json())["customers"]
        yield SimulatedUtility(session, simulator.control, simulator.utility, customer)


async def open_tab(console: Page, name: str) -> None:
    """Open a section of the console."""
    await console.get_by_role("tab", name=name).click()


async def answer(console: Page, button: str) -> None:
    """Answer what the console asks before it does it."""
    await console.get_by_role("alertdialog").get_by_role("button", name=button).click()


def problem(form: Locator, field: str) -> Locator:
    """What is said to be wrong with a field of a form, at the field."""
    return form.locator(".field", has=form.page.locator(f"[name={field}][aria-invalid=true]")).get_by_role("alert")


async def _linking(utility: SimulatedUtility, simulator: Simulator, serial: str) -> str:
    """Register a thermostat that speaks for itself as its customer does, up to the link; its id."""
    client, gateway = await utility.client(), simulator.gateway
    path = f"{simulator.control}/gateways/{gateway['id']}"
    async with utility.session.post(f"{path}/devices", json={"poll_seconds": 0.2}) as response:
        assert response.status == 201
        device = await response.json()
    lfdi, pin = device["lfdi"], device["pin"]
    async with utility.session.post(f"{path}/registrations", json={"lfdi": lfdi, "pin": pin}) as response:
        assert response.status == 201
    key = serial.ljust(20, "x")
    request = await client.request_registration(utility.premise_id, gateway["lfdi"], f"{key}-1")
    opened = await client.open_registration(
        request, utility.premise_id, gateway["lfdi"], "thermostat", lfdi, "acme-t100", f"{key}-2"
    )
    await client.discover_device(opened.id)
    await client.identify(opened.id, serial, pin)
    await client.link(opened.id)
    return opened.id


@pytest.mark.use_case("UR-4", "UR-10")
async def test_representative_registers_controls_and_refuses(console: Page) -> None:
    assert await console.evaluate("document.documentElement.scrollWidth") <= 360, "nothing sticks out of a phone"
    await console.get_by_text("Register a device beforehand").click()
    form = console.locator("form[data-do=pre-register]")
    await form.get_by_label("Name").fill("Hall thermostat <b>")
    await form.get_by_label("LFDI").fill(LFDI)
    await form.get_by_label("Serial number").fill("AT00000001")
    await form.get_by_role("button", name="Register").click()
    registered = console.get_by_role("heading", name="Hall thermostat <b>: registered beforehand")
    await expect(registered).to_be_visible()

    await open_tab(console, "Controls")
    form = console.locator("form[data-do=control]")
    await form.get_by_label("What").select_option("heating_offset")
    await form.get_by_label("How much").fill("1.5")
    await form.get_by_label("Emergency").check()
    await form.get_by_role("button", name="Send").click()
    card = console.locator("#control-list li")
    await expect(card).to_contain_text("Control 1: active, emergency")
    await expect(card).to_contain_text("heating offset 1.5 °C")
    await card.get_by_role("button", name="Cancel").click()
    await expect(card).to_contain_text("cancelled")

    await open_tab(console, "Messages")
    await console.locator("form[data-do=message]").get_by_label("Text").fill("Less from five to nine, please.")
    await console.locator("form[data-do=message]").get_by_role("button", name="Send").click()
    await expect(console.get_by_role("status")).to_contain_text("done")
    await console.get_by_label("Prices per kWh").fill("0.1, 0.2")
    await console.get_by_role("button", name="Put in force").first.click()
    await expect(problem(console.locator("form[data-do=prices]"), "prices")).to_contain_text("be a list of 3")

    await open_tab(console, "Faults")
    form = console.locator("form[data-do=fault]")
    await form.get_by_label("Fault").select_option("rate_limit")
    await form.get_by_role("button", name="Switch on").click()
    await expect(console.locator("#fault-list")).to_contain_text("rate_limit (API)")
    await console.get_by_role("button", name="Switch off rate_limit").click()
    await expect(console.locator("#fault-list")).to_contain_text("None.")

    await open_tab(console, "Devices")
    await console.get_by_role("button", name="Close Hall").click()
    await answer(console, "Go back")
    await expect(console.get_by_role("status")).to_contain_text("nothing was done")
    await expect(registered).to_be_visible()
    await console.get_by_role("button", name="Close Hall").click()
    await answer(console, "Close it")
    await expect(console.get_by_role("heading", name=re.compile("Hall.*closed"))).to_be_visible()
    assert await console.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.use_case("UR-10")
async def test_representative_approves_and_refuses_what_waits(
    console: Page, utility: SimulatedUtility, simulator: Simulator
) -> None:
    form = console.locator("form[data-do=settings]")
    await form.get_by_label("New devices").select_option("manual")
    await form.get_by_label("Each stage").fill("0.05")
    await form.get_by_role("button", name="Save").click()
    await expect(console.get_by_role("status")).to_have_text("Save: done")

    await _linking(utility, simulator, "AT00000002")
    card = console.locator("#registration-list li", has_text="AT00000002")
    await expect(card).to_contain_text("waits for approval")
    await card.get_by_role("button", name="Approve").click()
    await expect(card).to_contain_text("waits for the device to be ready")

    await _linking(utility, simulator, "AT00000003")
    card = console.locator("#registration-list li", has_text="AT00000003")
    await expect(card).to_contain_text("waits for approval")
    await expect(console.get_by_role("tab", name="Devices, 1 waiting")).to_be_visible()
    await card.get_by_role("button", name="Refuse").click()
    question = console.get_by_role("alertdialog")
    reason = question.get_by_label("Reason")
    await expect(reason).to_be_focused()
    await reason.fill("  ")
    await reason.press("Enter")
    assert await reason.evaluate("field => field.matches(':invalid') && field.closest('dialog').open"), "not silently"
    await reason.fill("")
    await reason.press_sequentially("No such meter")
    await utility.pre_register("F" * 40, "AT00000004", "Attic")
    await expect(console.get_by_role("heading", name="Attic", include_hidden=True)).to_have_count(1)
    await expect(reason).to_be_focused()
    await expect(reason).to_have_value("No such meter")
    await answer(console, "Refuse")
    await expect(card).to_contain_text("Reason: No such meter")
    assert [each["stage"] for each in await utility.registrations()].count("refused") == 1
