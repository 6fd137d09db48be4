"""A home without a gateway: what is not there says so, and holds nobody up."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from custom_components.utility_han.gateway import AbsentGateway, GatewayError, Reason
from custom_components.utility_han.gateway.model import SelfReport
from custom_components.utility_han.gateway.protocol import Gateway

NOW = datetime(2026, 11, 28, tzinfo=UTC)
EMPTY: dict[str, Callable[[AbsentGateway], Awaitable[Any]]] = {
    "prices": lambda gateway: gateway.prices(),
    "messages": lambda gateway: gateway.messages(),
    "registers": lambda gateway: gateway.discover_registers(),
    "programs of Home Assistant": lambda gateway: gateway.own_programs(),
    "programs of a device": lambda gateway: gateway.device_programs("/edev/1"),
    "controls": lambda gateway: gateway.controls([]),
    "devices": lambda gateway: gateway.listed_devices(),
    "intervals": lambda gateway: gateway.intervals("delivered", NOW),
    "reservations": lambda gateway: gateway.reservations("/edev/1"),
    "a reservation": lambda gateway: gateway.request_reservation("/edev/1", None),  # type: ignore[arg-type]
    "a vehicle's status": lambda gateway: gateway.publish_vehicle("/edev/1", None),  # type: ignore[arg-type]
    "notifications": lambda gateway: gateway.subscribe([], "https://home.example"),
    "announcements": lambda gateway: gateway.takes_announcements(),
    "a PIN": lambda gateway: gateway.registration_pin("/edev/1"),
    "a proof": lambda gateway: gateway.prove("00" * 20),
}
REFUSED: dict[str, Callable[[AbsentGateway], Awaitable[Any]]] = {
    "who it is": lambda gateway: gateway.identify(),
    "its signal": lambda gateway: gateway.measure_signal(),
    "an entry": lambda gateway: gateway.announce(4),
    "an answer": lambda gateway: gateway.respond(None),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("what", EMPTY)
async def test_gateway_that_is_not_there_has_nothing(what: str) -> None:
    assert not await EMPTY[what](AbsentGateway("home"))


@pytest.mark.parametrize("what", REFUSED)
async def test_what_needs_a_gateway_is_refused_where_there_is_none(what: str) -> None:
    with pytest.raises(GatewayError) as raised:
        await REFUSED[what](AbsentGateway("home"))
    assert raised.value.reason is Reason.NOT_FOUND


async def test_home_without_a_gateway_is_read_like_others() -> None:
    """Who reads from it need not ask whether there is one."""
    gateway: Gateway = AbsentGateway("home")
    async with gateway.session(), gateway.session(joined=False):
        assert not (await gateway.read({"power"}, include_clock=True)).values
        assert (await gateway.configuration()).function_sets == ()
        assert await gateway.self_report() == SelfReport(None, ())
    assert gateway.known_registers() == ()
    gateway.restore(gateway.snapshot())
    assert gateway.statistics() == {}
    await gateway.withdraw("/edev/1", gateway.client_lfdi)
    await gateway.cancel_reservation("/edev/1")
    await gateway.close()


def test_homes_without_a_gateway_do_not_come_by_each_others_identifiers() -> None:
    one, other = AbsentGateway("one"), AbsentGateway("other")
    assert len({one.client_lfdi, other.client_lfdi, one.unused_lfdi(()), other.unused_lfdi(())}) == 4
