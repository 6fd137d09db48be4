"""Charging of vehicles: PEVInfo in PowerStatus, and FlowReservation (IEEE 2030.5-2018, the function sets so named).

Energies are Wh and powers W on our side; on the wire they are integers with a power of ten beside them. Times are on
our clock here, and on the wire on the gateway's.
"""

from datetime import datetime

from aio2030dot5 import MeterNotFound
from py20305.models import sep

from ...esi import EventKind
from ..clock import GatewayClock
from ..errors import GatewayError, Reason
from ..model import Reservation, ReservationRequest, VehiclePowerStatus
from .answers import answerable
from .connection import ConnectionSession
from .entry import read_entry
from .reader import Reader
from .resources import event_status, lasting, moment, parse, power_of_ten, render
from .writing import expect_taken, post

_INT16 = 2**15 - 1
_INT48 = 2**47 - 1
_LARGEST_MULTIPLIER = 9
_MAINS = 1  # PowerSourceType
_UNKNOWN, _NORMAL = 0, 1  # PowerStatus.batteryStatus
_REQUESTED, _CANCELLED = 0, 1  # RequestStatus.requestStatus


async def publish_vehicle(
    session: ConnectionSession, device_href: str, status: VehiclePowerStatus, clock: GatewayClock
) -> bool:
    """PUT the PowerStatus of the device at ``device_href``; False where the gateway keeps none for it."""
    device = await read_entry(Reader(session), device_href)
    if (link := device.power_status_link) is None:
        return False
    needed = status.charge_needed_at or status.changed + status.minimum_duration
    charge = status.state_of_charge
    # The target is never below what there is; where nothing else is wanted it is 100 %, as the standard has it.
    target = 100.0 if status.target_state_of_charge is None else status.target_state_of_charge
    resource = sep.PowerStatus(
        battery_status=_UNKNOWN if charge is None else _NORMAL,
        changed_time=_time(clock.theirs(status.changed)),
        current_power_source=sep.PowerSourceType(value=_MAINS),
        estimated_charge_remaining=None if charge is None else _percent(charge),
        pevinfo=sep.Pevinfo(
            charging_power_now=_power(status.charging_power),
            energy_request_now=_real_energy(status.energy_requested),
            max_forward_power=_power(status.max_power),
            minimum_charging_duration=max(int(status.minimum_duration.total_seconds()), 0),
            target_state_of_charge=_percent(max(target, charge or 0.0)),
            time_charge_is_needed=_time(clock.theirs(needed)),
            time_charging_status_pev=_time(clock.theirs(status.changed)),
        ),
    )
    answer = await session.send("PUT", link.href, render(resource))
    if answer.status in (404, 405, 501):
        return False
    expect_taken(answer.status, f"PUT {link.href}")
    return True


async def request_reservation(
    session: ConnectionSession, device_href: str, request: ReservationRequest, clock: GatewayClock
) -> str | None:
    """POST a FlowReservationRequest, unless the one with its mRID is there already; None where none are taken."""
    device = await read_entry(Reader(session), device_href)
    if (link := device.flow_reservation_request_list_link) is None:
        return None
    known = await _requests(session, link.href)
    if request.mrid in known:
        return known[request.mrid]
    await post(session, link.href, render(_request(request, clock)))
    found = (await _requests(session, link.href)).get(request.mrid)
    if found is None:
        raise GatewayError(Reason.HTTP_ERROR, f"{link.href} does not list what was posted to it")
    return found


async def _requests(session: ConnectionSession, href: str) -> dict[str, str]:
    listed: list[sep.FlowReservationRequest] = await Reader(session).pages(
        href, sep.FlowReservationRequestList, lambda page: page.flow_reservation_request
    )
    return {each.m_rid.value.hex().upper(): each.href for each in listed if each.href}


