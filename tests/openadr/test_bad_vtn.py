"""What goes wrong between a VEN and a VTN: a reason for each, nothing done twice, no secret where none belongs."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from yarl import URL

from custom_components.utility_han.esi import ControlResponse, ResponseStatus
from custom_components.utility_han.utility.errors import UtilityError, UtilityReason
from custom_components.utility_han.utility.model import Stage
from custom_components.utility_han.utility.openadr import Version, vtn_url
from custom_components.utility_han.utility.openadr.connection import Allowance
from custom_components.utility_han.utility.protocol import Feature
from tests.openadr.canned_vtn import EVENT, META, PROGRAM, VEN, CannedVtn, canned_vtn, problem, token

LFDI = "3E4F45AB31EDFE5B67E343E5E4562E31984E23E5"


@pytest.fixture
async def canned(socket_enabled: None) -> AsyncGenerator[CannedVtn]:
    async with canned_vtn() as served:
        yield served


@pytest.fixture
async def session() -> AsyncGenerator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


async def reason_of(asked: Any) -> UtilityReason:
    with pytest.raises(UtilityError) as failed:
        await asked
    assert "ven_secret_99" not in f"{failed.value!r} {failed.value.detail}"
    return failed.value.reason


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("http://vtn.example", UtilityReason.NOT_ENCRYPTED),
        ("ftp://vtn.example", UtilityReason.NOT_ENCRYPTED),
        ("https://me:secret@vtn.example", UtilityReason.NOT_A_UTILITY),
        ("https://vtn.example@elsewhere.invalid", UtilityReason.NOT_A_UTILITY),
    ],
)
def test_address_that_is_not_https_or_hides_its_host_is_refused(address: str, reason: UtilityReason) -> None:
    with pytest.raises(UtilityError) as refused:
        vtn_url(address)
    assert refused.value.reason is reason


def test_address_is_taken_as_people_type_it() -> None:
    assert vtn_url(" vtn.example/openadr3/3.1.0/ ") == URL("https://vtn.example/openadr3/3.1.0")
    with pytest.raises(UtilityError):
        vtn_url("not an address")


async def test_certificate_that_nobody_vouches_for_is_refused(
    canned: CannedVtn, session: aiohttp.ClientSession
) -> None:
    assert await reason_of(canned.home(session, tls=True).poll()) is UtilityReason.CERTIFICATE_UNTRUSTED
    assert canned.asked == []


async def test_price_server_for_everybody_needs_no_credentials(
    canned: CannedVtn, session: aiohttp.ClientSession
) -> None:
    canned.says |= {"GET /programs": [PROGRAM], "GET /events": [EVENT | {"targets": None}]}
    home = canned.home(session, known=False)
    assert (await home.poll()).created == {"object-999"}
    assert set(canned.authorized) == {None}
    assert home.offers(Feature.PRICES)
    assert not home.offers(Feature.REGISTRATION)


async def test_version_without_a_named_token_service_is_3_0_1(
    canned: CannedVtn, session: aiohttp.ClientSession
) -> None:
    del canned.says["GET /auth/server"]
    found = await canned.connection(session).authorization()
    assert (found.version, found.token_url, found.elsewhere) == (Version.V3_0_1, canned.url / "auth" / "token", False)


async def test_what_3_0_1_says_otherwise_is_understood(canned: CannedVtn, session: aiohttp.ClientSession) -> None:
    """Targets are value maps there, names of the program are fields, and no duration is infinity."""
    del canned.says["GET /auth/server"]
    target = [{"type": "GROUP", "values": ["group-1"]}]
    period = {"start": "2023-06-15T09:30:00Z", "duration": None, "randomizeStart": None}
    canned.says |= {
        "GET /programs": [PROGRAM | {"programLongName": "Time of Use", "retailerName": "ACME", "targets": target}],
        "GET /events": [EVENT | {"targets": target, "intervalPeriod": period}],
        "GET /vens": [VEN | {"targets": target, "clientID": None}],
        "GET /vens/object-999/resources": [],
    }
    home = canned.home(session)
    await home.poll()
    (program,) = await home.programs("")
    assert program.summary == "Time of Use, ACME"
    schedule = await home.prices()
    assert schedule is not None
    assert [price.per_kwh for price in schedule.prices] == [0.17]
    assert home.notes == ()


@pytest.mark.parametrize(
    ("target", "meant"),
    [
        ({"type": "VEN_NAME", "values": ["home"]}, {"p"}),
        ({"type": "RESOURCE_NAME", "values": [f"thermostat-{LFDI}"]}, {f"p/{LFDI}"}),
        ({"type": "RESOURCE_NAME", "values": ["somebody else's"]}, set()),
    ],
)
async def test_targets_of_3_0_1_are_names(
    canned: CannedVtn, session: aiohttp.ClientSession, target: dict[str, Any], meant: set[str]
) -> None:
    """There nothing is granted: who reads an event finds out whether it is meant."""
    del canned.says["GET /auth/server"]
    period = {"start": "0001-01-01", "duration": "PT23H"}
    intervals = [{"id": 0, "payloads": [{"type": "SIMPLE", "values": [1]}]}]
    shed = {"programID": "p", "targets": [target], "intervalPeriod": period, "intervals": intervals}
    now = {"modificationDateTime": datetime.now(UTC).isoformat()}
    resource = META | {"resourceName": f"thermostat-{LFDI}", "venID": "object-999"}
    canned.says |= {
        "GET /events": [EVENT | shed | now],
        "GET /vens": [VEN | {"targets": None}],
        "GET /vens/object-999/resources": [resource],
    }
    home = canned.home(session)
    await home.poll()
    assert {control.program for control in await home.controls([LFDI])} == meant


async def test_token_service_elsewhere_gets_nothing_before_a_person_agreed(
    canned: CannedVtn, session: aiohttp.ClientSession
) -> None:
    elsewhere = f"https://localhost:{canned.url.port}/oauth"
    canned.says |= {"GET /auth/server": {"tokenURL": elsewhere}, "POST /oauth": token()}
    assert (await canned.connection(session).authorization()).elsewhere
    assert await reason_of(canned.home(session).poll()) is UtilityReason.ELSEWHERE
    assert canned.asked.count("POST /oauth") == 0
    another = canned.home(session, confirmed="https://localhost/another")
    assert await reason_of(another.poll()) is UtilityReason.ELSEWHERE


async def test_token_service_elsewhere_is_used_once_a_person_agreed(
    canned: CannedVtn, session: aiohttp.ClientSession
) -> None:
    async with canned_vtn() as service:
        address = f"{service.url}/oauth"
        canned.says["GET /auth/server"] = {"tokenURL": address}
        service.says["POST /oauth"] = token("from-elsewhere")
        assert canned.tls is not None
        canned.tls.load_verify_locations(cadata=service.ca)
        await canned.home(session, confirmed=address).poll()
        assert service.asked == ["POST /oauth"]
    assert set(canned.authorized) == {"Bearer from-elsewhere"}


async def test_token_service_in_the_clear_is_refused(canned: CannedVtn, session: aiohttp.ClientSession) -> None:
    canned.says["GET /auth/server"] = {"tokenURL": f"http://127.0.0.1:{canned.url.port}/auth/token"}
    assert await reason_of(canned.home(session).poll()) is UtilityReason.NOT_ENCRYPTED


async def test_token_is_kept_and_another_asked_for_once_when_it_is_refused(
    canned: CannedVtn, session: aiohttp.ClientSession
) -> None:
    def tokens(request: web.Request, before: int) -> web.StreamResponse:
        return web.json_response(token(f"token-{before}"))

    def programs(request: web.Request, before: int) -> web.StreamResponse:
        revoked = request.headers["Authorization"] == "Bearer token-0"
        return web.json_response({}, status=401) if revoked else web.json_response([])

    canned.says |= {"POST /auth/token": tokens}
    home = canned.home(session)
    await home.poll()
    await home.poll()
    assert canned.asked.count("POST /auth/token") == 1
    canned.says["GET /programs"] = programs
    await home.poll()
    assert canned.asked.count("POST /auth/token") == 2
    canned.says["GET /programs"] = problem(401)
    assert await reason_of(home.poll()) is UtilityReason.UNAUTHORIZED
    assert canned.asked.count("POST /auth/token") == 3


async def test_token_that_ends_at_once_is_asked_for_each_time(
    canned: CannedVtn, session: aiohttp.ClientSession
) -> None:
    canned.says["POST /auth/token"] = token(expires_in=0)
    connection = canned.connection(session)
    for _ in range(2):
        await connection.call("GET", "programs")
    assert canned.asked.count("POST /auth/token") == 2


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (problem(401), UtilityReason.CREDENTIALS_REFUSED),
        (problem(400), UtilityReason.CREDENTIALS_REFUSED),
        (problem(503), UtilityReason.UTILITY_BUSY),
        (problem(500), UtilityReason.UTILITY_ERROR),
        ({"token_type": "Bearer"}, UtilityReason.UTILITY_NOT_UNDERSTOOD),
        (token("a\r\nX-Injected: b"), UtilityReason.UTILITY_NOT_UNDERSTOOD),
    ],
)
async def test_no_token_has_its_reason(
    canned: CannedVtn, session: aiohttp.ClientSession, said: Any, reason: UtilityReason
) -> None:
    canned.says["POST /auth/token"] = said
    assert await reason_of(canned.home(session).poll()) is reason
    assert canned.authorized == []


@pytest.mark.parametrize("path", ["GET /programs", "POST /auth/token", "GET /auth/server"])
async def test_nobody_is_followed_elsewhere(canned: CannedVtn, session: aiohttp.ClientSession, path: str) -> None:
    canned.says[path] = problem(307, Location=f"{canned.url}/stolen")
    assert await reason_of(canned.home(session).poll()) is UtilityReason.NOT_A_UTILITY
    assert not [asked for asked in canned.asked if "stolen" in asked]


async def test_scope_that_is_missing_is_told_and_nothing_made(
    canned: CannedVtn, session: aiohttp.ClientSession
) -> None:
    canned.says["POST /vens"] = problem(403)
    assert await reason_of(canned.home(session).request_registration("", "", "")) is UtilityReason.SCOPE_MISSING
    assert canned.asked.count("POST /vens") == 1


async def test_ven_whose_answer_was_lost_is_found_and_not_made_again(
    canned: CannedVtn, session: aiohttp.ClientSession
) -> None:
    def made(request: web.Request, before: int) -> web.StreamResponse:
        canned.says["GET /vens"] = [VEN]
        return web.json_response({"status": 500}, status=500)

    canned.says["POST /vens"] = made
    home = canned.home(session)
    assert await reason_of(home.request_registration("", "", "")) is UtilityReason.UTILITY_ERROR
    assert await home.request_registration("", "", "") == "object-999"
    assert canned.asked.count("POST /vens") == 1


async def test_ven_that_was_made_meanwhile_is_taken_up(canned: CannedVtn, session: aiohttp.ClientSession) -> None:
    def made(request: web.Request, before: int) -> web.StreamResponse:
        canned.says["GET /vens"] = [VEN]
        return web.json_response({"status": 409}, status=409)

    canned.says["POST /vens"] = made
    assert await canned.home(session).request_registration("", "", "") == "object-999"


async def test_busy_vtn_is_left_alone_as_long_as_it_wants(canned: CannedVtn, session: aiohttp.ClientSession) -> None:
    canned.says["GET /programs"] = problem(429, **{"Retry-After": "600"})
    with pytest.raises(UtilityError) as busy:
        await canned.home(session).poll()
    assert busy.value.reason is UtilityReason.UTILITY_BUSY
    assert busy.value.retry_after is not None
    assert busy.value.retry_after.total_seconds() == 600
    assert canned.asked.count("GET /programs") == 1


async def test_body_without_end_is_not_read_to_its_end(canned: CannedVtn, session: aiohttp.ClientSession) -> None:
    canned.says["GET /programs"] = lambda request, before: web.Response(body=b" " * 5_000_000)
    assert await reason_of(canned.home(session).poll()) is UtilityReason.UTILITY_NOT_UNDERSTOOD


async def test_pages_are_read_to_the_last_and_no_further(canned: CannedVtn, session: aiohttp.ClientSession) -> None:
    everything = [EVENT | {"id": f"e{number}", "targets": None} for number in range(1000)]

    def page(request: web.Request, before: int) -> web.StreamResponse:
        skip, limit = int(request.query["skip"]), int(request.query["limit"])
        return web.json_response(everything[skip : skip + limit])

    canned.says["GET /events"] = page
    assert len((await canned.home(session).poll()).created) == 1000


async def test_what_a_vtn_without_end_tells_is_read_within_bounds(
    canned: CannedVtn, session: aiohttp.ClientSession
) -> None:
    """Whether it has no pages, the same page always, or more than a home can hold."""
    everything = [EVENT | {"id": f"e{number}", "targets": None} for number in range(20_000)]
    for all_at_once, asked, read in ((everything[:200], 1, 200), (everything[:50], 4, 50)):
        canned.asked.clear()
        canned.says["GET /events"] = all_at_once
        home = canned.home(session)
        assert len((await home.poll()).created) == read
        assert canned.asked.count("GET /events") == asked
    assert home.notes == ("there are more events than are read",)

    def page(request: web.Request, before: int) -> web.StreamResponse:
        skip = int(request.query["skip"])
        first = 15_000 if request.query.get("active") == "true" else 0
        return web.json_response([{"id": each["id"]} for each in everything[first + skip : first + skip + 50]])

    canned.says["GET /events"] = page
    ids = {entry["id"] for entry in (await canned.connection(session).pages("events"))[0]}
    assert len(ids) == 3000
    allowance = Allowance(bytes=500)
    found, more = await canned.connection(session).pages("events", None, allowance)
    assert (len(found), more) == (50, True)
    await home.poll()
    assert any("e15000" in note for note in home.notes), "what lies ahead is looked for apart"


async def test_vtn_of_another_version_is_spoken_with_in_that(
    canned: CannedVtn, session: aiohttp.ClientSession
) -> None:
    canned.says["GET /vens"] = [VEN | {"targets": None}]
    home = canned.home(session)
    for version, without in ((Version.V3_1, ""), (Version.V3_0_1, "/auth/server"), (Version.V3_1, "/resources")):
        server = {"tokenURL": f"{canned.url}/auth/token"}
        old = version is Version.V3_0_1
        canned.says["GET /auth/server"] = problem(404) if old else server
        canned.says["GET /resources"] = problem(404) if old else []
        canned.says["GET /vens/object-999/resources"] = [] if old else problem(404)
        if without:
            assert await reason_of(home.poll()) is UtilityReason.UNKNOWN_TO_UTILITY
        await home.poll()
        assert (await home.way()).version == version.value


@pytest.mark.parametrize(
    "wrong",
    [
        {"intervals": None, "intervalPeriod": {"start": "yesterday", "duration": "PT1H"}},
        {"intervalPeriod": {"start": "2023-06-15T09:30:00Z", "duration": "P99999999999Y"}},
        {"intervalPeriod": {"start": "2023-06-15T09:30:00Z", "duration": "-PT1H"}},
        {"intervalPeriod": {"start": "2023-06-15T09:30:00Z", "duration": "soon"}},
        {"intervals": [{"id": 0, "payloads": [{"type": "PRICE", "values": [0] * 5000}]}]},
        {"intervals": [{"id": place, "payloads": []} for place in range(6000)]},
        {"intervals": "none"},
        {"programID": 7},
        {"priority": -1},
        {"targets": [{"type": "GROUP"}]},
        {"createdDateTime": None},
    ],
)
async def test_event_that_cannot_be_read_costs_itself_only(
    canned: CannedVtn, session: aiohttp.ClientSession, wrong: dict[str, Any]
) -> None:
    good = EVENT | {"id": "good", "targets": None}
    canned.says["GET /events"] = [EVENT | wrong | {"id": "bad"}, 7, good]
    home = canned.home(session)
    assert (await home.poll()).created == {"good"}
    assert any("bad" in note for note in home.notes)
    assert not await home.poll()
    assert any("bad" in note for note in home.notes), "as long as it is there"


async def test_words_of_others_are_left_out_and_do_not_pile_up(
    canned: CannedVtn, session: aiohttp.ClientSession
) -> None:
    """The library's enumerations keep every word that they ever see."""
    from openadr3_client.oadr310.models.event.event_payload import EventPayloadType
    from openadr3_client.oadr310.models.unit import Unit

    before = len(EventPayloadType), len(Unit)
    strange = {
        "payloadDescriptors": [{"payloadType": "PRICE", "units": "WATTS", "currency": "gold"}],
        "reportDescriptors": [
            {"payloadType": "MOOD"},
            {"payloadType": "USAGE", "units": "MILES", "readingType": "PALM"},
        ],
        "intervals": [{"id": 0, "payloads": [{"type": "MOOD", "values": [1]}, {"type": "PRICE", "values": [0.17]}]}],
        "targets": None,
    }
    canned.says["GET /events"] = [EVENT | strange]
    home = canned.home(session)
    await home.poll()
    assert (len(EventPayloadType), len(Unit)) == before
    assert len(home.notes) == 5
    assert await home.prices() is None, "the event is long over"


