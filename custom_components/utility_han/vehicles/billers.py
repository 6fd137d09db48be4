"""Who keeps the bindings and billing records of which vehicle: the utility, or the household itself."""

from homeassistant.util import dt as dt_util

from ..procedures import BillableRecord, HouseholdBooks, is_home
from ..utility import Feature, Utility, VehicleFunctions
from .store import Charging, VehicleRecord


class Billers:
    """Both of one home; what is bound at one of them stays there until a person changes it."""

    def __init__(self, utility: Utility, charging: Charging) -> None:
        """Every vehicle that was bound at home is known to the books again, should their own record be lost."""
        self.utility = utility
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
        return is_home(record.session.binding_id) is (biller is self.books)
