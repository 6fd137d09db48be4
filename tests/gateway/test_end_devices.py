"""Our own entry on a gateway's list: found where it is, however the gateway names it."""

from typing import Any, ClassVar, cast

import pytest
from aio2030dot5 import MeterAuthError, MeterConnectionError, MeterError, sfdi_from_lfdi

from custom_components.utility_han.gateway.errors import GatewayError, Reason
from custom_components.utility_han.gateway.ieee2030_5.client import Ieee2030_5Gateway
from custom_components.utility_han.gateway.ieee2030_5.connection import Pacing
from custom_components.utility_han.gateway.ieee2030_5.entry import read_entry
from custom_components.utility_han.gateway.ieee2030_5.failures import unless_refused
from custom_components.utility_han.gateway.ieee2030_5.identity import Identity
from custom_components.utility_han.gateway.ieee2030_5.reader import Reader
from custom_components.utility_han.gateway.model import Listed, ListedDevice
from tests.conftest import PACING, TIMEOUTS
from tests.helpers import canned

pytestmark = pytest.mark.use_case("IP-9")

DCAP = {"/dcap": '<DeviceCapability href="/dcap"><EndDeviceListLink href="/edev" all="1"/></DeviceCapability>'}
MANAGER = 1 << 14


async def client_of(server: canned.CannedServer, identity: Identity) -> Ieee2030_5Gateway:
    """Return a client of what a test has written down, that was let in before."""
    return await Ieee2030_5Gateway.create(
        server.host,
        server.port,
        identity,
        expected_lfdi=server.lfdi,
        accepted_before=True,
        pacing=PACING,
        timeouts=TIMEOUTS,
    )


def registered_entry(href: str, lfdi: str) -> str:
    """Return an EndDevice that links what it is assigned and its Registration."""
    return (
        f'<EndDevice href="{href}"><lFDI>{lfdi}</lFDI><sFDI>{canned.sfdi_of(lfdi)}</sFDI>'
        f'<changedTime>1790000000</changedTime><FunctionSetAssignmentsListLink href="{href}/fsa" all="1"/>'
        f'<RegistrationLink href="{href}/rg"/></EndDevice>'
    )


@pytest.mark.parametrize("answer", [403, 401, 404, 410, 500, canned.DROPPED])
async def test_entry_whose_address_is_another_devices_now_is_looked_for(identity: Identity, answer: int) -> None:
    """A gateway that numbers its list anew keeps the entry of another from us: that says nothing of us."""
    with canned.serving(DCAP) as server:
        server.posted = {"/edev/1": identity.lfdi}
        client = await client_of(server, identity)
        assert await client.own_programs() == []
        server.resources["/edev/1"] = answer
        server.posted = {"/edev/2": identity.lfdi}
        server.requests.clear()
        assert await client.own_programs() == []
        assert ("GET", "/edev/2") not in server.requests, "its list has it whole"
        server.requests.clear()
        assert await client.own_programs() == []
        assert set(server.requests) == {("GET", "/dcap"), ("GET", "/edev/2")}, "it is known where it is"


@pytest.mark.parametrize("answer", [500, None])
async def test_entry_is_asked_for_by_itself_at_most_where_its_list_was_not(
    identity: Identity, answer: int | None
) -> None:
    """sep.xsd, EndDeviceList: it has objects of the type EndDevice, as their own addresses have."""
    with canned.serving(DCAP | ({"/edev/1": answer} if answer is not None else {})) as server:
        server.posted = {"/edev/1": identity.lfdi}
        client = await client_of(server, identity)
        own = ("GET", "/edev/1")
        async with client.session():
            assert await client.listed_devices()
            assert await client.registration_pin("/edev/1") is None
            assert await client.device_programs("/edev/1") == await client.own_programs() == []
            assert own not in server.requests
            await client.announce(MANAGER, "3E4F45AB31EDFE5B67E343E5E4562E31984E23E5")
            assert await client.device_programs("/edev/1") == []
            assert server.requests.count(own) == 1, "what was written may have changed it"
            assert await client.device_programs("/edev/1") == []
            assert server.requests.count(own) == 1
        assert await client.device_programs("/edev/1") == []
        assert server.requests.count(own) == 2, "another connection, at another time"


