"""The demo has no repair notice of its own making, and setting up what it has leaves none."""

from typing import Any

import pytest

from script.demo_home import registration
from script.demo_home.check import commission, readings
from script.demo_home.home import Home
from script.demo_home.simulator import Simulator

pytestmark = [pytest.mark.timeout(600)]


async def notices(home: Home) -> list[tuple[str, str]]:
    """Return what is under *Repairs*, of whatever integration."""
    issues: list[dict[str, Any]] = (await home.ws("repairs/list_issues"))["issues"]
    return [(each["domain"], each["issue_id"]) for each in issues if not each["ignored"]]


@pytest.mark.use_case("IP-11", "UR-13")
async def test_no_notice_comes_with_the_demo(home: Home, simulator: Simulator) -> None:
    assert await notices(home) == []
    entry = await commission(home, simulator.gateway)
    await readings(home, entry["entry_id"])
    await registration.link_account(home, simulator, entry["entry_id"])
    for device in registration.DEVICES:
        await registration.register(home, entry["entry_id"], device)
    await registration.enrolled(home, len(registration.DEVICES))
    assert await notices(home) == []
