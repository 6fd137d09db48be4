"""Who is cancelled while a file is written: what comes after it, a write or its removal, is not overtaken."""

import asyncio
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.utility_han.devices.store import Registrations
from custom_components.utility_han.hub.kept.storage import Kept
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


@pytest.mark.parametrize("meanwhile", ["cancelled", "written later"])
async def test_registrations_that_are_again_as_they_were_are_written_where_others_came_between(
    hass: HomeAssistant, meanwhile: str
) -> None:
    """They are written where they have changed; what is on disk by now is not known by who did not see to the end."""
    on_disk, goes_on = list[str | None](), asyncio.Event()

    async def write(_store: Store[dict[str, Any]], data: dict[str, Any]) -> None:
        cursor = data.pop("data_func")()["cursor"] if "data_func" in data else data["data"]["cursor"]
        if cursor == "other":
            await goes_on.wait()
        on_disk.append(cursor)

    registrations = Registrations(hass, "a-hub")
    with patch.object(Store, "_async_write_data", write):
        registrations.cursor = "one"
        await registrations.async_save()
        registrations.cursor = "other"
        saving = asyncio.create_task(registrations.async_save())
        await asyncio.sleep(0)
        if meanwhile == "cancelled":
            saving.cancel()
            goes_on.set()
        else:
            registrations.cursor = "one"
            registrations.save_later(0)
            goes_on.set()
            await saving
            registrations.cursor = "other"
        await asyncio.wait([saving])
        async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=1))
        await hass.async_block_till_done()
        registrations.cursor = "one" if meanwhile == "cancelled" else "other"
        await registrations.async_save()
        await hass.async_block_till_done()
    assert on_disk[-1] == registrations.cursor
