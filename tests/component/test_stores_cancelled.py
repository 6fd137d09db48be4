"""Who is cancelled while a file is written: what is written after it is not overtaken."""

import asyncio
import threading
from typing import Any
from unittest.mock import patch

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store

from custom_components.utility_han.hub.storage import Kept
from tests.helpers.states import PATIENCE, until


class Numbers(Kept):
    """Keeps one number."""

    what = suffix = "numbers"
    number = 0

    def restore(self, data: dict[str, Any]) -> None:
        self.number = data.get("number", 0)

    def snapshot(self) -> dict[str, Any]:
        return {"number": self.number}


@pytest.mark.use_case("RD-4")
async def test_what_is_written_last_is_what_is_kept(hass: HomeAssistant) -> None:
    """A hub that is unloaded cancels what goes on in its background, and keeps how it stands then."""
    numbers, goes_on, begun, on_disk = Numbers(hass, "a-hub"), threading.Event(), list[int](), list[int]()

    def write(number: int) -> None:
        begun.append(number)
        if number == 1:
            goes_on.wait(PATIENCE)
        on_disk.append(number)

    async def in_thread(_store: Store[dict[str, Any]], data: dict[str, Any]) -> None:
        await hass.async_add_executor_job(write, data["data"]["number"])

    with patch.object(Store, "_async_write_data", in_thread):
        numbers.number = 1
        before = asyncio.create_task(numbers.async_save())
        await until(lambda: begun == [1])
        before.cancel()
        await asyncio.wait([before])
        numbers.number = 2
        after = asyncio.create_task(numbers.async_save())
        for _ in range(10):
            await asyncio.sleep(0.01)  # where it waits for nobody it is written by now
        goes_on.set()
        await after
        await hass.async_block_till_done()
        await until(lambda: len(on_disk) == 2)
    assert on_disk == [1, 2]
