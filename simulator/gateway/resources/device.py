"""The gateway itself: DeviceCapability, Time, SelfDevice, DeviceInformation and DeviceStatus.

IEEE 2030.5-2018 clauses 8.1, 8.2, 8.4, 9.1 and 9.2.
"""

from __future__ import annotations

from simulator.gateway.http import Answer, Request
from simulator.gateway.resources.routing import Route
from simulator.gateway.state import GatewayState
from simulator.gateway.wire import Fields, link, list_link, render, typed

_QUALITY = 4  # the clock is set from a level 3 server


async def _device_capability(gateway: GatewayState, request: Request) -> Answer:
    personality = gateway.settings.personality
    known = gateway.registrations
    fields: Fields = {
        "href": request.path,
        "poll_rate": None,
        "time_link": None if gateway.faults.take("no_time") else link("/tm"),
        "usage_point_list_link": None if gateway.faults.take("no_metering") else list_link("/upt", 1),
        "self_device_link": link("/sdev"),
    }
    if personality.messaging:
        fields["messaging_program_list_link"] = list_link("/msg", 1)
    if personality.pricing:
        fields["tariff_profile_list_link"] = list_link("/tp", 1)
    if personality.demand_response:
        fields["demand_response_program_list_link"] = list_link("/dr", len(gateway.demand_response.programs))
        fields["response_set_list_link"] = list_link("/rsps", 1)
    if personality.end_devices:
        visible = len(list(known)) if known.accepted(request.lfdi) else int(known.get(request.lfdi) is not None)
        fields["end_device_list_link"] = list_link("/edev", visible)
    return Answer(body=render("DeviceCapability", fields))


async def _time(gateway: GatewayState, request: Request) -> Answer:
    now, offset = int(gateway.clock()), gateway.settings.tz_offset
    fields = {
        "href": request.path,
        "poll_rate": None,
        "current_time": typed(now),
        "dst_end_time": typed(0),
        "dst_offset": typed(0),
        "dst_start_time": typed(0),
        "local_time": typed(now + offset),
        "quality": _QUALITY,
        "tz_offset": typed(offset),
    }
    return Answer(body=render("Time", fields))


async def _self_device(gateway: GatewayState, request: Request) -> Answer:
    fields = {
        "href": request.path,
        "poll_rate": None,
        "device_information_link": link("/sdev/sdi"),
        "device_status_link": link("/sdev/ds"),
        "l_fdi": bytes.fromhex(gateway.identity.lfdi),
        "log_event_list_link": list_link("/sdev/log", len(gateway.events)),
        "s_fdi": typed(int(gateway.identity.sfdi)),
    }
    return Answer(body=render("SelfDevice", fields))


async def _device_information(gateway: GatewayState, request: Request) -> Answer:
    personality = gateway.settings.personality
    fields = {
        "href": request.path,
        "poll_rate": None,
        "l_fdi": bytes.fromhex(gateway.identity.lfdi),
        "mf_date": typed(1_700_000_000),
        "mf_hw_ver": personality.hardware_version,
        "mf_id": typed(personality.manufacturer_id),
        "mf_info": personality.manufacturer,
        "mf_model": personality.model,
        "mf_ser_num": gateway.identity.sfdi if personality.model else "",
        "primary_power": typed(1),  # mains
        "secondary_power": typed(0),
        "sw_act_time": typed(1_700_000_000),
        "sw_ver": personality.software_version,
    }
    return Answer(body=render("DeviceInformation", fields))


async def _device_status(gateway: GatewayState, request: Request) -> Answer:
    now = int(gateway.clock())
    fields = {
        "href": request.path,
        "poll_rate": None,
        "changed_time": typed(now),
        "on_count": 1,
        "op_state": 2,  # operating
        "op_time": max(now - gateway.started_at, 0),
        "time_link": link("/tm"),
    }
    return Answer(body=render("DeviceStatus", fields))


ROUTES = (
    Route("GET", "/dcap", _device_capability, public=True),
    Route("GET", "/tm", _time, public=True),
    Route("GET", "/sdev", _self_device, public=True),
    Route("GET", "/sdev/sdi", _device_information),
    Route("GET", "/sdev/ds", _device_status),
)
