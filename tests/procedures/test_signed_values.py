"""What a charger has signed is taken as it is, and goes to the session in whose time it is (UR-EV)."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from custom_components.utility_han.documents.ocpi.signed import signed_data
from custom_components.utility_han.procedures import (
    MeasuredSession,
    SignedValueError,
    keep_signed,
    read_signed,
    session_of,
)
from custom_components.utility_han.procedures.charging.session import Mark

pytestmark = pytest.mark.use_case("UR-EV")

# "Example File" of the S.A.F.E. initiative's text (OCMF-en.md, Figure 1), line breaks as there.
PUBLISHED = """OCMF|{
    "FV": "1.0",
    "GI": "ABL SBC-301",
    "GS": "808829900001",
    "GV": "1.4p3",
    "PG": "T12345",
    "MV": "Phoenix Contact",
    "MM": "EEM-350-D-MCB",
    "MS": "BQ27400330016",
    "MF": "1.0",
    "IS": true,
    "IL": "VERIFIED",
    "IF": ["RFID_PLAIN", "OCPP_RS_TLS"],
    "IT": "ISO14443",
    "ID": "1F2D3A4F5506C7",
    "TT": "Tarif 1",
    "LC": {"LN": "cable_name", "LI": 1, "LR": 2, "LU": "mOhm"},
    "RD": [
        {"TM": "2018-07-24T13:22:04,000+0200 S", "TX": "B", "RV": 2935.6, "RI": "1-b:1.8.0", "RU": "kWh",
         "RT": "DC", "EF": "", "ST": "G"},
        {"TM": "2018-07-24T13:26:04,000+0200 S", "TX": "E", "RV": 2965.1, "CL": 0.5, "RI": "1-b:1.8.0", "RU": "kWh",
         "RT": "DC", "EF": "", "ST": "G"}
    ]
}|{
    "SD": "887FABF407AC82782EEFFF2220C2F856AEB0BC22364BBCC6B55761911ED651D1A922BADA88818C9671AFEE7094D7F536"
}"""
ENDED = datetime(2018, 7, 24, 11, 26, 4, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def record(times: list[str], signature: Any = "00", **payload: Any) -> str:
    """Return a record with readings of some times."""
    readings = [{"TM": each, "RV": 1.0, "RU": "kWh", "ST": "G"} for each in times]
    return f"OCMF|{json.dumps({'RD': readings} | payload)}|{json.dumps({'SD': signature})}"


def session(name: str, start: datetime, minutes: int | None) -> MeasuredSession:
    """Return a session; without minutes it lasts."""
    ended = None if minutes is None else start + minutes * MINUTE
    return MeasuredSession(name, [Mark(start, 0.0), Mark(ended or start, 1000.0)], None, ended_at=ended)


def test_published_example_is_read_and_kept_to_the_letter() -> None:
    value = read_signed(f" {PUBLISHED}\n")
    assert (value.text, value.at) == (PUBLISHED, ENDED)
    assert read_signed(PUBLISHED.encode().hex().upper()) == value  # as OCPP has it
    told = signed_data("\n".join([PUBLISHED, record(["2018-07-24T13:30:00,000+0200 S"])]))
    assert told is not None
    assert [each["nature"] for each in told["signed_values"]] == ["End", "Intermediate"]


@pytest.mark.parametrize(
    ("moments", "begins", "nature"),
    [
        (["B"], True, "Start"),
        (["B", None], True, "Start"),  # two registers at one moment
        (["B", "B"], True, "Start"),
        (["B", "C", None], False, "Intermediate"),
        (["B", None, "E", None], False, "End"),
        ([None, None], False, "Intermediate"),
    ],
)
def test_what_is_as_in_the_reading_before_is_omitted(moments: list[str | None], begins: bool, nature: str) -> None:
    """So says OCMF-en.md: "fields that have an identical value to the previous reading are omitted"."""
    at = {"TM": "2018-07-24T13:22:04,000+0200 S", "RV": 1.0, "RU": "kWh", "ST": "G"}
    text = record([], RD=[at | ({"TX": each} if each else {}) for each in moments])
    told = signed_data(text)
    assert told is not None
    assert (read_signed(text).begins, told["signed_values"][0]["nature"]) == (begins, nature)


@pytest.mark.parametrize(
    ("text", "reason", "why"),
    [
        ("", "signed_no_ocmf", "OCMF|{…}|{…}"),
        ("OCMF|{}", "signed_no_ocmf", "OCMF|{…}|{…}"),
        (PUBLISHED + "|{}", "signed_no_ocmf", "OCMF|{…}|{…}"),
        ("OCMF|[]|{}", "signed_no_ocmf", "JSON"),
        ("OCMF|{|{}", "signed_no_ocmf", "JSON"),
        ("OCMF|" + '{"a":' * 600 + "|{}", "signed_no_ocmf", "JSON"),
        ("OCMF|{}|{}", "signed_no_ocmf", "SD"),
        (record([], signature=7), "signed_no_ocmf", "SD"),
        (record([]), "signed_no_ocmf", "RD"),
        (record([], RD=[7]), "signed_no_ocmf", "RD"),
        (record([], RD=[{"RV": 1}]), "signed_no_ocmf", "TM"),
        (record(["yesterday S"]), "signed_no_ocmf", "TM"),
        (record(["2018-07-24T13:22:04,000 S"]), "signed_no_ocmf", "TM"),  # of which place on Earth?
        (record(["2018-07-24T13:22:04,000+0200 S"], TT="x" * 3750), "signed_too_long", "3863"),
        ("4F" * 9000, "signed_too_long", "18000"),
    ],
    ids=range(15),
)
def test_what_is_no_record_is_refused(text: str, reason: str, why: str) -> None:
    with pytest.raises(SignedValueError) as refused:
        read_signed(text)
    assert (refused.value.reason, refused.value.why) == (reason, why)


def test_record_goes_to_the_session_of_its_time() -> None:
    before = session("before", ENDED - 60 * MINUTE, 20)
    during = session("during", ENDED - 10 * MINUTE, 12)
    lasts = session("lasts", ENDED + 30 * MINUTE, None)
    value, now = read_signed(PUBLISHED), ENDED + 40 * MINUTE
    assert session_of(value, [before, during, lasts], now) is during
    assert session_of(value, [before, lasts], now) is None
    late = read_signed(record(["2018-07-24T13:55:00,000+0200 I"]))  # a minute before it was seen to be plugged in
    assert session_of(late, [before, during, lasts], now) is lasts
    # What begins is of no session that is over, however near: the next one may not be seen yet.
    begins = replace(read_signed(record(["2018-07-24T13:28:30,000+0200 S"])), begins=True)
    assert session_of(begins, [before, during], now) is None
    assert session_of(begins, [during, session("next", ENDED + 3 * MINUTE, None)], now).id == "next"  # type: ignore[union-attr]
    unsynchronized = read_signed(record(["1970-01-01T00:00:04,000+0000 U"]))
    assert session_of(unsynchronized, [before, during, lasts], now) is lasts
    # An entity shows it still after a restart, in another session.
    assert keep_signed(before, unsynchronized)
    assert session_of(unsynchronized, [before, during, lasts], now) is before


def test_session_keeps_its_first_and_its_latest_records() -> None:
    of = session("during", ENDED, None)
    values = [read_signed(record([f"2018-07-24T11:{minute}:00,000+0000 S"])) for minute in range(30, 45)]
    assert all(keep_signed(of, each) for each in values)
    assert not keep_signed(of, values[-1])  # told once more
    assert of.signed == [values[0].text, *(each.text for each in values[-7:])]
    assert MeasuredSession.from_dict(json.loads(json.dumps(of.to_dict()))).signed == of.signed


@pytest.mark.parametrize("filler", [" ", "\n", "OCMF|", "|", "OCMF| "])
def test_file_of_blanks_is_looked_at_in_the_time_of_its_length(filler: str) -> None:
    """Found: looking for where a record ends took a time that grows with the square of the length, half an hour."""
    assert signed_data(f"OCMF|{filler * (499_000 // len(filler))}x") is None
