"""Who keeps the bindings and billing records of which vehicle: the utility, or the household itself."""

from dataclasses import replace
from datetime import datetime

from homeassistant.util import dt as dt_util

from ..procedures import BillableRecord, HouseholdBooks, VehicleRun, is_home
from ..utility import Feature, Utility, UtilityReason, VehicleFunctions
from .account_bindings import AccountBindings
from .store import Charging, VehicleRecord


class Billers:
    """Both of one home; what is bound at one of them stays there until a person changes it.

    What was bound by an account that another one took the place of is for neither: it is that account's, and goes on
    when it is linked again.
    """

    def __init__(self, utility: Utility, charging: Charging, account: str | None, *, linked: bool = True) -> None:
        """Every vehicle that was bound at home is known to the books again, should their own record be lost.

        ``account`` is what no two accounts share, None where none is ``linked`` or that is not known.
        """
        self._linked = linked
        self._charging = charging
        self._account = account
        self.utility = AccountBindings(utility, account, self._made_at)
        self.books = HouseholdBooks(charging.household, lambda: charging.ledger, dt_util.utcnow)
        for record in charging.vehicles.values():
            if record.run.at_home:
                self.books.know_again(record.run)

    def of(self, record: VehicleRecord) -> VehicleFunctions:
        """Return who binds and bills a vehicle."""
        new = not record.run.bindings and not self.utility.offers(Feature.VEHICLES)
        return self.books if record.run.at_home or new else self.utility

    @property
    def all(self) -> list[VehicleFunctions]:
        """Those who bill, the household first: it is never away."""
        return [self.books, self.utility] if self.utility.offers(Feature.VEHICLES) else [self.books]

    def takes(self, biller: VehicleFunctions, record: BillableRecord) -> bool:
        """Whether a record is for a biller; one under a binding at home stays at home."""
        binding_id = record.session.binding_id
        if is_home(binding_id) or biller is self.books:
            return is_home(binding_id) is (biller is self.books)
        return self._is_here(binding_id)

    def _is_here(self, binding_id: str) -> bool:
        if not self._linked:
            return False
        return self._account is None or self._made_at(binding_id) in (None, self._account)

    def _made_at(self, binding_id: str) -> str | None:
        runs = (each.run for each in self._charging.vehicles.values())
        return next((run.made_at[binding_id] for run in runs if binding_id in run.made_at), None)

    def is_elsewhere(self, record: VehicleRecord) -> bool:
        """Whether a vehicle is bound by former accounts alone, so that who is linked now knows nothing of it."""
        bound = [each for each in record.run.bindings if not is_home(each)]
        return bool(bound) and not record.run.at_home and not any(map(self._is_here, bound))

    def comes_home(self, record: VehicleRecord) -> bool:
        """Whether the next binding of a vehicle is the household's: the utility that had it was left for none."""
        return not self._linked and self.is_elsewhere(record)

    def take_home(self, record: VehicleRecord, since: datetime) -> None:
        """Have the household keep the books of such a vehicle from a moment on; before, it is the former account's."""
        run = record.run
        run.at_home, run.vehicle_id = True, None
        self._end_here(run, since)

    def take_over(self, record: VehicleRecord, premise_id: str | None) -> None:
        """Have the next binding of such a vehicle made by the account that is linked, which knows none of it."""
        run = record.run
        if run.wanted is None or premise_id is None or not self.is_elsewhere(record):
            return
        run.vehicle_id, run.premise_id, run.wanted.replaces = None, premise_id, None
        self._end_here(run, run.wanted.valid_from)

    def _end_here(self, run: VehicleRun, since: datetime) -> None:
        """Have no former binding reach beyond ``since``; that is so here: the former utility is told nothing."""
        for binding in list(run.bindings.values()):
            if binding.valid_until is None or binding.valid_until > since:
                run.bindings[binding.id] = replace(binding, valid_until=max(binding.valid_from, since))

    def note_account(self) -> bool:
        """Take note that bindings of which nobody knows were made by the account that is linked; True where some were.

        It is done whenever some may have been, so before another account is linked.
        """
        if self._account is None:
            return False
        news = False
        for run in (each.run for each in self._charging.vehicles.values()):
            for binding_id in run.bindings.keys() - run.made_at.keys():
                if not is_home(binding_id):
                    run.made_at[binding_id], news = self._account, True
        return news

    def note_former(self) -> bool:
        """Say of what is not billed yet that it is a former account's; True where that is news."""
        news = False
        for entry, record in list(self._charging.ledger.open_records()):
            if not record.untold or any(self.takes(each, record) for each in (self.books, self.utility)):
                continue
            if record.reason is not UtilityReason.AT_FORMER_ACCOUNT:
                record.reason, news = UtilityReason.AT_FORMER_ACCOUNT, True
                self._charging.ledger.note(entry)
        return news
