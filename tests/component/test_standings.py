"""How devices stood with their controls, for reports about a time that is over."""

import json
from datetime import UTC, datetime, timedelta

from homeassistant.core import State

from custom_components.utility_han.esi import ControlStatus, LoadControl
from custom_components.utility_han.esi import ResponseStatus as R
from custom_components.utility_han.procedures import RecordedValues, StatisticsRow
from custom_components.utility_han.reports.standings import Standings, read_standings
from custom_components.utility_han.reports.values import Known, kind_of, told
from custom_components.utility_han.utility import ReportInterval

LFDI = "3E4F45AB31EDFE5B67E343E5E4562E31984E23E5"
NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
FIVE, HOUR = timedelta(minutes=5), timedelta(hours=1)


def control(name: str, start: datetime, **more: object) -> LoadControl:
    return LoadControl(name, "p", 0, 1, NOON, start, HOUR, ControlStatus.ACTIVE, mandatory=False, **more)  # type: ignore[arg-type]


def lived() -> Standings:
    """Return a day: one control at noon that a person leaves, and comes back to; one at two for more consumption."""
    known = Standings()
    known.begin(NOON - HOUR)
    first, more = control("A", NOON, level=2), control("B", NOON + 2 * HOUR, shift_forward=True)
    for minutes, what, status in (
        (-30, first, R.RECEIVED),
        (0, first, R.STARTED),
        (20, first, R.OPTED_OUT),
        (40, first, R.OPTED_IN),
        (60, first, R.PARTIALLY_COMPLETED_OPT_IN),
        (70, more, R.OPTED_OUT),
        (100, more, R.OPTED_IN),
        (121, more, R.STARTED),
        (180, more, R.COMPLETED),
    ):
        known.note(LFDI, what, status, what.start, NOON + timedelta(minutes=minutes))
    known.note_standing(LFDI, NOON + 4 * HOUR, out=True)
    known.note_standing(LFDI, NOON + 5 * HOUR, out=True)
    known.note_standing(LFDI, NOON + 6 * HOUR, out=False)
    return known


def states(known: Standings, what: str, power: float | None = None) -> dict[int, object]:
    """Return what is told of moments, by the minutes since noon."""
    rows = [StatisticsRow(NOON + k * FIVE, NOON + (k + 1) * FIVE, power) for k in range(-24, 100)] if power else []
    facts = Known(
        None,
        None,
        "°C",
        UTC,
        power=RecordedValues(rows),
        states=[State("switch.pump", "on", last_updated=NOON - 9 * HOUR)],
        standing=lambda time: known.at(LFDI, time),
    )
    kind = kind_of(what, None)
    assert kind is not None
    minutes = (-90, -10, 10, 30, 50, 65, 80, 110, 150, 200, 250, 400)
    intervals = [
        ReportInterval(0, NOON + timedelta(minutes=each) - FIVE, NOON + timedelta(minutes=each)) for each in minutes
    ]
    return dict(zip(minutes, told(kind, facts, intervals), strict=True))


def test_each_moment_is_told_as_it_was() -> None:
    expected = {
        -90: None,
        -10: "RUNNING_NORMAL",
        10: "RUNNING_CURTAILED",
        30: "RUNNING_OPTED_OUT",
        50: "RUNNING_CURTAILED",
        65: "RUNNING_NORMAL",
        80: "RUNNING_OPTED_OUT",
        110: "RUNNING_NORMAL",
        150: "RUNNING_HEIGHTENED",
        200: "RUNNING_NORMAL",
        250: "RUNNING_OPTED_OUT",
        400: "RUNNING_NORMAL",
    }
    assert states(lived(), "OPERATING_STATE", 1.2) == expected
    idle = {minutes: state and state.replace("RUNNING", "IDLE") for minutes, state in expected.items()}
    assert states(lived(), "OPERATING_STATE", 0.004) == idle, "on, and it takes no energy to speak of"


def test_level_is_the_one_that_was_followed() -> None:
    assert list(states(lived(), "SIMPLE_LEVEL").values()) == [None, 0, 2, 0, 2, 0, 0, 0, 0, 0, 0, 0]


def test_it_is_known_after_a_restart() -> None:
    kept = json.loads(json.dumps(lived().to_dict()))
    again = Standings()
    again.restore(
        datetime.fromisoformat(kept["standing_since"]),
        {lfdi: read_standings(each) for lfdi, each in kept["standings"].items()},
    )
    assert states(again, "OPERATING_STATE", 1.2) == states(lived(), "OPERATING_STATE", 1.2)
