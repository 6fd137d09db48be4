"""What events come to: every enumerated payload type, priorities, and what cannot be acted on."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openadr3_client.oadr310.models.event.event_payload import EventPayloadType
from openadr3_client.oadr310.models.report.report_payload import ReportPayloadType, ReportReadingType
from openadr3_client.oadr310.models.unit import Unit

from custom_components.utility_han.esi import Priority, ResponseStatus
from custom_components.utility_han.esi.course import in_force as price_in_force
from custom_components.utility_han.utility.openadr.model import Version, VtnEvent
from custom_components.utility_han.utility.openadr.payloads import KINDS, UNITS, Becomes, Treatment
from custom_components.utility_han.utility.openadr.periods import Part
from custom_components.utility_han.utility.openadr.reading import Notes, read_event
from custom_components.utility_han.utility.openadr.report_kinds import READING_TYPES, REPORTS
from custom_components.utility_han.utility.openadr.signals import (
    ASKED,
    Telling,
    controls,
    in_force,
    messages,
    prices,
    signals,
)
from custom_components.utility_han.utility.report_model import OperatingState, operating_state

NOW = datetime(2026, 11, 26, 18, tzinfo=UTC)
LFDI = "3E4F45AB31EDFE5B67E343E5E4562E31984E23E5"
OTHER = "7777777731EDFE5B67E343E5E4562E31984E23E5"
MADE = "2026-11-26T12:00:00Z"


def event(kind: str, *values: Any, units: str | None = None, of: str = "e1", **more: Any) -> VtnEvent:
    described = {"payloadDescriptors": [{"payloadType": kind, "units": units}]} if units else {}
    given = {
        "id": of,
        "programID": "p",
        "createdDateTime": MADE,
        "modificationDateTime": MADE,
        "intervalPeriod": {"start": "2026-11-26T17:30:00Z", "duration": "PT1H"},
        "intervals": [{"id": 0, "payloads": [{"type": kind, "values": list(values)}]}],
    }
    return read_event(given | described | more, Version.V3_1, Notes())


def telling(**more: Any) -> Telling:
    return Telling({}, "home", Notes(), **more)


def asks(told: VtnEvent, **more: Any) -> dict[str, Any]:
    """Return what the controls of an event ask for."""
    about = telling(**more)
    found = controls([told], [LFDI], NOW, about)
    assert len(found) == (0 if about.notes.said else 1)
    fields = (
        "level",
        "level_offset",
        "load_adjustment",
        "charge_state",
        "charge_energy",
        "target_reduction",
        "cooling_setpoint",
        "heating_setpoint",
    )
    return {name: value for control in found for name in fields if (value := getattr(control, name)) is not None}


def test_every_enumerated_word_has_its_place() -> None:
    """Compared with the enumerations as openadr3-client has them, which none of us wrote."""
    assert set(KINDS) == {str(kind) for kind in EventPayloadType}
    assert set(REPORTS) == {str(kind) for kind in ReportPayloadType}
    assert {str(unit) for unit in Unit} == UNITS
    assert {str(reading) for reading in ReportReadingType} <= READING_TYPES


def test_what_is_not_acted_on_says_why_and_what_is_acted_on_knows_how() -> None:
    assert all(kind.why for kind in KINDS.values() if kind.treatment is not Treatment.ACTED_ON)
    controlling = {name for name, kind in KINDS.items() if kind.becomes in (Becomes.CONTROL, Becomes.PREMISE_LIMIT)}
    assert controlling == set(ASKED)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (event("SIMPLE", 2), {"level": 2}),
        (event("SIMPLE", 2.0), {"level": 2}),
        (event("CONTROL_LEVEL_OFFSET", -10), {"level_offset": -10}),
        (event("CHARGE_STATE_SETPOINT", 0.8, units="PERCENT"), {"charge_state": 80.0}),
        (event("CHARGE_STATE_SETPOINT", 40, units="KWH"), {"charge_energy": 40.0}),
        (event("CONTROL_SETPOINT", 77, units="FAHRENHEIT"), {"cooling_setpoint": 25.0, "heating_setpoint": 25.0}),
        (event("CONTROL_SETPOINT", 21.5, units="CELSIUS"), {"cooling_setpoint": 21.5, "heating_setpoint": 21.5}),
    ],
)
def test_control_asks_for_what_the_payload_says(told: VtnEvent, expected: dict[str, Any]) -> None:
    assert asks(told) == expected


@pytest.mark.parametrize("kind", ["DISPATCH_SETPOINT", "IMPORT_CAPACITY_LIMIT"])
def test_kilowatts_are_a_threshold_in_watts(kind: str) -> None:
    target = asks(event(kind, 4.2, units="KW"))["target_reduction"]
    assert (target.value, target.unit) == (4200, 2)


@pytest.mark.parametrize(
    "told",
    [
        event("SIMPLE", 4),
        event("SIMPLE", 1.5),
        event("SIMPLE", True),
        event("SIMPLE", "high"),
        event("CONTROL_LEVEL_OFFSET", 11),
        event("CHARGE_STATE_SETPOINT", 80, units="PERCENT"),
        event("CHARGE_STATE_SETPOINT", 40),
        event("CONTROL_SETPOINT", -0.15, units="KW"),
        event("CONTROL_SETPOINT", 21),
        event("DISPATCH_SETPOINT", 5, units="KWH"),
        event("IMPORT_CAPACITY_LIMIT", -1, units="KW"),
        event("IMPORT_CAPACITY_LIMIT", 10, units="AMPS"),
        event("CONTROL_LEVEL_OFFSET_PERCENT", 0.5),
    ],
)
def test_what_cannot_be_acted_on_is_noted_and_does_nothing(told: VtnEvent) -> None:
    assert asks(told) == {}


def test_a_person_says_which_way_a_percentage_is() -> None:
    """The type's text: "The lower the percentage the less load … Negative values indicate higher load"."""
    told = event("CONTROL_LEVEL_OFFSET_PERCENT", -0.25, units="PERCENT")
    assert asks(told, lower_percent_is_less=True) == {"load_adjustment": 75.0}
    assert asks(told, lower_percent_is_less=False) == {"load_adjustment": 125.0}


