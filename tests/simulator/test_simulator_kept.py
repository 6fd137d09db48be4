"""A gateway goes on as another that was kept, and documents say what they are made of, however often."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from aio2030dot5.identity import Identity

from simulator.gateway import wire
from tests.simulator.documents import power_status, subscription

if TYPE_CHECKING:
    from tests.simulator.conftest import Control, OpenHttp


async def test_gateway_goes_on_as_the_one_that_was_kept(
    control: Control, open_http: OpenHttp, client: Identity
) -> None:
    gateway = await control.gateway(bad_signature_rate=0)
    path = f"/gateways/{gateway['id']}"
    await control.call("POST", f"{path}/registrations", {"lfdi": client.lfdi})
    await control.call("PUT", f"{path}/programs/1/devices/{client.lfdi}")
    await control.call("POST", f"{path}/controls", {})
    http = await open_http(gateway, client)
    assert (await http.call("POST", "/edev/1/sub", subscription("/dr", "http://127.0.0.1:1/")))[0] == 201
    assert (await http.call("PUT", "/edev/1/ps", power_status()))[0] == 204
    kept = await control.call("GET", f"{path}/kept")
    other = await control.gateway(bad_signature_rate=0, kept=kept)
    assert await control.call("GET", f"/gateways/{other['id']}/kept") == kept
    assert (other["lfdi"], other["registered"]) == (gateway["lfdi"], [client.lfdi])
    assert (other["id"], other["port"]) != (gateway["id"], gateway["port"])
    goes_on = await open_http(other, client)
    for listed in ("/edev/1/sub", "/edev/1/fsa", "/dr/1/edc", "/upt/1/mr?l=255"):
        assert (await goes_on.call("GET", listed))[:2] == (await http.call("GET", listed))[:2]
    assert (await goes_on.call("DELETE", "/edev/1/sub/1"))[0] == 204
    assert (await http.call("GET", "/edev/1/sub/1"))[0] == 200


@pytest.mark.parametrize("kept", [[], {}, {"identity": {"key": "none"}}, "x"])
async def test_what_no_gateway_kept_makes_none(control: Control, kept: Any) -> None:
    answer = await control.call("POST", "/gateways", {"kept": kept}, status=400)
    assert answer["field"] == "kept"
    assert await control.call("GET", "/gateways") == []


def reading(value: int) -> wire.Fields:
    return {"href": "/upt/1/mr/1/r", "value": value, "quality_flags": b"\x00\x01"}


def responses(status: int) -> wire.Fields:
    """A list whose entry is no plain fields."""
    each = {"created_date_time": wire.typed(1), "end_device_lfdi": b"\x01" * 20, "status": status}
    entry = wire.variant("DrResponse", {**each, "subject": wire.typed(b"\x02" * 16)})
    return {"href": "/rsps/1/rsp", "all": 1, "results": 1, "response": [entry]}


def test_document_is_made_once_for_all_that_say_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def make(name: str, fields: wire.Fields) -> bytes:
        made.append(name)
        return real(name, fields)

    real = wire._render
    monkeypatch.setattr(wire, "_rendered", {})
    monkeypatch.setattr(wire, "_render", make)
    first = wire.render("Reading", reading(1))
    assert b"<value>1</value>" in first
    assert wire.render("Reading", reading(1)) == first
    assert made == ["Reading"]
    assert b"<value>2</value>" in wire.render("Reading", reading(2))
    listed = [wire.render("ResponseList", responses(status)) for status in (1, 2, 1)]
    assert [b"<status>1</status>" in each for each in listed] == [True, False, True]
    assert made == ["Reading", "Reading", "ResponseList", "ResponseList"]


def test_no_more_documents_are_held_than_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    held: dict[tuple[str, str], bytes] = {}
    monkeypatch.setattr(wire, "_rendered", held)
    monkeypatch.setattr(wire, "_MOST_RENDERED", 3)
    for value in range(9):
        assert f"<value>{value}</value>".encode() in wire.render("Reading", reading(value))
    assert len(held) == 3
