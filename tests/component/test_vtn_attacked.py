"""A VTN that is broken or means harm: it costs what it is about and nothing else, and a person is told what to do."""

import json
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import web
from homeassistant.components.persistent_notification import _async_get_or_create_notifications
from homeassistant.config_entries import SOURCE_REAUTH
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

from custom_components.utility_han.account import access, notices
from custom_components.utility_han.account.manager import AccountManager
from custom_components.utility_han.const import DOMAIN, SUBENTRY_DEVICE
from custom_components.utility_han.devices.flow.programs import terms_text
from custom_components.utility_han.diagnostics import async_get_config_entry_diagnostics
from custom_components.utility_han.utility import UtilityReason, asking
from tests.component.test_load_control import SWITCH
from tests.component.test_openadr_controls import OpenAdrHome, appliances
from tests.helpers.devices import describe
from tests.helpers.simulated_vtn import SimulatedVtn
from tests.helpers.subentries import SubentryFlow
from tests.helpers.vtn_hub import coordinator_of, hub_without_meter, poll
from tests.openadr.canned_vtn import EVENT, PROGRAM, VEN, CannedVtn, canned_vtn, problem
from tests.openadr.served import Credentials
from tests.openadr.under_test import Vtn

SECRET = "ven_secret_99"
PRICE = EVENT | {"targets": None, "intervalPeriod": {"start": "0001-01-01", "duration": "P9999Y"}}
SHOWN = r"\# Free \<img src=x\> \[money\]\(javascript:alert\(1\)\) \*\*now\*\*"
NAME = "# Free <img src=x> [money](javascript:alert(1)) **now**"


@pytest.fixture
async def canned(socket_enabled: None) -> AsyncGenerator[CannedVtn]:
    async with canned_vtn() as served:
        yield served


def known(canned: CannedVtn) -> Any:
    """Return what a hub is told of it, as of any VTN under test."""
    return SimpleNamespace(url=str(canned.url), ven=SimpleNamespace(client_id="99", client_secret=SECRET))


def raw(text: str) -> Any:
    return lambda request, before: web.Response(body=text.encode(), content_type="application/json")


async def test_event_that_nobody_can_keep_costs_itself_only(hass: HomeAssistant, canned: CannedVtn) -> None:
    """JSON can say what no number and no text is (RFC 8259, 6 and 8.2), and pages are read as a whole."""
    good = json.dumps(PRICE)
    spoilt = [
        good.replace("0.17", wrong).replace('"object-999"', f'"{place}"', 1)
        for place, wrong in enumerate(["NaN", "1e400", "-Infinity", "9" * 40, '"\\ud800"', "[" * 40 + "]" * 40])
    ]
    targets = good.replace('"targets": null', '"targets": 7').replace('"object-999"', '"t"', 1)
    canned.says |= {
        "GET /vens": [VEN | {"venName": "home-99", "targets": ["group-1"]}],
        "GET /programs": [PROGRAM],
        "GET /events": raw(f"[{','.join([*spoilt, targets, good])}]"),
    }
    entry = await hub_without_meter(hass, known(canned))
    coordinator = coordinator_of(entry)
    assert coordinator.reason is None
    assert coordinator.data.prices is not None
    assert [price.per_kwh for price in coordinator.data.prices.prices] == [0.17]
    assert "one of the events cannot be read" in coordinator.openadr.notes


@pytest.mark.parametrize(
    ("status", "reason", "then"),
    [
        (401, UtilityReason.CREDENTIALS_REFUSED, "reauth_vtn"),
        (403, UtilityReason.SCOPE_MISSING, "reauth_vtn"),
        (302, UtilityReason.NOT_A_UTILITY, "vtn_silent"),
        (404, UtilityReason.UNKNOWN_TO_UTILITY, "vtn_silent"),
        (409, UtilityReason.NAME_TAKEN, "vtn_silent"),
        (429, UtilityReason.UTILITY_BUSY, "vtn_silent"),
        (200, UtilityReason.UTILITY_NOT_UNDERSTOOD, "vtn_silent"),
    ],
)
async def test_each_failure_has_its_reason_and_next_step(
    hass: HomeAssistant,
    canned: CannedVtn,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    reason: UtilityReason,
    then: str,
) -> None:
    monkeypatch.setattr(notices, "SILENT_FOR", timedelta(0))
    monkeypatch.setattr(asking, "_PAUSE", 0.0)
    entry = await hub_without_meter(hass, known(canned))
    assert coordinator_of(entry).connected
    canned.says["GET /programs"] = problem(status) if status != 200 else raw("<html>Welcome</html>")
    canned.says["POST /auth/token"] = problem(status)
    for _ in range(2):
        await poll(hass, entry)
    assert entry.runtime_data.manager(AccountManager).reason is reason
    asked = [flow["step_id"] for flow in entry.async_get_active_flows(hass, {SOURCE_REAUTH})]
    told = [name.removesuffix(f"_{entry.entry_id}") for _, name in ir.async_get(hass).issues]
    assert then in (asked + told)
    assert bool(asked) is (then == "reauth_vtn")


