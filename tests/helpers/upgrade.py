"""A home that an earlier version left, started with the present one, and what came of it."""

import asyncio
import json
import re
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from script.demo_home import charging, told
from script.demo_home.home import Home
from script.demo_home.kept import Revived, revive, stored
from script.demo_home.lived_in import Control, control_of
from script.demo_home.nursery import Nursery

DOMAIN = told.DOMAIN
AWAY = ("unavailable", "unknown")
GONE = ("firmware",)
"""Translation keys of what is shown no more: the device registry has it."""
_PATIENCE = 120
_WORD = re.compile(r"[a-z_]+")


@dataclass
class Upgraded:
    """How a home was left, and how it is under the present version."""

    revived: Revived
    told: dict[str, Any] = field(default_factory=dict)
    """What it told once it had started."""
    resumable: dict[str, Any] = field(default_factory=dict)
    """What the dialogs offer to go on with, by what they add."""
    storage: dict[str, Any] = field(default_factory=dict)
    """Its files after it was stopped again."""
    billed: list[dict[str, Any]] = field(default_factory=list)
    """What the utility has billed once the open session had ended."""
    charger: dict[str, Any] = field(default_factory=dict)
    """The charger when it was unplugged."""
    log: str = ""

    @property
    def before(self) -> dict[str, Any]:
        """What the home told before it was stopped by the earlier version."""
        return self.revived.told

    def registered(self, what: str) -> list[dict[str, Any]]:
        """Return what a registry's file held: of an ``entity``, a ``device``."""
        plural = {"entity": "entities", "device": "devices"}[what]
        found: list[dict[str, Any]] = self.revived.storage[f"core.{what}_registry"][plural]
        return found


async def upgrade(kept: Path, folder: Path, nursery: Nursery) -> Upgraded:
    """Start a kept home, look at it, stop it, start it again, end its charging session, and stop it."""
    revived = await asyncio.to_thread(revive, kept, folder, nursery)
    home, found = revived.home, Upgraded(revived)
    async with AsyncExitStack() as stack:
        for simulator in revived.simulators.values():
            stack.push_async_callback(simulator.stop)
            await simulator.start()
        stack.push_async_callback(home.stop)
        control = await stack.enter_async_context(control_of(revived.meter))
        await home.start()
        gone = {each["entity_id"] for each in found.registered("entity") if each["translation_key"] in GONE}
        await _settle(home, found.before, gone)
        found.told = await told.tell(home)
        found.resumable = await _resumable(home, found.before)
        await home.stop()
        found.storage = await asyncio.to_thread(stored, home.folder)

        await home.start()
        await charging.wait_for(home, "binary_sensor.family_car_plug_2", "on")
        found.charger, found.billed = await _end_charging(control)
        await home.stop()
        found.log = await asyncio.to_thread(home.child.log.read_text)
    return found


async def _settle(home: Home, before: dict[str, Any], gone: set[str]) -> None:
    """Wait until all that had a state and is not ``gone`` has one again, and each notice is back, if ever."""
    wanted = {each for each, state in before["states"].items() if state["state"] not in AWAY} - gone
    noticed = {each for each in before["issues"] if each.startswith(f"{DOMAIN}.")}
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        now = {each["entity_id"] for each in await home.states() if each["state"] not in AWAY}
        notices = {f"{each['domain']}.{each['issue_id']}" for each in (await home.ws("repairs/list_issues"))["issues"]}
        if now >= wanted and notices >= noticed:
            break
        await asyncio.sleep(0.5)
    await asyncio.sleep(3)  # for what should not come


async def _resumable(home: Home, before: dict[str, Any]) -> dict[str, Any]:
    """Open the dialogs as a person does who wants to go on; close them again."""
    entry_ids = [each["entry_id"] for each in before["subentries"].values() if each["subentry_type"] == "vehicle"]
    found: dict[str, Any] = {}
    for kind in ("device", "vehicle"):
        result = await home.subentry_start(entry_ids[0], kind)
        found[kind] = result.get("menu_options")
        await home.delete(f"/api/config/config_entries/subentries/flow/{result['flow_id']}")
    result = await home.flow_start(DOMAIN)
    result = await home.flow_step(result["flow_id"], {"next_step_id": "ip"})
    found["hub"] = result
    await home.delete(f"/api/config/config_entries/flow/{result['flow_id']}")
    return found


async def _end_charging(control: Control) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    known = len(await control("GET", "/utility/billing-records"))
    charger = await control("POST", "/chargers/garage/unplug")
    async with asyncio.timeout(_PATIENCE):
        while len(billed := await control("GET", "/utility/billing-records")) == known:  # noqa: ASYNC110
            await asyncio.sleep(0.5)
    return dict(charger), list(billed)


def instants(value: Any) -> Any:
    """Return a value with all times in it in UTC, however they are written."""
    if isinstance(value, dict):
        return {instants(key): instants(each) for key, each in value.items()}
    if isinstance(value, list):
        return [instants(each) for each in value]
    if isinstance(value, str) and len(value) > 18 and value[4:5] == value[7:8] == "-" and value[10] == "T":
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return value
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    return value


def said(data: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield all that is said in a file with where it is said: values, and keys that are no words.

    What is empty or no says nothing.
    """
    if isinstance(data, dict):
        for key, each in data.items():
            if not _WORD.fullmatch(key):
                yield f"{path}{key}", key
            yield from said(each, f"{path}{key}.")
    elif isinstance(data, list):
        for number, each in enumerate(data):
            yield from said(each, f"{path}{number}.")
    elif data not in (None, "", 0, False):
        yield path.rstrip("."), json.dumps(instants(data))
