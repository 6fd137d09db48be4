"""What was stored is read as far as it can be: other versions' fields, missing ones, wrong ones."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import pytest

from custom_components.utility_han.procedures import (
    ChargingPoint,
    CommissioningRun,
    EnergyMeter,
    Health,
    MeasuredSession,
    RegistrationRun,
    StepResult,
    UnreadableRecordError,
    VehicleRun,
    read_record,
    read_value,
)
from custom_components.utility_han.procedures.load_control.record import ControlRecord


class Colour(StrEnum):
    RED = "red"


@dataclass
class Inner:
    at: datetime
    sure: bool = True


@dataclass
class Outer:
    name: str
    size: int
    share: float = 0.0
    colour: Colour | None = None
    marks: list[Inner] = field(default_factory=list)
    prices: dict[str, Decimal] = field(default_factory=dict)
    pair: tuple[str, float] = ("", 0.0)
    several: tuple[int, ...] = ()
    free: dict[str, Any] = field(default_factory=dict)


NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
STORED: dict[str, Any] = {
    "name": "a",
    "size": 3,
    "share": 1,
    "colour": "red",
    "marks": [[NOON.isoformat(), False], {"at": NOON.isoformat()}],
    "prices": {"peak": "0.36"},
    "pair": ["b", 2],
    "several": [1, 2],
    "free": {"anything": [None]},
}


def test_record_is_read_by_its_types() -> None:
    assert read_record(Outer, STORED) == Outer(
        name="a",
        size=3,
        share=1,
        colour=Colour.RED,
        marks=[Inner(NOON, sure=False), Inner(NOON)],
        prices={"peak": Decimal("0.36")},
        pair=("b", 2),
        several=(1, 2),
        free={"anything": [None]},
    )


def test_field_of_another_version_is_left_out_and_a_missing_one_is_as_usual() -> None:
    assert read_record(Outer, {"name": "a", "size": 3, "new": object()}) == Outer("a", 3)


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"name": None}, "Outer.name"),
        ({"size": "3"}, "Outer.size"),
        ({"size": True}, "Outer.size"),
        ({"size": 3.5}, "Outer.size"),
        ({"share": "1"}, "Outer.share"),
        ({"share": False}, "Outer.share"),
        ({"colour": "blue"}, "Outer.colour"),
        ({"marks": {}}, "Outer.marks"),
        ({"marks": [["yesterday", True]]}, "Inner.at"),
        ({"marks": [[]]}, "Inner"),
        ({"marks": [5]}, "Inner"),
        ({"prices": {"peak": "dear"}}, "Outer.prices"),
        ({"prices": []}, "Outer.prices"),
        ({"pair": ["b"]}, "Outer.pair"),
        ({"several": [1, "2"]}, "Outer.several"),
        ({"free": None}, "Outer.free"),
    ],
)
def test_wrong_type_says_where_and_nothing_of_what_is_there(changed: dict[str, Any], where: str) -> None:
    with pytest.raises(UnreadableRecordError) as raised:
        read_record(Outer, STORED | changed)
    assert raised.value.where == where
    assert "yesterday" not in str(raised.value)


@pytest.mark.parametrize("data", [None, 5, "text", {}, []])
def test_no_record(data: Any) -> None:
    with pytest.raises(UnreadableRecordError):
        read_record(Outer, data)


def test_what_has_a_default_for_the_new_must_be_there_of_the_stored() -> None:
    with pytest.raises(UnreadableRecordError, match=r"Outer.share: missing"):
        read_record(Outer, {"name": "a", "size": 3}, needs=("share",))


def test_first_type_that_fits_is_taken_also_where_another_union_is_equal_but_for_its_order() -> None:
    @dataclass
    class Times:
        text_first: str | datetime
        time_first: datetime | str
        texts_first: list[str | datetime]
        times_first: list[datetime | str]
        no_time: str | datetime | None

    said = NOON.isoformat()
    read = read_record(Times, [said, said, [said], [said], None])
    assert read == Times(said, NOON, [said], [NOON], None)


def test_value_that_may_be_one_of_several() -> None:
    assert read_value(int | str | None, None, "it") is None
    assert read_value(int | str, "x", "it") == "x"
    with pytest.raises(UnreadableRecordError):
        read_value(int | str, [], "it")


RUN = RegistrationRun(
    lfdi="3F" * 20,
    kind="load_switch",
    model_id="m",
    premise_id="p",
    gateway_lfdi="4A" * 20,
    consents=[{"program_id": "peak", "name": "Peak", "terms_version": "1", "consented_at": NOON.isoformat()}],
    dr_programs=[{"href": "/dr/1", "description": None, "primacy": 1, "controls_href": None}],
)

SESSION: dict[str, Any] = {
    "id": "s",
    "marks": [[NOON.isoformat(), 1.0, True]],
    "raw_start": None,
    "ended_at": None,
    "oddities": [],
    "unbroken": True,
    "seen": [],
    "away": [],
    "vehicle": None,
    "decided": False,
}


@pytest.mark.parametrize(
    "kind",
    [
        (RegistrationRun, RUN.to_dict()),
        (CommissioningRun, {"method": "in_band", "device_category": 1}),
        (VehicleRun, VehicleRun("vin", "make", "model", "premise").to_dict()),
        (Health, Health().to_dict()),
        (MeasuredSession, SESSION),
    ],
    ids=lambda each: each[0].__name__,
)
def test_records_of_procedures_come_back_and_take_no_harm_from_a_field_more(kind: tuple[Any, dict[str, Any]]) -> None:
    of, data = kind
    read = of.from_dict(data)
    assert of.from_dict(data | {"from_a_newer_version": 1}) == read
    assert of.from_dict(read.to_dict()) == read
    damages: tuple[Any, ...] = (None, [], "text", dict.fromkeys(data, 5))
    for damaged in damages:
        with pytest.raises(UnreadableRecordError):
            of.from_dict(damaged)


@pytest.mark.parametrize(
    "changed",
    [
        {"state": "beyond"},
        {"dr_programs": [{"href": 5}]},
        {"dr_programs": [{}]},
        {"consents": [{"program_id": "peak"}]},
        {"attempt": "1"},
    ],
)
def test_run_is_not_taken_up_with_what_would_fail_later(changed: dict[str, Any]) -> None:
    with pytest.raises(UnreadableRecordError):
        RegistrationRun.from_dict(RUN.to_dict() | changed)


@pytest.mark.parametrize("missing", ["id", "attempt"])
def test_what_keys_are_made_of_is_not_made_up(missing: str) -> None:
    data = RUN.to_dict()
    del data[missing]
    with pytest.raises(UnreadableRecordError, match=missing):
        RegistrationRun.from_dict(data)


def test_measured_energy_is_not_made_up() -> None:
    point = ChargingPoint(EnergyMeter(10_000.0)).to_dict()
    assert ChargingPoint.from_dict(point, 5_000.0).meter.max_power == 5_000.0
    del point["meter"]["total"]
    with pytest.raises(UnreadableRecordError):
        ChargingPoint.from_dict(point, 5_000.0)


def test_unknown_step_is_unreadable_and_an_unknown_control_field_is_not() -> None:
    with pytest.raises(UnreadableRecordError):
        StepResult.from_dict({"step": "XX-1", "outcome": "done", "at": NOON.isoformat()})
    control = {
        "id": "AB",
        "program": "/dr/1",
        "primacy": 1,
        "device_category": 1,
        "created": NOON.isoformat(),
        "start": NOON.isoformat(),
        "duration": 60.0,
        "status": 1,
        "mandatory": False,
        "from_a_newer_version": True,
    }
    record = {
        "lfdi": "3F",
        "control": control,
        "phase": "active",
        "start": NOON.isoformat(),
        "end": NOON.isoformat(),
        "changed": NOON.isoformat(),
        "out": None,
    }
    assert ControlRecord.from_dict(record).control.duration.total_seconds() == 60
    for damaged in ({"control": None}, {"control": control | {"duration": "long"}}, {"phase": "beyond"}):
        with pytest.raises(UnreadableRecordError):
            ControlRecord.from_dict(record | damaged)
    del record["out"]
    with pytest.raises(UnreadableRecordError):
        ControlRecord.from_dict(record)