def test_limit_that_never_ends_is_held_day_by_day() -> None:
    """A control lasts 24 hours at the most; the parts follow each other, and are the same at each poll."""
    period = {"start": "2023-06-15T09:30:00Z", "duration": "P9999Y"}
    told = event("IMPORT_CAPACITY_LIMIT", 5, intervalPeriod=period)
    found = controls([told], [], NOW, telling())
    assert found[0].start <= NOW < found[0].end
    assert all(control.duration == timedelta(hours=24) for control in found)
    assert all(one.end == other.start for one, other in pairwise(found))
    later = controls([told], [], NOW + timedelta(minutes=5), telling())
    assert [control.id for control in later] == [control.id for control in found]


def test_limit_that_is_aimed_at_others_is_not_ours() -> None:
    """Where a VTN shows all events (3.0.1 has no privacy of objects), some are aimed at other homes."""
    told = event("IMPORT_CAPACITY_LIMIT", 5, targets=["elsewhere"])
    about = telling(resources={LFDI: frozenset({"attic"})}, ven=frozenset({"group-1"}))
    assert controls([told], [LFDI], NOW, about) == []
    assert about.notes.said
    for ours in ("attic", "group-1"):
        (limit,) = controls([event("IMPORT_CAPACITY_LIMIT", 5, targets=[ours])], [LFDI], NOW, about)
        assert limit.device_category == 1 << 14, '"the maximum import level for the site", whoever is told of it'
    (limit,) = controls([told], [LFDI], NOW, telling(ven=frozenset({"home"})))
    assert limit.id.endswith("P"), "who may not see its ven is shown only what is meant for it"


def test_event_is_for_all_devices_where_the_ven_itself_is_meant() -> None:
    told = event("SIMPLE", 1, targets=["group-1"])
    resources = {LFDI: frozenset({"attic"}), OTHER: frozenset({"group-1"})}
    (for_all,) = controls([told], [LFDI, OTHER], NOW, telling(resources=resources, ven=frozenset({"group-1"})))
    assert for_all.program == "p"
    (for_one,) = controls([told], [LFDI, OTHER], NOW, telling(resources=resources))
    assert for_one.program == f"p/{OTHER}"


def test_price_of_the_lower_number_wins_while_it_lasts() -> None:
    """User guide 7.1: "Lower numbers have a higher priority, and the highest priority is zero"."""
    standing = event("PRICE", 0.1, of="tariff", intervalPeriod={"start": "0001-01-01", "duration": "P9999Y"})
    peak = event("PRICE", 0.9, of="peak", priority=0)
    schedule = prices([standing, peak], NOW, telling())
    assert schedule is not None
    found = [price_in_force(schedule.prices, NOW + timedelta(minutes=minutes)) for minutes in (-45, 0, 45)]
    assert [price and price.per_kwh for price in found] == [0.1, 0.9, 0.1]


@pytest.mark.parametrize(
    ("more", "rivals"),
    [
        ({}, ("p", "q")),
        ({"priority": 0}, ()),
        ({"intervalPeriod": {"start": "2026-11-26T18:30:00Z", "duration": "PT1H"}}, ()),
        ({"programID": "p"}, ()),
    ],
    ids=["at once", "of a higher priority", "afterwards", "of one program"],
)
def test_prices_of_two_programs_at_once_are_nobodys_until_a_person_says(
    more: dict[str, Any], rivals: tuple[str, ...]
) -> None:
    """User guide 7.1: of two events with the same priority "the resulting behavior is not specified"."""
    other = event("PRICE", 0.9, of="e2", **({"programID": "q"} | more))
    schedule = prices([event("PRICE", 0.1), other], NOW, telling())
    assert schedule is not None
    assert schedule.rivals == rivals


def test_price_of_something_else_than_a_kwh_is_not_shown_as_one() -> None:
    about = telling()
    assert prices([event("PRICE", 1.1, units="THERMS")], NOW, about) is None
    assert about.notes.said


