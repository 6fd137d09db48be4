"""Demand response: programs, controls, answers to them (IEEE 2030.5-2018, Demand Response and Load Control)."""

from collections.abc import Collection
from datetime import timedelta
from urllib.parse import urlsplit

from py20305.models import sep

from ...esi import ControlResponse, DemandResponseProgram, LoadControl
from ..errors import ABOUT_RESOURCE, GatewayError, Reason
from .capability import read_capability
from .connection import Connection, ConnectionSession
from .end_devices import EndDevices, read_assignments
from .failures import gateway_errors, is_unavailable
from .reader import Reader
from .resources import event_status, moment, render
from .writing import post

_SUBSCRIBABLE = frozenset({1, 3})  # SubscribableType: without conditions, or both with and without
_XML = 0  # Subscription.encoding
_LEVEL = "+S1"


class DemandResponse:
    """Programs and controls of the devices on the gateway's list."""

    def __init__(self, connection: Connection, end_devices: EndDevices) -> None:
        self._connection = connection
        self._end_devices = end_devices

    async def programs(self, device_href: str) -> list[DemandResponseProgram]:
        """Read the programs assigned to the EndDevice at ``device_href``, each once."""
        async with self._connection.session() as session:
            return await _read_programs(Reader(session), device_href)

    async def controls(self, programs: Collection[DemandResponseProgram]) -> list[LoadControl]:
        """Read the controls of ``programs``; one that cannot be read does not lose those of the others."""
        found: list[LoadControl] = []
        failed: list[GatewayError] = []
        async with self._connection.session() as session:
            for program in programs:
                try:
                    with gateway_errors(accepted_before=self._connection.accepted):
                        found += await _read_controls(Reader(session), program)
                except GatewayError as err:
                    if not is_unavailable(err):
                        raise
                    failed.append(err)
        if failed and len(failed) == len(programs):
            if failed[0].reason in ABOUT_RESOURCE:
                raise failed[0]
            raise GatewayError(Reason.HTTP_ERROR, failed[0].detail) from failed[0]
        return found

    async def respond(self, response: ControlResponse) -> None:
        """POST what became of a control to where it wants its answers; ``GatewayError`` where it is not taken."""
        resource = sep.DrResponse(
            created_date_time=sep.TimeType(value=int(response.at.timestamp())),
            end_device_lfdi=bytes.fromhex(response.lfdi),
            status=int(response.status),
            subject=sep.MRidtype(value=bytes.fromhex(response.control)),
        )
        async with self._connection.session() as session:
            await post(session, response.reply_to, render(resource))

    async def subscribe(self, programs: Collection[DemandResponseProgram], uri: str) -> bool:
        """Subscribe to the controls of ``programs`` that can be subscribed to; False where there are none."""
        resources = [each.controls_href for each in programs if each.subscribable and each.controls_href]
        if not resources:
            return False
        async with self._connection.session() as session:
            capability = await read_capability(session, self._connection.dcap_path)
            if (own := await self._end_devices.own_href(session, capability)) is None:
                return False
            subscriptions = (await Reader(session).get(own, sep.EndDevice)).subscription_list_link
            if subscriptions is None:
                return False
            await _subscribe(session, subscriptions.href, resources, uri)
        return True


async def _read_programs(reader: Reader, device_href: str) -> list[DemandResponseProgram]:
    found: dict[str, DemandResponseProgram] = {}
    for assignment in await read_assignments(reader, device_href):
        if (link := assignment.demand_response_program_list_link) is None:
            continue
        listed: list[sep.DemandResponseProgram] = await reader.pages(
            link.href, sep.DemandResponseProgramList, lambda page: page.demand_response_program
        )
        for program in listed:
            if program.href and program.href not in found:
                found[program.href] = await _program(reader, program, program.href)
    return list(found.values())


async def _program(reader: Reader, program: sep.DemandResponseProgram, href: str) -> DemandResponseProgram:
    link = program.end_device_control_list_link
    subscribable = False
    if link is not None:
        # Only the list itself says whether one can subscribe to it.
        page = await reader.get(f"{link.href}?s=0&l=1", sep.EndDeviceControlList)
        subscribable = page.subscribable in _SUBSCRIBABLE
    return DemandResponseProgram(
        href=href,
        description=program.description,
        primacy=program.primacy.value,
        controls_href=link.href if link else None,
        subscribable=subscribable,
    )


async def _read_controls(reader: Reader, program: DemandResponseProgram) -> list[LoadControl]:
    """Return every control of the program's EndDeviceControlList, as listed."""
    if program.controls_href is None:
        return []
    listed: list[sep.EndDeviceControl] = await reader.pages(
        program.controls_href, sep.EndDeviceControlList, lambda page: page.end_device_control
    )
    return [_control(program, each) for each in listed]


def _control(program: DemandResponseProgram, found: sep.EndDeviceControl) -> LoadControl:
    offset, set_point = found.offset, found.set_point
    adjustment = offset.load_adjustment_percentage_offset if offset else None
    reduction = found.appliance_load_reduction
    return LoadControl(
        id=found.m_rid.value.hex().upper(),
        program=program.href,
        primacy=program.primacy,
        device_category=int.from_bytes(found.device_category.value),
        created=moment(found.creation_time.value),
        start=moment(found.interval.start.value),
        duration=timedelta(seconds=found.interval.duration),
        status=event_status(found.event_status),
        mandatory=found.dr_program_mandatory,
        randomize_start=_seconds(found.randomize_start),
        randomize_duration=_seconds(found.randomize_duration),
        reply_to=found.reply_to,
        response_required=int.from_bytes(found.response_required or b""),
        duty_cycle=found.duty_cycle.normal_value if found.duty_cycle else None,
        cooling_offset=_scaled(offset.cooling_offset, 10) if offset else None,
        heating_offset=_scaled(offset.heating_offset, 10) if offset else None,
        load_adjustment=_scaled(adjustment.value, 100) if adjustment else None,
        cooling_setpoint=_scaled(set_point.cooling_setpoint, 100) if set_point else None,
        heating_setpoint=_scaled(set_point.heating_setpoint, 100) if set_point else None,
        appliance_load_reduction=reduction.type_value.value if reduction else None,
        override_duration=timedelta(seconds=found.override_duration) if found.override_duration is not None else None,
    )


def _seconds(value: sep.OneHourRangeType | None) -> timedelta:
    return timedelta(seconds=value.value if value else 0)


def _scaled(value: int | None, parts: int) -> float | None:
    """Return a value of the XSD in whole units."""
    return None if value is None else value / parts


async def _subscribe(session: ConnectionSession, list_href: str, resources: list[str], uri: str) -> None:
    """Have ``uri`` told of changes of ``resources``: what is subscribed already is left as it is.

    A subscription of ours (known by the path of its URI) that leads to an address of before is ended.
    """
    known: list[sep.Subscription] = await Reader(session).pages(
        list_href, sep.SubscriptionList, lambda page: page.subscription
    )
    missing = list(resources)
    for entry in known:
        resource = urlsplit(entry.subscribed_resource).path
        if entry.notification_uri == uri and resource in missing:
            missing.remove(resource)
        elif entry.notification_uri != uri and urlsplit(entry.notification_uri).path == urlsplit(uri).path:
            await session.send("DELETE", entry.href or "")
    for resource in missing:
        subscription = sep.Subscription(
            subscribed_resource=resource, encoding=_XML, level=_LEVEL, limit=1, notification_uri=uri
        )
        await post(session, list_href, render(subscription))