def _request(request: ReservationRequest, clock: GatewayClock) -> sep.FlowReservationRequest:
    created = _time(clock.theirs(request.created))
    return sep.FlowReservationRequest(
        m_rid=sep.MRidtype(value=bytes.fromhex(request.mrid)),
        description="".join(filter(str.isprintable, request.description))[:32] or None,
        creation_time=created,
        duration_requested=min(int(3600 * request.energy / request.power), 2**16 - 1) if request.power else None,
        energy_requested=_signed_energy(request.energy),
        interval_requested=sep.DateTimeInterval(
            duration=max(int(request.duration.total_seconds()), 0), start=_time(clock.theirs(request.start))
        ),
        power_requested=_power(request.power),
        request_status=sep.RequestStatus(date_time=created, request_status=_REQUESTED),
    )


async def cancel_reservation(session: ConnectionSession, href: str, now: datetime) -> None:
    """PUT a request as cancelled, ``now`` by the gateway's clock; one that is gone already is as good."""
    path = href
    try:
        found = parse(await session.get(path), sep.FlowReservationRequest, path)
    except MeterNotFound:
        return
    found.request_status = sep.RequestStatus(date_time=_time(now), request_status=_CANCELLED)
    answer = await session.send("PUT", path, render(found))
    expect_taken(answer.status, f"PUT {path}", gone_is_as_good=True)


async def read_reservations(session: ConnectionSession, device_href: str, clock: GatewayClock) -> list[Reservation]:
    """Return the FlowReservationResponses for the device at ``device_href``; none where there is no such list."""
    device = await read_entry(Reader(session), device_href)
    if (link := device.flow_reservation_response_list_link) is None:
        return []
    listed: list[sep.FlowReservationResponse] = await Reader(session).pages(
        link.href, sep.FlowReservationResponseList, lambda page: page.flow_reservation_response
    )
    return [_reservation(each, clock) for each in listed]


def _reservation(found: sep.FlowReservationResponse, clock: GatewayClock) -> Reservation:
    return Reservation(
        subject=found.subject.value.hex().upper(),
        status=event_status(found.event_status),
        energy=_number(found.energy_available.value, found.energy_available.multiplier),
        power=_number(found.power_available.value, found.power_available.multiplier),
        start=clock.ours(moment(found.interval.start.value)),
        duration=lasting(found.interval.duration),
        created=clock.ours(moment(found.creation_time.value)),
        answer=answerable(EventKind.RESERVATION, found),
    )


def _time(at: datetime) -> sep.TimeType:
    return sep.TimeType(value=int(at.timestamp()))


def _percent(value: float) -> sep.PerCent:
    return sep.PerCent(value=round(min(max(value, 0.0), 100.0) * 100))


def _number(value: int, multiplier: sep.PowerOfTenMultiplierType) -> float:
    return min(max(value, -_INT48), _INT48) * 10.0 ** power_of_ten(multiplier)


def _scaled(value: float, largest: int) -> tuple[int, sep.PowerOfTenMultiplierType]:
    """Return a number as an integer of at most ``largest`` and its power of ten, as exact as can be."""
    multiplier = 0
    while abs(round(value / 10**multiplier)) > largest and multiplier < _LARGEST_MULTIPLIER:
        multiplier += 1
    whole = max(min(round(value / 10**multiplier), largest), -largest)
    return whole, sep.PowerOfTenMultiplierType(value=multiplier)


def _power(watts: float) -> sep.ActivePower:
    value, multiplier = _scaled(watts, _INT16)
    return sep.ActivePower(multiplier=multiplier, value=value)


def _real_energy(watt_hours: float) -> sep.RealEnergy:
    value, multiplier = _scaled(max(watt_hours, 0.0), _INT48)
    return sep.RealEnergy(multiplier=multiplier, value=value)


def _signed_energy(watt_hours: float) -> sep.SignedRealEnergy:
    value, multiplier = _scaled(watt_hours, _INT48)
    return sep.SignedRealEnergy(multiplier=multiplier, value=value)
