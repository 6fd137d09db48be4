"""The control endpoint tells what is wrong with a request."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509

if TYPE_CHECKING:
    from tests.simulator.conftest import Control


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"personality": "x"}, "personality must be one of standard, riva"),
        ({"personality": "riva", "registration": "in-band"}, "registers only out-of-band"),
        ({"pin": "123456"}, "pin: a PIN is six digits"),
        ({"pin": "٣"}, "pin: a PIN is six digits"),
        ({"pin": 123455}, "pin must be of type str"),
        ({"port": 70000}, "port must be between"),
        ({"port": True}, "port must be of type int"),
        ({"colour": "red"}, "unknown: colour; known: personality"),
        ([], "expected a JSON object"),
    ],
)
async def test_bad_settings(control: Control, settings: dict[str, Any], said: str) -> None:
    assert said in (await control.call("POST", "/gateways", settings, status=400))["error"]


async def test_bad_requests(control: Control) -> None:
    gateway = await control.gateway(registration="in-band")
    path = f"/gateways/{gateway['id']}"
    for method, where, data, status, said in (
        ("GET", "/gateways/99", None, 404, "no gateway 99"),
        ("GET", "/nothing", None, 404, "Not Found"),
        ("POST", f"{path}/registrations", {"lfdi": "AB" * 20}, 409, "in-band only"),
        ("PUT", f"{path}/faults/flood", {}, 400, "unknown fault 'flood'; known: silence, refuse"),
        ("DELETE", f"{path}/faults/flood", None, 400, "unknown fault"),
        ("PUT", f"{path}/faults/slow", {"seconds": "x"}, 400, "seconds must be of type float"),
        ("PUT", f"{path}/faults/slow", {"minutes": 1}, 400, "unknown: minutes; known: seconds, path, count"),
        ("PUT", f"{path}/faults/refuse", {"count": 1}, 400, "known: nothing"),
        ("POST", f"{path}/log_events", {"code": 999}, 400, "code must be between 0 and 255"),
        ("POST", f"{path}/log_events", {"details": "x" * 33}, 400, "details: at most 32 characters"),
        ("POST", f"{path}/log_events", {"details": "a\x00"}, 400, "details holds the character U+0000, which XML"),
        ("POST", f"{path}/messages", {"text": "a\x1bb"}, 400, "text holds the character U+001B, which XML"),
        ("POST", f"{path}/messages", {"text": "\ud800"}, 400, "text holds the character U+D800, which XML"),
    ):
        assert said in (await control.call(method, where, data, status=status))["error"]
    gateway = await control.gateway()
    for lfdi in ("12", "G" * 40, "AB" * 21):
        error = await control.call("POST", f"/gateways/{gateway['id']}/registrations", {"lfdi": lfdi}, status=400)
        assert "40 hex digits" in error["error"]


async def test_gateways_come_and_go(control: Control) -> None:
    first, second = await control.gateway(), await control.gateway(personality="riva", seed=7)
    assert first["port"] != second["port"]
    assert second["registration"] == "out-of-band"
    assert [each["id"] for each in await control.call("GET", "/gateways")] == [first["id"], second["id"]]
    await control.call("DELETE", f"/gateways/{first['id']}", status=204)
    await control.call("GET", f"/gateways/{first['id']}", status=404)
    index = await control.call("GET", "/")
    assert index["gateways"] == [second["id"]]
    assert "silence" in index["faults"]
    assert "POST /gateways/{id}/move" in index["paths"]


@pytest.mark.parametrize("named", [False, True])
async def test_a_certificate_names_its_address_only_where_that_is_wanted(control: Control, named: bool) -> None:
    gateway = await control.gateway(named=named)
    path = f"/gateways/{gateway['id']}"
    for _ in range(2):
        shown = (await control.call("GET", f"{path}/kept"))["identity"]["certificate"]
        found = x509.load_pem_x509_certificate(shown.encode()).extensions
        names = [each.value for each in found if each.oid == x509.SubjectAlternativeName.oid]
        assert [name.get_values_for_type(x509.IPAddress) for name in names] == (
            [[ip_address(gateway["host"])]] if named else []
        )
        await control.call("POST", f"{path}/replace", {})  # another meter in its place has one likewise
