"""UsagePoint down to Reading (IEEE 2030.5-2018 clause 10.6)."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from simulator.gateway.http import Answer, Request
from simulator.gateway.resources.lists import list_answer, numbered
from simulator.gateway.resources.routing import RequestError, Route
from simulator.gateway.state import GatewayState
from simulator.gateway.wire import Fields, link, list_link, render, typed
from simulator.household.channels import CHANNELS, SUMMATION, Channel, Shape
from simulator.household.meter import INTERVAL

_VALID = b"\x00\x01"
_POINT = "/upt/1"


@dataclass(frozen=True, slots=True)
class _Sample:
    """One Reading: its time (Unix) and length in seconds are left out of interval data, as in the field."""

    value: int | None
    start: int
    duration: int | None = None
    tier: int | None = None
    slot: int | None = None

    def fields(self, href: str) -> Fields:
        if self.value is None:
            return {"href": href}
        fields: Fields = {"href": href, "value": self.value, "quality_flags": _VALID}
        if self.duration is not None:
            fields["time_period"] = {"duration": self.duration, "start": typed(self.start)}
        if self.tier is not None:
            fields["tou_tier"] = typed(self.tier)
        if self.slot is not None:
            fields["local_id"] = self.slot.to_bytes(2)
        return fields


@dataclass(frozen=True, slots=True)
class _Set:
    """One ReadingSet: when it starts (Unix time), how many seconds it covers, how many readings it has."""

    start: int
    duration: int
    count: int


def _channel(number: int) -> Channel:
    if number not in CHANNELS:
        raise RequestError(404, "no such resource")
    return CHANNELS[number]


def _href(channel: Channel) -> str:
    return f"{_POINT}/mr/{channel.number}"


def _sets(gateway: GatewayState, channel: Channel) -> list[_Set]:
    now, installed = int(time.time()), int(gateway.meter.installed_at)
    if channel.shape is Shape.INSTANT:
        raise RequestError(404, "no such resource")
    if channel.shape is Shape.INTERVALS:
        return [_Set(each.start, each.count * INTERVAL, each.count) for each in gateway.meter.interval_sets(now)]
    return [_Set(installed, now - installed, len(channel.tiers))]


def _samples(gateway: GatewayState, request: Request, channel: Channel, of: _Set | None = None) -> list[_Sample]:
    """The readings of a set, or the one of a channel without sets; faults in values included."""
    meter, now = gateway.meter, time.time()
    if of is not None and channel.shape is Shape.INTERVALS:
        starts = [of.start + slot * INTERVAL for slot in range(of.count)]
        samples = [_Sample(channel.value(meter, start, 0), start, slot=n) for n, start in enumerate(starts)]
    else:
        tiers: tuple[int | None, ...] = channel.tiers if channel.shape is Shape.TIERS else (None,)
        samples = [_Sample(channel.value(meter, now, tier or 0), int(now), 0, tier) for tier in tiers]
    if channel.accumulation == SUMMATION:
        shown = gateway.faults.registers(request.path)
        samples = [replace(sample, value=shown(sample.value or 0)) for sample in samples]
    if channel.number == 1 and (spike := gateway.faults.take("spike", request.path)):
        samples = [replace(sample, value=spike["watts"]) for sample in samples]
    if gateway.faults.take("empty_reading", request.path):
        samples = [replace(sample, value=None) for sample in samples]
    return samples


def _usage_point(gateway: GatewayState) -> Fields:
    return {
        "href": _POINT,
        "m_rid": typed(gateway.mrid(_POINT)),
        "description": "Electric",
        "role_flags": typed(b"\x00\x12"),  # premises aggregation point, revenue quality
        "service_category_kind": typed(0),  # electricity
        "status": 1,  # on
        "device_lfdi": bytes.fromhex(gateway.identity.lfdi),
        "meter_reading_list_link": list_link(f"{_POINT}/mr", len(CHANNELS)),
    }


async def _usage_points(gateway: GatewayState, request: Request) -> Answer:
    return list_answer(gateway, request, "UsagePointList", "usage_point", [gateway], _usage_point, polled=True)


async def _point(gateway: GatewayState, _request: Request) -> Answer:
    return Answer(body=render("UsagePoint", _usage_point(gateway)))


def _meter_reading(gateway: GatewayState, channel: Channel) -> Fields:
    href = _href(channel)
    fields: Fields = {
        "href": href,
        "m_rid": typed(gateway.mrid(href)),
        "description": channel.description,
        "reading_type_link": link(f"{href}/rt"),
    }
    if channel.shape is not Shape.INTERVALS:
        fields["reading_link"] = link(f"{href}/r")
    if channel.shape is not Shape.INSTANT:
        fields["reading_set_list_link"] = list_link(f"{href}/rs", len(_sets(gateway, channel)))
    return fields


async def _meter_readings(gateway: GatewayState, request: Request) -> Answer:
    return list_answer(
        gateway, request, "MeterReadingList", "meter_reading", list(CHANNELS.values()),
        lambda channel: _meter_reading(gateway, channel),
    )  # fmt: skip


async def _one_meter_reading(gateway: GatewayState, _request: Request, channel: int) -> Answer:
    return Answer(body=render("MeterReading", _meter_reading(gateway, _channel(channel))))


async def _reading_type(_gateway: GatewayState, request: Request, channel: int) -> Answer:
    found = _channel(channel)
    fields: Fields = {
        "href": request.path,
        "accumulation_behaviour": typed(found.accumulation),
        "commodity": typed(1),  # electricity, secondary metered
        "data_qualifier": typed(found.qualifier),
        "flow_direction": typed(found.flow),
        "interval_length": found.interval_length,
        "kind": typed(found.kind),
        "number_of_consumption_blocks": 0,
        "number_of_tou_tiers": len(found.tiers) - 1,
        "phase": typed(found.phase),
        "power_of_ten_multiplier": typed(found.multiplier),
        "uom": typed(found.uom),
    }
    return Answer(body=render("ReadingType", fields))


async def _reading(gateway: GatewayState, request: Request, channel: int) -> Answer:
    """The Reading of a channel that has one now: of a register with tiers its total (tier 0)."""
    found = _channel(channel)
    if found.shape is Shape.INTERVALS:
        raise RequestError(404, "no such resource")
    sample = _samples(gateway, request, found)[0]
    return Answer(body=render("Reading", sample.fields(request.path)))


def _reading_set(gateway: GatewayState, channel: Channel, number: int, each: _Set) -> Fields:
    href = f"{_href(channel)}/rs/{number}"
    return {
        "href": href,
        "m_rid": typed(gateway.mrid(f"{_href(channel)}/{each.start}")),
        "description": channel.description,
        "time_period": {"duration": each.duration, "start": typed(each.start)},
        "reading_list_link": list_link(f"{href}/r", each.count),
    }


async def _reading_sets(gateway: GatewayState, request: Request, channel: int) -> Answer:
    found = _channel(channel)
    return list_answer(
        gateway, request, "ReadingSetList", "reading_set", list(enumerate(_sets(gateway, found), 1)),
        lambda entry: _reading_set(gateway, found, *entry), time_of=lambda entry: entry[1].start,
    )  # fmt: skip


async def _one_reading_set(gateway: GatewayState, _request: Request, channel: int, number: int) -> Answer:
    found = _channel(channel)
    each = numbered(_sets(gateway, found), number)
    return Answer(body=render("ReadingSet", _reading_set(gateway, found, number, each)))


async def _readings(gateway: GatewayState, request: Request, channel: int, number: int) -> Answer:
    found = _channel(channel)
    samples = _samples(gateway, request, found, numbered(_sets(gateway, found), number))
    return list_answer(
        gateway, request, "ReadingList", "reading", list(enumerate(samples, 1)),
        lambda entry: entry[1].fields(f"{request.path}/{entry[0]}"), time_of=lambda entry: entry[1].start,
    )  # fmt: skip


async def _one_reading(gateway: GatewayState, request: Request, channel: int, number: int, item: int) -> Answer:
    found = _channel(channel)
    samples = _samples(gateway, request, found, numbered(_sets(gateway, found), number))
    return Answer(body=render("Reading", numbered(samples, item).fields(request.path)))


ROUTES = (
    Route("GET", "/upt", _usage_points),
    Route("GET", "/upt/1", _point),
    Route("GET", "/upt/1/mr", _meter_readings),
    Route("GET", "/upt/1/mr/{channel}", _one_meter_reading),
    Route("GET", "/upt/1/mr/{channel}/rt", _reading_type),
    Route("GET", "/upt/1/mr/{channel}/r", _reading),
    Route("GET", "/upt/1/mr/{channel}/rs", _reading_sets),
    Route("GET", "/upt/1/mr/{channel}/rs/{number}", _one_reading_set),
    Route("GET", "/upt/1/mr/{channel}/rs/{number}/r", _readings),
    Route("GET", "/upt/1/mr/{channel}/rs/{number}/r/{item}", _one_reading),
)
