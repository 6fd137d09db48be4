"""What is read over several pages, whose entries come and go meanwhile, or are more than are read."""

from collections.abc import AsyncGenerator

import aiohttp
import pytest
from aiohttp import web

from custom_components.utility_han.utility.model import Stage
from tests.openadr.canned_vtn import EVENT, META, PROGRAM, VEN, CannedVtn, canned_vtn

LFDI = "3E4F45AB31EDFE5B67E343E5E4562E31984E23E5"


@pytest.fixture
async def canned(socket_enabled: None) -> AsyncGenerator[CannedVtn]:
    async with canned_vtn() as served:
        yield served


@pytest.fixture
async def session() -> AsyncGenerator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


async def test_event_that_moved_up_while_pages_were_read_is_not_taken_for_deleted(
    canned: CannedVtn, session: aiohttp.ClientSession
) -> None:
    """Pages are by place (``skip``): where one is deleted between two of them, the next is on neither."""
    there = [f"e{place:02}" for place in range(60)]
    deletes: list[int] = []

    def page(request: web.Request, before: int) -> web.StreamResponse:
        skip = int(request.query["skip"])
        shown = there[skip : skip + int(request.query["limit"])]
        for place in deletes if skip == 0 else ():
            del there[place]
        deletes.clear()
        return web.json_response([EVENT | {"id": each} for each in shown])

    def one(request: web.Request, before: int) -> web.StreamResponse:
        about = request.path.rpartition("/")[2]
        return web.json_response(EVENT | {"id": about}, status=200 if about in there else 404)

    canned.says |= {"GET /events": page} | {f"GET /events/e{place:02}": one for place in range(60)}
    home = canned.home(session)
    assert len((await home.poll()).created) == 60
    deletes.append(0)
    assert not await home.poll(), "e50 is there"
    assert (await home.poll()).deleted == {"e00"}
    deletes.append(58)
    assert (await home.poll()).deleted == {"e59"}


async def test_report_among_thousands_is_looked_for_once(canned: CannedVtn, session: aiohttp.ClientSession) -> None:
    """An event that lasts has more than are read: readiness is told once after a start, not with each poll."""
    descriptors = [{"payloadType": "OPERATING_STATE"}]
    resource = META | {"resourceName": f"thermostat-{LFDI}", "venID": "object-999"}
    agreed = [{"type": "UTILITY_HAN_PROGRAMS", "values": ["object-999 1 2026-11-28T05:00:00Z"]}]

    def reports(request: web.Request, before: int) -> web.StreamResponse:
        skip = int(request.query["skip"])
        return web.json_response([META | {"reportName": f"r{skip + place}"} for place in range(50)])

    canned.says |= {
        "GET /programs": [PROGRAM],
        "GET /events": [EVENT | {"reportDescriptors": descriptors}],
        "GET /vens": [VEN],
        "GET /resources": [resource | {"attributes": agreed}],
        "GET /resources/object-999": resource | {"attributes": agreed},
        "GET /reports": reports,
        "POST /reports": {},
    }
    home = canned.home(session)
    for turn in range(3):
        await home.poll()
        registration = await home.registration("object-999")
        assert registration.stage is (Stage.ACTIVE if turn else Stage.AWAITING_READINESS)
        await home.acknowledge("object-999", [each.id for each in registration.unacknowledged], ready=True)
    assert canned.asked.count("POST /reports") == 1
    looked = canned.asked.count("GET /reports")
    await home.poll()
    await home.registration("object-999")
    assert canned.asked.count("GET /reports") == looked
