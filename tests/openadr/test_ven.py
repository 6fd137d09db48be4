"""Our VEN against a VTN: the utility's side is openadr3-client's, as is whatever reads what we left there."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from openadr3_client.oadr310.models.report.report import ExistingReport
from yarl import URL

from custom_components.utility_han.esi import ControlResponse, Priority, ResponseStatus
from custom_components.utility_han.gateway.model import DeviceState
from custom_components.utility_han.procedures.deregistration import deregister
from custom_components.utility_han.procedures.registration import find_registration, register
from custom_components.utility_han.procedures.registration_run import RegistrationRun
from custom_components.utility_han.procedures.step import Outcome, Step, StepResult
from custom_components.utility_han.utility.errors import UtilityError, UtilityReason
from custom_components.utility_han.utility.model import Stage
from custom_components.utility_han.utility.openadr import Credentials, OpenAdr, VtnConnection
from custom_components.utility_han.utility.protocol import Feature
from tests.openadr.under_test import Vtn

LFDI = "3E4F45AB31EDFE5B67E343E5E4562E31984E23E5"
OTHER = "7777777731EDFE5B67E343E5E4562E31984E23E5"
KINDS = ("thermostat", "water_heater")
STATE = [{"payloadType": "OPERATING_STATE", "reportIntervals": "OPEN_INTERVALS", "frequency": 0}]


class Home:
    """Home Assistant as a VEN of a VTN."""

    def __init__(self, vtn: Vtn, session: aiohttp.ClientSession) -> None:
        self.vtn = vtn
        self._session = session
        self.ven = self.opened()

    def opened(self, secret: str | None = None, **more: Any) -> OpenAdr:
        """Return the way to the utility, as after a restart."""
        known = Credentials(self.vtn.ven.client_id, secret or self.vtn.ven.client_secret)
        connection = VtnConnection(self._session, URL(self.vtn.url), known, tls=self.vtn.ssl_context)
        return OpenAdr(connection, f"home-{self.vtn.ven.client_id}", kinds=KINDS, **more)

    async def save(self, run: RegistrationRun) -> None:
        """Keep a run, as a hub does."""

    def run(self, *programs: str, lfdi: str = LFDI, versions: dict[str, str] | None = None) -> RegistrationRun:
        """Return the registration of a device about to begin."""
        consents = [
            {
                "program_id": program,
                "name": program,
                "terms_version": (versions or {}).get(program, "1"),
                "consented_at": "2026-11-26T10:00:00+00:00",
            }
            for program in programs
        ]
        return RegistrationRun(
            lfdi=lfdi, kind="thermostat", model_id="any", premise_id="", gateway_lfdi="", consents=consents
        )

    async def registered(self, *programs: str, lfdi: str = LFDI) -> RegistrationRun:
        """Return the registration of a device in programs, once it is through."""
        versions = {program.id: program.terms_version for program in await self.ven.programs("")}
        run = self.run(*programs, lfdi=lfdi, versions=versions)
        assert (await self.goes_through(run)).outcome is Outcome.DONE
        return run

    async def goes_through(self, run: RegistrationRun) -> StepResult:
        """Make a pass and return its last step."""
        results = [result async for result in register(self.ven, None, run, self.save)]
        return results[-1]


@pytest.fixture
async def home(vtn: Vtn) -> AsyncGenerator[Home]:
    async with aiohttp.ClientSession() as session:
        yield Home(vtn, session)


def now(seconds: float = 0) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def one(kind: str, *values: Any) -> list[dict[str, Any]]:
    return [{"id": 0, "payloads": [{"type": kind, "values": list(values)}]}]


def hour(start: float = -60) -> dict[str, str]:
    return {"start": now(start), "duration": "PT1H"}


@pytest.mark.use_case("UR-3", "UR-9")
async def test_programs_are_told_with_their_links_and_what_they_send(home: Home) -> None:
    made = await home.vtn.make_program(
        "ResTOU",
        programDescriptions=[{"URL": "https://utility.example/restou"}],
        attributes=[{"type": "PROGRAM_LONG_NAME", "values": ["Residential Time of Use"]}],
        payloadDescriptors=[
            {"objectType": "EVENT_PAYLOAD_DESCRIPTOR", "payloadType": "PRICE", "units": "KWH", "currency": "USD"},
            {"objectType": "REPORT_PAYLOAD_DESCRIPTOR", "payloadType": "USAGE", "units": "KWH"},
        ],
    )
    (program,) = await home.ven.programs("")
    assert (program.id, program.name, program.summary) == (made["id"], "ResTOU", "Residential Time of Use")
    assert program.links == ("https://utility.example/restou",)
    assert program.signals == ("PRICE",)
    (again,) = await home.opened().programs("")
    assert again.terms_version == program.terms_version, "nothing changed that a person agreed to"


@pytest.mark.use_case("UR-1", "UR-6", "UR-7", "UR-8", "UR-10", "UR-14", "UR-15")
async def test_device_is_registered_without_account_gateway_serial_number_and_pin(home: Home) -> None:
    program = await home.vtn.make_program("Shed")
    run = await home.registered(program["id"])
    assert (run.device_state, run.stage) == (DeviceState.ENROLLED, Stage.ACTIVE)
    assert [each.href for each in run.programs] == [program["id"], f"{program['id']}/{LFDI}"]
    (resource,) = await home.vtn.as_business(lambda bl: bl.resources.get_resources(None, None, None, None))
    assert (resource.id, resource.resource_name) == (run.record_id, f"thermostat-{LFDI}")
    assert not home.ven.offers(Feature.ACCOUNT)


@pytest.mark.use_case("UR-6", "UR-14")
async def test_registering_again_after_all_was_forgotten_makes_nothing_twice(home: Home) -> None:
    program = await home.vtn.make_program("Shed")
    first = await home.registered(program["id"])
    home.ven = home.opened()
    again = await home.registered(program["id"])
    assert again.registration_id == first.registration_id
    assert len(await home.vtn.request("GET", "/vens")) == 1
    assert len(await home.vtn.request("GET", "/resources")) == 1

    lost = home.run(lfdi=LFDI)
    lost.consents = None
    await find_registration(home.ven, lost)
    assert lost.registration_id == first.registration_id
    kept: list[dict[str, str]] = lost.consents or []
    assert [each["program_id"] for each in kept] == [program["id"]]


@pytest.mark.use_case("UR-4", "UR-10")
async def test_device_waits_until_the_utility_has_granted_its_targets(home: Home) -> None:
    """What is targeted stays unseen until then; what the person agreed to was told by the utility otherwise."""
    program = await home.vtn.make_program("Feeder", targets=["feeder-7"])
    run = home.run(program["id"])
    await home.ven.request_registration("", "", "")
    registration = await home.ven.open_registration("", "", "", "thermostat", LFDI, "any", "")
    run.registration_id = registration.id
    waiting = await home.goes_through(run)
    assert (waiting.step, waiting.reason) == (Step.UR_10, UtilityReason.AWAITING_APPROVAL)
    (ven,) = await home.vtn.request("GET", "/vens")
    await home.vtn.grant(ven["id"], "feeder-7")
    assert (await home.goes_through(run)).outcome is Outcome.DONE


@pytest.mark.use_case("UR-13")
async def test_readiness_is_told_to_who_asks_for_the_state(home: Home) -> None:
    program = await home.vtn.make_program("Shed")
    event = await home.vtn.make_event(program["id"], intervalPeriod=hour(), reportDescriptors=STATE)
    await home.registered(program["id"])
    (report,) = await home.vtn.reports(event["id"])
    read = ExistingReport.model_validate(
        {name: value for name, value in report.items() if name != "payloadDescriptors"}
    )
    assert read.resources[0].resource_name == f"thermostat-{LFDI}"
    assert read.resources[0].intervals[0].payloads[0].values == ("NORMAL",)
    home.ven = home.opened()
    await home.registered(program["id"])
    assert len(await home.vtn.reports(event["id"])) == 1, "once"


async def test_device_that_is_deleted_leaves_nothing_and_may_be_deleted_again(home: Home) -> None:
    run = await home.registered()
    await deregister(home.ven, run, home.save)
    assert await home.vtn.request("GET", "/resources") == []
    await deregister(home.ven, run, home.save)
    await home.ven.withdraw()
    assert await home.vtn.request("GET", "/vens") == []
    await home.ven.withdraw()


async def test_each_change_of_an_event_is_told_once(home: Home) -> None:
    program = await home.vtn.make_program("Shed")
    assert not await home.ven.poll()
    event = await home.vtn.make_event(program["id"], intervalPeriod=hour(), intervals=one("SIMPLE", 1))
    assert (await home.ven.poll()).created == {event["id"]}
    assert not await home.ven.poll()
    changed = {"programID": program["id"], "intervalPeriod": hour(), "intervals": one("SIMPLE", 2)}
    await home.vtn.request("PUT", f"/events/{event['id']}", changed)
    assert (await home.ven.poll()).modified == {event["id"]}
    (control,) = await home.ven.controls([LFDI])
    assert control.level == 2
    await home.vtn.request("DELETE", f"/events/{event['id']}")
    assert (await home.ven.poll()).deleted == {event["id"]}
    assert not await home.ven.poll()
    assert await home.ven.controls([LFDI]) == []


async def test_event_is_carried_out_by_whom_it_is_aimed_at(home: Home) -> None:
    program = await home.vtn.make_program("Shed")
    await home.registered(program["id"])
    await home.registered(program["id"], lfdi=OTHER)
    resources: dict[str, Any] = {each["resourceName"]: each for each in await home.vtn.request("GET", "/resources")}
    aimed = resources[f"thermostat-{OTHER}"]
    granted = aimed | {"objectType": "BL_RESOURCE_REQUEST", "targets": ["attic"]}
    await home.vtn.request("PUT", f"/resources/{aimed['id']}", granted)
    await home.vtn.make_event(
        program["id"], targets=["attic"], priority=3, intervalPeriod=hour(), intervals=one("CONTROL_LEVEL_OFFSET", 4)
    )
    await home.ven.poll()
    (control,) = await home.ven.controls([LFDI, OTHER])
    assert (control.program, control.primacy, control.level_offset) == (f"{program['id']}/{OTHER}", 3, 4)
    assert control.program in {each.href for each in (await home.ven.standing(aimed["id"])).programs}


async def test_opting_out_is_told_by_the_operating_state_once(home: Home) -> None:
    program = await home.vtn.make_program("Shed")
    event = await home.vtn.make_event(
        program["id"], intervalPeriod=hour(), intervals=one("SIMPLE", 3), reportDescriptors=STATE
    )
    await home.registered(program["id"])
    await home.ven.poll()
    (control,) = await home.ven.controls([LFDI])
    assert control.reply_to == event["id"]
    response = ControlResponse(control.id, LFDI, ResponseStatus.OPTED_OUT, datetime.now(UTC), event["id"])
    for _ in range(2):
        await home.ven.respond(response)
    told = [
        report["resources"][0]["intervals"][0]["payloads"][0]["values"][0]
        for report in await home.vtn.reports(event["id"])
    ]
    assert sorted(told) == ["NORMAL", "RUNNING_OPTED_OUT"]


async def test_what_is_answered_is_told_as_the_device_runs(home: Home) -> None:
    program = await home.vtn.make_program("Shed")
    event = await home.vtn.make_event(program["id"], intervalPeriod=hour(), intervals=one("SIMPLE", 3))
    await home.registered(program["id"])
    await home.ven.poll()
    (control,) = await home.ven.controls([LFDI])
    now_at, to = datetime.now(UTC), event["id"]
    await home.ven.respond(ControlResponse(control.id, LFDI, ResponseStatus.STARTED, now_at, to, running=False))
    (report,) = await home.vtn.reports(event["id"])
    assert report["resources"][0]["intervals"][0]["payloads"] == [
        {"type": "OPERATING_STATE", "values": ["IDLE_CURTAILED"]}
    ]


async def test_prices_limits_alerts_and_emissions_are_told_for_what_they_are(home: Home) -> None:
    program = await home.vtn.make_program(
        "All",
        payloadDescriptors=[
            {"objectType": "EVENT_PAYLOAD_DESCRIPTOR", "payloadType": "PRICE", "units": "KWH", "currency": "USD"}
        ],
    )
    for kind, values in (
        ("PRICE", [0.17, 0.03]),
        ("EXPORT_PRICE", [0.05]),
        ("IMPORT_CAPACITY_LIMIT", [4.2]),
        ("GHG", [320.5]),
        ("ALERT_GRID_EMERGENCY", ["Please save"]),
        ("CURVE", [{"x": 1.0, "y": 0.4}]),
    ):
        await home.vtn.make_event(program["id"], intervalPeriod=hour(), intervals=one(kind, *values))
    await home.ven.poll()
    schedule = await home.ven.prices()
    assert schedule is not None
    assert schedule.currency == "USD"
    assert [(price.per_kwh, price.end - price.start) for price in schedule.prices] == [
        (0.17, timedelta(minutes=30)),
        (0.03, timedelta(minutes=30)),
    ]
    assert [price.per_kwh for price in schedule.received] == [0.05]
    (limit,) = await home.ven.controls([LFDI])
    assert limit.target_reduction is not None
    assert (limit.target_reduction.value, limit.device_category) == (4200, 1 << 14)
    (signal,) = await home.ven.signals()
    assert (signal.type, signal.values) == ("GHG", (320.5,))
    (message,) = await home.ven.messages()
    assert (message.text, message.priority) == ("Please save", Priority.CRITICAL)


async def test_usage_is_reported_for_each_interval_once(home: Home) -> None:
    """User guide 8.3: the report follows the event's intervals when the last one has transpired."""
    program = await home.vtn.make_program("ResTOU")
    await home.registered(program["id"])
    event = await home.vtn.make_event(
        program["id"],
        intervalPeriod={"start": now(-7200), "duration": "PT1H"},
        intervals=[{"id": each, "payloads": [{"type": "PRICE", "values": [0.17]}]} for each in (4, 5)],
        reportDescriptors=[{"payloadType": "USAGE", "readingType": "DIRECT_READ", "units": "KWH"}],
    )
    await home.ven.poll()
    (due,) = home.ven.due(None, datetime.now(UTC))
    resource = f"thermostat-{LFDI}"
    assert (due.devices, due.premise, due.unit) == ({resource: LFDI}, None, "KWH")
    for _ in range(2):
        await home.ven.report(due, {resource: [0.5, None]})
    (report,) = await home.vtn.reports(event["id"])
    first, second = report["resources"][0]["intervals"]
    assert (first["id"], first["payloads"]) == (4, [{"type": "USAGE", "values": [0.5]}])
    assert (second["id"], second["payloads"]) == (5, [{"type": "DATA_QUALITY", "values": ["MISSING"]}])
    assert report["payloadDescriptors"][0]["units"] == "KWH"
    assert home.ven.due(due.at, datetime.now(UTC)) == [], "it is due once"