@pytest.mark.parametrize("why", [MeterAuthError("no", reason="http_403"), MeterConnectionError("connect to it")])
async def test_entry_that_is_kept_from_us_or_whose_server_is_away_is_looked_for_in_no_list(why: MeterError) -> None:
    class Session:
        dcap_path = "/dcap"
        asked: ClassVar[list[str]] = []

        def listed(self, _href: str) -> None:
            """Nothing was read of it yet."""

        async def get(self, path: str) -> bytes:
            self.asked.append(path)
            raise why

    with pytest.raises(type(why)):
        await read_entry(Reader(cast("Any", Session())), "/edev/1")
    assert Session.asked == ["/edev/1"]


async def test_address_that_is_another_devices_now_is_ours_no_more(identity: Identity) -> None:
    """A gateway may let everybody read all entries."""
    with canned.serving(DCAP) as server:
        server.posted = {"/edev/1": identity.lfdi}
        client = await client_of(server, identity)
        assert await client.own_programs() == []
        server.entry = registered_entry
        server.posted = {"/edev/1": f"{1:040X}", "/edev/2": identity.lfdi}
        server.resources["/edev/2/fsa"] = '<FunctionSetAssignmentsList href="/edev/2/fsa" all="0" results="0"/>'
        server.requests.clear()
        assert await client.own_programs() == []
        assert ("GET", "/edev/2/fsa") in server.requests


@pytest.mark.parametrize("absolute", [False, True])
async def test_entry_that_its_list_alone_has_is_asked_for_seldom(identity: Identity, *, absolute: bool) -> None:
    """An href in a list may be absolute (sep.xsd, ``href``: anyURI)."""
    with canned.serving(DCAP | {"/edev/1": 500}) as server:
        here = f"https://{server.host}:{server.port}" if absolute else ""
        server.entry = lambda href, lfdi: registered_entry(here + href, lfdi)
        server.posted = {"/edev/1": identity.lfdi}
        client = await client_of(server, identity)
        assert await client.registration_pin("/edev/1") is None
        server.resources["/edev/1/fsa"] = '<FunctionSetAssignmentsList href="/edev/1/fsa" all="0" results="0"/>'
        server.requests.clear()
        for _ in range(3):
            assert await client.own_programs() == []
        assert server.requests.count(("GET", "/edev/1")) == 1


async def test_what_is_wrong_with_an_entry_is_said_where_its_list_cannot_be_had_either(identity: Identity) -> None:
    with canned.serving(DCAP | {"/edev": 500, "/edev/1": 404}) as server:
        client = await client_of(server, identity)
        for served in (server.resources, {**server.resources, "/dcap": '<DeviceCapability href="/dcap"/>'}):
            server.resources = served
            with pytest.raises(GatewayError) as refused:
                await client.device_programs("/edev/1")
            assert refused.value.reason is Reason.NOT_FOUND


async def test_of_what_describes_a_gateway_some_is_kept(identity: Identity) -> None:
    with canned.serving({}) as server:
        server.posted = {f"/edev/{number}": f"{number:040X}" for number in range(1, 71)}
        client = await client_of(server, identity)
        async with client.session():
            for href in [*server.posted] * 2:
                assert await client.device_programs(href) == []
    assert [server.requests.count(("GET", href)) for href in server.posted] == [1] * 64 + [2] * 6


_ALIKE = ' all="0" results="0"/>'
_MADE = (
    f"<lFDI>{'AB' * 20}</lFDI><mfDate>0</mfDate><mfHwVer>1</mfHwVer><mfID>1</mfID><mfModel>M</mfModel>"
    "<mfSerNum>1</mfSerNum>"
    "<primaryPower>1</primaryPower><secondaryPower>0</secondaryPower><swActTime>0</swActTime><swVer>1</swVer>"
)


