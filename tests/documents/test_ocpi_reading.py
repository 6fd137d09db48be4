"""Sessions of elsewhere are read from CDRs of three versions; what cannot be read says what, where and why."""

import json
import tracemalloc
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from custom_components.utility_han.documents.ocpi import CdrFault, CdrFileError, Version, as_text, cdr, read_cdrs
from custom_components.utility_han.documents.ocpi.reading import MOST_BYTES
from tests.documents.test_ocpi_cdr import EVENING, HOME, PARTS, charge
from tests.helpers.random_charges import credit_of

pytestmark = pytest.mark.use_case("UR-EV")

MADE = charge(EVENING, *PARTS)
OLD: dict[str, Any] = {
    "id": "A1",
    "start_date_time": "2025-05-01T08:00:00Z",
    "stop_date_time": "2025-05-01T09:30:00",
    "auth_id": "DE8AA001234567",
    "location": {"name": "Market", "address": "Market Square", "evses": [{"evse_id": "DE*ABC*E1"}]},
    "currency": "EUR",
    "total_cost": 4.05,
    "total_energy": 15.342,
}


def told(version: Version = Version.V2_2_1, **more: Any) -> dict[str, Any]:
    """Return a CDR."""
    return cdr(MADE, HOME, version) | more


def raw(data: Any) -> bytes:
    """Return it as a file."""
    return as_text(data).encode()


@pytest.mark.parametrize("version", list(Version))
def test_what_is_written_is_read(version: Version) -> None:
    (read,) = read_cdrs(raw(told(version)))
    assert (read.version, read.key) == (version, ("DE", "HAN", MADE.id.upper()))
    assert (read.started_at, read.ended_at) == (MADE.started_at, MADE.ended_at)
    assert (read.energy_wh, read.cost, read.cost_with_tax) == (3501, Decimal("1.1972"), Decimal("1.4247"))
    assert (read.currency, read.place, read.evse_id) == ("EUR", "Home", "DE*HAN*E1")
    assert read.contract_id == "DE-8AA-001234567-0"


def test_one_of_2_1_1(tmp_path: Path) -> None:
    (tmp_path / "old.json").write_bytes(b"\xef\xbb\xbf" + json.dumps([OLD], indent=2).encode())
    (read,) = read_cdrs(tmp_path / "old.json")
    assert (read.version, read.key, read.evse_id) == ("2.1.1", ("", "", "A1"), "DE*ABC*E1")
    assert (read.cost, read.cost_with_tax, read.energy_wh) == (Decimal("4.05"), None, 15_342)
    assert (read.ended_at - read.started_at).total_seconds() == 5400


@pytest.mark.parametrize("wrap", [list, lambda each: {"status_code": 1000, "data": each, "timestamp": "x"}])
def test_each_is_told_once(wrap: Any) -> None:
    """An id is unique for country and party, whatever the letters' case."""
    again = told(id=MADE.id.upper(), total_energy=9)
    other = told(party_id="ABC")
    assert [(each.party_id, each.energy_wh) for each in read_cdrs(raw(wrap([told(), again, other])))] == [
        ("HAN", 3501),
        ("ABC", 3501),
    ]


def test_an_answer_with_one_or_none() -> None:
    assert len(read_cdrs(raw({"data": told(), "status_code": 1000}))) == 1
    for nothing in (b"[]", b' { "data" : [ ] , "status_code" : 1000 } '):
        assert read_cdrs(nothing) == []


def test_a_credit_is_told_with_what_it_takes_back() -> None:
    credit = cdr(credit_of(MADE), HOME, Version.V2_2_1)
    taking, taken, new = read_cdrs(raw([credit, told(), told(id="new")]))
    assert (taking.credited, taking.cost) == (("DE", "HAN", MADE.id.upper()), Decimal("-1.1972"))
    assert (taken.key, taken.credited, new.credited) == (taking.credited, None, None)


