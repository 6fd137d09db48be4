"""What is charged lies in two files: a power cut between any two writes loses none of it and bills none twice."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store

from custom_components.utility_han.hub.kept.storage import _OPEN
from custom_components.utility_han.vehicles.store import Charging, ChargingPoints
from tests.component.test_charging import _soon, charger
from tests.helpers.files import hass_storage
from tests.helpers.states import until
from tests.helpers.utility import SimulatedUtility
from tests.helpers.vehicles import Charger, manager_of

__all__ = ["_soon", "charger", "hass_storage"]

pytestmark = pytest.mark.use_case("UR-EV")

HOME = Path(__file__).parent.parent / "homes" / "0.1.0" / "config" / ".storage"
ENTRY = "01M8C0WCHEYCGVK111B7SZFRDY"

type Disk = dict[Path, str]


def disk_of(hass: HomeAssistant, entry_id: str) -> Disk:
    """Return what is on the disk of a hub's charging."""
    paths = [Path(hass.config.path(".storage", kind._key(entry_id))) for kind in (Charging, ChargingPoints)]
    return {path: path.read_text() for path in paths if path.exists()}


def put_back(hass: HomeAssistant, entry_id: str, disk: Disk) -> None:
    """Have the disk as it was."""
    for path in disk_of(hass, entry_id):
        path.unlink()
    for path, text in disk.items():
        path.write_text(text)


@contextmanager
def every_write(hass: HomeAssistant, entry_id: str) -> Iterator[list[Disk]]:
    """Collect how the disk is before and after each write: as it is found after a power cut there."""
    disks = [disk_of(hass, entry_id)]
    write = Store.async_save

    async def watched(self: Store[Any], data: Any) -> None:
        await write(self, data)
        if (disk := disk_of(hass, entry_id)) != disks[-1]:
            disks.append(disk)

    with patch.object(Store, "async_save", watched):
        yield disks


def in_ledger(hub: ConfigEntry) -> int:
    """Return what the ledger has, Wh."""
    return sum(entry.energy_wh for entry in manager_of(hub).charging.ledger.entries.values())


def nothing_left(hub: ConfigEntry) -> bool:
    """Whether the charging points have nothing for the ledger any more."""
    points = manager_of(hub).charging.points.values()
    return not any(point.current or point.closed for point in points)


@pytest.mark.parametrize("plugged", [True, False])
async def test_power_cut_between_any_two_writes(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, utility: SimulatedUtility, *, plugged: bool
) -> None:
    """With nothing plugged in, what is asked about gets its name in the moment it is entered."""
    charger.plug(plugged=plugged)
    charger.charge(3_000)
    await hass.async_block_till_done()
    await manager_of(hub).async_look(charger.at)
    with every_write(hass, hub.entry_id) as disks:
        charger.plug(plugged=False)
        await hass.async_block_till_done()
        charger.at += timedelta(minutes=20)
        await manager_of(hub).async_look(charger.at)
        await until(lambda: in_ledger(hub))
        await until(lambda: not plugged or not manager_of(hub).charging.ledger.attention)
        await hass.async_block_till_done()
    assert len(disks) > 2
    for disk in disks:
        assert await hass.config_entries.async_unload(hub.entry_id)
        await hass.async_block_till_done()
        hass.data.pop(_OPEN)
        put_back(hass, hub.entry_id, disk)
        with charger.clock():
            await hass.config_entries.async_setup(hub.entry_id)
            await hass.async_block_till_done()
        await until(lambda: in_ledger(hub) and nothing_left(hub))
        await hass.async_block_till_done()
        assert in_ledger(hub) == 3_000
        assert sum(each["energy_wh"] for each in await utility.billed()) == (3_000 if plugged else 0)


async def test_charging_writes_no_ledger(hass: HomeAssistant, hub: ConfigEntry, charger: Charger) -> None:
    charger.plug()
    await hass.async_block_till_done()
    with every_write(hass, hub.entry_id) as disks:
        for _ in range(3):
            charger.charge(500)
            await hass.async_block_till_done()
            await manager_of(hub).async_look(charger.at)
        await manager_of(hub).async_look(charger.at)
    ledgers, points = zip(*(disk.values() for disk in disks), strict=True)
    assert len(set(ledgers)) == 1
    assert len(set(points)) == 4, "as it was, and after three minutes; a quiet one changes nothing"


def written_by_0_1_0(hass: HomeAssistant, *, totals: float | None = None) -> dict[str, Any]:
    """Lay the file of 0.1.0 there, its charging points with another total; return what was in it."""
    file: dict[str, Any] = json.loads((HOME / Charging._key(ENTRY)).read_text())
    for point in file["data"]["points"].values():
        point["meter"]["total"] = point["meter"]["total"] if totals is None else totals
    path = Path(hass.config.path(".storage", Charging._key(ENTRY)))
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(file))
    data: dict[str, Any] = file["data"]
    return data


async def read(hass: HomeAssistant) -> Charging:
    """Read what is there, as after a start."""
    hass.data.pop(_OPEN, None)
    return await Charging.async_get(hass, ENTRY)


async def test_points_of_an_older_version_move_whole(hass: HomeAssistant) -> None:
    written = written_by_0_1_0(hass)
    assert written["points"]
    with every_write(hass, ENTRY) as disks:
        charging = await read(hass)
    ledger = charging.snapshot()["ledger"]
    assert len(disks) > 2
    for disk in disks:
        put_back(hass, ENTRY, disk)
        charging = await read(hass)
        assert charging.snapshot()["ledger"] == ledger
        for point_id, point in written["points"].items():
            assert charging.take_point(point_id) == point
    assert [("points" in json.loads(text)["data"]) for text in disk_of(hass, ENTRY).values()] == [False, True]


async def test_points_go_on_where_an_older_version_left_them(hass: HomeAssistant) -> None:
    """Its ledger has what it charged since: with the points of before, that would be charged again."""
    written_by_0_1_0(hass, totals=1_000.0)
    await read(hass)
    written = written_by_0_1_0(hass, totals=5_000.0)
    for _ in range(2):
        charging = await read(hass)
        kept = [charging.take_point(point_id) for point_id in written["points"]]
        assert [point and point["meter"]["total"] for point in kept] == [5_000.0] * len(kept)
