"""Who is cancelled while a file is written: what comes after it, a write or its removal, is not overtaken."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store

from custom_components.utility_han.hub.storage import Kept
from tests.helpers.states import PATIENCE, until

pytestmark = pytest.mark.use_case("RD-4")


class Numbers(Kept):
    """Keeps one number."""

    what = suffix = "numbers"
    number = 0

    def restore(self, data: dict[str, Any]) -> None:
        self.number = data.get("number", 0)

    def snapshot(self) -> dict[str, Any]:
        return {"number": self.number}


class Disk:
    """One that is slow with the first number, and has 0 where the file is removed."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.has_had: list[int] = []
        self.goes_on = threading.Event()

    def write(self, number: int) -> None:
        self.begun.append(number)
        if number == 1:
            self.goes_on.wait(PATIENCE)
        self.has_had.append(number)


@pytest.fixture
def disk(hass: HomeAssistant) -> Iterator[Disk]:
    disk = Disk()

    async def write(_store: Store[dict[str, Any]], data: dict[str, Any]) -> None:
        await hass.async_add_executor_job(disk.write, data["data"]["number"])

    async def remove(_store: Store[dict[str, Any]]) -> None:
        await hass.async_add_executor_job(disk.write, 0)

    with patch.object(Store, "_async_write_data", write), patch.object(Store, "async_remove", remove):
        yield disk


@pytest.mark.parametrize("after", [2, 0], ids=["written", "removed"])
async def test_what_is_done_last_is_what_counts(hass: HomeAssistant, disk: Disk, after: int) -> None:
    """A hub that is unloaded cancels what goes on in its background, and keeps how it stands then, or is removed."""
    numbers = Numbers(hass, "a-hub")
    numbers.number = 1
    before = asyncio.create_task(numbers.async_save())
    await until(lambda: disk.begun == [1])
    before.cancel()
    await asyncio.wait([before])
    numbers.number = after
    ending = asyncio.create_task(numbers.async_save() if after else numbers.async_delete())
    for _ in range(10):
        await asyncio.sleep(0.01)  # where it waits for nobody it is done by now
    disk.goes_on.set()
    await ending
    await hass.async_block_till_done()
    await until(lambda: len(disk.has_had) == 2)
    assert disk.has_had == [1, after]
