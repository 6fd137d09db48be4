"""Every document that the client sends is valid by both editions of sep.xsd and by ``envoy_schema``'s models.

Whatever else is sent in any test is judged too, when the test's gateways are taken down (``make_gateway``). Here each
kind is sent once, at the ends of what it may hold; ``envoy_schema`` has no model of PowerStatus and
FlowReservationRequest.
"""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from custom_components.utility_han.esi import ControlResponse, ResponseStatus
from custom_components.utility_han.gateway.ieee2030_5.client import Ieee2030_5Gateway
from custom_components.utility_han.gateway.model import VehiclePowerStatus
from custom_components.utility_han.procedures.installation import INSTALLATIONS
from tests.conftest import SimulatedGateway
from tests.gateway.test_gateway_vehicle import NOW, STATUS
from tests.gateway.test_gateway_vehicle import REQUEST as ORDINARY_REQUEST
from tests.helpers.documents import name_of, problems

LFDI = "3E4F45AB31EDFE5B67E343E5E4562E31984E23E5"
URI = "http://127.0.0.1:9/api/webhook/abc?a=1&b=2"
LARGEST = VehiclePowerStatus(
    charging_power=-5e12,
    energy_requested=1e15,
    max_power=5e12,
    minimum_duration=timedelta(days=365),
    target_state_of_charge=400.0,
    state_of_charge=None,
    charge_needed_at=None,
    changed=NOW,
)
REQUEST = replace(ORDINARY_REQUEST, description="Das <große> & \x07schöne Auto der Familie Müller-Lüdenscheidt 🚗")


async def test_every_kind_of_document(client: Ieee2030_5Gateway, gateway: SimulatedGateway) -> None:
    href = await client.announce(2**32 - 1, LFDI)
    for number, each in enumerate(INSTALLATIONS.values()):
        await client.announce(each.device_category, f"{number + 1:X}".ljust(40, "0"))
    await gateway.enroll(LFDI)
    await gateway.publish(program=1)
    programs = await client.device_programs(href)
    assert await client.subscribe(programs, URI)
    (control,) = await client.controls(programs)
    assert control.reply_to is not None
    for status in ResponseStatus:
        await client.respond(ControlResponse(control.id, LFDI, status, NOW, control.reply_to))
    for told in (STATUS, LARGEST):
        assert await client.publish_vehicle(href, told)
    for asked in (REQUEST, replace(REQUEST, mrid="F" * 32, energy=1e15, power=0.1, duration=timedelta(days=9999))):
        made = await client.request_reservation(href, asked)
    assert made is not None
    await client.cancel_reservation(made)
    sent = [each["body"].encode() for each in (await gateway.log())["requests"] if each["body"]]
    assert Counter(name_of(body) for body in sent) == {
        "EndDevice": 1 + len(INSTALLATIONS),
        "Subscription": 1,
        "DrResponse": len(ResponseStatus),
        "PowerStatus": 2,
        "FlowReservationRequest": 3,
    }
    assert [problem for body in sent for problem in problems(body)] == []
