"""A secret that a real home lets out is found wherever that is: the search of ``script/demo --check`` reads it all."""

import pytest

from script.demo_home.check import commission
from script.demo_home.home import Home, free_port
from script.demo_home.leaks import Watch
from script.demo_home.nursery import Nursery
from script.demo_home.simulator import Simulator
from tests.helpers.demo import nursery, simulator

__all__ = ["nursery", "simulator"]
pytestmark = [pytest.mark.timeout(600)]

VIN = "1M8GDM9AXKP042788"
ALWAYS_TOLD = "integration_manifest"
"""What diagnostics have in any case."""


async def test_secret_that_is_let_out_is_found_in_every_place(simulator: Simulator, nursery: Nursery) -> None:
    home = Home(simulator.child.log.with_name("config"), free_port(), nursery=nursery)
    watch = Watch(home)
    try:
        await home.start()
        entry = await commission(home, simulator.gateway)
        await home.post("/api/states/sensor.leak", {"state": "on", "attributes": {"vin": VIN}})
        await home.post("/api/events/utility_han_leak", {"vin": VIN})
        await home.post("/api/services/persistent_notification/create", {"message": f"Your car is {VIN}."})
        line = {"message": f"bound {VIN}", "logger": "custom_components.utility_han", "level": "debug"}
        await home.post("/api/services/system_log/write", line)
        device, *_ = await home.ws("config/device_registry/list")
        await home.ws("config/device_registry/update", device_id=device["id"], name_by_user=VIN)
        home.typed += [{"vin": VIN}, {"password": ALWAYS_TOLD}]
        await watch.read()
    finally:
        await home.stop()
    found = watch.found()
    assert {leak.place.partition(" ")[0] for leak in found if leak.secret.value == VIN} == {
        "config/device_registry/list",
        "event",
        "log",
        "persistent_notification/get",
        "recorder",
        "state",
    }
    assert {leak.place for leak in found if leak.secret.value == ALWAYS_TOLD} >= {
        f"diagnostics /api/diagnostics/config_entry/{entry['entry_id']}"
    }
    assert not any(VIN in str(leak) for leak in found)
    assert {"key_pem", "latitude", "longitude", "pin", "vin"} <= watch.looked_for.keys()
