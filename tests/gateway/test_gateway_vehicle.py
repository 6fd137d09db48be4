"""PEVInfo and FlowReservation against the running simulator."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from custom_components.utility_han.esi import ControlStatus
from custom_components.utility_han.gateway.errors import GatewayError, Reason
from custom_components.utility_han.gateway.ieee2030_5.client import Ieee2030_5Gateway
from custom_components.utility_han.gateway.ieee2030_5.identity import Identity, create_identity
from custom_components.utility_han.gateway.model import ReservationRequest, VehiclePowerStatus
from tests.conftest import GatewayFactory, SimulatedGateway
from tests.gateway.conftest import Connect, lend

pytestmark = pytest.mark.use_case("UR-EV")

LFDI = "3E4F45AB31EDFE5B67E343E5E4562E31984E23E5"
EVSE = 1 << 17
NOW = datetime(2026, 11, 24, 18, tzinfo=UTC)
STATUS = VehiclePowerStatus(
    charging_power=7_360.0,
    energy_requested=22_500.0,
    max_power=150_000.0,
    minimum_duration=timedelta(hours=2),
    target_state_of_charge=80.0,
    state_of_charge=41.5,
    charge_needed_at=NOW + timedelta(hours=12),
    changed=NOW,
)
REQUEST = ReservationRequest(
    mrid="0123456789ABCDEF0123456789ABCDEF",
    created=NOW,
    energy=20_000.0,
    power=10_000.0,
    start=NOW + timedelta(hours=1),
    duration=timedelta(hours=11),
    description="Family car",
)


async def test_what_the_vehicle_tells_arrives_in_the_units_of_the_standard(
    client: Ieee2030_5Gateway, gateway: SimulatedGateway
) -> None:
    href = await client.announce(EVSE, LFDI)
    assert await client.publish_vehicle(href, STATUS)
    assert await gateway.power_status(LFDI) == {
        "battery_status": 1,
        "changed": int(NOW.timestamp()),
        "charge": 4150,
        "pev": {
            "charging_power": 7_360,
            "energy_request": 22_500,
            "max_power": 150_000,
            "minimum_duration": 7_200,
            "target": 8000,
            "needed_at": int(NOW.timestamp()) + 12 * 3600,
            "changed": int(NOW.timestamp()),
        },
    }


async def test_device_whose_certificate_is_refused_says_nothing_of_ours(
    client: Ieee2030_5Gateway, gateway: SimulatedGateway
) -> None:
    """What it may not do is an error of its own; Home Assistant is not asked to be commissioned again."""
    own = create_identity()
    await gateway.register(own.lfdi)
    await lend(client, own, alone=True)
    listed = await client.listed_devices() or []
    (href,) = (each.href for each in listed if each.lfdi == own.lfdi)
    assert await client.publish_vehicle(href, STATUS)
    await gateway.fault("http_error", status=403, path=href)
    with pytest.raises(GatewayError) as refused:
        await client.publish_vehicle(href, STATUS)
    assert refused.value.reason is Reason.HTTP_ERROR
    assert f"certificate of the device …{own.lfdi[-6:]}" in refused.value.detail


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"target_state_of_charge": 20.0}, {"target": 4150}),  # never below what there is
        ({"target_state_of_charge": None}, {"target": 10_000}),
        ({"charge_needed_at": None}, {"needed_at": int(NOW.timestamp()) + 7_200}),
        ({"charging_power": -5e12}, {"charging_power": -5_000_000_000_000}),  # discharging, absurdly
    ],
)
async def test_what_is_not_known_or_out_of_range(
    client: Ieee2030_5Gateway, gateway: SimulatedGateway, changed: dict[str, Any], expected: dict[str, int]
) -> None:
    href = await client.announce(EVSE, LFDI)
    assert await client.publish_vehicle(href, replace(STATUS, **changed))
    told = await gateway.power_status(LFDI)
    assert told is not None
    assert {name: told["pev"][name] for name in expected} == expected


async def test_reservation_is_asked_for_once_and_granted(client: Ieee2030_5Gateway, gateway: SimulatedGateway) -> None:
    device = await client.announce(EVSE, LFDI)
    href = await client.request_reservation(device, REQUEST)
    assert href is not None
    assert await client.request_reservation(device, REQUEST) == href
    assert len(await gateway.reservations()) == 1
    (found,) = await client.reservations(device)
    assert (found.subject, found.energy, found.power) == (REQUEST.mrid, 20_000.0, 10_000.0)
    assert (found.start, found.duration) == (REQUEST.start, timedelta(hours=2))


async def test_utility_reserves_another_time(client: Ieee2030_5Gateway, gateway: SimulatedGateway) -> None:
    device = await client.announce(EVSE, LFDI)
    await client.request_reservation(device, REQUEST)
    later = int((NOW + timedelta(hours=6)).timestamp())
    await gateway.answer_reservation(REQUEST.mrid, start=later, power=5_000, duration=4 * 3600)
    (found,) = await client.reservations(device)
    assert (found.start, found.power) == (NOW + timedelta(hours=6), 5_000.0)


async def test_reservation_is_withdrawn(client: Ieee2030_5Gateway) -> None:
    device = await client.announce(EVSE, LFDI)
    href = await client.request_reservation(device, REQUEST)
    assert href is not None
    await client.cancel_reservation(href)
    (found,) = await client.reservations(device)
    assert found.status is ControlStatus.CANCELLED
    await client.withdraw(device, LFDI)
    await client.cancel_reservation(href)  # gone already: as good


async def test_gateway_that_reserves_nothing(
    make_gateway: GatewayFactory, connect: Connect, identity: Identity
) -> None:
    gateway = await make_gateway(flow_reservation=False)
    await gateway.register(identity.lfdi)
    client = await connect(gateway)
    device = await client.announce(EVSE, LFDI)
    assert await client.request_reservation(device, REQUEST) is None
    assert await client.reservations(device) == []


async def test_device_of_another_client_is_not_told_about(
    client: Ieee2030_5Gateway, gateway: SimulatedGateway
) -> None:
    await gateway.register(LFDI)
    devices = await client.listed_devices()
    assert devices is not None
    href = next(device.href for device in devices if device.lfdi == LFDI)
    with pytest.raises(GatewayError):
        await client.publish_vehicle(href, STATUS)
