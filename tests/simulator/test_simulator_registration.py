"""Who may read what, and how a device gets onto the gateway's list."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from aio2030dot5 import MeterAuthError, MeterConnectionError, MeterIdentityMismatch
from aio2030dot5.identity import Identity, format_lfdi, generate_identity
from py20305.models import sep
from py20305.xml import from_xml, to_xml

from tests.simulator.documents import end_device

if TYPE_CHECKING:
    from tests.simulator.conftest import Connect, Control, OpenHttp


async def test_in_band(control: Control, open_http: OpenHttp, client: Identity, stranger: Identity) -> None:
    gateway = await control.gateway(registration="in-band", pin="123455")
    http = await open_http(gateway, client)
    for path in ("/dcap", "/tm", "/sdev", "/edev"):
        assert (await http.call("GET", path))[0] == 200
    for path in ("/sdev/sdi", "/upt", "/upt/1/mr/1/r", "/msg", "/sdev/log"):
        assert (await http.call("GET", path))[0] == 403
    document = end_device(client.lfdi, client.sfdi)
    status, _, headers = await http.call("POST", "/edev", document)
    assert (status, headers["Location"]) == (201, "/edev/1")
    status, _, headers = await http.call("POST", "/edev", document)
    assert (status, headers["Location"]) == (201, "/edev/1")

    _, body, _ = await http.call("GET", "/edev?s=0&l=25")
    listed = from_xml(body, sep.EndDeviceList)
    assert listed.all == 1
    assert listed.end_device[0].l_fdi == bytes.fromhex(client.lfdi)
    assert listed.end_device[0].post_rate == 900
    registration = listed.end_device[0].registration_link
    assert registration is not None
    _, body, _ = await http.call("GET", registration.href)
    assert from_xml(body, sep.Registration).p_in.value == 123455
    assert (await http.call("GET", "/upt"))[0] == 200
    _, body, _ = await http.call("GET", "/msg/1/txt/1")
    assert b"portal" in body

    other = await open_http(gateway, stranger)
    _, body, _ = await other.call("GET", "/edev?l=25")
    assert from_xml(body, sep.EndDeviceList).all == 0
    assert (await other.call("GET", "/edev/1"))[0] == 404
    assert (await other.call("POST", "/edev", end_device(stranger.lfdi, stranger.sfdi)))[0] == 201
    assert (await other.call("GET", "/edev/1"))[0] == 200
    for method in ("PUT", "DELETE"):
        assert (await other.call(method, "/edev/1", document))[0] == 403
    assert (await other.call("GET", "/edev/1/rg"))[0] == 403

    assert (await http.call("PUT", "/edev/1", end_device(None, client.sfdi)))[0] == 204
    assert (await http.call("DELETE", "/edev/1"))[0] == 204
    assert (await http.call("GET", "/upt"))[0] == 403
    # Numbers are not used twice.
    assert (await http.call("POST", "/edev", document))[2]["Location"] == "/edev/3"


async def test_documents_that_are_refused(
    control: Control, open_http: OpenHttp, client: Identity, stranger: Identity
) -> None:
    gateway = await control.gateway()
    http = await open_http(gateway, client)
    bomb = b'<!DOCTYPE x [<!ENTITY a "a">]><EndDevice xmlns="urn:ieee:std:2030.5:ns">&a;</EndDevice>'
    time = b'<Time xmlns="urn:ieee:std:2030.5:ns"/>'
    status_list = to_xml(sep.EndDeviceList(all=0, results=0))
    for document, expected in (
        (b"", 400),
        (b"<EndDevice", 400),
        (b"{}", 400),
        (bomb, 400),
        (time, 400),
        (status_list, 400),
        (end_device(client.lfdi, client.sfdi)[:-20], 400),
        (end_device(client.lfdi, stranger.sfdi), 400),
        (end_device(client.lfdi[:20], client.sfdi), 400),
        (end_device(stranger.lfdi, stranger.sfdi), 403),
        (end_device(None, stranger.sfdi), 403),
        (b" " * 70_000, 413),
    ):
        assert (await http.call("POST", "/edev", document))[0] == expected, document[:80]
    assert (await control.call("GET", f"/gateways/{gateway['id']}"))["registered"] == []


async def test_in_band_acceptance_takes_time(control: Control, open_http: OpenHttp, client: Identity) -> None:
    gateway = await control.gateway(accept_after_seconds=3)
    http = await open_http(gateway, client)
    assert (await http.call("POST", "/edev", end_device(client.lfdi, client.sfdi)))[0] == 201
    assert (await http.call("GET", "/edev/1"))[0] == 200
    assert (await http.call("GET", "/upt"))[0] == 403
    shown = await control.call("GET", f"/gateways/{gateway['id']}")
    assert (shown["registered"], shown["pending"]) == ([], [client.lfdi])
    while (await http.call("GET", "/upt"))[0] == 403:  # noqa: ASYNC110 - the gateway tells nobody
        await asyncio.sleep(0.1)
    assert (await http.call("GET", "/upt"))[0] == 200


async def test_who_speaks_for_itself_is_told_from_who_is_only_listed(
    control: Control, open_http: OpenHttp, client: Identity, stranger: Identity
) -> None:
    gateway = await control.gateway(registration="both")
    path = f"/gateways/{gateway['id']}"
    for lfdi in (client.lfdi, stranger.lfdi):
        await control.call("POST", f"{path}/registrations", {"lfdi": lfdi})
    assert (await control.call("GET", path))["speaking"] == []
    http = await open_http(gateway, client)
    assert (await http.call("GET", "/upt"))[0] == 200
    assert (await control.call("GET", path))["speaking"] == [client.lfdi]


async def test_device_log(control: Control, open_http: OpenHttp, client: Identity) -> None:
    gateway = await control.gateway()
    http = await open_http(gateway, client)
    await http.call("POST", "/edev", end_device(client.lfdi, client.sfdi))
    event = to_xml(
        sep.LogEvent(
            created_date_time=sep.TimeType(value=5), function_set=0, log_event_code=3, log_event_id=7,
            log_event_pen=sep.Pentype(value=40732), profile_id=2, details="cannot reach",
        ),
        server_2018_compat=True,
    )  # fmt: skip
    status, _, headers = await http.call("POST", "/edev/1/log", event)
    assert (status, headers["Location"]) == (201, "/edev/1/log/1")
    _, body, _ = await http.call("GET", headers["Location"])
    assert from_xml(body, sep.LogEvent).details == "cannot reach"
    assert (await http.call("POST", "/edev/1/log", b"<x/>"))[0] == 400


@pytest.mark.parametrize("settings", [{"registration": "out-of-band"}, {"personality": "riva"}])
async def test_out_of_band(control: Control, connect: Connect, client: Identity, settings: dict[str, Any]) -> None:
    gateway = await control.gateway(**settings, bad_signature_rate=0)
    path = f"/gateways/{gateway['id']}"
    meter = await connect(gateway)
    refused = await meter.probe_tls()
    assert (refused.lfdi, refused.client_accepted, refused.auth_reason) == (
        gateway["lfdi"], False, "certificate_rejected",
    )  # fmt: skip
    typed = format_lfdi(client.lfdi).lower()
    shown = await control.call("POST", f"{path}/registrations", {"lfdi": typed, "after_seconds": 600})
    assert shown["pending"] == [client.lfdi]
    assert not (await meter.probe_tls()).client_accepted
    await control.call("POST", f"{path}/registrations", {"lfdi": typed, "after_seconds": 0.1})
    while not (await meter.probe_tls()).client_accepted:  # noqa: ASYNC110 - the gateway tells nobody
        await asyncio.sleep(0.1)
    await meter.probe()
    await control.call("DELETE", f"{path}/registrations/{client.lfdi}", status=204)
    with pytest.raises(MeterAuthError):
        await meter.probe()
    await control.call("DELETE", f"{path}/registrations/{client.lfdi}", status=404)
    assert (await control.call("GET", f"{path}/log"))["refused_handshakes"] >= 3


async def test_out_of_band_shows_on_the_list(control: Control, open_http: OpenHttp, client: Identity) -> None:
    gateway = await control.gateway()
    await control.call("POST", f"/gateways/{gateway['id']}/registrations", {"lfdi": client.lfdi, "pin": "000019"})
    http = await open_http(gateway, client)
    _, body, _ = await http.call("GET", "/edev/1/rg")
    assert from_xml(body, sep.Registration).p_in.value == 19


async def test_an_expired_certificate(control: Control, connect: Connect) -> None:
    gateway = await control.gateway()
    meter = await connect(gateway, generate_identity(valid_days=0))
    await asyncio.sleep(0)
    assert (await meter.probe_tls()).auth_reason == "certificate_expired"


async def test_replaced_and_moved(control: Control, connect: Connect, client: Identity) -> None:
    gateway = await control.gateway(personality="riva", bad_signature_rate=0)
    path = f"/gateways/{gateway['id']}"
    await control.call("POST", f"{path}/registrations", {"lfdi": client.lfdi})
    meter = await connect(gateway)
    profile = await meter.discover()
    moved = await control.call("POST", f"{path}/move")
    assert moved["port"] != gateway["port"]
    with pytest.raises(MeterConnectionError):
        await meter.probe()
    meter = await connect(moved, expected_lfdi=gateway["lfdi"])
    await meter.probe()
    replaced = await control.call("POST", f"{path}/replace", {"keep_registrations": True})
    assert replaced["lfdi"] != gateway["lfdi"]
    assert replaced["port"] == moved["port"]
    with pytest.raises(MeterIdentityMismatch):
        await meter.probe()
    meter = await connect(replaced)
    profile = await meter.discover()
    snapshot = await meter.read(profile, profile.channels)
    counted = snapshot.values["energy_summation_delivered"].value
    assert counted is not None
    assert counted < 1000, "it has only begun to count"
    assert (await control.call("POST", f"{path}/replace"))["registered"] == []
