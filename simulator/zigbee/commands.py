"""The commands of the Smart Energy clusters as they are on the wire (Zigbee Smart Energy 1.4, annex D)."""

from __future__ import annotations

from zigpy import types as t


class PublishPrice(t.Struct):
    """Price, D.4.2.4.1, as far as SE 1.0 goes; ``duration`` is in minutes."""

    provider_id: t.uint32_t
    rate_label: t.LVBytes
    event_id: t.uint32_t
    current_time: t.UTCTime
    unit_of_measure: t.uint8_t
    currency: t.uint16_t
    digits_and_tier: t.uint8_t
    tiers_and_register_tier: t.uint8_t
    start: t.UTCTime
    duration: t.uint16_t
    price: t.uint32_t
    price_ratio: t.uint8_t
    generation_price: t.uint32_t
    generation_price_ratio: t.uint8_t


class GetScheduled(t.Struct):
    """Get Scheduled Prices (D.4.2.3.2) and Get Scheduled Events (D.2.2.4.2); 0 events are all."""

    start: t.UTCTime
    events: t.uint8_t


class LoadControlEvent(t.Struct):
    """Demand Response and Load Control, D.2.2.3.1; ``duration`` is in minutes, a start of 0 is now."""

    event_id: t.uint32_t
    device_class: t.uint16_t
    group: t.uint8_t
    start: t.UTCTime
    duration: t.uint16_t
    criticality: t.uint8_t
    cooling_offset: t.uint8_t
    heating_offset: t.uint8_t
    cooling_setpoint: t.int16s
    heating_setpoint: t.int16s
    load_adjustment: t.int8s
    duty_cycle: t.uint8_t
    event_control: t.uint8_t


class CancelLoadControlEvent(t.Struct):
    """Demand Response and Load Control, D.2.2.3.2; an effective time of 0 is now."""

    event_id: t.uint32_t
    device_class: t.uint16_t
    group: t.uint8_t
    cancel_control: t.uint8_t
    effective: t.UTCTime


class ReportEventStatus(t.Struct):
    """Demand Response and Load Control, D.2.2.4.1; the signature follows."""

    event_id: t.uint32_t
    status: t.uint8_t
    time: t.UTCTime
    criticality: t.uint8_t
    cooling_setpoint: t.int16s
    heating_setpoint: t.int16s
    load_adjustment: t.int8s
    duty_cycle: t.uint8_t
    event_control: t.uint8_t
    signature_type: t.uint8_t


class DisplayMessage(t.Struct):
    """Messaging, D.5.2.3.1; ``duration`` is in minutes."""

    message_id: t.uint32_t
    control: t.uint8_t
    start: t.UTCTime
    duration: t.uint16_t
    message: t.LVBytes


class CancelMessage(t.Struct):
    """Messaging, D.5.2.3.2."""

    message_id: t.uint32_t
    control: t.uint8_t


class FastPoll(t.Struct):
    """Metering, Request Fast Poll Mode, D.3.3.1.4."""

    period: t.uint8_t
    minutes: t.uint8_t


class FastPollResponse(t.Struct):
    """Metering, D.3.3.2.4."""

    period: t.uint8_t
    end: t.UTCTime


class GetProfile(t.Struct):
    """Metering, D.3.3.1.1; the end time 0 is now."""

    channel: t.uint8_t
    end: t.UTCTime
    periods: t.uint8_t


class GetProfileResponse(t.Struct):
    """Metering, D.3.3.2.1; the values, of 24 bits each and newest first, follow."""

    end: t.UTCTime
    status: t.uint8_t
    interval: t.uint8_t
    periods: t.uint8_t
