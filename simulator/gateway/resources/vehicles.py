"""PowerStatus with PEVInfo, and FlowReservation (IEEE 2030.5-2018, the function sets so named)."""

from __future__ import annotations

from typing import Any

from simulator.gateway.http import Answer, Request
from simulator.gateway.reservations import FlowRequest
from simulator.gateway.resources import responses
from simulator.gateway.resources.end_device import is_served, own_device
from simulator.gateway.resources.lists import list_answer, with_number
from simulator.gateway.resources.routing import RequestError, Route, read_document
from simulator.gateway.state import GatewayState
from simulator.gateway.wire import Fields, filled, render, typed

_MAINS, _UNKNOWN = 1, 5
_CANCELLED = 1


def _value(found: Any) -> int:
    """A number and its power of ten as one number."""
    value, multiplier = int(found.value), int(found.multiplier.value)
    return round(value * 10.0**multiplier)


def _scaled(value: int, largest: int) -> Fields:
    multiplier = 0
    while abs(value) // 10**multiplier > largest:
        multiplier += 1
    return {"multiplier": typed(multiplier), "value": value // 10**multiplier}


def _power(value: int) -> Fields:
    return _scaled(value, 2**15 - 1)


def _energy(value: int) -> Fields:
    return _scaled(value, 2**47 - 1)


# PowerStatus


async def _get_status(gateway: GatewayState, request: Request, number: int) -> Answer:
    entry = own_device(gateway, request, number)
    said = gateway.reservations.power_status.get(entry.lfdi)
    told = said["battery_status"] if said else 0
    fields: Fields = {
        "href": request.path,
        "battery_status": told if entry.battery is None else entry.battery,
        "changed_time": typed(said["changed"] if said else gateway.started_at),
        "current_power_source": typed(_MAINS if said else _UNKNOWN),
    }
    if said and said["charge"] is not None:
        fields["estimated_charge_remaining"] = typed(said["charge"])
    if said and (pev := said["pev"]):
        fields["pevinfo"] = {
            "charging_power_now": _power(pev["charging_power"]),
            "energy_request_now": _energy(pev["energy_request"]),
            "max_forward_power": _power(pev["max_power"]),
            "minimum_charging_duration": pev["minimum_duration"],
            "target_state_of_charge": typed(pev["target"]),
            "time_charge_is_needed": typed(pev["needed_at"]),
            "time_charging_status_pev": typed(pev["changed"]),
        }
    return Answer(body=render("PowerStatus", fields))


async def _put_status(gateway: GatewayState, request: Request, number: int) -> Answer:
    entry = own_device(gateway, request, number)
    said = read_document("PowerStatus", request)
    pev = said.pevinfo
    gateway.reservations.power_status[entry.lfdi] = {
        "battery_status": said.battery_status,
        "changed": said.changed_time.value,
        "charge": said.estimated_charge_remaining.value if said.estimated_charge_remaining else None,
        "pev": pev
        and {
            "charging_power": _value(pev.charging_power_now),
            "energy_request": _value(pev.energy_request_now),
            "max_power": _value(pev.max_forward_power),
            "minimum_duration": pev.minimum_charging_duration,
            "target": pev.target_state_of_charge.value,
            "needed_at": pev.time_charge_is_needed.value,
            "changed": pev.time_charging_status_pev.value,
        },
    }
    await gateway.changed()
    return Answer(204)


# FlowReservation


def _request_fields(request: FlowRequest, base: str) -> Fields:
    return {
        "href": f"{base}/{request.number}",
        "m_rid": typed(bytes.fromhex(request.mrid)),
        "description": request.description,
        "creation_time": typed(request.created),
        "duration_requested": request.duration_requested,
        "energy_requested": _energy(request.energy),
        "interval_requested": {"duration": request.duration, "start": typed(request.start)},
        "power_requested": _power(request.power),
        "request_status": {
            "date_time": typed(request.cancelled_at or request.created),
            "request_status": _CANCELLED if request.cancelled_at is not None else 0,
        },
    }


def _response_fields(gateway: GatewayState, request: FlowRequest, base: str) -> Fields:
    granted = request.granted
    return responses.wanted(granted.get("response_required", 0)) | {
        "href": f"{base}/{request.number}",
        "m_rid": typed(gateway.mrid(f"frp/{request.mrid}")),
        "creation_time": typed(max(request.created, request.answered_at)),
        "event_status": {
            "current_status": request.status(gateway.clock()),
            "date_time": typed(int(gateway.clock())),
            "potentially_superseded": False,
        },
        "interval": {"duration": granted["duration"], "start": typed(granted["start"])},
        "energy_available": _energy(granted["energy"]),
        "power_available": _power(granted["power"]),
        "subject": typed(bytes.fromhex(request.mrid)),
    }


async def _list_requests(gateway: GatewayState, request: Request, number: int) -> Answer:
    found = gateway.reservations.of(own_device(gateway, request, number).lfdi)
    return list_answer(
        gateway, request, "FlowReservationRequestList", "flow_reservation_request", found,
        lambda each: filled(_request_fields(each, request.path)), polled=True,
    )  # fmt: skip


async def _list_responses(gateway: GatewayState, request: Request, number: int) -> Answer:
    found = gateway.reservations.answered(own_device(gateway, request, number).lfdi)
    return list_answer(
        gateway, request, "FlowReservationResponseList", "flow_reservation_response", found,
        lambda each: _response_fields(gateway, each, request.path), polled=True,
    )  # fmt: skip


async def _post_request(gateway: GatewayState, request: Request, number: int) -> Answer:
    entry = own_device(gateway, request, number)
    said = read_document("FlowReservationRequest", request)
    mrid = said.m_rid.value.hex().upper()
    known = gateway.reservations.find(mrid)
    if known is None:
        known = gateway.reservations.add(
            lfdi=entry.lfdi,
            mrid=mrid,
            created=said.creation_time.value,
            description=said.description,
            energy=_value(said.energy_requested),
            power=_value(said.power_requested),
            start=said.interval_requested.start.value,
            duration=said.interval_requested.duration,
            duration_requested=said.duration_requested,
            answered_at=int(gateway.clock() + gateway.settings.reservation_seconds),
        )
        await gateway.changed()
    return Answer(201, headers={"Location": f"{request.path}/{known.number}"})


async def _get_request(gateway: GatewayState, request: Request, number: int, item: int) -> Answer:
    found = with_number(gateway.reservations.of(own_device(gateway, request, number).lfdi), item, "reservation")
    base = request.path.rpartition("/")[0]
    return Answer(body=render("FlowReservationRequest", filled(_request_fields(found, base))))


async def _put_request(gateway: GatewayState, request: Request, number: int, item: int) -> Answer:
    found = with_number(gateway.reservations.of(own_device(gateway, request, number).lfdi), item, "reservation")
    said = read_document("FlowReservationRequest", request)
    if said.m_rid.value.hex().upper() != found.mrid:
        raise RequestError(403, "the document is of another request")
    if said.request_status.request_status == _CANCELLED:
        found.cancelled_at = said.request_status.date_time.value
        await gateway.changed()
    return Answer(204)


async def _get_response(gateway: GatewayState, request: Request, number: int, item: int) -> Answer:
    found = with_number(gateway.reservations.answered(own_device(gateway, request, number).lfdi), item, "reservation")
    base = request.path.rpartition("/")[0]
    return Answer(body=render("FlowReservationResponse", _response_fields(gateway, found, base)))


def _offered(gateway: GatewayState) -> bool:
    return gateway.settings.reservable


ROUTES = (
    Route("GET", "/edev/{number}/ps", _get_status, when=is_served),
    Route("PUT", "/edev/{number}/ps", _put_status, when=is_served),
    Route("GET", "/edev/{number}/frq", _list_requests, when=_offered),
    Route("POST", "/edev/{number}/frq", _post_request, when=_offered),
    Route("GET", "/edev/{number}/frq/{item}", _get_request, when=_offered),
    Route("PUT", "/edev/{number}/frq/{item}", _put_request, when=_offered),
    Route("GET", "/edev/{number}/frp", _list_responses, when=_offered),
    Route("GET", "/edev/{number}/frp/{item}", _get_response, when=_offered),
)
