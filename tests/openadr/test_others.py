"""Both ends by others: openadr3-client as the utility and as a VEN, on every VTN."""

from datetime import UTC, datetime, timedelta
from typing import Any

from openadr3_client._models.common.attribute import Attribute
from openadr3_client._models.common.interval import Interval
from openadr3_client._models.common.interval_period import IntervalPeriod
from openadr3_client._models.common.value_map_collection import ValuesMap
from openadr3_client._models.common.ven_resource_attribute_type import VenResourceAttributeType
from openadr3_client.oadr310._vtn.interfaces.filters import TargetFilter
from openadr3_client.oadr310.models.event.event import ExistingEvent, NewEvent
from openadr3_client.oadr310.models.event.event_payload import EventPayload, EventPayloadDescriptor, EventPayloadType
from openadr3_client.oadr310.models.program.program import NewProgram
from openadr3_client.oadr310.models.report.report import NewReport, ReportResource
from openadr3_client.oadr310.models.report.report_payload import (
    ReportDescriptor,
    ReportPayload,
    ReportPayloadType,
)
from openadr3_client.oadr310.models.resource.resource import ExistingResource, NewResourceVenRequest
from openadr3_client.oadr310.models.unit import Unit
from openadr3_client.oadr310.models.ven.ven import ExistingVen, NewVenVenRequest

from tests.openadr.under_test import Vtn, session_of

START = datetime(2030, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
_SHED = {"type": "SIMPLE", "values": [3]}


async def _home(vtn: Vtn) -> tuple[ExistingVen, ExistingResource]:
    """A home enrolls, with a charger of 11 kW."""
    power = Attribute(type=VenResourceAttributeType.MAX_POWER_CONSUMPTION, values=(11.0,))
    ven = await vtn.as_ven(lambda client: client.vens.create_ven(NewVenVenRequest(ven_name="home")))
    charger = NewResourceVenRequest(resource_name="charger", venID=ven.id, attributes=ValuesMap((power,)))
    return ven, await vtn.as_ven(lambda client: client.resources.create_resource(charger))


async def _limit(vtn: Vtn, *targets: str) -> ExistingEvent:
    """The utility limits the import to 4.2 kW for an hour, and wants to be told how that goes."""
    program = await vtn.as_business(
        lambda client: client.programs.create_program(
            NewProgram(
                program_name="Limits",
                payload_descriptors=(
                    EventPayloadDescriptor(payload_type=EventPayloadType.IMPORT_CAPACITY_LIMIT, units=Unit.KW),
                ),
            )
        )
    )
    event = NewEvent(
        programID=program.id,
        event_name="evening",
        targets=targets,
        report_descriptors=(ReportDescriptor(payload_type=ReportPayloadType.OPERATING_STATE),),
        interval_period=IntervalPeriod(start=START, duration=HOUR),
        intervals=(
            Interval(id=0, payloads=(EventPayload(type=EventPayloadType.IMPORT_CAPACITY_LIMIT, values=(4.2,)),)),
        ),
    )
    return await vtn.as_business(lambda client: client.events.create_event(event))


async def test_a_home_enrolls_and_the_utility_sees_it(vtn: Vtn) -> None:
    ven, charger = await _home(vtn)

    assert [one.id for one in await vtn.as_business(lambda client: client.vens.get_vens(None, None, None))] == [ven.id]
    (seen,) = await vtn.as_business(lambda client: client.resources.get_resources(ven.id, None, None, None))
    assert seen == charger
    assert seen.client_id == vtn.ven.client_id


async def test_what_is_meant_for_some_is_seen_by_who_was_granted_it(vtn: Vtn) -> None:
    ven, _charger = await _home(vtn)
    event = await _limit(vtn, "feeder-7")

    def meant() -> TargetFilter:
        return TargetFilter(targets=["feeder-7"])

    assert await vtn.as_ven(lambda client: client.events.get_events(None, None, None)) == ()
    assert await vtn.as_ven(lambda client: client.events.get_events(meant(), None, None)) == ()
    await vtn.grant(ven.id, "feeder-7")
    assert await vtn.as_ven(lambda client: client.events.get_events(meant(), None, None)) == (event,)


async def test_what_is_meant_for_all_is_seen_by_all(vtn: Vtn) -> None:
    event = await _limit(vtn)

    (seen,) = await vtn.as_ven(lambda client: client.events.get_events(None, None, None))
    assert seen == event
    assert [program.id for program in await vtn.as_ven(lambda client: client.programs.get_programs(None, None))] == [
        event.program_id
    ]


async def test_a_report_reaches_the_utility(vtn: Vtn) -> None:
    _ven, charger = await _home(vtn)
    event = await _limit(vtn)
    running = ReportPayload(type=ReportPayloadType.OPERATING_STATE, values=("RUNNING_NORMAL",))
    report = NewReport(
        eventID=event.id,
        client_name="home",
        report_name="evening",
        resources=(
            ReportResource(
                resource_name=charger.resource_name,
                interval_period=IntervalPeriod(start=START, duration=HOUR),
                intervals=(Interval(id=0, payloads=(running,)),),
            ),
        ),
    )
    sent = await vtn.as_ven(lambda client: client.reports.create_report(report))

    assert await vtn.as_business(lambda client: client.reports.get_reports(None, None, event.id, None)) == (sent,)
    (told,) = await vtn.reports(event.id)
    assert told["resources"][0]["intervals"][0]["payloads"] == [
        {"type": "OPERATING_STATE", "values": ["RUNNING_NORMAL"]}
    ]


async def test_a_home_that_leaves_takes_its_devices_along(vtn: Vtn) -> None:
    ven, charger = await _home(vtn)

    await vtn.as_ven(lambda client: client.resources.delete_resource_by_id(charger.id))
    await vtn.as_ven(lambda client: client.vens.delete_ven_by_id(ven.id))

    assert await vtn.as_business(lambda client: client.resources.get_resources(None, None, None, None)) == ()
    assert await vtn.as_business(lambda client: client.vens.get_vens(None, None, None)) == ()


async def test_a_home_sees_nothing_of_another(vtn: Vtn) -> None:
    ven, charger = await _home(vtn)
    stranger = await vtn.new_client("ven")

    def looked_for() -> tuple[object, ...]:
        client = vtn.ven_client(stranger)
        return client.vens.get_vens(None, None, None) + client.resources.get_resources(None, None, None, None)

    assert await vtn.as_ven(lambda _client: looked_for()) == ()
    refused = await vtn.as_ven(lambda _client: session_of(vtn.ven_client(stranger)).delete(f"{vtn.url}/vens/{ven.id}"))
    assert refused.status_code in {403, 404}
    assert (await vtn.as_ven(lambda client: client.resources.get_resource_by_id(charger.id))).id == charger.id


async def test_a_ven_sends_no_events(vtn: Vtn) -> None:
    event = await _limit(vtn)

    forged: dict[str, Any] = {"programID": event.program_id, "intervals": [{"id": 0, "payloads": [_SHED]}]}

    refused = await vtn.as_ven(lambda client: session_of(client).post(f"{vtn.url}/events", json=forged))

    assert refused.status_code == 403
    assert await vtn.as_business(lambda client: client.events.get_events(None, None, None)) == (event,)
