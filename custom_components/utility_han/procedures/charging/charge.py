"""A session under one binding as it is priced: what every billable record is written from, whatever its format."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from ...utility.rate_model import RateProgram
from ...utility.vehicle_model import Binding


@dataclass(frozen=True, slots=True)
class ChargePeriod:
    """What was charged at one price; it ends at each border of a price, and each quarter of an hour (UTC)."""

    started_at: datetime
    ended_at: datetime
    energy_wh: int
    tier: str
    per_kwh: Decimal
    """In the program's currency, blocks and the source's addition included, without tax."""
    quality: str
    """``measured`` or ``estimated``."""


@dataclass(frozen=True, slots=True)
class ChargedVehicle:
    """Which vehicle it was."""

    title: str
    vin: str
    make: str
    model: str


@dataclass(frozen=True, slots=True)
class Charge:
    """A session, or its part under one binding, that has ended and whose prices are all known."""

    id: str
    """The same one for all time, at most 36 characters. What corrects it has another one."""
    session_id: str
    vehicle: ChargedVehicle
    binding: Binding
    program: RateProgram
    started_at: datetime
    ended_at: datetime
    periods: tuple[ChargePeriod, ...]
    """In time order without gaps, from the start until the end; those without energy among them."""
    month_wh_before: int
    """What the vehicle had charged under the binding in the calendar month (the program's time zone) before it."""
    meter_kind: str
    """``evse``, ``vehicle`` or ``submeter``."""
    meter_id: str
    meter_start_wh: int | None
    meter_end_wh: int | None
    """What the counter showed at both ends, where it counted without a break."""
    issued_at: datetime
    """When it was priced: ``last_updated`` of what is written from it."""
    signed_data: str | None = None
    """What the charger itself signed of the session (OCMF), as it gave it."""
    corrects: str | None = None
    """The id of the charge that this one takes the place of."""
    credits: str | None = None
    """The id of the charge that this one takes back: energies are those of that one, money is negative."""
    is_rest: bool = False
    """It is what was told late of a session, or charged after another part of it: the fee is in the charge of that."""

    @property
    def energy_wh(self) -> int:
        """What was charged."""
        return sum(period.energy_wh for period in self.periods)

    @property
    def estimated_wh(self) -> int:
        """How much of that could not be measured."""
        return sum(period.energy_wh for period in self.periods if period.quality == "estimated")

    @property
    def session_fee(self) -> Decimal:
        """The program's fee of a session, as far as it is in this charge; without tax."""
        return Decimal(0) if self.is_rest else self.program.session_fee

    @property
    def exact_cost(self) -> Decimal:
        """What it costs, session fee included and without tax, not rounded; negative where it takes one back."""
        energy = sum((period.per_kwh * period.energy_wh for period in self.periods), start=Decimal(0)) / 1000
        cost = energy + self.session_fee
        return -cost if self.credits else cost