@pytest.mark.parametrize(
    ("body", "times"),
    [
        (DCAP["/dcap"], 1),
        (f"<DeviceInformation>{_MADE}</DeviceInformation>", 1),
        (registered_entry("/asked", "AB" * 20), 1),
        ('<FunctionSetAssignmentsList href="/asked"' + _ALIKE, 1),
        ('<SelfDevice href="/asked"><sFDI>10</sFDI></SelfDevice>', 1),
        ('<UsagePointList href="/asked"' + _ALIKE, 1),
        ('<EndDeviceList href="/asked"' + _ALIKE, 2),
        ('<TariffProfileList href="/asked"' + _ALIKE, 2),
    ],
    ids=lambda each: each.partition(" ")[0].partition(">")[0][1:] if isinstance(each, str) else None,
)
async def test_what_describes_a_gateway_is_asked_for_once_over_a_connection(
    identity: Identity, body: str, times: int
) -> None:
    """A utility may put us on the list at any time, and prices change; nothing of it stays in memory for long."""
    with canned.serving({"/asked": body}) as server:
        client = await client_of(server, identity)
        async with client._connection.session() as session:
            assert await session.get("/asked") == await session.get("/asked")
        assert server.requests.count(("GET", "/asked")) == times
        assert not session._described


async def test_of_a_long_list_some_entries_are_kept(identity: Identity) -> None:
    """What is kept is bounded, as what a server may have is not."""
    with canned.serving(DCAP) as server:
        server.posted = {f"/edev/{number}": f"{number:040X}" for number in range(1, 101)}
        client = await client_of(server, identity)
        async with client.session():
            assert len(await client.listed_devices() or ()) == 100
            for number in (1, 64, 65, 100):
                assert await client.device_programs(f"/edev/{number}") == []
        assert {path for _, path in server.requests if path.startswith("/edev/")} == {"/edev/65", "/edev/100"}


@pytest.mark.use_case("IP-7", "UR-12")
@pytest.mark.parametrize("answer", [404, 500, canned.DROPPED])
async def test_entry_that_its_list_alone_has_is_read_there(identity: Identity, answer: int) -> None:
    """A list holds its entries whole, and GridAPPS-D's server has them nowhere else."""
    registration = (
        '<Registration href="/edev/1/rg"><dateTimeRegistered>1790000000</dateTimeRegistered><pIN>123455</pIN>'
        "</Registration>"
    )
    assigned = (
        '<FunctionSetAssignmentsList href="/edev/1/fsa" all="1" results="1">'
        '<FunctionSetAssignments href="/edev/1/fsa/1">'
        "<mRID>00000000000000000000000000000001</mRID><description>Homes</description></FunctionSetAssignments>"
        "</FunctionSetAssignmentsList>"
    )
    with canned.serving(DCAP | {"/edev/1/rg": registration, "/edev/1/fsa": assigned, "/edev/1": answer}) as server:
        server.entry = registered_entry
        server.posted = {"/edev/1": identity.lfdi}
        client = await client_of(server, identity)
        assert await client.registration_pin("/edev/1") == 123455
        assert (await client.configuration()).programs == ("Homes",)
        with pytest.raises(GatewayError):
            await client.registration_pin("/edev/9")


@pytest.mark.use_case("IP-7")
@pytest.mark.parametrize("answer", [401, 403, 404])
async def test_registration_that_is_kept_from_us_has_no_pin_to_compare(identity: Identity, answer: int) -> None:
    with canned.serving(DCAP | {"/edev/1/rg": answer}) as server:
        server.entry = registered_entry
        server.posted = {"/edev/1": identity.lfdi}
        assert await (await client_of(server, identity)).registration_pin("/edev/1") is None


@pytest.mark.use_case("IP-7")
async def test_pin_of_a_gateway_that_holds_none_is_none(identity: Identity) -> None:
    """A Registration is not valid without a pIN (sep.xsd): what stands for none is 0."""
    none = '<Registration href="/edev/1/rg"><dateTimeRegistered>0</dateTimeRegistered><pIN>0</pIN></Registration>'
    with canned.serving(DCAP | {"/edev/1/rg": none}) as server:
        server.entry = registered_entry
        server.posted = {"/edev/1": identity.lfdi}
        assert await (await client_of(server, identity)).registration_pin("/edev/1") is None


async def test_certificate_that_is_not_taken_is_no_refusal_of_one_resource() -> None:
    async def reading(why: MeterAuthError) -> str:
        raise why

    assert await unless_refused(reading(MeterAuthError("no", reason="http_401"))) is None
    with pytest.raises(MeterAuthError):
        await unless_refused(reading(MeterAuthError("no", reason="certificate_expired")))


