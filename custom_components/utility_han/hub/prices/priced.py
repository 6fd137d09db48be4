"""What is told of prices, and of other values over time: by the gateway's tariff, or by the utility itself."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.util import dt as dt_util

from ...esi import Price, PriceSchedule, Signal, Timed, between, continued, in_force, next_change, one_at_a_time
from ..subject import Subject, registered_id

_KEPT = timedelta(hours=25)
"""How long what is over is kept: the day that lasts, also where it is one on which clocks are put back."""


class PricedSubject(Subject):
    """What one source tells, shown on the hub's device; it tells when an interval begins, whenever it was read."""

    def __init__(self, hass: HomeAssistant, shown_on: Subject, *, prefix: str = "", source: str = "") -> None:
        """``prefix`` is of the keys of its entities, ``source`` what their names say of it where there are two."""
        super().__init__(shown_on.key, shown_on.title)
        self._hass = hass
        self.prefix = prefix
        self.source = source
        self.prices: Sequence[Price] = ()
        """What a kWh from the grid costs."""
        self.received: Sequence[Price] = ()
        """What is paid for one that is given to it."""
        self.signals: Mapping[str, Sequence[Signal]] = {}
        """By their types."""
        self.to_acknowledge: frozenset[str] = frozenset()
        """What the action ``acknowledge`` knows them by, where a person is asked to acknowledge them."""
        self._told: PriceSchedule | None = None
        self.told_currency: str | None = None
        """None where nothing was said of it."""
        self._of_day: tuple[datetime, Sequence[Price]] | None = None
        self._cancel: CALLBACK_TYPE | None = None
        self._stopped = False

    @property
    def currency(self) -> str:
        """In what prices are; Home Assistant's where nothing was said of it."""
        return self.told_currency or self._hass.config.currency

    def has_entity(self, key: str) -> bool:
        """Whether there is, since some earlier start perhaps, a sensor of a row."""
        return registered_id(self._hass, "sensor", self.key, key) is not None

    @callback
    def async_take(self, told: PriceSchedule | None, signals: Mapping[str, Sequence[Signal]] | None = None) -> None:
        """Take what was read, ``signals`` as courses by type; what is over stays for a day, for who asks of today."""
        signals = signals or {}
        if told is self._told and not signals and not self.signals:
            return
        self._told, now = told, dt_util.utcnow()
        since = now - _KEPT
        self.prices = continued(self.prices, told.prices if told else (), now, since)
        self.received = continued(self.received, told.received if told else (), now, since)
        self.signals = {
            each: continued(self.signals.get(each, ()), signals.get(each, ()), now, since)
            for each in dict.fromkeys((*self.signals, *signals))
        }
        self.told_currency = (told and told.currency) or self.told_currency
        self._of_day = None
        self._wait()
        self.async_tell()

    @callback
    def async_stop(self) -> None:
        """Wait for no interval any more, also not where a poll that is under way brings some."""
        self._stopped = True
        self._cancel_timer()

    def extreme(self, choose: Callable[..., Price | None]) -> Price | None:
        """Return the lowest or highest price (``min``, ``max``) of what is known of today."""
        today = dt_util.start_of_local_day()
        if self._of_day is None or self._of_day[0] != today:
            found = between(self.prices, today, _next_day())
            extremes = [pick(found, key=lambda price: price.per_kwh, default=None) for pick in (min, max)]
            self._of_day = (today, [each for each in extremes if each is not None])
        return choose(self._of_day[1], key=lambda price: price.per_kwh, default=None)

    @callback
    def _wait(self) -> None:
        self._cancel_timer()
        now = dt_util.utcnow()
        courses: tuple[Sequence[Timed], ...] = (self.prices, self.received, *self.signals.values())
        if self._stopped or not any(courses):
            return
        changes = [change for course in courses if (change := next_change(course, now)) is not None]
        self._cancel = async_track_point_in_utc_time(self._hass, self._begun, min([*changes, _next_day()]))

    def _cancel_timer(self) -> None:
        if self._cancel is not None:
            self._cancel()
            self._cancel = None

    @callback
    def _begun(self, _now: datetime) -> None:
        self._cancel = None
        self._wait()
        self.async_tell()


def courses_of(signals: Sequence[Signal]) -> dict[str, tuple[Signal, ...]]:
    """Return signals as courses by type; where several programs tell one, that of the first of them by its id."""
    of_programs: dict[str, dict[str, list[Signal]]] = {}
    for signal in signals:
        of_programs.setdefault(signal.type, {}).setdefault(signal.program or "", []).append(signal)
    return {each: one_at_a_time(found[min(found)]) for each, found in of_programs.items()}


def now_of[T: (Price, Signal)](course: Sequence[T]) -> T | None:
    """Return what holds now."""
    return in_force(course, dt_util.utcnow())


def _next_day() -> datetime:
    return dt_util.start_of_local_day(dt_util.now().date() + timedelta(days=1))
