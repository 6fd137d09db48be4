"""Our ven and its resources at a VTN that has them otherwise than we made them, or not at all."""

from collections.abc import AsyncGenerator

import aiohttp
import pytest
from aiohttp import web

from custom_components.utility_han.utility.errors import UtilityError, UtilityReason
from custom_components.utility_han.utility.model import Stage
from tests.openadr.canned_vtn import META, VEN, CannedVtn, canned_vtn, problem

LFDI = "3E4F45AB31EDFE5B67E343E5E4562E31984E23E5"
RESOURCE = META | {"resourceName": f"thermostat-{LFDI}", "venID": "object-999"}


@pytest.fixture
async def canned(socket_enabled: None) -> AsyncGenerator[CannedVtn]:
    async with canned_vtn() as served:
        served.says["GET /vens"] = [VEN]
        yield served


@pytest.fixture
async def session() -> AsyncGenerator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


async def test_resource_whose_name_is_taken_where_we_cannot_see_it_is_somebody_elses(
    canned: CannedVtn, session: aiohttp.ClientSession
) -> None:
    """409 says that the name is taken ("Object names"); one that a list shows is ours, and used."""
    canned.says["POST /resources"] = problem(409)
    home = canned.home(session)
    with pytest.raises(UtilityError) as taken:
        await home.open_registration("", "", "", "thermostat", LFDI, "any", "")
    assert taken.value.reason is UtilityReason.NAME_TAKEN
    assert f"thermostat-{LFDI}" in taken.value.detail

    def made(request: web.Request, before: int) -> web.StreamResponse:
        canned.says["GET /resources"] = [RESOURCE]
        return web.json_response({"status": 409}, status=409)

    canned.says["POST /resources"] = made
    opened = await home.open_registration("", "", "", "thermostat", LFDI, "any", "")
    assert (opened.id, opened.stage) == ("object-999", Stage.OPEN)


async def test_resource_that_cannot_be_read_is_not_taken_for_deleted(
    canned: CannedVtn, session: aiohttp.ClientSession
) -> None:
    canned.says["GET /resources/object-999"] = RESOURCE | {"resourceName": 7}
    with pytest.raises(UtilityError) as odd:
        await canned.home(session).registration("object-999")
    assert odd.value.reason is UtilityReason.UTILITY_NOT_UNDERSTOOD


@pytest.mark.parametrize("kept", ["../programs", "object-999?x", "x" * 129, ""])
async def test_what_is_no_id_is_asked_for_nowhere(
    canned: CannedVtn, session: aiohttp.ClientSession, kept: str
) -> None:
    """What a hub kept, or another way to the utility gave, goes into no path (``objectID``)."""
    with pytest.raises(UtilityError) as refused:
        await canned.home(session).close_registration(kept, "")
    assert refused.value.reason is UtilityReason.UNKNOWN_TO_UTILITY
    assert canned.asked == []


async def test_ven_is_the_same_in_whatever_zone_its_vtn_writes_times(
    canned: CannedVtn, session: aiohttp.ClientSession
) -> None:
    """A VTN that has moved may run in another zone; by this it is known again (RFC 3339: one moment, many ways)."""
    known: list[str] = []
    for created in ("2023-06-15T09:30:00Z", "2023-06-15T09:30:00.000+00:00", "2023-06-15T11:30:00+02:00"):
        canned.says["GET /vens"] = [VEN | {"createdDateTime": created}]
        known += (await canned.home(session).vens()).values()
    assert len(known) == 3
    assert len(set(known)) == 1


async def test_ven_of_a_time_before_all_times_is_left_out(canned: CannedVtn, session: aiohttp.ClientSession) -> None:
    canned.says["GET /vens"] = [VEN | {"createdDateTime": "0001-01-01T00:00:00+14:00"}]
    assert await canned.home(session).vens() == {}