async def test_certificate_that_nobody_vouches_for_any_more_is_told(hass: HomeAssistant, vtn: Vtn) -> None:
    entry = await hub_without_meter(hass, vtn, verify_certificate=True)
    assert coordinator_of(entry).reason is UtilityReason.CERTIFICATE_UNTRUSTED
    issues = {name for _, name in ir.async_get(hass).issues}
    assert f"vtn_untrusted_{entry.entry_id}" in issues


async def test_token_service_that_moved_is_looked_for_and_a_person_asked(
    hass: HomeAssistant, canned: CannedVtn
) -> None:
    entry = await hub_without_meter(hass, known(canned))
    assert coordinator_of(entry).reason is None
    elsewhere = f"https://localhost:{canned.url.port}/oauth"
    canned.says |= {"GET /auth/server": {"tokenURL": elsewhere}, "POST /auth/token": problem(404)}
    canned.says["GET /programs"] = problem(401)
    for _ in range(2):
        await poll(hass, entry)
    assert entry.runtime_data.manager(AccountManager).reason is UtilityReason.ELSEWHERE
    (flow,) = entry.async_get_active_flows(hass, {SOURCE_REAUTH})
    assert flow["step_id"] == "vtn_elsewhere"
    assert canned.asked.count("POST /oauth") == 0


async def test_what_a_vtn_says_of_a_failure_gives_no_secret_away(
    hass: HomeAssistant, canned: CannedVtn, caplog: pytest.LogCaptureFixture
) -> None:
    entry = await hub_without_meter(hass, known(canned))
    token = canned.says["POST /auth/token"]["access_token"]
    echo = {"status": 400, "detail": f"client_secret={SECRET} Bearer {token}\nFATAL: the log is forged"}
    canned.says["GET /programs"] = lambda request, before: web.json_response(echo, status=400)
    await poll(hass, entry)
    diagnosed = str(await async_get_config_entry_diagnostics(hass, entry))
    assert "HTTP 400 client_secret=" in caplog.text
    for text in (SECRET, token):
        assert text not in caplog.text
        assert text not in diagnosed
    assert "\nFATAL" not in caplog.text


@pytest.mark.parametrize("ahead", [timedelta(hours=3), timedelta(hours=-3), timedelta(seconds=20)])
async def test_clock_of_another_time_is_told(hass: HomeAssistant, canned: CannedVtn, ahead: timedelta) -> None:
    def dated(request: web.Request, before: int) -> web.StreamResponse:
        date = format_datetime(datetime.now(UTC) + ahead, usegmt=True)
        return web.json_response([], headers={"Date": date})

    canned.says["GET /events"] = dated
    entry = await hub_without_meter(hass, known(canned))
    issue = (DOMAIN, f"vtn_clock_off_{entry.entry_id}")
    assert (issue in ir.async_get(hass).issues) is (abs(ahead) > timedelta(hours=1))
    canned.says["GET /events"] = []
    await poll(hass, entry)
    assert issue not in ir.async_get(hass).issues


@pytest.mark.parametrize("slow", [True, False])
async def test_who_removes_a_hub_while_its_vtn_is_away_is_told_what_is_left(
    hass: HomeAssistant, canned: CannedVtn, monkeypatch: pytest.MonkeyPatch, slow: bool
) -> None:
    canned.says |= {"GET /vens": [VEN | {"venName": "home-99"}], "DELETE /vens/object-999": problem(503)}
    entry = await hub_without_meter(hass, known(canned))
    if slow:
        monkeypatch.setattr(access, "_PATIENCE", 0.0)
    await hass.config_entries.async_remove(entry.entry_id)
    (told,) = _async_get_or_create_notifications(hass).values()
    assert r"home\-99" in told["message"], "it is shown as Markdown"
    assert f"127.0.0.1:{canned.url.port}" in told["message"]
    assert not hass.config_entries.async_entries(DOMAIN)


