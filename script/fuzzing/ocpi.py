"""What is read of OCPI: charge detail records of elsewhere, and what a charger has signed."""

import json
from collections.abc import Mapping
from typing import Any

from custom_components.utility_han.documents.ocpi import read_cdrs
from custom_components.utility_han.documents.ocpi.signed import signed_data
from custom_components.utility_han.procedures import ForeignSession

_OLD: Mapping[str, Any] = {
    "id": "A1",
    "start_date_time": "2025-05-01T08:00:00Z",
    "stop_date_time": "2025-05-01T09:30:00",
    "auth_id": "DE8AA001234567",
    "location": {"name": "Market", "address": "Market Square", "evses": [{"evse_id": "DE*ABC*E1"}]},
    "currency": "EUR",
    "total_cost": 4.05,
    "total_energy": 15.342,
}
_NEW: Mapping[str, Any] = {
    "country_code": "DE",
    "party_id": "ABC",
    "id": "B1",
    "start_date_time": "2026-05-01T08:00:00Z",
    "end_date_time": "2026-05-01T09:30:00.5Z",
    "cdr_token": {"contract_id": "DE-8AA-001234567-0"},
    "cdr_location": {"address": "Market Square", "evse_id": "DE*ABC*E1"},
    "currency": "EUR",
    "credit": True,
    "credit_reference_id": "B0",
    "total_energy": 15.342,
}
CDRS: Mapping[str, Any] = {
    "2.1.1": [_OLD, _OLD],
    "2.2.1": {"status_code": 1000, "data": [{**_NEW, "total_cost": {"excl_vat": -4.05, "incl_vat": -5}}]},
    "2.3.0": {**_NEW, "total_cost": {"before_taxes": 4, "taxes": [{"name": "VAT", "percentage": 19, "amount": 0.76}]}},
}
CDR_FILES = tuple(json.dumps(each).encode() for each in CDRS.values())
CDR_TOKENS = (
    b'"',
    b"{",
    b"[",
    b"]",
    b"}",
    b",",
    b":",
    b"\\u0000",
    b"\xff",
    b"1e999999",
    b"-",
    b"9" * 400,
    b"NaN",
    b'"\\ud800"',
)

OCMF = (
    'OCMF|{"FV":"1.0","MS":"M1","RD":[{"TM":"2026-01-15T21:45:00,000+0100 S","TX":"B","RV":1.5}]}|{"SD":"3045"}\n'
    'OCMF|{"FV":"1.0","RD":[{"TX":"E","RV":2.5},{"TX":null}]}|{"SD":"3045"}',
)
OCMF_TOKENS = ("OCMF|", "|", "{", "}", "[", "]", '"', "\n", "RD", "null", "\\ud800", "\x00", "9" * 600)


def read_data(drawn: tuple[str, Any]) -> None:
    """Read what a server answers."""
    read_file(json.dumps(drawn[1]).encode())


def read_file(raw: bytes) -> None:
    """Read a file; what is made of it can be kept."""
    for session in read_cdrs(raw):
        kept = json.dumps(session.to_dict(), ensure_ascii=False).encode()
        if ForeignSession.from_dict(json.loads(kept)) != session:
            raise AssertionError("what was kept is another session")


def read_signed(text: str) -> None:
    """Take what a charger gives; what is made of it can be written as JSON."""
    json.dumps(signed_data(text)).encode()