async def test_failed_poll_leaves_what_was_known(canned: CannedVtn, session: aiohttp.ClientSession) -> None:
    period = {"start": "0001-01-01", "duration": "P9999Y"}
    canned.says["GET /events"] = [EVENT | {"targets": None, "intervalPeriod": period}]
    home = canned.home(session)
    await home.poll()
    canned.says["GET /events"] = problem(400)
    assert await reason_of(home.poll()) is UtilityReason.INVALID_REQUEST
    assert await home.prices() is not None


async def test_token_service_that_is_not_there_says_nothing_of_a_device(
    canned: CannedVtn, session: aiohttp.ClientSession
) -> None:
    """A 404 or 409 of it is none of the VTN: the device is registered as before, and nothing was made."""
    canned.says["GET /resources/object-999"] = META | {"resourceName": f"thermostat-{LFDI}", "venID": "object-999"}
    for status in (404, 409, 410):
        canned.says["POST /auth/token"] = problem(status)
        home = canned.home(session)
        refused = status == 410
        reason = UtilityReason.CREDENTIALS_REFUSED if refused else UtilityReason.UTILITY_ERROR
        assert await reason_of(home.registration("object-999")) is reason
        assert await reason_of(home.request_registration("", "", "")) is reason
    canned.says["POST /auth/token"] = token()
    assert (await home.registration("object-999")).lfdi == LFDI


