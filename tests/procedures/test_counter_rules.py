"""What a charger's counter shows, and what its meter makes of it (UR-EV).

Each row of ``counter_rules.json`` tells at least one rule of the component's ``procedures/charging/meter.py`` or
``limits.py`` from its absence: without it a vehicle is billed what it did not get, what it got is neither billed nor
asked about, or a person is asked for nothing. ``charged`` is what the counter really gave that was simulated, Wh;
``known`` and ``asked`` are what is made of it. Who changes a rule sees here for whom.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import pytest

from custom_components.utility_han.procedures.charging.limits import Plug
from custom_components.utility_han.procedures.charging.meter import EnergyMeter
from tests.helpers.field_charger import POWER

_START = datetime(2026, 1, 1, tzinfo=UTC)

type Happening = Literal["", "plug", "unplug", "restart", "settle"]
"""What happened just before a reading; at a restart nobody had looked since the last one."""


@dataclass(frozen=True, slots=True)
class Row:
    """A counter's readings: the minute, what it shows in Wh or None while it is unavailable, and what happened."""

    charged: float
    known: float
    asked: float
    plug: bool
    """Whether it is known when a vehicle was plugged in."""
    readings: Sequence[tuple[int, float | None, Happening]]


@dataclass(slots=True)
class _Socket:
    """Whether a vehicle is plugged in, and was."""

    times: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    watched_from: datetime = _START

    def take(self, at: datetime, happening: Happening) -> None:
        if happening == "plug":
            self.times.append((at, None))
        elif happening == "unplug" and self.plugged:
            self.times[-1] = (self.times[-1][0], at)
        elif happening == "restart":
            self.watched_from = at

    @property
    def plugged(self) -> bool:
        return bool(self.times) and self.times[-1][1] is None

    def at(self, now: datetime, *, resumed: bool) -> Plug:
        """Return what is known of it at a reading."""

        def at_most(since: datetime) -> timedelta:
            spans = (min(end or now, now) - max(begin, since) for begin, end in self.times)
            return sum((max(span, timedelta(0)) for span in spans), timedelta(0))

        session = str(len(self.times)) if self.plugged else None
        return Plug(
            lambda since: None if since < self.watched_from else at_most(since),
            (lambda _: None) if resumed else at_most,
            session,
            self.times[-1][0] if session else None,
            resumed=resumed,
        )


def _followed(row: Row) -> tuple[float, float]:
    """Return what is known and what is asked about in the end, Wh."""
    meter, socket, at, asked = EnergyMeter(POWER), _Socket(), _START, 0.0
    for minute, shown, happening in row.readings:
        at = _START + timedelta(minutes=minute)
        socket.take(at, happening)
        if happening == "settle":
            asked += meter.settle(at).doubt
        if shown is not None:
            resumed = happening == "restart"
            plug = socket.at(at, resumed=resumed) if row.plug else Plug(resumed=resumed)
            asked += meter.read_counter(at, shown, plug).doubt
    asked += meter.settle(at).doubt
    return meter.total, asked


def _rows() -> list[Any]:
    rows = json.loads(Path(__file__).with_name("counter_rules.json").read_text())
    return [pytest.param(Row(**row), id=f"{number}-{row['charged']:.0f}Wh") for number, row in enumerate(rows)]


@pytest.mark.use_case("UR-EV")
@pytest.mark.parametrize("row", _rows())
def test_what_was_charged_is_known_or_asked_about_and_no_more_is_known(row: Row) -> None:
    known, asked = _followed(row)
    assert known <= row.charged + 1
    assert known + asked >= row.charged - 1
    assert (known, asked) == pytest.approx((row.known, row.asked), abs=0.01)
