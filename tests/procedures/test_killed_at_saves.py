"""A device is commissioned, and its registration ended, once, wherever a home is killed meanwhile (IP-6, IP-7)."""

import asyncio

import pytest
from aio2030dot5 import generate_identity

from custom_components.utility_han.gateway.ieee2030_5.client import Ieee2030_5Gateway
from custom_components.utility_han.gateway.ieee2030_5.identity import create_identity
from custom_components.utility_han.procedures import (
    CommissioningRun,
    DeviceCommissioning,
    DeviceMethod,
    Method,
    Outcome,
    RegistrationRun,
    Step,
    commission,
    commission_device,
    deregister,
    take_back,
)
from tests.conftest import SimulatedGateway
from tests.helpers.killed import Disk
from tests.helpers.states import PATIENCE
from tests.procedures.test_commissioning_steps import EMS, connect
from tests.procedures.test_registration import Home
from tests.procedures.test_registration import home as home  # noqa: PLC0414 - the fixture


@pytest.mark.use_case("IP-6", "IP-7", "IP-9", "UR-2")
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("method", [DeviceMethod.IN_BAND, DeviceMethod.REQUEST])
async def test_killed_at_every_save_it_is_commissioned_once(home: Home, method: DeviceMethod, when: str) -> None:
    for stop_at in range(1, 20):
        lfdi = generate_identity().lfdi
        run = DeviceCommissioning(
            method, lfdi, "thermostat", home.pin, home.utility.premise_id, home.gateway.lfdi, pin_accepted=True
        )
        disk = Disk(run, DeviceCommissioning.from_dict, stop_at, when)

        async def commission(run: DeviceCommissioning, disk: Disk[DeviceCommissioning] = disk) -> None:
            async with asyncio.timeout(PATIENCE):
                while True:
                    results = [each async for each in commission_device(home.link, home.client, run, disk.save)]
                    assert results[-1].outcome is not Outcome.FAILED, results[-1]
                    if results[-1].outcome is Outcome.DONE:
                        return
                    await asyncio.sleep(0.02)  # the utility tells the gateway

        await disk.until_done(commission)
        listed = [each.lfdi for each in await home.link.listed_devices() or ()]
        assert listed.count(lfdi) == 1, stop_at
        asked = {entry["idempotency_key"] or "" for entry in await home.utility.log()}
        assert f"{run.id}-commission" in asked or method is not DeviceMethod.REQUEST
        assert disk.run.id == run.id, "one that is asked for anew"
        if not disk.killed:
            break
    posts = [each for each in (await home.gateway.log())["requests"] if each["method"] == "POST"]
    assert len(posts) == (stop_at if method is DeviceMethod.IN_BAND else 0)
    assert stop_at > 3


@pytest.mark.use_case("UR-14")
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("stop_at", [1, 2])
async def test_killed_at_a_save_its_registration_is_ended_once(home: Home, stop_at: int, when: str) -> None:
    run = home.run()
    assert (await home.settle(run)).outcome is Outcome.DONE
    disk = Disk(run, RegistrationRun.from_dict, stop_at, when)
    await disk.until_done(lambda run: deregister(home.client, run, disk.save))
    assert disk.killed
    (there,) = await home.utility.registrations()
    assert there["stage"] == "closed"
    keys = {entry["idempotency_key"] or "" for entry in await home.utility.log()}
    assert {key for key in keys if key.startswith(run.id) and "close" in key} == {f"{run.id}-1-close"}


@pytest.mark.use_case("IP-6", "IP-9")
@pytest.mark.parametrize("when", ["before", "after"])
async def test_killed_at_every_save_home_assistant_is_announced_once_and_knows_that_it_was_by_itself(
    gateway: SimulatedGateway, when: str
) -> None:
    for stop_at in range(1, 20):
        identity = await asyncio.to_thread(create_identity)
        run = CommissioningRun(Method.IN_BAND, EMS, pin=int(gateway.pin))
        disk = Disk(run, CommissioningRun.from_dict, stop_at, when)

        link = await connect(gateway, identity)

        async def take(
            run: CommissioningRun, disk: Disk[CommissioningRun] = disk, link: Ieee2030_5Gateway = link
        ) -> None:
            async with asyncio.timeout(PATIENCE):
                results = [each async for each in commission(link, run, disk.save)]
            assert (results[-1].step, results[-1].outcome) == (Step.IP_11, Outcome.DONE)

        await disk.until_done(take)
        assert disk.run.added_as == identity.lfdi, "else it would be left on the list"
        await take_back(link, disk.run)
        assert (await gateway.describe())["registered"] == []
        log = (await gateway.log())["requests"]
        assert len([each for each in log if each["method"] == "POST" and identity.lfdi.endswith(each["lfdi"])]) == 1
        if not disk.killed:
            break
    assert stop_at > 3