async def test_wrong_secret_is_said_to_be_one(home: Home) -> None:
    with pytest.raises(UtilityError) as refused:
        await home.opened(secret="wrong").poll()
    assert refused.value.reason is UtilityReason.CREDENTIALS_REFUSED


async def test_name_of_somebody_else_is_not_taken_up(home: Home) -> None:
    other = await home.vtn.new_client("ven")
    body = {
        "objectType": "BL_VEN_REQUEST",
        "clientID": other.client_id,
        "venName": f"home-{home.vtn.ven.client_id}",
    }
    await home.vtn.request("POST", "/vens", body)
    with pytest.raises(UtilityError) as refused:
        await home.ven.request_registration("", "", "")
    assert refused.value.reason is UtilityReason.NAME_TAKEN


async def test_slow_reading_does_not_take_the_place_of_a_newer_one(
    home: Home, vtn: Vtn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dialog asks while it is being polled."""
    held, go_on = asyncio.Event(), asyncio.Event()
    pages = home.ven.connection.pages

    async def slow(path: str, *more: Any) -> tuple[list[Any], bool]:
        found = await pages(path, *more)
        if path == "programs" and not held.is_set():
            held.set()
            await go_on.wait()
        return found

    monkeypatch.setattr(home.ven.connection, "pages", slow)
    polled = asyncio.ensure_future(home.ven.poll())
    await held.wait()
    program = await vtn.make_program("Made meanwhile")
    asked = asyncio.ensure_future(home.ven.programs(""))
    for _ in range(10):  # as many answers as it takes to be ahead, where nothing holds it up
        await pages("programs")
    go_on.set()
    await asyncio.gather(polled, asked)
    assert program["id"] in home.ven.notifying.concerned
