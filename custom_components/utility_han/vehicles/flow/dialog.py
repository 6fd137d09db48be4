"""What all pages of a vehicle's dialog share: what was answered so far, and the doors from page to page."""

from collections.abc import Callable, Coroutine
from typing import Any

from homeassistant.config_entries import SOURCE_RECONFIGURE, SubentryFlowResult

from ...account.manager import AccountManager
from ...hub.flow.stepping import Stepping
from ...hub.flow.subentry import HubSubentryFlow
from ...hub.telling.person import Person
from ...utility import Binding, Feature, Payer, Utility
from ..manager import VehicleManager
from ..rates.words import RateWords
from ..store import Charging, VehicleRecord
from .forms import CONF_BACK, CONF_WAY_BACK
from .numbers import Doubts


class VehicleDialog(Stepping, HubSubentryFlow):
    """A dialog about one vehicle; the pages are classes side by side, which meet here.

    What was answered so far is in ``data`` and, as a draft, in the store, so that nothing typed is lost.
    """

    data: dict[str, Any]
    begun = False
    """Whether the vehicle's binding has: from then on there is a record of it."""
    record: VehicleRecord
    """The vehicle's, once its binding has ``begun``."""
    corrected: Binding | None = None
    """What was agreed for a coming day and is replaced before it comes; None where something else is changed."""
    charging: Charging | None = None
    person: Person
    """Who is in the dialog."""
    words: RateWords
    """Theirs, and how they write."""
    doubts: Doubts

    async def async_meet(self) -> None:
        """Find out who is in the dialog."""
        self.person = await Person.async_asking(self.hass)
        self.words = await RateWords.async_of(self.hass, self.person)
        self.doubts = Doubts()

    @property
    def account(self) -> AccountManager:
        """The hub's account at the utility."""
        return self.hub.manager(AccountManager)

    @property
    def utility(self) -> Utility:
        """The way to the utility."""
        return self.account.utility

    @property
    def manager(self) -> VehicleManager:
        """The hub's vehicles."""
        return self.hub.manager(VehicleManager)

    def take_record(self, record: VehicleRecord) -> None:
        """Go on with a vehicle of which there is a record."""
        self.begun, self.record = True, record

    @property
    def bound(self) -> bool:
        """Whether the vehicle is, or was, bound to a payer and a rate program, by who binds it next."""
        return self.begun and bool(self.record.run.bindings) and not self.manager.billers.comes_home(self.record)

    @property
    def at_home(self) -> bool:
        """Whether the household itself keeps the books of this vehicle; once bound so, until a person changes it."""
        if self.bound:
            return self.record.run.at_home
        return not self.utility.offers(Feature.VEHICLES)

    async def async_charging(self) -> Charging:
        """Return what is kept of the hub's vehicles."""
        self.charging = await Charging.async_get(self.hass, self.entry.entry_id)
        return self.charging

    async def async_keep_draft(self) -> None:
        """Keep what was typed until the vehicle is bound."""
        if self.source == SOURCE_RECONFIGURE:
            return
        charging = await self.async_charging()
        charging.draft = self.data
        await charging.async_save()

    @property
    def first_page(self) -> str:
        """The page that the dialog began with."""
        return "reconfigure" if self.source == SOURCE_RECONFIGURE else "vehicle"

    def way_back(self, typed: dict[str, Any]) -> Callable[[], Coroutine[Any, Any, SubentryFlowResult]] | None:
        """Return the page that a person wants to go back to, None where they go on."""
        page = (typed.get(CONF_WAY_BACK) or {}).get(CONF_BACK)
        return getattr(self, f"async_step_{page}") if page else None

    # What pages need of others

    def payer(self) -> Payer | None:
        """Return who pays, where the utility does not know that itself."""
        raise NotImplementedError

    def contract_id(self) -> str | None:
        """Return the contract (EMAID) that is charged under, where that is known here."""
        raise NotImplementedError

    # The doors from page to page

    def failed_for(self, page: str) -> dict[str, str]:
        """Return why binding led back to a page, nothing where it did not."""
        raise NotImplementedError

    async def async_described(self) -> SubentryFlowResult:
        """Go on with a vehicle of which it is known what it is, and where it is charged."""
        raise NotImplementedError

    async def async_rate_chosen(self) -> SubentryFlowResult:
        """Go on with who pays, and by which rate."""
        raise NotImplementedError
