"""EndDevice and Registration, also of devices that another one adds (IEEE 2030.5-2018 clauses 8.2 and 8.3)."""

from __future__ import annotations

import time

from aio2030dot5.identity import sfdi_from_lfdi

from simulator.gateway import pins
from simulator.gateway.http import Answer, Request
from simulator.gateway.registrations import Registration
from simulator.gateway.resources.lists import list_answer
from simulator.gateway.resources.routing import RequestError, Route, read_document
from simulator.gateway.state import GatewayState
from simulator.gateway.wire import Fields, filled, link, list_link, render, typed


def device_at(gateway: GatewayState, request: Request, number: int) -> Registration:
    """The device a client may see: itself, or any once it is registered. Else 404."""
    entry = gateway.registrations.numbered(number)
    if entry is not None and gateway.settings.own_only and entry.lfdi != request.lfdi:
        raise RequestError(403, "this is another device's")
    if entry is None or (entry.lfdi != request.lfdi and not gateway.registrations.accepted(request.lfdi)):
        raise RequestError(404, "no such resource")
    return entry


def own_device(gateway: GatewayState, request: Request, number: int) -> Registration:
    """The client's own entry, or one that it added; 403 for those of others."""
    entry = device_at(gateway, request, number)
    if request.lfdi not in entry.holders:
        raise RequestError(403, "this is another device's")
    return entry


def _fields(gateway: GatewayState, entry: Registration) -> Fields:
    href = f"/edev/{entry.number}"
    fields: Fields = {
        "href": href,
        "device_category": typed(entry.category) if entry.category is not None else None,
        "l_fdi": bytes.fromhex(entry.lfdi),
        "log_event_list_link": list_link(f"{href}/log", len(entry.events)),
        "s_fdi": typed(int(sfdi_from_lfdi(entry.lfdi))),
        "changed_time": typed(entry.changed_at),
        "enabled": entry.enabled,
        "function_set_assignments_list_link": list_link(
            f"{href}/fsa", 1 + len(gateway.demand_response.enrolments(entry.lfdi))
        ),
        "post_rate": entry.post_rate,
        "power_status_link": link(f"{href}/ps"),
        "registration_link": link(f"{href}/rg"),
    }
    if gateway.settings.subscribable:
        fields["subscription_list_link"] = list_link(f"{href}/sub", len(gateway.subscriptions.of(entry.lfdi)))
    if gateway.settings.reservable:
        reservations = gateway.reservations
        fields["flow_reservation_request_list_link"] = list_link(f"{href}/frq", len(reservations.of(entry.lfdi)))
        fields["flow_reservation_response_list_link"] = list_link(
            f"{href}/frp", len(reservations.answered(entry.lfdi))
        )
    return filled(fields)


async def _list(gateway: GatewayState, request: Request) -> Answer:
    everything = gateway.registrations.accepted(request.lfdi) and not gateway.settings.own_only
    entries = [entry for entry in gateway.registrations if everything or entry.lfdi == request.lfdi]
    if gateway.faults.take("unlisted"):
        entries = [entry for entry in entries if entry.lfdi != request.lfdi]
    without = {"l_fdi"} if gateway.faults.take("no_lfdi") else set[str]()

    def fields(entry: Registration) -> Fields:
        return {name: value for name, value in _fields(gateway, entry).items() if name not in without}

    return list_answer(gateway, request, "EndDeviceList", "end_device", entries, fields, polled=True)


async def _get(gateway: GatewayState, request: Request, number: int) -> Answer:
    return Answer(body=render("EndDevice", _fields(gateway, device_at(gateway, request, number))))


def _read(request: Request) -> tuple[str, str | None, dict[str, object]]:
    """The SFDI and LFDI that an EndDevice document names, and what of it is kept."""
    document = read_document("EndDevice", request)
    sfdi = str(document.s_fdi.value)
    lfdi = document.l_fdi.hex().upper() if document.l_fdi is not None else None
    if lfdi is not None and (len(lfdi) != 40 or sfdi_from_lfdi(lfdi) != sfdi):
        raise RequestError(400, "the sFDI is not that of the lFDI")
    said = {
        "category": document.device_category.value if document.device_category is not None else None,
        "enabled": document.enabled is not False,
        "post_rate": document.post_rate,
    }
    return sfdi, lfdi, said


async def _store(gateway: GatewayState, entry: Registration, said: dict[str, object]) -> None:
    for name, value in said.items():
        setattr(entry, name, value)
    entry.changed_at = int(time.time())
    await gateway.changed()


def _named(gateway: GatewayState, request: Request, sfdi: str, lfdi: str | None) -> str:
    """The LFDI of the device that a client may register: its own, or any once it is registered itself."""
    if gateway.settings.own_only:
        return request.lfdi
    if sfdi == sfdi_from_lfdi(request.lfdi) and lfdi in {None, request.lfdi}:
        return request.lfdi
    if not gateway.registrations.accepted(request.lfdi):
        raise RequestError(403, "the device is not the one of the certificate")
    if lfdi is None:
        raise RequestError(400, "another device needs an lFDI")
    return lfdi


async def _post(gateway: GatewayState, request: Request) -> Answer:
    settings = gateway.settings
    if not settings.in_band:
        raise RequestError(403, "devices are registered at the utility's portal")
    sfdi, lfdi, said = _read(request)
    lfdi = _named(gateway, request, sfdi, lfdi)
    entry = gateway.registrations.get(lfdi)
    if entry is None:
        entry = gateway.registrations.add(
            lfdi,
            settings.pin,
            in_band=True,
            after_seconds=settings.accept_after_seconds,
            added_by=request.lfdi if lfdi != request.lfdi else None,
        )
    elif request.lfdi not in entry.holders:
        raise RequestError(403, "this is another device's")
    await _store(gateway, entry, said)
    return Answer(201, headers={"Location": f"/edev/{entry.number}"})


async def _put(gateway: GatewayState, request: Request, number: int) -> Answer:
    entry = own_device(gateway, request, number)
    sfdi, lfdi, said = _read(request)
    if sfdi != sfdi_from_lfdi(entry.lfdi) or lfdi not in {None, entry.lfdi}:
        raise RequestError(403, "the document is of another device")
    await _store(gateway, entry, said)
    return Answer(204)


async def _delete(gateway: GatewayState, request: Request, number: int) -> Answer:
    gateway.withdraw(own_device(gateway, request, number).lfdi)
    await gateway.changed()
    return Answer(204)


async def _registration(gateway: GatewayState, request: Request, number: int) -> Answer:
    entry = own_device(gateway, request, number)
    pin = pins.another(entry.pin) if gateway.faults.take("wrong_pin") else entry.pin
    fields = {
        "href": request.path,
        "poll_rate": gateway.settings.poll_rate,
        "date_time_registered": typed(entry.registered_at),
        "p_in": typed(pin),
    }
    return Answer(body=render("Registration", fields))


def is_served(gateway: GatewayState) -> bool:
    """Whether the gateway lists devices at all."""
    return gateway.settings.personality.end_devices


ROUTES = (
    Route("GET", "/edev", _list, public=True, when=is_served),
    Route("POST", "/edev", _post, public=True, when=is_served),
    Route("GET", "/edev/{number}", _get, public=True, when=is_served),
    Route("PUT", "/edev/{number}", _put, when=is_served),
    Route("DELETE", "/edev/{number}", _delete, public=True, when=is_served),
    Route("GET", "/edev/{number}/rg", _registration, when=is_served),
)