@pytest.mark.use_case("IP-6")
async def test_entry_that_is_taken_without_a_word_of_where_is_looked_for(identity: Identity) -> None:
    with canned.serving(DCAP) as server:
        answer = server.answer

        def without_location(method: str, target: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
            status, _, body = answer(method, target, body)
            return status, {}, body

        server.answer = without_location  # type: ignore[method-assign]
        client = await client_of(server, identity)
        href = await client.announce(MANAGER)
        assert server.posted == {href: identity.lfdi}


@pytest.mark.use_case("IP-6")
@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (409, Reason.REGISTRATION_REFUSED),
        (503, Reason.GATEWAY_BUSY),
        (500, Reason.HTTP_ERROR),
        (201, Reason.REGISTRATION_REFUSED),
    ],
)
async def test_entry_that_is_not_taken_has_a_reason(identity: Identity, status: int, reason: Reason) -> None:
    with canned.serving(DCAP) as server:
        answer = server.answer
        server.answer = lambda *asked: (status, {}, b"") if asked[0] == "POST" else answer(*asked)  # type: ignore[method-assign]
        with pytest.raises(GatewayError) as refused:
            await (await client_of(server, identity)).announce(MANAGER)
        assert refused.value.reason is reason


@pytest.mark.use_case("IP-6")
async def test_what_is_written_keeps_the_pause_and_a_connection_that_is_closed_then_is_left(
    identity: Identity,
) -> None:
    with canned.serving(DCAP) as server:
        server.posted = {"/edev/1": identity.lfdi}
        answer = server.answer

        def closing(method: str, target: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
            status, headers, answered = answer(method, target, body)
            return status, headers | ({"Connection": "close"} if method == "DELETE" else {}), answered

        server.answer = closing  # type: ignore[method-assign]
        client = await Ieee2030_5Gateway.create(
            server.host,
            server.port,
            identity,
            expected_lfdi=server.lfdi,
            pacing=Pacing(connections=0.0, requests=0.05, probes=0.0),
            timeouts=TIMEOUTS,
        )
        async with client.session():
            await client.withdraw("/edev/1", identity.lfdi)
            assert await client.listed_devices() == []
        assert client.statistics()["connections"] == 2


@pytest.mark.use_case("IP-6")
async def test_entry_without_an_lfdi_is_ours_by_its_sfdi(identity: Identity) -> None:
    """In sep.xsd ``lFDI`` of an EndDevice may be left out; ``sFDI`` is always there."""
    other = "3E4F45AB31EDFE5B67E343E5E4562E31984E23E5"
    with canned.serving(DCAP) as server:
        server.entry = lambda href, lfdi: (
            f'<EndDevice href="{href}"><sFDI>{canned.sfdi_of(lfdi)}</sFDI>'
            "<changedTime>1790000000</changedTime></EndDevice>"
        )
        server.posted = {"/edev/1": other, "/edev/2": identity.lfdi}
        client = await client_of(server, identity)
        assert await client.announce(MANAGER) == "/edev/2"
        assert not any(method == "POST" for method, _ in server.requests), "it is there already"
        listed = await client.listed_devices()
        assert listed is not None
        assert [(each.href, each.lfdi, each.sfdi) for each in listed] == [
            ("/edev/1", None, sfdi_from_lfdi(other)),
            ("/edev/2", identity.lfdi, sfdi_from_lfdi(identity.lfdi)),
        ]


def test_who_is_listed_by_an_lfdi_goes_before_who_has_its_short_number_alone() -> None:
    lfdi, other = "3E4F45AB31EDFE5B67E343E5E4562E31984E23E5", "3E4F45AB31EDFE5B67E343E5E4562E3198400000"
    short, full = ListedDevice(None, sfdi_from_lfdi(lfdi), "/edev/1"), ListedDevice(lfdi, "1", "/edev/2")
    assert Listed([short, full]).get(lfdi) == full
    assert Listed([short, full]).get(other) == short, "nothing else is told of either"
    assert Listed([full]).get(other) is None, "its LFDI is told, and is another"
    assert Listed([short]).get("none") is None
