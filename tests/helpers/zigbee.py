"""Clients of a meter's network, and frames that anyone on it may send."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from zigpy import types as t
from zigpy.zcl.foundation import Attribute, Direction, GeneralCommand, ZCLHeader

from custom_components.utility_han.esi import DemandResponseProgram
from custom_components.utility_han.gateway.zigbee.client import EzspGateway
from custom_components.utility_han.gateway.zigbee.radio import Radio
from simulator.zigbee import zcl
from simulator.zigbee.commands import CancelLoadControlEvent, LoadControlEvent
from tests.conftest import SimulatedGateway
from tests.helpers.states import PATIENCE, eventually

PRICE, DRLC, METERING, MESSAGING, KEY_ESTABLISHMENT, TIME = 0x0700, 0x0701, 0x0702, 0x0703, 0x0800, 0x000A
POOL_PUMP, WATER_HEATER = 1 << 3, 1 << 2
"""Device classes (table D.2)."""
POOL_PUMP_CATEGORY = 16
"""DeviceCategoryType of IEEE 2030.5 for a pool pump."""


def opened(gateway: SimulatedGateway, *, known: bool = False) -> EzspGateway:
    """A client of the gateway's EZSP radio."""
    assert gateway.zigbee is not None
    radio = gateway.radio()
    network = gateway.zigbee["eui64"] if known else None
    return EzspGateway(Radio(radio["url"]), bytes.fromhex(radio["install_code"]), network)


@asynccontextmanager
async def joined(gateway: SimulatedGateway) -> AsyncIterator[EzspGateway]:
    """A client whose radio has joined the gateway's Zigbee network."""
    await gateway.permit()
    link = opened(gateway)
    assert (await link.identify()).accepts_us
    await link.discover_registers()
    yield link
    await link.close()


async def until[T](read: Callable[[], T | None]) -> T:
    """Wait for what is told over the air."""
    async with asyncio.timeout(PATIENCE):
        while not (found := read()):  # noqa: ASYNC110 - it is told over the air
            await asyncio.sleep(0.02)
    return found


async def enrolled(link: EzspGateway, gateway: SimulatedGateway) -> tuple[str, DemandResponseProgram]:
    """Announce a pool pump (endpoint 2), and enroll it in program 2; return its identifier and its program."""
    lfdi = link.unused_lfdi([])
    assert lfdi is not None
    href = await link.announce(POOL_PUMP_CATEGORY, lfdi)
    await gateway.enroll(lfdi, 2)
    programs = await eventually(partial(link.device_programs, href))  # the meter writes the group
    return lfdi, programs[0]


def seconds(after: timedelta = timedelta(0)) -> int:
    """A UTCTime from now."""
    return int((datetime.now(UTC) + after).timestamp()) - zcl.EPOCH


def event(number: int = 0x51, **other: int) -> bytes:
    """A Load Control Event for pool pumps of group 2, of an hour, from now on."""
    said: dict[str, int] = {
        "event_id": number,
        "device_class": POOL_PUMP,
        "group": 2,
        "start": 0,
        "duration": 60,
        "criticality": 3,
        "cooling_offset": 0xFF,
        "heating_offset": 0xFF,
        "cooling_setpoint": -0x8000,
        "heating_setpoint": -0x8000,
        "load_adjustment": -0x80,
        "duty_cycle": 50,
        "event_control": 0,
    }
    return zcl.command(1, 0x00, LoadControlEvent(**said | other))


def cancel(number: int = 0x51, **other: int) -> bytes:
    """A Cancel Load Control Event for the same."""
    said = {"event_id": number, "device_class": POOL_PUMP, "group": 2, "cancel_control": 0, "effective": 0}
    return zcl.command(2, 0x01, CancelLoadControlEvent(**said | other))


def attributes(command: GeneralCommand, values: dict[int, Any]) -> bytes:
    """A Write Attributes or Report Attributes to a client."""
    header = ZCLHeader.general(3, command, direction=Direction.Server_to_Client)
    records = (Attribute(t.uint16_t(number), zcl.type_value(value)).serialize() for number, value in values.items())
    return bytes(header.serialize() + b"".join(records))
