"""A poll of many devices, each of which needs a connection of its own, ends in time: the rest come with the next."""

from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest
from homeassistant.core import HomeAssistant

from custom_components.utility_han.devices import polled
from custom_components.utility_han.devices.store import Record
from custom_components.utility_han.esi import DemandResponseProgram
from custom_components.utility_han.gateway import Listed, ListedDevice
from custom_components.utility_han.procedures import RegistrationRun

SECONDS = 3.0
"""What a connection, and the pause before it, take."""
LFDIS = [f"{number:040X}" for number in range(1, 51)]


class Home:
    """Devices that only the gateway tells of, and a clock that goes on with each one that is asked for."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.asked: list[str] = []
        records = {lfdi: Record(RegistrationRun(lfdi, "switch", "", "", ""), lfdi, {}, lfdi) for lfdi in LFDIS}
        self.registrar: Any = SimpleNamespace(
            registrations=SimpleNamespace(records=records),
            registers=lambda _: False,
            account=SimpleNamespace(utility=SimpleNamespace(offers=lambda _: True)),
            bring_up_to_date=lambda _: None,
            async_save=self.nothing,
            async_settled=self.nothing,
        )

    async def nothing(self, *_: object) -> None:
        """Nobody keeps or shows it here."""

    async def device_programs(self, href: str) -> list[DemandResponseProgram]:
        """Take a while."""
        self.now += SECONDS
        self.asked.append(href)
        return []


@pytest.mark.use_case("IP-9", "UR-P")
async def test_devices_that_only_the_gateway_tells_of_are_looked_at_in_turn(hass: HomeAssistant) -> None:
    home = Home()
    hub: Any = SimpleNamespace(entry=None, gateway=home, coordinator=SimpleNamespace(data=None))
    part = polled.ListedDevices(hass, hub, home.registrar)
    listed = Listed([ListedDevice(lfdi, "", f"/edev/{number}") for number, lfdi in enumerate(LFDIS)])
    with patch.object(polled, "monotonic", lambda: home.now):
        for _ in range(8):
            before = home.now
            await part._look(listed)
            assert home.now - before < 30, "a poll must not take minutes"
    assert len(set(home.asked[: len(LFDIS)])) == len(LFDIS), "all of them before one a second time"
