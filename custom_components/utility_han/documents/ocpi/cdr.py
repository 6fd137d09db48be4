"""``CDR`` (OCPI ``mod_cdrs``): a charge as a charge detail record, and the credit that takes one back."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from ...procedures.charging.books import EMPLOYER
from ...procedures.charging.charge import Charge, ChargePeriod
from ...procedures.charging.tariff import Holidays, no_holidays
from ...procedures.contract_id import ContractIdError, parse_contract_id
from ...utility.vehicle_model import Binding
from .place import Place, location_of
from .signed import signed_data
from .tariff import applied_tariff
from .values import Json, Version, hours, identifier, kwh, moment, money, second_after, second_of, shortened

_CREDIT_ID = 39
"""Longer than other ids, "to allow for credit CDRs to have something appended"."""


def cdr(charge: Charge, place: Place, version: Version, *, is_holiday: Holidays = no_holidays) -> Json:
    """Return the ``CDR`` of a charge; JSON-safe.

    One that ``credits`` another has all the data of that one, and ``total_cost`` alone is negative. ``is_holiday`` is
    what it was priced with; without, the tariff says the same prices in another way.
    """
    program = charge.program
    tariff = applied_tariff(charge, place, version, is_holiday)
    starts, end = _times(charge.periods)
    energy = sum((each.per_kwh * each.energy_wh for each in charge.periods), start=Decimal(0)) / 1000
    parked = timedelta(0)
    periods: list[Json] = []
    for period, (start, until) in zip(charge.periods, pairwise([*starts, end]), strict=True):
        if not period.energy_wh:
            parked += until - start
        dimensions = _dimensions(period, until - start)
        periods.append({"start_date_time": moment(start), "dimensions": dimensions, "tariff_id": tariff["id"]})
    written: Json = {
        **place.owner,
        "id": identifier(charge.id, _CREDIT_ID if charge.credits else 36),
        "start_date_time": moment(starts[0]),
        "end_date_time": moment(end),
        "session_id": identifier(charge.session_id),
        "cdr_token": _token(charge.binding, place),
        "auth_method": "WHITELIST",  # nobody is asked before a session
        "cdr_location": location_of(place, charge.binding),
        "currency": program.currency,
        "tariffs": [tariff],
        "charging_periods": periods,
        "total_cost": money(charge.exact_cost, program.tax_percent, version),
        "total_fixed_cost": money(charge.session_fee, program.tax_percent, version),
        "total_energy": kwh(charge.energy_wh),
        "total_energy_cost": money(energy, program.tax_percent, version),
        "total_time": hours(end - starts[0]),
        "total_time_cost": money(Decimal(0), program.tax_percent, version),
        "total_parking_time": hours(parked),
        "home_charging_compensation": _compensated(charge.binding),
        "last_updated": moment(second_of(charge.issued_at)),
    }
    return written | _where_there_is_one(charge)


def _where_there_is_one(charge: Charge) -> Json:
    found: Json = {}
    if charge.meter_kind == "evse":
        found["meter_id"] = shortened(charge.meter_id, 255)  # that "inside the Charge Point", and no other
    if (signed := signed_data(charge.signed_data)) is not None:
        found["signed_data"] = signed
    if charge.credits is not None:
        found |= {"credit": True, "credit_reference_id": identifier(charge.credits, _CREDIT_ID)}
    if remark := _remark(charge):
        found["remark"] = remark
    return found


def _remark(charge: Charge) -> str:
    """Return what else is to be known of a charge: OCPI has no field for it."""
    said = []
    if charge.estimated_wh:
        said.append(f"{kwh(charge.estimated_wh)} kWh of it are estimated.")
    if charge.meter_kind != "evse":
        said.append(f"Measured by {charge.meter_kind} {charge.meter_id}.")
    if charge.corrects is not None:
        said.append(f"Takes the place of {charge.corrects}.")
    return shortened(" ".join(said), 255)


def _times(periods: Sequence[ChargePeriod]) -> tuple[list[datetime], datetime]:
    """Return when each period starts and the last one ends, to the second.

    A period of less than a second, as a block of the month may leave one, starts within it: no two start at once.
    """
    starts: list[datetime] = []
    for period in periods:
        start = second_of(period.started_at)
        if starts and start <= starts[-1]:
            start = max(period.started_at, starts[-1] + timedelta(milliseconds=1))
        starts.append(start)
    return starts, max(second_after(periods[-1].ended_at), second_of(starts[-1]) + timedelta(seconds=1))


def _dimensions(period: ChargePeriod, time: timedelta) -> list[Json]:
    """Return the ``CdrDimension`` list of a period: time in which anything was charged is charging time."""
    if not period.energy_wh:
        return [{"type": "PARKING_TIME", "volume": hours(time)}]
    return [{"type": "ENERGY", "volume": kwh(period.energy_wh)}, {"type": "TIME", "volume": hours(time)}]


def _token(binding: Binding, place: Place) -> Json:
    """Return the ``CdrToken``: the vehicle is what identifies, under its contract (EMAID) where there is one."""
    owner, own = place.owner, identifier(binding.vehicle_id)
    contract = identifier(binding.contract_id) if binding.contract_id else own
    with suppress(ContractIdError):
        country, party, *_ = parse_contract_id(contract).split("-")
        owner = {"country_code": country, "party_id": party}
    return {**owner, "uid": own, "type": "OTHER", "contract_id": contract}


def _compensated(binding: Binding) -> bool:
    """Whether it is "for a charging session using the home charger of the EV Driver" that somebody else pays for."""
    return not binding.guest and binding.bill_to == EMPLOYER