@pytest.mark.parametrize("path", ["/oauth/token/", "/oauth/token?p=b2c_1_ven", "/oauth/a%2Fb/token"])
async def test_token_service_is_asked_where_it_says(
    canned: CannedVtn, session: aiohttp.ClientSession, path: str
) -> None:
    """Its query "MUST be retained" (RFC 6749, 3.2), and a slash at the end is another path (RFC 3986, 3.3)."""
    asked: list[str] = []

    def tokens(request: web.Request, before: int) -> web.StreamResponse:
        asked.append(request.raw_path)
        return web.json_response(token())

    canned.says["GET /auth/server"] = {"tokenURL": f"{canned.url}{path}"}
    canned.says |= {"POST /oauth/token": problem(400), f"POST {URL(path).path}": tokens}
    await canned.home(session).poll()
    assert asked == [path]


async def test_service_that_was_agreed_to_without_its_query_is_the_same(
    canned: CannedVtn, session: aiohttp.ClientSession
) -> None:
    """The query was left out of what was kept once; path and host, which a person saw, are the same."""
    async with canned_vtn() as service:
        address = f"{service.url}/oauth"
        canned.says["GET /auth/server"] = {"tokenURL": f"{address}?p=ven"}
        service.says["POST /oauth"] = token()
        assert canned.tls is not None
        canned.tls.load_verify_locations(cadata=service.ca)
        await canned.home(session, confirmed=address).poll()
        assert service.asked == ["POST /oauth"]