def test_alert_is_a_message_as_long_as_it_is_in_force() -> None:
    told = event("ALERT_FLEX_ALERT", "Use less")
    (message,) = messages([told], NOW, telling())
    assert (message.text, message.priority) == ("Use less", Priority.HIGH)
    assert messages([told], NOW + timedelta(hours=1), telling()) == []


def test_alert_to_come_is_told_ahead() -> None:
    told = event("ALERT_FIRE", "Keep away")
    (message,) = messages([told], NOW - timedelta(hours=3), telling())
    assert (message.start, message.alert) == (NOW - timedelta(minutes=30), "ALERT_FIRE")


def test_several_words_of_an_instruction_stay_together() -> None:
    """User guide, Example 8.12-1: the values of DISPATCH_INSTRUCTION are instructions, no parts of the interval."""
    (signal,) = signals([event("DISPATCH_INSTRUCTION", "load_reduction", "combustion_gen")], NOW, telling())
    assert signal.values == ("load_reduction", "combustion_gen")
    assert signal.end - signal.start == timedelta(hours=1)


@pytest.mark.parametrize(
    ("status", "running", "state"),
    [
        (ResponseStatus.OPTED_OUT, True, OperatingState.RUNNING_OPTED_OUT),
        (ResponseStatus.OPTED_OUT, False, OperatingState.IDLE_OPTED_OUT),
        (ResponseStatus.OPTED_OUT, None, OperatingState.RUNNING_OPTED_OUT),
        (ResponseStatus.STARTED, None, OperatingState.RUNNING_CURTAILED),
        (ResponseStatus.STARTED, False, OperatingState.IDLE_CURTAILED),
        (ResponseStatus.COMPLETED, None, OperatingState.NORMAL),
        (ResponseStatus.CANCELLED, True, OperatingState.RUNNING_NORMAL),
        (None, False, OperatingState.IDLE_NORMAL),
    ],
)
def test_operating_state_says_whether_a_device_follows(
    status: ResponseStatus | None, running: bool | None, state: OperatingState
) -> None:
    assert operating_state(status, running=running) is state


def test_operating_states_are_those_of_the_standard() -> None:
    assert operating_state(ResponseStatus.STARTED, heightened=True) is OperatingState.RUNNING_HEIGHTENED


minutes = st.integers(0, 60)


@given(st.lists(st.tuples(st.integers(0, 3), minutes, st.integers(1, 30)), max_size=12))
def test_at_each_moment_the_first_by_rank_is_in_force(told: list[tuple[int, int, int]]) -> None:
    """Compared with looking at every minute."""
    given_parts = [
        (
            (priority, 0.0, f"{number:02}"),
            Part(NOW + timedelta(minutes=start), NOW + timedelta(minutes=start + length), (number,)),
            number,
        )
        for number, (priority, start, length) in enumerate(told)
    ]
    found = list(in_force(given_parts))
    assert all(one[1] <= other[0] for one, other in pairwise(found))
    for minute in range(95):
        time = NOW + timedelta(minutes=minute)
        expected = min(
            ((rank, value) for rank, part, value in given_parts if part.start <= time < part.end), default=None
        )
        shown = [value for start, end, value in found if start <= time < end]
        assert shown == ([] if expected is None else [expected[1]])


def test_thousands_of_events_come_to_what_a_home_can_hold() -> None:
    """Of what is asked at once that which counts is among it, and what is to come soonest."""
    over = [event("SIMPLE", 1, of=f"o{n}", priority=0, intervalPeriod=_from(-50, 20)) for n in range(200)]
    now = [event("SIMPLE", 1, of=f"n{n:04}", priority=1000 - n, intervalPeriod=_from(-10, 60)) for n in range(1000)]
    about = telling()
    found = controls([*over, *now], [LFDI], NOW, about)
    assert len(found) == 100
    assert min(found, key=lambda each: each.primacy).id.startswith("n0999")
    assert any("more than 100" in note for note in about.notes.said)
    coming = [event("SIMPLE", 1, of=f"c{n}", intervalPeriod=_from(5 * n + 5, 5)) for n in range(500)]
    assert {each.id.split(":")[0] for each in controls(coming, [LFDI], NOW, telling())} == {
        f"c{n}" for n in range(100)
    }
    alerts = [event("ALERT_OTHER", "x", of=f"a{n}") for n in range(500)]
    told = messages([*alerts, event("ALERT_FIRE", "run", of="fire")], NOW, telling())
    assert (len(told), "run" in {each.text for each in told}) == (200, True)


def test_values_every_second_are_looked_at_within_bounds() -> None:
    each_second = {"start": "2026-11-26T17:30:00Z", "duration": "PT1S"}
    many = [event("PRICE", 0.1, of=f"e{n}", intervalPeriod=each_second, duration="P9999Y") for n in range(21)]
    about = telling()
    assert prices(many, NOW, about) is not None
    assert any("more than 100000" in note for note in about.notes.said)


def _from(minutes: int, lasts: int) -> dict[str, str]:
    return {"start": (NOW + timedelta(minutes=minutes)).isoformat(), "duration": f"PT{lasts}M"}
