"""How contact with the gateway is: when it was last heard of, why polls fail, and how good the way to it is."""

from collections import deque
from datetime import datetime, timedelta

from ...gateway import AWAY, Reason
from ...procedures import Lasting

_FAILURES_TO_BELIEVE = 3
_POLLS_COUNTED = 40
_FAILURES_OF_A_WEAK_WAY = 3
"""Polls in a row that fail on a weak way; more are an outage."""


class Contact:
    """What the polls so far say; nothing is taken for granted before the first."""

    def __init__(self, last_contact: datetime | None, silence: Lasting | None = None) -> None:
        """``last_contact``, and for how long nothing was heard since, is what was known before a restart."""
        self.reason: Reason | None = None
        """Why the last poll failed, or what is wrong although it did not."""
        self.failures = 0
        self.repeated = 0
        """How often in a row polls failed for the reason they fail for now."""
        self.heard_of = False
        """Whether the gateway has answered since the start."""
        self.silence: Lasting | None = None
        """For how long it was not heard of since."""
        self.last_contact = last_contact
        if silence is not None:
            self.silence = silence
        self.contact_before: datetime | None = None
        """When it was heard of before that."""
        self._polls: deque[bool] = deque(maxlen=_POLLS_COUNTED)

    @property
    def last_contact(self) -> datetime | None:
        """When it was heard of last."""
        return self._last_contact

    @last_contact.setter
    def last_contact(self, at: datetime | None) -> None:
        self._last_contact = at
        self.silence = Lasting(at) if at is not None else None

    @property
    def persists(self) -> bool:
        """Whether polls fail for the same reason again and again: once may be a gateway in trouble."""
        return self.repeated >= _FAILURES_TO_BELIEVE

    @property
    def has_problem(self) -> bool | None:
        """Whether something is wrong; None before anything was heard."""
        if self.reason is not None:
            return True
        return False if self.heard_of else None

    def silent_for(self, now: datetime) -> timedelta:
        """Return how long the gateway has not been heard of, while it is away; nothing otherwise."""
        if self.reason not in AWAY or self.silence is None:
            return timedelta(0)
        return self.silence.look(now)

    @property
    def missed_share(self) -> float:
        """The share of the last polls that failed, but for outages: those say nothing of how good the way is."""
        return self._polls.count(False) / _POLLS_COUNTED

    def succeeded(self, now: datetime, reason: Reason | None = None) -> None:
        """Take note of a poll that was answered; ``reason`` is what is wrong all the same."""
        self.failures = self.repeated = 0
        self._polls.append(True)
        self.reason = reason
        self.heard_of = True
        self.contact_before, self.last_contact = self.last_contact, now

    def failed(self, reason: Reason) -> bool:
        """Take note of a poll that failed; return whether it is for another reason than before."""
        self.failures += 1
        if self.failures <= _FAILURES_OF_A_WEAK_WAY:
            self._polls.append(False)
        elif self.failures == _FAILURES_OF_A_WEAK_WAY + 1:
            for _ in range(min(_FAILURES_OF_A_WEAK_WAY, len(self._polls))):
                self._polls.pop()
        changed = self.reason is not reason
        self.repeated = 1 if changed else self.repeated + 1
        self.reason = reason
        return changed

    def count_anew(self) -> None:
        """Forget how good the way was: it is another one now."""
        self._polls.clear()
