"""The meter's Price and Messaging clusters."""

from __future__ import annotations

from zigpy import types as t

from simulator.gateway.messages import TextMessage
from simulator.gateway.state import GatewayState
from simulator.household.tariff import Block, blocks
from simulator.zigbee import zcl
from simulator.zigbee.commands import DisplayMessage, GetScheduled, PublishPrice

_US_DOLLAR = 840
_DIGITS = 3
_MAX_MINUTES = 0xFFFE
_NOT_GIVEN = 0xFF
_CONFIRM = 0x80


def current_price(gateway: GatewayState) -> list[PublishPrice]:
    """What Get Current Price is answered with."""
    return [_published(gateway, block) for block in blocks(gateway.meter.household, gateway.clock())[:1]]


def scheduled_prices(gateway: GatewayState, payload: bytes) -> list[PublishPrice]:
    """What Get Scheduled Prices is answered with."""
    asked, _ = GetScheduled.deserialize(payload)
    since = int(asked.start) + zcl.EPOCH if asked.start else gateway.clock()
    found = [block for block in blocks(gateway.meter.household, gateway.clock()) if block.end > since]
    return [_published(gateway, block) for block in found[: asked.events or None]]


def _published(gateway: GatewayState, block: Block) -> PublishPrice:
    return PublishPrice(
        provider_id=1,
        rate_label=t.LVBytes(f"TIER {block.tier}".encode()),
        event_id=block.number,
        current_time=int(gateway.clock()) - zcl.EPOCH,
        unit_of_measure=0,
        currency=_US_DOLLAR,
        digits_and_tier=_DIGITS << 4 | block.tier,
        tiers_and_register_tier=len(gateway.prices) << 4 | block.tier,
        start=block.start - zcl.EPOCH,
        duration=min((block.end - block.start) // 60, _MAX_MINUTES),
        price=gateway.prices[block.tier],
        price_ratio=_NOT_GIVEN,
        generation_price=0xFFFFFFFF,
        generation_price_ratio=_NOT_GIVEN,
    )


def last_message(gateway: GatewayState) -> list[DisplayMessage]:
    """What Get Last Message is answered with: the newest in force, the registration instructions before all others."""
    return [_displayed(number, message) for number, message in gateway.messages.active(gateway.clock())][-1:]


def _displayed(number: int, message: TextMessage) -> DisplayMessage:
    return DisplayMessage(
        message_id=number,
        control=_CONFIRM | message.priority << 2,
        start=message.start - zcl.EPOCH,
        duration=min(-(-message.duration // 60), _MAX_MINUTES),
        message=t.LVBytes(message.text.encode()[:200]),
    )
