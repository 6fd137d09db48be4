r"""Health of a gateway, a HAN device or a vehicle: from what was found of it to a state that does not flap.

What is found now are :class:`Finding`\ s, each with a reason of the closed list. A finding is believed when it has
lasted as long as its reason needs, and let go when it has been away for a while; the worst that is believed is the
state. No clock is read here, and nothing is asked: an evaluation is a few comparisons. Patience is counted from one
evaluation to the next, so that a clock that is put back makes none of it longer.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from ..esi.typed import UnreadableRecordError, read_record, read_value
from .lasting import Lasting


class HealthState(StrEnum):
    """How something is, best first."""

    OK = "ok"
    MARGINAL = "marginal"
    """It works, and will not for long, or not always."""
    FAILING = "failing"
    """What it is for does not work now; it may come back by itself."""
    FAILED = "failed"
    """It does not work, and will not without somebody doing something."""

    @property
    def rank(self) -> int:
        """0 for the best."""
        return _RANKS[self]


_RANKS = {state: rank for rank, state in enumerate(HealthState)}


class HealthEvent(StrEnum):
    """What is told of something's health, in the words of events and automations."""

    FAILED = "failed"
    FAILING = "failing"
    MARGINAL = "marginal"
    RECOVERED = "recovered"
    REGISTRATION_LOST = "registration_lost"
    CONTROL_MISSED = "control_missed"
    CASE_UPDATED = "case_updated"


class HealthReason(StrEnum):
    """Why something is not well, those first that explain others.

    Each has its own words and next step in the translations.
    """

    GATEWAY_REPLACED = "gateway_replaced"
    GATEWAY_REFUSES = "gateway_refuses"
    """It does not let Home Assistant in any more."""
    SELF_TEST_FAILED = "self_test_failed"
    CERTIFICATE_EXPIRED = "certificate_expired"
    NOT_COMMISSIONED = "not_commissioned"
    GATEWAY_UNREACHABLE = "gateway_unreachable"
    GATEWAY_SILENT = "gateway_silent"
    GATEWAY_NOT_UNDERSTOOD = "gateway_not_understood"
    GATEWAY_DOWN = "gateway_down"
    """The gateway that it is on is not well."""
    PERMISSION_LOST = "permission_lost"
    ACCOUNT_SUSPENDED = "account_suspended"
    ACCOUNT_DIFFERS = "account_differs"
    """The premise or the gateway is not the account's any more."""
    NOT_LISTED = "not_listed"
    """The gateway does not list the device any more."""
    NOT_SPOKEN_FOR = "not_spoken_for"
    """The gateway lists it, and takes no answer for it from Home Assistant: another certificate speaks for it."""
    REGISTRATION_LOST = "registration_lost"
    """The utility closed or refused its registration."""
    NOT_IDENTIFIED = "not_identified"
    """The utility waits for its serial number and PIN."""
    REGISTRATION_FAILED = "registration_failed"
    """It could not be registered, or not be enrolled in the programs that were agreed to."""
    BINDING_LOST = "binding_lost"
    """The utility ended or refused what binds the vehicle to its account."""
    REGISTRATION_SUSPENDED = "registration_suspended"
    PROGRAMS_DIFFER = "programs_differ"
    """The utility has it in other programs than were agreed to."""
    NOT_ASSIGNED = "not_assigned"
    """The gateway does not offer it the programs it is enrolled in."""
    ENTITY_MISSING = "entity_missing"
    NO_ANSWER = "no_answer"
    """It did not answer when it was tested."""
    ENTITY_UNAVAILABLE = "entity_unavailable"
    SESSIONS_UNDELIVERED = "sessions_undelivered"
    CONTROL_MISSED = "control_missed"
    WEAK_SIGNAL = "weak_signal"
    WEAK_LINK = "weak_link"
    """Many attempts to reach it fail."""
    BATTERY_LOW = "battery_low"
    CLOCK_OFF = "clock_off"
    READINGS_DOUBTED = "readings_doubted"
    """What the meter tells of its registers does not follow on what it told before."""
    UNEXPECTED = "unexpected"
    """Reading ends in an error that nobody thought of."""
    BACKGROUND_FAILING = "background_failing"
    """Something that goes on in the background does: registering, billing, load control, what is heard over Zigbee."""
    CERTIFICATE_EXPIRING = "certificate_expiring"
    UTILITY_REFUSES = "utility_refuses"
    """It answers, and does not do what was asked of it: waiting does not change that."""
    UTILITY_UNREACHABLE = "utility_unreachable"


_PLACES = {reason: place for place, reason in enumerate(HealthReason)}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not well now."""

    reason: HealthReason
    state: HealthState


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a finding must last until it is believed, and be away until it is let go."""

    before: timedelta = timedelta(0)
    after: timedelta = timedelta(minutes=2)