async def test_agreeing_to_programs_keeps_the_targets_of_3_0_1(
    canned: CannedVtn, session: aiohttp.ClientSession
) -> None:
    """There a resource has its targets in what is put (in 3.1 who is no VEN puts them); others wrote them."""
    del canned.says["GET /auth/server"]
    target = [{"type": "GROUP", "values": ["group-1"]}]
    attributes = [{"type": "MAX_POWER_CONSUMPTION", "values": [7]}]
    resource = META | {"resourceName": f"thermostat-{LFDI}", "venID": "object-999", "targets": target}
    canned.says |= {
        "GET /vens": [VEN | {"targets": None}],
        "GET /vens/object-999/resources": [resource],
        "GET /vens/object-999/resources/object-999": resource | {"attributes": attributes},
        "PUT /vens/object-999/resources/object-999": resource | {"attributes": attributes},
    }
    await canned.home(session).set_programs("object-999", ())
    (put,) = canned.put
    assert put["targets"] == target
    assert put["attributes"][0] == attributes[0]


async def test_vtn_that_finds_nothing_for_a_while_has_deleted_no_device(
    canned: CannedVtn, session: aiohttp.ClientSession
) -> None:
    """A server before it says 404 to everything while it is away, or to where tokens come from: 3.0.1 would do so."""
    resource = META | {"resourceName": f"thermostat-{LFDI}", "venID": "object-999"}
    there = {"GET /vens": [VEN], "GET /resources": [resource], "GET /resources/object-999": resource}
    canned.says |= there | {"POST /auth/token": token(expires_in=0)}
    home = canned.home(session)
    assert (await home.registration("object-999")).lfdi == LFDI
    for away in ([*there, "GET /programs", "GET /events"], ["GET /auth/server"]):
        kept = {what: canned.says.pop(what) for what in away}
        assert await reason_of(home.registration("object-999")) is UtilityReason.UTILITY_ERROR
        canned.says |= kept
        assert (await home.registration("object-999")).lfdi == LFDI
    canned.says |= {"GET /resources": [], "GET /resources/object-999": problem(404)}
    assert (await home.registration("object-999")).stage is Stage.CLOSED


