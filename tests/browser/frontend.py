"""The frontend as a person with a phone sees it: pages, dialogs, buttons."""

import asyncio
import contextlib
import json
import logging
import os
import re
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Error, Locator, Page, WebSocketRoute, expect

from script.demo_home.home import Home
from tests.browser.experience import Experience

_LOGGER = logging.getLogger(__name__)

_ROOT = Path(__file__).parent.parent.parent
ARTIFACTS = _ROOT / "artifacts"
IMAGES = _ROOT / "docs" / "images"
"""The pictures of the documentation, which are made anew where ``DOCS_IMAGES`` is in the environment."""
_PICTURED = {
    "03-way-to-register": "commissioning-method",
    "05-commissioned": "commissioning-done",
    "20-found": "commissioning-found",
    "33-entity": "device-which",
    "34-device": "device-what",
    "38-programs": "device-programs",
    "50-vehicle": "vehicle-charger",
    "51-account": "vehicle-account",
    "52-agree": "vehicle-agree",
    "71-notice": "repair-notice",
    "72-installer-light-top": "installer-light",
    "72-installer-dark-german-top": "installer-dark-german",
}
"""The screenshots that the documentation shows, and what they are called there."""
PHONE = {"width": 390, "height": 844}
_DIALOG = "dialog-data-entry-flow"

# How long a step takes is the machine's affair; this is long enough for any, and short enough to say which one hangs
# before the test's own limit ends it without a word.
_STEP = 150_000
expect.set_options(timeout=_STEP)


_CUT_OFF = """dialog => {
  const found = [];
  const look = node => {
    for (const each of node.querySelectorAll('*')) {
      if (each.shadowRoot) look(each.shadowRoot);
      const style = getComputedStyle(each);
      const clips = style.overflowX === 'hidden' && style.textOverflow === 'ellipsis';
      if (clips && each.scrollWidth > each.clientWidth + 1) found.push(each.textContent.trim());
      if (each.matches('input[disabled], textarea[disabled]')) found.push(each.value);
      if (each.matches('code') && each.getBoundingClientRect().right > innerWidth) found.push(each.textContent);
    }
  };
  look(dialog.shadowRoot ?? dialog);
  return found;
}"""
"""Texts that end in dots, facts in fields that cannot be changed, and codes that run off the page."""


_WIDEST = """dialog => {
  let widest = 0;
  const look = node => {
    for (const each of node.querySelectorAll('*')) {
      if (each.shadowRoot) look(each.shadowRoot);
      if (each.matches('input, select, ha-select, ha-button')) {
        widest = Math.max(widest, each.getBoundingClientRect().right);
      }
    }
  };
  look(dialog.shadowRoot ?? dialog);
  return widest;
}"""


async def _spare_spinning(page: Page) -> None:
    """Have what turns for as long as it is shown stand still: drawing it is a third of what all of Chromium does."""
    session = await page.context.new_cdp_session(page)

    async def began(event: dict[str, Any]) -> None:
        animation = event["animation"]
        if animation.get("source", {}).get("iterations") is None:  # without end
            with contextlib.suppress(Error):  # it, or its tab, may be gone by now
                await session.send("Animation.setPaused", {"animations": [animation["id"]], "paused": True})

    session.on("Animation.animationStarted", began)
    await session.send("Animation.enable")