UNREADABLE: dict[str, tuple[bytes, CdrFault, str]] = {
    "empty": (b"", CdrFault.NO_JSON, "1:1"),
    "an archive": (b"PK\x03\x04\xff", CdrFault.NO_JSON, "1:5"),
    "XML": (b"<cdr/>", CdrFault.NO_JSON, "1:1"),
    "cut off": (raw([told()])[:-1], CdrFault.NO_JSON, "1:"),
    "more after its end": (raw([told()]) + b"[]", CdrFault.NO_JSON, "1:"),
    "too deep": (b"[" * 200_000, CdrFault.NO_JSON, "1:2"),
    "no number": (b'[{"id": NaN}]', CdrFault.NO_JSON, "1:2"),
    "endless digits": (b'[{"id": ' + b"9" * 5000 + b"}]", CdrFault.NO_JSON, "1:2"),
    "a comma alone": (b"{,}", CdrFault.NO_JSON, "1:2"),
    "a number for a name": (b"{1: 2}", CdrFault.NO_JSON, "1:3"),
    "a list of numbers": (b"[1]", CdrFault.NO_CDR, "[0]"),
    "an id that is none": (raw([told(), told(id=7)]), CdrFault.NO_CDR, "[1].id"),
    "half a character": (
        b'[{"id":"\\ud800",' + raw(told())[1:-1].replace(b'"id"', b'"x"') + b"}]",
        CdrFault.NO_CDR,
        "[0]",
    ),
    "an id without end": (raw([told(id="x" * 300)]), CdrFault.NO_CDR, "[0].id"),
    "energy as a text": (raw([told(total_energy="3")]), CdrFault.NO_CDR, "[0].total_energy"),
    "too much energy": (raw([told(total_energy=10**12)]), CdrFault.NO_CDR, "[0].total_energy"),
    "over before it began": (raw([told(end_date_time="2020-01-01T00:00:00Z")]), CdrFault.NO_CDR, "[0].end_date_time"),
    "a credit of nothing": (raw([told(credit=True)]), CdrFault.NO_CDR, "[0].credit_reference_id"),
    "nowhere": (raw({"data": [told(cdr_location=None)]}), CdrFault.NO_CDR, "data[0].cdr_location"),
    "no amount": (raw({"data": [told(total_cost={"excl_vat": None})]}), CdrFault.NO_CDR, "data[0].total_cost"),
    "no list of taxes": (
        raw(told(Version.V2_3_0, total_cost={"before_taxes": 1, "taxes": 5})),
        CdrFault.NO_CDR,
        "CDR.total_cost.taxes",
    ),
    "another version": (raw(told(total_cost={"net": 1})), CdrFault.UNKNOWN_VERSION, "CDR.total_cost"),
    "no currency": (raw([told(currency="<b>")]), CdrFault.NO_CDR, "[0].currency"),
    "any object": (b"{}", CdrFault.UNKNOWN_VERSION, "CDR.total_cost"),
    "a refusal": (b'{"status_code": 2001, "status_message": "no"}', CdrFault.REFUSED, "status_code"),
    "too large": (bytes(MOST_BYTES + 1), CdrFault.TOO_LARGE, ""),
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_what_cannot_be_read_says_where(what: str) -> None:
    file, fault, where = UNREADABLE[what]
    with pytest.raises(CdrFileError) as raised:
        read_cdrs(file)
    assert (raised.value.fault, raised.value.where[: len(where)]) == (fault, where)
    assert raised.value.why


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59"])
def test_time_that_is_none_in_another_zone_is_not_taken(at: str) -> None:
    name = "start_date_time" if at < "1" else "end_date_time"
    with pytest.raises(CdrFileError) as refused:
        read_cdrs(raw([told() | {name: at}]))
    assert (refused.value.fault, name in refused.value.where) == (CdrFault.NO_CDR, True)


def test_a_large_file_is_held_once() -> None:
    """Beside the file and its text there is one record at a time, however many it has."""
    entry = raw(told(remark="x" * 4000))
    file = b"[" + b",".join([entry] * 1500) + b"]"
    tracemalloc.start()
    try:
        assert len(read_cdrs(file)) == 1
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 1.5 * len(file), (peak, len(file))
