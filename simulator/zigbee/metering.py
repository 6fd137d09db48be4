"""The meter's Basic, Time and Metering clusters."""

from __future__ import annotations

import time
from typing import Any

from zigpy import types as t
from zigpy.zcl.clusters.smartenergy import (
    MeteringDeviceType,
    MeteringStatus,
    MeteringUnitofMeasure,
    NumberFormatting,
)

from simulator.gateway.state import GatewayState
from simulator.household.household import TIERS
from simulator.household.meter import INTERVAL
from simulator.zigbee import zcl
from simulator.zigbee.commands import FastPoll, FastPollResponse, GetProfile, GetProfileResponse

_FLOWS = ("delivered", "received")
_QUARTER_HOUR = 3
_MAX_PERIODS = 24
_FAST_SECONDS, _FAST_MINUTES = 5, 15
_INT24 = 2**23
_ELECTRIC, _MIRRORED_GAS = MeteringDeviceType.Electric_Metering, MeteringDeviceType.Mirrored_Gas_Metering
_GAS_USED = 7_654_321


def basic(gateway: GatewayState) -> dict[int, Any]:
    """The attributes of Basic."""
    kind = gateway.settings.personality
    return {
        0x0000: t.uint8_t(3),
        0x0003: t.uint8_t(1),
        0x0004: t.CharacterString(kind.manufacturer or "Simulated"),
        0x0005: t.CharacterString(kind.model or "SE meter"),
        0x4000: t.CharacterString(kind.software_version),
    }


def clock(gateway: GatewayState) -> dict[int, Any]:
    """The attributes of Time."""
    return {0x0000: t.UTCTime(int(gateway.clock()) - zcl.EPOCH), 0x0001: t.bitmap8(0b11)}


def metering(gateway: GatewayState) -> dict[int, Any]:
    """The attributes of Metering: kWh with three decimal places, which is Wh, unless the scale is another."""
    formatting = NumberFormatting(
        num_digits_right_of_decimal=3, num_digits_left_of_decimal=6, suppress_leading_zeros=1
    )
    status = gateway.faults.peek("meter_status")
    multiplier, divisor = _scale(gateway)
    found: dict[int, Any] = {
        0x0200: MeteringStatus(status["flags"] if status else 0),
        0x0300: MeteringUnitofMeasure.Kwh_and_Kwh_binary,
        0x0301: t.uint24_t(multiplier),
        0x0302: t.uint24_t(divisor),
        0x0303: formatting,
        0x0304: formatting,
        0x0306: _ELECTRIC,
        0x0308: t.LVBytes(gateway.identity.sfdi.encode()),
    }
    if gateway.faults.take("empty_reading"):
        return found
    now, meter = time.time(), gateway.meter
    spike = gateway.faults.take("spike")
    power = _raw(gateway, spike["watts"] if spike else meter.power(now))
    found[0x0400] = t.int24s(max(-_INT24, min(power, _INT24 - 1)))
    shown = gateway.faults.registers()
    for number, flow in enumerate(_FLOWS):
        found[number] = t.uint48_t(_raw(gateway, shown(meter.summation(flow, now))))
        for tier in TIERS:
            value = _raw(gateway, shown(meter.summation(flow, now, tier)))
            found[0x0100 + 2 * (tier - 1) + number] = t.uint48_t(value)
    found[0x000A] = t.uint8_t(gateway.settings.poll_rate or 30)
    found[0x000B] = t.uint8_t(_FAST_SECONDS)
    return found


def _scale(gateway: GatewayState) -> tuple[int, int]:
    """Multiplier and Divisor."""
    other = gateway.faults.peek("other_scale")
    return (other["multiplier"], other["divisor"]) if other else (1, 1000)


def _raw(gateway: GatewayState, value: int) -> int:
    """What the meter says for a value in W or Wh."""
    multiplier, divisor = _scale(gateway)
    return value * (divisor or 1) // ((multiplier or 1) * 1000)


def gas(gateway: GatewayState) -> dict[int, Any]:
    """The attributes of Metering that the meter mirrors for the gas meter, which counts in kWh as well."""
    found = metering(gateway)
    shown = {number: found[number] for number in (0x0300, 0x0301, 0x0302, 0x0303, 0x0304)}
    return shown | {0x0000: t.uint48_t(_GAS_USED), 0x0400: t.int24s(0), 0x0306: _MIRRORED_GAS}


def fast_poll(gateway: GatewayState, payload: bytes) -> t.Struct:
    """The answer to Request Fast Poll Mode: granted for at most 15 minutes."""
    asked, _ = FastPoll.deserialize(payload)
    end = int(gateway.clock()) - zcl.EPOCH + min(asked.minutes, _FAST_MINUTES) * 60
    return FastPollResponse(period=max(asked.period, _FAST_SECONDS), end=end)


def profile(gateway: GatewayState, payload: bytes) -> t.Struct:
    """The answer to Get Profile, with its values: quarters of an hour, newest first."""
    asked, _ = GetProfile.deserialize(payload)
    now = time.time()
    end = min(int(asked.end) + zcl.EPOCH if asked.end else now, now)
    last = int(end // INTERVAL) * INTERVAL
    flow = _FLOWS[min(asked.channel, 1)]
    count = min(asked.periods, _MAX_PERIODS)
    starts = [last - INTERVAL * (back + 1) for back in range(count)]
    values = b"".join(t.uint24_t(_raw(gateway, gateway.meter.interval(flow, start))).serialize() for start in starts)
    head = GetProfileResponse(end=t.UTCTime(last - zcl.EPOCH), status=0, interval=_QUARTER_HOUR, periods=len(starts))
    return t.SerializableBytes(head.serialize() + values)
