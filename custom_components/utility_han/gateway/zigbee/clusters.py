"""The Smart Energy clusters with the attributes and commands that zigpy has no definitions of.

Zigbee Smart Energy 1.4, annexes C and D. They stay out of zigpy's registry: what ZHA sees of zigpy is as it was.
"""

from typing import Final

from zigpy import types as t
from zigpy.zcl.clusters import general, smartenergy
from zigpy.zcl.foundation import BaseAttributeDefs, BaseCommandDefs, ZCLAttributeDef, ZCLCommandDef

PROFILE: Final = 0x0109
Basic = general.Basic
Time = general.Time


class Metering(smartenergy.Metering):
    """D.3, with Get Profile and fast polling."""

    _skip_registry = True

    class ServerCommandDefs(BaseCommandDefs):
        """What a client asks (D.3.3.1)."""

        get_profile: Final = ZCLCommandDef(
            id=0x00, schema={"interval_channel": t.uint8_t, "end_time": t.UTCTime, "periods": t.uint8_t}
        )
        request_fast_poll_mode: Final = ZCLCommandDef(
            id=0x03, schema={"update_period": t.uint8_t, "duration_minutes": t.uint8_t}
        )

    class ClientCommandDefs(BaseCommandDefs):
        """What the meter answers (D.3.3.2); after a profile's head come its intervals, 24 bits each, newest first."""

        get_profile_response: Final = ZCLCommandDef(
            id=0x00,
            schema={
                "end_time": t.UTCTime,
                "status": t.uint8_t,
                "interval_period": t.uint8_t,
                "periods": t.uint8_t,
                "intervals": t.Bytes,
            },
        )
        request_fast_poll_mode_response: Final = ZCLCommandDef(
            id=0x03, schema={"applied_update_period": t.uint8_t, "end_time": t.UTCTime}
        )


class PriceCluster(smartenergy.Price):
    """D.4; of its attributes the tier labels alone."""

    _skip_registry = True

    class AttributeDefs(BaseAttributeDefs):
        """Of the meter, the Tier Label set (D.4.2.2.1); that of tier N is N - 1 further on."""

        tier1_price_label: Final = ZCLAttributeDef(id=0x0000, type=t.LVBytes, access="r")

    class ServerCommandDefs(BaseCommandDefs):
        """What a client asks (D.4.2.3)."""

        get_current_price: Final = ZCLCommandDef(id=0x00, schema={"options": t.bitmap8})
        get_scheduled_prices: Final = ZCLCommandDef(id=0x01, schema={"start_time": t.UTCTime, "events": t.uint8_t})

    class ClientCommandDefs(BaseCommandDefs):
        """What the meter tells (D.4.2.4); SE 1.1 and later add fields that are not needed."""

        publish_price: Final = ZCLCommandDef(
            id=0x00,
            schema={
                "provider_id": t.uint32_t,
                "rate_label": t.LVBytes,
                "issuer_event_id": t.uint32_t,
                "current_time": t.UTCTime,
                "unit_of_measure": t.uint8_t,
                "currency": t.uint16_t,
                "trailing_digit_and_tier": t.uint8_t,
                "tiers_and_register_tier": t.uint8_t,
                "start_time": t.UTCTime,
                "duration_minutes": t.uint16_t,
                "price": t.uint32_t,
            },
        )