_AT_ONCE = Patience(timedelta(0), timedelta(minutes=1))
_MOMENT = Patience(timedelta(minutes=3), timedelta(minutes=2))
_PATIENCE: dict[HealthReason, Patience] = {
    HealthReason.GATEWAY_DOWN: _MOMENT,
    HealthReason.NOT_SPOKEN_FOR: _MOMENT,
    HealthReason.UTILITY_REFUSES: Patience(timedelta(hours=1), timedelta(minutes=2)),
    HealthReason.UTILITY_UNREACHABLE: Patience(timedelta(hours=1), timedelta(minutes=2)),
    HealthReason.ENTITY_UNAVAILABLE: Patience(timedelta(minutes=5), timedelta(minutes=2)),
    HealthReason.ENTITY_MISSING: _MOMENT,
    HealthReason.WEAK_LINK: Patience(timedelta(minutes=10), timedelta(hours=1)),
    HealthReason.WEAK_SIGNAL: Patience(timedelta(minutes=10), timedelta(minutes=30)),
    HealthReason.BATTERY_LOW: Patience(timedelta(minutes=10), timedelta(minutes=30)),
    HealthReason.READINGS_DOUBTED: _MOMENT,
    HealthReason.SESSIONS_UNDELIVERED: Patience(timedelta(hours=1), timedelta(0)),
}


@dataclass(slots=True)
class _Seen:
    """A reason that was found: in which state last, for how long, and for how long it is away."""

    state: HealthState
    found: Lasting
    away: Lasting
    believed: bool = False


@dataclass(frozen=True, slots=True)
class _Kept:
    """A reason as it is kept: when it was found first, and when last."""

    state: HealthState
    since: datetime
    last: datetime


@dataclass(slots=True)
class Health:
    """How one thing is, from finding to finding; ``take`` is all that changes it."""

    state: HealthState = HealthState.OK
    reason: HealthReason | None = None
    """Of what is believed, the worst; None while all is well."""
    since: datetime | None = None
    """When the state was taken."""
    _seen: dict[HealthReason, _Seen] = field(default_factory=dict)

    @property
    def believed(self) -> dict[HealthReason, HealthState]:
        """Everything that is believed, worst first; of what is as bad, what explains the rest."""
        found = [(reason, seen.state) for reason, seen in self._seen.items() if seen.believed]
        return dict(sorted(found, key=lambda each: (-each[1].rank, _PLACES[each[0]])))

    def take(self, findings: Iterable[Finding], now: datetime, *, sure: bool = False) -> bool:
        """Take what is found now; return whether state or reason changed.

        ``sure``: it was looked at with care (a diagnosis, a repair that was tested), and is believed at once.
        """
        found = {finding.reason: finding.state for finding in findings}
        for reason, state in found.items():
            if (seen := self._seen.get(reason)) is None:
                seen = self._seen[reason] = _Seen(state, Lasting(now), Lasting(now))
            seen.state, seen.away = state, Lasting(now)
            seen.believed = seen.found.look(now) >= _patience(reason).before or seen.believed or sure
        for reason, seen in list(self._seen.items()):
            if reason in found:
                continue
            # What was never believed begins anew the next time.
            if seen.away.look(now) >= _patience(reason).after or not seen.believed or sure:
                del self._seen[reason]
        worst = next(iter(self.believed.items()), (None, HealthState.OK))
        if (self.reason, self.state) == worst:
            return False
        if self.state is not worst[1] or self.since is None:
            self.since = now
        self.reason, self.state = worst
        return True

    def to_dict(self) -> dict[str, Any]:
        """Return how it is, for storage, so that a restart tells nothing anew."""
        return {
            "state": self.state.value,
            "reason": self.reason and self.reason.value,
            "since": self.since and self.since.isoformat(),
            "seen": {
                reason.value: [seen.state.value, seen.found.since.isoformat(), seen.away.since.isoformat()]
                for reason, seen in self._seen.items()
                if seen.believed
            },
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Health:
        """Take up what :meth:`to_dict` gave."""
        if not isinstance(data, Mapping):
            raise UnreadableRecordError(cls.__name__, "no record")
        kept: dict[HealthReason, _Kept] = read_value(dict[HealthReason, _Kept], data.get("seen"), "Health.seen")
        seen = {
            reason: _Seen(each.state, Lasting(each.since), Lasting(each.last), believed=True)
            for reason, each in kept.items()
        }
        return read_record(cls, data, needs=("state", "reason", "since"), _seen=seen)


def leading(reasons: Iterable[HealthReason]) -> HealthReason | None:
    """Return of several reasons the one that explains the others best; None of none."""
    return min(reasons, key=_PLACES.__getitem__, default=None)


def _patience(reason: HealthReason) -> Patience:
    return _PATIENCE.get(reason, _AT_ONCE)
