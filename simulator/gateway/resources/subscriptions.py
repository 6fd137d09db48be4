"""SubscriptionList of each device, which only it may use (IEEE 2030.5-2018 clause 8.7)."""

from __future__ import annotations

from urllib.parse import urlsplit

from simulator.gateway.http import Answer, Request
from simulator.gateway.registrations import Registration
from simulator.gateway.resources.end_device import device_at
from simulator.gateway.resources.lists import list_answer, with_number
from simulator.gateway.resources.routing import RequestError, Route, read_document
from simulator.gateway.state import GatewayState
from simulator.gateway.subscriptions import Subscription
from simulator.gateway.wire import Fields, render

_XML = 0


def _owner(gateway: GatewayState, request: Request, number: int) -> Registration:
    entry = device_at(gateway, request, number)
    if entry.lfdi != request.lfdi:
        raise RequestError(403, "this is another device's")
    return entry


def _find(gateway: GatewayState, request: Request, number: int, item: int) -> Subscription:
    return with_number(gateway.subscriptions.of(_owner(gateway, request, number).lfdi), item, "subscription")


def _fields(subscription: Subscription) -> Fields:
    return {
        "href": subscription.href,
        "subscribed_resource": subscription.resource,
        "encoding": _XML,
        "level": subscription.level,
        "limit": subscription.limit,
        "notification_uri": subscription.uri,
    }


def _subscribable(gateway: GatewayState) -> set[str]:
    return {"/dr"} | {program.controls_href for program in gateway.demand_response.programs}


def _read(gateway: GatewayState, request: Request) -> Fields:
    document = read_document("Subscription", request)
    try:
        resource, target = urlsplit(document.subscribed_resource), urlsplit(document.notification_uri)
    except ValueError as err:
        raise RequestError(400, str(err)) from err
    if resource.path not in _subscribable(gateway):
        raise RequestError(400, "there is no such list to subscribe to")
    if target.scheme not in {"http", "https"} or not target.hostname:
        raise RequestError(400, "the notificationURI is not an http or https address")
    if document.encoding != _XML or document.condition is not None:
        raise RequestError(400, "only application/sep+xml, without conditions")
    return {
        "resource": resource.path,  # without a query, which the standard has servers ignore
        "uri": document.notification_uri,
        "level": document.level,
        "limit": document.limit,
    }


async def _list(gateway: GatewayState, request: Request, number: int) -> Answer:
    found = gateway.subscriptions.of(_owner(gateway, request, number).lfdi)
    return list_answer(gateway, request, "SubscriptionList", "subscription", found, _fields, polled=True)


async def _post(gateway: GatewayState, request: Request, number: int) -> Answer:
    entry = _owner(gateway, request, number)
    wanted = _read(gateway, request)
    subscription = gateway.subscriptions.add(entry.lfdi, entry.number, base=f"https://{request.authority}", **wanted)
    await gateway.changed()
    return Answer(201, headers={"Location": subscription.href})


async def _get(gateway: GatewayState, request: Request, number: int, item: int) -> Answer:
    return Answer(body=render("Subscription", _fields(_find(gateway, request, number, item))))


async def _delete(gateway: GatewayState, request: Request, number: int, item: int) -> Answer:
    gateway.subscriptions.remove(_find(gateway, request, number, item))
    await gateway.changed()
    return Answer(204)


def _served(gateway: GatewayState) -> bool:
    return gateway.settings.subscribable


ROUTES = (
    Route("GET", "/edev/{number}/sub", _list, when=_served),
    Route("POST", "/edev/{number}/sub", _post, when=_served),
    Route("GET", "/edev/{number}/sub/{item}", _get, when=_served),
    Route("DELETE", "/edev/{number}/sub/{item}", _delete, when=_served),
)
