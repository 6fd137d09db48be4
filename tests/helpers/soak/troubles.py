"""What befalls a home: every kind of trouble, by what it is about, with the time in which it is noticed and over."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from custom_components.utility_han.gateway import GatewayError, Reason
from custom_components.utility_han.procedures import HealthReason
from custom_components.utility_han.utility import Stage, UtilityError, UtilityReason
from tests.helpers.soak.home import SoakHome
from tests.helpers.soak.person import answer_meter_questions
from tests.helpers.soak.utility import busy

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_NEXT_POLL = 8 * _MINUTE
"""A poll, and the minute in which it is evaluated."""
_THIRD_POLL = 26 * _MINUTE
"""Three polls, each later than the one before."""
_SILENT = 6 * _HOUR + 2 * _MINUTE
_BACK = 25 * _MINUTE
"""The longest that who is away is left alone (15 minutes and a fifth), and what health waits before it is let go."""
_UTILITY_AWAY = _HOUR + 4 * _MINUTE
_EVENT = 4 * _MINUTE
_ENTITY = 8 * _MINUTE

type Act = Callable[[SoakHome], None]
type Mend = Callable[[SoakHome], Coroutine[Any, Any, None] | None]
"""What a person does takes time."""


@dataclass(frozen=True)
class Trouble:
    """One kind; ``noticed`` and ``over`` are the longest that it may take, from the first moment and from the last.

    The figures are those of docs/fault-matrix.md for a meter that is read every five minutes.
    """

    name: str
    make: Act
    mend: Mend
    reason: HealthReason
    lasts: tuple[timedelta, timedelta]
    noticed: timedelta
    over: timedelta
    of: str = "gateway"
    """``gateway``, ``device`` or ``vehicle``."""
    by_itself: bool = False
    """Whether the home comes to terms with it without anybody."""


def _away(reason: Reason) -> tuple[Act, Act]:
    return lambda home: setattr(home.meter, "away", reason), lambda home: setattr(home.meter, "away", None)


def _shows(what: Callable[[int], int]) -> tuple[Act, Act]:
    def make(home: SoakHome) -> None:
        before, home.before = home.meter.shows, home.meter.shows
        home.meter.shows = lambda value: what(before(value))

    return make, lambda home: setattr(home.meter, "shows", home.before)


def _breaks(what: str, error: Callable[[], Exception]) -> tuple[Act, Act]:
    return lambda home: home.meter.breaks.update({what: error}), lambda home: home.meter.breaks.clear()


def _malformed() -> Exception:
    return GatewayError(Reason.MALFORMED, "as the soak has it")


def _unexpected() -> Exception:
    return TypeError("nobody thought of this")


def _utility(fails: Callable[[], Exception]) -> tuple[Act, Act]:
    return lambda home: setattr(home.utility, "fails", fails), lambda home: setattr(home.utility, "fails", None)


def _says(reason: UtilityReason) -> Callable[[], Exception]:
    return lambda: UtilityError(reason, "as the soak has it")


def _registration(stage: Stage) -> Act:
    def change(home: SoakHome) -> None:
        if (number := home.registration()) is not None:
            home.utility.change(number, stage=stage, detail="as the soak has it")

    return change


def _another_pump(home: SoakHome) -> None:
    home.remove_device()
    home.bring_device()


def _charger(*, there: bool) -> Act:
    def show(home: SoakHome) -> None:
        home.charger_there = there
        home.show_charger()

    return show


def _pump(*, there: bool) -> Act:
    def show(home: SoakHome) -> None:
        home.pump.there = there
        home.pump.show()

    return show


def _other_meter(shows: int) -> Act:
    def change(home: SoakHome) -> None:
        home.meter.change_meter(shows)
        home.before = home.meter.shows

    return change


_SECONDS_TO_DAYS = (20 * timedelta(seconds=1), 2 * _DAY)
_SOME_TIME = (10 * _MINUTE, 8 * _HOUR)
_DOUBTED = HealthReason.READINGS_DOUBTED

OF_THE_METER = (
    Trouble(
        "gateway silent", *_away(Reason.GATEWAY_SILENT), HealthReason.GATEWAY_SILENT, _SECONDS_TO_DAYS, _SILENT, _BACK
    ),
    Trouble(
        "port closed", *_away(Reason.UNREACHABLE), HealthReason.GATEWAY_UNREACHABLE, _SECONDS_TO_DAYS, _SILENT, _BACK
    ),
    Trouble(
        "gateway busy", *_away(Reason.GATEWAY_BUSY), HealthReason.GATEWAY_SILENT, _SECONDS_TO_DAYS, _SILENT, _BACK
    ),
    Trouble(
        "radio unplugged",
        *_away(Reason.RADIO_GONE),
        HealthReason.GATEWAY_UNREACHABLE,
        _SECONDS_TO_DAYS,
        _SILENT,
        _BACK,
    ),
    Trouble(
        "answers malformed",
        *_breaks("read", _malformed),
        HealthReason.GATEWAY_NOT_UNDERSTOOD,
        _SOME_TIME,
        _THIRD_POLL,
        _BACK,
    ),
    Trouble(
        "unexpected exception", *_breaks("read", _unexpected), HealthReason.UNEXPECTED, _SOME_TIME, _THIRD_POLL, _BACK
    ),
    Trouble(
        "unexpected exception in controls",
        *_breaks("controls", _unexpected),
        HealthReason.UNEXPECTED,
        _SOME_TIME,
        _NEXT_POLL,
        _NEXT_POLL,
    ),
    Trouble(
        "unexpected exception in listed devices",
        *_breaks("listed_devices", _unexpected),
        HealthReason.UNEXPECTED,
        _SOME_TIME,
        _NEXT_POLL,
        _NEXT_POLL,
    ),
    Trouble(
        "clock wrong",
        lambda home: setattr(home.meter, "clock_off", timedelta(minutes=47)),
        lambda home: setattr(home.meter, "clock_off", timedelta(0)),
        HealthReason.CLOCK_OFF,
        (_HOUR, 8 * _HOUR),
        3 * _NEXT_POLL,
        3 * _NEXT_POLL,
    ),
    Trouble("zeroed", *_shows(lambda _: 0), _DOUBTED, (10 * _MINUTE, 6 * _HOUR), 2 * _NEXT_POLL, 2 * _NEXT_POLL),
    Trouble(
        "leap",
        *_shows(lambda value: value + 1_844_000),
        _DOUBTED,
        (10 * _MINUTE, 6 * _HOUR),
        2 * _NEXT_POLL,
        2 * _NEXT_POLL,
    ),
    Trouble(
        "sentinel", *_shows(lambda _: 2**47 - 1), _DOUBTED, (10 * _MINUTE, 2 * _DAY), 2 * _NEXT_POLL, 2 * _NEXT_POLL
    ),
    Trouble(
        "spike of power",
        lambda home: setattr(home.meter, "absurd_power", True),
        lambda home: setattr(home.meter, "absurd_power", False),
        _DOUBTED,
        (20 * _MINUTE, 3 * _HOUR),
        2 * _NEXT_POLL,
        2 * _NEXT_POLL,
    ),
    Trouble(
        "another meter, and a person says so",
        _other_meter(4_000),
        answer_meter_questions,
        _DOUBTED,
        (_HOUR, 8 * _HOUR),
        2 * _NEXT_POLL,
        2 * _NEXT_POLL,
    ),
    Trouble(
        "another meter, and nobody says so",
        _other_meter(61_234_000),
        lambda _: None,
        _DOUBTED,
        (_HOUR, 2 * _HOUR),
        2 * _NEXT_POLL,
        25 * _HOUR,
        by_itself=True,
    ),
)

OF_THE_UTILITY = (
    Trouble(
        "utility offline",
        *_utility(_says(UtilityReason.UTILITY_UNREACHABLE)),
        HealthReason.UTILITY_UNREACHABLE,
        _SECONDS_TO_DAYS,
        _UTILITY_AWAY,
        _BACK,
    ),
    Trouble("utility busy", *_utility(busy), HealthReason.UTILITY_UNREACHABLE, _SOME_TIME, _UTILITY_AWAY, _BACK),
    Trouble(
        "utility's own error",
        *_utility(_says(UtilityReason.UTILITY_ERROR)),
        HealthReason.UTILITY_UNREACHABLE,
        _SOME_TIME,
        _UTILITY_AWAY,
        _BACK,
    ),
    Trouble(
        "utility answers oddly",
        *_utility(_says(UtilityReason.UTILITY_NOT_UNDERSTOOD)),
        HealthReason.UTILITY_UNREACHABLE,
        _SOME_TIME,
        _UTILITY_AWAY,
        _BACK,
    ),
    Trouble(
        "utility's answers get lost",
        lambda home: setattr(home.utility, "loses_answers", True),
        lambda home: setattr(home.utility, "loses_answers", False),
        HealthReason.UTILITY_UNREACHABLE,
        _SOME_TIME,
        _UTILITY_AWAY,
        _BACK,
    ),
    Trouble(
        "unexpected exception of the utility's",
        *_utility(_unexpected),
        HealthReason.BACKGROUND_FAILING,
        _SOME_TIME,
        _NEXT_POLL,
        _BACK,
    ),
    Trouble(
        "permission refused",
        *_utility(_says(UtilityReason.UNAUTHORIZED)),
        HealthReason.PERMISSION_LOST,
        _SOME_TIME,
        _EVENT,
        _BACK,
    ),
    Trouble(
        "registration suspended",
        _registration(Stage.SUSPENDED),
        _registration(Stage.ACTIVE),
        HealthReason.REGISTRATION_SUSPENDED,
        _SOME_TIME,
        _EVENT,
        _EVENT,
        "device",
    ),
    Trouble(
        "registration lost",
        _registration(Stage.CLOSED),
        _another_pump,
        HealthReason.REGISTRATION_LOST,
        _SOME_TIME,
        _EVENT,
        _EVENT,
        "device",
    ),
)

OF_THE_CHARGER = (
    Trouble(
        "charger unavailable",
        _charger(there=False),
        _charger(there=True),
        HealthReason.ENTITY_UNAVAILABLE,
        (_MINUTE, _HOUR),
        _ENTITY,
        _ENTITY,
        "vehicle",
    ),
)

OF_THE_PUMP = (
    Trouble(
        "pump unavailable",
        _pump(there=False),
        _pump(there=True),
        HealthReason.ENTITY_UNAVAILABLE,
        (_MINUTE, 3 * _HOUR),
        _ENTITY,
        _ENTITY,
        "device",
    ),
)
