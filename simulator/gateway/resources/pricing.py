"""The tariff and its prices for the next day and a half (IEEE 2030.5-2018, Pricing function set)."""

from __future__ import annotations

from simulator.gateway.http import Answer, Request
from simulator.gateway.resources import responses
from simulator.gateway.resources.lists import list_answer, numbered, with_number
from simulator.gateway.resources.routing import Route
from simulator.gateway.state import GatewayState
from simulator.gateway.wire import Fields, link, list_link, render, typed
from simulator.household.tariff import Block, blocks

_PROFILE = "/tp/1"
_COMPONENT = f"{_PROFILE}/rc/1"
_READING_TYPE = "/upt/1/mr/3/rt"  # energy delivered, in Wh
_US_DOLLAR = 840
_MULTIPLIER = -6


def _profile(gateway: GatewayState) -> Fields:
    return {
        "href": _PROFILE,
        "m_rid": typed(gateway.mrid(_PROFILE)),
        "description": "Time of use",
        "currency": typed(_US_DOLLAR),
        "price_power_of_ten_multiplier": typed(_MULTIPLIER),
        "primacy": typed(1),
        "rate_code": "TOU",
        "rate_component_list_link": list_link(f"{_PROFILE}/rc", 1),
        "service_category_kind": typed(0),
    }


def _component(gateway: GatewayState) -> Fields:
    found = blocks(gateway.meter.household, gateway.clock())
    return {
        "href": _COMPONENT,
        "m_rid": typed(gateway.mrid(_COMPONENT)),
        "description": "Energy delivered",
        "active_time_tariff_interval_list_link": list_link(f"{_COMPONENT}/acttti", 1),
        "reading_type_link": link(_READING_TYPE),
        "role_flags": typed(b"\x00\x12"),  # premises aggregation point, revenue quality
        "time_tariff_interval_list_link": list_link(f"{_COMPONENT}/tti", len(found)),
    }


def _interval(gateway: GatewayState, block: Block) -> Fields:
    href = f"{_COMPONENT}/tti/{block.number}"
    active = block.start <= gateway.clock()
    return responses.wanted(gateway.prices_want) | {
        "href": href,
        "m_rid": typed(gateway.mrid(href)),
        "creation_time": typed(gateway.started_at),
        "event_status": {
            "current_status": int(active),
            "date_time": typed(block.start if active else gateway.started_at),
            "potentially_superseded": False,
        },
        "interval": {"duration": block.end - block.start, "start": typed(block.start)},
        "consumption_tariff_interval_list_link": list_link(f"{href}/cti", 1),
        "tou_tier": typed(block.tier),
    }


def _price(gateway: GatewayState, block: Block) -> Fields:
    return {
        "href": f"{_COMPONENT}/tti/{block.number}/cti/1",
        "consumption_block": typed(0),
        "price": gateway.prices[block.tier],
        "start_value": 0,
    }


async def _profiles(gateway: GatewayState, request: Request) -> Answer:
    return list_answer(gateway, request, "TariffProfileList", "tariff_profile", [gateway], _profile, polled=True)


async def _one_profile(gateway: GatewayState, _request: Request, number: int) -> Answer:
    return Answer(body=render("TariffProfile", _profile(numbered([gateway], number))))


async def _components(gateway: GatewayState, request: Request) -> Answer:
    return list_answer(gateway, request, "RateComponentList", "rate_component", [gateway], _component)


async def _one_component(gateway: GatewayState, _request: Request, number: int) -> Answer:
    return Answer(body=render("RateComponent", _component(numbered([gateway], number))))


def _intervals(gateway: GatewayState, request: Request, found: list[Block]) -> Answer:
    return list_answer(
        gateway, request, "TimeTariffIntervalList", "time_tariff_interval", found,
        lambda block: _interval(gateway, block), time_of=lambda block: block.start,
    )  # fmt: skip


async def _all_intervals(gateway: GatewayState, request: Request) -> Answer:
    return _intervals(gateway, request, blocks(gateway.meter.household, gateway.clock()))


async def _active_intervals(gateway: GatewayState, request: Request) -> Answer:
    return _intervals(gateway, request, blocks(gateway.meter.household, gateway.clock())[:1])


def _block(gateway: GatewayState, number: int) -> Block:
    return with_number(blocks(gateway.meter.household, gateway.clock()), number, "interval")


async def _one_interval(gateway: GatewayState, _request: Request, number: int) -> Answer:
    return Answer(body=render("TimeTariffInterval", _interval(gateway, _block(gateway, number))))


async def _prices(gateway: GatewayState, request: Request, number: int) -> Answer:
    found = [_block(gateway, number)]
    return list_answer(
        gateway, request, "ConsumptionTariffIntervalList", "consumption_tariff_interval", found,
        lambda block: _price(gateway, block),
    )  # fmt: skip


async def _one_price(gateway: GatewayState, _request: Request, number: int, item: int) -> Answer:
    return Answer(body=render("ConsumptionTariffInterval", _price(gateway, numbered([_block(gateway, number)], item))))


def _served(gateway: GatewayState) -> bool:
    return gateway.settings.personality.pricing


ROUTES = tuple(
    Route("GET", path, handler, when=_served)
    for path, handler in (
        ("/tp", _profiles),
        ("/tp/{number}", _one_profile),
        ("/tp/1/rc", _components),
        ("/tp/1/rc/{number}", _one_component),
        ("/tp/1/rc/1/tti", _all_intervals),
        ("/tp/1/rc/1/acttti", _active_intervals),
        ("/tp/1/rc/1/tti/{number}", _one_interval),
        ("/tp/1/rc/1/tti/{number}/cti", _prices),
        ("/tp/1/rc/1/tti/{number}/cti/{item}", _one_price),
    )
)
