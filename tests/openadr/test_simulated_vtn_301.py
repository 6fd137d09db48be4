"""The simulated VTN as OpenADR 3.0.1 has it, with openadr3-client in both roles."""

import asyncio
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
import requests
from openadr3_client.bl.http_factory import BusinessLogicHttpClientFactory
from openadr3_client.oadr301._vtn.interfaces.filters import TargetFilter
from openadr3_client.oadr301.models.event.event import NewEvent
from openadr3_client.oadr301.models.program.program import NewProgram
from openadr3_client.oadr301.models.report.report import NewReport
from openadr3_client.oadr301.models.ven.resource import NewResource
from openadr3_client.oadr301.models.ven.ven import NewVen
from openadr3_client.ven.http_factory import VirtualEndNodeHttpClientFactory
from openadr3_client.version import OADRVersion
from yarl import URL

from custom_components.utility_han.utility.errors import UtilityError, UtilityReason
from custom_components.utility_han.utility.model import Stage
from custom_components.utility_han.utility.openadr import Credentials, OpenAdr, VtnConnection
from tests.helpers.simulated_vtn import SimulatedVtn

pytestmark = pytest.mark.simulator_only("OpenADR 3.0.1")


def unique(name: str) -> str:
    return f"{name}-{secrets.token_hex(4)}"


async def client(vtn: SimulatedVtn, make: Any, credentials: dict[str, Any]) -> Any:
    base = vtn.url.replace("3.1.0", "3.0.1")
    names = (base, credentials["client_id"], credentials["client_secret"])
    return await asyncio.to_thread(make, *names, token_url=f"{base}/auth/token", version=OADRVersion.OADR_301)


@pytest.mark.use_case("UR-3", "UR-7", "UR-8", "UR-13")
async def test_program_to_report_by_the_earlier_version(simulated_vtn: SimulatedVtn) -> None:
    credentials = await simulated_vtn.client()
    make = BusinessLogicHttpClientFactory.create_http_bl_client
    business = await client(simulated_vtn, make, await simulated_vtn.client("bl"))
    ven = await client(simulated_vtn, VirtualEndNodeHttpClientFactory.create_http_ven_client, credentials)
    wanted = NewProgram.model_validate({"programName": unique("tou")})
    program = await asyncio.to_thread(business.programs.create_program, wanted)
    feeder = unique("feeder")
    wanted_event = NewEvent.model_validate(
        {
            "programID": program.id,
            "targets": [{"type": "GROUP", "values": [feeder]}],
            "intervalPeriod": {"start": datetime.now(UTC), "duration": timedelta(hours=1)},
            "intervals": [{"id": 0, "payloads": [{"type": "SIMPLE", "values": [2]}]}],
        }
    )
    event = await asyncio.to_thread(business.events.create_event, wanted_event)
    assert event.targets[0].values == (feeder,)
    for values, found in (([feeder, "other"], [event.id]), (["other"], [])):
        asked = TargetFilter(target_type="GROUP", target_values=values)
        seen = await asyncio.to_thread(ven.events.get_events, asked, None, program.id)
        assert [each.id for each in seen] == found

    made = await asyncio.to_thread(ven.vens.create_ven, NewVen.model_validate({"venName": unique("home")}))
    charger = NewResource.model_validate({"resourceName": "charger", "venID": made.id})
    resource = await asyncio.to_thread(ven.vens.create_ven_resource, made.id, charger)
    (listed,) = await asyncio.to_thread(business.vens.get_vens, made.ven_name, None, None)
    assert [each.resource_name for each in listed.resources] == ["charger"]
    (again,) = await asyncio.to_thread(ven.vens.get_ven_resources, made.id, "charger", None, None)
    assert again.id == resource.id
    interval = {"id": 0, "payloads": [{"type": "OPERATING_STATE", "values": ["NORMAL"]}]}
    report = {"programID": program.id, "eventID": event.id, "clientName": "home", "reportName": unique("ready")}
    report["resources"] = [{"resourceName": "charger", "intervals": [interval]}]
    await asyncio.to_thread(ven.reports.create_report, NewReport.model_validate(report))
    (told,) = await asyncio.to_thread(business.reports.get_reports, None, program.id, event.id, None)
    assert (told.program_id, told.report_name) == (program.id, report["reportName"])
    await asyncio.to_thread(ven.vens.delete_ven_resource_by_id, made.id, resource.id)
    assert await asyncio.to_thread(ven.vens.get_ven_resources, made.id, None, None, None) == ()


@pytest.mark.use_case("UR-1", "UR-6", "UR-8", "UR-15")
async def test_our_device_is_registered_and_deleted_by_the_earlier_version(simulated_vtn: SimulatedVtn) -> None:
    """Resources are below their ven, and each object says what it is (``objectType``)."""
    credentials = await simulated_vtn.client()
    lfdi = "3E4F45AB31EDFE5B67E343E5E4562E31984E23E5"
    async with aiohttp.ClientSession() as session:
        known = Credentials(credentials["client_id"], credentials["client_secret"])
        url = URL(simulated_vtn.url.replace("3.1.0", "3.0.1"))
        connection = VtnConnection(session, url, known, tls=simulated_vtn.context)
        home = OpenAdr(connection, unique("home"), kinds=("thermostat",))
        opened = await home.open_registration("", "", "", "thermostat", lfdi, "any", "")
        assert [each.id for each in await home.registrations("", "")] == [opened.id]
        active = await home.set_programs(opened.id, ())
        assert (active.id, active.stage) == (opened.id, Stage.ACTIVE)
        notifiers = await home.notifying.notifiers()
        assert (notifiers.webhook, notifiers.broker) == (False, None)
        assert "3.0.1, which is polled" in notifiers.note

        assert (await home.close_registration(opened.id, "")).stage is Stage.CLOSED
        assert (await home.registration(opened.id)).stage is Stage.CLOSED
        await home.withdraw()
        assert await home.vens() == {}
        with pytest.raises(UtilityError) as gone:
            await home.close_registration(opened.id, "")
        assert gone.value.reason is UtilityReason.UNKNOWN_TO_UTILITY


async def test_what_the_earlier_version_does_not_have(simulated_vtn: SimulatedVtn) -> None:
    credentials = await simulated_vtn.client()
    ven = await client(simulated_vtn, VirtualEndNodeHttpClientFactory.create_http_ven_client, credentials)
    earlier = simulated_vtn.url.replace("3.1.0", "3.0.1")
    async with simulated_vtn.session.get(f"{earlier}/auth/server", ssl=simulated_vtn.context) as response:
        assert response.status == 404
    token = (await simulated_vtn.token(credentials))["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    for path, body, status in (
        ("programs", {"programName": "x"}, 403),
        ("reports", {"eventID": "x", "clientName": "x", "resources": []}, 400),
        ("vens", {"targets": [{"type": "GROUP"}], "venName": "x"}, 400),
        ("vens", [], 400),
        ("vens/nothing/resources", {"resourceName": "x"}, 404),
    ):
        url = f"{earlier}/{path}"
        async with simulated_vtn.session.post(url, json=body, headers=headers, ssl=simulated_vtn.context) as response:
            assert response.status == status, await response.text()
    await simulated_vtn.call("PUT", "/faults/rate_limit", path="/programs", count=1)
    async with simulated_vtn.session.get(
        f"{earlier}/programs", headers=headers, ssl=simulated_vtn.context
    ) as response:
        assert response.status == 429, "it has the same faults"
    with pytest.raises(requests.HTTPError):
        await asyncio.to_thread(ven.vens.get_ven_by_id, "nothing")
