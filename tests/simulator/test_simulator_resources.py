"""Everything served is valid by both editions of the schema and by others' models, and every link leads somewhere."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pytest
from aio2030dot5.identity import Identity

from simulator.gateway.registrations import LogEvent
from tests.helpers.documents import name_of, problems
from tests.simulator.documents import flow_request, power_status, response, subscription

if TYPE_CHECKING:
    from tests.simulator.conftest import Control, Http, OpenHttp

LIST = re.compile(rb"<\w+List[ >]")


LARGEST = {
    "start": 2**40, "duration": 2**32 - 1, "randomize_start": -32768, "randomize_duration": 32767,
    "device_category": 1, "mandatory": True, "load_shift_forward": True, "mrid": "AB" * 16, "duty_cycle": 255,
    "cooling_offset": 255, "heating_offset": 255, "load_adjustment": 65535, "cooling_setpoint": -32768,
    "heating_setpoint": 32767, "appliance_load_reduction": 255, "override_duration": 65535,
}  # fmt: skip


async def with_demand_response(control: Control, http: Http, path: str, lfdi: str) -> None:
    """Controls of all kinds, with everything that XML can carry, and what a device has to say about them."""
    for program in (1, 2):
        await control.call("PUT", f"{path}/programs/{program}/devices/{lfdi}")
    await control.call("POST", f"{path}/controls", LARGEST)
    for said in ({}, {"start_in": 9}, {"start_in": -9}, {"program": 2, "start_in": -(2**30)}):
        made = await control.call("POST", f"{path}/controls", said)
    await control.call("POST", f"{path}/controls/{made['number']}/cancel", {"randomized": True})
    for extras in ({}, {"duty_cycle": 50, "load_adjustment": 5000, "override_duration": 7}):
        document = response(made["mrid"], lfdi, 1 + len(extras), **extras)
        assert (await http.call("POST", "/rsps/1/rsp", document))[0] == 201
    assert (await http.call("POST", "/edev/1/sub", subscription("/dr", "http://127.0.0.1:1/")))[0] == 201
    assert (await http.call("PUT", "/edev/1/ps", power_status()))[0] == 204
    assert (await http.call("POST", "/edev/1/frq", flow_request("AB" * 16)))[0] == 201


@pytest.mark.parametrize("personality", ["standard", "riva"])
async def test_every_resource_is_valid(
    control: Control, open_http: OpenHttp, client: Identity, personality: str
) -> None:
    gateway = await control.gateway(personality=personality, bad_signature_rate=0)
    await control.call("POST", f"/gateways/{gateway['id']}/registrations", {"lfdi": client.lfdi})
    await control.call("POST", f"/gateways/{gateway['id']}/log_events", {"code": 1, "details": "power failed"})
    http = await open_http(gateway, client)
    if personality == "standard":
        await with_demand_response(control, http, f"/gateways/{gateway['id']}", client.lfdi)
    seen: set[str] = set()
    roots: set[str] = set()
    waiting = ["/dcap"]
    while waiting:
        path = waiting.pop()
        status, body, headers = await http.call("GET", path)
        assert status == 200, path
        assert headers["Content-Length"] == str(len(body))
        assert headers["Content-Type"] == "application/sep+xml"
        assert list(problems(body)) == [], path
        head = await http.call("HEAD", path)
        assert (head[0], head[1], head[2]["Content-Type"]) == (200, b"", headers["Content-Type"])
        assert int(head[2]["Content-Length"]) == pytest.approx(len(body), abs=4)  # digits of what goes on

        roots.add(root := name_of(body))
        if root.endswith("List") and "?" not in path:
            waiting.append(f"{path}?s=0&l=25")
        for href in {found.decode() for found in re.findall(rb'href="([^"]+)"', body)} - seen:
            # Of the thousands of intervals one set and one reading of each will do.
            if not re.search(r"/mr/1[01]/rs/([3-9]|\d\d)|/rs/\d+/r/([2-9]|\d\d)", href):
                seen.add(href)
                waiting.append(href)
    expected = {
        "DeviceCapability", "Time", "SelfDevice", "DeviceInformation", "DeviceStatus", "LogEventList", "LogEvent",
        "UsagePointList", "UsagePoint", "MeterReadingList", "MeterReading", "ReadingType", "Reading",
        "ReadingSetList", "ReadingSet", "ReadingList",
    }  # fmt: skip
    if personality == "standard":
        expected |= {
            "EndDeviceList", "EndDevice", "Registration", "FunctionSetAssignmentsList", "FunctionSetAssignments",
            "MessagingProgramList", "MessagingProgram", "TextMessageList", "TextMessage",
            "TariffProfileList", "TariffProfile", "RateComponentList", "RateComponent", "TimeTariffIntervalList",
            "TimeTariffInterval", "ConsumptionTariffIntervalList", "ConsumptionTariffInterval",
            "DemandResponseProgramList", "DemandResponseProgram", "EndDeviceControlList", "EndDeviceControl",
            "ResponseSetList", "ResponseSet", "ResponseList", "Response", "DrResponse",
            "SubscriptionList", "Subscription", "PowerStatus", "FlowReservationRequestList",
            "FlowReservationRequest", "FlowReservationResponseList", "FlowReservationResponse",
        }  # fmt: skip
    assert roots == expected


async def test_pages(control: Control, open_http: OpenHttp, client: Identity) -> None:
    gateway = await control.gateway(personality="riva", bad_signature_rate=0)
    await control.call("POST", f"/gateways/{gateway['id']}/registrations", {"lfdi": client.lfdi})
    http = await open_http(gateway, client)
    for query, results in {"": 1, "?l=5": 5, "?l=60": 25, "?s=50&l=25": 10, "?s=99&l=1": 0}.items():
        _, body, _ = await http.call("GET", f"/upt/1/mr/11/rs{query}")
        assert b'all="60"' in body
        assert f'results="{results}"'.encode() in body
        assert body.count(b"<ReadingSet ") == results
    _, body, _ = await http.call("GET", "/upt")
    assert b"pollRate" not in body
    for query in ("?s=x", "?l=-1", "?l="):
        status, _, _ = await http.call("GET", f"/upt{query}")
        assert status == 400
    assert (await http.call("GET", "/edev"))[0] == 404
    assert (await http.call("GET", "/upt/1/mr/99"))[0] == 404


async def test_methods_and_media_types(control: Control, open_http: OpenHttp, client: Identity) -> None:
    """HEAD wherever GET is (WADL of IEEE 2030.5); 405 and 406 as HTTP has them (RFC 9110, 15.5.6 and 15.5.7)."""
    gateway = await control.gateway()
    http = await open_http(gateway, client)
    status, _, headers = await http.call("DELETE", "/dcap")
    assert (status, headers["Allow"]) == (405, "GET, HEAD")
    status, _, headers = await http.call("PATCH", "/edev")
    assert (status, headers["Allow"]) == (405, "GET, POST, HEAD")
    assert (await http.call("HEAD", "/upt"))[:2] == (403, b"")
    assert (await http.call("HEAD", "/nothing"))[:2] == (404, b"")
    for accept, expected in {
        "application/sep+xml": 200,
        "application/sep+xml; level=-S1, */*;q=0.1": 200,
        "Application/XML": 200,
        "text/html, application/*;q=0.8": 200,
        "": 200,
        "text/html": 406,
        "application/sep-exi": 406,
        "application/json, application/sep+xml;q=0.0": 406,
    }.items():
        for method in ("GET", "HEAD"):
            assert (await http.call(method, "/dcap", Accept=accept))[0] == expected, accept
    await control.call("POST", f"/gateways/{gateway['id']}/registrations", {"lfdi": client.lfdi})
    wanted = subscription("/dr", "http://127.0.0.1:1/")
    assert (await http.call("POST", "/edev/1/sub", wanted, Accept="text/html"))[0] == 201


async def test_texts_that_xml_cannot_carry_are_never_served(
    control: Control, open_http: OpenHttp, client: Identity
) -> None:
    """XML 1.0, production 2 (Char). What came from elsewhere than the control endpoint costs its own place only."""
    gateway = await control.gateway()
    await control.call("POST", f"/gateways/{gateway['id']}/registrations", {"lfdi": client.lfdi})
    state = control.installed(gateway).state
    state.events.append(
        LogEvent(created=1, function_set=0, code=0, number=1, pen=1, profile_id=2, details="\x00" * 99)
    )
    state.messages.add("a\x07b\ud800c\ufffe\td", int(time.time()), 60, 1)
    http = await open_http(gateway, client)
    for path, said in {"/sdev/log?l=9": "\ufffd" * 32, "/msg/1/actmsg?l=9": "a\ufffdb\ufffdc\ufffd\td"}.items():
        _, body, _ = await http.call("GET", path)
        assert list(problems(body)) == []
        assert f">{said}</" in body.decode()