class Drlc(smartenergy.Drlc):
    """D.2, the client's attributes and both sides' commands."""

    _skip_registry = True

    class AttributeDefs(BaseAttributeDefs):
        """Of the client (D.2.3.2)."""

        utility_enrollment_group: Final = ZCLAttributeDef(id=0x0000, type=t.uint8_t, access="rw")
        start_randomize_minutes: Final = ZCLAttributeDef(id=0x0001, type=t.uint8_t, access="rw")
        stop_randomize_minutes: Final = ZCLAttributeDef(id=0x0002, type=t.uint8_t, access="rw")
        device_class: Final = ZCLAttributeDef(id=0x0003, type=t.uint16_t, access="rw")

    class ServerCommandDefs(BaseCommandDefs):
        """What a device tells and asks (D.2.2.4)."""

        report_event_status: Final = ZCLCommandDef(
            id=0x00,
            schema={
                "issuer_event_id": t.uint32_t,
                "event_status": t.uint8_t,
                "event_status_time": t.UTCTime,
                "criticality_applied": t.uint8_t,
                "cooling_setpoint_applied": t.int16s,
                "heating_setpoint_applied": t.int16s,
                "load_adjustment_applied": t.int8s,
                "duty_cycle_applied": t.uint8_t,
                "event_control": t.uint8_t,
                "signature_type": t.uint8_t,
                "signature": t.Bytes,
            },
        )
        get_scheduled_events: Final = ZCLCommandDef(id=0x01, schema={"start_time": t.UTCTime, "events": t.uint8_t})

    class ClientCommandDefs(BaseCommandDefs):
        """What the meter asks for (D.2.2.3)."""

        load_control_event: Final = ZCLCommandDef(
            id=0x00,
            schema={
                "issuer_event_id": t.uint32_t,
                "device_class": t.uint16_t,
                "utility_enrollment_group": t.uint8_t,
                "start_time": t.UTCTime,
                "duration_minutes": t.uint16_t,
                "criticality": t.uint8_t,
                "cooling_offset": t.uint8_t,
                "heating_offset": t.uint8_t,
                "cooling_setpoint": t.int16s,
                "heating_setpoint": t.int16s,
                "load_adjustment": t.int8s,
                "duty_cycle": t.uint8_t,
                "event_control": t.uint8_t,
            },
        )
        cancel_load_control_event: Final = ZCLCommandDef(
            id=0x01,
            schema={
                "issuer_event_id": t.uint32_t,
                "device_class": t.uint16_t,
                "utility_enrollment_group": t.uint8_t,
                "cancel_control": t.uint8_t,
                "effective_time": t.UTCTime,
            },
        )
        cancel_all_load_control_events: Final = ZCLCommandDef(id=0x02, schema={"cancel_control": t.uint8_t})


class Messaging(smartenergy.Messaging):
    """D.5."""

    _skip_registry = True

    class ServerCommandDefs(BaseCommandDefs):
        """What a client asks and tells (D.5.2.4)."""

        get_last_message: Final = ZCLCommandDef(id=0x00, schema={})
        message_confirmation: Final = ZCLCommandDef(
            id=0x01, schema={"message_id": t.uint32_t, "confirmation_time": t.UTCTime}
        )

    class ClientCommandDefs(BaseCommandDefs):
        """What the meter tells (D.5.2.3)."""

        display_message: Final = ZCLCommandDef(
            id=0x00,
            schema={
                "message_id": t.uint32_t,
                "message_control": t.uint8_t,
                "start_time": t.UTCTime,
                "duration_minutes": t.uint16_t,
                "message": t.LVBytes,
            },
        )
        cancel_message: Final = ZCLCommandDef(id=0x01, schema={"message_id": t.uint32_t, "message_control": t.uint8_t})


def _key_establishment() -> type[BaseCommandDefs]:
    """Return the commands of key establishment (C.3.1.2.3), which are the same both ways."""

    class Commands(BaseCommandDefs):
        initiate_key_establishment: Final = ZCLCommandDef(
            id=0x00,
            schema={
                "suite": t.uint16_t,
                "ephemeral_data_generate_time": t.uint8_t,
                "confirm_key_generate_time": t.uint8_t,
                "identity": t.Bytes,
            },
        )
        ephemeral_data: Final = ZCLCommandDef(id=0x01, schema={"ephemeral": t.Bytes})
        confirm_key_data: Final = ZCLCommandDef(id=0x02, schema={"mac": t.Bytes})
        terminate: Final = ZCLCommandDef(
            id=0x03, schema={"status": t.uint8_t, "wait_time": t.uint8_t, "suite": t.uint16_t}
        )

    return Commands


class KeyEstablishment(smartenergy.KeyEstablishment):
    """Annex C, crypto suite 1 (certificates of 48 bytes); the commands are the same both ways."""

    _skip_registry = True

    class AttributeDefs(BaseAttributeDefs):
        """Which suites the other side knows."""

        suites: Final = ZCLAttributeDef(id=0x0000, type=t.bitmap16, access="r")

    ServerCommandDefs = _key_establishment()
    ClientCommandDefs = _key_establishment()
