"""Devices that speak for themselves: a client of their own, over TLS, with a certificate of their own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import pytest
from aio2030dot5.identity import Identity

from simulator.gateway.wire import render, typed
from tests.helpers.states import eventually
from tests.simulator.conftest import Control, OpenHttp


class Bench:
    """A gateway and a device near it."""

    def __init__(self, control: Control, gateway: dict[str, Any], device: dict[str, Any]) -> None:
        self.control = control
        self.gateway = gateway
        self.path = f"/gateways/{gateway['id']}"
        self.lfdi: str = device["lfdi"]
        self.pin: str = device["pin"]

    async def register(self, pin: str | None = None) -> None:
        """The utility tells the gateway of the device, by its label."""
        await self.control.call("POST", f"{self.path}/registrations", {"lfdi": self.lfdi, "pin": pin or self.pin})
        await self.control.call("PUT", f"{self.path}/programs/1/devices/{self.lfdi}")

    async def publish(self, **control: Any) -> dict[str, Any]:
        """Put a control up."""
        return dict(await self.control.call("POST", f"{self.path}/controls", {"duration": 60, **control}))

    async def answers(self, control: dict[str, Any]) -> list[int]:
        """The statuses that were answered to a control by the device's own certificate."""
        told = await self.control.call("GET", f"{self.path}/responses")
        return [
            each["status"]
            for each in told
            if (each["mrid"], each["lfdi"], each["client"]) == (control["mrid"], self.lfdi, self.lfdi)
        ]

    async def until(self, control: dict[str, Any], statuses: list[int]) -> None:
        """Wait until the device has answered so."""
        await eventually(partial(self.answers, control), lambda told: told == statuses)

    async def set(self, **how: Any) -> None:
        """Have the device answer, or not."""
        await self.control.call("PATCH", f"{self.path}/registrations/{self.lfdi}", how)

    async def requests(self) -> list[dict[str, Any]]:
        """What the device asked its gateway for."""
        log = await self.control.call("GET", f"{self.path}/log")
        return [each for each in log["requests"] if each["lfdi"] == self.lfdi[-6:]]


@pytest.fixture(params=["both", "out-of-band"])
async def bench(control: Control, request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    gateway = await control.gateway(registration=request.param)
    device = await control.call(
        "POST", f"/gateways/{gateway['id']}/devices", {"poll_seconds": 0.05, "category": 1}, status=201
    )
    yield Bench(control, gateway, device)
    await control.call("DELETE", f"/gateways/{gateway['id']}")


async def test_device_answers_what_is_meant_for_it(bench: Bench) -> None:
    """EndDeviceControl.responseRequired (sep.xsd): received, and specific; none where deviceCategory differs."""
    await bench.register()
    control = await bench.publish(duration=3, duty_cycle=50)
    await bench.until(control, [1, 2, 3])
    (first, *_) = await bench.control.call("GET", f"{bench.path}/responses")
    assert first["extras"] == {"duty_cycle": 50}, "DrResponse echoes what was applied"
    other = await bench.publish(device_category=2, start_in=100)
    mine = await bench.publish(device_category=3, start_in=1000)
    await bench.until(mine, [1])
    assert await bench.answers(other) == []
    await bench.control.call("POST", f"{bench.path}/controls/{mine['number']}/cancel")
    await bench.until(mine, [1, 6])


async def test_device_that_is_dead_is_not_heard(bench: Bench) -> None:
    await bench.register()
    await bench.until(await bench.publish(), [1, 2])
    await bench.set(answering=False)
    before = await bench.requests()
    control = await bench.publish(start_in=100)
    await asyncio.sleep(0.3)
    assert await bench.answers(control) == []
    assert await bench.requests() == before
    await bench.set(answering=True)
    await bench.until(control, [1])


async def test_device_believes_no_gateway_that_holds_another_pin(bench: Bench) -> None:
    """Registration.pIN (sep.xsd) is the PIN associated with the device, which is on its label: it compares."""
    await bench.register("000000" if bench.pin != "000000" else "123455")
    control = await bench.publish()
    await eventually(bench.requests, lambda made: any(each["path"].endswith("/rg") for each in made))
    await asyncio.sleep(0.2)
    assert await bench.answers(control) == []
    await bench.register()
    await bench.until(control, [1, 2])


async def test_silence_of_a_device_that_another_speaks_for_is_not_made_here(bench: Bench) -> None:
    lfdi = "AB" * 20
    await bench.control.call("POST", f"{bench.path}/registrations", {"lfdi": lfdi})
    path = f"{bench.path}/registrations/{lfdi}"
    told = await bench.control.call("PATCH", path, {"answering": False}, status=409)
    assert "does not answer for itself" in told["error"]
    await bench.control.call("DELETE", f"{bench.path}/devices/{bench.lfdi}", status=204)
    await bench.control.call("DELETE", f"{bench.path}/devices/{bench.lfdi}", status=404)


async def test_gateway_knows_who_can_have_said_something(
    control: Control, client: Identity, stranger: Identity, open_http: OpenHttp
) -> None:
    """Only its own certificate, and the client that announced it, are heard for a device."""
    gateway = await control.gateway(registration="both")
    state = control.installed(gateway).state
    path, device = f"/gateways/{gateway['id']}", "AB" * 20
    for lfdi in (client.lfdi, stranger.lfdi):
        await control.call("POST", f"{path}/registrations", {"lfdi": lfdi})
    home, other = await open_http(gateway, client), await open_http(gateway, stranger)
    announcement = render(
        "EndDevice",
        {
            "l_fdi": bytes.fromhex(device),
            "s_fdi": typed(int(device[:9], 16) * 10 + -sum(map(int, str(int(device[:9], 16)))) % 10),
            "changed_time": typed(0),
        },
    )
    status, _, headers = await home.call("POST", "/edev", announcement)
    assert status == 201
    announced = state.contacts.last(device)
    assert announced is not None
    assert announced.client == client.lfdi

    status, _, _ = await other.call("GET", headers["Location"])
    assert status == 200
    await control.call("PUT", f"{path}/programs/1/devices/{device}")
    event = await control.call("POST", f"{path}/controls", {})
    answer = render(
        "DrResponse",
        {"end_device_lfdi": bytes.fromhex(device), "status": 1, "subject": typed(bytes.fromhex(event["mrid"]))},
    )
    await other.call("POST", "/rsps/1/rsp", answer)
    assert state.contacts.last(device) == announced, "what a stranger says of the device is not the device's"
    await home.call("POST", "/rsps/1/rsp", answer)
    heard = state.contacts.last(device)
    assert heard is not None
    assert (heard.client, heard.what) == (client.lfdi, "Response")
    await control.call("DELETE", f"{path}/registrations/{device}")
    assert state.contacts.last(device) is None