@pytest.mark.simulator_only("clients with some of the scopes")
async def test_answers_that_a_utility_does_not_allow_wait_and_a_person_is_told(
    hass: HomeAssistant, vtn: Vtn, simulated_vtn: SimulatedVtn
) -> None:
    await appliances(hass)
    client = await simulated_vtn.client("ven", scopes="read_targets read_ven_objects write_vens")
    vtn.ven = Credentials(client["client_id"], client["client_secret"])
    program = await vtn.make_program("Flexible")
    home = OpenAdrHome(hass, vtn, await hub_without_meter(hass, vtn), program["id"])
    await home.add("water_heater", SWITCH)
    event = await home.event("DISPATCH_SETPOINT", 1.0)
    assert not home.is_on()
    await home.poll()
    issue = ir.async_get(hass).issues[DOMAIN, f"vtn_scope_missing_{home.entry.entry_id}"]
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["scopes"] == "write_reports"
    await simulated_vtn.call("POST", "/clients", **client | {"scopes": f"{' '.join(client['scopes'])} write_reports"})
    for _ in range(2):
        await home.poll()
    assert issue.issue_id not in {each for _, each in ir.async_get(hass).issues}
    assert await home.told(event) == ["CURTAILED"]


@pytest.mark.simulator_only("clients with some of the scopes")
async def test_who_may_read_events_alone_has_their_prices(
    hass: HomeAssistant, vtn: Vtn, simulated_vtn: SimulatedVtn
) -> None:
    """openadr3.yaml: programs and events want ``read_targets``, vens ``read_ven_objects``."""
    client = await simulated_vtn.client("ven", scopes="read_targets")
    vtn.ven = Credentials(client["client_id"], client["client_secret"])
    program = await vtn.make_program("Tariff")
    lasting = {"start": "0001-01-01T00:00:00Z", "duration": "P9999Y"}
    told = {"intervals": PRICE["intervals"], "intervalPeriod": lasting}
    await vtn.make_event(program["id"], **told)
    entry = await hub_without_meter(hass, vtn)
    coordinator = coordinator_of(entry)
    assert (coordinator.reason, await coordinator.openadr.vens()) == (None, {})
    assert coordinator.data.prices is not None
    flow = await SubentryFlow(hass, entry, SUBENTRY_DEVICE, {}).start()
    await appliances(hass)
    await describe(flow, "pool_pump", "Pump", {"entity_id": "input_boolean.load", "response": "off"})
    await flow.submit({"programs": [program["id"]], "consent": True})
    assert (flow.page, flow.errors) == ("register_failed", {"base": "scope_missing"})


async def test_names_that_utilities_give_are_shown_as_they_are(hass: HomeAssistant, canned: CannedVtn) -> None:
    names = {"PROGRAM_LONG_NAME": NAME, "RETAILER_NAME": "x" * 1_000_000}
    attributes = [{"type": kind, "values": [name]} for kind, name in names.items()]
    links = [
        {"URL": "javascript:alert(1)"},
        {"URL": "https://utility.example/terms"},
        {"URL": f"https://x.example/{'y' * 9000}"},
    ]
    bad = {"programName": NAME, "attributes": attributes, "programDescriptions": links}
    canned.says |= {
        "GET /programs": [PROGRAM | bad | {"id": "a"}, PROGRAM | bad | {"id": "b"}],
        "GET /events": [PRICE | {"id": each, "programID": each} for each in "ab"],
    }
    entry = await hub_without_meter(hass, known(canned))
    issue = ir.async_get(hass).issues[DOMAIN, f"several_tariffs_{entry.entry_id}"]
    assert issue.translation_placeholders is not None
    programs = await coordinator_of(entry).openadr.programs("")
    terms = terms_text(programs, lambda program: "")
    for shown in (issue.translation_placeholders["programs"], terms):
        assert SHOWN in shown
        assert NAME not in shown
    assert "<https://utility.example/terms>" in terms
    assert "<javascript" not in terms
    assert len(terms) < 10_000
