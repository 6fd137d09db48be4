"""A home whose charger's counter may be wrong, and whether what is known of it in the end is right."""

from datetime import timedelta
from typing import override

from custom_components.utility_han.procedures.charging.ledger import LedgerEntry
from tests.helpers.charging_courses import Course
from tests.helpers.charging_life import CARS, TroubledLife

_TELLS_AT_ONCE = timedelta(minutes=1)


class TroubledHome(TroubledLife):
    """In the end no more is known than was charged, and what is not known is asked about."""

    @override
    def looked(self) -> None:
        if (session := self.point.session) is not None and (car := self.charger.car) is not None:
            session.seen += [car] if car not in session.seen else []

    def teardown(self) -> None:
        if self.lives:
            self.come_to_rest()
            self.is_right()

    def go(self, every: int, late: int, course: Course, *, each_session: bool) -> None:
        """Live a course to its end; what always holds is looked at after each step."""
        self.move_in(every, late, each_session=each_session)
        for step, how in course:
            getattr(self, step)(**how)
            self.sessions_do_not_overlap()
            self.all_that_was_counted_is_somewhere()
        self.come_to_rest()

    def known_of(self, car: str) -> list[int]:
        """Return what is in the ledger of one vehicle and in no doubt, Wh each."""
        entries = self.ledger.entries.values()
        return [each.energy_wh for each in entries if not each.session.doubted and self._seen(each) == [car]]

    def _seen(self, entry: LedgerEntry) -> list[str]:
        """Return the vehicles that were seen in a session, or in the one that it is a late part of."""
        return self.ledger.entries.get(entry.session.late_of or "", entry).session.seen

    def is_right(self) -> None:
        """Hold what is in the ledger against what was charged, each session to the watt-hour."""
        known, asked, truth = self.known, self.asked, self.charger.charged
        exact = 1 + len(self.ledger.entries) + (self.nobodys_at_most if self.clock_went_back or self.killed else 0)
        assert known <= truth + exact, (known, asked, truth)
        assert truth - self.charger.lost <= known + asked + exact, (known, asked, truth, self.charger.lost)
        self.all_have_their_own()

    def all_have_their_own(self) -> None:
        """Hold what is known of each vehicle against what it got, where that was seen and told at once."""
        if self.changed_unseen or self.charger.late or self.charger.every > _TELLS_AT_ONCE:
            return
        for car in CARS:
            known = self.known_of(car)
            assert sum(known) <= self.charger.given.get(car, 0.0) + 1 + len(known), car