async def test_answer_to_an_event_that_is_there_waits_where_reports_are_not_found(
    canned: CannedVtn, session: aiohttp.ClientSession
) -> None:
    """A server before the VTN that answers 404 for a while says nothing of the event: the list of events does."""
    period = {"start": "0001-01-01", "duration": "PT23H"}
    shed = {"intervalPeriod": period, "intervals": [{"id": 0, "payloads": [{"type": "SIMPLE", "values": [1]}]}]}
    event = EVENT | shed | {"targets": None, "modificationDateTime": datetime.now(UTC).isoformat()}
    resource = META | {"resourceName": f"thermostat-{LFDI}", "venID": "object-999"}
    canned.says |= {"GET /vens": [VEN], "GET /resources": [resource], "GET /events": [event], "GET /reports": []}
    home = canned.home(session)
    await home.poll()
    answer = ControlResponse("any", LFDI, ResponseStatus.STARTED, datetime.now(UTC), "object-999", running=True)
    canned.says["POST /reports"] = problem(404)
    assert await reason_of(home.respond(answer)) is UtilityReason.UTILITY_ERROR
    canned.says["POST /reports"] = {}
    await home.respond(answer)
    canned.says |= {"GET /events": [], "POST /reports": problem(404)}
    await home.poll()
    assert await reason_of(home.respond(answer)) is UtilityReason.UNKNOWN_TO_UTILITY