class Frontend:
    """One tab, logged in."""

    def __init__(self, page: Page, home: Home) -> None:
        self.page = page
        self.count()
        self._home = home

    @classmethod
    async def open(cls, browser: Browser, home: Home, **options: Any) -> Frontend:
        """Open a tab with the tokens of the demo user: a phone's, unless ``options`` of its context say more."""
        context = await browser.new_context(**{"viewport": PHONE} | options)
        tokens = home.tokens | {"hassUrl": home.url, "clientId": home.client_id, "expires": 9999999999999}
        await context.add_init_script(f"localStorage.setItem('hassTokens', {json.dumps(json.dumps(tokens))})")
        context.set_default_timeout(_STEP)
        page = await context.new_page()
        await _spare_spinning(page)
        return cls(page, home)

    async def speak(self, language: str) -> None:
        """Have the tab speak another language than English: its browser, and what was chosen of Home Assistant's."""
        await self.page.context.set_extra_http_headers({"Accept-Language": language})
        await self.page.add_init_script(f"localStorage.setItem('selectedLanguage', '{json.dumps(language)}')")

    async def listens_late(self, seconds: float) -> None:
        """Have whatever the tabs subscribe to at Home Assistant wait, as on a phone that is far away or busy."""

        def held(socket: WebSocketRoute) -> None:
            server = socket.connect_to_server()
            waiting: list[str | bytes] = []

            def release() -> None:
                while waiting:
                    server.send(waiting.pop(0))

            def send(message: str | bytes) -> None:
                # Home Assistant wants the numbers of messages to rise: what comes behind waits as well.
                waiting.append(message)
                if "data_entry_flow_progressed" in str(message):
                    asyncio.get_running_loop().call_later(seconds, release)
                elif len(waiting) == 1:
                    release()

            socket.on_message(send)

        await self.page.route_web_socket(re.compile("/api/websocket$"), held)

    async def visit(self, path: str) -> None:
        """Go to a path of the frontend."""
        await self.page.goto(f"{self._home.url}{path}")

    async def open_dashboard(self, path: str) -> None:
        """Go to the integration's dashboard as by the sidebar.

        A dashboard that the tab begins with has five seconds to load its strategy, by the frontend's own clock.
        """
        # A dialog that closes goes a page back, from wherever the tab is by then.
        await self.page.wait_for_function("() => !history.state?.dialog")
        await self.page.evaluate("customElements.whenDefined('ll-strategy-dashboard-utility-han').then(() => null)")
        await self.page.evaluate(
            "path => { history.pushState(null, '', path); window.dispatchEvent(new CustomEvent('location-changed')) }",
            path,
        )

    async def add_integration(self, domain: str) -> None:
        """Open the dialog that adds an integration."""
        await self.visit(f"/config/integrations/dashboard/add?domain={domain}")
        await self.page.locator("dialog-box ha-button", has_text="OK").click()
        await self.dialog.wait_for(state="attached")
        self.count()

    async def close(self) -> None:
        """Close the dialog as by its cross."""
        await self.dialog.get_by_role("button", name="Close").locator("visible=true").first.click()
        await self._closed()

    async def finish(self) -> None:
        """Leave the page that says that an entry was created."""
        button = self.dialog.locator("ha-button").filter(has_text=re.compile("Finish|Skip|Fertig|berspringen")).first
        await button.wait_for()
        await self.experience.leave(self.dialog)
        await button.click()
        await self._closed()

    async def _closed(self) -> None:
        """Wait until the dialog is gone: by then the frontend goes a page back, from wherever the tab is."""
        await self.dialog.wait_for(state="hidden")
        # The question before the dialog may have left a page of its own behind.
        await self.page.wait_for_function("tag => history.state?.dialog !== tag", arg=_DIALOG)

    async def screenshot(self, name: str) -> None:
        """Keep what the tab shows, once it has come to rest."""
        ARTIFACTS.mkdir(exist_ok=True)
        await self.page.wait_for_timeout(600)
        await self.page.screenshot(path=ARTIFACTS / f"{name}.png")
        if "DOCS_IMAGES" in os.environ and (shown := _PICTURED.get(name)) is not None:
            await self.page.screenshot(path=IMAGES / f"{shown}.png")

    async def tell(self) -> None:
        """Log where the tab is and what can be read there, for whoever asks why a test stopped."""
        _LOGGER.info("%s\n%s", self.page.url, await self.page.locator("body").aria_snapshot())

    @property
    def dialog(self) -> Locator:
        """The open flow dialog."""
        return self.page.locator(_DIALOG)

    def count(self) -> None:
        """Count what a person has to go through from here on."""
        self.experience = Experience()

    async def keep_experience(self, what: str) -> None:
        """Keep what a person had to go through."""
        self.experience.keep(ARTIFACTS / "experience.json", what)

    async def sees_all(self) -> None:
        """Look at whether the page, once it has come to rest, shows all whole: nothing cut off, nothing greyed out."""
        cut_off: list[str] = []
        for _ in range(20):
            if not (cut_off := await self.dialog.evaluate(_CUT_OFF)):
                return
            await self.page.wait_for_timeout(250)
        raise AssertionError(cut_off)

    async def sees(self, text: str) -> None:
        """Wait until the dialog says ``text``."""
        await expect(self.dialog.get_by_text(text).first).to_be_visible()

    async def fill(self, label: str, value: Any) -> None:
        """Type into a field of the dialog."""
        field = self.dialog.locator("ha-selector", has_text=re.compile(rf"^\s*{re.escape(label)}"))
        await field.locator("input, textarea").first.fill(str(value))
        self.experience.typed += 1

    async def tick(self, label: str) -> None:
        """Switch something on in the dialog."""
        self.experience.clicks += 1
        await (
            self.dialog.locator("ha-selector-boolean", has_text=label).locator("ha-switch, ha-checkbox").first.click()
        )

    async def pick_entity(self, name: str) -> None:
        """Choose an entity in the dialog's entity picker."""
        await self._pick(self.dialog.locator("ha-entity-picker"), name)

    async def pick_or_type(self, label: str, value: str) -> None:
        """Name something that a list does not have."""
        field = self.dialog.locator("ha-selector", has_text=re.compile(rf"^\s*{re.escape(label)}")).first
        await self._pick(field.locator("ha-generic-picker, ha-combo-box, ha-picker-field"), value)

    async def type_port(self, path: str) -> None:
        """Name a serial port that is none of those found."""
        selector = self.dialog.locator("ha-selector-serial_port")
        await selector.locator("ha-generic-picker").click()
        await self.page.get_by_text(re.compile("manual", re.IGNORECASE)).locator("visible=true").first.click()
        field = selector.locator("ha-input input").locator("visible=true")
        await field.click()
        await field.press_sequentially(path)
        await expect(field).to_have_value(path)

    async def _pick(self, picker: Locator, value: str) -> None:
        # While the list narrows, a click may land on a row that is just being replaced: look, and pick again.
        for patience in (3_000, 3_000, _STEP):
            await picker.first.click()
            search = self.page.locator("input[type=search], ha-picker-combo-box input").locator("visible=true").first
            await search.fill(value)
            await self.page.locator("ha-combo-box-item", has_text=value).locator("visible=true").first.click()
            await expect(search).to_be_hidden()
            with contextlib.suppress(AssertionError):
                return await expect(picker.first).to_contain_text(value, timeout=patience)
        raise AssertionError(f"The picker does not take {value!r}")

    async def finish_abort(self) -> None:
        """Leave the page that says why a dialog ended."""
        await self.dialog.locator("ha-button", has_text="Close").first.click()
        await self._closed()

    async def choose(self, text: str) -> None:
        """Choose in a menu of the dialog, which leads on, or among what a field offers."""
        option = self.dialog.get_by_text(text).first
        await option.wait_for()
        if await self.dialog.locator("ha-selector", has_text=text).count():
            self.experience.clicks += 1
        else:
            await self.experience.leave(self.dialog)
        await option.click()

    async def pick(self, text: str) -> None:
        """Choose one of the options that a field has in the open."""
        self.experience.clicks += 1
        await self.dialog.get_by_text(text).first.click()

    async def unfold(self, name: str) -> None:
        """Open what a page of the dialog has folded away."""
        self.experience.clicks += 1
        await self.dialog.locator("ha-expansion-panel", has_text=name).get_by_role("button").first.click()

    async def widest(self) -> float:
        """Return how far to the right what can be clicked or typed into on the page reaches, px."""
        found: float = await self.dialog.evaluate(_WIDEST)
        return found

    async def submit(self) -> None:
        """Go on."""
        await self.submit_button.wait_for()
        await self.experience.leave(self.dialog)
        await self.submit_button.click()

    @property
    def submit_button(self) -> Locator:
        """The button that leads on from a form; it says what it does."""
        return self.dialog.locator("ha-dialog-footer ha-button[slot=primaryAction]").locator("visible=true")
